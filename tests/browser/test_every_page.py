"""Every page of the book in a real browser: no fault on it, open to everyone, right at every width, from every host."""

from importlib.resources import files

import pytest

from serve import Site
from settle import settle
from weigh import BUDGET, weigh

AXE = files("axe_playwright_python") / "axe.min.js"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:"
)


# Contrast takes most of the time. It does not depend on the width, nor the other rules on the colors.
@pytest.mark.parametrize(
    ("scheme", "size", "rules"),
    [
        ("light", DESKTOP, {}),
        ("dark", DESKTOP, {"runOnly": ["color-contrast"]}),
        ("light", PHONE, {"rules": {"color-contrast": {"enabled": False}}}),
    ],
    ids=["desktop", "dark", "phone"],
)
def test_page_is_accessible_and_fits(new_page, server, built_page, scheme, size, rules):
    page = new_page(color_scheme=scheme, viewport=size)
    settle(page, f"{server}/{built_page}.html")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"the page scrolls sideways by {overflow} px"
    page.evaluate(
        """() => {
            for (const details of document.querySelectorAll("article details")) details.open = true;
            for (const button of document.querySelectorAll("article .toggle-button")) button.click();
        }"""
    )
    page.wait_for_function("document.getAnimations().every((animation) => animation.playState !== 'running')")
    page.evaluate(AXE.read_text("utf8"))
    # Without preload axe does not fetch style sheets, which it would look for under a wrong address.
    report = page.evaluate("(rules) => axe.run({preload: false, resultTypes: ['violations'], ...rules})", rules)
    assert len(report["passes"]) >= (1 if "runOnly" in rules else 10), "axe examined next to nothing"
    found = [
        f"{fault['id']}: {fault['help']}\n    {node['target']} {node['html'][:200]}"
        for fault in report["violations"]
        for node in fault["nodes"]
    ]
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def known(browser, server):
    """What the browser of a reader who comes from the ELU chapter has already."""
    page = browser.new_page()
    loaded = weigh(page, f"{server}/chapters/exponential/elu.html")
    page.close()
    return {address for address, _size in loaded}


def test_page_keeps_within_its_weight(page, server, known, built_page):
    loaded = weigh(page, f"{server}/{built_page}.html")
    total, new = (sum(size for address, size in loaded if address not in seen) for seen in ((), known))
    assert total > 100, "next to nothing came over the wire"
    kilobytes, requests = BUDGET["first view"]
    assert total <= kilobytes
    assert len(loaded) <= requests
    assert new <= BUDGET["next page"][0], sorted((size, address) for address, size in loaded if address not in known)


def test_page_works_from_a_folder(page, site, built_page):
    settle(page, (site / f"{built_page}.html").as_uri())
    assert page.locator("h1").inner_text()


@pytest.fixture(scope="module")
def guarded_server(site):
    """The book under a content security policy that forbids other hosts and code made from strings."""
    with Site(site, Content_Security_Policy=POLICY) as url:
        yield url


def test_page_works_under_a_content_security_policy(page, guarded_server, built_page):
    settle(page, f"{guarded_server}/{built_page}.html")
    assert page.locator("h1").inner_text()


def test_content_security_policy_is_in_force(browser, guarded_server):
    page = browser.new_page()
    page.goto(f"{guarded_server}/index.html")
    # Later, by itself: a script may do more while Playwright evaluates it.
    page.evaluate(
        """() => setTimeout(() => {
            try { new Function("")(); window.refusal = "none"; } catch (error) { window.refusal = error.name; }
        })"""
    )
    page.wait_for_function("window.refusal", polling=50)
    assert page.evaluate("window.refusal") == "EvalError"
    page.close()
