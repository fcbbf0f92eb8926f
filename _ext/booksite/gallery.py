"""The `gallery` directive: every chapter of the book by parts, each activation's with its curve.

It follows `_toc.yml` and the catalogue, so that a new chapter appears by itself.
"""

from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

import activlib
from activlib.explorer.sampling import runs, start
from activlib.explorer.specification import specification

WIDTH, HEIGHT = 120, 60
WINDOW = (-4, 4, -1.6, 2.4)


def curve(activation):
    """A small picture of an activation with its default parameters, in the color of the text around it."""
    low, high, bottom, top = WINDOW
    spec = specification(activation, window=WINDOW)
    path = ""
    for run in runs(spec["curves"][0], 0, start(spec), low, high, 80):
        points = [((x - low) / (high - low) * WIDTH, (top - y) / (top - bottom) * HEIGHT) for x, y in run]
        path += "M" + "L".join(f"{x:.1f} {min(max(y, -HEIGHT), 2 * HEIGHT):.1f}" for x, y in points)
    across, down = WIDTH * -low / (high - low), HEIGHT * top / (top - bottom)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<path class="axes" d="M0 {down:g}H{WIDTH}M{across:g} 0V{HEIGHT}"/><path class="curve" d="{path}"/></svg>'
    )


def card(page, source):
    """A link to a page, with the activation's curve if the page is named after one."""
    box = nodes.container(classes=["gallery-card"])
    activation = activlib.activations.get(page.split("/")[-1])
    if activation is not None:
        box += nodes.raw("", curve(activation), format="html")
    link = pending_xref("", refdomain="std", reftype="doc", reftarget=f"/{page}", refexplicit=False, refdoc=source)
    link += nodes.inline()
    box += nodes.paragraph("", "", link)
    return box


class Gallery(SphinxDirective):
    """Cards of all chapters, part by part."""

    def run(self):
        self.env.note_dependency(self.config.external_toc_path)
        for entry in Path(activlib.__file__).parent.glob("catalogue/*.py"):
            self.env.note_dependency(str(entry))
        toc = self.env.external_site_map
        parts = []
        for part in toc.root.subtrees:
            cards = nodes.container(classes=["gallery"])
            cards += [card(str(page), self.env.docname) for page in part.items]
            parts += [nodes.rubric("", part.caption), cards]
        return parts


def setup(app):
    app.add_directive("gallery", Gallery)
