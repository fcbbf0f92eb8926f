"""The glossary keeps its promise: a page links each term where its sentences first use it."""

import re

import pytest

import activlib as al
from book import ROOT, pages
from booksite.pieces import pieces
from times import source

PAGE = "chapters/foundations/glossary"
TERMS = [piece.text for piece in pieces(ROOT / f"{PAGE}.md") if piece.kind == "heading"][1:]
# The glossary itself says which of its words are everyday words too.
EVERYDAY = re.findall(r"\*(\w+)\*", (ROOT / f"{PAGE}.md").read_text("utf8").split(":::")[0])
# The longest term that stands at a place is the one meant, alone or in the plural.
LONGEST_FIRST = "|".join(r"\s+".join(map(re.escape, term.split())) for term in sorted(TERMS, key=len, reverse=True))
WRITTEN = re.compile(rf"(?<![\w-])({LONGEST_FIRST})(?:s|es)?(?![\w-])", re.IGNORECASE)


def unlinked(path):
    """The terms that a page uses in a sentence before it links them, each with its surroundings.

    Not everyday words, nor functions that have a chapter. Headings, titles, code, links and what is folded away are no
    sentences here.
    """
    linked, found = {word.lower() for word in [*EVERYDAY, *al.activations]}, {}
    for piece in pieces(path):
        if piece.folded:
            continue
        if piece.kind == "term":
            target = re.search(r"<(.*)>", piece.text)
            linked.add((target[1] if target else piece.text).lower())
        elif piece.kind == "text":
            for match in WRITTEN.finditer(piece.text):
                term = re.sub(r"\s+", " ", match[1]).lower()
                if term not in linked:
                    found.setdefault(term, piece.text[max(0, match.start() - 30):match.end() + 30])
    return found


def test_everyday_words_are_few_and_stand_in_the_glossary():
    assert EVERYDAY
    assert set(EVERYDAY) <= set(TERMS)
    assert len(EVERYDAY) < len(TERMS) / 5


@pytest.mark.parametrize("page", [page for page in pages() if page != PAGE])
def test_each_term_is_linked_where_a_sentence_first_uses_it(page):
    found = unlinked(source(page))
    assert not found, "\n".join(f"{term}: …{place}…" for term, place in found.items())


EXAMPLE = """
# Saturation

A [cancellation](there.md), an exact layer, `overflow` and $kink$. Two {term}`binades <binade>`, a binade.

```{admonition} Jacobian
Vanishing
*gradients*, gradient descent, then {term}`kink` and a kink.
```

A {term}`gradient descent`.
"""


def test_a_term_that_is_not_linked_at_first_use_is_found_out(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(EXAMPLE, "utf8")
    assert set(unlinked(path)) == {"vanishing gradient", "gradient descent"}
