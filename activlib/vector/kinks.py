"""|x|, max, min and sign in a formula of several numbers, by pieces that know their slope at a tie."""

from __future__ import annotations

import sympy as sp

from activlib.definition import kinks


class _Sloped:
    """Where two expressions are equal and differ in slope, the derivative is by convention the slope nearest to 0 between
    theirs, as for functions of one number."""

    def _eval_derivative(self, symbol):
        a, b = self.args
        return _piecewise((a.diff(symbol), self.prefers(a, b)), (b.diff(symbol), self.prefers(b, a)),
                          _nearest_to_0(a.diff(symbol), b.diff(symbol)))


class Maximum(_Sloped, kinks.Maximum):
    """The greater of two expressions."""


class Minimum(_Sloped, kinks.Minimum):
    """The smaller of two expressions."""


def explicit(e: sp.Expr) -> sp.Expr:
    """`e` without what SymPy would differentiate into distributions."""
    return kinks.explicit(e).replace(kinks.Maximum, Maximum).replace(kinks.Minimum, Minimum)


def _piecewise(first, second, other):
    return other if first[0] == second[0] == other else sp.Piecewise(first, second, (other, True))


def _nearest_to_0(a, b):
    return a if a == b else Maximum(Minimum(a, b), 0) + Minimum(Maximum(a, b), 0)
