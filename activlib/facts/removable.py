"""Ball arithmetic next to a removable singularity, where the balls of a quotient would hold 0/0.

Of above/below at a point p where both are analytic and the second has a zero of order k, both are divided by (x - p)^k: the
Taylor coefficients at p from the k-th on, and for the rest a divided difference, which is a coefficient somewhere between.
"""

from __future__ import annotations

import functools

import sympy as sp
from flint import arb, arb_series, ctx

from activlib.activation import x
from activlib.balls import Ball, ball, precision
from activlib.definition.numbers import NotTold
from activlib.definition.series import analytic, expansion

TERMS = 8  # kept of each, before the rest


class Quotient:
    """The function that continues an expression to the point."""

    def __init__(self, above: sp.Expr, below: sp.Expr, point: sp.Expr, order: int):
        self.parts, self.point, self.order = (Ball(above), Ball(below)), point, order

    def coefficients(self, box: arb, n: int) -> list[arb]:
        """Enclosures of the Taylor coefficients of order 0 to n at every point of the box."""
        last = self.order + TERMS
        with precision(ctx.prec, last + n + 2):
            above, below = (self._divided(part, box, n, last) for part in self.parts)
            try:
                found = above / below
            except (ValueError, ZeroDivisionError):  # the second may vanish in the box
                return [arb.nan()] * (n + 1)
            return [found[k] for k in range(n + 1)]

    def _divided(self, part, box, n, last):
        """The series of part(x)/(x - p)^order about the points of the box."""
        p = ball(self.point)
        at, between = (part(arb_series([place, 1], prec=count)) for place, count in ((p, last), (box.union(p), last + n + 1)))
        if not all(isinstance(s, arb_series) and s.prec >= count for s, count in ((at, last), (between, last + n + 1))):
            return arb_series([arb.nan()], prec=n + 1)
        step = arb_series([box - p, 1], prec=n + 1)
        total = arb_series([between[last + i] for i in range(n + 1)], prec=n + 1)
        for j in reversed(range(self.order, last)):
            total = total * step + at[j]
        return total


@functools.lru_cache(maxsize=512)
def continuation(expression: sp.Expr, point: sp.Expr) -> Quotient | None:
    """An expression of x alone as a quotient that continues it to a finite point where it is 0/0, or None."""
    above, below = sp.fraction(sp.together(expression))
    if not below.has(x) or not (analytic(above, point) and analytic(below, point)):
        return None
    try:
        orders = [_order(part, point) for part in (below, above)]
    except NotTold:
        return None
    if None in orders or not 0 < orders[0] <= orders[1]:
        return None
    return Quotient(above, below, point, int(orders[0]))


def _order(expression, point):
    """The order of a zero at a point, infinite where the expression is zero."""
    found = expansion(expression, point, 1)
    if found is None or found.big or not (found.terms or found.exact_zero):
        return None
    return found.lead[0] if found.terms else sp.oo
