"""Which program computes an activation where: the fastest that is proved there, and ball arithmetic where none is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy as sp

from activlib.balls import Ball, precision
from activlib.definition.symbols import x
from activlib.kernels.boxes import MIDDLE, cell_edge, hulls, joined, weight, within
from activlib.kernels.candidates import compiled, cost_of, single, value_of
from activlib.kernels.compile import NoProgram, compile_line
from activlib.kernels.covering import Covering
from activlib.kernels.exact import PRECISIONS, Exact
from activlib.kernels.extremes import halved
from activlib.kernels.intervals import FLOAT32_FORMAT, FLOAT64, Format
from activlib.kernels.pieces import Pieces
from activlib.kernels.program import Program
from activlib.kernels.proof import errors
from activlib.kernels.table import WIDTHS, by_terms, cells, make_table

TABLE_COSTS = {FLOAT64: 15, FLOAT32_FORMAT: 9}
EFFORT = 40_000  # operations on power series that a plan may cost
MISS = 25  # nanoseconds that an element costs, on the whole, that another program must compute anew
GAP = 0.5  # what an element costs where there are such
NET, COARSE = (-21.7, -3.3, -0.7, 0.3, 1.9, 17.1), 1e-3  # where programs are tried, and how nearly they must agree
HELD = 1 << 24  # bytes
NARROW = 0.06  # of the inputs: what lies between two gaps of a program and is fewer is not worth its comparison


@dataclass(frozen=True)
class Part:
    """What computes the values at the floating-point numbers from `low` to `high`: a Program, a Table, an Exact or a
    number. Its errors are at most `plain` ulp, and `beyond` ulp from the values at the neighbors of x."""

    low: float
    high: float
    source: object
    label: str
    plain: float
    beyond: float


def make_plan(line: Pieces, result: Format) -> list[Part]:
    """Parts in order along the line, which together hold every finite number of the format `result`."""
    np.empty(HELD, np.uint8)  # once so much was freed at once, the C library keeps what is freed: proofs take a fifth less
    with np.errstate(all="ignore"):
        return _Planner(line, result).plan()


class _Planner(Covering):
    def __init__(self, line, result):
        super().__init__(line, result)
        self.parts, self.exact = [], Exact(lambda: line)
        self.names = {}
        self.effort = iter(range(EFFORT))

    def plan(self):
        whole = self.pieces_together()
        for i, e in enumerate(self.line.expressions):
            if e is sp.nan:
                low, high = self.interval(i)
                self.parts.append(Part(low, high, np.float64(np.nan), "undefined", 0.0, 0.0))
            else:
                self.piece(i, whole)
        for i, near in enumerate(self.cut_floats):
            if float(near) == self.line.places[i]:
                self.at_cut(i, float(near))
        return self.merged()

    # Forms

    def programs(self, i):
        """(cost, form, steps, format of the arithmetic) of every form of piece i."""
        for form, steps in compiled(self.line.expressions[i], *self.interval(i)):
            if self.result is FLOAT32_FORMAT and single(steps):
                yield cost_of(steps) / 2, form, steps, FLOAT32_FORMAT
            yield cost_of(steps), form, steps, FLOAT64

    def pieces_together(self):
        """A program for all pieces, of the fastest form of each, with its proved boxes; None for a single piece."""
        n = len(self.line.expressions)
        self.ranked = [self.ranking(i) if e is not sp.nan else [] for i, e in enumerate(self.line.expressions)]
        if n == 1 or n > 8 or not all(self.ranked):
            return None
        whole = [[entry for entry in ranked if self.covers(entry[1], i)] for i, ranked in enumerate(self.ranked)]
        best = [ranked[0][1] for ranked in whole]
        names, chosen = {}, []
        for form in best:
            fresh = {s: sp.Dummy() for s in form.names}
            names |= {fresh[s]: f.xreplace(fresh) for s, f in form.names.items()}
            chosen.append(form.expression.xreplace(fresh))
        try:
            steps = compile_line(self.line.cuts, chosen, self.line.held, names, self.result.dtype)
        except NoProgram:
            return None
        if not self.denotes(steps):
            return None
        works = {ranked[0][3] for ranked in whole}
        work = FLOAT32_FORMAT if works == {FLOAT32_FORMAT} and single(steps) else FLOAT64
        label = "; ".join(dict.fromkeys(form.label for form in best))
        return (f"pieces: {label}" if label != "as written" else "as written"), steps, work

    def denotes(self, steps):
        """Whether a program has the values of the pieces at some points: a net below what `compile_line` knows of them."""
        program = Program(steps, np.float64)
        for i, e in enumerate(self.line.expressions):
            low, high = self.interval(i)
            for p in (p for p in NET if low < p < high):
                with precision(PRECISIONS[0]):
                    wanted = value_of(Ball(e), p)
                got = program.trace(p)[-1]
                if wanted is not None and np.isfinite(got) and abs(got - float(wanted.mid())) > COARSE * max(1, abs(got)):
                    return False
        return True

    def covers(self, form, i):
        """Whether a form is the function on all of piece i: those in 1/x may be so on one side of 0 alone."""
        low, high = self.interval(i)
        return form.low <= low and high <= form.high

    def ranking(self, i):
        """The programs of a piece, the one first that is fastest for inputs as a network has them."""
        lows, highs, alone = self.boxes_of(i)
        middle = (np.maximum(abs(lows), abs(highs)) < MIDDLE) & (np.minimum(abs(lows), abs(highs)) > 2.0**-40)
        boxes = lows[middle], highs[middle], alone[middle]
        total = weight(*boxes[:2])
        ranked = []
        for cost, form, steps, work in self.programs(i):
            done, left = self.proved(steps, work, within(boxes, form), form.label == "as written", 2)
            share = weight(*done[:2]) / total if total else 0
            ranked.append((cost + MISS * (1 - share) + GAP * joined(left)[0].size, form, steps, work, share))
        return sorted(ranked, key=lambda entry: entry[0])

    def piece(self, i, whole):
        choices = [(label, steps, work, None, 0) for label, steps, work in ([whole] if whole else [])]
        choices += [(form.label, steps, work, form, cost) for cost, form, steps, work, _ in self.ranked[i]]
        boxes = self.boxes_of(i)
        middle = np.maximum(abs(boxes[0]), abs(boxes[1])) <= MIDDLE
        outer, boxes = (tuple(column[mask] for column in boxes) for mask in (~middle, middle))
        for choice in choices:
            before, boxes = boxes, self.without_islands(choice, boxes) if choice[4] < TABLE_COSTS[self.result] else boxes
            if weight(*boxes[:2]) < weight(*before[:2]):  # the first that serves
                break
        boxes = self.tables(i, boxes)
        for choice in choices:
            boxes = self.serve(choice, boxes)
        for complete in (True, False):
            for choice in choices:
                outer = self.serve(choice, outer, complete)
        outer = self.extremes(i, outer)
        for left in (boxes, outer):
            half = np.full(left[0].shape, 0.51)
            self.add((*left, half, half), self.exact, "ball arithmetic")

    def extremes(self, i, boxes):
        """Takes the numbers where a ball tells that every value underflows to 0, overflows or is next to one number; returns
        the rest."""
        balls = [Ball(e) for e in dict.fromkeys([self.line.expressions[i], *self.everywhere(i)])]
        left, taken = [], {}
        with precision(PRECISIONS[0]):
            for low, high, alone in zip(*(column.tolist() for column in joined(boxes)), strict=True):
                for a, b, number in halved(balls, low, high):
                    (left if number is None else taken.setdefault(number, [])).append((a, b, alone))
        for number, found in taken.items():
            half = np.full(len(found), 0.51)
            self.add((*_columns(found), half, half), np.float64(number), f"{number:.4g}")
        return _columns(left)

    def serve(self, choice, boxes, complete=False):
        """Gives the boxes to a program where it is proved; returns the rest."""
        label, steps, work, form, _ = choice
        within = (boxes[0] >= form.low) & (boxes[1] <= form.high) if form else np.ones(boxes[0].shape, bool)
        if not within.any():
            return boxes
        done, left = self.proved(steps, work, tuple(column[within] for column in boxes), label == "as written", complete=complete)
        self.add(done, self.program(steps, work), label)
        return tuple(np.concatenate([column[~within], more]) for column, more in zip(boxes, left, strict=True))

    def without_islands(self, choice, boxes):
        """The same, where the rest takes with it what lies between its parts and is small: there is one gap then, not two."""
        label, steps, work, form, _ = choice
        within = (boxes[0] >= form.low) & (boxes[1] <= form.high) if form else np.ones(boxes[0].shape, bool)
        done, left = self.proved(steps, work, tuple(column[within] for column in boxes), label == "as written")
        left = joined(tuple(np.concatenate([column[~within], more]) for column, more in zip(boxes, left, strict=True)))
        lows, highs, plain, beyond = hulls(done)
        between = (lows > left[0].min(initial=np.inf)) & (highs < left[1].max(initial=-np.inf))
        kept = ~between | (weight(lows[:, None], highs[:, None], axis=1) >= NARROW)
        alone = np.zeros(lows.shape, bool)
        self.add((lows[kept], highs[kept], alone[kept], plain[kept], beyond[kept]), self.program(steps, work), label)
        return tuple(np.concatenate(pair) for pair in zip(left, (lows[~kept], highs[~kept], alone[~kept]), strict=True))

    def program(self, steps, work):
        key = (id(steps), work)
        if key not in self.names:
            self.names[key] = Program(steps, work.dtype)
        return self.names[key]

    def tables(self, i, boxes):
        """Takes what polynomials can serve; returns the boxes that are left."""
        low, high = self.interval(i)
        boxes = joined(boxes)
        expressions = list(dict.fromkeys([*self.everywhere(i)[:3], self.line.expressions[i]]))
        for width in WIDTHS:
            if not boxes[0].size:
                break
            indices = np.unique(np.concatenate([np.arange(np.rint(a / width), np.rint(b / width) + 1)
                                                for a, b in zip(*boxes[:2], strict=True)]))
            found = cells(expressions, indices, width, low, high, self.result, self.effort)
            for group in by_terms(found, width, NARROW):
                starts, ends = (np.array([cell_edge(c.index + side / 2, c.index, width) for c in group]) for side in (-1, 1))
                plain, beyond = (np.array([getattr(c, which) for c in group]) for which in ("plain", "beyond"))
                boxes = self.take(boxes, starts, ends, plain, beyond, make_table(group, width))
        return boxes

    def everywhere(self, i):
        """The forms of a piece that hold on all of it, written out."""
        return tuple(form.written_out for _, form, *_ in self.ranked[i] if form.everywhere)

    def take(self, boxes, starts, ends, plain, beyond, table):
        """Gives the table what its cells cover of the boxes; returns the rest."""
        lows, highs, alone = boxes
        done, left = [], []
        for a, b, c in zip(lows.tolist(), highs.tolist(), alone.tolist(), strict=True):
            for k in range(np.searchsorted(ends, a), np.searchsorted(starts, b, side="right")):
                if c and plain[k] > self.result.limit:
                    continue
                low, high = max(a, starts[k]), min(b, ends[k])
                if a < low:
                    left.append((a, np.nextafter(low, -np.inf), c))
                done.append((low, high, c, plain[k], beyond[k]))
                a = np.nextafter(high, np.inf)
            if a <= b:
                left.append((a, b, c))
        if done:
            self.add(tuple(np.array(column) for column in zip(*done, strict=True)), table, "polynomials")
        return tuple(np.array(column) for column in zip(*left, strict=True)) if left else tuple(column[:0] for column in boxes)

    # Parts

    def at_cut(self, i, near):
        held = self.line.held[i].subs(x, self.line.cuts[i])
        if held.is_finite and held.is_real:
            value = np.float64(held.evalf(30))
        elif held in (sp.oo, -sp.oo):
            value = np.float64(float(held))
        else:
            value = self.pole(i)
        self.parts.append(Part(near, near, value, "the value at a cut", 0.5, 0.5))

    def pole(self, i):
        """Beside the domain the limit, if it is infinite and the same from all sides that belong to the domain."""
        sides = self.line.beside(i)
        return np.float64(float(*sides)) if sides in ({sp.oo}, {-sp.oo}) else np.float64(np.nan)

    def add(self, done, source, label):
        self.parts += [Part(a, b, source, label, p, q) for a, b, p, q in zip(*(column.tolist() for column in hulls(done)))]

    def merged(self):
        """Neighboring parts with one source as one; a cut that the program beside it answers for is part of that."""
        parts = sorted(self.parts, key=lambda p: (p.low, p.high))
        for k, part in enumerate(parts):
            if isinstance(part.source, np.float64) and part.low == part.high:
                for other in (parts[k - 1] if k else None, parts[k + 1] if k + 1 < len(parts) else None):
                    if other and isinstance(other.source, Program) and self.same(other.source, part):
                        parts[k] = Part(part.low, part.high, other.source, other.label, part.plain, part.beyond)
                        break
        merged = parts[:1]
        for part in parts[1:]:
            last = merged[-1]
            if part.source is last.source:
                merged[-1] = Part(last.low, part.high, last.source, last.label, max(last.plain, part.plain),
                                  max(last.beyond, part.beyond))
            else:
                merged.append(part)
        kind, parts = self.result.dtype, []
        for p in merged:
            low, high = kind(p.low), kind(p.high)  # comparisons are in this type
            low = low if float(low) >= p.low else np.nextafter(low, kind(np.inf))
            high = high if float(high) <= p.high else np.nextafter(high, kind(-np.inf))
            if low <= high:
                parts.append(Part(float(low), float(high), p.source, p.label, p.plain, p.beyond))
        return parts

    def same(self, program, part):
        point = np.full(1, part.low, self.result.dtype)
        found = errors(program.source, *(np.full(1, part.low),) * 2,
                       FLOAT32_FORMAT if program.dtype == np.float32 else FLOAT64, self.result, np.ones(1, bool))
        out = np.empty(1, self.result.dtype)
        program(point, out)
        near = 4 * np.spacing(abs(self.result.dtype(part.source)))
        return found.plain[0] <= self.result.limit and abs(out[0] - part.source) <= near


def _columns(rows):
    """The ends of boxes, and which stand beside a cut."""
    return tuple(np.array([row[k] for row in rows], kind) for k, kind in enumerate((float, float, bool)))
