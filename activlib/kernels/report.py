"""What is proved of an activation's kernels, as a table."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

import numpy as np

from activlib.entry import Entry
from activlib.kernels import kernel
from activlib.kernels.boxes import weight
from activlib.kernels.exact import Exact
from activlib.vector.activation import VectorActivation

MOST_INTERVALS = 6
PRIMES = ("f", "f'", "f''")


@dataclass(frozen=True)
class Row:
    """What is proved for one type and one order.

    bound: in ulp, of the distance from the exact value at x or, where the function is that ill-conditioned, from the
        values at the neighbors of x.
    plain: whether the bound holds at x itself for every x.
    slow: the part of the finite numbers of the type that takes ball arithmetic.
    intervals: (low, high, form) along the line.
    """

    dtype: str
    order: int
    bound: float
    plain: bool
    slow: float
    intervals: tuple[tuple[float, float, str], ...]

    @property
    def bound_text(self) -> str:
        """The bound, rounded up; a star where it counts from x or a float next to x."""
        return f"{math.ceil(10 * self.bound - 1e-6) / 10:g}{'' if self.plain else '*'}"

    @property
    def slow_text(self) -> str:
        return "0" if not self.slow else f"{100 * self.slow:.2g} %"

    @property
    def forms(self) -> list[str]:
        """The intervals in words; of many, those that hold most of a network's inputs."""
        return [f"{self._place(low, high)}: {_form(label)}" for low, high, label in self._chosen()] + self._rest()

    @property
    def main(self) -> str:
        """The interval that holds most of a network's inputs, in words."""
        low, high, label = max(self.intervals, key=lambda i: weight(*i[:2]))
        return f"{_form(label)}, {self._place(low, high)}"

    def _chosen(self):
        return sorted(sorted(self.intervals, key=lambda i: -weight(*i[:2]))[:MOST_INTERVALS])

    def _rest(self):
        more = len(self.intervals) - MOST_INTERVALS
        return [f"and {more} interval{'s' * (more > 1)} more"] * (more > 0)

    def _place(self, low, high):
        last = np.finfo(self.dtype).max
        if low <= -last:
            return f"x ≤ {_number(high)}" if high < last else "all finite x"
        if high >= last:
            return f"x ≥ {_number(low)}"
        return f"x = {_number(low)}" if low == high else f"{_number(low)} ≤ x ≤ {_number(high)}"


@dataclass(frozen=True)
class Accuracy:
    """What is proved of the kernels of an activation; prints as a table."""

    title: str
    rows: tuple[Row, ...]

    @property
    def note(self) -> str:
        return "" if all(row.plain for row in self.rows) else "* of the value at x or at a float next to x"

    def __repr__(self):
        lines = [self.title, f"{'':12}{'ulp':>5}{'slow':>10}   form on each interval"]
        for row in self.rows:
            first, *rest = row.forms
            lines.append(f"{PRIMES[row.order]:4}{row.dtype:8}{row.bound_text:>5}{row.slow_text:>10}   {first}")
            lines += [" " * 30 + form for form in rest]
        return "\n".join([*lines, self.note] if self.note else lines)

    def _repr_html_(self):
        columns = ("Function", "Type", "Bound (ulp)", "Slow path", "Form where most inputs lie")
        rows = [(PRIMES[row.order], row.dtype, row.bound_text, row.slow_text, _unfolding(row)) for row in self.rows]
        return table([self.title, self.note], columns, rows)


def table(caption, columns, rows) -> str:
    """An HTML table: sentences above it, and rows of cells in HTML, the first of which names the row."""
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join(f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest) + "</tr>"
                   for first, *rest in rows)
    caption = html.escape(". ".join(filter(None, caption)))
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _form(label):
    return f"by pieces ({label.removeprefix('pieces: ')})" if label.startswith("pieces: ") else label


def _number(end):
    return f"{end:.4g}".replace("-", "−")


def _unfolding(row):
    """The form that most inputs meet; with others, all of them unfold."""
    if len(row.intervals) == 1:
        return html.escape(row.main)
    return f"<details><summary>{html.escape(row.main)}</summary>{'<br>'.join(map(html.escape, row.forms))}</details>"


def accuracy(activation: Entry, orders=None, **parameters):
    """What is proved of the kernels of f and its derivatives: for float64 and float32 a bound of the error, the form that
    computes on each interval, and how much of the numbers takes the slow path.

    The bound is proved box by box over all finite numbers of the type, from the error model of each function that NumPy
    or SciPy computes (`activlib.kernels.functions`): no sample enters it. An error counts from the exact value at x, or
    from the values at the neighbors of x where the function is that ill-conditioned. float16 is computed in float32 and
    rounded once more.

    Of a `VectorActivation` errors are measured: the largest of all results in rows of 2, 10 and 40 numbers that lie in many
    ways, for f and for vector-Jacobian products with random v, against values that ball arithmetic encloses. The table says
    within what they stay: 0, half an ulp, or the 4 ulp of float64 and 2 ulp of float32 and float16 that the kernels promise.

    Parameters
    ----------
    activation: an `Activation` or a `VectorActivation`.
    orders: of derivatives, at most 2 and by default all; of a `VectorActivation` 0 for f and 1 for vector-Jacobian products.
    parameters: numbers in the parameters' domains.

    Returns an `Accuracy` or an `activlib.vector.report.VectorAccuracy`, whose `rows` hold the numbers. Raises what
    `activation.at` raises, ValueError for orders of a `VectorActivation` that it has not.
    """
    if isinstance(activation, VectorActivation):
        from activlib.vector.report import measured
        return measured(activation, (0, 1) if orders is None else orders, parameters)
    orders = (0, 1, 2) if orders is None else orders
    rows = [_row(activation, n, dtype, parameters) for n in orders for dtype in (np.float64, np.float32)]
    return Accuracy(f"Proved accuracy of {activation.title}", tuple(rows))


def _row(activation, n, dtype, parameters):
    parts = kernel(activation, n, parameters, dtype is np.float64).parts
    slow = sum(_count(p.low, p.high, dtype) for p in parts if isinstance(p.source, Exact))
    largest = np.finfo(dtype).max
    intervals = []
    for p in parts:
        if intervals and intervals[-1][2] == p.label:
            intervals[-1] = (intervals[-1][0], p.high, p.label)
        else:
            intervals.append((p.low, p.high, p.label))
    return Row(dtype.__name__, n, max(p.beyond for p in parts), all(p.plain <= p.beyond for p in parts),
               slow / _count(-largest, largest, dtype), tuple(intervals))


def _count(low, high, dtype):
    """How many numbers of a type lie in [low, high]."""
    bits = np.array([low, high], dtype).view(np.int64 if dtype is np.float64 else np.int32).astype(object)
    first, last = (int(b) if b >= 0 else -(int(b) & (2**63 - 1 if dtype is np.float64 else 2**31 - 1)) for b in bits)
    return last - first + 1
