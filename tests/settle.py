"""Wait until a page of the book stands still, or its explorer has drawn what was asked of it."""

STATE = "document.querySelector('activation-explorer').state"


def state(page):
    """The explorer's state after the frame that shows it."""
    return page.evaluate(f"new Promise(done => requestAnimationFrame(() => setTimeout(() => done({STATE}))))")


def settle(page, url):
    """Open a page and wait until it stands still."""
    page.goto(url)
    stand_still(page)


def stand_still(page):
    """Wait until a page has loaded, set its formulas and drawn its explorers."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.MathJax?.startup?.promise")
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
