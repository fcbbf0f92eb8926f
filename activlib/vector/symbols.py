"""The variables of a function of several numbers."""

import sympy as sp

scores = sp.IndexedBase("x", real=True)  #: x[1], ..., x[n]
weights_of_results = sp.IndexedBase("v", real=True)  #: v[1], ..., v[n], the gradients by the results
i, j, k = sp.symbols("i j k", integer=True, positive=True)  #: places: of a result, of a sum, of a derivative
n = sp.Symbol("n", integer=True, positive=True)  #: how many numbers
every = (j, 1, n)  #: the limits of a sum or a maximum over all numbers
a, b = sp.symbols("a b", real=True)  #: the two halves that a gated unit multiplies


def numbered(count: int) -> tuple[sp.Symbol, ...]:
    """x_1, ..., x_count as symbols."""
    return sp.symbols(f"x_1:{count + 1}", real=True)
