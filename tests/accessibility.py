"""What axe finds on a page as it stands in the browser."""

from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf8")

# Contrast takes axe most of its time, and thousands of words are drawn alike. So one text of each way to draw it is marked:
# its color, whether it is large (18 points, or bold and 14), all backgrounds behind it, and what it stands in if that is laid
# over the page. It is the longest, since axe does not judge single letters.
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
    // What is for readers of screens alone lies outside the page or in a box of one pixel.
    const seen = element => {
        const box = element.getBoundingClientRect();
        return element.checkVisibility({visibilityProperty: true}) && !element.closest("mjx-assistive-mml") &&
            box.width > 1 && box.height > 1 && box.bottom + scrollY > 0 && box.right + scrollX > 0;
    };
    const longest = new Map();
    document.querySelectorAll("[data-one]").forEach(element => element.removeAttribute("data-one"));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement, length = texts.currentNode.data.trim().length;
        if (!length || !seen(element)) continue;
        const style = getComputedStyle(element), points = Math.ceil(72 * Number.parseFloat(style.fontSize)) / 96;
        const large = points >= 18 || (points >= 14 && style.fontWeight >= 700);
        const way = [style.color, large, style.textShadow, backgrounds(element)].join(";");
        if (length > (longest.get(way)?.length ?? 0)) longest.set(way, {element, length});
    }
    const ways = [...longest.keys()];
    ways.forEach((way, i) => { longest.get(way).element.dataset.one = i; });
    return ways.map(way => [way, longest.get(way).element.outerHTML.slice(0, 200)]);
}"""
# Whether these marked texts are faults: [place, the fault or ""], of each that axe judges by what its way says.
JUDGE = """async places => {
    const report = await axe.run({include: places.map(place => [`[data-one="${place}"]`])},
        {preload: false, runOnly: ["color-contrast"], elementRef: true});
    const judged = node => "one" in node.element.dataset;
    const drawnOverPicture = node => node.any.every(check => ["bgGradient", "bgImage"].includes(check.data?.messageKey));
    const told = (kind, nodes, say) => report[kind].flatMap(rule => rule.nodes).filter(nodes).map(
        node => [Number(node.element.dataset.one), say(node)]);
    return [
        ...told("passes", judged, () => ""),
        ...told("incomplete", node => judged(node) && drawnOverPicture(node), () => ""),
        ...told("violations", judged, node => node.any.map(check => check.message).join(" ")),
    ];
}"""
# The faults by ways, as axe judged them on the first page that had a text of the way. The next page has the same style sheet and
# nearly no way of its own, so axe need not weigh what lies behind all its elements.
verdicts = {}

# axe weighs every element, and nine of ten are parts of formulas and of drawings. The strokes of a formula hold no text and are
# hidden from readers of screens, who get its MathML, which is MathJax's as a whole. What scrolls still scrolls: a formula keeps
# its place.
EMPTY_FORMULAS = """() => {
    const drawn = [...document.querySelectorAll("mjx-math[aria-hidden=true]")].filter(
        formula => formula.firstChild && !formula.textContent.trim());
    const sizes = drawn.map(formula => formula.getBoundingClientRect());
    drawn.forEach((formula, i) => {
        Object.assign(formula.style, {display: "inline-block", width: sizes[i].width + "px", height: sizes[i].height + "px"});
        formula.replaceChildren();
    });
}"""
# The rest are elements without a name, a part or a place in the order of keys, which say no more than their text.
JOIN_PLAIN_PARTS = """() => {
    const plain = element => ![...element.attributes].some(({name}) => /^(id|role|tabindex|href|title|on.*|aria-.*)$/.test(name));
    for (const whole of document.querySelectorAll("pre, mjx-assistive-mml > math"))
        if ([...whole.querySelectorAll("*")].every(part => (part.matches("pre span") || part.matches("math *")) && plain(part)))
            whole.textContent = whole.textContent;
    for (const stroke of document.querySelectorAll("svg :is(path, line, rect, circle, polyline, polygon, use)"))
        if (plain(stroke) && !stroke.firstElementChild) stroke.remove();
}"""


# What holds of a page as a whole, or depends on its width: landmarks, headings, what scrolls.
RULES_OF_A_VIEW = """axe.getRules().map(rule => rule.ruleId).filter(
    rule => /^(aria-hidden-focus|bypass|heading-|landmark-|page-|region|scrollable-|skip-)/.test(rule))"""
MARK_SHOWN = """() => document.querySelectorAll("body, body *").forEach(element => {
    if (element.checkVisibility({visibilityProperty: true})) element.dataset.shown = "";
})"""
MARK_NEW = """() => {
    const isNew = element => !("shown" in element.dataset) && element.checkVisibility({visibilityProperty: true});
    const found = [...document.querySelectorAll("body *")].filter(element => isNew(element) && !isNew(element.parentElement));
    found.forEach(element => { element.dataset.new = ""; });
    return found.length;
}"""


def violations(page):
    """axe's findings on a page, one line for each element: contrast in each way that text is drawn, and all other rules.

    What axe need not see goes from the page for good: strokes of formulas and drawings, colors of code, parts of MathML.
    An error if axe had next to nothing to examine.
    """
    return contrast(page) + others(page)


def contrast(page):
    """The texts that lack contrast."""
    prepare(page)
    ways = page.evaluate(MARK_ONE_OF_EACH)
    assert len(ways) >= 5, "next to no text was found"
    if new := [i for i, (way, _) in enumerate(ways) if way not in verdicts]:
        verdicts.update({ways[place][0]: fault for place, fault in page.evaluate(JUDGE, new)})
    return [f"color-contrast: {fault}\n    {html}" for way, html in ways if (fault := verdicts.get(way))]


def others(page):
    """What breaks another rule; what `violations` names goes for good."""
    prepare(page)
    page.evaluate(JOIN_PLAIN_PARTS)
    page.evaluate(MARK_SHOWN)
    return _run(page, 10, "document", "rules: {'color-contrast': {enabled: false}}")


def others_elsewhere(page):
    """After `others`, in a window of another size: what axe finds of the view, and of elements new in it."""
    found = _run(page, 5, "document", f"runOnly: {RULES_OF_A_VIEW}")
    if page.evaluate(MARK_NEW):
        found += _run(page, 1, "{include: [['[data-new]']]}", "rules: {'color-contrast': {enabled: false}}")
    return found


def prepare(page):
    """Give axe to the page, and take the strokes of formulas from it."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE)
    page.evaluate(EMPTY_FORMULAS)


def _run(page, fewest, where, options):
    # Without preload axe does not fetch style sheets, which it would look for under a wrong address.
    report = page.evaluate(f"() => axe.run({where}, {{preload: false, resultTypes: ['violations'], {options}}})")
    assert len(report["passes"]) + len(report["violations"]) >= fewest, "axe examined next to nothing"
    return [
        f"{fault['id']}: {fault['help']}\n    {node['target']} {node['html'][:200]}"
        for fault in report["violations"]
        for node in fault["nodes"]
    ]
