"""Balls around roots of polynomials (needs python-flint)."""

from __future__ import annotations

import sympy as sp
from flint import arb, ctx
from sympy.polys.rootoftools import ComplexRootOf

from activlib.definition.polynomials import RealRoot

ROOTS = (ComplexRootOf, RealRoot)


def root_ball(root: sp.Expr, ball) -> arb:
    """A ball that holds a simple root of a polynomial, by the polynomial's signs on both sides of an approximation.

    ball: gives the ball of a coefficient. Raises ArithmeticError where the signs do not show a root.
    """
    coefficients = root.poly.all_coeffs() if isinstance(root, ComplexRootOf) else root.args[1:]
    coefficients = [ball(c) for c in coefficients]
    digits = int(ctx.prec / 3.3) + 10
    middle = arb(str(root.evalf(digits)))
    radius = arb(2) ** (8 - ctx.prec) * (1 + abs(middle))
    signs = [_value(coefficients, middle.mid() + side * radius) for side in (-1, 1)]
    if not signs[0] * signs[1] < 0:
        raise ArithmeticError(f"{root} is not enclosed")
    return middle.mid() + arb(0, radius.abs_upper())


def _value(coefficients, point):
    total = arb(0)
    for c in coefficients:
        total = total * point + c
    return total
