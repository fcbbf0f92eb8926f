"""What an expression asks of x to be a real number."""

from __future__ import annotations

import functools
from typing import NamedTuple

import sympy as sp
from sympy.codegen.cfunctions import log1p

from activlib.definition.roots import sign_at
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
            found |= dict.fromkeys(n for n in _simpler(needed) if not _known(n))
    return tuple(found)


def roots_of(expression: sp.Expr) -> list[sp.Expr]:
    """What stands under the roots of an expression and may vanish: where it does, a slope may jump or be infinite."""
    powers = [p for p in expression.atoms(sp.Pow) if p.base.has(x) and p.exp.is_Rational and not p.exp.is_Integer]
    return [p.base for p in powers if not p.base.is_positive]


def vanishing_root(expression: sp.Expr, point: sp.Expr) -> bool:
    """Whether what stands under a root in an expression in x vanishes at an exact point, so that its slope may jump there."""
    return any(sign_at(base, point) == 0 for base in roots_of(expression))


def kept(result: sp.Expr, parts: tuple[sp.Expr, ...], asked: tuple[Requirement, ...] = ()) -> sp.Expr:
    """What SymPy makes of an operation on the parts, with the domain that it was written with.

    SymPy simplifies x/x to 1 and exp(log(x)) to x; where that loses something that the parts or the operation ask of x,
    the result is a Piecewise that is defined only there.
    """
    needed = [n for r in asked for n in _simpler(r) if not _known(n)]
    lost = [defined(part) for part in parts if part != result and not _holds(result, part)]
    have = _outside(result)[0]
    lost += [n.condition for n in needed if not _implied(n, have)]
    return sp.Piecewise((result, sp.And(*lost))) if lost and sp.And(*lost) != True else result  # noqa: E712


def unconditional(expression: sp.Expr) -> tuple[Requirement, ...]:
    """What the parts outside every Piecewise ask."""
    return _outside(expression)[0]


def defined(expression: sp.Expr) -> sp.Basic:
    """The condition under which an expression is defined."""
    own, conditional = _outside(expression)
    conditions = [n.condition for n in own]
    for piecewise in conditional:
        if piecewise.args[-1].cond == True and all(defined(piece) == True for piece, _ in piecewise.args):  # noqa: E712
            continue  # SymPy does not see that its conditions together cover the line
        alternatives, before = [], sp.true
        for piece, condition in piecewise.args:
            alternatives.append(sp.And(before, condition, defined(piece)))
            before = sp.And(before, sp.Not(condition))
        conditions.append(sp.Or(*alternatives))
    return sp.And(*conditions)


def _holds(result, part):
    """Whether all that a part asks is asked by the result too."""
    (own, conditional), (have, held) = _outside(part), _outside(result)
    return all(_implied(n, have) for n in own) and {*conditional} <= {*held}


def _implied(needed, have):
    return any(n.expression == needed.expression and (needed.least is None or n.least == 1 or n.least == needed.least)
               for n in have if needed.least is not None or n.least in (None, 1))


@functools.lru_cache(maxsize=4096)
def _outside(expression):
    """The requirements outside every Piecewise, and the outermost Piecewise."""
    if isinstance(expression, sp.Piecewise):
        return (), (expression,)
    if not expression.has(sp.Piecewise):
        return requirements(expression), ()
    inner = [_outside(a) for a in expression.args]
    own = [n for r in _own(expression) for n in _simpler(r) if not _known(n)]
    return tuple(dict.fromkeys([n for o, _ in inner for n in o] + own)), tuple(dict.fromkeys(p for _, c in inner for p in c))


def _simpler(needed):
    """The same requirements without constant factors, and of a product that is not zero those of its factors."""
    e, least = needed
    if least is None and e.is_Mul:
        return [n for factor in e.args for n in _simpler(Requirement(factor, None))]
    if least is None and e.is_Pow and e.exp.is_number:
        return _simpler(Requirement(e.base, None)) if e.exp.is_positive else []
    coefficient, rest = e.as_coeff_Mul()
    return [Requirement(rest if coefficient > 0 else -rest, least)]


def _own(e):
    if isinstance(e, sp.log):
        return [Requirement(e.args[0], 1)]
    if isinstance(e, log1p):
        return [Requirement(1 + e.args[0], 1)]
    if e.is_Pow and not e.base.is_number:
        if e.exp.is_Integer:
            return [Requirement(e.base, None)] if e.exp.is_negative else []
        return [Requirement(e.base, 0 if e.exp.is_number and e.exp.is_positive else 1)]
    if e.is_Pow and e.exp.free_symbols and e.base is not sp.E:
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
