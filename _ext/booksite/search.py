"""Search: numbers are words too, and results come with an excerpt that shows neither TeX nor code, from a folder as well.

Sphinx's index says which pages hold a word. The excerpts come from the pages' texts by sections, which are scripts, since a
browser may load those where it may not read another page; search.js puts both together, and searchnames.js before them.
"""

import json
import re
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.search.en import SearchEnglish

from booksite.plain import plain

# In Python and in JavaScript: a word, or a number as a reader types it: 0.044715, 1,024, 5/3, 1e-5.
WORD = r"[^\W\d]\w*|[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?:/[0-9]+)?"
# Numbers in TeX as they are typed.
TYPED = [
    (re.compile(r"(?<=\d)(?:\{,\}|\\,)(?=\d{3})"), ""),
    (re.compile(r"\\[dt]?frac\s*(?:\{(\d+)\}|(\d))\s*(?:\{(\d+)\}|(\d))"), r"\1\2/\3\4"),
    (re.compile(r"\b10\^\{?(-?\d+)\}?"), r"1e\1"),
]
FORMULA = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]|\$\$(.*?)\$\$", re.DOTALL)  # in what a cell shows
SPLIT = r"""
const WORD = /%s/gu;
// Sphinx leaves out numbers without a point.
function asIndexed(word) {
  const number = word.toLowerCase().replaceAll(",", "").replace(/e\+?(-?)0*(?=\d)/, "e$1");
  return !/^\d/.test(word) ? word : /^\d+$/.test(number) ? number + "." : number;
}
function splitQuery(query) {
  return [...query.matchAll(WORD)].map(([word]) => asIndexed(word));
}
"""


def as_indexed(word):
    """A word of WORD as the index has it: of a number's spellings one, and with a point, as Sphinx leaves out the others."""
    if not word[0].isdecimal():
        return word
    number = re.sub(r"e\+?(-?)0*(?=\d)", r"e\1", word.lower().replace(",", ""))
    return f"{number}." if number.isdecimal() else number


class BookSearch(SearchEnglish):
    """English with numbers."""

    js_splitter_code = SPLIT % WORD.replace(r"[^\W\d]", r"[\p{L}_]").replace(r"\w", r"[\p{L}\p{N}_]").replace("/", r"\/")

    def split(self, text):
        for tex, typed in TYPED:
            text = tex.sub(typed, text)
        return [as_indexed(word) for word in re.findall(WORD, text)]


SHORT = 20  # characters, which are no excerpt by themselves


class Section:
    """What a page says under one heading: in its sentences, and in tables and what its cells print."""

    def __init__(self, anchor, title):
        self.anchor, self.title, self.said, self.shown = anchor, title, [], []

    def data(self):
        said, shown = ([re.sub(r"\s+", " ", part).strip() for part in parts] for parts in (self.said, self.shown))
        if sum(map(len, shown)) <= SHORT:
            said, shown = said + shown, []
        return [self.anchor, self.title, " ".join(said), " · ".join(shown)]


def sentence(node):
    """The text of a paragraph or of a heading, its formulas plain."""
    if isinstance(node, (nodes.math, nodes.math_block)):
        return plain(node.astext())
    if isinstance(node, nodes.Text):
        return node.astext()
    return "".join(map(sentence, node.children))


def stripped(html):
    """The text of a table or a derivation that a cell shows."""
    text = re.sub(r"<(?:script|style|svg).*?</(?:script|style|svg)>", " ", html, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^<]+?>", " ", text))
    return FORMULA.sub(lambda match: plain(match[match.lastindex]), text)


def sections(doctree):
    """The sections of a page, in order."""
    found = []

    def visit(node, shown=False):
        shown = shown or isinstance(node, nodes.table) or "cell_output" in node.get("classes", ())
        if isinstance(node, nodes.section) and isinstance(node.children[0], nodes.title):
            found.append(Section(node["ids"][0] if found else "", sentence(node.children[0])))
        elif isinstance(node, nodes.term) and node["ids"]:  # an entry of the glossary
            found.append(Section(node["ids"][0], sentence(node)))
            return
        elif isinstance(node, (nodes.paragraph, nodes.caption, nodes.term, nodes.math_block)):
            (found[-1].shown if shown else found[-1].said).append(sentence(node))
            return
        elif isinstance(node, nodes.literal_block) and shown and node.get("language") != "python":  # what a cell prints
            found[-1].shown.append(node.astext())
        elif isinstance(node, nodes.raw) and "<activation-explorer" not in node.astext():
            found[-1].shown.append(stripped(node.astext()))
        for child in node.children:
            if isinstance(child, nodes.Element) and not isinstance(child, nodes.title):
                visit(child, shown)

    visit(doctree)
    return found


def collect(app, pagename, templatename, context, doctree):
    if doctree:
        app.search_texts[pagename] = [section.data() for section in sections(doctree)]


def begin(app):
    app.search_texts = {}


FOLDER = "searchtexts"


def finish(app, error):
    """Write the texts, a script for each page; those of pages that were not built anew are kept."""
    if error or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    for page, text in app.search_texts.items():
        file = folder / f"{page}.js"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"Search.setText({json.dumps([page, text], ensure_ascii=False)})", "utf8")
    for file in folder.rglob("*.js"):
        if file.relative_to(folder).with_suffix("").as_posix() not in app.env.found_docs:
            file.unlink()


def setup(app):
    app.add_search_language(BookSearch)
    app.connect("builder-inited", begin)
    app.connect("html-page-context", collect)
    app.connect("build-finished", finish)
