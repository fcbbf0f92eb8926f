"""What the pages load: the explorer's and MathJax's files, one style sheet, and nothing that no page asks for."""

import importlib.resources
import logging
import os
import re
import shutil
from pathlib import Path
from urllib.parse import quote

from fontTools import subset

from activlib.explorer import assets as explorer

HERE = Path(__file__).parent

# MathJax in parts (see mathjax3_config in _config.yml): 100 KB less than its ready-made bundles, which carry a menu.
# A TeX command outside `input/tex` loads its extension when first used; the browser tests report one that is missing here.
MATHJAX = [
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions/boldsymbol.js",
    "input/tex/extensions/cancel.js",
    "input/tex/extensions/color.js",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2",
    "a11y/assistive-mml.js",
]

# Copied by the theme and its extensions, asked for by no page.
UNUSED = [
    "**/*.map",
    "**/*webpack-macros.html",
    "images",
    "locales",
    "scripts/fontawesome.js*",
    "vendor/fontawesome/webfonts/*.ttf",
    "vendor/fontawesome/webfonts/fa-brands-*",
    "vendor/fontawesome/webfonts/fa-regular-*",
    "file.png",
    "minus.png",
    "plus.png",
]


def add_files(app):
    """Put the explorer and the book's own script on every page, deferred: they need the elements that they bring to life."""
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    (static / "explorer.js").write_text(explorer.script(), "utf8")
    (static / "explorer.css").write_text(explorer.style(), "utf8")
    for script in HERE.glob("*.js"):
        shutil.copy(script, static)
    app.add_css_file("explorer.css")
    for script in ("explorer.js", "book.js"):
        app.add_js_file(script, loading_method="defer")


def copy_mathjax(static):
    """Copy the parts of MathJax that pages load. The package has a hyphen in its name, which no import statement takes."""
    source = Path(importlib.resources.files("sphinx-mathjax-offline"), "static", "mathjax")
    for name in MATHJAX:
        target = static / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target, dirs_exist_ok=True)
        else:
            shutil.copy(source / name, target)


def join_styles(app):
    """Join the theme's, the extensions' and the book's style sheets, so that a page asks for one instead of a dozen."""
    static = Path(app.outdir, "_static")
    # No public name for this list in Sphinx 7.
    added = sorted(app.builder._css_files, key=lambda sheet: sheet.priority)
    names = [
        "_static/basic.css",
        "_static/styles/pydata-sphinx-theme.css",
        *(os.fspath(sheet.filename) for sheet in added),
    ]
    joined = []
    for name in names:
        sheet = Path(app.outdir, name)

        def move(match, folder=sheet.parent):
            return f'url("{Path(os.path.relpath(folder / match[1], static)).as_posix()}")'

        css = re.sub(r'url\((?!["\']?data:|["\']?#)["\']?([^)"\']+)["\']?\)', move, sheet.read_text("utf8"))
        joined.append(re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css))
    for sheet in static.rglob("*.css"):
        sheet.unlink()
    (static / "joined.css").write_text("\n".join(joined), "utf8")


def link_joined_styles(app, pagename, templatename, context, doctree):
    context["css_files"] = []  # webpack-macros.html links joined.css


def drop_tabs(app, pagename, templatename, context, doctree):
    """Ask for the script of tabs on pages that have tabs."""
    if "sd-tab-set" not in context.get("body", ""):
        # In place: it is the list to which `add_js_file` adds what one page asks for.
        context["script_files"][:] = [script for script in context["script_files"]
                                      if "design-tabs.js" not in os.fspath(getattr(script, "filename", None) or "")]


def give_mark(app, pagename, templatename, context, doctree):
    """The book's mark for navbar-logo.html. As a picture it would be asked for twice: as the page's icon, too."""
    mark = Path(app.srcdir, app.config.html_favicon).read_text("utf8").strip()
    context["favicon_url"] = f"data:image/svg+xml,{quote(mark)}"  # one request less
    context["mark"] = mark.replace("<svg ", '<svg width="32" height="32" aria-hidden="true" ', 1)


def keep_icons(outdir):
    """Keep in the joined style sheet and in the icon font only the icons that pages and style sheets use."""
    sheet = outdir / "_static" / "joined.css"
    css = sheet.read_text("utf8")
    names = {name for page in outdir.rglob("*.html") for name in re.findall(r"\bfa-[\w-]+", page.read_text("utf8"))}
    used = {ord(icon) for icon in re.findall(r"--pst-icon-[\w-]+:\"(.)\"", css)}

    def keep(rule):
        if names.isdisjoint(re.findall(r"fa-[\w-]+", rule[1])):
            return ""
        used.add(int(rule[2], 16))
        return rule[0]

    css = re.sub(r"((?:\.fa-[\w-]+:before,?)+)\{content:\"\\([0-9a-f]+)\"\}", keep, css)
    sheet.write_text(css, "utf8")
    font_file = outdir / "_static" / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff2"
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    options = subset.Options(flavor="woff2")
    font = subset.load_font(font_file, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=used)
    subsetter.subset(font)
    subset.save_font(font, font_file, options)


def round_figures(outdir):
    """Cut the paths of figures to hundredths of a point, from millionths: a third of their weight, unseen."""
    for figure in (outdir / "_images").glob("*.svg"):
        svg = figure.read_text("utf8")
        figure.write_text(re.sub(r' d="[^"]+"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), svg), "utf8")


def finish(app, error):
    """Complete and thin out the built site."""
    if error or app.builder.format != "html":
        return
    outdir = Path(app.outdir)
    static = outdir / "_static"
    copy_mathjax(static)
    join_styles(app)
    for pattern in UNUSED:
        for path in sorted(static.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    keep_icons(outdir)
    round_figures(outdir)


def setup(app):
    app.connect("builder-inited", add_files)
    app.connect("html-page-context", link_joined_styles)
    app.connect("html-page-context", drop_tabs)
    app.connect("html-page-context", give_mark)
    app.connect("build-finished", finish, priority=900)  # after the theme has written its colors for code
