"""Values that ball arithmetic settles, one by one: where no fast program is proved.

A value is computed at growing precision until its ball is far smaller than an ulp (Ziv 1991): 96 bits mostly suffice.
"""

from __future__ import annotations

import bisect
import functools

import numpy as np
import sympy as sp
from flint import arb, ctx

from activlib.balls import Ball, precision

PRECISIONS = (96, 192, 768, 4096)
CERTAIN = 72  # bits that are right: the result is within 1/2 + 2^-18 ulp
NEGLIGIBLE = arb(2) ** -1080  # far below the smallest number


class Exact:
    """Values of `expressions[i]` between the cuts at `places[i - 1]` and `places[i]`, NaN for an undefined one. A cut's own
    value is not asked for.

    others: for each piece further expressions, of the same function, which may settle where the first does not.
    """

    def __init__(self, places, expressions, others):
        self.places = places
        self.pieces = [() if e is sp.nan else (e, *more) for e, more in zip(expressions, others, strict=True)]

    def __call__(self, points: np.ndarray, out: np.ndarray):
        """Fills `out` with the values at float64 `points`."""
        out[...] = [self.value(point) for point in points.tolist()]

    def value(self, point: float) -> float:
        """The float64 next to the value, or as near as makes no difference; NaN where it is undefined."""
        return _settled(_balls(self.pieces[bisect.bisect_left(self.places, point)]), point)


@functools.lru_cache(maxsize=1024)
def _balls(expressions):
    return [Ball(e) for e in expressions]


def _settled(functions, point):
    with precision(PRECISIONS[0]):
        for ctx.prec in PRECISIONS:
            for function in functions:
                value = function(arb(point))
                if not value.is_finite():
                    continue
                if value.rel_accuracy_bits() >= CERTAIN or value.is_exact():
                    return float(value.mid())
                if abs(value) < NEGLIGIBLE:
                    return 0.0 if not value < 0 else -0.0
                if ctx.prec == PRECISIONS[-1] and value.rad() < arb(2) ** -2000:  # it is 0 as far as anyone can tell
                    return 0.0
    return float("nan")
