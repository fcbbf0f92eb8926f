"""What the site says of itself: its commit, where to report a problem, its sitemap, its page for lost readers."""

import shutil
import subprocess
from pathlib import Path
from textwrap import shorten
from urllib.parse import quote, urlencode, urlsplit
from xml.sax.saxutils import escape

from docutils import nodes

from booksite.plain import plain


def commit(root):
    """The commit that the book is built from, marked if files differ from it."""
    git = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=-modified"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no-commit"  # a downloaded folder without git or its history


def read_commit(app):
    app.config.html_context["commit"] = commit(app.srcdir)


def description(doctree):
    """The first paragraph of a page, its formulas without TeX; None if it has no text."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree else ():
        text = "".join(
            plain(part) if isinstance(part.parent, nodes.math) else part.astext() for part in paragraph.findall(nodes.Text)
        )
        if len(text) > 20:
            return shorten(text, 200, placeholder="…")
    return None


def add_links(app, pagename, templatename, context, doctree):
    """Tell a page's template where it will live, what it is about and where to report a problem with it."""
    repository = app.config.html_theme_options["repository_url"]
    body = f"Page: {pagename}\nBuilt from: {context['commit']}\n\nWhat is wrong, and what did you expect?\n"
    query = urlencode({"title": f"{pagename}: ", "body": body}, quote_via=quote)
    base = app.config.html_baseurl
    context["card_url"] = f"{base}_static/card.png"
    context["description"] = description(doctree) or app.config.project
    context["repository_url"] = repository
    context["problem_url"] = f"{repository}/issues/new?{query}"


def lost_page(app):
    """404.html: a host shows it under any address, so it loads nothing and finds the book's start by itself."""
    base = urlsplit(app.config.html_baseurl).path or "/"
    return [("404", {"base": base}, "lost.html")]


def finish(app, error):
    """Write sitemap.xml, and the front page where a host looks for it."""
    if error or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    base = app.config.html_baseurl
    root = app.config.root_doc
    # Jupyter Book writes a page here that only redirects.
    shutil.copy(outdir / f"{root}.html", outdir / "index.html")
    pages = sorted(name for name in app.env.found_docs if name != root)
    urls = "".join(f"<url><loc>{escape(base + name)}</loc></url>\n" for name in ["", *(f"{p}.html" for p in pages)])
    (outdir / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
        "utf8",
    )


def setup(app):
    app.connect("builder-inited", read_commit)
    app.connect("html-page-context", add_links)
    app.connect("html-collect-pages", lost_page)
    app.connect("build-finished", finish, priority=900)  # after Jupyter Book has written its redirect
