"""Least upper and greatest lower bounds: the range, and the Lipschitz constants of f and f'."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import sympy as sp

from activlib.balls import Undecided, ball
from activlib.facts.curve import Curve
from activlib.facts.enclosure import Enclosure
from activlib.facts.growth import TooNear
from activlib.facts.repetition import members, one_period
from activlib.facts.signs import certain_sign, sign
from activlib.facts.waves import Progression

WINDOWS = (8, 32, 128)  # |x| up to which a function that oscillates for ever is examined
WIDEST = Fraction(1, 10**15)


class Candidate(NamedTuple):
    """A value that a bound may have, where, and whether the function takes it there."""

    value: sp.Expr
    place: sp.Expr | sp.Set | Progression
    attained: bool
    within: tuple[sp.Expr, sp.Expr] = (-sp.oo, sp.oo)  # the interval on whose values it bears


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
    return Bound(value, tuple(members(places[True])), () if places[True] else tuple(places[False]))


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
    try:
        return negated(c) if compare(c.value, sp.S.Zero) < 0 else c
    except Undecided:
        return c._replace(value=Enclosure(abs(c.value.enclosing_ball)))


def candidates(curve: Curve, n: int) -> list[Candidate]:
    """The values of f^(n), or limits of its values, at the ends of all intervals on which it is monotone."""
    period, repetitions = one_period(curve, n)
    found = [Candidate(value, end, False, (r.piece.lower, r.piece.upper)) for r in repetitions.values() for value, end in r.far()]
    for segment in period.signs(n + 1).segments:
        flat, repetition = segment.sign == 0, repetitions.get(segment.piece)
        for end in (segment.lower, segment.upper):
            value = curve.limit_at(segment.piece, n, end)
            attained = flat or (end.is_finite and (end not in curve.joints or _takes(curve, end, n, value)))
            place = sp.Interval.open(segment.lower, segment.upper) if flat else end
            if repetition and attained and end not in curve.joints:
                place = repetition.again(end)
            found.append(Candidate(value, place, attained, (segment.lower, segment.upper)))
    curve.examined = period.examined
    return found


def _bounded(curve, n, read):
    """`read` of the candidates for bounds of f^(n). Where f^(n) oscillates for ever at an end, they are those of a window,
    and a ball around all values beyond it, which must not matter."""
    try:
        return read(candidates(curve, n))
    except Undecided as reason:
        for start in WINDOWS:
            try:
                inside, beyond = curve.window(n + 1, start)
                values = candidates(inside, n)
            except Undecided:
                break  # a larger window is harder
            try:
                outside = [Candidate(Enclosure(piece.values_beyond(n, end, start)), end, False, (piece.lower, piece.upper))
                           for piece, end in beyond]
                found = read(values + outside)
            except (Undecided, TooNear):
                continue
            curve.examined = inside.examined
            return found
        raise reason


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
    return _bounded(curve, 0, lambda values: _intervals(curve, breaks, values))


def _intervals(curve, breaks, values):
    parts, bounds = [], []
    stops = [-sp.oo, *breaks, sp.oo]
    for a, b in zip(stops, stops[1:]):
        own = [c for c in values if compare(a, c.within[0]) <= 0 and compare(c.within[1], b) <= 0]
        if own:
            high, low = _close(greatest(own)), _close(greatest([negated(c) for c in own]))
            low = low._replace(value=negated(Candidate(low.value, sp.S.Zero, True)).value)
            parts.append(sp.Interval(low.value, high.value, not low.attained, not high.attained)
                         if low.value != high.value else sp.FiniteSet(low.value))
            bounds += [low, high]
    parts += [sp.FiniteSet(v) for joint in breaks if (v := curve.value(joint)) is not None]
    return sp.Union(*parts), bounds


def _close(bound):
    """A bound, if it is enclosed closely."""
    if isinstance(bound.value, Enclosure) and bound.value.radius > WIDEST:
        raise Undecided("a bound is not settled, as the function oscillates for ever")
    return bound


def _unbounded(curve):
    """The two bounds where f is continuous on the line and is unbounded above and below towards its ends."""
    if (curve.pieces[0].lower, curve.pieces[-1].upper) != (-sp.oo, sp.oo):
        return None
    limits = {-sp.oo: curve.pieces[0].limits_towards(0, -sp.oo), sp.oo: curve.pieces[-1].limits_towards(0, sp.oo)}
    places = {bound: tuple(end for end, found in limits.items() if bound in found) for bound in (-sp.oo, sp.oo)}
    return [Bound(bound, (), ends) for bound, ends in places.items()] if all(places.values()) else None


def lipschitz(curve: Curve, n: int) -> Bound:
    """The least L with |f^(n)(a) - f^(n)(b)| <= L |a - b|: sup |f^(n+1)|, infinite where f^(n) jumps."""
    for joint in curve.joints:
        torn = curve.value(joint) is not None and not curve.continuous(joint)
        if curve.interior(joint) and (torn or any(curve.jump(joint, k) != 0 for k in range(n + 1))):
            return Bound(sp.oo, (), (joint,))
    for piece, end in ((curve.pieces[0], -sp.oo), (curve.pieces[-1], sp.oo)):
        if end in (piece.lower, piece.upper) and {-sp.oo, sp.oo} & piece.limits_towards(n + 1, end):
            return Bound(sp.oo, (), (end,))
    return _bounded(curve, n + 1, lambda values: _close(greatest([_size(c) for c in values])))
