"""A function by its Taylor polynomials in the middle of small cells: accurate at zeros, at removable singularities and
where a formula cancels, for any function that is smooth there.

Cell j has the middle j w, with w a power of two, so that x - j w is exact. What Taylor's formula leaves, and what Horner's
rule rounds, is bounded for each cell in ball arithmetic: a cell is used only where the contract is proved.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import sympy as sp
from flint import arb, arb_series

from activlib.balls import Ball, precision
from activlib.kernels.boxes import weight
from activlib.kernels.intervals import FLOAT64, ILL, Format
from activlib.kernels.program import scratch

WIDTHS = 2.0**-4, 2.0**-2, 2.0**-3, 2.0**-6, 2.0**-8
BITS = 160
MOST_TERMS = 18
UNIT = 2.0**-53
CLOSE = 1.25  # ulp of float32: one rounding and little more
TERM = 1.1  # nanoseconds an element
TOGETHER = 1 << 14  # elements
SHIFT = 1.5 * 2.0**52
SHIFT_BITS = int(np.float64(SHIFT).view(np.int64))


@dataclass
class Table:
    """Polynomials for the cells from `first` on; row k of `coefficients` belongs to the k-th power."""

    first: int
    coefficients: np.ndarray
    width: float

    keeps_nan = True

    def settles(self, x: float) -> bool:
        """Whether the result at an infinite x is the limit: it is meaningless."""
        return False

    def block(self, dtype) -> int:
        """How many elements of a type go through the terms at once."""
        return TOGETHER

    def __call__(self, x: np.ndarray, out: np.ndarray):
        """Fills `out` with the polynomials' values at x, both flat and of one type; outside of the cells it is meaningless."""
        converts = x.dtype != np.float64
        block = min(x.size, TOGETHER) or 1
        buffers = scratch((3 + 2 * converts, block), np.dtype(np.float64))
        for start in range(0, x.size, block):
            source, target = x[start:start + block], out[start:start + block]
            cell, index, row, *wide = buffers[:, :source.size]
            index = index.view(np.intp)[:source.size]  # which may have half as many bytes
            if converts:
                wide[0][...] = source
                self._run(wide[0], wide[1], cell, index, row)
                target[...] = wide[1]
            else:
                self._run(source, target, cell, index, row)

    def _run(self, x, out, cell, index, row):
        np.multiply(x, 1 / self.width, out=cell)
        cell += SHIFT  # which rounds it to a whole number, that its last digits show
        bits = cell.view(np.int64)
        np.subtract(bits, SHIFT_BITS + self.first, out=index, casting="unsafe")
        cell -= SHIFT  # 0.0 and never -0.0, so that x - 0.0 keeps the sign of x
        t = np.multiply(cell, -self.width, out=cell)
        t += x
        np.take(self.coefficients[-1], index, out=out, mode="clip")
        for coefficients in self.coefficients[-2::-1]:
            out *= t
            out += np.take(coefficients, index, out=row, mode="clip")


def make_table(cells: list[Cell], width: float) -> Table:
    first = min(c.index for c in cells)
    shape = max(len(c.coefficients) for c in cells), max(c.index for c in cells) - first + 1
    table = Table(first, np.full(shape, -0.0), width)  # with which a sum keeps the sign of zero
    for c in cells:
        table.coefficients[:len(c.coefficients), c.index - first] = [value or -0.0 for value in c.coefficients]
    return table


def by_terms(cells: list[Cell], width: float, narrow: float) -> list[list[Cell]]:
    """The cells, in order, for two tables or one: a table computes as many terms for all as one of its cells needs. Fewer
    than the part `narrow` of the inputs are not worth a gap in the other table."""
    if not cells:
        return []
    terms = np.array([len(c.coefficients) for c in cells])
    weights = np.array([weight((c.index - 0.5) * width, (c.index + 0.5) * width) for c in cells])
    again = 10 + TERM * terms.max()
    most = min(np.unique(terms), key=lambda t: (t * TERM + (t < terms.max())) * weights.sum() + again * weights[terms > t].sum())
    few = terms <= most
    starts = np.flatnonzero(np.diff(few, prepend=~few[:1]))
    few &= np.repeat(np.add.reduceat(weights, starts) >= narrow, np.diff(starts, append=few.size))
    groups = [[c for c, chosen in zip(cells, few == side, strict=True) if chosen] for side in (True, False)]
    return [group for group in groups if group]


@dataclass(frozen=True)
class Cell:
    """One cell's polynomial, and its error in ulp at x and beyond what a neighbor of x explains."""

    index: int
    coefficients: tuple[float, ...]
    plain: float
    beyond: float


def cells(expressions: list[sp.Expr], indices, width: float, low: float, high: float, result: Format,
          effort: Iterator) -> list[Cell]:
    """The cells, in order, of those with the given indices, whose polynomial keeps the contract of a function that
    is meant between `low` and `high`: a cell that reaches beyond is answered for within.

    expressions: all of that function.
    effort: an operation on a series takes one from it; when there is none left no more cells are tried.
    """
    functions, fraction = [Ball(e) for e in expressions], [Ball(part) for part in sp.fraction(sp.together(expressions[-1]))]
    attempts = [(len(f.steps), functools.partial(_series, f)) for f in functions]
    attempts.append((sum(len(f.steps) for f in fraction), functools.partial(_quotient_series, fraction)))
    with precision(BITS, MOST_TERMS + 8):
        found = [_best(attempts, int(j), width, low, high, result, effort) for j in sorted(indices, key=abs)]
    return sorted((cell for cell in found if cell), key=lambda cell: cell.index)


def _best(attempts, j, width, low, high, result, effort):
    """The cell of the first attempt that is good enough."""
    middle = j * width
    ends = max(low, middle - width / 2), min(high, middle + width / 2)
    reach = max(low, ends[0] - width / 64), min(high, ends[1] + width / 64)  # to the neighbors of x, too
    hull = arb(reach[0]).union(arb(reach[1])).union(arb(middle))
    for cost, attempt in attempts:
        if len(list(itertools.islice(effort, cost))) < cost:
            return None
        series = attempt(middle, hull)
        if series and (cell := _cell(j, width, *series, ends, result)):
            return cell
    return None


def _series(function, middle, hull, terms=MOST_TERMS):
    """Taylor coefficients at the middle, and enclosures of those at any point of the hull."""
    lists = []
    for start in (arb(middle), hull):
        series = function(arb_series([start, 1], prec=terms))
        series = series if isinstance(series, arb_series) else arb_series([series], prec=terms)
        coefficients = [series[k] for k in range(terms)]
        if series.prec < terms or not all(c.is_finite() for c in coefficients):
            return None
        lists.append(coefficients)
    return lists


def _quotient_series(fraction, middle, hull):
    """The same for a quotient whose numerator and denominator both vanish at the middle, to an order m: with the factor
    (x - middle)^m taken off, the k-th coefficient at any point is one of order k + m of the whole, somewhere in the hull
    (the mean value theorem for divided differences)."""
    terms = MOST_TERMS + 4
    above, below = (_series(part, middle, hull, terms) for part in fraction)
    if not (above and below):
        return None
    m = next((k for k, c in enumerate(below[0]) if not c.is_zero()), terms)
    if not 0 < m <= 4 or not all(c.is_zero() for c in above[0][:m]):
        return None
    parts = []
    for numerator, denominator in zip(above, below, strict=True):
        numerator, denominator = numerator[m:m + MOST_TERMS], denominator[m:m + MOST_TERMS]
        if denominator[0].contains(0):
            return None
        quotient = []
        for k in range(MOST_TERMS):
            rest = numerator[k] - sum((quotient[i] * denominator[k - i] for i in range(k)), arb(0))
            quotient.append(rest / denominator[0])
        parts.append(quotient)
    return parts if all(c.is_finite() for part in parts for c in part) else None


def _upper(ball):
    return float(abs(ball).upper()) * (1 + 2.0**-50)


def _lower(ball):
    return max(float(abs(ball).lower()) * (1 - 2.0**-50), 0.0) if not ball.contains(0) else 0.0


def _cell(j, width, at_middle, anywhere, ends, result):
    reach = max(ends[1] - j * width, j * width - ends[0])
    if reach <= 0:
        return None
    step = arb(0, reach + width / 64)  # to the neighbors of x, too
    anywhere = list(anywhere)
    for k in reversed(range(len(anywhere) - 1)):  # by the mean value theorem, where that is tighter
        anywhere[k] = _meet(anywhere[k], at_middle[k] + (k + 1) * anywhere[k + 1] * step)
    value, slope = anywhere[:2]
    zeros = next((k for k, c in enumerate(at_middle) if not c.is_zero()), None)
    if zeros is None:
        return None
    values = [float(c.mid()) for c in at_middle]
    if not all(map(math.isfinite, values)):
        return None
    inexact = [_upper(c - v) for c, v in zip(at_middle, values, strict=True)]
    sizes = [_upper(c) for c in at_middle]
    # What Taylor's formula leaves, over |t|^zeros: of the last order an enclosure, which is wide, of those before it little more.
    rest = [_upper(anywhere[k]) * reach ** (k - zeros) for k in range(zeros + 1, MOST_TERMS)]
    for k in reversed(range(len(rest) - 1)):
        rest[k] = min(rest[k], (sizes[zeros + 1 + k] * reach ** (k + 1) + rest[k + 1]) * (1 + 2**-40))
    # Close to the neighbors' values with few terms, unless it comes close to that at x, or rounds but once to float32.
    found, close, (ulp, own, forgiven) = None, result.limit if result is FLOAT64 else CLOSE, _allowed(value, slope, ends, result)
    for terms in range(max(3, zeros + 1), MOST_TERMS):
        left = rest[terms - zeros - 1]
        if not zeros and left / ulp - forgiven > result.limit:  # rounding comes on top
            continue
        error, size = inexact[terms - 1], sizes[terms - 1]
        for k in range(terms - 2, zeros, -1):
            error = (error * reach + UNIT * size * reach + UNIT * (sizes[k] + size * reach) + inexact[k]) * (1 + 2**-40)
            size = sizes[k] + size * reach
        # The last step but the zeros: c + t s
        carried = error * reach + UNIT * size * reach + inexact[zeros] + left
        if zeros:  # relative: then t^zeros multiplies it
            least = _lower(at_middle[zeros] + step * arb(0, size))
            if least == 0:
                continue
            # f = t^zeros s, so t f'/f = zeros + t s'/s, and numbers next to x differ by 2^-digits |x| or more.
            bend = sum(k * sizes[zeros + k] * reach**k for k in range(1, terms - zeros)) + (terms - zeros) * left
            moved = max(zeros - bend / least, 0) * (1 - 2**-20)
            rounded = (carried / least / UNIT + 1 + zeros) * (1 + 2**-30) * 2.0 ** (result.digits - 53)
            last = 1 if result is FLOAT64 else 1.5
            plain, beyond = rounded + last, max(rounded - moved * (moved >= ILL), 0) + last
        else:
            plain, beyond = carried / ulp + own, max(carried / ulp - forgiven, 0) + own
        if beyond <= result.limit and (found is None or plain <= result.limit < found.plain or plain <= close < found.plain):
            found = Cell(j, tuple(values[:terms]), plain, beyond)
        if plain <= close:
            break
    return found


def _allowed(value, slope, ends, result):
    """An ulp of the least value in a cell, the error of the last rounding in ulp, and how many ulp a neighbor of x explains."""
    least, most = _lower(value), _upper(value)
    digits, (_, exponent) = result.digits, math.frexp(least)
    ulp = math.ldexp(1.0, max(exponent - digits, result.smallest) if least else result.smallest)
    own = 0.5 * (2 if math.frexp(most)[1] > exponent else 1)
    if result is not FLOAT64:
        own += 2.0 ** (digits - 53)
    nearest = min(abs(ends[0]), abs(ends[1])) if ends[0] * ends[1] > 0 else 0.0
    spacing = math.ldexp(1.0, max(math.frexp(nearest)[1] - 1 - digits, result.smallest)) if nearest else 0.0
    moved = _lower(slope) * spacing / ulp
    return ulp, own, moved if moved >= ILL else 0.0


def _meet(a, b):
    return a.intersection(b) if a.is_finite() and b.is_finite() else a if a.is_finite() else b
