"""Print which chapter has each activation function of the libraries and of Wikipedia's table: `make covered`.

The lists are those of activlib/data/names.json (the non-linear modules of torch.nn, what jax.nn and keras.activations
export, ONNX's elementwise operators) and of activlib/data/wikipedia.json. A function of several numbers is named as such,
and so is what is no activation function, with the reason. The command fails if any other name has no chapter.
"""

import json
import sys
from itertools import groupby

import activlib as al
from activlib.libraries import TITLES
from activlib.naming import OTHER, find, listed, versions
from book import ROOT, labels

KINDS = {"vector": "a function of several numbers", "several": "a function of several arrays"}

# Elementwise, but no activation function of a network: why.


def rows():
    """(list, name, chapters or the reason for none, whether that is well) of each name."""
    activations, places = al.activations.values(), labels()
    wikipedia = json.loads((ROOT / "activlib" / "data" / "wikipedia.json").read_text("utf8"))
    lists = [(f"{TITLES[library]} {versions()[library]}", list(names)) for library, names in
             groupby(listed(), key=lambda name: name.partition(".")[0])]
    lists.append((f"Wikipedia, {wikipedia['date']}", [row["name"] for row in wikipedia["rows"]]))
    for title, names in lists:
        for name in names:
            kind = listed().get(name, {}).get("kind")
            pages = [f"{places[f.name]}.html#{f.name.replace('_', '-')}" for f in find(name, activations) if f.name in places]
            if pages:
                yield title, name, " ".join(pages), True
            elif why := OTHER.get(name) or KINDS.get(kind):
                yield title, name, f"({why})", True
            else:
                yield title, name, "MISSING", False


def main():
    found = list(rows())
    width = max(len(name) for _, name, _, _ in found)
    for title, group in groupby(found, key=lambda row: row[0]):
        print(title, *(f"  {name:{width}}  {chapter}" for _, name, chapter, _ in group), "", sep="\n")
    missing = [name for _, name, _, well in found if not well]
    print(f"{len(found)} names, {len(missing)} without a chapter" + "".join(f"\n  {name}" for name in missing))
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
