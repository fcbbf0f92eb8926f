"""Rows of a formula of any form, result by result in ball arithmetic at growing precision."""

from __future__ import annotations

import functools
import math

import numpy as np
import sympy as sp
from flint import arb, ctx

from activlib.balls import ball, operation, precision
from activlib.definition.kinks import Maximum, Minimum
from activlib.vector.nodes import First, Largest
from activlib.vector.symbols import i, k, n, scores, weights_of_results
from activlib.vector.thresholds import Above, Threshold, coefficients, degree, power_sums, solution

PRECISIONS = (96, 192, 768, 4096)
CERTAIN = 72  # bits that are right
SMALLEST = arb(2) ** -1200  # beyond the smallest float64
COMPARED = {sp.Lt: lambda a, b: a < b, sp.Le: lambda a, b: a <= b, sp.Gt: lambda a, b: a > b, sp.Ge: lambda a, b: a >= b}


class Exact:
    """A formula at fixed parameters, and its derivative by the k-th number."""

    def __init__(self, formula: sp.Expr, derivative: sp.Expr):
        self.formula, self.derivative = formula, derivative

    def __call__(self, rows):
        indexed = i in self.formula.free_symbols
        return self._each(rows, rows.shape[-1] if indexed else 1, lambda row, place: row.value(self.formula, {i: place}))

    def pull_back(self, rows, v):
        def one(row, place):
            terms = (arb(weight) * row.value(self.derivative, {i: result, k: place})
                     for result, weight in enumerate(row.weights, 1) if weight)
            return sum(terms, arb(0))

        return self._each(rows, rows.shape[-1], one, v)

    @staticmethod
    def _each(rows, count, value, weights=None):
        """A row of results for each row of numbers; NaN for rows with infinities, whose limits nothing here knows."""
        result = np.full((len(rows), count), np.nan)
        for place, numbers in enumerate(rows.tolist()):
            if all(map(math.isfinite, numbers)):
                result[place] = [float(found.mid()) for found in
                                 settled(value, count, numbers, None if weights is None else weights[place].tolist())]
        return result


def settled(value, count: int, numbers, weights=None) -> list[arb]:
    """`value(row, place)` for the places from 1 to `count` of a `Row`, at precisions that grow until each has its digits.

    What is below `SMALLEST` needs none, what the last precision does not tell from 0 is 0, and what it does not bound is NaN.
    """
    found = [arb.nan()] * count
    for bits in PRECISIONS:
        with precision(bits):
            row = Row(numbers, weights)
            found = [known if _certain(known) else value(row, place) for place, known in enumerate(found, 1)]
            if all(map(_certain, found)):
                return found
    return [known if _certain(known) else arb(0) if known.is_finite() and known.contains(0) else arb.nan() for known in found]


def _certain(value):
    return value.is_finite() and (value.rel_accuracy_bits() >= CERTAIN or value.is_exact() or abs(value) < SMALLEST)


@functools.lru_cache(maxsize=4096)
def _free(e):
    return e.free_symbols


@functools.lru_cache(maxsize=1024)
def _separated(e, index):
    """The factor of an expression without an index, and the other."""
    return e.as_independent(index, as_Add=False)


def _place(index, places):
    return places[index] if index in places else int(index.subs(places))


class Row:
    """Numbers, the weights of the results if any, and what formulas are for them in balls of the current precision.

    A comparison that is not settled gives NaN, at the last precision it counts as equality.
    """

    def __init__(self, numbers, weights=None):
        self.numbers, self.weights = [arb(number) for number in numbers], weights
        self._known = {}

    def value(self, e: sp.Expr, places) -> arb:
        """The value of a formula where its indices have these places, counted from 1."""
        free = _free(e)
        own = {index: place for index, place in places.items() if index in free}
        if not all(isinstance(place, int) for place in own.values()):
            return self._fresh(e, own)
        key = (e, *own.items())
        if key not in self._known:
            self._known[key] = self._fresh(e, own)
        return self._known[key]

    def _fresh(self, e, places):
        if e in places:  # an index, or a power sum, whose value is a ball
            return arb(places[e])
        if e == n:
            return arb(len(self.numbers))
        if isinstance(e, sp.Indexed):
            known = {scores: self.numbers, weights_of_results: self.weights}[e.base]
            return arb(known[_place(e.indices[0], places) - 1])
        if isinstance(e, sp.KroneckerDelta):
            first, second = (_place(index, places) for index in e.args)
            return arb(int(first == second))
        if isinstance(e, sp.Sum):
            index = e.limits[0][0]
            same, own = _separated(e.function, index)
            return self.value(same, places) * sum(self._terms(own, index, places), arb(0))
        if isinstance(e, sp.Piecewise):
            return self._chosen(e, places)
        if isinstance(e, (Maximum, Minimum)):
            a, b = (self.value(part, places) for part in e.args)
            return self._largest([a, b]) if isinstance(e, Maximum) else -self._largest([-a, -b])
        if hasattr(e, "limits"):
            return self._over(e, places)
        return operation(e)(*(self.value(part, places) for part in e.args)) if e.args else ball(e)

    def _terms(self, term, index, places):
        return [self.value(term, places | {index: m}) for m in range(1, len(self.numbers) + 1)]

    def _over(self, e, places):
        if isinstance(e, Threshold):
            return self._threshold(e, places)
        terms = self._terms(e.term, e.limits[0], places)
        if isinstance(e, Largest):
            return self._largest(terms)
        own = _place(e.at, places) - 1
        if isinstance(e, First):
            return self._first(terms, own)
        if isinstance(e, Above):
            total = arb(0)
            for other in sorted((*terms[:own], *terms[own + 1:]), key=lambda term: -term.mid()):
                over = other - terms[own]
                if over <= 0 or total >= 1:  # the rest adds nothing, or nothing that matters
                    break
                total += self._polynomial(e.share, self._largest([over, arb(0)]))
            return self._decided(total < 1, total >= 1)
        inside = self.value(Above(e.share, e.term, e.at, e.limits), places)
        return inside * self._polynomial(e.share, terms[own] - self.value(e.threshold, places)) if inside != 0 else arb(0)

    def _threshold(self, e, places):
        terms = self._terms(e.term, e.limits[0], places)
        inside = [self.value(Above(e.share, e.term, m, e.limits), places) for m in range(1, len(terms) + 1)]
        top = max(terms, key=lambda term: term.mid())
        sums = [sum((b * self._power(u - top, power) for u, b in zip(terms, inside, strict=True)), arb(0))
                for power in range(degree(e.share) + 1)]  # from the top, where their squares do not cancel
        return top + self.value(solution(e.share), dict(zip(power_sums(e.share), sums, strict=True)))

    @staticmethod
    def _power(u, power):
        return math.prod([u] * power, start=arb(1))  # flint's own power of a ball about 0 is NaN

    def _polynomial(self, share, t):
        total = arb(0)
        for coefficient in coefficients(share):
            total = total * t + ball(coefficient)
        return total

    @staticmethod
    def _largest(values):
        best = values[0]
        for value in values[1:]:
            best = best.max(value)
        return best

    def _first(self, terms, own):
        held = [*(terms[own] > other for other in terms[:own]), *(terms[own] >= other for other in terms[own + 1:])]
        failed = [*(terms[own] <= other for other in terms[:own]), *(terms[own] < other for other in terms[own + 1:])]
        return self._decided(all(held), any(failed))

    @staticmethod
    def _decided(held, failed):
        if held or failed or ctx.prec >= PRECISIONS[-1]:
            return arb(int(held))
        return arb.nan()

    def _chosen(self, e, places):
        for value, condition in e.args:
            held = self._holds(condition, places)
            if held is None:
                return arb.nan()
            if held:
                return self.value(value, places)
        return arb.nan()

    def _holds(self, condition, places):
        """Whether a condition holds; None if that is not settled."""
        if condition in (sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, (sp.And, sp.Or)):
            parts = [self._holds(part, places) for part in condition.args]
            settling = isinstance(condition, sp.Or)
            return settling if settling in parts else None if None in parts else not settling
        if isinstance(condition, sp.Not):
            held = self._holds(condition.args[0], places)
            return None if held is None else not held
        a, b = (self.value(part, places) for part in condition.args)
        if isinstance(condition, (sp.Eq, sp.Ne)):
            same = True if a.is_exact() and b.is_exact() and a == b else False if a != b else None
            return same if same is None or isinstance(condition, sp.Eq) else not same
        if COMPARED[condition.func](a, b):
            return True
        if COMPARED[condition.negated.func](a, b):
            return False
        return condition.func in (sp.Le, sp.Ge) if ctx.prec >= PRECISIONS[-1] else None

