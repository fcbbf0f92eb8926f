"""Each number in a page's prose is computed on the page, and what only looks like it does not pass."""

import nbformat
import pytest

from book import ROOT
from tracing import prose, untraced

NOTEBOOKS = sorted((ROOT / "chapters").rglob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_number_in_the_prose_stands_in_a_cell_or_its_output(path):
    assert sum(map(len, prose(path))) > 1000, "next to no prose was read"
    assert not untraced(path)


@pytest.fixture
def missing(tmp_path):
    """What is missing in a page of this text and these cells: (source, what it prints)."""
    def missing(text, *cells):
        path = tmp_path / "page.ipynb"
        made = [nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("stream", text=printed)])
                for source, printed in cells]
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text), *made]), path)
        return untraced(path)

    return missing


@pytest.mark.parametrize(
    "text",
    [
        "About 0.3333 or $0.333$, of 1024 or $1{,}024$ in 2015 by {cite}`he2015`, in float32 and ResNet-50.",
        "33 %, 33%, $33\\,\\%$, 33 percent, from 30 to 33 % of them",
        "It is $-0.25$, so 0.25 below zero, and −0.25 in words.",
        "$5 \\cdot 10^{-5}$, $10^6$ of them, 1.5 × 10⁻⁷",
        "$\\tfrac12$ of $\\frac{13}{20}$, $x^{17}$, twenty runs",
        "7 of 10, or seven of ten",
    ],
)
def test_a_number_that_a_cell_holds_is_traced(missing, text):
    cells = [
        ("1 / 3", "0.333333 of 1,024"), ("-1 / 4", "0.3"), ("5e-5, 10**6", "1.53e-07"), ("sp.Rational(13, 20)", "20"),
        ("runs = 10", "7 learned"),
    ]
    assert not missing(text, *cells)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("300 of them", ("3", "3.0")),  # a percentage only where the prose says so
        ("about 0.3333", ("0.333", "0.333")),  # more digits than were computed
        ("4000 steps", ("4", "")),
        ("$2 \\cdot300$", ("2", "")),
        ("$3 \\cdot 10^{-5}$", ("3", "5")),
        ("$10^{-5}$", ("10, -5", "10 5")),
        ("2048 units in $2048$ places", ("", "")),  # a year stands outside of formulas
        ("thirty steps and forty-two", ("", "")),
        ("7 of 10 runs", ("10", "8")),
        ("it falls to $-0.5$", ("0.5", "")),
        ("`alpha=0.75`", ("", "")),
        ("$10^{400}$ or $10^{-400}$", ("10**399, 1e-300", "1e-300")),
        ("seed 17", ("np.random.default_rng(17)", "")),
        ("at 0.35", ("fig, ax = plt.subplots(figsize=(7, 0.35))", "")),
        ("at 0.35", ("ax.plot(x, y, alpha=0.35)", "")),
        ("up to 25", ("ax.set(xlim=(0, 25), title='25 steps')", "")),
        ("number 19", ("x[19]", "")),
        ("99 %", ("# 99 %\n1", "")),
        ("0.77", ("print(f'always 0.77 or {x:.77f}')", "")),
    ],
)
def test_a_number_that_no_cell_computes_is_found_out(missing, text, cell):
    assert missing(text, cell)


def test_what_a_reader_does_not_see_of_an_output_does_not_count(tmp_path):
    html = '<table style="width: 95%"><tr><td>0.25</td></tr></table>'
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    cells = [nbformat.v4.new_markdown_cell("95 and 0.25"), nbformat.v4.new_code_cell("table", outputs=[output])]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "page.ipynb")
    assert untraced(tmp_path / "page.ipynb") == {"95"}
