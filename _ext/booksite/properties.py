"""The `properties` directive: one table of all activations and their certified facts, with `several` that of the functions of
several numbers, and both as facts.json; and the `compare` directive: an explorer of the activations that a reader chooses, in
the table or on its page.

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
from activlib.facts.predicates import predicates
from activlib.facts.render import cell, evidence
from activlib.vector.facts.claims import LABELS
from booksite.gallery import curve
from booksite.names import everything, links, places

HERE = Path(__file__).parent
COLUMNS = (
    "range", "monotonicity", "convexity", "smoothness", "symmetry", "extrema", "left_asymptote", "right_asymptote", "lipschitz",
    "lipschitz_of_gradient", "saturation", "mean", "variance", "gain", "gradient_second_moment", "cost",
)  # fmt: skip

SEVERAL_COLUMNS = (
    "range", "image", "translation", "permutation", "homogeneity", "monotonicity", "convexity", "monotone_operator",
    "definiteness", "rank", "lipschitz", "lipschitz_infinity", "mean", "second_moment", "gain", "gradient_second_moment",
)  # fmt: skip

class Entry(NamedTuple):
    """What the table, facts.json and, for a function of one number, the explorer of chosen activations hold of an activation."""

    title: str
    parameters: str
    answers: dict  # {predicate: what says so; "" where it is not so, None where that is not known}
    cells: str
    data: dict
    curve: str = ""
    part: dict | None = None


def sortable(fact):
    """What a column is sorted by: a number where the fact is one."""
    if not fact.absent and getattr(fact.known, "is_number", False):
        return f' data-sort="{float(fact.known)}"'
    return ""


CODE = kept.code("facts", "definition", "explorer", "vector", "data/runs/eight_bits.json",
                 *(HERE / name for name in ("properties.py", "gallery.py")))


def examine(name):
    """The entry of the activation with this name, kept from build to build."""
    activation = everything()[name]
    defined = [getattr(activation, field.name) for field in fields(activation)]
    stored = kept.digest(CODE, type(activation), defined, sp.srepr(closed(sp.sympify(activation.formula))))
    if (found := kept.read(stored)) is None:
        kept.write(stored, found := list(examined(activation)))
    return Entry(*found)


def examined(activation):
    """What an `Entry` of the activation holds."""
    facts = activlib.facts(activation)
    given = ", ".join(f"{p.text} = {facts.parameters[p.name]}" for p in activation.parameters)
    if activation.name in activlib.vector_activations:
        return Entry(activation.title, given, {}, cells(facts, SEVERAL_COLUMNS), as_data(facts))
    answers = {name: answer(predicate, facts) for name, predicate in predicates.items()}
    return Entry(activation.title, given, answers, cells(facts, COLUMNS), as_data(facts), curve(activation, 32), part(activation))


def answer(predicate, facts):
    found = predicate.holds(facts)
    return predicate.evidence(facts) if found else None if found is None else ""


def tags(entry):
    """The predicates that hold, as the script reads them."""
    return " ".join(name for name, says in entry.answers.items() if says)


def cells(facts, columns):
    """A cell for each column; a function has not all of the facts that functions of several numbers have."""
    found = (getattr(facts, column) if column in facts.names else None for column in columns)
    return "".join(
        f"<td{sortable(fact)}>{cell(fact)}"
        f"<p class=\"evidence mathjax_ignore\" hidden><b>{fact.how}.</b> {evidence(fact)}</p></td>" if fact else "<td></td>"
        for fact in found
    )


def row(entry, address):
    title, name = html.escape(entry.title), entry.data["name"]
    shown = f'<a href="{address}">{title}</a>' if address else title
    if entry.parameters:
        shown += f" <small>{html.escape(entry.parameters)}</small>"
    if entry.part:
        box = f'<input type="checkbox" value="{name}" aria-label="Compare {title}">'
        shown = f"<div>{box}{entry.curve}</div>{shown}"
    return f'<tr data-tags="{tags(entry)}"><th scope="row">{shown}</th>{entry.cells}</tr>'


def boxes(labels, checked=False):
    """A checkbox for each {value: label}."""
    state = " checked" if checked else ""
    return "".join(f'<label><input type="checkbox" value="{value}"{state}> {html.escape(label)}</label>'
                   for value, label in labels.items())


def table(entries, addresses, several=False):
    """The table and its controls. Without the script it is a table that stands still."""
    if several:
        labels, filters, compared = {column: LABELS[column] for column in SEVERAL_COLUMNS}, "", ""
        name, caption = "Properties of functions of several numbers", (
            "Certified facts at the default parameters, for n ≥ 2 numbers; for moments independent and standard normal.")
    else:
        labels = {column: entries[0].data["facts"][column]["label"] for column in COLUMNS}
        filters = ('<fieldset class="filters"><legend>Only those that are or have</legend>'
                   f"{boxes({name: predicate.label for name, predicate in predicates.items()})}</fieldset>")
        compared = f' <a class="btn properties-compare" href="compare.html" data-most="{MOST_CURVES}" hidden></a>'
        name, caption = "Properties of all activations", "Certified facts at the default parameters; Z is standard normal."
    head = "".join(f'<th scope="col">{html.escape(label)}</th>' for label in ("Activation", *labels.values()))
    rows = "\n".join(row(entry, addresses.get(entry.data["name"])) for entry in entries)
    return (
        '<div class="properties"><div class="properties-controls" role="group" aria-label="What the table shows">'
        f'<label>Name <input type="search" autocomplete="off"></label>{filters}'
        f'<details><summary>Columns</summary><fieldset class="columns"><legend>Show these columns</legend>{boxes(labels, True)}'
        '<button type="button" class="btn">All or none</button></fieldset></details>'
        '<label><input type="checkbox" class="show-evidence"> Show how each fact is known</label>'
        f'<p><span aria-live="polite"></span>{compared}</p></div>'
        f'<div class="properties-table" role="region" aria-label="{name}" tabindex="0">'
        f"<table><caption>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div></div>"
    )


def data_links(root):
    return (f'<p>For use in a program: <a href="{root}facts.json" download>facts.json</a> has all facts of the library, and '
            f'<a href="{root}facts.schema.json" download>facts.schema.json</a> documents its form.</p>')


class Properties(SphinxDirective):
    """The table of all activations of one number, or with `several` of all others, and links to the data."""

    optional_arguments = 1

    def run(self):
        self.env.note_reread()  # it depends on all of the library, and on the chapters there are
        node = nodes.raw("", "", format="html")
        node["properties"] = self.arguments[0] if self.arguments else "one"
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
    """Let other processes find the facts, which takes seconds, while this one reads the pages and then waits for them."""
    with_facts = ProcessPoolExecutor()
    app.activations = [with_facts.submit(examine, name) for name in everything()]
    with_facts.shutdown(wait=False)


def entries(app, several=False):
    """Those of functions of one number, or of the others."""
    return [entry for entry in (future.result() for future in app.activations) if several == (entry.part is None)]


def fill(app, doctree, docname):
    """Put the table in, once it is known which chapters there are."""
    for node in doctree.findall(nodes.raw):
        if kind := node.get("properties"):
            # Sphinx loads MathJax on pages with formulas, and does not look for them in HTML.
            app.env.get_domain("math").data["has_equations"][docname] = True
            several = kind == "several"
            found = table(entries(app, several), links(app, docname), several)
            node += nodes.Text(found + data_links("../" * docname.count("/")) if several else found)


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
    activations = [entry.data for entry in (*entries(app), *entries(app, several=True))]
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
