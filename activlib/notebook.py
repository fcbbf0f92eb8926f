"""How a notebook of the book shows its results."""

from __future__ import annotations

import sympy as sp
from sympy.printing.latex import LatexPrinter


class _BookLatex(LatexPrinter):
    """SymPy's LaTeX, but expm1 and log1p under the names that NumPy and C give them."""

    def _print_expm1(self, e, exp=None):
        return self._named("expm1", e, exp)

    def _print_log1p(self, e, exp=None):
        return self._named("log1p", e, exp)

    def _named(self, name, e, exponent):
        power = "" if exponent is None else f"^{{{exponent}}}"
        return rf"\mathrm{{{name}}}{power}\left({self._print(e.args[0])}\right)"


def latex(expression) -> str:
    """LaTeX of a SymPy object, or of a list or tuple of them."""
    return _BookLatex().doprint(expression)


def book_style():
    """Show this session's results as the book does: figures in its style, as inline SVG without a date, so that
    running a notebook twice gives the same bytes; and SymPy's results as formulas, in lists and tuples too."""
    import matplotlib.pyplot as plt
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    plt.style.use("activlib.book")
    set_matplotlib_formats("svg", metadata={"Date": None})
    sp.init_printing(use_latex="mathjax", latex_printer=lambda expression, **_: latex(expression))
