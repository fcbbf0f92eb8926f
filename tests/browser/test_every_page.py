"""Every page of the book in a real browser: no fault on it, open to everyone, right at every width, from every host.

One visit sees each page (`visit.py`); the tests ask what it saw. So a page's tests run on one worker, in any order.
"""

import functools
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

import visit
from accessibility import contrast, others, others_elsewhere, violations
from book import pages
from serve import Site
from settle import draw, load, settle
from watch import Watch
from weigh import BUDGET, kilobytes, weigh


@pytest.fixture(scope="module")
def guarded_server(site):
    """The book under a content security policy that forbids other hosts and code made from strings."""
    with Site(site, Content_Security_Policy=visit.policy) as url:
        yield url


@pytest.fixture(scope="module")
def folder(site, tmp_path_factory):
    """A folder with the book, whose pages have the same policy in themselves."""
    folder = tmp_path_factory.mktemp("folder")
    for path in site.iterdir():
        if path.is_file() or path.name.startswith("_"):
            (folder / path.name).symlink_to(path)
    for page in [*pages(), "search"]:
        path = folder / f"{page}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(visit.guard((site / f"{page}.html").read_text("utf8")), "utf8")
    return folder


@pytest.fixture(scope="module")
def visits(browser, folder):
    """The visit of a page, made when first asked for."""
    return functools.cache(lambda page: visit.visit(browser, (folder / f"{page}.html").as_uri()))


@pytest.fixture
def seen(visits, built_page):
    """What was seen of the page."""
    return visits(built_page)


def test_page_works_from_a_folder_under_a_content_security_policy(seen):
    assert seen.heading
    assert not seen.faults, "\n".join(seen.faults)


def test_page_has_contrast_in_light_and_dark(seen):
    assert seen.themes == ["dark", "light"], "as the system has it, then switched"
    assert not seen.pale, "\n".join(seen.pale)


def test_page_is_accessible_at_a_desk_and_on_a_phone(seen):
    assert not seen.violations, "\n".join(seen.violations)


def test_page_fits_its_window(seen):
    assert max(seen.overflow) <= 0, f"the page scrolls sideways by {seen.overflow} px (on a phone, at a desk)"


def test_wide_boxes_take_the_keyboard_on_a_phone(seen):
    assert not seen.closed_boxes


def test_no_formula_is_cut_on_a_phone(seen):
    assert not seen.cut_formulas


def test_print_shows_the_chapter_alone_and_light(seen):
    assert seen.paper == {"theme": "light", "frame": [], "heading": True, "theme after": "dark"}


def test_problem_link_names_page_and_commit(seen, built_page):
    query = parse_qs(urlsplit(seen.problem_link).query)
    assert built_page in query["title"][0]
    assert f"Page: {built_page}\n" in query["body"][0]
    assert re.search(r"Built from: ([0-9a-f]{40}(-modified)?|no-commit)\n", query["body"][0])


def weights(addresses, folder):
    """Kilobytes on the wire of what a page loaded from a folder, by path."""
    paths = [Path(unquote(urlsplit(address).path)) for address in addresses]
    return {path.relative_to(folder): kilobytes(path.resolve()) for path in paths}


@pytest.fixture(scope="module")
def known(browser, folder):
    """What the browser of a reader who comes from the ELU chapter has already."""
    page = browser.new_page()
    watch = Watch(page)
    load(page, (folder / "chapters/exponential/elu.html").as_uri())
    page.close()
    return weights([url for url in watch.requests if url.startswith("file:")], folder)


def test_page_keeps_within_its_weight(seen, known, folder):
    loaded = weights(seen.loaded, folder)
    total, new = sum(loaded.values()), sum(size for path, size in loaded.items() if path not in known)
    assert total > 100, "next to nothing was loaded"
    limit, requests = BUDGET["first view"]
    assert total <= limit
    assert len(seen.loaded) <= requests
    assert new <= BUDGET["next page"][0], sorted((size, path) for path, size in loaded.items() if path not in known)


def first_of_each_kind(site):
    """The first of the pages that have the same scripts."""
    scripts = {page: re.findall(r'<script[^>]* src="[./]*([^"]+)"', (site / f"{page}.html").read_text("utf8"))
               for page in [*pages(), "search"]}
    return list({tuple(found): page for page, found in reversed(scripts.items())}.values())


@pytest.mark.parametrize(("size", "theme"), [(visit.DESK, "light"), (visit.PHONE, "dark")])
def test_pages_of_every_kind_work_from_a_host_and_weigh_there_what_their_files_do(browser, site, guarded_server, size, theme):
    kinds = first_of_each_kind(site)
    assert len(kinds) >= 3
    for name in kinds:
        context = browser.new_context(viewport=size, color_scheme=theme)
        page = context.new_page()
        watch = Watch(page)
        loaded = weigh(page, f"{guarded_server}/{name}.html")
        draw(page)
        assert page.locator("h1").inner_text()
        assert page.evaluate(visit.THEME) == theme
        assert page.evaluate(visit.OVERFLOW) <= 0
        assert not watch.faults, "\n".join(watch.faults)
        context.close()
        files = [site / unquote(urlsplit(address).path.strip("/")) for address, _ in loaded]
        assert sum(weight for _, weight in loaded) == pytest.approx(sum(map(kilobytes, files)), rel=0.02), name


@pytest.mark.parametrize("where", ["folder", "guarded_server"])
def test_content_security_policy_is_in_force(browser, where, request):
    place = request.getfixturevalue(where)
    page = browser.new_page()
    page.goto(f"{place}/intro.html" if where == "guarded_server" else (place / "intro.html").as_uri())
    # Later, by itself: a script may do more while Playwright evaluates it.
    page.evaluate(
        """() => setTimeout(() => {
            try { new Function("")(); window.refusal = "none"; } catch (error) { window.refusal = error.name; }
        })"""
    )
    page.wait_for_function("() => window.refusal", polling=50)
    assert page.evaluate("window.refusal") == "EvalError"
    page.close()


FAULTS = {
    "a word of code too pale": """() => {
        const word = [...document.querySelectorAll("article pre span")].findLast(
            span => span.checkVisibility({visibilityProperty: true}) && span.textContent.length > 4);
        word.style.color = "#ddd";
    }""",
    "a paragraph over a pale picture": """() => {
        const text = [...document.querySelectorAll("article p")].findLast(
            p => p.checkVisibility({visibilityProperty: true}) && p.textContent.length > 40);
        text.style.background = "#777";
        text.style.color = "#888";
    }""",
    "a button without a name": "() => document.querySelector('article').append(document.createElement('button'))",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_accessibility_fault_anywhere_is_found(browser, server, fault):
    page = browser.new_page()
    settle(page, f"{server}/chapters/exponential/elu.html")
    page.evaluate(FAULTS[fault])
    assert violations(page)
    page.close()


def test_pale_text_is_a_fault_of_every_page_that_has_it(browser, server):
    for name in ("intro", "chapters/foundations/glossary"):
        page = browser.new_page()
        settle(page, f"{server}/{name}.html")
        assert not contrast(page)
        page.add_style_tag(content="article p { color: #979797 }")
        assert any("2.9" in fault for fault in contrast(page)), name
        page.close()


def test_a_formula_that_is_cut_and_a_box_that_no_key_scrolls_are_found(browser, server):
    page = browser.new_page(viewport=visit.PHONE)
    settle(page, f"{server}/chapters/vector/maxout.html")
    visit.open_folds(page)
    assert not page.evaluate(visit.CUT_FORMULAS)
    page.add_style_tag(content="article p mjx-container { font-size: 900% !important; overflow: visible !important }")
    assert page.evaluate(visit.CUT_FORMULAS)
    page.evaluate("() => document.querySelectorAll('article pre[tabindex]').forEach(code => code.removeAttribute('tabindex'))")
    assert page.evaluate(visit.CLOSED_BOXES)
    page.close()


def test_a_fault_that_shows_on_a_phone_alone_is_found(browser, server):
    page = browser.new_page(viewport=visit.DESK)
    settle(page, f"{server}/intro.html")
    page.add_style_tag(content="@media (min-width: 600px) { article > button { display: none } }")
    page.evaluate("() => document.querySelector('article').append(document.createElement('button'))")
    assert not others(page)
    visit.show(page, visit.PHONE)
    assert any(fault.startswith("button-name") for fault in others_elsewhere(page))
    page.close()


@pytest.mark.parametrize("screen", ["min-width: 600px", "max-width: 600px"])
def test_a_picture_that_loads_on_one_screen_alone_is_weighed(browser, folder, screen):
    part = f"<style>@media ({screen}) {{ .one {{ background: url(_static/card.png) }} }}</style><p class='one'>One</p>"
    path = folder / "changed.html"
    path.write_text((folder / "intro.html").read_text("utf8").replace("<h1>", f"{part}<h1>", 1), "utf8")
    assert any(address.endswith("card.png") for address in visit.visit(browser, path.as_uri()).loaded)


PICTURE = '<img alt="" src="http://another.invalid/picture.png">'
SCRIPT = '<script>new Function("")()</script>'


@pytest.mark.parametrize(("part", "fault"), [(PICTURE, "another.invalid"), (SCRIPT, "unsafe-eval")])
def test_a_request_to_another_host_and_code_from_a_string_are_faults(browser, folder, part, fault):
    path = folder / "changed.html"
    path.write_text((folder / "intro.html").read_text("utf8").replace("<h1>", f"{part}<h1>", 1), "utf8")
    assert any(fault in found for found in visit.visit(browser, path.as_uri()).faults)
