"""Print what is known and proved of published activation functions: `python tools/published.py [name ...]`.

The functions of `tests/published_functions.py`, as their papers write them, or those that are named; none has been tuned
for. A row has

facts      how many facts are certified, of how many; below the row stand the others, each with its reason
float64    the proved bound, in ulp, of f, f' and f'' over all numbers of the type (* of the value at x or at a float next to
           x), then the largest part of these numbers that takes ball arithmetic (`al.accuracy`)
float32    the same
facts s    processor seconds that the facts take, and
proofs s   those that compiling and proving all six kernels takes
slower     the time of f over that of NumPy's program for the formula as it is written, for 10^6 numbers 3 N(0, 1)

The last lines sum the columns up.
"""

import sys
from pathlib import Path
from time import process_time

import numpy as np
import sympy as sp

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests")]

import activlib as al  # noqa: E402
from published_functions import PUBLISHED  # noqa: E402

LEGEND = """f f′ f″: the proved bound in ulp over all numbers of the type; * of the value at x or at a float next to x
slow: the largest part of these numbers that takes ball arithmetic. facts, proofs: processor seconds
slower: the time of f over that of NumPy's program for the formula as it is written, for 10^6 numbers 3 N(0, 1)
"""
INPUTS = 3 * np.random.default_rng(0).normal(size=10**6)


def seconds(function, times=1):
    """Least processor time of a call, and what it returns."""
    best = np.inf
    for _ in range(times):
        start = process_time()
        result = function()
        best = min(best, process_time() - start)
    return best, result


def naive(activation):
    """The formula as NumPy computes it."""
    return sp.lambdify(al.x, activation.formula.subs(activation.at()), ["scipy", "numpy"])


def slowdown(activation):
    """The kernel's time over that of the naive program."""
    with np.errstate(all="ignore"):
        return seconds(lambda: activation(INPUTS), 5)[0] / seconds(lambda: naive(activation)(INPUTS), 5)[0]


def row(name):
    """Print the row of one function; its figures for the sum."""
    activation = PUBLISHED[name].define(name)
    facts_time, facts = seconds(lambda: list(al.facts(activation)))
    absent = [fact for fact in facts if fact.absent]
    proofs_time, proved = seconds(lambda: al.accuracy(activation).rows)
    slower = slowdown(activation)
    cells = [f"{name:30}{len(facts) - len(absent):3} of {len(facts)}"]
    for dtype in ("float64", "float32"):
        rows = [r for r in proved if r.dtype == dtype]
        slow = max(rows, key=lambda r: r.slow)
        cells.append("  ".join(f"{r.bound_text:>4}" for r in rows) + f"{slow.slow_text:>10}")
    print(*cells, f"{facts_time:5.1f} {proofs_time:5.1f} {slower:6.2f}", sep="  ", flush=True)
    for fact in absent:
        print(f"      {fact.label}: {str(fact).removeprefix('not certified: ')}")
    bounds = [max(r.bound for r in proved if r.dtype == dtype) for dtype in ("float64", "float32")]
    return len(absent), facts_time, proofs_time, slower, *bounds


def main(names):
    if unknown := set(names) - set(PUBLISHED):
        sys.exit(f"no function {', '.join(unknown)}; there are {', '.join(PUBLISHED)}")
    print(f"{'':30}{'facts':>8}  {'float64 (f f′ f″, slow)':>26}  {'float32 (f f′ f″, slow)':>26}  facts proofs slower")
    print(LEGEND)
    absent, facts_time, proofs_time, slower, *bounds = np.array([row(name) for name in names or PUBLISHED]).T
    print(f"\n{len(absent)} functions: all facts of {np.count_nonzero(absent == 0)}; bounds at most "
          f"{bounds[0].max():.2f} ulp in float64 and {bounds[1].max():.2f} in float32")
    for title, times in (("facts, s", facts_time), ("proofs, s", proofs_time), ("slower", slower)):
        print(f"  {title:10} median {np.median(times):.2f}, largest {times.max():.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
