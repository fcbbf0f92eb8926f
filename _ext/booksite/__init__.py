"""The book's own Sphinx extension: what Jupyter Book leaves to be done for this site."""

from booksite import about, assets, explorer, gallery, names, own, properties, python, reading, repairs, search, sidebar


def setup(app):
    for part in (about, assets, explorer, gallery, names, own, properties, python, reading, repairs, search, sidebar):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
