"""A plan, run over blocks of an array."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from activlib.kernels.plan import Part
from activlib.kernels.program import BLOCK, Program
from activlib.kernels.table import Table

FAST = Program, Table
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
        weights = [weigh(part.low, part.high) if isinstance(part.source, FAST) else -1.0 for part in parts]
        self.main = parts[int(np.argmax(weights))].source if max(weights) >= 0 else None
        self.holes = [_Hole(list(group)) for other, group in groupby(parts, lambda part: part.source is not self.main) if other]
        mine = [(part, w) for part, w in zip(parts, weights, strict=True) if part.source is self.main]
        near = [part for part, w in mine if w > SELDOM] or [part for part, _ in mine]
        # Beyond these there is more to look at; a program that serves to the end may do so at infinity, too.
        self.low, self.high = (near[0].low, near[-1].high) if near else (np.inf, -np.inf)
        if near and near[0] is parts[0] and self.main.settles(-np.inf):
            self.low = -np.inf
        if near and near[-1] is parts[-1] and self.main.settles(np.inf):
            self.high = np.inf
        self.inner = [hole for hole in self.holes if self.low <= hole.low and hole.high <= self.high]
        self.keeps_nan = self.main is not None and self.main.keeps_nan

    def __call__(self, x: np.ndarray, out: np.ndarray):
        """Fills `out`, both flat and of one type."""
        if self.keeps_nan and self.low == -np.inf and self.high == np.inf and not self.holes:
            self.main(x, out)
            return
        block = SMALL if self.main is None else self.main.block(x.dtype)
        left = {}  # what lies in gaps is computed at the end, together: a few numbers cost as much as a thousand
        for start in range(0, x.size, block):
            for hole, places in self.run(x[start:start + block], out[start:start + block]):
                left.setdefault(hole, []).append(places + start)
        for hole, places in left.items():
            self.fill_hole(hole, np.concatenate(places), x, out)

    def run(self, x, out):
        """Fills a block, but for the holes that it returns: (hole, places in the block)."""
        looks = self.low > -np.inf or not self.keeps_nan
        low = np.minimum.reduce(x) if looks else -np.inf
        high = np.maximum.reduce(x) if self.high < np.inf else np.inf if low == low else low
        holes, finite = self.inner, True
        if not (self.low <= low and high <= self.high):  # or there are NaN
            low, high = ends = np.minimum.reduce(x), np.maximum.reduce(x)
            if not (-np.inf < low and high < np.inf):
                finite = np.isfinite(x)
                ends = np.min(x, where=finite, initial=np.inf), np.max(x, where=finite, initial=-np.inf)
            holes = [hole for hole in self.holes if hole.low <= ends[1] and hole.high >= ends[0]]
        met = [(hole, places) for hole in holes if (places := hole.places(x, low)).size]  # while x is in the cache
        if self.main is not None:
            self.main(x, out)
        if finite is not True:
            if np.isinf(x).any():
                out[x == -np.inf], out[x == np.inf] = self.at_infinity(x.dtype)
            out[np.isnan(x)] = np.nan
        return met

    def at_infinity(self, dtype):
        """The limits at -oo and oo; one that is zero has the sign of the values on the way there."""
        farthest, limits = np.array([self.parts[0].low, self.parts[-1].high], dtype), np.array(self.limits(), dtype)
        values = np.empty_like(farthest)
        self(farthest, values)
        return np.where(limits == 0, np.copysign(limits, values), limits)

    def fill_hole(self, hole, places, x, out):
        taken = x[places]
        first, last = np.searchsorted(hole.starts, [taken.min(), taken.max()], side="right") - 1
        if np.all(hole.which[first:last + 1] == hole.which[first]):
            out[places] = _values(hole.sources[hole.which[first]], taken)
            return
        which = hole.which[np.searchsorted(hole.starts, taken, side="right") - 1]
        for k, source in enumerate(hole.sources):
            mine = np.flatnonzero(which == k)
            if mine.size:
                out[places[mine]] = _values(source, taken[mine])


def _values(source, x):
    if isinstance(source, np.float64):
        return source
    values = np.empty_like(x)
    source(x, values)
    return values


class _Hole:
    """Neighboring parts that the main program does not serve; `which[i]` is the place of the i-th one's source."""

    def __init__(self, parts):
        self.low, self.high = parts[0].low, parts[-1].high
        self.starts = np.array([part.low for part in parts])
        self.sources = list({id(part.source): part.source for part in parts}.values())
        places = {id(source): k for k, source in enumerate(self.sources)}
        self.which = np.array([places[id(part.source)] for part in parts])

    def places(self, x, low):
        """Where numbers lie in it, the least of which is `low`, NaN if there is one."""
        inside = x <= self.high
        if not low >= self.low:
            inside &= x >= self.low
        return np.flatnonzero(inside)
