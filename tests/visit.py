"""A visit opens a page once, does on it what readers do, and writes down what it saw.

Two visits see all that depends on where a page comes from and how it is shown: at a desk, from a web host with a strict
content security policy, in light and then in dark and on paper; and on a phone, from a folder, in dark.
"""

from dataclasses import dataclass, field

from accessibility import violations
from settle import settle, stand_still
from watch import Watch
from weigh import weigh

# Forbids other hosts and code made from strings.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:"
)
# The worker in which Python runs has a policy of its own, as every worker: it compiles WebAssembly, and no strings.
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


def policy(address):
    """The content security policy of a file of the site."""
    return WORKER_POLICY if address.endswith("/python/worker.js") else POLICY


THEME = "document.documentElement.dataset.theme"


@dataclass
class Visit:
    """What was seen of one page.

    faults: what `Watch` found; heading: the text of its h1; theme: its colors when it opened; overflow: how many pixels it
    is wider than the window; violations: what axe found, and dark_violations after a switch to dark; loaded: (address, kB)
    of all that it loaded; paper: what would stand on paper; closed_boxes: boxes that scroll but do not take the keyboard;
    cut_formulas: formulas that run out of their sentence and cannot be scrolled.
    """

    faults: list[str]
    heading: str
    theme: str
    overflow: int
    violations: list[str] = field(default_factory=list)
    dark_violations: list[str] = field(default_factory=list)
    loaded: list[tuple[str, float]] = field(default_factory=list)
    problem_link: str = ""
    paper: dict[str, object] = field(default_factory=dict)
    closed_boxes: list[str] = field(default_factory=list)
    cut_formulas: list[str] = field(default_factory=list)


def look(page):
    """Heading, theme and overflow: what every visit sees first."""
    return (
        page.locator("h1").inner_text(),
        page.evaluate(THEME),
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    )


def open_folds(page):
    """Open every fold of the article, and wait until what moves stands still."""
    page.evaluate(
        """() => {
            for (const details of document.querySelectorAll("article details")) details.open = true;
            for (const button of document.querySelectorAll("article .toggle-button")) button.click();
        }"""
    )
    stop_moving(page)


def stop_moving(page):
    page.wait_for_function("() => document.getAnimations().every(animation => animation.playState !== 'running')")


def at_a_desk(browser, address):
    """Visit a page on a large screen, light, over http."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    try:
        page = context.new_page()
        watch = Watch(page)
        loaded = weigh(page, address)
        stand_still(page)
        visit = Visit(watch.faults, *look(page), loaded=loaded)
        visit.problem_link = page.get_by_role("link", name="Report a problem on this page").get_attribute("href")
        open_folds(page)
        visit.violations = violations(page, others=False)
        page.locator(".theme-switch-button:visible").first.click()
        assert page.evaluate(THEME) == "dark"
        page.mouse.move(0, 0)
        stop_moving(page)
        visit.dark_violations = violations(page, others=False)
        visit.paper = print_it(page)
        visit.violations += violations(page, contrast=False)
        return visit
    finally:
        context.close()


def print_it(page):
    """What would stand on paper, printed from a dark screen, and the theme after it."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    paper = {
        "theme": page.evaluate(THEME),
        "frame": [part for part in (".bd-sidebar-primary", ".bd-header-article", ".prev-next-footer")
                  if page.locator(part).count() and page.locator(part).first.is_visible()],
        "heading": page.locator("h1").first.is_visible(),
    }
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    return paper | {"theme after": page.evaluate(THEME)}


def on_a_phone(browser, address):
    """Visit a page on a small screen, dark, from a folder of files."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    try:
        page = context.new_page()
        watch = Watch(page)
        settle(page, address)
        visit = Visit(watch.faults, *look(page))
        visit.closed_boxes = page.evaluate(
            """() => [...document.querySelectorAll("article *")]
                .filter(box => box.scrollWidth > box.clientWidth + 1
                    && ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
                .filter(box => box.checkVisibility() && box.tabIndex < 0)
                .map(box => box.outerHTML.slice(0, 120))"""
        )
        open_folds(page)
        visit.violations = violations(page, contrast=False)
        visit.cut_formulas = page.evaluate(
            """() => [...document.querySelectorAll("article :is(p, li, dd) mjx-container")]
                .filter(formula => formula.firstElementChild.getBoundingClientRect().width
                    > formula.closest("p, li, dd").clientWidth + 1 && getComputedStyle(formula).overflowX !== "auto")
                .map(formula => formula.textContent)"""
        )
        return visit
    finally:
        context.close()
