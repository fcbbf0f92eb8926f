"""The `own-function` directive, the form of the page *Your own function*, and links that open it from other pages.

Each explorer of an activation is followed by a link that opens that page with the formula, its parameters and, where the
explorer compares several, the others.
"""

import html
import json
import keyword
import re
from urllib.parse import urlencode

import sympy as sp
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import activlib
from activlib.spelling import spelled

PAGE = "chapters/reference/your_own_function"
EXPLORER = re.compile(r'<activation-explorer id="[^"]*">.*?<script type="application/json">(.*?)</script></activation-explorer>',
                      re.DOTALL)

EXAMPLES = (
    "x*tanh(exp(x))", "x*atan(x)", "x*sigmoid(a*x + b)", "log(1 + x**2)*sign(x)", "x - sin(x)/2", "sqrt(x**2 + 1) - 1",
    "max(x, 0)**2", "x if x > 0 else alpha*tanh(x)", "x*exp(-x**2)", "2*sigmoid(2*x) - 1",
)


def form():
    """What stands on the page before the reader asks for anything."""
    examples = "".join(f'<button type="button"><code>{html.escape(example)}</code></button>' for example in EXAMPLES)
    entries = "".join(f'<label><input type="checkbox" value="{f.name}"> {html.escape(f.title)}</label>'
                      for f in activlib.activations.values())
    return f"""
<div class="own" id="own">
<form novalidate autocomplete="off">
<label class="own-label" for="own-formula">Your function of <i>x</i></label>
<div class="own-editor"><div class="own-marks" aria-hidden="true"></div><textarea id="own-formula" rows="1" maxlength="1000"
 spellcheck="false" autocapitalize="off" autocorrect="off" aria-describedby="own-error">x*tanh(exp(x))</textarea></div>
<p class="own-error" id="own-error" role="alert" hidden></p>
<div class="own-examples" role="group" aria-label="Examples">{examples}</div>
<div class="own-parameters" role="group" aria-label="Parameters" hidden></div>
<details class="own-compared"><summary>Compare it with functions of the book</summary>
<fieldset><legend class="visually-hidden">Functions to compare with</legend>{entries}</fieldset></details>
<div class="own-actions"><button type="submit" class="own-go">Prove it</button>
<button type="button" class="own-add">Add a parameter</button>
<button type="button" class="own-stop" hidden>Stop</button>
<span class="own-state" role="status"></span><progress class="own-progress" aria-label="Download" hidden></progress></div>
</form>
<noscript><p>This page needs JavaScript.</p></noscript>
<div class="own-result" hidden></div>
</div>"""


class OwnFunction(SphinxDirective):
    """The form, and the place for what it finds."""

    def run(self):
        self.env.note_reread()  # it lists the catalogue
        return [nodes.raw("", form(), format="html")]


def address(spec):
    """What opens the page with the highlighted function of an explorer, or None where it draws none of the catalogue."""
    entry = activlib.activations.get(spec["highlight"])
    if entry is None:
        return None
    names = {p.symbol: sp.Symbol(p.name[:3] if keyword.iskeyword(p.name) else p.name) for p in entry.parameters}
    query = {"own": spelled(entry.formula.xreplace(names))}
    for p in entry.parameters:
        low, high, _ = p.slider
        query[f"own.{names[p.symbol]}"] = ",".join(map(spelled, (p.default, low, high)))
    others = [curve["name"] for curve in spec["curves"] if curve["name"] != entry.name and curve["name"] in activlib.activations]
    return urlencode(query | ({"own.compare": ",".join(others)} if others else {}))


def add_links(app, pagename, templatename, context, doctree):
    """A link after each explorer of the page."""
    if "<activation-explorer" not in context.get("body", ""):
        return
    page = app.builder.get_relative_uri(pagename, PAGE)

    def link(match):
        query = address(json.loads(match[1]))
        if query is None:
            return match[0]
        return (f'{match[0]}<p class="own-link"><a href="{page}?{html.escape(query)}">Change this function</a>: '
                "its formula, proved anew in your browser</p>")

    context["body"] = EXPLORER.sub(link, context["body"])


def ask_for_formulas(app, doctree, docname):
    """Sphinx loads MathJax on pages with formulas, and sees none here before the reader asks."""
    if docname == PAGE:
        app.env.get_domain("math").data["has_equations"][docname] = True


def load(app, pagename, templatename, context, doctree):
    """The script, on the page that has the form."""
    if pagename == PAGE:
        app.add_js_file("own.js", loading_method="defer")


def setup(app):
    app.add_directive("own-function", OwnFunction)
    app.connect("doctree-resolved", ask_for_formulas)
    app.connect("html-page-context", add_links)
    app.connect("html-page-context", load)
