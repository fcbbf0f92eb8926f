"""Signs of exact constants, proved."""

from __future__ import annotations

import sympy as sp
from flint import arb, ctx

from activlib.balls import BITS, Undecided, ball, precision
from activlib.facts.roots import is_zero

MOST_BITS = 1536


def sign(number: sp.Expr) -> int:
    """The sign of an exact constant, proved: by a ball without zero, or by SymPy that it is zero."""
    number = sp.sympify(number)
    if number.is_Rational or number.is_infinite:
        return bool(number > 0) - bool(number < 0)
    bits = ctx.prec
    while bits <= MOST_BITS:
        with precision(bits):
            value = ball(number)
        if (found := certain_sign(value)) is not None:
            return found
        if bits == BITS and not _has_enclosure(number) and is_zero(number):
            return 0
        bits *= 2
    size = abs(value).upper().str(2, radius=False)
    raise Undecided(f"the sign of a constant of size {size} or less is not decided at {MOST_BITS} bits")


def certain_sign(value: arb) -> int | None:
    """The sign that every number in the ball has, or None."""
    if value.is_nan():
        return None
    return 1 if value > 0 else -1 if value < 0 else 0 if value.is_zero() else None


def _has_enclosure(number):
    return any(hasattr(atom, "enclosing_ball") for atom in number.atoms())
