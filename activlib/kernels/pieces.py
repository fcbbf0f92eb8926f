"""The function to compute, as smooth pieces in order along the line (SymPy only)."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation, x
from activlib.definition.line import UNDEFINED, line
from activlib.definition.numbers import value_at

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
    """The stable n-th derivative at the parameters' values, NaN where the function is not defined."""
    return _pieces(activation, n, tuple(values.items()))


@functools.lru_cache(maxsize=512)
def _pieces(activation, n, values):
    form = line(activation.formula, dict(values)).derivative(n)
    if any(order <= n for order in activation.stable_forms):
        form = _with_joints(line(activation.stable(n), dict(values)), form)
    return _fold(_with_poles(form))


def _with_joints(stable, form):
    """The stable form, with the derivative at the function's own joints."""
    held = list(stable.held)
    for i, cut in enumerate(stable.cuts):
        if cut in form.cuts and stable.value(i) != (value := form.value(form.cuts.index(cut))):
            held[i] = value
    return dataclasses.replace(stable, held=tuple(held))


def _with_poles(form):
    """The pieces of a line, with an expression that is infinite by itself where the line is not defined."""
    cuts, expressions, held = (list(part) for part in (form.cuts, form.expressions, form.held))
    for i in reversed(range(len(cuts))):
        if held[i] is UNDEFINED:
            beside = [e for e in expressions[i:i + 2] if e is not UNDEFINED]
            held[i] = next((e for e in beside if not value_at(form.fixed(e), cuts[i]).is_finite), UNDEFINED)
        if expressions[i] == held[i] == expressions[i + 1]:
            del cuts[i], held[i], expressions[i + 1]
    return Pieces(tuple(cuts), tuple(expressions), tuple(held))


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
    return float(limit) if limit.is_extended_real and not isinstance(limit, sp.AccumBounds) else float("nan")
