"""The normal form of a function at exact parameters: smooth pieces on disjoint intervals, in order along the line.

`activlib.definition.normal` brings an expression into it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import sympy as sp

from activlib.definition.domain import Requirement, requirements, vanishing_root
from activlib.definition.numbers import equal, is_zero, sign, value_at, vanishes
from activlib.definition.published import published
from activlib.definition.roots import sign_at
from activlib.definition.series import analytic, expansion, limit
from activlib.definition.symbols import x

UNDEFINED = sp.nan
SAMPLES = (sp.Rational(3, 7), -sp.Rational(3, 7))


class Piece(NamedTuple):
    """A smooth expression on an open interval."""

    lower: sp.Expr
    upper: sp.Expr
    expression: sp.Expr


@dataclass(frozen=True, eq=False)
class Line:
    """`expressions[i]` holds between `cuts[i - 1]` and `cuts[i]`, and `held[i]` is the one that holds at `cuts[i]`.

    cuts: exact real numbers in order (rational, in radicals, or roots of polynomials).
    expressions, held: smooth expressions in x and the parameters' symbols, NaN where the function is not defined.
    values: the exact parameters, {symbol: number}.
    unsolved: what the pieces ask of x besides, where that could not be solved: the function is not defined where
        it is not so.
    """

    cuts: tuple[sp.Expr, ...]
    expressions: tuple[sp.Expr, ...]
    held: tuple[sp.Expr, ...]
    values: dict[sp.Symbol, sp.Expr]
    unsolved: tuple[Requirement, ...] = ()

    @property
    def ends(self) -> tuple[sp.Expr, ...]:
        return (-sp.oo, *self.cuts, sp.oo)

    @functools.cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces from left to right; there is none where the function is not defined."""
        return tuple(Piece(a, b, e) for (a, b), e in zip(pairwise(self.ends), self.expressions, strict=True)
                     if e is not UNDEFINED)

    @functools.cached_property
    def domain(self) -> sp.Set:
        """Where the function is defined, but for what is `unsolved`."""
        points = [cut for cut, held in zip(self.cuts, self.held, strict=True) if held is not UNDEFINED]
        return sp.Union(*(sp.Interval.open(p.lower, p.upper) for p in self.pieces), sp.FiniteSet(*points))

    def fixed(self, expression: sp.Expr) -> sp.Expr:
        """An expression at the parameters' values."""
        return fixed(expression, self.values)

    def limits(self, i: int, n: int = 0) -> tuple[sp.Expr | None, sp.Expr | None]:
        """The limits of the n-th derivative at cut i from the left and from the right; None where there is none."""
        return tuple(None if e is UNDEFINED else limit(self.fixed(e), self.cuts[i], side, n)
                     for side, e in ((-1, self.expressions[i]), (1, self.expressions[i + 1])))

    def value(self, i: int, n: int = 0) -> sp.Expr:
        """The n-th derivative at cut i: what the one-sided difference quotients agree on, and where they do not, that of
        the expression that holds there. At an end of the domain there is one side only.

        An exact number or an infinity; NaN outside the domain, and where a lower derivative is infinite.
        """
        return self._derivatives(i, n)[n][0]

    def exists(self, i: int, n: int = 0) -> bool:
        """Whether the n-th derivative at cut i is no convention."""
        return self._derivatives(i, n)[n][1]

    @functools.cache  # noqa: B019 - lives as long as the line
    def _derivatives(self, i, n):
        """(value, whether it exists) of the derivatives of order 0 to n at cut i."""
        if n == 0:
            value = self.held[i]
            return ((value if value is UNDEFINED else value_at(self.fixed(value), self.cuts[i]), value is not UNDEFINED),)
        before = self._derivatives(i, n - 1)
        value, exists = before[-1]
        if self.held[i] is UNDEFINED or value.is_infinite or value is sp.nan:
            return *before, (sp.nan, False)
        if exists:
            sides = [s for s in (self._quotient(i, n, before[0][0], side) for side in (0, 1)) if s is not UNDEFINED]
            if sides and None not in sides and (len(sides) == 1 or equal(*sides)):
                return *before, (sides[0], True)
        return *before, (self._declared(i, n), False)

    def _quotient(self, i, n, value, side):
        """The limit of the difference quotient of the derivative of order n - 1; NaN without a function on that side."""
        if self.expressions[i + side] is UNDEFINED:
            return UNDEFINED
        if n == 1:
            near = self.limits(i)[side]
            if near is None:
                return None
            if not equal(near, value):
                return (1 if side else -1) * sp.oo * sign(near - value)
        return self.limits(i, n)[side]

    def _declared(self, i, n):
        held = self.held[i]
        number = value_at(sp.diff(self.fixed(held), x, n), self.cuts[i])
        if number.is_finite and number.is_real:
            return number
        sides = [self.limits(i, n)[side] for side in (0, 1) if self.expressions[i + side] == held]
        if None in sides or not sides or not all(side.is_finite for side in sides):
            return next((side for side in sides if side is not None), sp.nan)
        return sum(sides) / len(sides)  # of a root that vanishes, as in sqrt(x^2): the slope of the chord through both sides

    @functools.cache  # noqa: B019
    def smooth(self, i: int) -> bool:
        """Whether all derivatives at cut i are proved to exist: the pieces continue each other as one function."""
        sides = self.limits(i)
        if None in sides or not all(equal(side, self.value(i)) for side in sides):
            return False
        (left, right), cut = (self.fixed(e) for e in self.expressions[i:i + 2]), self.cuts[i]
        if analytic(left, cut) and analytic(right, cut):
            return left == right or identical(left, right)
        flat = [expansion(sp.together(e - self.value(i)), cut, side) for e, side in ((left, -1), (right, 1))]
        if None in flat:
            return False
        if all(s.exact_zero or s.growth() < 0 for s in flat):
            return True  # as exp(-1/x) and 0 are: all derivatives tend to 0
        if vanishing_root(left, cut) or (left != right and not identical(left, right)):
            return False
        if unbounded(left, cut):
            return False
        return all(r.least is None or (sign_at(r.expression, cut) or 0) > 0 for r in requirements(left))

    def derivative(self, n: int) -> Line:
        """The n-th derivative on the same intervals. Where the function is not defined, neither is it."""
        if n == 0:
            return self
        expressions = tuple(e if e is UNDEFINED else differentiated(e, n) for e in self.expressions)
        held = tuple(self._expression_at(i, n, expressions) for i in range(len(self.cuts)))
        return Line(self.cuts, expressions, held, self.values, self.unsolved)

    def _expression_at(self, i, n, expressions):
        """The derivative of the piece that has the value at cut i, the declared one if it does; else the value."""
        value = self.value(i, n)
        if value is sp.nan:
            return UNDEFINED
        sides = (i, i + 1) if self.expressions[i] == self.held[i] else (i + 1, i)
        for side in sides:
            e = expressions[side]
            if e is not UNDEFINED:
                found = value_at(self.fixed(e), self.cuts[i])
                if found.is_finite and found.is_real and equal(found, value):
                    return e
        return value


def identical(a: sp.Expr, b: sp.Expr) -> bool:
    """Whether two expressions in x are proved to be the same function, where both are defined on an interval."""
    difference = a - b
    for p in SAMPLES:  # refutes at once what differs
        value = difference.subs(x, p)
        if value.is_finite and value.is_real and abs(value.evalf(15)) > abs(a.subs(x, p).evalf(15)) / 10**6:
            return False
    if difference == 0 or vanishes(difference):
        return True
    slope = sp.diff(difference, x)
    return not slope.has(sp.Derivative) and vanishes(slope) and any(
        value.is_finite and is_zero(value) for value in (difference.subs(x, p) for p in (0, 1, -1)))


def unbounded(expression: sp.Expr, point: sp.Expr, side: int = 1) -> bool:
    """Whether the argument of a function in the expression may grow without bound to one side of a point."""
    inner = (expansion(f.args[0], point, side) for f in expression.atoms(sp.Function) if f.has(x))
    return any(found is None or bool(found.big) or any(k < 0 for k, _ in found.terms) for found in inner)


@functools.lru_cache(maxsize=1024)
def differentiated(expression: sp.Expr, n: int) -> sp.Expr:
    """The n-th derivative of a smooth expression, in the form one would publish."""
    return published(sp.diff(differentiated(expression, n - 1), x)) if n else expression


def fixed(expression: sp.Expr, values: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """An expression with numbers for some of its symbols."""
    return expression.xreplace(values) if not values else expression.subs(values)
