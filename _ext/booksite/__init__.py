"""The book's own Sphinx extension: what Jupyter Book leaves to be done for this site."""

from booksite import about, answers, assets, explorer, gallery, names, own, properties, python, reading, repairs, search


def setup(app):
    for part in (about, answers, assets, explorer, gallery, names, own, properties, python, reading, repairs, search):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
