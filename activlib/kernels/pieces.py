"""The function to compute, as smooth pieces in order along the line (SymPy only)."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation
from activlib.definition.line import UNDEFINED, line
from activlib.definition.symbols import x


@dataclass(frozen=True)
class Pieces:
    """`expressions[i]` holds between `cuts[i - 1]` and `cuts[i]`, and `held[i]` is the one that holds at `cuts[i]`;
    no parameters are left, and NaN stands where the function is not defined. `given[i]` are other expressions of piece
    i, as (low, high, expression)."""

    cuts: tuple[sp.Expr, ...]
    expressions: tuple[sp.Expr, ...]
    held: tuple[sp.Expr, ...]
    given: tuple[tuple[tuple[float, float, sp.Expr], ...], ...]

    @functools.cached_property
    def places(self) -> tuple[Fraction, ...]:
        """The cuts as numbers that Python compares with floats; an irrational one to 50 digits."""
        return tuple(map(place, self.cuts))


def place(cut: sp.Expr) -> Fraction:
    """An exact number as one that Python compares with floats; an irrational one to 50 digits."""
    return Fraction(int(cut.p), int(cut.q)) if cut.is_Rational else Fraction(str(cut.evalf(50)))


def pieces(activation: Activation, n: int, values: dict[sp.Symbol, sp.Expr]) -> Pieces:
    """The n-th derivative at the parameters' `values`, as it is published, and as the stable forms give it."""
    form = line(activation.formula, values).derivative(n)
    given = [()] * len(form.expressions)
    if any(order <= n for order in activation.stable_forms):
        stable = line(activation.stable(n), values)
        parts = [(*ends, stable.fixed(e)) for ends, e in zip(_intervals(stable.cuts), stable.expressions, strict=True)]
        given = [tuple((max(low, a), min(high, b), e) for a, b, e in parts if max(low, a) < min(high, b) and e is not UNDEFINED)
                 for low, high in _intervals(form.cuts)]
    return Pieces(form.cuts, tuple(map(form.fixed, form.expressions)), tuple(map(form.fixed, form.held)), tuple(given))


def _intervals(cuts):
    return list(pairwise((-math.inf, *map(float, map(place, cuts)), math.inf)))


@functools.lru_cache(maxsize=512)
def limits(activation: Activation, n: int, values: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> tuple[float, float]:
    """The limits of the n-th derivative at -oo and oo; NaN where there is none or SymPy finds none, which is faster for
    the stable form."""
    form = line(activation.stable(n), dict(values))
    low, high = (form.cuts[0], form.cuts[-1]) if form.cuts else (sp.S.Zero, sp.S.Zero)
    return (_limit(form.fixed(form.expressions[0]), low - 100, -sp.oo),
            _limit(form.fixed(form.expressions[-1]), high + 100, sp.oo))


def _limit(expression, point, end):
    """The limit of an expression that holds from `point` to the infinite `end`, where it is real."""
    if not expression.subs(x, point).evalf().is_real:
        return float("nan")
    expression = expression.replace(expm1, lambda z: sp.exp(z) - 1).replace(log1p, lambda z: sp.log(1 + z))
    try:
        limit = sp.limit(expression, x, end)
    except (NotImplementedError, ValueError, TypeError, sp.PoleError):
        return float("nan")
    settled = limit.is_extended_real and not limit.has(sp.AccumBounds)
    return float(limit) if settled else float("nan")
