"""The function to compute, as smooth pieces in order along the line, and its limits at both ends."""

from __future__ import annotations

import functools
import math
import sys
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp
from flint import arb
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation
from activlib.balls import Ball, Undecided, precision
from activlib.definition.forms import forms
from activlib.definition.normal import line
from activlib.definition.numbers import place
from activlib.definition.series import limit as one_sided
from activlib.definition.symbols import x

FAR = 100, 300  # powers of ten at which a limit is checked
CLOSE, NEARER = 2.0**-50, 0.95
BITS = 4096


@dataclass(frozen=True)
class Pieces:
    """`expressions[i]` holds between `cuts[i - 1]` and `cuts[i]`, and `held[i]` is the one that holds at `cuts[i]`;
    no parameters are left, and NaN stands where the function is not defined."""

    cuts: tuple[sp.Expr, ...]
    expressions: tuple[sp.Expr, ...]
    held: tuple[sp.Expr, ...]

    @functools.cached_property
    def places(self) -> tuple[Fraction, ...]:
        """The cuts as numbers that Python compares with floats; an irrational one to 50 digits."""
        return tuple(map(place, self.cuts))

    def beside(self, i: int) -> set[sp.Expr | None]:
        """The limits at cut i from the sides where the function is defined; None stands for none."""
        sides = zip((-1, 1), self.expressions[i:i + 2], strict=True)
        return {one_sided(e, self.cuts[i], side, 0) for side, e in sides if e is not sp.nan}


def pieces(activation: Activation, n: int, values: dict[sp.Symbol, sp.Expr]) -> Pieces:
    """The n-th derivative at the parameters' `values`, as it is published."""
    form = line(activation.formula, values).derivative(n)
    return Pieces(form.cuts, tuple(map(form.fixed, form.expressions)), tuple(map(form.fixed, form.held)))


@functools.lru_cache(maxsize=512)
def limits(activation: Activation, n: int, values: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> tuple[float, float]:
    """The limits of the n-th derivative at -oo and oo; NaN where there is none or SymPy finds none."""
    form = pieces(activation, n, dict(values))
    low, high = (form.cuts[0], form.cuts[-1]) if form.cuts else (sp.S.Zero, sp.S.Zero)
    return _limit(form.expressions[0], low - 100, -sp.oo), _limit(form.expressions[-1], high + 100, sp.oo)


def _limit(expression, point, end):
    """The limit of an expression that holds from `point` to the infinite `end`, where it is real."""
    ways = [f.written_out for f in forms(expression) if f.everywhere and f.written_out != expression]
    # SymPy finds that of a rewritten form, a short one, in a tenth of the time.
    ways = [*sorted(ways, key=lambda e: (len(e.atoms(sp.Function)), e.count_ops()))[:1], expression]
    if not ways[0].subs(x, point).evalf().is_real:
        return float("nan")
    return next((found for e in ways if math.isnan(found := _found(e, end)) or _approached(expression, end, found)), float("nan"))


def _found(expression, end):
    """The limit that SymPy finds, which may be a wrong one; NaN for none."""
    expression = expression.replace(expm1, lambda z: sp.exp(z) - 1).replace(log1p, lambda z: sp.log(1 + z))
    expression = expression.replace(lambda e: e.is_Pow and e.exp.has(x), lambda e: sp.exp(e.exp * sp.log(e.base)))
    try:
        limit = sp.limit(expression, x, end)
    except (NotImplementedError, ValueError, TypeError, sp.PoleError):
        return float("nan")
    settled = limit.is_extended_real and not limit.has(sp.AccumBounds)
    return float(limit) if settled else float("nan")


def _approached(expression, end, limit):
    """Whether an expression may come nearer to a limit from one far number to the next: False is certain."""
    with precision(BITS):
        try:
            near, far = (Ball(expression)(arb(10) ** k * int(sp.sign(end))) for k in FAR)
        except Undecided:  # it has a function without balls
            return True
        if not (near.is_finite() and far.is_finite()):
            return True
        if math.isinf(limit):
            beyond = near * math.copysign(1, limit) > sys.float_info.max  # what tends to 10^400 is infinite among floats
            return beyond or not (far - near) * math.copysign(1, limit) <= 0
        before, after = abs(near - limit), abs(far - limit)
        return not (after > NEARER * before and after > max(abs(limit), 1) * CLOSE)
