"""What an expression asks of x to be a real number."""

from __future__ import annotations

import functools
from typing import NamedTuple

import sympy as sp
from sympy.codegen.cfunctions import log1p

from activlib.definition.symbols import x


class Requirement(NamedTuple):
    """`expression` is positive (least 1), not negative (0), or not zero (None)."""

    expression: sp.Expr
    least: int | None

    def allows(self, sign: int) -> bool:
        return sign != 0 if self.least is None else sign >= self.least

    @property
    def condition(self):
        """The requirement as SymPy writes it."""
        return {None: sp.Ne, 0: sp.Ge, 1: sp.Gt}[self.least](self.expression, 0)


@functools.lru_cache(maxsize=4096)
def requirements(expression: sp.Expr) -> tuple[Requirement, ...]:
    """What the expression's parts ask, the innermost first; nothing that is known to hold."""
    found = {}
    for e in sp.postorder_traversal(expression):
        for needed in _own(e):
            if needed.expression.has(x) and not _known(needed):
                found[needed] = None
    return tuple(found)


def _own(e):
    if isinstance(e, sp.log):
        return [Requirement(e.args[0], 1)]
    if isinstance(e, log1p):
        return [Requirement(1 + e.args[0], 1)]
    if e.is_Pow and not e.base.is_number:
        if e.exp.is_Integer:
            return [Requirement(e.base, None)] if e.exp.is_negative else []
        return [Requirement(e.base, 0 if e.exp.is_number and e.exp.is_positive else 1)]
    if e.is_Pow and e.exp.has(x) and e.base is not sp.E:
        return [Requirement(e.base, 1)]
    if isinstance(e, sp.tan):
        return [Requirement(sp.cos(e.args[0]), None)]
    if isinstance(e, (sp.asin, sp.acos)):
        return [Requirement(1 - e.args[0], 0), Requirement(1 + e.args[0], 0)]
    if isinstance(e, sp.atanh):
        return [Requirement(1 - e.args[0], 1), Requirement(1 + e.args[0], 1)]
    if isinstance(e, sp.acosh):
        return [Requirement(e.args[0] - 1, 0)]
    return []


def _known(needed):
    e = needed.expression
    return (e.is_nonzero if needed.least is None else e.is_nonnegative if needed.least == 0 else e.is_positive) is True
