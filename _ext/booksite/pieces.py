"""A page as its reader meets it, piece by piece: what the reading times and the tests of the prose go by.

It reads the page's source, a notebook with its stored outputs or a Markdown file, with the parser that builds the book.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import nbformat
import yaml
from bs4 import BeautifulSoup
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

ROOT = Path(__file__).resolve().parents[2]

# Directives that show something else than their text.
SHOWN = {
    "math": "formula", "explorer": "explorer", "compare": "explorer", "properties": "picture", "gallery": "picture",
    "helper": "picture", "names": None, "own-function": "picture", "bibliography": None,
}  # fmt: skip
INLINE = {
    "text": "text", "softbreak": "text", "code_inline": "code", "math_inline": "symbol", "math_inline_double": "formula",
}  # fmt: skip
DIRECTIVE = re.compile(r"\{([\w:-]+)\} *(.*)")
OPTIONS = re.compile(r"(?:[ \t]*:[\w-]+:.*\n)+")
# What the site shows of an output that has several forms.
FORMS = ("text/html", "image/svg+xml", "text/markdown", "text/latex", "text/plain")


class Piece(NamedTuple):
    """A stretch of a page.

    kind: "heading", "title" (of a box), "text", "term" (a link into the glossary), "link", "role" (any other), "code" and
    "symbol" (code and a formula inside a sentence), "formula" (a displayed line), "lines" (of code, and what it prints),
    "reason" (of a step that a cell derives), "picture" (a figure, or a table that a cell shows), "explorer".
    section: the heading of level 2 that it stands under.
    block: one number for all pieces of a paragraph.
    folded: whether the reader has to open something to see it.
    """

    kind: str
    text: str
    section: str
    block: int
    folded: bool


@lru_cache
def parser():
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    return create_md_parser(MdParserConfig(enable_extensions=set(config["parse"]["myst_enable_extensions"])), RendererHTML)


class Walk:
    """The way through one page, and where on it we are."""

    def __init__(self):
        self.section, self.block, self.solution = "", 0, False

    def piece(self, kind, text, folded=False):
        return Piece(kind, text, self.section, self.block, folded or self.solution)

    def sentence(self, tokens, kind="text", folded=False):
        """The pieces of a paragraph, heading or table cell; a heading or title is one piece."""
        self.block += 1
        found, linked = [], False
        for token in tokens:
            linked = token.type == "link_open" or (linked and token.type != "link_close")
            if token.type == "myst_role":
                name = "term" if token.meta["name"] == "term" else "role"
            elif not (name := INLINE.get(token.type)):
                continue
            name = kind if kind != "text" else "link" if linked else name
            text = token.content or " "
            if found and name == found[-1].kind and name in ("text", kind):
                text = found.pop().text + text
            found.append(self.piece(name, text, folded))
        yield from found

    def markdown(self, source, folded=False):
        heading = ""
        for token in parser().parse(source):
            if token.type in ("heading_open", "heading_close"):
                heading = token.tag if token.type == "heading_open" else ""
            elif token.type == "inline":
                if heading == "h2":
                    self.section = token.content
                yield from self.sentence(token.children, "heading" if heading else "text", folded)
            elif token.type in ("math_block", "math_block_label", "amsmath"):
                yield from self.formula(token.content, folded)
            elif token.type in ("fence", "colon_fence") and (match := DIRECTIVE.match(token.info)):
                yield from self.directive(*match.groups(), token.content, folded)
            elif token.type in ("fence", "code_block"):
                yield self.piece("lines", token.content, folded)

    def formula(self, tex, folded):
        for line in tex.split(r"\\") if "{align" in tex else [tex]:
            yield self.piece("formula", line, folded)

    def directive(self, name, title, body, folded):
        options = OPTIONS.match(body)
        folded |= "dropdown" in (options or [""])[0] or name == "dropdown"
        body = body[options.end() if options else 0:]
        if name in ("solution-start", "solution-end"):
            self.solution = name == "solution-start"
        elif name in SHOWN:
            if SHOWN[name]:
                yield self.piece(SHOWN[name], body, folded)
        elif name == "glossary":
            for line in re.split(r"\n(?=\S)", body):
                term, _, meaning = line.partition("\n")
                yield self.piece("heading", term)
                yield from self.markdown(re.sub(r"^  ", "", meaning, flags=re.MULTILINE))
        else:
            yield from self.sentence(parser().parseInline(title)[0].children, "title", folded)
            yield from self.markdown(body, folded)

    def code(self, cell):
        tags = {tag.partition("-")[::2] for tag in cell.metadata.get("tags", ())}
        hidden = {part for how, part in tags if how == "hide"}
        removed = {part for how, part in tags if how == "remove"}
        if not removed & {"input", "cell"}:
            yield self.piece("lines", cell.source, bool(hidden & {"input", "cell"}))
        if removed & {"output", "outputs", "cell"}:
            return
        for output in cell.outputs:
            yield from self.output(output, bool(hidden & {"output", "outputs", "cell"}))
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        yield from self.markdown(caption, bool(hidden & {"output", "outputs", "cell"}))

    def output(self, output, folded):
        data = output.get("data", {})
        form = next((form for form in FORMS if form in data), None)
        shown = data.get(form, output.get("text", ""))
        if form == "text/html":
            derivation = BeautifulSoup(shown, "html.parser").select("ol.activlib-derivation > li")
            for step in derivation:
                yield self.piece("formula", step.span.get_text(), folded)
                if step.small:
                    yield self.piece("reason", step.small.get_text(), folded)
            if not derivation:
                yield self.piece("explorer" if "<activation-explorer" in shown else "picture", "", folded)
        elif form in ("image/svg+xml", "text/markdown"):
            yield self.piece("picture", "", folded)
        else:
            yield self.piece("formula" if form == "text/latex" else "lines", shown, folded)


def pieces(path):
    """All pieces of a page in their order, for the path of a notebook or of a Markdown file."""
    walk = Walk()
    if path.suffix != ".ipynb":
        yield from walk.markdown(path.read_text("utf8"))
        return
    for cell in nbformat.read(path, as_version=4).cells:
        yield from walk.code(cell) if cell.cell_type == "code" else walk.markdown(cell.source)
