"""What axe finds on a page as it stands in the browser."""

from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf8")

# Contrast takes axe most of its time, and thousands of words are drawn alike. So one text of each way to draw it is marked:
# its color, size and weight, all backgrounds behind it, and what it stands in if that is laid over the page. It is the
# longest, since axe does not judge single letters.
MARK_ONE_OF_EACH = """() => {
    const clear = style => style.backgroundColor === "rgba(0, 0, 0, 0)" && style.backgroundImage === "none" &&
        style.opacity === "1" && style.filter === "none" && ["static", "relative"].includes(style.position);
    const behind = new Map([[null, ""]]);
    function backgrounds(element) {
        if (!behind.has(element)) {
            const style = getComputedStyle(element), rest = backgrounds(element.parentElement);
            behind.set(element, clear(style) ? rest : [style.backgroundColor, style.backgroundImage, style.opacity, style.filter,
                ["static", "relative"].includes(style.position) ? "" : element.tagName + element.className, rest].join());
        }
        return behind.get(element);
    }
    const longest = new Map();
    document.querySelectorAll("[data-one]").forEach(element => element.removeAttribute("data-one"));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement, length = texts.currentNode.data.trim().length;
        if (!length || !element.checkVisibility({visibilityProperty: true})) continue;
        const style = getComputedStyle(element);
        const way = [style.color, style.fontSize, style.fontWeight, style.textShadow, backgrounds(element)].join(";");
        if (length > (longest.get(way)?.length ?? 0)) longest.set(way, {element, length});
    }
    longest.forEach(({element}) => { element.dataset.one = ""; });
    return longest.size;
}"""


# axe weighs every element, and four of five are strokes of a formula, which hold no text and are hidden from readers of
# screens, who get its MathML. A formula keeps its place, so that what scrolls still scrolls.
EMPTY_FORMULAS = """() => {
    const drawn = [...document.querySelectorAll("mjx-math[aria-hidden=true]")].filter(
        formula => formula.firstChild && !formula.textContent.trim());
    const sizes = drawn.map(formula => formula.getBoundingClientRect());
    drawn.forEach((formula, i) => {
        Object.assign(formula.style, {display: "inline-block", width: sizes[i].width + "px", height: sizes[i].height + "px"});
        formula.replaceChildren();
    });
}"""
# The rest are words of code, which differ in nothing but color.
JOIN_WORDS_OF_CODE = """() => {
    for (const code of document.querySelectorAll("pre"))
        if ([...code.querySelectorAll("*")].every(word => word.matches("span:not([id], [role], [tabindex])")))
            code.textContent = code.textContent;
}"""


def violations(page, contrast=True, others=True):
    """axe's findings, one line for each element: contrast in each way that text is drawn, and all other rules everywhere.

    What axe need not see goes from the page for good: strokes of formulas, and before the other rules the colors of code.
    An error if axe had next to nothing to examine.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE)
    page.evaluate(EMPTY_FORMULAS)
    found = []
    if contrast:
        assert page.evaluate(MARK_ONE_OF_EACH) >= 5, "next to no text was found"
        found += _run(page, 1, {"include": [["[data-one]"]]}, {"runOnly": ["color-contrast"]})
    if others:
        page.evaluate(JOIN_WORDS_OF_CODE)
        found += _run(page, 10, None, {"rules": {"color-contrast": {"enabled": False}}})
    return found


def _run(page, fewest, context, options):
    # Without preload axe does not fetch style sheets, which it would look for under a wrong address.
    report = page.evaluate(
        "([context, options]) => axe.run(context ?? document, {preload: false, resultTypes: ['violations'], ...options})",
        [context, options],
    )
    assert len(report["passes"]) + len(report["violations"]) >= fewest, "axe examined next to nothing"
    return [
        f"{fault['id']}: {fault['help']}\n    {node['target']} {node['html'][:200]}"
        for fault in report["violations"]
        for node in fault["nodes"]
    ]
