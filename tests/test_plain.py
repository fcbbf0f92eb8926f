"""Formulas as a line of text, where no formula can be set."""

import pytest

from book import pages
from booksite.pieces import pieces
from booksite.plain import plain
from times import source

LINES = {
    r"\frac{x}{1 + e^{-x}}": "x/(1+e⁻ˣ)",
    r"\tfrac12\left(1 + \tanh\frac{x}{2}\right)": "1/2(1+tanh x/2)",
    r"\displaystyle \sqrt{2/\pi}\,(x + 0.044715\,x^3)": "√(2/π) (x+0.044715 x³)",
    r"w_1, \dots, w_n \in \mathbb{R}": "w₁, …, w_n ∈ ℝ",
    r"1{,}024 \ne 10^{-3}": "1,024 ≠ 10⁻³",
    r"\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}": "{x x > 0; 0 x ≤ 0",
    r"\unknown{x} \}": "unknown x",
}


@pytest.mark.parametrize("tex", LINES)
def test_a_formula_reads_as_one_line(tex):
    assert plain(tex) == LINES[tex]


@pytest.mark.parametrize("page", pages())
def test_no_formula_of_the_book_leaves_tex_behind(page):
    for piece in pieces(source(page)):
        if piece.kind in ("symbol", "formula"):
            assert "\\" not in plain(piece.text.strip("$()\\[] \n")), piece.text
