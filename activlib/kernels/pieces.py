"""The function to compute, as smooth pieces in order along the line (SymPy only)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation, _between, _branch, breakpoints, x


@dataclass(frozen=True)
class Pieces:
    """`expressions[i]` holds between `cuts[i - 1]` and `cuts[i]`, and `held[i]` is the one that holds at `cuts[i]`;
    no parameters are left. `given[i]` are other expressions of piece i, as (low, high, expression)."""

    cuts: tuple[sp.Expr, ...]
    expressions: tuple[sp.Expr, ...]
    held: tuple[sp.Expr, ...]
    given: tuple[tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...], ...]


def pieces(activation: Activation, n: int, values: dict[sp.Symbol, sp.Expr]) -> Pieces:
    """The n-th derivative at the parameters' `values`, as it is published, and as the stable forms give it.

    A zero of a denominator is a cut, too: what is not defined there stays so, however the formula is rewritten.
    """
    expression = activation.derivative(n)
    cuts, expressions, held = _line(expression, values, breakpoints(expression))
    poles = {r for e in expressions for r in _zeros_of_denominators(e)} - set(cuts)
    if poles:
        cuts, expressions, held = _line(expression, values, breakpoints(expression) | poles, poles)
    stable = activation.stable(n) if any(order <= n for order in activation.stable_forms) else None
    given = [()] * len(expressions)
    if stable is not None:
        inner, parts, _ = _line(stable, values, breakpoints(stable))
        ends = list(zip(pairwise((-sp.oo, *inner, sp.oo)), parts, strict=True))
        given = [tuple((max(low, a), min(high, b), e) for (a, b), e in ends if max(low, a) < min(high, b))
                 for low, high in pairwise((-sp.oo, *cuts, sp.oo))]
    return Pieces(tuple(cuts), tuple(expressions), tuple(held), tuple(given))


def _line(expression, values, places, kept=frozenset()):
    cuts = sorted({c for b in places if (c := b.subs(values)).is_real})
    expressions = [_branch(expression, _between(a, b), values).subs(values) for a, b in pairwise((-sp.oo, *cuts, sp.oo))]
    held = [_branch(expression, cut, values).subs(values) for cut in cuts]
    for i in reversed(range(len(cuts))):
        if expressions[i] == held[i] == expressions[i + 1] and cuts[i] not in kept:
            del cuts[i], held[i], expressions[i]
    return cuts, expressions, held


def _zeros_of_denominators(e):
    """The rational ones: an irrational number is no input."""
    for power in e.atoms(sp.Pow):
        if power.exp.is_negative and power.base.is_polynomial(x) and power.base.has(x):
            try:
                yield from (r for r in sp.Poly(power.base, x).ground_roots())
            except sp.PolynomialError:
                continue


@functools.lru_cache(maxsize=512)
def limits(activation: Activation, n: int, values: tuple[tuple[sp.Symbol, sp.Expr], ...]) -> tuple[float, float]:
    """The limits of the n-th derivative at -oo and oo; NaN where there is none or SymPy finds none, which is faster for
    the stable form."""
    expression, values = activation.stable(n), dict(values)
    cuts = [c for b in breakpoints(expression) if (c := b.subs(values)).is_real]
    low, high = min(cuts, default=sp.S.Zero) - 100, max(cuts, default=sp.S.Zero) + 100
    return (_limit(_branch(expression, low, values).subs(values), low, -sp.oo),
            _limit(_branch(expression, high, values).subs(values), high, sp.oo))


def _limit(expression, point, end):
    """The limit of an expression that holds from `point` to the infinite `end`, where it is real."""
    if not expression.subs(x, point).evalf().is_real:
        return float("nan")
    expression = expression.replace(expm1, lambda z: sp.exp(z) - 1).replace(log1p, lambda z: sp.log(1 + z))
    try:
        limit = sp.limit(expression, x, end)
    except (NotImplementedError, ValueError, TypeError, sp.PoleError):
        return float("nan")
    return float(limit) if limit.is_extended_real and not isinstance(limit, sp.AccumBounds) else float("nan")
