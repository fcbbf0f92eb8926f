"""Print the certified facts of activations, computed afresh: `python tools/facts.py [name ...]`.

All activations of the catalogue, of one number and of several, at their default parameters, or those that are named. A row
is a fact, its value, and how it is known: exact, or enclosed in a ball with the given radius after that many boxes were
examined by ball arithmetic, or not certified and why. The last line of each table is the time that it took on this machine.
"""

import argparse
from time import perf_counter

import activlib as al
from activlib.facts.report import Facts
from activlib.vector.facts import VectorFacts

ENTRIES = {**al.activations, **al.vector_activations}


def how(fact):
    if fact.method == "enclosed":
        return f"enclosed, radius {fact.radius:.1e}, {fact.boxes} boxes"
    return "not certified" if fact.absent else fact.method


def table(facts):
    """The lines of one table."""
    rows = [(fact.label, how(fact), str(fact).removeprefix("not certified: ")) for fact in facts]
    widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
    return [f"  {label:{widths[0]}}  {method:{widths[1]}}  {value}" for label, method, value in rows]


def main(names):
    for name in names or ENTRIES:
        start = perf_counter()
        kind = Facts if name in al.activations else VectorFacts
        facts = kind(ENTRIES[name])  # al.facts keeps what it has computed
        lines = table(facts)
        seconds = perf_counter() - start
        title = repr(facts).partition("\n")[0]
        print(title, *lines, f"  computed in {seconds:.2f} s", sep="\n", end="\n\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print the certified facts of activations, and the time they take.")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(ENTRIES))
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in ENTRIES]:
        parser.error(f"there is no activation {unknown[0]!r}; there are {', '.join(ENTRIES)}")
    main(names)
