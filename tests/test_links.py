"""The book hangs together: a chapter leads to the labs that continue it, a lab to the chapters that it is about."""

import posixpath
import re
from functools import cache

import pytest

import activlib as al
import book
from book import pages, text

CHAPTERS = [page for page in pages() if page.split("/")[-1] in al.activations]
LABS = [page for page in pages() if page.startswith("chapters/labs/")]


labels = cache(book.labels)


def linked(page):
    """The pages of the book that a page's prose links to, by file or by label."""
    found = set()
    for target in re.findall(r"\]\(([^)\s]+)\)|\{(?:doc|ref)\}`(?:[^`<]*<)?([^`<>]+)>?`", text(page)):
        name, _, label = "".join(target).partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), name))
        found.add(re.sub(r"\.(ipynb|md)$", "", path) if name and name not in labels() else labels().get(name or label))
    return found & set(pages())


@pytest.mark.parametrize("page", CHAPTERS)
def test_chapter_links_a_lab_that_continues_it(page):
    assert linked(page) & set(LABS)


@pytest.mark.parametrize("page", LABS)
def test_lab_links_the_chapters_that_it_continues(page):
    assert linked(page) & set(CHAPTERS)


@pytest.mark.parametrize("page", [page for page in LABS if not page.endswith("/choosing")])
def test_lab_is_linked_from_a_chapter_that_it_continues(page):
    assert any(page in linked(chapter) for chapter in CHAPTERS)


def test_every_reference_is_cited_and_every_citation_has_its_reference():
    cited = {key.strip() for page in pages() for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text(page))
             for key in keys.split(",")}
    assert cited == set(re.findall(r"^@\w+\{([^,]+),", (book.ROOT / "references.bib").read_text("utf8"), re.M))
