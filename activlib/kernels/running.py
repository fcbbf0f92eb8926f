"""A plan, run over blocks of an array."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from activlib.kernels.exact import Exact
from activlib.kernels.plan import Part
from activlib.kernels.program import BLOCK, Program


class Kernel:
    """The values of a function at an array of numbers of one format.

    parts: in order along the line, as `make_plan` gives them; together they hold every finite number.
    weigh: says how much of the inputs lies between two numbers.
    limits: called for (f(-oo), f(oo)) when an infinite entry is met.
    """

    def __init__(self, parts: list[Part], weigh, limits):
        self.parts, self.limits = parts, limits
        self.main = max(parts, key=lambda part: weigh(part.low, part.high) * (not isinstance(part.source, Exact)))
        program = self.main.source
        self.fast = not isinstance(program, (Exact, np.float64))
        self.holes = [_Hole(list(group)) for other, group in
                      groupby(parts, lambda part: not self.fast or part.source is not program) if other]
        settles = isinstance(program, Program) and program.settles
        # Where nothing needs to be looked at: the main program serves beyond, and at infinity.
        self.low = -np.inf if settles and self.main is parts[0] and settles(-np.inf) else self.main.low
        self.high = np.inf if settles and self.main is parts[-1] and settles(np.inf) else self.main.high
        self.keeps_nan = isinstance(program, Program) and program.keeps_nan

    def __call__(self, x: np.ndarray, out: np.ndarray):
        """Fills `out`, both flat and of one type."""
        block = x.size if self.keeps_nan and self.low == -np.inf and self.high == np.inf else \
            self.main.source.block(x.dtype) if isinstance(self.main.source, Program) else BLOCK // 4
        for start in range(0, x.size, block or 1):
            self.run(x[start:start + block], out[start:start + block])

    def run(self, x, out):
        looks = self.low > -np.inf or not self.keeps_nan
        low = np.minimum.reduce(x) if looks else -np.inf
        high = np.maximum.reduce(x) if self.high < np.inf else np.inf if low == low else low
        if self.low <= low and high <= self.high:  # and no NaN
            return self.fill(self.main.source, x, out)
        if self.fast:
            self.fill(self.main.source, x, out)
        finite = np.isfinite(x)
        inner = x if finite.all() else x[finite]
        low, high = (inner.min(), inner.max()) if inner.size else (np.inf, -np.inf)
        for hole in self.holes:
            if hole.low <= high and hole.high >= low:
                inside = x >= hole.low
                inside &= x <= hole.high
                if inside.any():
                    self.fill_hole(hole, np.flatnonzero(inside), x, out)
        if inner is not x:
            infinite = np.isinf(x)
            if infinite.any():
                out[x == -np.inf], out[x == np.inf] = self.at_infinity(x.dtype)
            out[np.isnan(x)] = np.nan
        return None

    def at_infinity(self, dtype):
        """The limits at -oo and oo; one that is zero has the sign of the values on the way there."""
        farthest, limits = np.array([self.parts[0].low, self.parts[-1].high], dtype), np.array(self.limits(), dtype)
        values = np.empty_like(farthest)
        self.run(farthest, values)
        return np.where(limits == 0, np.copysign(limits, values), limits)

    def fill_hole(self, hole, places, x, out):
        taken = x[places]
        which = hole.which[np.searchsorted(hole.starts, taken, side="right") - 1]
        for k, source in enumerate(hole.sources):
            mine = which == k
            if mine.any():
                values = np.empty(np.count_nonzero(mine), x.dtype)
                self.fill(source, taken[mine], values)
                out[places[mine]] = values

    def fill(self, source, x, out):
        if isinstance(source, Program):
            source(x, out)
        elif isinstance(source, np.float64):
            out[...] = source
        else:
            wide = x.astype(np.float64, copy=False)
            values = out if out.dtype == np.float64 else np.empty_like(wide)
            source(wide, values)
            if values is not out:
                out[...] = values


class _Hole:
    """Neighboring parts that the main program does not serve; `which[i]` is the place of the i-th one's source."""

    def __init__(self, parts):
        self.low, self.high = parts[0].low, parts[-1].high
        self.starts = np.array([part.low for part in parts])
        self.sources = list({id(part.source): part.source for part in parts}.values())
        places = {id(source): k for k, source in enumerate(self.sources)}
        self.which = np.array([places[id(part.source)] for part in parts])
