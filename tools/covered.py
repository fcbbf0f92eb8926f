"""Print which chapter has each activation function of the libraries and of Wikipedia's table: `make covered`.

The lists are those of activlib/data/names.json (the non-linear modules of torch.nn, what jax.nn and keras.activations
export, ONNX's elementwise operators) and of activlib/data/wikipedia.json. A function of several numbers is named as such,
and so is what is no activation function, with the reason. The command fails if any other name has no chapter.
"""

import sys
from itertools import groupby

import activlib as al
from activlib.libraries import TITLES
from activlib.naming import OTHER, find, listed, published, versions
from book import labels

KINDS = {"vector": "a function of several numbers", "several": "a function of several arrays"}


def rows():
    """(list, name, chapters or the reason for none, whether that is well) of each name."""
    activations, places = [*al.activations.values(), *al.vector_activations.values()], labels()
    wikipedia = published()
    lists = [(f"{title} {versions()[library]}", [name for name in listed() if name.startswith(f"{library}.")])
             for library, title in TITLES.items()]
    for title, names in lists:
        for name in names:
            why = OTHER.get(name) or KINDS.get(listed()[name]["kind"])
            yield title, name, *answer(find(name, activations), places, why)
    for row in wikipedia["rows"]:
        why = "it has left the table" if row.get("left") else None
        found = [f for f in activations if f.name == row["of"]]
        yield f"Wikipedia, {wikipedia['date']}", row["name"], *answer(found, places, why)


def answer(found, places, why):
    """(chapters of what was found or the reason for none, whether that is well)."""
    pages = [f"{places[f.name]}.html#{f.name.replace('_', '-')}" for f in found if f.name in places]
    return (" ".join(pages) or (f"({why})" if why else "MISSING")), bool(pages or why)


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
