"""What a reader does on the site: download, search, switch to dark, look up, print, report."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from book import pages

CHAPTERS = [page for page in pages() if page.startswith("chapters/")]


@pytest.fixture(scope="session")
def notebook_page(site):
    """A chapter that is a notebook."""
    return next(page for page in CHAPTERS if (site / "_sources" / f"{page}.ipynb").is_file())


def test_download_saves_the_notebook(page, server, notebook_page):
    page.goto(f"{server}/{notebook_page}.html")
    with page.expect_download() as download:
        page.locator("a.download-notebook").click()
    assert download.value.suggested_filename == f"{notebook_page.split('/')[-1]}.ipynb"
    assert json.loads(download.value.path().read_text("utf8"))["nbformat"] == 4


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_finds_a_term(page, server, site, scheme):
    start = f"{server}/index.html" if scheme == "http" else (site / "index.html").as_uri()
    page.goto(start)
    page.keyboard.press("Control+k")
    page.locator("dialog input[type=search]").fill("saturation")
    page.locator("dialog button[type=submit]").click()
    page.wait_for_url("**/search.html?q=saturation")
    page.wait_for_selector("#search-results li a[href*='glossary']")


def test_color_mode_follows_the_system_and_the_switch(new_page, server):
    page = new_page(color_scheme="dark")
    page.goto(f"{server}/index.html")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".theme-switch-button:visible").click()
    assert page.evaluate(theme) == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.reload()
    assert page.evaluate(theme) == "light", "the choice is forgotten on the next page"


def test_previous_and_next_lead_through_the_whole_book(page, server):
    page.goto(f"{server}/index.html")
    seen = []
    while (link := page.locator("a.right-next")).count():
        link.click()
        page.wait_for_load_state("domcontentloaded")
        seen.append(urlsplit(page.url).path.removeprefix("/").removesuffix(".html"))
        assert page.locator("a.left-prev").count() == 1
    assert seen == CHAPTERS


def test_problem_link_names_page_and_commit(page, server, built_page):
    page.goto(f"{server}/{built_page}.html")
    link = page.get_by_role("link", name="Report a problem on this page").get_attribute("href")
    query = parse_qs(urlsplit(link).query)
    assert built_page in query["title"][0]
    assert f"Page: {built_page}\n" in query["body"][0]
    assert re.search(r"Built from: ([0-9a-f]{40}(-modified)?|no-commit)\n", query["body"][0])


def test_lost_page_leads_home_from_any_depth(browser, server):
    page = browser.new_page()
    response = page.goto(f"{server}/a/path/that/is/not.html")
    assert response.status == 404
    page.locator("a#start").click()
    page.wait_for_selector("article h1")
    assert urlsplit(page.url).path == "/"
    page.close()


def test_wide_boxes_take_the_keyboard_on_a_phone(new_page, server, built_page):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{server}/{built_page}.html")
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.wait_for_timeout(100)
    closed = page.evaluate(
        """() => [...document.querySelectorAll("article *")]
            .filter(box => box.scrollWidth > box.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
            .filter(box => box.checkVisibility() && box.tabIndex < 0)
            .map(box => box.outerHTML.slice(0, 120))"""
    )
    assert not closed


def test_solution_opens_on_request(page, server):
    for chapter in CHAPTERS:
        page.goto(f"{server}/{chapter}.html")
        if page.locator(".solution.dropdown").count():
            break
    else:
        pytest.fail("no chapter has an exercise with a hidden solution")
    solution = page.locator(".solution.dropdown").first
    body = solution.locator(":scope > section").first
    assert not body.is_visible()
    solution.locator(".toggle-button").focus()
    page.keyboard.press("Enter")
    assert body.is_visible()


def test_print_shows_the_chapter_alone_and_light(new_page, server, built_page):
    page = new_page(color_scheme="dark")
    page.goto(f"{server}/{built_page}.html")
    page.wait_for_load_state("networkidle")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    for part in (".bd-sidebar-primary", ".bd-header-article", ".prev-next-footer"):
        assert not page.locator(part).first.is_visible()
    assert page.locator("h1").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
