"""Print what the last `make test` cost, by kind of test and by page: `python tools/costs.py [rows]`."""

import json
import sys
from collections import defaultdict

from book import ROOT, pages


def page_of(case, names):
    """The page that a test's case names: its path, or its last part, with or without more after it."""
    return next((names[name] for name in sorted(names, key=len, reverse=True)
                 if case == name or case.startswith(f"{name}-")), "")


def show(title, costs, rows):
    """A table of the largest costs, with the sum of all."""
    total = sum(cpu for _, cpu, _ in costs.values())
    print(f"\n{'cpu s':>8} {'share':>6} {'wall s':>8} {'tests':>6}  {title}")
    for key, (tests, cpu, wall) in sorted(costs.items(), key=lambda item: -item[1][1])[:rows]:
        print(f"{cpu:8.1f} {cpu / total:6.1%} {wall:8.1f} {tests:6d}  {key}")
    tests, cpu, wall = map(sum, zip(*costs.values()))
    print(f"{cpu:8.1f} {1:6.0%} {wall:8.1f} {tests:6d}  all")


def main(rows):
    stored = ROOT / "_build" / "costs.json"
    if not stored.is_file():
        sys.exit("no costs are stored: run `make test` first")
    names = {name: page for page in pages() for name in (page, page.split("/")[-1])}
    kinds, cases = (defaultdict(lambda: [0, 0.0, 0.0]) for _ in range(2))
    for kind, case, *figures in json.loads(stored.read_text("utf8")):
        page = page_of(case, names)
        for costs, key in ((kinds, kind), (cases, page or "(no page)")):
            costs[key] = [a + b for a, b in zip(costs[key], figures)]
    show("kind of test", kinds, rows)
    show("page", cases, len(cases))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
