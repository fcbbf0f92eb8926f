"""Names of several words are shown as words, and a title may hold anything."""

import json

import html5lib
import matplotlib.pyplot as plt
import pytest
import sympy as sp

import activlib as al
from activlib.activation import letters
from activlib.notebook import latex

TITLES = ['<b>bold</b> & "quoted" \'single\'', "costs $5 or $x^2$", r"\(x\) and \frac{", "</script><!--<script>alert(1)</script>",
          "two\nlines\tand a tab", "_begins with an underscore", "$", "&amp; &lt;", "σ(x) · 5×10⁻³",
          "{braces} %s %(a)s {0}", "a" * 300, "-->", "]]>", "unbalanced $ and (parentheses) ("]


@pytest.mark.parametrize(("name", "shown"), [
    ("my_activation", r"\mathrm{my\ activation}"), ("e_swish", r"\mathrm{e\ swish}"), ("a_b_c", r"\mathrm{a\ b\ c}"),
    ("relu", r"\operatorname{relu}"), ("f", r"\operatorname{f}"), ("f_1", "f_{1}"), ("alpha_2", r"\alpha_{2}"), ("f_n", "f_{n}"),
    ("_hidden", r"\mathrm{hidden}"), ("__", r"\mathrm{\_}"),
])
def test_a_name_of_several_words_is_shown_as_words(name, shown):
    f = al.define("x**2", name)
    assert f._repr_latex_() == rf"$\displaystyle {shown}(x) = x^{{2}}$"
    assert repr(f) == f"Activation({name})"
    assert f.title == name


@pytest.mark.parametrize(("name", "text", "formula"), [
    ("negative_slope", "negative_slope", r"\mathrm{negative\ slope}"), ("my_2nd_try", "my_2nd_try", r"\mathrm{my\ 2nd\ try}"),
    ("alpha", "α", r"\alpha"), ("alpha_1", "α₁", r"\alpha_{1}"), ("c_1", "c₁", "c_{1}"), ("c1", "c₁", "c_{1}"),
    ("slope", "slope", "slope"),
])
def test_a_parameter_is_shown_by_its_letter_or_its_words(name, text, formula):
    p = al.Parameter(name, default=1, domain=sp.Interval.open(0, sp.oo), slider=(1, 2, 1))
    f = al.define(f"{name}*x", "f", **{name: p})
    assert (p.text, letters(name), p.condition) == (text, text, f"0 < {text}")
    assert latex(p.symbol**2) == f"{formula}^{{2}}"
    assert f"(x; {formula}) = {formula} x$" in f._repr_latex_()
    assert repr(f) == f"Activation(f, {text}=1)"
    with pytest.raises(ValueError, match=f"parameter {name} = -1 lies outside its domain 0 < {text}$"):
        f(1.0, **{name: -1})


def parsed(markup):
    return html5lib.parse(f"<!doctype html><body>{markup}<p id='after'>after</p>", namespaceHTMLElements=False)


def words(element):
    return "".join(element.itertext())


@pytest.mark.parametrize("title", [*TITLES, "你好 😀", "delete \x7f, soft\u00adhyphen"])
def test_a_title_of_any_characters_is_shown_as_it_is_on_a_page(title):
    f = al.define("relu(x) + a", "f", title=title, a=1)
    facts = al.facts(f)
    pages = {"facts": facts.table("range")._repr_html_(),
             "comparison": al.compare([facts, al.facts(al.relu)], "range")._repr_html_(),
             "explorer": al.explorer_html([f, al.relu])}
    for page, markup in pages.items():
        tree = parsed(markup)
        assert words(tree.find(".//*[@id='after']")) == "after", page
        assert title in words(tree).replace("\r", "\n"), page
        assert tree.find(".//b") is None
    scripts = parsed(pages["explorer"]).findall(".//script")
    assert [json.loads(words(script))["curves"][0]["label"] in title for script in scripts] == [True]
    for dollars in (markup.replace("<span>$</span>", "").replace("<span>\\</span>", "") for markup in list(pages.values())[:2]):
        assert "$" not in dollars  # a notebook would read mathematics between two of them


@pytest.mark.parametrize("title", TITLES)
def test_a_title_of_any_characters_is_drawn_as_it_is_in_a_figure(title):
    with plt.rc_context({"figure.constrained_layout.use": True}):  # as in the book, where what does not fit is a warning
        figure = al.figure([al.define("x", title=title), al.relu], show=(0, 1))
        figure.draw_without_rendering()
    drawn = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    plt.close(figure)
    line = " ".join(title.split())
    line = line if len(line) <= 60 else f"{line[:59]}…"
    assert [text.replace(r"\$", "$") for text in drawn[:2]] == [line, f"{line}, f'"]
    assert len(drawn) == 4


@pytest.mark.parametrize("title", [5, b"title", ["title"], al.x])
def test_a_title_is_a_string(title):
    with pytest.raises(TypeError, match=r"title = .*: expected a string"):
        al.define("x", title=title)
