"""The book's own Sphinx extension: what Jupyter Book leaves to be done for this site."""

from importlib import import_module

PARTS = (
    "about",
    "answers",
    "assets",
    "explorer",
    "gallery",
    "helper",
    "names",
    "own",
    "properties",
    "python",
    "reading",
    "repairs",
    "search",
    "sidebar",
)


def setup(app):
    for part in PARTS:
        import_module(f"booksite.{part}").setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
