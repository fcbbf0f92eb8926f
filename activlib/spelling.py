"""A formula as the text that `activlib.define` reads."""

from __future__ import annotations

import sympy as sp
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.str import StrPrinter

from activlib.constant import Constant

DIGITS = 17  # of a named constant, whose name a text does not know


class _Speller(StrPrinter):
    def _print_Piecewise(self, e):  # noqa: N802 - SymPy's
        *pieces, last = e.args
        if last.cond is not sp.true:
            raise ValueError(f"{e} is not defined everywhere, which a text cannot say")
        chosen = [f"{self.parenthesize(piece.expr, PRECEDENCE['Lambda'])} if {self._print(piece.cond)} else " for piece in pieces]
        return f"({''.join(chosen)}{self._print(last.expr)})"

    def _print_Exp1(self, e):  # noqa: N802
        return "e"

    def _print_Relational(self, e):  # noqa: N802
        return f"{self._print(e.lhs)} {e.rel_op} {self._print(e.rhs)}"

    _print_Equality = _print_Unequality = _print_Relational  # noqa: N815

    def _print_And(self, e):  # noqa: N802
        return " and ".join(map(self._print, e.args))

    def _print_Or(self, e):  # noqa: N802
        return " or ".join(map(self._print, e.args))


def spelled(expression: sp.Expr) -> str:
    """The text of an expression, such as "x if x > 0 else alpha*(exp(x) - 1)": `define` reads it and gives the same function,
    but for named constants, which become decimals.

    Raises ValueError for a function with holes, which such a text cannot say.
    """
    expression = expression.xreplace({c: c.evalf(DIGITS) for c in expression.atoms(Constant)})
    text = _Speller().doprint(expression)
    return text[1:-1] if isinstance(expression, sp.Piecewise) else text
