"""Least upper and greatest lower bounds: the range, and the Lipschitz constants of f and f'."""

from __future__ import annotations

from typing import NamedTuple

import sympy as sp

from activlib.facts.balls import Undecided, ball, certain_sign, sign
from activlib.facts.curve import Curve
from activlib.facts.enclosure import Enclosure


class Candidate(NamedTuple):
    """A value that a bound may have, where, and whether the function takes it there."""

    value: sp.Expr
    place: sp.Expr
    attained: bool


class Bound(NamedTuple):
    """A least upper (greatest lower) bound, and the points at which it is attained or approached."""

    value: sp.Expr
    attained: tuple[sp.Expr, ...] = ()
    approached: tuple[sp.Expr, ...] = ()


def compare(a: sp.Expr, b: sp.Expr) -> int:
    """The sign of a - b, proved; raises Undecided where two enclosures overlap."""
    if a == b:
        return 0
    if a.is_infinite or b.is_infinite:
        return 1 if a is sp.oo or b is -sp.oo else -1
    if a.has(Enclosure) or b.has(Enclosure):
        found = certain_sign(ball(a) - ball(b))
        if found is None:
            raise Undecided(f"which of {a} and {b} is greater is not decided")
        return found
    return sign(a - b)


def greatest(candidates: list[Candidate]) -> Bound:
    """The greatest of the values. Values whose enclosures overlap count as one, in the union of their balls."""
    if not candidates:
        raise Undecided("there is no value to compare")
    top = [candidates[0]]
    for candidate in candidates[1:]:
        orders = [_order(candidate.value, other.value) for other in top]
        if 1 in orders:
            top = [other for other, order in zip(top, orders) if order != 1] + [candidate]
        elif -1 not in orders:
            top.append(candidate)
    exact = [c.value for c in top if not c.value.has(Enclosure)]
    if len({c.attained for c in top}) > 1 and len(exact) < len(top):
        raise Undecided("whether a bound is attained is not decided")
    if exact and len(exact) < len(top):
        raise Undecided("whether two bounds are the same is not decided")
    value = exact[0] if exact else Enclosure(_union(c.value.enclosing_ball for c in top))
    places = {True: [], False: []}
    for c in top:
        if c.place not in places[c.attained]:
            places[c.attained].append(c.place)
    return Bound(value, tuple(places[True]), () if places[True] else tuple(places[False]))


def _order(a, b):
    try:
        return compare(a, b)
    except Undecided:
        return 0


def _union(balls):
    first, *others = balls
    for other in others:
        first = first.union(other)
    return first


def negated(c: Candidate) -> Candidate:
    return c._replace(value=Enclosure(-c.value.enclosing_ball) if isinstance(c.value, Enclosure) else -c.value)


def _size(c):
    return negated(c) if compare(c.value, sp.S.Zero) < 0 else c


def candidates(curve: Curve, n: int) -> list[Candidate]:
    """The values of f^(n), or limits of its values, at the ends of all intervals on which it is monotone."""
    found = []
    for segment in curve.signs(n + 1).segments:
        flat = segment.sign == 0
        for end in (segment.lower, segment.upper):
            value = curve.limit_at(segment.piece, n, end)
            attained = flat or (end.is_finite and (end not in curve.joints or _takes(curve, end, n, value)))
            place = sp.Interval.open(segment.lower, segment.upper) if flat else end
            found.append(Candidate(value, place, attained))
    return found


def _takes(curve, joint, n, limit):
    """Whether f^(n) exists at a joint and equals its one-sided limit there."""
    if n == 0:
        value = curve.value(joint)
        return value is not None and compare(value, limit) == 0
    return curve.interior(joint) and curve.continuous(joint) and all(curve.jump(joint, k) == 0 for k in range(1, n + 1))


def range_(curve: Curve) -> tuple[sp.Set, list[Bound]]:
    """The set of values, and for each of its intervals the lower and the upper bound."""
    breaks = [joint for joint in curve.joints if not (curve.interior(joint) and curve.continuous(joint))]
    if not breaks and (ends := _unbounded(curve)):
        return sp.S.Reals, ends
    values = candidates(curve, 0)
    parts, bounds = [], []
    stops = [-sp.oo, *breaks, sp.oo]
    segments = [s for s in curve.signs(1).segments for _ in range(2)]  # two candidates each
    for a, b in zip(stops, stops[1:]):
        own = [c for c, s in zip(values, segments) if compare(a, s.lower) <= 0 and compare(s.upper, b) <= 0]
        if own:
            high, low = greatest(own), greatest([negated(c) for c in own])
            low = low._replace(value=negated(Candidate(low.value, sp.S.Zero, True)).value)
            parts.append(sp.Interval(low.value, high.value, not low.attained, not high.attained)
                         if low.value != high.value else sp.FiniteSet(low.value))
            bounds += [low, high]
    parts += [sp.FiniteSet(v) for joint in breaks if (v := curve.value(joint)) is not None]
    return sp.Union(*parts), bounds


def _unbounded(curve):
    """The two bounds where f is continuous on the line and its limits are opposite infinities."""
    if (curve.pieces[0].lower, curve.pieces[-1].upper) != (-sp.oo, sp.oo):
        return None
    try:
        limits = [curve.pieces[0].limit(0, -sp.oo), curve.pieces[-1].limit(0, sp.oo)]
    except Undecided:
        return None
    if {*limits} != {-sp.oo, sp.oo}:
        return None
    places = (-sp.oo, sp.oo) if limits[1] is sp.oo else (sp.oo, -sp.oo)
    return [Bound(-sp.oo, (), places[:1]), Bound(sp.oo, (), places[1:])]


def lipschitz(curve: Curve, n: int) -> Bound:
    """The least L with |f^(n)(a) - f^(n)(b)| <= L |a - b|: sup |f^(n+1)|, infinite where f^(n) jumps."""
    for joint in curve.joints:
        torn = curve.value(joint) is not None and not curve.continuous(joint)
        if curve.interior(joint) and (torn or any(curve.jump(joint, k) != 0 for k in range(n + 1))):
            return Bound(sp.oo, (), (joint,))
    return greatest([_size(c) for c in candidates(curve, n + 1)])
