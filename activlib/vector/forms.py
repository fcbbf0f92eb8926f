"""What form a formula of several numbers has, which kernels and facts ask for."""

from __future__ import annotations

import functools
from typing import NamedTuple

import sympy as sp

from activlib.activation import Activation
from activlib.definition.symbols import x
from activlib.vector.nodes import First, Largest
from activlib.vector.shifts import moved
from activlib.vector.symbols import a, b, every, i, j, scores
from activlib.vector.thresholds import Share, degree


class Form(NamedTuple):
    """kind: "shares" exp(c x_i)/Σ exp(c x_j), "log_shares" their logarithms, "log_sum" (1/c) log Σ exp(c x_j),
    "thresholds" F(max(c x_i - θ, 0)) of sum 1 for F(t) = t^power, "first" 1 for the first of the largest, "largest".
    scale: the number c. power: that of F.
    """

    kind: str
    scale: sp.Expr = sp.S.One
    power: int = 0


def form(formula: sp.Expr) -> Form | None:
    """The form of a formula over all places whose parameters are numbers; None for any other."""
    if formula == First(scores[j], i, every):
        return Form("first")
    if formula == Largest(scores[j], every):
        return Form("largest")
    if isinstance(formula, Share) and formula.at == i:
        (t,), scale, power = formula.share.variables, formula.term / scores[j], degree(formula.share)
        return Form("thresholds", scale, power) if scale.is_number and formula.share.expr == t**power else None
    formula = _plain(formula)
    if (scale := _scale(formula)) is None:
        return None
    total = sp.Sum(_exponential(scale, j), every)
    written = {"shares": _exponential(scale, i) / total, "log_shares": scale * scores[i] - sp.log(total),
               "log_sum": sp.log(total) / scale}
    return next((Form(kind, scale) for kind, expected in written.items() if formula == _plain(expected)), None)


def _plain(formula):
    """`formula` with powers of e alone, and without what their exponents have in common."""
    return moved(formula, sp.S.Zero)


def _scale(formula):
    """The number c of the first exponential exp(c x); None if there is none."""
    for exponential in formula.atoms(sp.exp):
        scale = exponential.args[0] / next(iter(exponential.atoms(sp.Indexed)), sp.nan)
        if scale.is_number and scale.is_finite and scale != 0:
            return scale
    return None


def _exponential(scale, index):
    return sp.exp(scale * scores[index])


@functools.lru_cache(maxsize=256)
def factors(formula: sp.Expr, parameters) -> tuple[Activation, Activation] | None:
    """Activations f and g with formula = f(a) g(b); those of the catalogue where it has them. None if there are none."""
    parts = sp.separatevars(formula, symbols=(a, b), dict=True)
    if parts is None:
        return None
    first, second = parts["coeff"] * parts[a], parts[b]
    return unit(first.xreplace({a: x}), parameters), unit(second.xreplace({b: x}), parameters)


def unit(formula: sp.Expr, parameters) -> Activation:
    """The activation with this formula in `al.x`: that of the catalogue if it has one."""
    from activlib.catalogue import activations

    used = tuple(p for p in parameters if p.symbol in formula.free_symbols)
    return next((entry for entry in activations.values() if entry.formula == formula and entry.parameters == used),
                Activation("factor", "Factor", "f", formula, used))
