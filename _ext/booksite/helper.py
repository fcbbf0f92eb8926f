"""The `helper` directive: what the reader has, and the activations that qualify, each with the fact or the run that says so.

Two tables, of facts and of runs, which the script brings together; without it they can be read. The content of the directive
is what stands there where there is no site.
"""

import html

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import activlib
from activlib import contest
from activlib.explorer.specification import label
from activlib.facts.predicates import predicates
from booksite.names import links
from booksite.properties import boxes, entries, tags

RUNS = {"digits": "tell classes (digits)", "diabetes": "predict a number from few examples (diabetes)",
        "diamonds": "predict a number from many examples (diamonds)"}
OUTPUTS = {  # what has to hold
    "output: a share or a probability; a gate": ("unit-range", "never-decreasing"),
    "output: a positive number": ("positive", "never-decreasing"),
    "output: any number": ("bijection",),
}
KINDS = {"plain": "none", "batch": "batch normalization", "layer": "layer normalization",
         "residual": "none, residual connections"}


def runs():
    """The cases of the contest that the helper asks: with Adam, and weights by the gain."""
    return [case for case in contest.cases() if (case.optimizer, case.start) == ("adam", "gain")]


def option(value, text, needs=()):
    wanted = f' data-needs="{" ".join(needs)}"' if needs else ""
    return f'<option value="{value}"{wanted}>{html.escape(text)}</option>'


def select(name, text, options):
    return (f'<div><label for="helper-{name}">{text}</label> <select id="helper-{name}" name="{name}">{"".join(options)}'
            "</select></div>")


def controls():
    known = runs()
    tasks = [option("", "any"), *(option(task, f"hidden layers: {text}") for task, text in RUNS.items()
                                  if any(case.task == task for case in known)),
             *(option("", text, needs) for text, needs in OUTPUTS.items())]
    depths = [option(depth, str(depth)) for depth in sorted({case.depth for case in known})]
    kinds = [option(kind, text) for kind, text in KINDS.items() if any(case.kind == kind for case in known)]
    asked = boxes({name: predicate.label for name, predicate in predicates.items()})
    return ('<div class="properties-controls" role="group" aria-label="What you have">'
            f"{select('task', 'Task', tasks)}{select('depth', 'Hidden layers', depths)}{select('kind', 'Normalization', kinds)}"
            f'<fieldset class="filters"><legend>It has to be</legend>{asked}</fieldset><p aria-live="polite"></p></div>')


def table(name, caption, heads, rows):
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    return (f'<div class="properties-table" role="region" aria-label="{name}" tabindex="0"><table><caption>{caption}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>")


def cell(says):
    return f"<td>{html.escape(says) if says else 'not known' if says is None else 'no'}</td>"


def facts_row(entry, address):
    title = html.escape(label(activlib.activations[entry.data["name"]]))
    shown = f'<a href="{address}">{title}</a>' if address else title
    answers = "".join(cell(entry.answers[name]) for name in predicates)
    return (f'<tr data-name="{entry.data["name"]}" data-tags="{tags(entry)}"><th scope="row">{shown}</th>{answers}</tr>')


def percent(task, estimate):
    """A score in per cent, of right classes or of the variance, and how far Student's interval reaches from it."""
    value, reach = 100 * estimate.value, 100 * (estimate.high - estimate.value)
    return f"{value:.1f} ± {reach:.1f} % {'right' if task == 'digits' else 'of the variance'}"


def run_row(case):
    found = contest.verdicts(case.task, case.kind, case.depth)
    title = {name: html.escape(label(activlib.activations[name])) for name in found}
    good = "".join(f'<li data-name="{name}">{title[name]}: <span>{percent(case.task, verdict.mean)}</span></li>'
                   for name, verdict in found.items() if verdict.qualifies)
    bad = "; ".join(f"{title[name]}: " + (f"{verdict.failed} of {len(verdict.scores)} failed" if verdict.failed
                                          else f"settled below {title[verdict.below]}")
                    for name, verdict in found.items() if not verdict.qualifies)
    return (f'<tr data-case="{case.task} {case.kind} {case.depth}" data-count="{len(found)}"><th scope="row">{case.task}, '
            f"{KINDS[case.kind] if case.kind != 'plain' else 'no normalization'}, {case.depth} hidden "
            f"layer{'s' * (case.depth > 1)}</th><td><ol>{good}</ol></td><td>{bad or 'none'}</td></tr>")


def helper(found, addresses):
    facts = table("Activations and what holds of them", "Certified facts at the default parameters, and a run in eight bits.",
                  ["Activation", *(predicate.label for predicate in predicates.values())],
                  [facts_row(entry, addresses.get(entry.data["name"])) for entry in found])
    ran = table("Runs", "Trained with Adam; the mean of twenty tests, and how far its 95 % interval for new data reaches.",
                ["Networks", "No test failed, and none is settled to be better", "Left out"], map(run_row, runs()))
    return (f'<div class="helper">{controls()}{facts}<details class="helper-runs"><summary>All runs that the list can rest on'
            f"</summary>{ran}</details></div>")


class Helper(SphinxDirective):
    has_content = True

    def run(self):
        self.env.note_reread()  # it depends on the catalogue and on the runs
        node = nodes.raw("", "", format="html")
        node["helper"] = True
        return [node]


def fill(app, doctree, docname):
    """Put the tables in, once it is known which chapters there are."""
    for node in doctree.findall(nodes.raw):
        if node.get("helper"):
            node += nodes.Text(helper(entries(app), links(app, docname)))


def load(app, pagename, templatename, context, doctree):
    if doctree and any(node.get("helper") for node in doctree.findall(nodes.raw)):
        app.add_js_file("helper.js", loading_method="defer")


def setup(app):
    app.add_directive("helper", Helper)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", load)
