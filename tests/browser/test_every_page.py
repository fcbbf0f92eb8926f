"""Every page of the book in a real browser: no fault on it, open to everyone, right at every width, from every host.

Two visits see each page (`visit.py`); the tests ask what they saw. So a page's tests run on one worker, in any order.
"""

import functools
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from accessibility import violations
from serve import Site
from settle import settle
from visit import at_a_desk, on_a_phone, policy
from weigh import BUDGET, weigh


@pytest.fixture(scope="module")
def guarded_server(site):
    """The book under a content security policy that forbids other hosts and code made from strings."""
    with Site(site, Content_Security_Policy=policy) as url:
        yield url


@pytest.fixture(scope="module")
def visits(browser, site, guarded_server):
    """(visit at a desk, visit on a phone) of a page, made when first asked for."""
    return functools.cache(lambda page: (at_a_desk(browser, f"{guarded_server}/{page}.html"),
                                         on_a_phone(browser, (site / f"{page}.html").as_uri())))


@pytest.fixture
def desk(visits, built_page):
    """The page at a desk: over http under the policy, light, then dark."""
    return visits(built_page)[0]


@pytest.fixture
def phone(visits, built_page):
    """The page on a phone: from a folder, dark."""
    return visits(built_page)[1]


def test_page_works_under_a_content_security_policy(desk):
    assert desk.heading
    assert not desk.faults, "\n".join(desk.faults)


def test_page_works_from_a_folder(phone):
    assert phone.heading
    assert not phone.faults, "\n".join(phone.faults)


def test_page_is_accessible_on_a_desk(desk):
    assert desk.theme == "light"
    assert not desk.violations, "\n".join(desk.violations)


def test_page_has_contrast_in_the_dark(desk):
    assert not desk.dark_violations, "\n".join(desk.dark_violations)


def test_page_is_accessible_on_a_phone(phone):
    assert phone.theme == "dark"
    assert not phone.violations, "\n".join(phone.violations)


def test_page_fits_its_window(desk, phone):
    assert desk.overflow <= 0, f"the page scrolls sideways by {desk.overflow} px at a desk"
    assert phone.overflow <= 0, f"the page scrolls sideways by {phone.overflow} px on a phone"


def test_wide_boxes_take_the_keyboard_on_a_phone(phone):
    assert not phone.closed_boxes


def test_no_formula_is_cut_on_a_phone(phone):
    assert not phone.cut_formulas


def test_print_shows_the_chapter_alone_and_light(desk):
    assert desk.paper == {"theme": "light", "frame": [], "heading": True, "theme after": "dark"}


def test_problem_link_names_page_and_commit(desk, built_page):
    query = parse_qs(urlsplit(desk.problem_link).query)
    assert built_page in query["title"][0]
    assert f"Page: {built_page}\n" in query["body"][0]
    assert re.search(r"Built from: ([0-9a-f]{40}(-modified)?|no-commit)\n", query["body"][0])


@pytest.fixture(scope="module")
def known(browser, guarded_server):
    """What the browser of a reader who comes from the ELU chapter has already."""
    page = browser.new_page()
    loaded = weigh(page, f"{guarded_server}/chapters/exponential/elu.html")
    page.close()
    return {address for address, _size in loaded}


def test_page_keeps_within_its_weight(desk, known):
    total, new = (sum(size for address, size in desk.loaded if address not in seen) for seen in ((), known))
    assert total > 100, "next to nothing came over the wire"
    kilobytes, requests = BUDGET["first view"]
    assert total <= kilobytes
    assert len(desk.loaded) <= requests
    assert new <= BUDGET["next page"][0], sorted((size, address) for address, size in desk.loaded if address not in known)


def test_content_security_policy_is_in_force(browser, guarded_server):
    page = browser.new_page()
    page.goto(f"{guarded_server}/index.html")
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


def test_a_request_to_another_host_is_a_fault(browser, site, tmp_path):
    (tmp_path / "page.html").write_text('<h1>Page</h1><img alt="" src="http://another.invalid/picture.png">', "utf8")
    seen = on_a_phone(browser, (tmp_path / "page.html").as_uri())
    assert any("request to another host" in fault for fault in seen.faults)
