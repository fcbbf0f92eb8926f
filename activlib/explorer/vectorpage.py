"""The explorer of a function of several numbers as HTML for a page without a kernel, and its figure in SVG."""

import itertools
import math
from html import escape

from activlib.explorer.contours import CELLS, DIRECTIONS, from_plane, level_line, levels_of, measure, to_plane
from activlib.explorer.page import caption, parameter, script
from activlib.explorer.programs import Program
from activlib.explorer.sampling import start
from activlib.explorer.static import COLORS, axes, nice, number, simplified

SIZE = 354  # of the two pictures side by side
ROOM = (44, 12, 10, 46)  # left, right, top, bottom of the plane of three scores
STEPS = 96  # of a slice
LAYERS = {"levels": "level lines", "gradient": "gradient"}
DASHES = ("", ' stroke-dasharray="8 4"', ' stroke-dasharray="2 4"')


def html(spec):
    """`<activation-explorer>` with its specification and, until the script takes over, the same things standing still."""
    data = next(program for program in spec["programs"] if len(program["inputs"]) == len(spec["x"]))
    program = Program(data, start(spec))
    values, jacobian = program.components(spec["x"]), program.jacobian(spec["x"])
    planar = len(spec["x"]) in (2, 3)
    component = next((i for i, output in enumerate(data["outputs"]) if output["key"] == spec["highlight"]), 0)
    pictures = f'<div class="ax-plot">{_plane(spec, program, component)}</div>' if planar else ""
    if spec["simplex"] and len(spec["x"]) == 3:
        beside = f'<div class="ax-side-plot">{_triangle(spec, program, component)}</div>'
    else:
        beside = f'<div class="ax-side-plot{"" if planar else " ax-alone"}">{_slices(spec, program, component, planar)}</div>'
    sliders = "".join(f'<div class="ax-slider"><span>{parameter(p)}</span></div>' for p in spec["parameters"])
    return (
        f'<activation-explorer id="{escape(spec["id"])}">'
        f'<div class="ax-bar">{_choices(spec, data, component, planar)}<div class="ax-tools"></div></div>'
        f'<div class="ax-panels">{pictures}{beside}</div>'
        f'<div class="ax-rows"><div class="ax-inputs">{_inputs(spec, data)}</div>'
        f'<div class="ax-outputs"><dl>{_outputs(spec, data, values)}</dl></div></div>'
        f'<div class="ax-rows">{_table(data, jacobian)}<div class="ax-sliders">{sliders}</div></div><p class="ax-note"></p>'
        f"{caption(spec)}{script(spec)}</activation-explorer>"
    )


def description(spec, data, values):
    """The point and the components in words."""
    pairs = lambda names, numbers: ", ".join(  # noqa: E731
        f"{entry['text']} = {number(value)}" for entry, value in zip(names, numbers, strict=True)
    )
    given = "".join(f"; {p['text']} = {number(p['value'])}" for p in spec["parameters"])
    return f"{pairs(data['inputs'], spec['x'])}: {pairs(data['outputs'], values)}{given}."


def _math(text):
    return f'<i class="ax-math">{escape(text)}</i>'


def _chip(i):
    return f'<i class="ax-chip ax-color-{i}"></i>'


def _choices(spec, data, component, planar):
    chosen = [("n", str(len(spec["x"])))] if len(spec["programs"]) > 1 else []
    chosen += [("component", data["outputs"][component]["text"])] if len(data["outputs"]) > 1 < len(data["inputs"]) else []
    found = "".join(f'<span class="ax-choice">{name}<span class="ax-follow">{text}</span></span>' for name, text in chosen)
    drawn = {"levels"} & {*spec["show"]}  # arrows wait for the script
    layers = "".join(f'<span class="ax-key{"" if key in drawn else " ax-idle"}">{text}</span>' for key, text in LAYERS.items())
    return found + (f'<div class="ax-keys">{layers}</div>' if planar else "")


def _inputs(spec, data):
    return "".join(
        f'<div class="ax-slider ax-input"><span>{_chip(i)}{_math(entry["text"])} = {number(value)}</span></div>'
        for i, (entry, value) in enumerate(zip(data["inputs"], spec["x"], strict=True))
    )


def _outputs(spec, data, values):
    known = [value for value in values if math.isfinite(value)]
    low, high = min(spec["range"][0], 0, *known), max(spec["range"][1], 0, *known)
    along = lambda value: round(100 * (value - low) / (high - low), 2) if math.isfinite(value) else 0  # noqa: E731
    return "".join(
        f'<div class="ax-output"><dt>{_chip(i)}{_math(entry["text"])}</dt>'
        f'<svg class="ax-gauge ax-color-{i}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="{along(min(value, 0)):g}" y="0" width="{along(max(value, 0)) - along(min(value, 0)):g}" height="10" '
        f'fill="{COLORS[i]}"/></svg><dd>{number(value)}</dd></div>'
        for i, (entry, value) in enumerate(zip(data["outputs"], values, strict=True))
    )


def _table(data, jacobian):
    head = "".join(f'<th scope="col">{_math(entry["text"])}</th>' for entry in data["inputs"])
    rows = "".join(
        f'<tr><th scope="row">{_math(entry["text"])}</th>{"".join(map(_cell, row))}</tr>'
        for entry, row in zip(data["outputs"], jacobian, strict=True)
    )
    return (
        '<div class="ax-table"><table class="ax-jacobian"><caption>Jacobian: ∂ row ∕ ∂ column</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(entry):
    shade = round(8 * (1 - math.exp(-3 * abs(entry)))) if math.isfinite(entry) else 0
    kind = f' class="ax-heat ax-heat-{shade} ax-color-{int(entry < 0)}"' if shade else ""
    text = "0.000" if 0 < abs(entry) < 5e-4 else number(entry, 3, 1)  # a plain 0 is exact
    return f"<td{kind}>{text}</td>"


def _plane(spec, program, component):
    """Level lines of a component over the plane, the names of the axes, and the point."""
    window, x, names = spec["window"], spec["x"], program.data["inputs"]
    values = measure(lambda u, v: program.component(component, from_plane(u, v, x)), window)
    if len(x) == 2:
        frame, inner, px, py = axes(window, SIZE, SIZE)
        ends = [(px(window[1]) - 10, py(0) - 8, names[0]), (px(0) + 10, 14, names[1])]
    else:
        left, right, top, bottom = ROOM
        width, height = SIZE - left - right, SIZE - top - bottom
        frame, inner = "", f'<svg class="ax-inner" x="{left}" y="{top}" width="{width}" height="{height}">'
        px = lambda u: round((u - window[0]) / (window[1] - window[0]) * width, 1)  # noqa: E731
        py = lambda v: round((window[3] - v) / (window[3] - window[2]) * height, 1)  # noqa: E731
        reach = max(map(abs, window)) * 4
        rays = "".join(f"M{px(0):g} {py(0):g}L{px(du * reach):g} {py(dv * reach):g}" for du, dv in DIRECTIONS)
        frame += f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" class="ax-grid" stroke="#e9ecef"/>'
        inner += f'<path class="ax-axes" d="{rays}" stroke="#8b949e"/>'
        near = 0.45 * min(window[1] - window[0], window[3] - window[2])
        ends = [(px(du * near) + 10, py(dv * near) - 6, name) for (du, dv), name in zip(DIRECTIONS, names, strict=True)]
    across, up = (window[1] - window[0]) / CELLS, (window[3] - window[2]) / CELLS
    at = lambda x, y: (px(window[0] + across * x), py(window[3] - up * y))  # noqa: E731
    lines, texts = [], [(x, y, name["text"]) for x, y, name in ends]
    levels = (spec["levels"] or levels_of(values)) if "levels" in spec["show"] else []
    value = None
    if spec["stepwise"]:
        value = lambda x, y: program.component(component, from_plane(window[0] + across * x, window[3] - up * y, spec["x"]))  # noqa: E731
    for level in levels:
        found = [simplified([at(*place) for place in line]) for line in level_line(values, level, value)]
        lines += found
        if found and not value:
            middle = max(found, key=len)
            texts.append((*middle[len(middle) // 2], number(level)))
    outline = "".join("M" + "L".join(f"{a:g} {b:g}" for a, b in line) for line in lines)
    labels = "".join(f'<text x="{x:g}" y="{y + 4:g}" text-anchor="middle">{text}</text>' for x, y, text in texts)
    u, v = to_plane(x)
    return (
        f'{_svg(spec, program)}{frame}{inner}<path class="ax-levels" d="{outline}" fill="none" stroke="#59636e"/>'
        f'<g class="ax-marks" font-size="11" fill="#22282e">{labels}</g>{_point(px(u), py(v), 7)}</svg></svg>'
    )


def _triangle(spec, program, component):
    """All ways to share out a whole among three, with the level lines of one share, and the result."""
    radius = min((SIZE - 44) / math.sqrt(3), (SIZE - 52) / 1.5)
    middle = SIZE / 2, (SIZE + 0.5 * radius) / 2

    def place(shares):
        u, v = to_plane(shares)
        scale = radius / math.sqrt(2 / 3)
        return f"{middle[0] + scale * u:.1f}", f"{middle[1] - scale * v:.1f}"

    corner = lambda i, share: [share if j == i else 0 for j in range(3)]  # noqa: E731
    path = lambda places: "M" + "L".join(" ".join(place(shares)) for shares in places)  # noqa: E731
    others = [j for j in range(3) if j != component]
    cut = lambda level, other: [level if j == component else 1 - level if j == other else 0 for j in range(3)]  # noqa: E731
    shown = spec["levels"] if "levels" in spec["show"] and not spec["stepwise"] else []
    factors = [math.tan(math.pi / 2 * i / 61) for i in range(61)]
    trail = path(program.components([factor * score for score in spec["x"]]) for factor in factors)
    texts = ""
    for i, output in enumerate(program.data["outputs"]):
        x, y = map(float, place(corner(i, 1)))
        texts += f'<text x="{x:g}" y="{y - 10 if i == 0 else y + 20:g}" text-anchor="middle">{output["text"]} = 1</text>'
    levels = "".join(path(cut(level, other) for other in others) for level in shown)
    return (
        f'<svg viewBox="0 0 {SIZE} {SIZE}" class="ax-triangle" aria-hidden="true">'
        f'<path class="ax-side" d="{path(corner(i, 1) for i in range(3))}Z" fill="none" stroke="#8b949e"/>'
        f'<path class="ax-levels" d="{levels}" fill="none" stroke="#59636e"/>'
        f'<path class="ax-ray" d="{trail}" fill="none" stroke="#22282e" stroke-dasharray="2 4"/>'
        f'<g class="ax-corners" font-size="12" fill="#59636e">{texts}</g>'
        f"{_point(*map(float, place(program.components(spec['x']))), 7)}</svg>"
    )


def _slices(spec, program, component, planar):
    """One component as each input moves alone, or all components of a function of one number."""
    x, single = spec["x"], len(spec["x"]) == 1
    ends = spec["window"] if len(x) == 2 else spec["slider"][:2]
    low, high = min(*ends, *x), max(*ends, *x)
    names = program.data["outputs" if single else "inputs"]
    curves = []
    for i in range(len(names)):
        moved = lambda t, i=i: [t if j == (0 if single else i) else own for j, own in enumerate(x)]  # noqa: E731
        places = [low + (high - low) * step / STEPS for step in range(STEPS + 1)]
        curves.append([(t, program.component(i if single else component, moved(t))) for t in places])
    known = [y for curve in curves for _, y in curve if math.isfinite(y)]
    if spec["simplex"]:
        bottom, top = -0.05, 1.05
    else:
        bottom, top = (math.copysign(nice(abs(end)), end) if end else 0 for end in (min(0, *known), max(0, *known)))
        room = 0.05 * (top - bottom or 1)
        bottom, top = bottom - room, top + room
    width, height = (SIZE, SIZE) if planar else (2 * SIZE + 12, 260)
    frame, inner, px, py = axes([low, high, bottom, top], width, height)
    drawn = dots = texts = ""
    for i, (curve, name) in enumerate(zip(curves, names, strict=True)):
        style = f'class="ax-curve ax-color-{i} ax-order-{i % 3}" stroke="{COLORS[i]}" fill="none" stroke-width="2"{DASHES[i % 3]}'
        lines = [simplified([(px(t), py(y)) for t, y in run]) for run in _runs(curve, spec["stepwise"])]
        drawn += f'<path {style} d="{"".join("M" + "L".join(f"{a:g} {b:g}" for a, b in line) for line in lines)}"/>'
        own = x[0] if single else x[i]
        value = program.component(i if single else component, x)
        dots += f'<circle class="ax-companion ax-color-{i}" r="4" cx="{px(own):g}" cy="{py(value):g}" fill="{COLORS[i]}"/>'
        texts += f'<text x="{px(high) - 4:g}" y="{py(curve[-1][1]) - 6:g}" text-anchor="end">{name["text"]}</text>'
    head = f'<svg viewBox="0 0 {width} {height}" aria-hidden="true">' if planar else _svg(spec, program, width, height)
    return f'{head}{frame}{inner}{drawn}{dots}<g class="ax-marks" font-size="11" fill="#22282e">{texts}</g></svg></svg>'


def _runs(curve, stepwise):
    """A curve as runs drawn without lifting the pen: of one that is constant but for jumps, a run for each value."""
    known = [place for place in curve if math.isfinite(place[1])]
    if not stepwise:
        return [known]
    starts = [0, *(i for i in range(1, len(known)) if known[i][1] != known[i - 1][1]), len(known)]
    return [known[a:b] for a, b in itertools.pairwise(starts) if b - a > 1]


def _svg(spec, program, width=SIZE, height=SIZE):
    """The start of the picture that speaks for all."""
    words = description(spec, program.data, program.components(spec["x"]))
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" preserveAspectRatio="xMinYMin">'
        f"<title>{escape(spec['label'])}</title><desc>{escape(words)}</desc>"
    )


def _point(x, y, color):
    return f'<circle class="ax-point ax-neutral" cx="{x:g}" cy="{y:g}" r="6" fill="{COLORS[color]}" stroke="#fff"/>'
