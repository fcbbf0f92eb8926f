"""The explorer as HTML for a page without a kernel."""

import json
import math
from html import escape

from activlib.explorer.static import COLORS, DASHES, ORDERS, figure, highlighted, number, value_at
from activlib.notebook import text


def html(spec):
    """`<activation-explorer>` with its specification and, until the script takes over, the same things standing still."""
    sliders = "".join(f'<div class="ax-slider"><span>{parameter(p)}</span></div>' for p in spec["parameters"])
    follow = f'<span class="ax-follow">{text(highlighted(spec)["label"])}</span>' if len(spec["curves"]) > 1 else ""
    kept = " ax-kept" if any(curve.get("breakpoints") for curve in spec["curves"]) else ""
    return (
        f'<activation-explorer id="{escape(spec["id"])}">'
        f'<div class="ax-bar">{_legend(spec)}<div class="ax-tools"></div></div>'
        f'<div class="ax-plot">{figure(spec)}</div>'
        f'<div class="ax-values">{follow}<dl>{_values(spec)}</dl><p class="ax-note{kept}"></p></div>'
        f'<div class="ax-sliders">{sliders}</div>{caption(spec)}'
        f"{script(spec)}</activation-explorer>"
    )


def script(spec):
    """The script element with a specification as data."""
    # "</" would end the script element, wherever in the data it stands, and after "<!--" its end may not be seen.
    data = json.dumps(spec, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/").replace("<!--", "\\u003c!--")
    return f'<script type="application/json">{data}</script>'


def caption(spec):
    """The caption, if there is one."""
    return f'<p class="ax-caption">{escape(spec["caption"])}</p>' if spec["caption"] else ""


def parameter(entry):
    """A parameter with its value."""
    owner = f" <small>{escape(entry['of'])}</small>" if entry["of"] else ""
    return f"{_math(entry['text'])}{owner} = {number(entry['value'])}"


def _math(text):
    return f'<i class="ax-math">{escape(text)}</i>'


def _values(spec):
    """x and the values there. What the highlighted curve has not keeps its place, as in the live explorer."""
    curve, (low, high) = highlighted(spec), spec["window"][:2]
    decimals = max(4, math.ceil(3 - math.log10(high - low)))  # enough to see the point move
    cells = [(_math("x"), number(spec["x"], decimals, 12), "")]
    for n in range(_highest(spec)):
        term = _math("y") if "samples" in curve else f"{_math(ORDERS[n])}({_math('x')})"
        cells.append((term, number(value_at(spec, n)), "" if n < max(1, len(curve.get("orders", ()))) else ' class="ax-idle"'))
    return "".join(f"<div{idle}><dt>{term}</dt><dd>{value}</dd></div>" for term, value, idle in cells)


def _highest(spec):
    """How many of f, f', f'' there are; a curve of samples has itself."""
    return max(1, *(len(curve.get("orders", ())) for curve in spec["curves"]))


def _legend(spec):
    """Names of the curves and orders; one that is not drawn keeps its place, so that nothing moves when the script wakes."""
    several = len(spec["curves"]) > 1
    if not several and "samples" in spec["curves"][0]:
        return _key(text(spec["curves"][0]["label"]), "ax-color-0", 0, 0, "ax-name")
    curves = [_key(text(curve["label"]), f"ax-color-{i}", i, 0) for i, curve in enumerate(spec["curves"])]
    orders = [
        _key(_math(ORDERS[n]), "ax-neutral" if several else f"ax-color-{n}", -1 if several else n, n,
             "ax-key" if name in spec["show"] else "ax-key ax-idle")
        for n, name in enumerate(("f", "df", "d2f")[: _highest(spec)])
    ]  # fmt: skip
    groups = [curves if several else [], orders]
    return "".join(f'<div class="ax-keys">{"".join(keys)}</div>' for keys in groups if len(keys) > 1)


def _key(label, kind, color, order, classes="ax-key"):
    swatch = (
        '<svg class="ax-swatch" viewBox="0 0 24 8" width="24" height="8" aria-hidden="true">'
        f'<path class="ax-curve {kind} ax-order-{order}" d="M1 4H23" stroke="{COLORS[color]}"{DASHES[order]}/></svg>'
    )
    return f'<span class="{classes}">{swatch}{label}</span>'
