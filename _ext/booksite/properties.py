"""The `properties` directive: one table of all activations and their certified facts, and the same as facts.json; and the
`compare` directive: an explorer of the activations that a reader chooses, in the table or on its page.

```{compare} tanh relu elu
```
"""

import html
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import sympy as sp
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import activlib
from activlib import kept
from activlib.catalogue import families
from activlib.constant import closed
from activlib.explorer import explorer_html
from activlib.explorer.specification import MOST_CURVES, label, part
from activlib.facts.data import VERSION, as_data, schema
from activlib.facts.fact import AbsentFact
from activlib.facts.render import cell, evidence
from booksite.gallery import curve
from booksite.names import places

HERE = Path(__file__).parent
COLUMNS = (
    "range", "monotonicity", "convexity", "smoothness", "symmetry", "extrema", "left_asymptote", "right_asymptote", "lipschitz",
    "lipschitz_of_gradient", "saturation", "mean", "variance", "gain", "gradient_second_moment", "cost",
)  # fmt: skip

# What a reader may ask for: (label, whether the facts say so).
FILTERS = {
    "bounded": lambda f: f.range.value.inf.is_finite and f.range.value.sup.is_finite,
    "monotone": lambda f: len({s.kind.split()[-1] for s in f.monotonicity.value} - {"constant"}) <= 1,
    "convex": lambda f: all(s.kind.endswith("convex") for s in f.convexity.value) and len(f.convexity.value) == 1,
    "differentiable everywhere": lambda f: f.smoothness.value.order >= 1,
    "zero mean": lambda f: f.mean.value == 0,
    "never saturates": lambda f: f.saturation.value.is_empty,
}


class Entry(NamedTuple):
    """What the table, facts.json and the explorer of chosen activations hold of one activation."""

    title: str
    parameters: str
    tags: str
    cells: str
    data: dict
    curve: str
    part: dict


def sortable(fact):
    """What a column is sorted by: a number where the fact is one."""
    if not fact.absent and getattr(fact.known, "is_number", False):
        return f' data-sort="{float(fact.known)}"'
    return ""


def holds(claim, facts):
    """Whether the facts say so; a fact that is not certified says nothing."""
    try:
        return bool(claim(facts))
    except AbsentFact:
        return False


CODE = kept.code("facts", "definition", "explorer", *(HERE / name for name in ("properties.py", "gallery.py")))


def examine(name):
    """The entry of the activation with this name, kept from build to build."""
    activation = activlib.activations[name]
    defined = [getattr(activation, field.name) for field in fields(activation)]
    stored = kept.digest(CODE, type(activation), defined, sp.srepr(closed(activation.formula)))
    if (found := kept.read(stored)) is None:
        kept.write(stored, found := list(examined(activation)))
    return Entry(*found)


def examined(activation):
    facts = activlib.facts(activation)
    cells = "".join(
        f"<td{sortable(fact)}>{cell(fact)}"
        f"<p class=\"evidence mathjax_ignore\" hidden><b>{fact.how}.</b> {evidence(fact)}</p></td>"
        for fact in (getattr(facts, column) for column in COLUMNS)
    )
    given = ", ".join(f"{p.text} = {facts.parameters[p.name]}" for p in activation.parameters)
    tags = " ".join(label.replace(" ", "-") for label, claim in FILTERS.items() if holds(claim, facts))
    return Entry(activation.title, given, tags, cells, as_data(facts), curve(activation, 32), part(activation))


def row(entry, address):
    title, name = html.escape(entry.title), entry.data["name"]
    shown = f'<a href="{address}">{title}</a>' if address else title
    if entry.parameters:
        shown += f" <small>{html.escape(entry.parameters)}</small>"
    box = f'<input type="checkbox" value="{name}" aria-label="Compare {title}">'
    return f'<tr data-tags="{entry.tags}"><th scope="row"><div>{box}{entry.curve}</div>{shown}</th>{entry.cells}</tr>'


def boxes(labels, checked=False):
    """A checkbox for each {value: label}."""
    state = " checked" if checked else ""
    return "".join(f'<label><input type="checkbox" value="{value}"{state}> {html.escape(label)}</label>'
                   for value, label in labels.items())


def table(several, addresses, root):
    """The table, its controls and links to the data. Without the script it is a table that stands still."""
    labels = {column: several[0].data["facts"][column]["label"] for column in COLUMNS}
    head = "".join(f'<th scope="col">{html.escape(label)}</th>' for label in ("Activation", *labels.values()))
    rows = "\n".join(row(entry, addresses.get(entry.data["name"])) for entry in several)
    filters = boxes({name.replace(" ", "-"): name for name in FILTERS})
    return (
        '<div class="properties"><div class="properties-controls" role="group" aria-label="What the table shows">'
        f'<label>Name <input type="search" autocomplete="off"></label>'
        f'<fieldset class="filters"><legend>Only those that are or have</legend>{filters}</fieldset>'
        f'<details><summary>Columns</summary><fieldset class="columns"><legend>Show these columns</legend>{boxes(labels, True)}'
        '<button type="button" class="btn">All or none</button></fieldset></details>'
        '<label><input type="checkbox" class="show-evidence"> Show how each fact is known</label>'
        '<p><span aria-live="polite"></span> '
        f'<a class="btn properties-compare" href="compare.html" data-most="{MOST_CURVES}" hidden></a></p></div>'
        '<div class="properties-table" role="region" aria-label="Properties of all activations" tabindex="0">'
        f"<table><caption>Certified facts at the default parameters; Z is standard normal.</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div></div>"
        f'<p>For use in a program: <a href="{root}facts.json" download>facts.json</a> has all facts of the library, and '
        f'<a href="{root}facts.schema.json" download>facts.schema.json</a> documents its form.</p>'
    )


class Properties(SphinxDirective):
    """The table of all activations."""

    def run(self):
        self.env.note_reread()  # it depends on all of the library, and on the chapters there are
        node = nodes.raw("", "", format="html")
        node["properties"] = True
        return [node]


def by_family():
    """{family: its activations}, in the book's order."""
    found = {family: vars(import_module(f"activlib.catalogue.{family}")).values() for family in families}
    return {family: [f for f in activlib.activations.values() if f in members] for family, members in found.items()}


class Compare(SphinxDirective):
    """An explorer of the activations named, until the reader chooses others."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        self.env.note_reread()
        names = self.arguments[0].split()
        chosen = [activlib.activations[name] for name in names]
        self.env.note_dependency(self.config.external_toc_path)
        parts = self.env.external_site_map.root.subtrees
        captions = {str(page).split("/")[-2]: part.caption for part in parts for page in part.items}
        groups = "".join(f"<fieldset><legend>{captions.get(family, family)}</legend>"
                         f"{boxes({f.name: label(f) for f in members})}</fieldset>" for family, members in by_family().items())
        text = (f'<div class="compare" data-most="{MOST_CURVES}" data-first="{" ".join(names)}">'
                f'<details class="compare-choice"><summary>Choose functions</summary>{groups}<p aria-live="polite"></p></details>'
                f"{explorer_html(chosen)}</div>")
        node = nodes.raw("", text, format="html")
        node["compare"] = True
        return [node]


def begin(app):
    """Let another process find the facts, which takes seconds, while this one reads the pages."""
    with_facts = ProcessPoolExecutor(1)
    app.activations = [with_facts.submit(examine, name) for name in activlib.activations]
    with_facts.shutdown(wait=False)


def entries(app):
    return [future.result() for future in app.activations]


def fill(app, doctree, docname):
    """Put the table in, once it is known which chapters there are."""
    for node in doctree.findall(nodes.raw):
        if node.get("properties"):
            # Sphinx loads MathJax on pages with formulas, and does not look for them in HTML.
            app.env.get_domain("math").data["has_equations"][docname] = True
            addresses = {
                name: f"{app.builder.get_relative_uri(docname, page)}#{place}"
                for name, (page, place) in places(app.env).items()
            }
            node += nodes.Text(table(entries(app), addresses, "../" * docname.count("/")))


def load(app, pagename, templatename, context, doctree):
    """The script of the table or of the choice, on the page that has it."""
    for kind in ("properties", "compare"):
        if doctree and any(node.get(kind) for node in doctree.findall(nodes.raw)):
            app.add_js_file(f"{kind}.js", loading_method="defer")


def write(app, error):
    """facts.json and its schema, beside the pages."""
    if error or app.builder.format != "html":
        return
    known = places(app.env)
    activations = [entry.data for entry in entries(app)]
    for activation in activations:
        if activation["name"] in known:
            activation["chapter"] = "{}.html#{}".format(*known[activation["name"]])
    data = {"version": VERSION, "activations": activations}
    outdir = Path(app.outdir)
    (outdir / "facts.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf8")
    (outdir / "facts.schema.json").write_text(schema(), "utf8")
    # A script, since a page that is opened from a folder may not read another file.
    parts = json.dumps({entry.data["name"]: entry.part for entry in entries(app)}, ensure_ascii=False, separators=(",", ":"))
    (outdir / "_static" / "explorers.js").write_text(f"Compare.setParts({parts})", "utf8")


def setup(app):
    app.add_directive("properties", Properties)
    app.add_directive("compare", Compare)
    app.connect("builder-inited", begin)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", load)
    app.connect("build-finished", write)
