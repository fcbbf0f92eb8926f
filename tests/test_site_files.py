"""The files of the built book: links lead somewhere, ids are unique, nothing superfluous is shipped."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

import activlib as al
from activlib.explorer.specification import label
from book import ROOT, labels, pages


@cache
def soup(path):
    return BeautifulSoup(path.read_text("utf8"), "html.parser")


@cache
def ids(path):
    """The ids on a page, as often as they stand there."""
    return [element["id"] for element in soup(path).find_all(id=True)]


def test_every_listed_page_is_built_and_no_other(site):
    built = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    assert built == {*pages(), "index", "search", "404"}


def test_internal_links_and_anchors_resolve(site, built_page):
    path = site / f"{built_page}.html"
    broken, examined = [], 0
    for element in soup(path).find_all(["a", "link", "img", "script", "iframe"]):
        target = element.get("href") or element.get("src")
        if not target or urlsplit(target).scheme:
            continue
        examined += 1
        link = urlsplit(target)
        file = (path.parent / unquote(link.path)).resolve() if link.path else path
        if not file.is_file() or (
            link.fragment and file.suffix == ".html" and unquote(link.fragment) not in ids(file)
        ):
            broken.append(target)
    assert examined > 10
    assert not broken, broken


# Sections of the chapter Choosing that explain or ask; every other one gives advice.
NO_ADVICE = {"Exercises", "References"}


def test_every_piece_of_advice_in_choosing_links_to_its_evidence(site):
    path = site / "chapters" / "labs" / "choosing.html"
    sections = [s for s in soup(path).main.select("section section") if s.h2]
    advice = [s for s in sections if s.h2.get_text().rstrip("#").strip() not in NO_ADVICE]
    assert 5 <= len(advice) == len(sections) - len(NO_ADVICE)
    examined = 0
    for section in advice:
        # What a cell computes, a proof shows or the helper lists is evidence itself.
        pieces = [p for p in section.select("li, tbody tr") if not p.find_parent(class_=["cell_output", "proof", "helper"])]
        assert pieces or section.select(".cell_output, .helper"), section.h2
        for piece in pieces:
            examined += 1
            links = [urlsplit(a["href"]) for a in piece.select("a[href]")]
            files = [((path.parent / unquote(link.path)).resolve() if link.path else path, link.fragment) for link in links]
            assert any(file.is_file() and file.stem != "glossary" and (file != path or fragment.startswith("choosing-"))
                       and (not fragment or fragment in ids(file)) for file, fragment in files), piece.get_text()
    assert examined > 30


def test_previous_and_next_lead_through_the_whole_book(site):
    order = [*pages()]
    for page, before, after in zip(order, [None, *order], [*order[1:], None]):
        for link, target in (("left-prev", before), ("right-next", after)):
            found = [element["href"] for element in soup(site / f"{page}.html").select(f"a.{link}")]
            assert [(site / page).parent.joinpath(href).resolve() for href in found] == [
                (site / f"{target}.html").resolve()] * bool(target), (page, link)


def test_parts_fold_in_the_sidebar_and_the_readers_own_is_open(site, built_page):
    parts = soup(site / f"{built_page}.html").select(".bd-sidebar-primary details.part")
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))["parts"]
    assert [part.summary.get_text() for part in parts] == [part["caption"] for part in toc]
    assert [len(part.select("a[href]")) for part in parts] == [len(part["chapters"]) for part in toc]
    own = [part["caption"] for part in toc if {"file": built_page} in part["chapters"]]
    assert [part.summary.get_text() for part in parts if part.has_attr("open")] == own


def test_the_gallery_shows_every_page_once_and_every_activation_with_its_curve(site):
    cards = soup(site / "intro.html").select(".gallery-card")
    links = [card.a["href"] for card in cards]
    assert len(set(links)) == len(links)
    assert {link.partition("#")[0] for link in links} == {f"{page}.html" for page in pages() if page != "intro"}
    curves = {card.a["href"]: card.a.get_text() for card in cards if card.select("path.curve")}
    for name, page in labels().items():
        if name in al.activations:
            hosted = "" if page.endswith(f"/{name}") else f"#{name.replace('_', '-')}"
            assert curves.pop(f"{page}.html{hosted}") == label(al.activations[name])
    assert not curves


def test_ids_are_unique(site, built_page):
    repeated = [name for name, times in Counter(ids(site / f"{built_page}.html")).items() if times > 1]
    assert not repeated


def test_headings_have_text_and_start_at_one_h1(site, built_page):
    headings = soup(site / f"{built_page}.html").find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
    assert [heading.name for heading in headings].count("h1") == 1
    assert all(heading.get_text(strip=True).rstrip("#") for heading in headings)


def test_figures_have_an_alternative_text(site, built_page):
    article = soup(site / f"{built_page}.html").find("article") or soup(site / f"{built_page}.html").main
    for image in article.find_all("img"):
        assert len(image.get("alt", "")) > 10, image
        assert "_images" not in image["alt"], f"a file name is no alternative text: {image['alt']}"


def test_search_forms_have_a_button_that_sends_them(site, built_page):
    forms = soup(site / f"{built_page}.html").find_all("form")
    assert forms
    assert all(form.find("button", type="submit") for form in forms)


def test_page_names_what_a_shared_link_shows(site, built_page):
    page = soup(site / f"{built_page}.html")
    tags = {tag["property"]: tag["content"] for tag in page.find_all("meta", property=True)}
    assert {"og:title", "og:description", "og:url", "og:image", "og:site_name", "og:type"} <= set(tags)
    assert all(tags.values())
    assert tags["og:url"].endswith(f"{built_page}.html")
    assert (site / "_static" / tags["og:image"].split("/_static/")[1]).is_file()
    assert not any("\\" in text or "$" in text for text in tags.values()), "TeX in a text that others show as it is"
    assert len(page.find_all("meta", attrs={"name": "description"})) == 1


def test_sitemap_lists_every_chapter(site):
    locations = [
        element.text for element in ElementTree.parse(site / "sitemap.xml").iter() if element.tag.endswith("loc")
    ]
    chapters = [page for page in pages() if page.startswith("chapters/")]
    assert len(locations) == len(chapters) + 1
    assert all(any(location.endswith(f"/{chapter}.html") for location in locations) for chapter in chapters)


def test_only_files_that_a_page_may_ask_for_are_shipped(site):
    assert not list(site.rglob("*.map"))
    assert not list(site.rglob("fontawesome.js"))
    assert len(list(site.rglob("fa-*"))) == 1
    assert [sheet.name for sheet in site.rglob("*.css")] == ["joined.css"]
    python = site / "_static" / "python"  # which its reader has to ask for
    weight, more = (sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                    for folder in (python.parent, python))
    assert weight - more < 5e6, f"{(weight - more) / 1e6:.1f} MB of assets"
    assert more < 25e6, f"{more / 1e6:.1f} MB of Python, wasm not compressed"


@pytest.mark.parametrize("name", ["LICENSE", "CITATION.cff", "README.md", "CONTRIBUTING.md"])
def test_repository_names_its_license(name):
    text = (ROOT / name).read_text("utf8")
    assert "BSD-3-Clause" in text or "BSD 3-Clause" in text
