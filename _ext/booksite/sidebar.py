"""The sidebar's list of pages: its parts fold, and the part of the page that is read stands open."""

import re

PART = re.compile(r'<p [^>]*class="caption"[^>]*><span class="caption-text">(.*?)</span></p>\s*<ul class="(current )?(.*?</ul>)',
                  re.DOTALL)


def folded(pages):
    """The theme's list of pages, as HTML, with each part in a fold."""
    def fold(part):
        caption, current, rest = part.groups(default="")
        state = " open" if current else ""
        return f'<details class="part"{state}><summary>{caption}</summary><ul class="{current}{rest}</details>'

    return PART.sub(fold, str(pages))


def give(app, pagename, templatename, context, doctree):
    context["folded"] = folded  # for sbt-sidebar-nav.html


def setup(app):
    app.connect("html-page-context", give)
