"""The explorer as HTML for a page without a kernel."""

import json
from html import escape

from activlib.explorer.static import COLORS, DASHES, ORDERS, figure, number, value_at


def html(spec):
    """`<activation-explorer>` with its specification and, until the script takes over, the same things standing still."""
    terms = [("x", spec["x"]), *((f"{name}(x)", value_at(spec, n)) for n, name in enumerate(ORDERS))]
    values = "".join(f"<div><dt>{_math(term)}</dt><dd>{number(value)}</dd></div>" for term, value in terms)
    sliders = "".join(
        f'<div class="ax-slider"><span>{_math(p["text"])} <small>{escape(p["of"])}</small> = {number(p["value"])}</span></div>'
        for p in spec["parameters"]
    )
    highlighted = next(c["label"] for c in spec["curves"] if c["name"] == spec["highlight"])
    follow = f'<span class="ax-follow">{escape(highlighted)}</span>' if len(spec["curves"]) > 1 else ""
    caption = f'<p class="ax-caption">{escape(spec["caption"])}</p>' if spec["caption"] else ""
    # "</" would end the script element, wherever in the data it stands.
    data = json.dumps(spec, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return (
        f'<activation-explorer id="{escape(spec["id"])}">'
        f'<div class="ax-bar">{_legend(spec)}<div class="ax-tools"></div></div>'
        f'<div class="ax-plot">{figure(spec)}</div>'
        f'<div class="ax-values">{follow}<dl>{values}</dl><p class="ax-note"></p></div>'
        f'<div class="ax-sliders">{sliders}</div>{caption}'
        f'<script type="application/json">{data}</script></activation-explorer>'
    )


def _math(text):
    return f'<i class="ax-math">{escape(text)}</i>'


def _legend(spec):
    """Names of the curves and orders; one that is not drawn keeps its place, so that nothing moves when the script wakes."""
    several = len(spec["curves"]) > 1
    curves = [_key(escape(curve["label"]), f"ax-color-{i}", i, 0) for i, curve in enumerate(spec["curves"])]
    highest = max(len(curve.get("orders", ())) for curve in spec["curves"])
    orders = [
        _key(_math(ORDERS[n]), "ax-neutral" if several else f"ax-color-{n}", -1 if several else n, n,
             "" if name in spec["show"] else " ax-idle")
        for n, name in enumerate(("f", "df", "d2f")[:highest])
    ]  # fmt: skip
    groups = [curves if several else [], orders]
    return "".join(f'<div class="ax-keys">{"".join(keys)}</div>' for keys in groups if len(keys) > 1)


def _key(label, kind, color, order, extra=""):
    swatch = (
        '<svg class="ax-swatch" viewBox="0 0 24 8" width="24" height="8" aria-hidden="true">'
        f'<path class="ax-curve {kind} ax-order-{order}" d="M1 4H23" stroke="{COLORS[color]}"{DASHES[order]}/></svg>'
    )
    return f'<span class="ax-key{extra}">{swatch}{label}</span>'
