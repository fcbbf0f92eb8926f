"""How a notebook of the book shows its results."""

from __future__ import annotations

import html
import re

import sympy as sp
from sympy.core.alphabets import greeks
from sympy.printing.latex import LatexPrinter


class _BookLatex(LatexPrinter):
    """SymPy's LaTeX, but expm1 and log1p under the names that NumPy and C give them, and a name of several words as
    these words."""

    def _print_Symbol(self, e, style="plain"):  # noqa: N802 - SymPy's
        return words(e.name) if has_words(e.name) else super()._print_Symbol(e, style)

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


def has_words(name: str) -> bool:
    """Whether an identifier is several words, as in my_activation, and not a letter with an index, as in alpha_1."""
    first, *others = name.split("_")
    return bool(others) and len(first) != 1 and first.rstrip("0123456789").lower() not in {*greeks, "lambda"}


def words(name: str) -> str:
    r"""LaTeX of an identifier as upright words: my_activation is \mathrm{my\ activation}."""
    spaced = r"\ ".join(name.strip("_").split("_")) or r"\_"
    return rf"\mathrm{{{spaced}}}"


def text(title: str) -> str:
    """HTML of words that are no mathematics: a notebook reads none into their dollar signs and backslashes."""
    return re.sub(r"[$\\]", r"<span>\g<0></span>", html.escape(title))


def table(head, rows):
    """A table for a notebook to show: IPython's Markdown. Columns of numbers are set to the right, unless one of them has
    more behind its numbers.

    head: a title for each column. rows: as many values for each, numbers as they are to be read; a text is Markdown.
    Raises ValueError for an empty title, for no rows, or for a row of another length.
    """
    from IPython.display import Markdown

    head, *body = [[str(value).replace("|", r"\|") for value in row] for row in (head, *rows)]
    if not body or {len(head)} != {*map(len, body)}:
        raise ValueError(f"a table needs rows of {len(head)} values")
    if not all(head):
        raise ValueError("a table needs a title for each column: who listens to it hears nothing else of where a number stands")
    columns = [*zip(*body, strict=True)]
    number = r"[-+−]?\d[\d.,]*"
    numeric, begun = ([all(map(matches, column)) for column in columns] for matches in (
        re.compile(rf"({number})?").fullmatch, re.compile(rf"{number}([ *%]|$)|$").match))
    if numeric != begun:  # some column has intervals or the like: numbers begin at the left in all
        numeric = [False] * len(columns)
    lines = [head, ["---:" if right else "---" for right in numeric], *body]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def book_style():
    """Show this session's results as the book does: figures in its style, as inline SVG without a date, so that
    running a notebook twice gives the same bytes; and SymPy's results as formulas, in lists and tuples too."""
    import matplotlib.pyplot as plt
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    plt.style.use("activlib.book")
    set_matplotlib_formats("svg", metadata={"Date": None})
    sp.init_printing(use_latex="mathjax", latex_printer=lambda expression, **_: latex(expression))
