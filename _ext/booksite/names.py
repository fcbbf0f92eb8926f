"""Every name of every activation: the `names` directive, an index that leads from each to its chapter; a line under the title of
a chapter that has other names; and the names for the search, which leads to the chapter first."""

import json
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import activlib
from activlib.naming import plain, spoken, written

PREFIX, SUFFIX = "Search.setNames(", ")"


def everything():
    """{name: activation} of the whole catalogue, functions of several numbers last."""
    return {**activlib.activations, **activlib.vector_activations}


def index():
    """{name: [activation, ...]}: what people call it, and what the libraries do."""
    found = {}
    for activation in everything().values():
        for name in (*spoken(activation), *written(activation)):
            found.setdefault(name, []).append(activation)
    return found


def places(env):
    """{activation's name: (page, id)} of the label that bears its name: several may share a chapter."""
    labels = env.get_domain("std").anonlabels
    return {name: labels[name] for name in everything() if name in labels}


def links(app, docname):
    """{activation's name: the way from a page to that label}."""
    return {name: f"{app.builder.get_relative_uri(docname, page)}#{place}" for name, (page, place) in places(app.env).items()}


def address(name, page, place):
    """Where a chapter is from the book's root: a page that is named after its activation, or a place on another page."""
    return f"{page}.html" if page.split("/")[-1] == name else f"{page}.html#{place}"


def library(name):
    """Whether a name is what a library calls a function, such as `torch.nn.ELU`."""
    return "." in name and all(part.isidentifier() for part in name.split("."))


def last(name):
    """What a name is looked up by: the last part of a library's."""
    return plain(name.rpartition(".")[2] if library(name) else name)


class Names(SphinxDirective):
    """The index, a section for each letter."""

    def run(self):
        self.env.note_reread()  # it depends on the catalogue
        listed = {}  # {(what it is looked up by, its functions): its names}
        for name, activations in sorted(index().items(), key=lambda item: (item[0].count("."), item[0])):
            listed.setdefault((last(name), tuple(activations)), []).append(name)
        entries = sorted(listed.items(), key=lambda entry: (entry[0][0], entry[1]))
        sections = []
        for letter, group in groupby(entries, key=lambda entry: entry[0][0][0].upper()):
            anchor = f"names-{letter.lower()}"
            section = nodes.section("", nodes.title("", letter), ids=[anchor], names=[anchor])
            self.state.document.note_explicit_target(section)
            lines = nodes.bullet_list(classes=["names"])
            for (_, activations), names in group:
                text = nodes.paragraph()
                others = [name for name in names if [name] != [activation.title for activation in activations]]
                for name in others:
                    text += [(nodes.literal if library(name) else nodes.strong)("", name), nodes.Text(" ")]
                arrow = nodes.Text("→ " if others else "")
                for activation in activations:
                    text += [arrow.copy(), nodes.inline("", activation.title, activation=activation.name), nodes.Text(" ")]
                lines += nodes.list_item("", text)
            section += lines
            sections.append(section)
        return sections


def link(app, doctree, docname):
    """Lead from the index to the chapters, once it is known which there are; say the other names in the chapters."""
    known = places(app.env)
    for node in [node for node in doctree.findall(nodes.inline) if "activation" in node]:
        if node["activation"] in known:
            page, place = known[node["activation"]]
            target = f"{app.builder.get_relative_uri(docname, page)}#{place}"
            node.replace_self(nodes.reference("", "", *node.children, refuri=target, internal=True))
    for name, (page, place) in known.items():
        if page == docname and (others := everything()[name].names):
            section = next(s for s in doctree.findall(nodes.section) if place in s["ids"])
            section.insert(1, nodes.paragraph("", f"Also called {', '.join(others)}.", classes=["also-called"]))


def write(app, error):
    """searchnames.js: for each name the titles and addresses of its functions."""
    if error or app.builder.format != "html":
        return
    known = places(app.env)
    data = {name: [[f.title, address(f.name, *known[f.name])] for f in several if f.name in known]
            for name, several in index().items()}
    text = json.dumps({name: found for name, found in data.items() if found}, ensure_ascii=False)
    Path(app.outdir, "searchnames.js").write_text(f"{PREFIX}{text}{SUFFIX}", "utf8")


def setup(app):
    app.add_directive("names", Names)
    app.connect("doctree-resolved", link)
    app.connect("build-finished", write)
