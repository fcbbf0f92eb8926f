"""What adding one amount to every number does to a formula over all places, and the form in which no exponential overflows."""

from __future__ import annotations

import sympy as sp

from activlib.vector.nodes import Largest
from activlib.vector.sums import collapsed
from activlib.vector.symbols import every, k, scores

_SHIFT = sp.Symbol("c", real=True)


def translation(e: sp.Expr) -> sp.Expr | None:
    """What adding c to every number adds to a formula over all places; None if that is no multiple of c for any n."""
    difference = sp.expand_mul(moved(e, _SHIFT) - moved(e, sp.S.Zero))
    return difference if (difference / _SHIFT).is_number else None


def shifted(e: sp.Expr) -> sp.Expr:
    """A formula over all places, written so that no exponential overflows: where all numbers may be moved by the same amount,
    the largest is taken from each, or the smallest where the exponentials fall."""
    plain, added = moved(e, sp.S.Zero), translation(e)
    amount = _shift(plain)
    return e if amount is None or added is None else _moved(plain, -amount) + added.subs(_SHIFT, amount)


def shifted_derivative(e: sp.Expr) -> sp.Expr:
    """The derivative of a formula over all places by the k-th number, written so."""
    plain = moved(e, sp.S.Zero)
    derivative, amount = collapsed(sp.diff(plain, scores[k])), _shift(plain)
    return derivative if amount is None or translation(e) is None else _moved(derivative, -amount)


def _shift(e):
    """The number from which on no exponential grows: the largest, or the smallest if all fall; None if there are none of
    these or some grow and some fall."""
    slopes = {part.args[0].diff(number) for part in e.atoms(sp.exp) for number in part.atoms(sp.Indexed)}
    if slopes and all(slope.is_positive for slope in slopes):
        return Largest(scores[every[0]], every)
    return -Largest(-scores[every[0]], every) if slopes and all(slope.is_negative for slope in slopes) else None


def _exponential(e: sp.Expr) -> sp.Expr:
    """`e` with every power of a constant, such as 2^x, as one of e."""
    return e.replace(lambda part: part.is_Pow and part.base.is_positive and not part.base.has(sp.Indexed)
                     and part.exp.has(sp.Indexed), lambda part: sp.exp(part.exp * sp.log(part.base)))


def _moved(e, amount):
    """`e` with `amount` added to every number."""
    return e.replace(lambda part: isinstance(part, sp.Indexed) and part.base == scores, lambda part: part + amount)


def moved(e: sp.Expr, amount: sp.Symbol) -> sp.Expr:
    """`e` with `amount` added to every number, and the factors and terms that are due to it taken out of the sums."""
    def taken(part):
        if isinstance(part, sp.Sum):
            return sp.factor_terms(sp.Sum(sp.expand(taken(part.function), power_exp=True, mul=False), *part.limits))
        if not part.args or isinstance(part, sp.Indexed):
            return part
        rebuilt = part.func(*map(taken, part.args))
        return sp.expand(rebuilt, power_exp=True, mul=False) if isinstance(rebuilt, sp.exp) else rebuilt
    return sp.expand_log(taken(_expanded(_moved(_exponential(e), amount))), force=True)


def _expanded(e):
    """`e` with the arguments of its exponentials multiplied out."""
    return e.replace(sp.exp, lambda argument: sp.exp(sp.expand(argument)))
