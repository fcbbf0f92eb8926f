"""Derivations as a person writes them: a chain of equal expressions, each step displayed and proved."""

from __future__ import annotations

import html
from functools import cmp_to_key
from itertools import pairwise

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.definition.kinks import KINKS
from activlib.definition.normal import line
from activlib.definition.numbers import in_order
from activlib.definition.polynomials import Unsolved
from activlib.definition.roots import critical
from activlib.definition.symbols import x
from activlib.definition.written import cases
from activlib.notebook import latex


class Derivation:
    """A chain of expressions that are proved equal; it shows itself as formulas with reasons.

    `expressions` and `reasons` hold the chain; `result` is its last expression.
    """

    def __init__(self, start: sp.Expr, *steps: tuple[sp.Expr, str]):
        if not steps:
            raise ValueError("a derivation needs at least one step (expression, reason)")
        self.expressions = [sp.sympify(start), *(sp.sympify(expression) for expression, _ in steps)]
        self.reasons = [reason for _, reason in steps]
        for number, (before, after) in enumerate(zip(self.expressions, self.expressions[1:], strict=False), 1):
            if not equal(before, after):
                raise ValueError(f"step {number} is not proved: {before} = {after}")

    @property
    def result(self) -> sp.Expr:
        return self.expressions[-1]

    def __repr__(self):
        lines = [f"  = {e}    ({reason})" for e, reason in zip(self.expressions[1:], self.reasons, strict=True)]
        return "\n".join([f"  {self.expressions[0]}", *lines])

    def _repr_html_(self):
        first, *others = (latex(e) for e in self.expressions)
        rows = [f"<li>{_math(first)}</li>"]
        rows += [f"<li>{_math('= ' + formula)} <small>{html.escape(reason, quote=False)}</small></li>"
                 for formula, reason in zip(others, self.reasons, strict=True)]
        return f'<ol class="activlib-derivation">{"".join(rows)}</ol>'


def derivation(start, *steps) -> Derivation:
    r"""A derivation that starts at an expression; each step is a pair (expression, reason).

    Every expression is proved equal to the one before it by `equal`, where derivatives, integrals and limits left
    unevaluated (such as `sp.Derivative(f, x)`) are carried out. A reason is a phrase in words; it may hold LaTeX in \( \).

    Raises ValueError for the first step that is not proved, and where there is no step.
    """
    return Derivation(start, *steps)


def equal(a, b) -> bool:
    """Whether SymPy proves a = b for all values of their symbols (within the symbols' assumptions).

    False means that no proof was found, which is certain to be so only where the two differ.
    """
    a, b = sp.sympify(a), sp.sympify(b)
    difference = (a - b).doit()
    if difference.has(*KINKS):
        return all(equal(piece, 0) for piece in _pieces(difference, lambda place: _undefined(a, place) and _undefined(b, place)))
    plain = {expm1: lambda z: sp.exp(z) - 1, log1p: lambda z: sp.log(1 + z), sp.erfc: lambda z: 1 - sp.erf(z)}
    for function, meaning in plain.items():
        difference = difference.replace(function, meaning)
    attempts = (sp.simplify, lambda e: sp.simplify(e.rewrite(sp.exp)), lambda e: sp.simplify(_without_exponentials(e)))
    return difference == 0 or any(attempt(difference) == 0 for attempt in attempts)


def _undefined(e, place):
    return e.subs(x, place).doit().has(sp.nan, sp.zoo, sp.oo, -sp.oo)


def _pieces(difference, poles):
    """What an expression is on each interval between its breakpoints and at each of them but the poles; where parameters
    decide on those, what it is under each of its conditions."""
    if difference.free_symbols - {x}:
        found = cases(difference.rewrite(sp.Piecewise))  # also what bends in other symbols, as |r| does
        joints, inside = _points([r.lhs - r.rhs for _, c in found for r in c.atoms(sp.core.relational.Relational)])
        return [piece for point in inside for piece in _possible(found, point)] + [
            piece.subs(x, joint) for joint in joints if not poles(joint) for piece in _possible(found, joint)]
    found = line(difference)
    return [*found.expressions, *(e.subs(x, cut) for e, cut in zip(found.held, found.cuts, strict=True) if not poles(cut))]


def _points(differences):
    """The zeros of some expressions and a point inside each interval between them; x itself, which is any number, where
    they are not found, or parameters may change their order."""
    try:
        ends = {place for difference in differences for place in critical(difference)}
        ends = sorted(ends, key=cmp_to_key(_order)) if any(place.free_symbols for place in ends) else in_order(ends)
    except Unsolved:
        return [], [x]
    return ends, [ends[0] - 1, *((a + b) / 2 for a, b in pairwise(ends)), ends[-1] + 1] if ends else [sp.S.Zero]


def _order(a, b):
    """-1, 0 or 1 as a < b, a = b or a > b for all values of the parameters; Unsolved where these decide."""
    difference = sp.simplify(a - b)
    for order, holds in ((0, difference.is_zero), (1, difference.is_positive), (-1, difference.is_negative)):
        if holds:
            return order
    raise Unsolved


def _possible(found, point):
    """The pieces that may hold at a point: none after the first that holds for sure."""
    for piece, condition in found:
        holds = condition.subs(x, point)
        if holds != False:  # noqa: E712 - SymPy's false is not Python's
            yield piece
        if holds == True:  # noqa: E712
            return


def _without_exponentials(e):
    """`e` with exp(x) replaced by a positive symbol t, and x by log(t), which leaves rational functions to simplify."""
    t = sp.Symbol("t", positive=True)
    return sp.expand_log(sp.powdenest(sp.expand(e.rewrite(sp.exp)).subs(x, sp.log(t)), force=True), force=True)


def _math(formula):
    return rf"<span>\(\displaystyle {html.escape(formula, quote=False)}\)</span>"
