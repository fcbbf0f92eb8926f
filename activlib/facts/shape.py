"""Facts that follow from sign charts: zeros, monotonicity, extrema, convexity, saturation."""

from __future__ import annotations

from typing import NamedTuple

import sympy as sp

from activlib.balls import Undecided
from activlib.facts import waves
from activlib.facts.bounds import compare
from activlib.facts.curve import Curve, Signs
from activlib.facts.enclosure import evaluated
from activlib.facts.signs import sign

SATURATED = sp.Rational(1, 100)
CHART = "Ball arithmetic settles every box of the line, and an expansion with a proved remainder each end."


class Stretch(NamedTuple):
    """A maximal interval on which the function is of one kind."""

    interval: sp.Set
    kind: str


class Extremum(NamedTuple):
    """A strict local "minimum" or "maximum" of the function."""

    at: sp.Expr
    value: sp.Expr
    kind: str


def solutions(curve: Curve, slope: int) -> tuple[sp.Set, sp.Expr | None, str]:
    """The solutions of f(x) = slope x, the period with which they repeat, and how they are known."""
    joints = [joint for joint in curve.joints
              if (value := curve.value(joint)) is not None and not sign(value - slope * joint)]
    try:
        signs = curve.signs(0, slope)
    except Undecided as reason:
        try:
            return waves.solutions(curve, slope, joints), None, waves.ARGUMENT
        except Undecided:
            raise reason from None
    points = signs.zeros + joints
    flat = [sp.Interval(s.lower, s.upper, s.lower not in points, s.upper not in points)
            for s in signs.segments if s.sign == 0]
    isolated = [p for p in points if not any(p in (i.start, i.end) for i in flat)]
    return sp.Union(sp.FiniteSet(*isolated), *flat), signs.period, CHART


def monotonicity(curve: Curve) -> tuple[tuple[Stretch, ...], sp.Expr | None]:
    kinds = {1: "strictly increasing", 0: "constant", -1: "strictly decreasing"}

    def join(a, b, place):
        return a if a == b and (place not in curve.joints or _smooth_through(curve, place)) else None

    signs = curve.signs(1)
    return tuple(Stretch(_closure(curve, *ends), kinds[s]) for *ends, s in _merged(signs, lambda s: s, join)), signs.period


def convexity(curve: Curve) -> tuple[tuple[Stretch, ...], sp.Expr | None]:
    names = {1: "convex", 0: "affine", -1: "concave"}

    def join(a, b, place):
        kink = 0
        if place in curve.joints:
            if not _smooth_through(curve, place) or (kink := curve.jump(place, 1)) is sp.nan:
                return None
            kink = sign(kink)
        bends = {a[0], b[0], kink} - {0}
        return None if len(bends) > 1 else (bends.pop() if bends else 0, a[1] and b[1])

    signs = curve.signs(2)
    runs = _merged(signs, lambda s: (s, s != 0), join)
    return tuple(Stretch(_closure(curve, *ends), "strictly " * strict + names[s]) for *ends, (s, strict) in runs), signs.period


def extrema(curve: Curve) -> tuple[tuple[Extremum, ...], sp.Expr | None]:
    """The strict local extrema; plateaus are constant stretches of `monotonicity`."""
    signs = curve.signs(1)
    found = []
    for place in _in_order(signs.zeros + list(curve.joints)):
        if (value := curve.value(place)) is None:
            continue
        above = _sides(curve, signs, place, value)
        if above in ({1}, {-1}):
            found.append(Extremum(place, value, "minimum" if 1 in above else "maximum"))
    return tuple(found), signs.period


def _sides(curve, signs, place, value):
    """On each side of a point where f is defined: 1 if f is greater than there, -1 if smaller, 0 if the same."""
    before, after = _neighbors(signs, place)
    left, right = curve.limits(place) if place in curve.joints else (value, value)
    sides = set()
    if left is not None:
        sides.add(sign(left - value) if place in curve.joints and left != value else -before or 0)
    if right is not None:
        sides.add(sign(right - value) if place in curve.joints and right != value else after or 0)
    return sides


def _neighbors(signs, place):
    """The signs just before and just after a point."""
    before = [s.sign for s in signs.segments if s.upper == place]
    after = [s.sign for s in signs.segments if s.lower == place]
    if signs.period is not None:
        before, after = before or [signs.segments[-1].sign], after or [signs.segments[0].sign]
    return (before or [0])[0], (after or [0])[0]


def inflections(curve: Curve) -> tuple[sp.Set, sp.Expr | None]:
    """Where f is differentiable and f'' changes its sign strictly."""
    signs = curve.signs(2)
    smooth = [joint for joint in curve.joints if _smooth_through(curve, joint) and curve.jump(joint, 1) == 0]
    points = [p for p in signs.zeros + smooth if set(_neighbors(signs, p)) == {1, -1}]
    return sp.FiniteSet(*points), signs.period


def saturation(curve: Curve) -> tuple[sp.Set, sp.Expr | None]:
    """Where f' exists and |f'(x)| < 1/100."""
    below, above = curve.signs(1, level=SATURATED), curve.signs(1, level=-SATURATED)
    period = below.period or above.period
    low = [(s.lower, s.upper) for s in below.segments if s.sign < 0]
    high = [(evaluated(s.lower + shift), evaluated(s.upper + shift)) for s in above.segments if s.sign > 0
            for shift in ((-period, 0, period) if above.period is not None and below.period is not None else (0,))]
    parts = []
    for a, b in low:
        for c, d in high:
            start, end = (a if compare(a, c) > 0 else c), (b if compare(b, d) < 0 else d)
            if compare(start, end) < 0:
                parts.append((start, end))
    parts.sort(key=lambda part: float(part[0]))
    joined = []
    for start, end in parts:
        if joined and joined[-1][1] == start and _differentiable(curve, start):
            start = joined.pop()[0]
        joined.append((start, end))
    return sp.Union(*(sp.Interval.open(*part) for part in joined), evaluate=False) if joined else sp.S.EmptySet, period


def _differentiable(curve, place):
    return place in curve.joints and _smooth_through(curve, place) and curve.jump(place, 1) == 0


def _smooth_through(curve, joint):
    """Whether f is continuous at an inner point of its domain."""
    return curve.interior(joint) and curve.continuous(joint)


def _merged(signs: Signs, label, join):
    """[lower, upper, label] of the runs of segments that `join(label, label, place)` does not keep apart."""
    runs = []
    for segment in signs.segments:
        new = [segment.lower, segment.upper, label(segment.sign)]
        if runs and runs[-1][1] == new[0] and (together := join(runs[-1][2], new[2], new[0])) is not None:
            new[0], new[2] = runs.pop()[0], together
        runs.append(new)
    if len(runs) == 1 and signs.period is not None:
        return [[-sp.oo, sp.oo, runs[0][2]]]
    return runs


def _closure(curve, lower, upper):
    """[lower, upper], open at an infinite end and where f is not continuous from inside."""
    def is_open(end, side):
        if end.is_infinite or end not in curve.joints:
            return bool(end.is_infinite)
        value, limit = curve.value(end), curve.limits(end)[side]
        return value is None or not limit.is_finite or bool(sign(limit - value))
    return sp.Interval(lower, upper, is_open(lower, 1), is_open(upper, 0))


def _in_order(points):
    return sorted(points, key=float)

