"""The plane of a vector explorer: places of inputs in it, and level lines. The browser does the same in `javascript/plane.js`."""

import math
from collections import defaultdict

from activlib.explorer.static import nice

CELLS = 32  # of the grid, each way
DIRECTIONS = [
    tuple(math.sqrt(2 / 3) * part(math.radians(degrees)) for part in (math.cos, math.sin)) for degrees in (90, 210, 330)
]


def to_plane(x):
    """The place of two inputs, or of three in the plane orthogonal to (1, 1, 1)."""
    if len(x) == 2:
        return tuple(x)
    return tuple(sum(score * direction[axis] for score, direction in zip(x, DIRECTIONS, strict=True)) for axis in (0, 1))


def from_plane(u, v, x):
    """The inputs at a place, with the mean of `x` where there are three."""
    if len(x) == 2:
        return [u, v]
    mean = sum(x) / 3
    return [mean + u * du + v * dv for du, dv in DIRECTIONS]


def measure(function, window):
    """Values of a function of u and v at the nodes of the grid, by rows from the top."""
    u0, u1, v0, v1 = window
    nodes = range(CELLS + 1)
    return [[function(u0 + (u1 - u0) * j / CELLS, v1 + (v0 - v1) * i / CELLS) for j in nodes] for i in nodes]


def levels_of(field):
    """Round values, sixteen at most, between the least and the largest of a field."""
    known = [value for row in field for value in row if math.isfinite(value)]
    if not known or not max(known) > min(known):
        return []
    step = nice((max(known) - min(known)) / 16)
    first, last = math.ceil(min(known) / step), math.floor(max(known) / step)
    return [float(f"{m * step:.12g}") for m in range(first, last + 1) if min(known) < m * step < max(known)]


def level_line(field, level, value=None):
    """Where a field takes a level, as polylines of (x, y) in cells from the top left.

    Each cell is cut along a diagonal into two triangles, in which the field is taken to be linear; or, given its values as a
    function of x and y, it jumps across the level and is asked where.
    """
    segments = []
    for i in range(CELLS):
        for j in range(CELLS):
            corners = [(j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1)]
            values = [field[y][x] for x, y in corners]
            if not (all(map(math.isfinite, values)) and min(values) < level <= max(values)):
                continue
            for part in ((0, 1, 2), (0, 2, 3)):
                ends = [
                    _between(corners[a], corners[b], jump(value, level, corners[a], corners[b]) if value
                             else (level - values[a]) / (values[b] - values[a]))
                    for a, b in zip(part, (*part[1:], part[0]), strict=True) if (values[a] >= level) != (values[b] >= level)
                ]  # fmt: skip
                if len({*ends}) == 2:  # at a corner that has the level they are one
                    segments.append(ends)
    return _joined(segments)


def jump(function, level, a, b):
    """How far from a to b a function of coordinates jumps across a level, by bisection."""
    low, high = 0, 1
    side = function(*a) >= level
    for _ in range(20):
        middle = (low + high) / 2
        place = _between(a, b, middle)
        low, high = (middle, high) if (function(*place) >= level) == side else (low, middle)
    return (low + high) / 2


def _between(a, b, part):
    return tuple(round(p + part * (q - p), 6) for p, q in zip(a, b, strict=True))


def _joined(segments):
    """Segments with common ends as polylines."""
    meeting = defaultdict(list)
    for segment in segments:
        for end in segment:
            meeting[end].append(segment)
    left, lines = {id(segment): segment for segment in segments}, []

    def walk(line):
        """Go on from a line's end as long as a segment begins there."""
        while following := next((s for s in meeting[line[-1]] if id(s) in left), None):
            del left[id(following)]
            line.append(following[1] if following[0] == line[-1] else following[0])
        return line

    while left:
        _, segment = left.popitem()
        lines.append(walk(walk(list(segment))[::-1]))
    return lines
