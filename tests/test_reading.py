"""The time that a page says it takes is counted from what is on it, and no chapter's core takes too long."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

import activlib as al
from book import pages
from booksite.pieces import pieces
from booksite.reading import SECONDS, Tally, reading
from times import source

PROSE = """(here)=
# Three words $x$ title

> One `code` and {term}`an example <exact>`.

$$
y = x
$$ (label)

:::{admonition} Box title
:class: note

See [this link](there.md): a - b.
:::
"""
EXERCISES = """## Going further
Deeper.
## Exercises
```{exercise} First (easy)
:label: first

Show it.
```
````{solution-start} first
:class: dropdown
````
Four words of solution.
"""
END = "````{solution-end}\n````\n## Summary\nThe end."


def markdown(text):
    return nbformat.v4.new_markdown_cell(text)


def code(source, *outputs, **metadata):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def display(form, shown):
    return nbformat.v4.new_output("display_data", {form: shown, "text/plain": "many\nlines"})


@pytest.fixture
def count(tmp_path):
    """Count a notebook of these cells."""
    def read(*cells):
        path = tmp_path / "notebook.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
        return reading(path)

    return read


def test_words_and_displayed_formulas_of_the_prose_are_counted(count):
    # Title 4 words, idea 5, box title 2, box 5; a formula or code inside a sentence is one; a dash is none.
    assert count(markdown(PROSE)).core == Tally(words=16, formulas=1)


def test_each_line_of_an_aligned_formula_counts(count):
    assert count(markdown("$$\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$$")).core == Tally(formulas=2)


def test_core_ends_at_going_further_and_solutions_are_counted_apart(count):
    found = count(markdown("# Core"), markdown(EXERCISES), code("assert True\n\nassert 1"), markdown(END))
    assert found.core == Tally(words=1)
    # Two headings, a word, the exercise's title and text, the summary.
    assert found.beyond == Tally(words=3 + 1 + 2 + 2 + 1 + 2)
    assert found.folded == Tally(words=4, lines=2)
    assert found.further == ("Going further", "Exercises")


def test_folded_code_is_counted_apart_and_its_output_is_not(count):
    figure = display("image/svg+xml", "<svg/>")
    found = count(code("a = 1\nb = 2", figure, tags=["hide-input"]), code("c = 3", tags=["hide-cell"]))
    assert found.core == Tally(pictures=1)
    assert found.folded == Tally(lines=3)


def test_removed_cells_are_not_counted(count):
    assert count(code("a", display("text/plain", "1"), tags=["remove-cell"])).whole == Tally()


def test_outputs_count_as_what_the_site_shows_of_them(count):
    printed = nbformat.v4.new_output("stream", text="one\n\ntwo\n")
    found = count(
        code("f", display("text/latex", "$f$")),
        code("print(2)", printed),
        code("table", display("text/html", "<table></table>")),
        code("explorer", display("text/html", "<activation-explorer></activation-explorer>")),
        code("figure", display("image/svg+xml", "<svg/>"), mystnb={"figure": {"caption": "What to see"}}),
    )
    assert found.core == Tally(words=3, formulas=1, lines=5 + 2, pictures=2, explorers=1)


def test_each_step_of_a_derivation_is_a_formula_with_its_reason(count):
    x = al.x
    html = al.derivation((x + 1) ** 2, (x**2 + 2 * x + 1, "multiply it out"))._repr_html_()
    assert count(code("derive", display("text/html", html))).core == Tally(words=3, formulas=2, lines=1)


def test_minutes_add_up_the_seconds_of_the_model():
    tally = Tally(words=2000, formulas=10, lines=60, pictures=4, explorers=2)
    assert tally.minutes == 10 + 2 + 3 + 1 + 2
    assert set(SECONDS) == set(vars(tally))
    assert Tally().minutes == 1


@pytest.mark.parametrize("page", [page for page in pages() if page.split("/")[-1] in al.activations])
def test_core_of_a_chapter_takes_at_most_25_minutes(page):
    found = reading(source(page))
    assert found.core.words > 300, "next to nothing was counted"
    assert found.core.minutes <= 25, found.core


def test_core_of_choosing_which_most_people_come_for_takes_at_most_20_minutes():
    core = reading(source("chapters/labs/choosing")).core
    assert core.words > 1000, "next to nothing was counted"
    assert core.minutes <= 20, core


@pytest.mark.parametrize("page", pages())
def test_built_page_shows_its_time_under_its_title(site, page):
    soup = BeautifulSoup((site / f"{page}.html").read_text("utf8"), "html.parser")
    shown = [line.get_text() for line in soup.select("h1 + p.reading-time")]
    assert shown == ([] if page == pages()[0] else [str(reading(source(page)))])


@pytest.mark.parametrize("page", pages())
def test_no_page_states_its_time_by_hand(page):
    assert not [piece.text for piece in pieces(source(page)) if re.search(r"\breading (it )?takes\b", piece.text, re.IGNORECASE)]
