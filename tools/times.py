"""Print what is on each page of the book and how long it takes to read: `python tools/times.py [page ...]`.

Core: what stands before *Going further* and the exercises. Whole: all that a reader sees without opening anything.
Folded: words and lines of code that are there on request. Formulas are displayed ones; lines are those of code and of what
it prints. How the minutes come about says _ext/booksite/reading.py.
"""

import argparse
import sys

from book import ROOT, pages

sys.path.insert(0, str(ROOT / "_ext"))
from booksite.reading import reading

HEAD = "{:{}} {:^35} {:^35} {:^17}"
ROW = "{:{}}" + 10 * " {:>8}"
COLUMNS = ("words", "formulas", "lines", "minutes")


def source(page):
    """The file that a page is made from."""
    return next(path for suffix in (".ipynb", ".md") if (path := ROOT / f"{page}{suffix}").is_file())


def main(names):
    width = max(map(len, names))
    print(HEAD.format("", width, "core", "whole", "folded").rstrip())
    print(ROW.format("page", width, *COLUMNS, *COLUMNS, "words", "lines"))
    for name in names:
        found = reading(source(name))
        numbers = [getattr(tally, column) for tally in (found.core, found.whole) for column in COLUMNS]
        print(ROW.format(name, width, *numbers, found.folded.words, found.folded.lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Print words, formulas, lines and minutes of the book's pages.")
    parser.add_argument("names", nargs="*", metavar="page", help="its name or the end of it, such as sigmoidal/tanh")
    names = parser.parse_args().names
    if unknown := [name for name in names if not any(page.endswith(name) for page in pages())]:
        parser.error(f"there is no page {unknown[0]!r} in _toc.yml")
    main([page for page in pages() if not names or page.endswith(tuple(names))])
