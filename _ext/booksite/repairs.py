"""Mend what the extensions write into a page's body: its ids and roles, figures that make the page jump, and weight."""

import re
from pathlib import Path

# Every theorem, exercise and solution carries the same id, and so does every proof.
REPEATED_ID = re.compile(r' id="(?:proof|(?:proof|exercise|solution)-content)"')

# A list may hold only list items, and `doc-biblioentry` is a role of the past.
STALE_ROLE = re.compile(r' role="doc-biblioentry"| role="list"(?= class="citation-list")')

# The theme puts a brand's icon before a shortened link, from a font that the site does not carry.
BRANDED = re.compile(r' class="(?:github|gitlab) (?=reference)')

# Names and marks in code look as code itself does: thousands of elements a page that say nothing.
PLAIN_CODE = re.compile(r'<span class="(?:n|nn|nx|p|pm|w)">([^<]*)</span>')

FIGURE = re.compile(r'<img ([^>]*)src="([^"]*_images/([^"/]+\.svg))"')


def size(svg):
    """Width and height, in CSS pixels, that matplotlib gave a figure; None if it says neither."""
    head = svg.read_text("utf8")[:2000]
    width, height = (re.search(rf'<svg[^>]*? {side}="([\d.]+)pt"', head) for side in ("width", "height"))
    return (round(float(width[1]) * 4 / 3), round(float(height[1]) * 4 / 3)) if width and height else None


def mend(app, pagename, templatename, context, doctree):
    """Mend one page's body."""
    if "body" not in context:
        return
    sources = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}

    def place(match):
        """Reserve a figure's place before it loads, and load it when the reader comes near."""
        box = size(sources[match[3]]) if match[3] in sources else None
        sides = f'width="{box[0]}" height="{box[1]}" ' if box else ""
        return f'<img loading="lazy" {sides}{match[1]}src="{match[2]}"'

    body = REPEATED_ID.sub("", context["body"])
    body = STALE_ROLE.sub("", body)
    body = BRANDED.sub(' class="', body)
    body = PLAIN_CODE.sub(r"\1", body)
    context["body"] = FIGURE.sub(place, body)


def setup(app):
    app.connect("html-page-context", mend)
