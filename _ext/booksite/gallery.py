"""The `gallery` directive: every page of the book by parts, each activation with its curve and its short name.

It follows `_toc.yml` and the catalogue, so that a new chapter appears by itself, and an activation that is treated in another's.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import activlib
from activlib.explorer.sampling import runs, start
from activlib.explorer.specification import label, specification
from booksite.names import everything, places

WIDTH, HEIGHT = 120, 60
WINDOW = (-4, 4, -1.6, 2.4)


def curve(activation, points=80):
    """A small picture of an activation with its default parameters, in the color of the text around it."""
    low, high, bottom, top = WINDOW
    spec = specification(activation, window=WINDOW)
    path = ""
    for run in runs(spec["curves"][0], 0, start(spec), low, high, points):
        places = [((x - low) / (high - low) * WIDTH, (top - y) / (top - bottom) * HEIGHT) for x, y in run]
        path += "M" + "L".join(f"{x:.1f} {min(max(y, -HEIGHT), 2 * HEIGHT):.1f}" for x, y in places)
    across, down = WIDTH * -low / (high - low), HEIGHT * top / (top - bottom)
    return (
        f'<svg class="small-curve" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<path class="axes" d="M0 {down:g}H{WIDTH}M{across:g} 0V{HEIGHT}"/><path class="curve" d="{path}"/></svg>'
    )


def card(address, title, picture=""):
    """A link to a page, or to an activation on it with its curve."""
    link = nodes.reference("", "", nodes.Text(title), refuri=address, internal=True)
    box = nodes.container(classes=["gallery-card", "gallery-curve" if picture else "gallery-text"])
    box += [nodes.raw("", picture, format="html"), nodes.paragraph("", "", link)]
    return box


class Gallery(SphinxDirective):
    """Cards of all pages, part by part."""

    def run(self):
        self.env.note_reread()  # it depends on the catalogue, on the parts and on the labels in the chapters
        parts = []
        for part in self.env.external_site_map.root.subtrees:
            parts += [nodes.rubric("", part.caption),
                      nodes.container("", classes=["gallery"], pages=[str(page) for page in part.items])]
        return parts


def fill(app, doctree, docname):
    """Put in the cards, once it is known which activation is treated where."""
    treated = {}
    for name, (page, place) in places(app.env).items():
        treated.setdefault(page, []).append((page.split("/")[-1] != name, name, place))
    for gallery in doctree.findall(nodes.container):
        for page in gallery.get("pages", ()):
            address = app.builder.get_relative_uri(docname, page)
            for hosted, name, place in sorted(treated.get(page, ())):
                activation = everything()[name]
                picture = curve(activation, 32) if name in activlib.activations else ""
                gallery += card(f"{address}#{place}" if hosted else address, label(activation), picture)
            if page not in treated:
                gallery += card(address, app.env.titles[page].astext())


def setup(app):
    app.add_directive("gallery", Gallery)
    app.connect("doctree-resolved", fill)
