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
from activlib.definition.forms import forms

PRECISIONS = (96, 192, 768, 4096, 16384)  # the last ones beside removable singularities, next to 0
CERTAIN = 72  # bits that are right: the result is within 1/2 + 2^-18 ulp
NEGLIGIBLE = arb(2) ** -1080  # far below the smallest number


class Exact:
    """Values of a function that pieces describe, NaN where it is undefined; a cut's own value is not asked for.

    line: gives the `Pieces`, when they are first needed.
    """

    def __init__(self, line):
        self._line = line

    @functools.cached_property
    def pieces(self):
        """Where the pieces end, and all expressions of each: where the first settles nothing another one may."""
        line = self._line()
        return line.places, [() if e is sp.nan else tuple(f.written_out for f in forms(e) if f.everywhere)
                             for e in line.expressions]

    def __call__(self, points: np.ndarray, out: np.ndarray):
        """Fills `out` with the values at float64 `points`."""
        out[...] = [self.value(point) for point in points.tolist()]

    def value(self, point: float) -> float:
        """The float64 next to the value, or as near as makes no difference; NaN where it is undefined."""
        places, expressions = self.pieces
        return _settled(_balls(expressions[bisect.bisect_left(places, point)]), point)


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
