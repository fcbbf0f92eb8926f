"""A plan, run over blocks of an array."""

from __future__ import annotations

import numpy as np

from activlib.kernels.exact import Exact
from activlib.kernels.plan import Part
from activlib.kernels.program import BLOCK, Program

FEW = 24  # parts that are looked for one by one


class Kernel:
    """The values of a function at an array of numbers of one format.

    parts: in order along the line, as `make_plan` gives them; together they hold every finite number.
    weigh: says how much of the inputs lies between two numbers.
    limits: called for (f(-oo), f(oo)) when an infinite entry is met.
    """

    def __init__(self, parts: list[Part], weigh, limits):
        self.parts, self.limits = parts, limits
        self.main = max(parts, key=lambda part: weigh(part.low, part.high) * (not isinstance(part.source, Exact)))
        self.fast = not isinstance(self.main.source, (Exact, np.float64))
        self.starts = np.array([part.low for part in parts])
        program = self.main.source
        self.everywhere = len(parts) == 1 and isinstance(program, Program) and program.keeps_nan \
            and program.settles(np.inf) and program.settles(-np.inf)
        self.block = program.block if isinstance(program, Program) else BLOCK // 4

    def __call__(self, x: np.ndarray, out: np.ndarray):
        """Fills `out`, both flat and of one type."""
        for start in range(0, x.size, self.block):
            source, target = x[start:start + self.block], out[start:start + self.block]
            if self.everywhere:
                self.main.source(source, target)
            else:
                self.run(source, target)

    def run(self, x, out):
        low, high = np.minimum.reduce(x), np.maximum.reduce(x)
        if self.main.low <= low and high <= self.main.high:  # and no NaN
            return self.fill(self.main, x, out)
        if self.fast:
            self.fill(self.main, x, out)
        undefined = np.isnan(x) if np.isnan(low) else None
        infinite = np.isinf(x) if undefined is not None or np.isinf(low) or np.isinf(high) else None
        if infinite is not None:
            finite = x[np.isfinite(x)]
            low, high = (finite.min(), finite.max()) if finite.size else (np.inf, -np.inf)
        met = [part for part in self.parts
               if part.low <= high and part.high >= low and not (self.fast and part.source is self.main.source)]
        if len(met) <= FEW:
            for part in met:
                inside = x >= part.low
                inside &= x <= part.high
                if inside.any():
                    self.fill_at(part, np.flatnonzero(inside), x, out)
        else:
            elsewhere = np.flatnonzero(~((x >= self.main.low) & (x <= self.main.high)) & np.isfinite(x))
            which = np.searchsorted(self.starts, x[elsewhere], side="right") - 1
            order = np.argsort(which, kind="stable")
            which, elsewhere = which[order], elsewhere[order]
            ends = np.flatnonzero(np.diff(which, prepend=-1, append=-1))
            by_source = {}
            for a, b in zip(ends, ends[1:], strict=False):
                source = self.parts[which[a]].source
                by_source.setdefault(id(source), (self.parts[which[a]], []))[1].append(elsewhere[a:b])
            for part, found in by_source.values():
                if not (self.fast and part.source is self.main.source):
                    self.fill_at(part, np.concatenate(found), x, out)
        if infinite is not None and infinite.any():
            out[x == -np.inf], out[x == np.inf] = self.limits()
        if undefined is not None:
            out[undefined] = np.nan
        return None

    def fill_at(self, part, places, x, out):
        if places.size:
            taken = x[places]
            values = np.empty_like(taken)
            self.fill(part, taken, values)
            out[places] = values

    def fill(self, part, x, out):
        source = part.source
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
