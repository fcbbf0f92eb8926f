"""One smooth piece of a function on an open interval, with its behavior at both ends."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

import sympy as sp
from flint import arb

from activlib.activation import x
from activlib.balls import BITS, Ball, Undecided, ball, meet, precision, tightened
from activlib.facts import tails
from activlib.facts.enclosure import Enclosure
from activlib.facts.growth import ONE
from activlib.facts.outweighed import Outweighed
from activlib.facts.removable import continuation
from activlib.facts.roots import is_zero, tidy
from activlib.facts.signs import MOST_BITS, certain_sign

PHASES = 16
NEAR = 1  # to a removable singularity


@dataclass(frozen=True)
class Smooth:
    """An expression of x alone that is analytic on the open interval (lower, upper)."""

    expression: sp.Expr
    lower: sp.Expr
    upper: sp.Expr

    @functools.cached_property
    def _function(self):
        return Ball(self.expression)

    @functools.cache  # noqa: B019 - lives as long as one evaluation of the facts
    def derivative(self, n: int) -> sp.Expr:
        return sp.diff(self.expression, x, n)

    def balls(self, box: arb, n: int) -> list[arb]:
        """Enclosures over the box of the derivatives of order 0 to n."""
        values = self._function.derivatives(box, n)
        for end, continued in self._continued.items():
            if abs(box - ball(end)) < NEAR:
                values = list(map(meet, values, tightened(continued.coefficients, box, n)))
        return values

    @functools.cached_property
    def _continued(self):
        """{end: what continues the expression to it}"""
        found = {end: continuation(self.expression, end) for end in (self.lower, self.upper)
                 if end.is_finite and not isinstance(end, Enclosure) and not self.regular(end)}
        return {end: quotient for end, quotient in found.items() if quotient}

    def settled(self, end: sp.Expr) -> bool:
        """Whether balls tell the function up to an end and beyond."""
        return self.regular(end) or end in self._continued

    @functools.cache  # noqa: B019
    def regular(self, end: sp.Expr) -> bool:
        """Whether the expression is analytic at `end` too, from both sides."""
        return bool(end.is_finite) and all(value.is_finite() for value in self._function.derivatives(ball(end), 4))

    def side(self, end: sp.Expr) -> int:
        return 1 if end == self.lower else -1

    @functools.cache  # noqa: B019
    def tail(self, end: sp.Expr, start: int) -> tails.Tail:
        return tails.Tail(end, self.side(end), start)

    def settle(self, end: sp.Expr, claim):
        """`claim(tail)` at the first start that proves it, and that start; raises Undecided."""
        return tails.settle(functools.partial(self.tail, end), claim)

    @functools.cache  # noqa: B019
    def limit(self, n: int, end: sp.Expr) -> sp.Expr:
        """The one-sided limit of the n-th derivative at an end; raises Undecided."""
        if self.regular(end):
            return self.at(n, end)
        return tidy(self.settle(end, lambda tail: tails.limit(tail.expand(self.derivative(n))))[0])

    @functools.cache  # noqa: B019
    def limits_towards(self, n: int, end: sp.Expr) -> frozenset[sp.Expr]:
        """The limit of the n-th derivative at an infinite end; where it oscillates, limits along sequences.

        A sine or cosine of what tends to infinity takes each of its values again and again: along points with the same
        phase it is a constant.
        """
        try:
            return frozenset([self.limit(n, end)])
        except Undecided:
            found = set()
            for expression in self._phases(n, end):
                try:
                    found.add(dataclasses.replace(self, expression=expression).limit(0, end))
                except Undecided:
                    continue
            return frozenset(found)

    def _phases(self, n, end):
        """The n-th derivative with its sines and cosines held at equal phases, for several phases."""
        expression = self.derivative(n)
        waves = [w for w in expression.atoms(sp.sin, sp.cos) if w.has(x)]
        split = {w: w.args[0].as_independent(x, as_Add=True) for w in waves}
        ratios = {w: rest / split[waves[0]][1] for w, (_, rest) in split.items()}
        if not waves or not all(r.is_Rational for r in ratios.values()):
            return
        common = sp.ilcm(1, *(r.q for r in ratios.values()))
        base = dataclasses.replace(self, expression=split[waves[0]][1] / common)
        try:
            if not base.limit(0, end).is_infinite:
                return
        except Undecided:
            return
        for j in range(PHASES):
            phase = 2 * sp.pi * j / PHASES
            yield expression.xreplace({w: w.func(split[w][0] + ratios[w] * common * phase) for w in waves})

    def values_beyond(self, n: int, end: sp.Expr, start: int) -> arb:
        """A ball that holds the n-th derivative from |x| = start to an infinite end; raises Undecided or TooNear."""
        tail = self.tail(end, start)
        values = tail.relative(tail.expand(self.derivative(n)), ONE)
        if not values.is_finite():
            raise Undecided("it is not bounded")
        return values

    @functools.cache  # noqa: B019
    def at(self, n: int, point: sp.Expr) -> sp.Expr:
        """The n-th derivative at a point, exact if the point is."""
        if isinstance(point, Enclosure):
            return Enclosure(self.balls(point.enclosing_ball, n)[n])
        return tidy(self.derivative(n).subs(x, point))


@dataclass(frozen=True)
class Shifted:
    """The function `piece`^(n)(x) - (slope x + level), whose zeros and signs are wanted."""

    piece: Smooth
    n: int = 0
    slope: sp.Expr = sp.S.Zero
    level: sp.Expr = sp.S.Zero

    @functools.cached_property
    def expression(self) -> sp.Expr:
        return self.piece.derivative(self.n) - self.slope * x - self.level

    def balls(self, box: arb, m: int) -> list[arb]:
        values = self.piece.balls(box, self.n + m)[self.n:]
        values[0] -= ball(self.slope) * box + ball(self.level)
        if m:
            values[1] -= ball(self.slope)
        return values

    def sign_at(self, point: sp.Expr | arb, m: int = 0) -> int | None:
        """The sign of the m-th derivative at a number, None where it may be zero."""
        bits = BITS
        while bits <= MOST_BITS:
            with precision(bits):
                value = self.balls(point if isinstance(point, arb) else ball(point), m)[m]
            if (found := certain_sign(value)) is not None:
                return found
            if bits == BITS and not isinstance(point, arb):
                exact = sp.diff(self.expression, x, m).subs(x, point)
                if exact.is_finite and is_zero(exact):
                    return 0
            bits *= 2
        with precision():
            return self._outweighed(m).sign(point if isinstance(point, arb) else ball(point))

    @functools.cache  # noqa: B019
    def _outweighed(self, m: int) -> Outweighed:
        return Outweighed(sp.diff(self.expression, x, m))

    def sign_over(self, box: arb) -> int | None:
        """The sign all over a box that is wide for the exponentials in the function, None where it is not certain."""
        return self._outweighed(0).sign(box)

    def settles(self, end: sp.Expr) -> bool:
        """Whether the sign is proved from some point to an infinite end."""
        try:
            self.sign_to(end)
        except Undecided:
            return False
        return True

    def sign_to(self, end: sp.Expr) -> tuple[int, int]:
        """(sign, start): the sign for every t >= start of the tail at a singular end; raises Undecided."""
        return self.piece.settle(end, lambda tail: tail.sign(tail.expand(self.expression)))


def require(value, reason: str):
    """`value`, or Undecided with the reason if it is None."""
    if value is None:
        raise Undecided(reason)
    return value
