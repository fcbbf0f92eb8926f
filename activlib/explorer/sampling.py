"""Curves as points, from a specification's trees: what the static figure draws and the height of the window.

The browser samples more finely and by the same rule (`javascript/sampling.js`): piece by piece between breakpoints,
each piece up to and including its ends, where it takes its one-sided value.
"""

import math
from bisect import bisect_left

from activlib.explorer.trees import evaluate

NUDGE = 1e-9  # how far inside a piece the conditions at its end are decided, relative to max(1, |end|)


def start(spec):
    """The values of the parameters at first, by key."""
    return {p["key"]: p["value"] for p in spec["parameters"]}


def breakpoints(curve, values, low, high):
    """The breakpoints of a curve strictly between low and high, from left to right."""
    places = {evaluate(b, math.nan, math.nan, values) for b in curve.get("breakpoints", ())}
    return sorted(b for b in places if low < b < high)


def one_sided(node, at, direction, values):
    """The value at `at` of the piece that lies in `direction` (-1 left, 1 right) of it."""
    return evaluate(node, at, at + direction * NUDGE * max(1, abs(at)), values)


def kinks(curve, values, low, high):
    """For each breakpoint in the window (x, orders), where orders has for f and each derivative (left limit, right
    limit, value of the definition, whether it exists there, whether all up to it are continuous there)."""
    found = []
    for at in breakpoints(curve, values, low, high):
        orders, smooth = [], True
        for n, order in enumerate(curve["orders"]):
            left, right = (one_sided(order["value"], at, direction, values) for direction in (-1, 1))
            own = evaluate(order["value"], at, at, values)
            exists = n == 0 or (smooth and meet(left, right))
            smooth = smooth and meet(left, right) and meet(own, left)
            orders.append((left, right, own, exists, smooth))
        found.append((at, orders))
    return found


def interpolate(samples, at):
    """The value on the line through samples; NaN in a gap and outside of them."""
    xs, ys = samples
    above = bisect_left(xs, at)
    if at < xs[0] or above == len(xs):
        return math.nan
    first = above if xs[above] == at else above - 1
    if None in ys[first : above + 1]:
        return math.nan
    part = (at - xs[first]) / (xs[above] - xs[first]) if first < above else 0
    return ys[first] + part * (ys[above] - ys[first])


def meet(left, right):
    """Whether two values are the same but for rounding."""
    return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)


def runs(curve, order, values, low, high, count):
    """The curve as runs of (x, y) drawn without lifting the pen, about `count` points in all."""
    if "samples" in curve:
        return _joined([zip(*curve["samples"], strict=True)] if order == 0 else [])
    node, cuts = curve["orders"][order]["value"], curve["orders"][order]["cuts"]
    ends = [low, *breakpoints(curve, values, low, high), high]
    pieces = []
    for a, b in zip(ends, ends[1:], strict=False):
        steps = max(2, round(count * (b - a) / (high - low)))
        points, signs = [(a, one_sided(node, a, 1, values))], [evaluate(c, a, b, values) for c in cuts]
        for i in range(1, steps + 1):
            at = a + (b - a) * i / steps
            now = [evaluate(c, at, at, values) for c in cuts]
            if any(before * after < 0 for before, after in zip(signs, now, strict=True)):
                points.append((at, math.nan))
            points.append((at, evaluate(node, at, at, values) if i < steps else one_sided(node, b, -1, values)))
            signs = now
        pieces.append(points)
    return _joined(pieces)


def _joined(pieces):
    """Pieces as runs: broken where a value is not finite, joined where neighbors meet."""
    found, run = [], []
    for piece in pieces:
        piece = list(piece)
        if run and not meet(run[-1][1], piece[0][1]):
            found, run = [*found, run], []
        for at, value in piece:
            if value is None or not math.isfinite(value):
                found, run = [*found, run], []
            else:
                run.append((at, value))
    return [run for run in [*found, run] if len(run) > 1]


def height(spec, low, high):
    """The interval of y that holds the shown curves over [low, high], with some room for what the sliders do.

    It is at most twice as high as the window is wide on either side of 0, so that a pole does not flatten the rest.
    """
    now = _extent(spec, low, high, start(spec))
    moved = [_extent(spec, low, high, {**start(spec), p["key"]: end})
             for p in spec["parameters"] for end in p["slider"][:2]]  # fmt: skip
    room = 0.25 * (now[1] - now[0] or 1)
    bottom = max(min([now[0], *(m[0] for m in moved)]), now[0] - room)
    top = min(max([now[1], *(m[1] for m in moved)]), now[1] + room)
    margin = 0.06 * (top - bottom or 1)
    return [float(f"{end:.3g}") for end in (bottom - margin, top + margin)]


def _extent(spec, low, high, values):
    most = high - low
    shown = [("f", "df", "d2f").index(name) for name in spec["show"]]
    ys = [
        min(max(y, -most), most)
        for curve in spec["curves"] for n in shown for run in runs(curve, n, values, low, high, 60) for _, y in run
    ]  # fmt: skip
    return min([0, *ys]), max([0, *ys])
