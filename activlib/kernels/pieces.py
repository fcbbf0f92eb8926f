"""The function to compute, as smooth pieces in order along the line (SymPy only)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation, _between, _branch, breakpoints, x

distance = sp.Symbol("d", nonnegative=True)  # |x|


@dataclass(frozen=True)
class Pieces:
    """`expressions[i]` holds between `cuts[i - 1]` and `cuts[i]`, and `held[i]` is the one that holds at `cuts[i]`.

    Where `folded`, there are two expressions in `distance` instead of `x`, for the two sides of 0, which is a cut or
    no cut: they share their exponentials, and an even function is one expression.
    """

    cuts: tuple[sp.Expr, ...]
    expressions: tuple[sp.Expr, ...]
    held: tuple[sp.Expr, ...]
    folded: bool = False


def pieces(activation: Activation, n: int, values: dict[sp.Symbol, sp.Expr]) -> Pieces:
    """The stable n-th derivative; its order along the line is the one at the parameters' `values`."""
    conditional = tuple((symbol, values[symbol]) for symbol in _in_conditions(activation, n))
    return _pieces(activation, n, conditional)


@functools.lru_cache(maxsize=512)
def _in_conditions(activation, n):
    """The parameters that the conditions of the stable form depend on."""
    relations = activation.stable(n).atoms(sp.core.relational.Relational)
    return tuple(p.symbol for p in activation.parameters if any(r.has(p.symbol) for r in relations))


@functools.lru_cache(maxsize=512)
def _pieces(activation, n, conditional):
    expression, values = activation.stable(n), dict(conditional)
    cuts = sorted({c for b in breakpoints(expression) if (c := b.subs(values)).is_real})
    expressions = [_branch(expression, _between(a, b), values) for a, b in pairwise((-sp.oo, *cuts, sp.oo))]
    held = [_branch(expression, cut, values) for cut in cuts]
    for i in reversed(range(len(cuts))):
        if expressions[i] == held[i] == expressions[i + 1]:
            del cuts[i], held[i], expressions[i]
    return _fold(Pieces(tuple(cuts), tuple(expressions), tuple(held)))


def _fold(line):
    """`line` in the distance from 0, where its two sides then have something in common: an exponential, if it was not
    cut there anyway."""
    if line.cuts not in ((), (0,)):
        return line
    left, right = line.expressions[0].subs(x, -distance), line.expressions[-1].subs(x, distance)
    common = left.atoms(sp.Function) & right.atoms(sp.Function)
    related = right in (left, -left) or common if line.cuts else any(isinstance(f, (sp.exp, sp.erfc)) for f in common)
    if not related or not right.has(distance):
        return line
    held = tuple(right if h == line.expressions[1] else left if h == line.expressions[0] else h for h in line.held)
    return Pieces(line.cuts, (left, right), held, folded=True)


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
