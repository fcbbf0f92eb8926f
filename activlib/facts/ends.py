"""Facts about ends and joints: limits, asymptotes, smoothness, symmetry."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import sympy as sp
from flint import arb
from sympy.polys.rootoftools import ComplexRootOf

from activlib.activation import x
from activlib.balls import Undecided, ball
from activlib.definition.line import identical
from activlib.definition.numbers import simplifies_away
from activlib.facts import tails
from activlib.facts.bounds import compare
from activlib.facts.curve import Curve
from activlib.facts.enclosure import Enclosure
from activlib.facts.roots import tidy, vanishes_on
from activlib.facts.signs import certain_sign, sign
from activlib.facts.smooth import Shifted

MAX_ORDER = 8  # of the derivatives compared at a joint


class Jump(NamedTuple):
    """The lowest derivative that is not continuous at a point, and by how much it jumps there."""

    at: sp.Expr
    order: int
    size: sp.Expr


class Smoothness(NamedTuple):
    """The greatest k (an integer, -1, or oo) with f in C^k on its domain, and what breaks at each joint."""

    order: sp.Expr
    jumps: tuple[Jump, ...]


class Symmetry(NamedTuple):
    """"odd", "even", "point" or "axis" symmetry about a center, or "none"."""

    kind: str
    center: tuple[sp.Expr, ...] = ()


def _outer(curve, end):
    piece = curve.pieces[0] if end < 0 else curve.pieces[-1]
    if end not in (piece.lower, piece.upper):
        raise Undecided(f"the domain does not reach {'-∞' if end < 0 else '+∞'}")
    return piece


def limit(curve: Curve, end: sp.Expr) -> tuple[sp.Expr | None, str]:
    """The limit of f at -oo or oo and how it is known, None where f tends to different values along different points."""
    piece = _outer(curve, end)
    try:
        return piece.limit(0, end), "The leading term of the expansion at that end, with a proved remainder"
    except Undecided:
        if (apart := _apart(piece, piece.expression, end)) is None:
            raise
        return None, f"Along points with the same phase it tends to {apart[0]}, along others to {apart[1]}"


def _apart(piece, expression, end):
    """Two different limits of an expression along sequences of points towards an end; None where none are known."""
    found = sorted(dataclasses.replace(piece, expression=expression).limits_towards(0, end), key=float)
    return (found[0], found[-1]) if len(found) > 1 and compare(found[0], found[-1]) else None


def asymptote(curve: Curve, end: sp.Expr) -> tuple[sp.Expr | None, str]:
    """The line a x + b that f approaches at -oo or oo, and how the graph meets it; None if there is none."""
    piece = _outer(curve, end)
    try:
        found = piece.settle(end, lambda tail: tails.line(tail.expand(piece.expression)))[0]
    except Undecided:
        if _oscillates(piece, end):
            return None, "keeps swinging, and comes near no line"
        raise
    if found is None:
        return None, "grows otherwise than any line"
    slope, level = tidy(found[0] if end > 0 else -found[0]), tidy(found[1])
    try:
        side, _ = Shifted(piece, 0, slope, level).sign_to(end)
    except Undecided:
        return slope * x + level, "approaches the line from both sides"
    return slope * x + level, {1: "approaches the line from above", -1: "approaches the line from below", 0: "is the line"}[side]


def _oscillates(piece, end):
    """Whether f(x)/x has different limits along different points, or else f minus its only possible slope times x has."""
    ratio = dataclasses.replace(piece, expression=sp.expand(piece.expression / x))
    try:
        slope = ratio.limit(0, end)
    except Undecided:
        return _apart(piece, ratio.expression, end) is not None
    return slope.is_finite and _apart(piece, piece.expression - slope * x, end) is not None


def smoothness(curve: Curve) -> Smoothness:
    jumps = []
    for joint in curve.joints:
        if not curve.interior(joint) or curve.value(joint) is None:
            continue
        if not curve.continuous(joint):
            jumps.append(_jump(curve, joint, 0))
            continue
        if curve.smooth(joint):
            continue
        orders = (n for n in range(1, MAX_ORDER + 1) if curve.jump(joint, n) != 0)
        order = next(orders, None)
        if order is None:
            raise Undecided(f"the first {MAX_ORDER} derivatives agree at {joint}")
        jumps.append(_jump(curve, joint, order))
    return Smoothness(min((sp.Integer(j.order - 1) for j in jumps), default=sp.oo), tuple(jumps))


def _jump(curve, joint, order):
    size = curve.jump(joint, order)
    return Jump(joint, order, sp.oo if size is sp.nan else size)  # both sides tend to the same infinity


def symmetry(curve: Curve) -> tuple[Symmetry, str]:
    """The symmetry of the graph, and how it is known; raises Undecided.

    A symmetry maps the joints at which f is no one analytic function to themselves, so where there are any, its center is
    halfway between the first and the last. Otherwise it is a zero of f'' for a point symmetry, and of f' for a mirror
    symmetry: where these can be listed, refuting each of them proves that there is no symmetry.
    """
    joints = _joints(curve)
    if _symmetric(curve, sp.S.Zero, 1):
        return Symmetry("even", (sp.S.Zero,)), "f(-x) = f(x)"
    if _symmetric(curve, sp.S.Zero, -1):
        level = _level(curve, sp.S.Zero)
        if level != 0:
            total = "is constant" if _value(curve, sp.S.Zero) is None else "= 2 f(0)"
            return Symmetry("point", (sp.S.Zero, level)), f"f(-x) + f(x) {total}"
        return Symmetry("odd", (sp.S.Zero,)), "f(-x) = -f(x)"
    if _ends_forbid(curve):
        return Symmetry("none"), "The slopes at -∞ and +∞ differ, and are not opposite, as a symmetry would have them"
    for center, parity in _centers(curve, joints):
        if _symmetric(curve, center, parity):
            if parity > 0:
                return Symmetry("axis", (center,)), "f(c + t) = f(c - t)"
            total = "is constant" if _value(curve, center) is None else "= 2 f(c)"
            return Symmetry("point", (center, _level(curve, center))), f"f(c + t) + f(c - t) {total}"
    if joints:
        return Symmetry("none"), "Refuted about the only possible center, halfway between the outer breakpoints"
    return Symmetry("none"), "Refuted about every zero of f' and of f'', the only possible centers"


def _symmetric(curve, center, parity):
    """Whether reflection in x = center maps f to itself (parity 1) or turns it about a point of x = center (-1).

    False is as certain as True.
    """
    joints, pieces = _joints(curve), _analytic(curve)
    if not all(_meet(_other(center, a.lower), b.upper) for a, b in zip(pieces, reversed(pieces))):
        return False
    twice = 2 * _level(curve, center) if parity < 0 else sp.S.Zero
    for joint, other in zip(joints, reversed(joints)):  # which meet as the ends of the pieces do
        here, there = curve.value(joint), curve.value(other)
        if (here is None) != (there is None) or (here is not None and sign(here - parity * there - twice)):
            return False
    return all(_vanishes(a.expression - parity * b.expression.subs(x, 2 * center - x) - twice, a)
               for a, b in zip(pieces, reversed(pieces)))


def _centers(curve, joints):
    """(center, parity) of all symmetries that there may be."""
    for center in [tidy((joints[0] + joints[-1]) / 2)] if joints else curve.joints:
        yield from ((center, parity) for parity in (-1, 1))
    if not joints:
        for parity, order in ((-1, 2), (1, 1)):
            yield from ((center, parity) for center in curve.signs(order).zeros)


def _joints(curve):
    """The joints without those where both sides are one analytic function that is defined there."""
    return [joint for joint in curve.joints if not (curve.smooth(joint) and identical(*(
        next(piece.expression for piece in curve.pieces if getattr(piece, end) == joint) for end in ("upper", "lower"))))]


def _analytic(curve):
    """The pieces between those joints."""
    joints, found = _joints(curve), []
    for piece in curve.pieces:
        if found and piece.lower == found[-1].upper and piece.lower not in joints:
            piece = dataclasses.replace(found.pop(), upper=piece.upper)
        found.append(piece)
    return found


def _meet(a, b):
    return a == b or not (a.is_infinite or b.is_infinite or sign(a - b))


def _other(center, end):
    if isinstance(end, ComplexRootOf) and center == 0:  # its negative as SymPy knows it: a root of p(-x)
        mirrored, real = sp.Poly(end.expr.subs(end.poly.gen, -end.poly.gen), end.poly.gen), end.poly.count_roots()
        return sp.rootof(mirrored if mirrored.LC() > 0 else -mirrored, real - 1 - end.index)
    return -end if end.is_infinite else tidy(2 * center - end)


def _value(curve, place):
    try:
        return curve.value(place)
    except Undecided:  # it lies in no piece
        return None


def _level(curve, center):
    """The height about which a point symmetry would turn the graph: f(center), or where f has no value there, the mean
    of two values that the symmetry would exchange."""
    value = _value(curve, center)
    if value is not None:
        return value
    first, last = curve.pieces[0], curve.pieces[-1]
    ends = [end for end in (first.lower, first.upper) if end.is_finite]
    inside = sum(ends) / 2 if len(ends) == 2 else ends[0] + (1 if ends[0] == first.lower else -1)
    mean = tidy((first.expression.subs(x, inside) + last.expression.subs(x, 2 * center - inside)) / 2)
    return mean if mean.is_finite else sp.S.Zero


def _vanishes(expression, piece):
    """Whether an expression is zero on a piece: refuted by a ball without zero, or proved by SymPy."""
    difference = dataclasses.replace(piece, expression=expression)
    if any(certain_sign(difference.balls(point, 0)[0]) for point in _samples(piece)):
        return False
    if not expression.has(Enclosure) and (vanishes_on(expression, piece.lower, piece.upper) or simplifies_away(expression)):
        return True
    raise Undecided("whether it is symmetric is neither proved nor refuted")


def _samples(piece):
    """A few numbers inside a piece."""
    low, high = (None if end.is_infinite else ball(end) for end in (piece.lower, piece.upper))
    for step in (arb(3) / 8, arb(5) / 8, arb(7) / 8):
        if low is not None and high is not None:
            yield low + (high - low) * step
        else:
            yield (low + 4 * step) if low is not None else (high or arb(0)) - 4 * step


def _ends_forbid(curve):
    """Whether f' has limits at both ends that no symmetry would allow: a point symmetry has them the same, a
    mirror symmetry opposite."""
    try:
        left, right = (_outer(curve, end).limit(1, end) for end in (-sp.oo, sp.oo))
    except Undecided:
        return False
    return left not in (right, -right) and (
        left.is_infinite or right.is_infinite or bool(sign(left - right) and sign(left + right)))
