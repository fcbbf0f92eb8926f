"""What a reader does on the site: download, search, switch to dark, turn the page, open a solution."""

import json
from urllib.parse import urlsplit

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


def test_next_leads_on_and_previous_back(page, server):
    page.goto(f"{server}/index.html")
    page.locator("a.right-next").click()
    page.wait_for_url(f"**/{CHAPTERS[0]}.html")
    page.locator("a.left-prev").click()
    page.wait_for_url("**/intro.html")


def test_lost_page_leads_home_from_any_depth(browser, server):
    page = browser.new_page()
    response = page.goto(f"{server}/a/path/that/is/not.html")
    assert response.status == 404
    page.locator("a#start").click()
    page.wait_for_selector("article h1")
    assert urlsplit(page.url).path == "/"
    page.close()


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
