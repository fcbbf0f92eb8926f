"""Where a function is one floating-point number all along: far out it underflows, overflows or is next to its limit."""

from __future__ import annotations

import math

import numpy as np
from flint import arb

SURELY = 6  # how often a run of boxes is halved in any case
SHORTEST, WIDEST = 2**48, 2**54  # floats in a part of it that is halved no more, and in one of which a ball may tell something


def halved(balls, low, high, depth=0, promise=(False, False)):
    """(lower end, upper end, number) of parts of a box of one sign, from left to right: the one that a function rounds to,
    or nearly, in all of the part, or None. Parts are halved, by their place among the floats, while that promises something:
    where the first or the last of a part is known to be so, as `promise` says, or is found to be."""
    first, last = np.array([low, high]).view(np.int64).tolist()
    if abs(last - first) < WIDEST and (number := _next_to_one(balls, low, high)) is not None:
        return [(low, high, number)]
    part, half, step = (last - first) // 1024, (first + last) // 2, 1 if first < last else -1
    near, middle, after, far = np.array([first + part, half, half + step, last - part]).view(float).tolist()
    starts, ends = promise
    if depth >= SURELY and not any(promise):
        starts = _next_to_one(balls, low, near) is not None
        ends = not starts and _next_to_one(balls, far, high) is not None
    if abs(last - first) < SHORTEST or not (starts or ends or depth < SURELY):
        return [(low, high, None)]
    return halved(balls, low, middle, depth + 1, (starts, False)) + halved(balls, after, high, depth + 1, (False, ends))


def _next_to_one(balls, low, high):
    """The float64 number that a function rounds to, or nearly, in all of a box; None if there is none."""
    middle = low / 2 + high / 2
    halves = [arb(middle).union(arb(end)) for end in (low, high)]  # a ball about a whole binade is too wide to tell much
    for k, ball in enumerate(balls):
        if (near := _nearest(ball(halves[0]))) is not None and _nearest(ball(halves[1])) == near:
            balls.insert(0, balls.pop(k))  # it is the one to ask next time
            return near
    return None


def _nearest(value):
    if value.is_finite():
        if abs(value) < arb(2) ** -1080:
            return 0.0
        if abs(value) > arb(2) ** 1025:
            return math.copysign(math.inf, float(value.mid()))
        if abs(value - float(value.mid())) < abs(value) * arb(2) ** -55:
            return float(value.mid())
    return None
