"""The explorer as a static figure in SVG: what a page shows before its script wakes, or without one.

Same geometry and classes as the live plot (`javascript/plot.js`), so that nothing moves when that takes over, and with
colors as attributes, so that it can be read without the style sheet too.
"""

import math
from html import escape

from activlib.explorer.sampling import interpolate, kinks, runs, start
from activlib.explorer.trees import evaluate

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 28
CHARACTER = 7  # width of a character of a tick's label
APART = 8  # pixels between samples that are shown as dots
TOLERANCE = 0.15  # pixels by which the drawn line may miss the curve
COLORS = ("#0072b2", "#d55e00", "#00875f", "#c65d97", "#332288", "#661100", "#7f66ff", "#22282e")
DASHES = ("", ' stroke-dasharray="8 4"', ' stroke-dasharray="2 4"')
ORDERS = ("f", "f′", "f″")


def number(value, decimals=4, digits=3):
    """A number as the explorer prints it: with a proper minus sign, and a power of ten where it is very large or small."""
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.{digits}e}".split("e")
        return _power(float(mantissa), int(exponent))
    return f"{round(value, decimals) + 0:.12g}".replace("-", "−")


def ticks(low, high, pixels, room):
    """Multiples of 1, 2 or 5 times a power of ten, at least `room(label)` pixels apart, with their labels."""
    step = nice((high - low) * 30 / pixels)
    while True:
        multiples = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
        found = _labeled([m * step for m in multiples], step)
        if len(found) < 2 or step / (high - low) * pixels >= max(room(label) for _, label in found):
            return found
        step = nice(step * 1.5)


def _labeled(values, step):
    """Multiples of `step` with labels, all as decimals or, where that is shorter, all with powers of ten."""
    place = math.floor(math.log10(step) + 1e-9)
    plain, powers = [f"{value + 0:.{max(0, -place)}f}".replace("-", "−") if value else "0" for value in values], []
    for value in values:
        exponent = math.floor(math.log10(abs(value)) + 1e-9) if value else 0
        powers.append(_power(round(value / 10.0**exponent, max(0, exponent - place)), exponent) if value else "0")
    shorter = max(map(len, powers), default=0) < max(map(len, plain), default=0)
    return list(zip(values, powers if shorter else plain, strict=True))


def _power(mantissa, exponent):
    superscript = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa:.12g}×10{superscript}".replace("-", "−")


def axes(window, full_width=WIDTH, full_height=HEIGHT):
    """A grid with ticks and labels: its SVG, the start of the SVG element for what is inside, and the pixels there of
    coordinates, as two functions."""
    x0, x1, y0, y1 = window
    height = full_height - TOP - BOTTOM
    up = ticks(y0, y1, height, lambda label: 36)
    left = max(LEFT, CHARACTER * max((len(label) for _, label in up), default=0) + 14)
    width = full_width - left - RIGHT
    px = lambda x: round((x - x0) / (x1 - x0) * width, 1)  # noqa: E731
    py = lambda y: round(min(max((y1 - y) / (y1 - y0) * height, -height), 2 * height), 1)  # noqa: E731
    across = ticks(x0, x1, width, lambda label: (len(label) + 2) * CHARACTER)
    grid = "".join(f"M{left + px(x):g} {TOP}v{height}" for x, _ in across)
    grid += "".join(f"M{left} {TOP + py(y):g}h{width}" for y, _ in up)
    lines = f"M{left + px(0):g} {TOP}v{height}" * (x0 <= 0 <= x1) + f"M{left} {TOP + py(0):g}h{width}" * (y0 <= 0 <= y1)
    labels = ""
    for x, label in across:
        beyond = max(0, px(x) + len(label) * CHARACTER / 2 - width - RIGHT)
        if beyond < CHARACTER:
            labels += f'<text x="{left + px(x) - beyond:g}" y="{full_height - 8}">{label}</text>'
    labels += "".join(
        f'<text x="{left - 8}" y="{TOP + py(y) + 4:g}" text-anchor="end">{label}</text>' for y, label in up
    )
    frame = (
        f'<path class="ax-grid" d="{grid}" stroke="#e9ecef"/><path class="ax-axes" d="{lines}" stroke="#8b949e"/>'
        f'<g class="ax-ticks" font-size="12" fill="#59636e" text-anchor="middle">{labels}</g>'
    )
    return frame, f'<svg class="ax-inner" x="{left}" y="{TOP}" width="{width}" height="{height}">', px, py


def figure(spec):
    """The SVG of a specification's first view."""
    frame, inner, px, py = axes(spec["window"])
    values = start(spec)
    drawn = "".join(_curve(spec, curve, i, n, values, px, py) for curve, i, n in shown(spec))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" preserveAspectRatio="xMinYMid">'
        f"<title>{escape(spec['label'])}</title><desc>{escape(description(spec))}</desc>"
        f"{frame}{inner}{drawn}{_point(spec, px, py)}</svg></svg>"
    )


def shown(spec):
    """(curve, number of its color, order) of all that is drawn, the highlighted one last."""
    orders = [("f", "df", "d2f").index(name) for name in spec["show"]]
    several = len(spec["curves"]) > 1
    curves = sorted(enumerate(spec["curves"]), key=lambda item: item[1]["name"] == spec["highlight"])
    return [(curve, i if several else n, n) for i, curve in curves for n in orders]


def description(spec):
    """The figure in words."""
    x0, x1 = spec["window"][:2]
    orders = ", ".join(ORDERS[("f", "df", "d2f").index(name)] for name in spec["show"])
    given = "".join(f", {p['text']} = {number(p['value'])}" for p in spec["parameters"])
    names = ", ".join(curve["label"] for curve in spec["curves"])
    what = names if all("samples" in curve for curve in spec["curves"]) else f"{orders} of {names}"
    return f"{what} for x from {number(x0)} to {number(x1)}{given}."


def highlighted(spec):
    """The curve that the point follows."""
    return next(curve for curve in spec["curves"] if curve["name"] == spec["highlight"])


def value_at(spec, order):
    """The highlighted curve's value at the point, or its derivative of an order; NaN where it has none."""
    curve, x = highlighted(spec), spec["x"]
    if "samples" in curve:
        return interpolate(curve["samples"], x) if order == 0 else math.nan
    return evaluate(curve["orders"][order]["value"], x, x, start(spec)) if order < len(curve["orders"]) else math.nan


def _point(spec, px, py):
    y = value_at(spec, 0)
    color = [c["name"] for c in spec["curves"]].index(spec["highlight"])
    if not math.isfinite(y):
        return ""
    return (
        f'<circle class="ax-point ax-color-{color}" cx="{px(spec["x"]):g}" cy="{py(y):g}" r="6" '
        f'fill="{COLORS[color]}" stroke="#fff"/>'
    )


def _curve(spec, curve, color, n, values, px, py):
    """One curve with the open and filled dots of its jumps."""
    x0, x1 = spec["window"][:2]
    style = f'class="ax-curve ax-color-{color} ax-order-{n}" stroke="{COLORS[color]}"'
    lines = [simplified([(px(x), py(y)) for x, y in run]) for run in runs(curve, n, values, x0, x1, 240)]
    path = "".join("M" + "L".join(f"{a:g} {b:g}" for a, b in line) for line in lines)
    dots = "".join(
        _dots(px(at), {py(left), py(right)}, own, exists, color, py)
        for at, orders in kinks(curve, values, x0, x1)
        for left, right, own, exists, continuous in orders[n : n + 1]
        if not continuous
    )
    dots += _scatter(curve, color, px, py) if "samples" in curve and n == 0 else ""
    return f'<path {style} fill="none" stroke-width="2"{DASHES[n]} d="{path}"/>{dots}'


def _scatter(curve, color, px, py):
    """Dots at samples: where they are far enough apart to be told from each other, and where no line leads."""
    xs, ys = curve["samples"]
    apart = px(xs[-1]) - px(xs[0]) >= APART * (len(xs) - 1)
    lonely = [before is None and after is None for before, after in zip([None, *ys], [*ys[1:], None], strict=False)]
    dots = "".join(
        f"M{px(x):g} {py(y):g}h0" for x, y, alone in zip(xs, ys, lonely, strict=True) if y is not None and (apart or alone)
    )
    style = f'stroke="{COLORS[color]}" fill="none" stroke-width="5" stroke-linecap="round"'
    return f'<path class="ax-samples ax-color-{color}" {style} d="{dots}"/>'


def _dots(at, limits, own, exists, color, py):
    """Open dots at the one-sided limits; a filled one at the value, or a diamond where a convention gives it."""
    style = f'stroke="{COLORS[color]}" fill='
    dots = "".join(
        f'<circle class="ax-dot ax-limit ax-color-{color}" cx="{at:g}" cy="{y:g}" r="4.5" {style}"#fff"/>'
        for y in sorted(y for y in limits if math.isfinite(y))
    )
    if not math.isfinite(own):
        return dots
    if exists:
        shape = f'circle class="ax-dot ax-value ax-color-{color}" cx="{at:g}" cy="{py(own):g}" r="4.5"'
    else:
        diamond = f"M{at:g} {py(own) - 3.2:g}l3.2 3.2l-3.2 3.2l-3.2 -3.2z"
        shape = f'path class="ax-dot ax-convention ax-color-{color}" d="{diamond}"'
    return f'{dots}<{shape} {style}"{COLORS[color]}"/>'


def simplified(points):
    """The fewest of the points whose polyline stays close to all of them (Ramer, Douglas and Peucker)."""
    (ax, ay), (bx, by) = points[0], points[-1]
    length = math.hypot(bx - ax, by - ay) or 1
    distances = [abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length for x, y in points]
    farthest = max(range(len(points)), key=distances.__getitem__)
    if distances[farthest] <= TOLERANCE:
        return [points[0], points[-1]]
    return simplified(points[: farthest + 1])[:-1] + simplified(points[farthest:])


def nice(least):
    """The smallest of 1, 2, 5 times a power of ten that is at least `least`."""
    unit = 10.0 ** math.floor(math.log10(least))
    return unit * next(factor for factor in (1, 2, 5, 10) if factor * unit >= least * (1 - 1e-9))
