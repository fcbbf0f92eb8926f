"""A visit opens a page once, does on it what readers do, and writes down what it saw.

It sees all that depends on where a page comes from and how it is shown: from a folder, under a strict content security policy; on
a large screen and on a phone, in the dark, in light and on paper. What depends on neither is asked once.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from playwright.sync_api import TimeoutError

from accessibility import contrast, others, others_elsewhere, prepare
from settle import draw, load
from watch import Watch

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


FOLDER_POLICY = POLICY.replace("'self'", "file:")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
THEME = "document.documentElement.dataset.theme"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLOSED_BOXES = """() => [...document.querySelectorAll("article *")]
    .filter(box => box.scrollWidth > box.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
    .filter(box => box.checkVisibility() && box.tabIndex < 0)
    .map(box => box.outerHTML.slice(0, 120))"""
CUT_FORMULAS = """() => [...document.querySelectorAll("article :is(p, li, dd) mjx-container")]
    .filter(formula => formula.firstElementChild.getBoundingClientRect().width
        > formula.closest("p, li, dd").clientWidth + 1 && getComputedStyle(formula).overflowX !== "auto")
    .map(formula => formula.textContent)"""


def guard(html):
    """A page that forbids by itself, in a folder, what the policy of a host forbids."""
    start, head, rest = html.partition("<head>")
    assert head, "a page without a head"
    return f'{start}{head}<meta http-equiv="Content-Security-Policy" content="{FOLDER_POLICY}">{rest}'


@dataclass
class Visit:
    """What was seen of one page.

    heading: the text of its h1; themes: its colors when it opened and after the switch; overflow: how many pixels it is wider
    than the window, on a phone and at a desk; loaded: the addresses of all that it loads there before its reader scrolls;
    faults: what `Watch` found; pale: texts that lack contrast, in the dark and in light; violations: what else axe found;
    paper: what would stand on paper; closed_boxes: boxes that scroll but do not take the keyboard; cut_formulas: formulas
    that run out of their sentence and cannot be scrolled.
    """

    heading: str = ""
    themes: list[str] = field(default_factory=list)
    overflow: list[int] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pale: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    problem_link: str = ""
    paper: dict[str, object] = field(default_factory=dict)
    closed_boxes: list[str] = field(default_factory=list)
    cut_formulas: list[str] = field(default_factory=list)


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


def visit(browser, address):
    """Visit a page that lies in a folder."""
    context = browser.new_context(viewport=DESK, color_scheme="dark")
    try:
        page = context.new_page()
        seen = Visit()
        watch = Watch(page)
        load(page, address)
        show(page, PHONE)
        # Figures farther down load when a reader scrolls.
        seen.loaded = [url for url in watch.requests if not url.startswith("data:")]
        draw(page)
        seen.heading = page.locator("h1").inner_text()
        seen.problem_link = page.get_by_role("link", name="Report a problem on this page").get_attribute("href")
        seen.themes.append(page.evaluate(THEME))
        seen.overflow.append(page.evaluate(OVERFLOW))
        seen.closed_boxes = page.evaluate(CLOSED_BOXES)
        open_folds(page)
        seen.cut_formulas = page.evaluate(CUT_FORMULAS)

        prepare(page)  # formulas are most of what is laid out anew below
        show(page, DESK)
        seen.overflow.append(page.evaluate(OVERFLOW))
        seen.pale += contrast(page)
        page.locator(".theme-switch-button:visible").first.dispatch_event("click")
        stop_moving(page)
        seen.themes.append(page.evaluate(THEME))
        seen.pale += contrast(page)
        page.evaluate(f"{THEME} = 'dark'")
        seen.violations += others(page)
        seen.paper = print_it(page)

        show(page, PHONE)
        seen.violations += others_elsewhere(page)
        seen.faults = watch.faults
        return seen
    finally:
        context.close()


def show(page, size):
    """Give the window another size, and wait until the page has it and has opened what now scrolls to the keyboard.

    Boxes that it leaves closed are for axe to find.
    """
    page.set_viewport_size(size)
    page.wait_for_function("width => innerWidth === width", arg=size["width"])
    with suppress(TimeoutError):
        page.wait_for_function(f"() => !({CLOSED_BOXES})().length", timeout=10000)
    stop_moving(page)


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
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    return paper | {"theme after": page.evaluate(THEME)}
