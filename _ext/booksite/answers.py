"""The script that brings the inputs for answers to life, on pages that have one."""

from pathlib import Path

from activlib.question import script


def write(app):
    """One file, the library's script and what the site adds."""
    own = (Path(__file__).parent / "answers.js").read_text("utf8")
    Path(app.outdir, "_static", "answers.js").write_text(script() + own, "utf8")


def load(app, pagename, templatename, context, doctree):
    if "<activation-answer" in context.get("body", ""):
        app.add_js_file("answers.js", loading_method="defer")


def setup(app):
    app.connect("builder-inited", write, priority=600)  # after the scripts were copied as they are
    app.connect("html-page-context", load)
