"""Wait until a page of the book stands still, or its explorer has drawn what was asked of it."""

STATE = "document.querySelector('activation-explorer').state"


def state(page):
    """The explorer's state after the frame that shows it."""
    return page.evaluate(f"new Promise(done => requestAnimationFrame(() => setTimeout(() => done({STATE}))))")


def settle(page, url):
    """Open a page and wait until it stands still."""
    load(page, url)
    draw(page)


def load(page, url):
    """Open a page and wait until it has loaded all that a reader needs who does not scroll, and set its formulas."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate("""async () => {
        await window.MathJax?.startup?.promise;
        await document.fonts.ready;
        await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    }""")


def draw(page):
    """Scroll to each explorer of a page and wait until it is drawn."""
    for explorer in page.locator("activation-explorer").all():
        explorer.scroll_into_view_if_needed()
        page.wait_for_function(
            """explorer => {
                // Sampled data may have fewer points than a formula is drawn with: then all of them.
                const curves = explorer.specification?.curves ?? [];
                const fewest = Math.min(21, ...curves.map(curve => curve.samples?.[0].length ?? 21));
                return [...explorer.querySelectorAll(
                    ".ax-plot:has(.ax-handle) path.ax-curve[d], .ax-panels:has(.ax-handle) path[d]")]
                    .some(path => (path.getAttribute("d").match(/[ML]/g) || []).length >= fewest);
            }""",
            arg=explorer.element_handle(),
            timeout=20000,
        )
