"""Search finds numbers as a reader types them, and its excerpts hold neither TeX nor code, from a server and a folder."""

import re
from urllib.parse import quote, urlsplit

import pytest

import activlib as al
from activlib.naming import spoken, written
from book import labels
from booksite.search import BookSearch
from weigh import BUDGET, weigh

# Each with a chapter that has it, and what the excerpt of that chapter shows.
NUMBERS = {
    "0.044715": ("self_gated/gelu", "0.044715"),
    "1.702": ("self_gated/gelu", "1.702"),
    "1.0507": ("exponential/selu", "1.0507"),
    "-0.2785": ("self_gated/silu", "0.2785"),
    "0.27846": ("self_gated/silu", "0.2784"),
    "5/3": ("sigmoidal/tanh", "5/3"),
    "0.01": ("rectifiers/leaky_relu", "0.01"),
    "709": ("foundations/glossary", "709"),
}
TEX = re.compile(r"\\[A-Za-z(\[]|\$|\^\{|_\{|(?<! on )\{\w*\}")  # but "attained on {0}" is a set
CODE = re.compile(r"\bimport |\bprint\(|\bassert |\bdef \w+\(|\bplt\.\w|\bal\.\w+\(|^\s*#", re.MULTILINE)


@pytest.fixture
def search(page, server, site):
    """Search the book from a server or from a folder: [(page, anchor, title, excerpt)] of the results."""
    def search(query, scheme="http"):
        start = server if scheme == "http" else site.as_uri()
        page.goto(f"{start}/search.html?q={quote(query)}")
        page.wait_for_function("/finished|did not match/.test(document.querySelector('.search-summary')?.textContent)")
        while (more := page.locator(".more-results")).count():
            known = page.locator("#search-results li").count()
            more.click()
            page.wait_for_function("known => document.querySelectorAll('#search-results li').length > known"
                                   " || !document.querySelector('.more-results')", arg=known)
        found = page.eval_on_selector_all(
            "#search-results li",
            "items => items.map(item => [item.querySelector('a').href, item.querySelector('a').textContent,"
            " item.querySelector('.context').textContent])",
        )
        links = [urlsplit(link) for link, *_ in found]
        pages = [link.path.removeprefix(site.as_posix()).removesuffix(".html").strip("/") for link in links]
        return [(name, link.fragment, title, text) for name, link, (_, title, text) in zip(pages, links, found)]

    return search


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_number_finds_its_chapter_and_is_shown(search, scheme):
    for number, (chapter, shown) in NUMBERS.items():
        results = search(number, scheme)
        texts = [text for name, _, _, text in results if name == f"chapters/{chapter}"]
        assert texts, f"{number} does not find {chapter} but {[name for name, *_ in results]}"
        assert any(shown in text for text in texts), texts


# What comes before all else that is found.
NAMED = """async (names) => {
    Search._performSearch = () => [];
    const found = {};
    for (const name of names) {
        Search.output = document.createElement("ul");
        await Search.query(name);
        found[name] = [...Search.output.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    }
    return found;
}"""


def test_every_name_of_a_function_leads_to_its_chapter(search, page):
    search("swish")
    calls = [(f, name) for f in al.activations.values() for name in (f.name, *spoken(f), *written(f))]
    found, chapters = page.evaluate(NAMED, [name for _, name in calls]), labels()
    lost = [(name, found[name]) for f, name in calls
            if not {f"{chapters[f.name]}.html", f"{chapters[f.name]}.html#{f.name.replace('_', '-')}"} & set(found[name])]
    assert not lost
    assert len(calls) > 80


@pytest.mark.parametrize(("query", "chapter"), [
    ("Swish", "self_gated/silu"), ("nn.SiLU()", "self_gated/silu"), ("F.silu", "self_gated/silu"),
    ("jax.nn.swish", "self_gated/silu"), ("sigmoid-weighted  LINEAR unit", "self_gated/silu"),
    ("tf.nn.leaky_relu", "rectifiers/leaky_relu"),
    ("leaky relu", "rectifiers/leaky_relu"), ("LeakyReLU", "rectifiers/leaky_relu"), ("ramp function", "rectifiers/relu"),
    ("gelu_new", "self_gated/gelu"), ("onnx.Elu", "exponential/elu"),
])
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_name_however_written_leads_to_the_chapter_first(search, query, chapter, scheme):
    name, _, _, text = search(query, scheme)[0]
    assert name == f"chapters/{chapter}"
    assert " · " in text


def test_results_come_in_portions_and_the_keyboard_goes_on_where_the_new_ones_begin(page, server):
    page.goto(f"{server}/search.html?q=gradient")
    more = page.get_by_role("button", name="More results")
    more.focus()
    known = page.locator("#search-results li").count()
    page.keyboard.press("Enter")
    page.wait_for_function("known => document.querySelectorAll('#search-results li').length > known", arg=known)
    assert page.evaluate("[...document.querySelectorAll('#search-results li a')].indexOf(document.activeElement)") == known


@pytest.mark.parametrize("query", ["0.044716", "1.0508", "31/73"])
def test_a_number_that_is_nowhere_finds_nothing(search, query):
    assert not search(query)


def test_excerpts_show_neither_tex_nor_code(search):
    examined = 0
    for query in ("gradient", "sigma", "frac", "derivative", "softplus", "numpy", "logaddexp", "import", "0.5", "1/2"):
        for name, _, title, text in search(query):
            examined += 1
            assert not TEX.search(f"{title} {text}"), (query, name, title, text)
            assert not CODE.search(text), (query, name, text)
            assert len(text) > 20
    assert examined > 60


def test_a_result_leads_to_a_section_that_holds_what_it_quotes(search, page, server):
    results = search("0.044715")
    for name, anchor, title, text in results:
        page.goto(f"{server}/{name}.html#{anchor}")
        section = page.locator(f"[id='{anchor}']").first
        assert section.locator("h1, h2, h3").first.text_content().rstrip("#").strip() in title
        words = re.findall(r"[A-Za-z]{4,}", text)
        assert set(words) <= set(re.findall(r"[A-Za-z]{4,}", section.text_content()))


def test_a_term_of_the_glossary_is_quoted_with_its_meaning(search):
    name, anchor, title, text = search("saturation")[0]
    assert (name, anchor, title) == ("chapters/foundations/glossary", "term-saturation", "Glossary › saturation")
    assert text.startswith("In this book, the part of the line where")


def test_several_words_are_quoted_where_they_stand_together(search):
    results = {name: text for name, _, _, text in search("dead unit")}
    assert re.search("dead units?", results["chapters/labs/dying_units"], re.IGNORECASE)


def test_browser_and_index_split_alike(page, server):
    page.goto(f"{server}/search.html")
    texts = [
        "log-odds of leaky_relu, Müller's float32", "1,024 and 1024, 0.044715; -0.2785 (5/3)", "1e-05 1E+4 1e308 2.5e-16",
        "x² + 3x = σ(−x)", "709.78. 95 % of 2^24", "3.14.15 1/2/3",
    ]
    split = BookSearch({}).split
    assert page.evaluate("texts => texts.map(splitQuery)", texts) == [split(text) for text in texts]


def test_numbers_in_tex_are_indexed_as_they_are_typed():
    split = BookSearch({}).split
    assert split(r"\tfrac12 + \frac{5}{3} - 0.044\,715 \cdot 10^{-5}") == ["1/2", "5/3", "0.044715", "cdot", "1e-5"]
    assert split(r"1{,}024 = 2^{10}") == ["1024.", "2.", "10."]


def test_results_keep_within_the_weight_of_a_page(page, server):
    kilobytes, requests = BUDGET["first view"]
    loaded = weigh(page, f"{server}/search.html?q=gradient")
    assert sum(size for _, size in loaded) <= kilobytes
    assert len(loaded) <= requests
    assert page.locator("#search-results li").count() == 10
