"""Sign charts: all zeros of a function on an interval, and its sign between them, proved.

Ends that are infinite or singular are handled by `tails`; exact zeros by their order and the sign of
the first derivative that does not vanish; the rest by bisection, a box being settled when the
function has no zero on it, or is monotone on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from flint import arb, ctx

from activlib.balls import BITS, Undecided, ball, precision
from activlib.definition.numbers import simplifies_away
from activlib.definition.series import expansion
from activlib.facts.enclosure import Enclosure
from activlib.facts.roots import exact_roots, vanishes_on, wave_candidates
from activlib.facts.signs import MOST_BITS, certain_sign
from activlib.facts.smooth import Shifted, require

FEW = 3  # derivatives that are tried before an expansion
MAX_BOXES = 3000
PLAIN_BOXES = 300  # of these, before a function counts as steep
WIDTH = 2.0**-100  # of the ball around an enclosed zero
SPLIT = arb(0.4873046875)  # off the middle, where zeros like to be


@dataclass(frozen=True)
class Chart:
    """The zeros from left to right, the sign between them (one more), and the boxes that it took."""

    zeros: tuple[sp.Expr, ...]
    signs: tuple[int, ...]
    boxes: int


@dataclass(frozen=True)
class _Edge:
    """Where the compact part of an interval begins or ends; `sign` is that of the whole tail beyond."""

    at: arb
    sign: int | None = None


def chart(g: Shifted) -> Chart:
    """The sign chart of g on the open interval of its piece; raises Undecided with the reason."""
    if g.expression == 0:
        return Chart((), (0,), 1)
    piece = g.piece
    try:
        left, right = (_edge(g, end) for end in (piece.lower, piece.upper))
    except Undecided:
        if vanishes_on(g.expression, piece.lower, piece.upper):
            return Chart((), (0,), 1)
        if g.expression.has(sp.sin, sp.cos):
            raise Undecided("its sign does not settle: it oscillates for ever, and not with a period that is known") from None
        raise
    if 0 in (left.sign, right.sign):
        return Chart((), (0,), 1)
    if not left.at < right.at:  # one tail covers the interval
        return Chart((), (left.sign or right.sign,), 1)
    bits = BITS
    while True:
        try:
            with precision(bits):
                return _Compact(g, left, right).chart()
        except Undecided:
            bits *= 2
            if bits > MOST_BITS:
                raise
        if bits == 2 * BITS and simplifies_away(g.expression):
            return Chart((), (0,), 1)


def _edge(g, end):
    if g.piece.settled(end):
        return _Edge(ball(end))
    sign, start = g.sign_to(end)
    return _Edge(arb(start if end > 0 else -start) if end.is_infinite else
                 ball(end) + g.piece.side(end) * arb(1) / start, sign)


class _Compact:
    """The chart between two edges."""

    def __init__(self, g, left, right):
        self.g, self.left, self.right = g, left, right
        self.boxes = 0

    def chart(self):
        zeros = []  # (ball, exact number or enclosure)
        low = self.left.at.lower().mid()
        for point, reach in self._exact_zeros():
            zeros += [(zero, Enclosure(zero)) for zero in self._isolate(low, (ball(point) - reach).upper().mid())]
            if self.g.piece.lower != point != self.g.piece.upper:
                zeros.append((ball(point), point))
            low = (ball(point) + reach).lower().mid()
        zeros += [(zero, Enclosure(zero)) for zero in self._isolate(low, self.right.at.upper().mid())]
        stops = [self.left.at, *(zero for zero, _ in zeros), self.right.at]
        signs = [self._sign_between(a, b) for a, b in zip(stops, stops[1:])]
        for edge, sign in ((self.left, signs[0]), (self.right, signs[-1])):
            if edge.sign not in (None, sign):
                raise AssertionError(f"two proofs about {self.g.expression} contradict each other")
        return Chart(tuple(zero for _, zero in zeros), tuple(signs), self.boxes)

    def _sign_between(self, a, b):
        self.boxes += 1
        return require(self.g.sign_at(((a + b) / 2).mid()), "a sign between two zeros is not decided")

    def _exact_zeros(self):
        """(zero, reach) from left to right: g has no other zero within the reach of this one."""
        waves = wave_candidates(self.g.expression, float(self.left.at.mid()), float(self.right.at.mid()))
        roots = waves | exact_roots(self.g.expression)
        points = [end for end in (self.g.piece.lower, self.g.piece.upper) if self.g.piece.settled(end)]
        for root in sorted(roots, key=roots.get, reverse=True):  # certain ones before candidates
            inside = self.left.at < ball(root) < self.right.at
            if inside and not any(ball(root).overlaps(ball(p)) for p in points):
                points.append(root)
        for point in sorted(points, key=lambda p: ball(p).mid()):
            order = roots.get(point)
            if not order or not self._has_order(point, order):
                order = self._order(point)
            if order:
                with precision(ctx.prec, self.g.n + order + 4):
                    reach = self._reach(point, order)
                yield point, reach

    def _has_order(self, point, order):
        """Whether the order of a zero of one factor is that of the function."""
        with precision(ctx.prec, self.g.n + order + 4):
            value, *_, leading = self.g.balls(ball(point), order)
        return not certain_sign(value) and certain_sign(leading)

    def _order(self, point):
        """The order of the first derivative that does not vanish at the point."""
        for m in range(FEW):
            sign = self.g.sign_at(point, m)
            if sign:
                return m
            if sign is None:
                break
        found = expansion(self.g.expression, point, 1)
        if found is None or not found.terms or found.big or found.lead[1] or not found.lead[0].is_Integer:
            raise Undecided(f"the order of the zero at {point} is not decided")
        return int(found.lead[0])

    def _reach(self, point, order):
        reach = arb(1)
        while reach > 2.0**-40:
            self.boxes += 1
            box = (ball(point) - reach).union(ball(point) + reach)
            if certain_sign(self.g.balls(box, order)[order]):
                return reach
            reach /= 2
        raise Undecided(f"the zero at {point} is not isolated")

    def _isolate(self, low, high):
        """Balls around all zeros between two numbers that are none, from left to right."""
        zeros, waiting = [], [(low, high)] if low < high else []
        while waiting:
            low, high = waiting.pop()
            self.boxes += 1
            if self.boxes > MAX_BOXES:
                raise Undecided(f"{MAX_BOXES} boxes do not settle where the zeros are")
            value, slope = self.g.balls(low.union(high), 1)
            if certain_sign(value):
                continue
            if self.boxes > PLAIN_BOXES and self.g.sign_over(low.union(high)):
                continue
            if certain_sign(slope):
                signs = self.g.sign_at(low), self.g.sign_at(high)
                if None in signs:
                    raise Undecided(f"the sign near {float(low.mid()):.6g} is not decided")
                if signs[0] != signs[1]:
                    zeros.append(self._refine(low.union(high)))
                continue
            middle = (low + (high - low) * SPLIT).mid()
            if not low < middle < high:
                raise Undecided(f"the zeros near {float(low.mid()):.6g} are not separated")
            waiting += [(middle, high), (low, middle)]
        return zeros

    def _refine(self, box):
        """Interval Newton steps for the one zero in a box on which g is monotone."""
        while box.rad() > WIDTH:
            self.boxes += 1
            middle = arb(box.mid())
            newton = box.intersection(middle - self.g.balls(middle, 0)[0] / self.g.balls(box, 1)[1])
            if newton.rad() > 0.9 * box.rad():
                raise Undecided("a zero is not narrowed down")
            box = newton
        return box
