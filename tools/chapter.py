"""Begin the chapter of an activation: `python tools/chapter.py softsign`.

Copies docs/skeleton.ipynb, or docs/vector_skeleton.ipynb for an activation of several numbers, to
chapters/<family>/<name>.ipynb under the names of the catalogue's entry and executes it. The new notebook has every section that
the tests ask for and passes as it stands; write the chapter in its place.
"""

import argparse
import re
import sys
from importlib import import_module
from pathlib import Path

import nbformat

import chapters

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from activlib.catalogue import activations, families, vector_activations  # noqa: E402
from activlib.entry import Entry  # noqa: E402
from activlib.vector import VectorActivation  # noqa: E402
from activlib.vector.activation import COUNTS  # noqa: E402

SKELETONS = ROOT / "docs"
ENTRIES = activations | vector_activations


def filled(entry: Entry):
    """The skeleton for this kind of entry under its names, without the table of libraries if it names none."""
    kind = "vector_skeleton" if isinstance(entry, VectorActivation) else "skeleton"
    notebook = nbformat.read(SKELETONS / f"{kind}.ipynb", as_version=4)
    if not entry.libraries:
        notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("al.libraries(")]
    # The skeleton takes three numbers, where an entry does not say how many it has.
    count = COUNTS.get(getattr(entry, "kind", None), 3)
    for cell in notebook.cells:
        cell.source = re.sub(r"(al\.NAME\.\w+)\(3\)", rf"\1({count})", cell.source)
        cell.source = cell.source.replace("NAME", entry.name).replace("TITLE", entry.title)
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        for key in figure:
            figure[key] = figure[key].replace("NAME", entry.name).replace("TITLE", entry.title)
    return notebook


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="of an entry of the catalogue")
    name = parser.parse_args(arguments).name
    if name not in ENTRIES:
        raise SystemExit(f"the catalogue has no {name!r}; write its entry first (CONTRIBUTING.md)")
    family = next(f for f in (*families, "vector") if ENTRIES[name] in vars(import_module(f"activlib.catalogue.{f}")).values())
    page = f"chapters/{family}/{name}"
    path = ROOT / f"{page}.ipynb"
    if path.exists():
        raise SystemExit(f"{page}.ipynb exists already")
    path.parent.mkdir(exist_ok=True)
    nbformat.write(filled(ENTRIES[name]), path)
    chapters.execute(path)
    print(f"{page}.ipynb is executed; list it in _toc.yml:\n      - file: {page}")


if __name__ == "__main__":
    main()
