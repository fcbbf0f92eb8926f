"""A plan, run over blocks of an array."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from activlib.kernels.plan import Part
from activlib.kernels.program import BLOCK, Program

SMALL = BLOCK // 4
SELDOM = 1e-9  # of the inputs: a program that serves them beside a gap serves no whole block


class Kernel:
    """The values of a function at an array of numbers of one format.

    parts: in order along the line, as `make_plan` gives them; together they hold every finite number.
    weigh: says how much of the inputs lies between two numbers.
    limits: called for (f(-oo), f(oo)) when an infinite entry is met.
    """

    def __init__(self, parts: list[Part], weigh, limits):
        self.parts, self.limits = parts, limits
        self.main = max(parts, key=lambda part: weigh(part.low, part.high) * isinstance(part.source, Program))
        program = self.main.source
        self.fast = isinstance(program, Program)
        self.holes = [_Hole(list(group)) for other, group in
                      groupby(parts, lambda part: not self.fast or part.source is not program) if other]
        near = [part for part in parts if part.source is program and weigh(part.low, part.high) > SELDOM]
        first, last = (near or [self.main])[0], (near or [self.main])[-1]
        settles = isinstance(program, Program) and program.settles
        # Beyond these there is more to look at; a program that serves to the end may do so at infinity, too.
        self.low = -np.inf if settles and first is parts[0] and settles(-np.inf) else first.low
        self.high = np.inf if settles and last is parts[-1] and settles(np.inf) else last.high
        if not self.fast:  # nothing is filled but by holes
            self.low, self.high = np.inf, -np.inf
        self.inner = [hole for hole in self.holes if self.low <= hole.low and hole.high <= self.high]
        self.keeps_nan = isinstance(program, Program) and program.keeps_nan

    def __call__(self, x: np.ndarray, out: np.ndarray):
        """Fills `out`, both flat and of one type."""
        if self.keeps_nan and self.low == -np.inf and self.high == np.inf and not self.holes:
            return self.fill(self.main.source, x, out)
        block = self.main.source.block(x.dtype) if isinstance(self.main.source, Program) else SMALL
        left = {}  # what lies in gaps is computed at the end, together: a few numbers cost as much as a thousand
        for start in range(0, x.size, block):
            for hole, places in self.run(x[start:start + block], out[start:start + block]):
                left.setdefault(hole, []).append(places + start)
        for hole, places in left.items():
            self.fill_hole(hole, np.concatenate(places), x, out)
        return None

    def run(self, x, out):
        """Fills a block, but for the holes that it returns: (hole, places in the block)."""
        looks = self.low > -np.inf or not self.keeps_nan
        low = np.minimum.reduce(x) if looks else -np.inf
        high = np.maximum.reduce(x) if self.high < np.inf else np.inf if low == low else low
        holes, numbers = self.inner, x
        if not (self.low <= low and high <= self.high):  # or there are NaN
            finite = np.isfinite(x)
            numbers = x if finite.all() else x[finite]
            low, high = (numbers.min(), numbers.max()) if numbers.size else (np.inf, -np.inf)
            holes = [hole for hole in self.holes if hole.low <= high and hole.high >= low]
        met = [(hole, inside) for hole in holes if (inside := hole.holds(x)).any()]  # while x is in the cache
        if self.fast:
            self.fill(self.main.source, x, out)
        if numbers is not x:
            if np.isinf(x).any():
                out[x == -np.inf], out[x == np.inf] = self.at_infinity(x.dtype)
            out[np.isnan(x)] = np.nan
        return [(hole, np.flatnonzero(inside)) for hole, inside in met]

    def at_infinity(self, dtype):
        """The limits at -oo and oo; one that is zero has the sign of the values on the way there."""
        farthest, limits = np.array([self.parts[0].low, self.parts[-1].high], dtype), np.array(self.limits(), dtype)
        values = np.empty_like(farthest)
        self(farthest, values)
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
            for start in range(0, x.size, SMALL):
                wide = x[start:start + SMALL].astype(np.float64, copy=False)
                target = out[start:start + SMALL]
                values = target if target.dtype == np.float64 else np.empty_like(wide)
                source(wide, values)
                if values is not target:
                    target[...] = values


class _Hole:
    """Neighboring parts that the main program does not serve; `which[i]` is the place of the i-th one's source."""

    def __init__(self, parts):
        self.low, self.high = parts[0].low, parts[-1].high
        self.starts = np.array([part.low for part in parts])
        self.sources = list({id(part.source): part.source for part in parts}.values())
        places = {id(source): k for k, source in enumerate(self.sources)}
        self.which = np.array([places[id(part.source)] for part in parts])

    def holds(self, x):
        inside = x >= self.low
        inside &= x <= self.high
        return inside
