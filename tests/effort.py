"""How much work something is, in calls of functions, which every machine counts the same."""

import sys
from contextlib import contextmanager

import sympy as sp

FEW = 500_000  # well below a tenth of a second


@contextmanager
def counted():
    """A list of one number: how many functions, in Python and C, the block has called. SymPy's cache is empty at first."""
    calls = [0]

    def count(_frame, event, _function):
        calls[0] += event in ("call", "c_call")

    sp.core.cache.clear_cache()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)
