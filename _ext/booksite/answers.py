"""The scripts that bring the inputs for answers to life, on pages that have one."""

from pathlib import Path

from activlib.question import script


def write(app):
    static = Path(app.outdir, "_static")
    static.mkdir(parents=True, exist_ok=True)
    (static / "question.js").write_text(script(), "utf8")


def load(app, pagename, templatename, context, doctree):
    if "<activation-answer" in context.get("body", ""):
        for name in ("question.js", "answers.js"):
            app.add_js_file(name, loading_method="defer")


def setup(app):
    app.connect("builder-inited", write)
    app.connect("html-page-context", load)
