"""The explorer as a static figure in SVG: what a page shows before its script wakes, or without one.

Same geometry and classes as the live plot (`javascript/plot.js`), so that nothing moves when that takes over, and with
colors as attributes, so that it can be read without the style sheet too.
"""

import math
from html import escape

from activlib.explorer.sampling import kinks, runs, start
from activlib.explorer.trees import evaluate

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 28
CHARACTER = 7  # width of a character of a tick's label
TOLERANCE = 0.15  # pixels by which the drawn line may miss the curve
COLORS = ("#0072b2", "#d55e00", "#00875f", "#aa4499", "#8a6a00", "#3d4ea8", "#9c2c2c", "#4b5563")
DASHES = ("", ' stroke-dasharray="8 4"', ' stroke-dasharray="2 4"')
ORDERS = ("f", "f′", "f″")


def number(value, decimals=4):
    """A number as the explorer prints it, with a proper minus sign."""
    if not math.isfinite(value):
        return "undefined" if math.isnan(value) else "∞" if value > 0 else "−∞"
    return f"{round(value, decimals) + 0:.12g}".replace("-", "−")


def ticks(low, high, pixels, room):
    """Multiples of 1, 2 or 5 times a power of ten, at least `room(label)` pixels apart, with their labels."""
    step = _nice((high - low) * 30 / pixels)
    while True:
        multiples = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        found = [(m * step, f"{m * step + 0:.{decimals}f}".replace("-", "−")) for m in multiples]
        if len(found) < 2 or step / (high - low) * pixels >= max(room(label) for _, label in found):
            return found
        step = _nice(step * 1.5)


def figure(spec):
    """The SVG of a specification's first view."""
    x0, x1, y0, y1 = spec["window"]
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    px = lambda x: round((x - x0) / (x1 - x0) * width, 1)  # noqa: E731
    py = lambda y: round(min(max((y1 - y) / (y1 - y0) * height, -height), 2 * height), 1)  # noqa: E731
    across = ticks(x0, x1, width, lambda label: (len(label) + 2) * CHARACTER)
    up = ticks(y0, y1, height, lambda label: 36)
    grid = "".join(f"M{LEFT + px(x):g} {TOP}v{height}" for x, _ in across)
    grid += "".join(f"M{LEFT} {TOP + py(y):g}h{width}" for y, _ in up)
    axes = f"M{LEFT + px(0):g} {TOP}v{height}" * (x0 <= 0 <= x1) + f"M{LEFT} {TOP + py(0):g}h{width}" * (y0 <= 0 <= y1)
    labels = "".join(f'<text x="{LEFT + px(x):g}" y="{HEIGHT - 8}">{label}</text>' for x, label in across)
    labels += "".join(
        f'<text x="{LEFT - 8}" y="{TOP + py(y) + 4:g}" text-anchor="end">{label}</text>' for y, label in up
    )
    values = start(spec)
    drawn = "".join(_curve(spec, curve, i, n, values, px, py) for curve, i, n in shown(spec))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" preserveAspectRatio="xMinYMid">'
        f"<title>{escape(spec['label'])}</title><desc>{escape(description(spec))}</desc>"
        f'<path class="ax-grid" d="{grid}" stroke="#e9ecef"/><path class="ax-axes" d="{axes}" stroke="#8b949e"/>'
        f'<g class="ax-ticks" font-size="12" fill="#59636e" text-anchor="middle">{labels}</g>'
        f'<svg class="ax-inner" x="{LEFT}" y="{TOP}" width="{width}" height="{height}">{drawn}{_point(spec, px, py)}</svg></svg>'
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
    orders = [ORDERS[("f", "df", "d2f").index(name)] for name in spec["show"]]
    given = "".join(f", {p['text']} = {number(p['value'])}" for p in spec["parameters"])
    names = ", ".join(curve["label"] for curve in spec["curves"])
    return f"{', '.join(orders)} of {names} for x from {number(x0)} to {number(x1)}{given}."


def value_at(spec, order):
    """The highlighted function's derivative of an order at the point; NaN where it has none."""
    curve = next(c for c in spec["curves"] if c["name"] == spec["highlight"])
    if "samples" in curve:
        return math.nan
    return evaluate(curve["orders"][order]["value"], spec["x"], spec["x"], start(spec))


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
    lines = [_simplified([(px(x), py(y)) for x, y in run]) for run in runs(curve, n, values, x0, x1, 240)]
    path = "".join("M" + "L".join(f"{a:g} {b:g}" for a, b in line) for line in lines)
    dots = "".join(
        _dots(px(at), {py(left), py(right)}, own, exists, color, py)
        for at, orders in kinks(curve, values, x0, x1)
        for left, right, own, exists, continuous in orders[n : n + 1]
        if not continuous
    )
    return f'<path {style} fill="none" stroke-width="2"{DASHES[n]} d="{path}"/>{dots}'


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


def _simplified(points):
    """The fewest of the points whose polyline stays close to all of them (Ramer, Douglas and Peucker)."""
    (ax, ay), (bx, by) = points[0], points[-1]
    length = math.hypot(bx - ax, by - ay) or 1
    distances = [abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length for x, y in points]
    farthest = max(range(len(points)), key=distances.__getitem__)
    if distances[farthest] <= TOLERANCE:
        return [points[0], points[-1]]
    return _simplified(points[: farthest + 1])[:-1] + _simplified(points[farthest:])


def _nice(least):
    """The smallest of 1, 2, 5 times a power of ten that is at least `least`."""
    unit = 10.0 ** math.floor(math.log10(least))
    return unit * next(factor for factor in (1, 2, 5, 10) if factor * unit >= least * (1 - 1e-9))
