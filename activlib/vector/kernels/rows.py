"""What computes the rows of a function of several numbers, chosen by the form of its formula.

Each takes float64 of shape (rows, n), and for `pull_back` the weights v of the results; infinities and NaN are settled here.
"""

from __future__ import annotations

import functools
from fractions import Fraction

import numpy as np
import sympy as sp

from activlib.definition.symbols import x
from activlib.kernels import evaluate
from activlib.vector.forms import factors, form, unit
from activlib.vector.kernels.doubles import total, two_product
from activlib.vector.kernels.exact import Exact
from activlib.vector.kernels.products import product
from activlib.vector.kernels.shares import Exponents, logarithm_of_sum, scaled, single_log_shares, single_shares
from activlib.vector.kernels.thresholds import excess
from activlib.vector.shifts import shifted, shifted_derivative
from activlib.vector.symbols import a, b, scores


def rows_of(activation, parameters):
    """What computes the rows of an activation at these parameters."""
    return _rows_of(activation, tuple(activation.at(**parameters).items()))


@functools.lru_cache(maxsize=256)
def _rows_of(activation, values):
    formula, settings = activation.formula, {symbol.name: value for symbol, value in values}
    if activation.kind == "pair":
        units = factors(formula, activation.parameters)
        return Halves(units, settings) if units else Pairs(activation.definition.subs(dict(values)))
    if activation.kind == "expand":
        return Several(formula, settings, activation.parameters)
    fixed = activation.definition.subs(dict(values))
    found = form(fixed)
    if found is None or found.power > 2:
        return Exact(shifted(fixed), shifted_derivative(fixed))
    return FORMS[found.kind](found)


def exact_fraction(number) -> Fraction:
    """A real number as a fraction, an irrational one to 60 digits."""
    return Fraction(str(sp.Rational(number) if number.is_Rational else sp.Rational(str(number.evalf(60)))))


class OfForm:
    """Rows of a formula whose `activlib.vector.forms.Form` was found."""

    def __init__(self, found):
        self.power = found.power
        self._size, self._falling = exact_fraction(abs(found.scale)), bool(found.scale < 0)

    def _oriented(self, rows):
        """Rows with a positive scale, and that scale exactly."""
        return (-rows if self._falling else rows), self._size

    def pull_back(self, rows, v):
        """The scale times `slopes`, where nothing overflows on the way: these are linear in v. A weight that does not count is
        no measure for the others, which would vanish beside it."""
        shares = self.positive(rows)
        counted = self.counted(shares, v)
        size = np.abs(counted).max(-1, keepdims=True)
        up = np.frexp(np.where(np.isfinite(size), size, 1.0))[1]
        product = self._times_scale(self.slopes(shares, np.ldexp(counted, -up)), up)
        product = np.where(shares == 0, self.closed(v), product)
        return -product if self._falling else product

    def _times_scale(self, slopes, up=0):
        return scaled(slopes, np.zeros_like(slopes), self._size, up)[0]

    def counted(self, shares, v):
        """The weights, 0 for those on which no slope depends."""
        return np.where(shares == 0, 0.0, v)

    def closed(self, v):
        """The product where a share is 0."""
        return np.zeros_like(v)


class Shares(OfForm):
    """exp(c x_i) / Σ exp(c x_j)."""

    def __call__(self, rows):
        rows, scale = self._oriented(rows)
        return _with_limits(rows, lambda finite: Exponents(finite, scale).shares())

    def single(self, rows):
        """For rows whose results are rounded to float32 or less."""
        rows, scale = self._oriented(rows)
        return _with_limits(rows, lambda finite: single_shares(finite, scale))

    def positive(self, rows):
        """What is 0 for shares that are 0."""
        return Shares.__call__(self, rows)

    def slopes(self, shares, v):
        return _balanced(shares, v)


class LogShares(Shares):
    """c x_i - log Σ exp(c x_j)."""

    def __call__(self, rows):
        rows, scale = self._oriented(rows)
        return _with_limits(rows, lambda finite: Exponents(finite, scale).log_shares(), logarithm=True)

    def single(self, rows):
        rows, scale = self._oriented(rows)
        return _with_limits(rows, lambda finite: single_log_shares(finite, scale), logarithm=True)

    def counted(self, shares, v):
        """All, but that of a share beside which the others are 0."""
        return np.where((shares > 0) & (_others(shares) == 0), 0.0, v)

    def closed(self, v):
        return self._times_scale(v)

    def slopes(self, shares, v):
        return _less_share(shares, v)


class LogSum(OfForm):
    """(1/c) log Σ exp(c x_j)."""

    def __init__(self, found):
        super().__init__(found)
        self.softmax = Shares(found)

    def __call__(self, rows):
        oriented, scale = self._oriented(rows)
        result = logarithm_of_sum(oriented, scale, 1 / scale)
        result = np.where(np.isnan(rows).any(-1, keepdims=True), np.nan, result)
        return -result if self._falling else result

    def pull_back(self, rows, v):
        return _weighted(self.softmax(rows), v)


class Thresholds(OfForm):
    """F(max(c x_i - θ, 0)), shares that sum to 1, for F(t) = t or t²."""

    def positive(self, rows):
        oriented, scale = self._oriented(rows)
        return _with_limits(oriented, lambda finite: excess(finite, scale, self.power))

    def __call__(self, rows):
        return self.positive(rows) ** self.power

    def slopes(self, above, v):
        if self.power == 1:
            above = np.where(np.isnan(above), above, np.sign(above))
        size = total(above)[0][:, None]
        return self.power * size * _balanced(above / size, v)


class Hard(OfForm):
    """1 for the first of the largest numbers, 0 for the others."""

    def __call__(self, rows):
        return _with_limits(rows, first_of_largest)

    def pull_back(self, rows, v):
        return np.where(np.isnan(rows).any(-1, keepdims=True), np.nan, np.zeros_like(rows))


class Greatest(OfForm):
    """The largest number."""

    def __call__(self, rows):
        return rows.max(-1, keepdims=True)

    def pull_back(self, rows, v):
        return np.where(np.isnan(rows).any(-1, keepdims=True), np.nan, _weighted(first_of_largest(rows), v))


class Halves:
    """f(a) g(b) of the two halves."""

    def __init__(self, units, parameters):
        self.units, self.parameters = units, parameters

    def __call__(self, rows):
        return product(self.units, (0, 0), np.split(rows, 2, -1), self.parameters)

    def pull_back(self, rows, v):
        halves, finite = np.split(rows, 2, -1), np.isfinite(v)
        found = (product(self.units, orders, halves, self.parameters, np.where(finite, v, 1.0)) for orders in ((1, 0), (0, 1)))
        return np.concatenate([np.where(finite, part, _weighted(part, v)) for part in found], -1)


class Pairs:
    """Any function of the two halves, in ball arithmetic; NaN at infinities, whose limits nothing here knows."""

    def __init__(self, formula):
        numbers = {symbol: scores[place] for place, symbol in enumerate((a, b), 1)}
        self.formula, *self.slopes = (Exact(e.xreplace(numbers), None) for e in (formula, formula.diff(a), formula.diff(b)))

    def __call__(self, rows):
        return self._of(self.formula, rows)

    def pull_back(self, rows, v):
        return np.concatenate([_weighted(self._of(slope, rows), v) for slope in self.slopes], -1)

    @staticmethod
    def _of(exact, rows):
        halves = np.split(rows, 2, -1)
        return exact(np.stack(halves, -1).reshape(-1, 2)).reshape(halves[0].shape)


class Several:
    """Several functions of each number, one after the other."""

    def __init__(self, formulas, settings, parameters):
        self.units, self.settings = [_sided(formula, parameters) for formula in formulas], settings

    def _values(self, rows, n):
        return [sign**n * evaluate(unit, sign * rows, n, {p.name: self.settings[p.name] for p in unit.parameters})
                for unit, sign in self.units]

    def __call__(self, rows):
        return np.concatenate(self._values(rows, 0), -1)

    def pull_back(self, rows, v):
        slopes = self._values(rows, 1)
        return sum(map(_weighted, slopes, np.split(v, len(slopes), -1)))


def _sided(formula, parameters):
    """The activation with this formula and 1, or one of the catalogue that has it of -x and -1, so that zeros have its sign."""
    from activlib.catalogue import activations

    own, mirrored = unit(formula, parameters), unit(formula.subs(x, -x), parameters)
    known = activations.values()
    return (mirrored, -1) if own not in known and mirrored in known else (own, 1)


FORMS = {"shares": Shares, "log_shares": LogShares, "log_sum": LogSum, "thresholds": Thresholds, "first": Hard,
         "largest": Greatest}


def first_of_largest(rows):
    """1 at the first of the largest numbers of each row, 0 elsewhere."""
    result = np.zeros_like(rows)
    np.put_along_axis(result, rows.argmax(-1)[:, None], 1.0, -1)
    return result


def _with_limits(rows, shares, logarithm=False):
    """Shares of rows that may have NaN and infinities; see `activlib.vector.kernels.evaluate`.

    One number has the share 1 whatever it is.
    """
    if rows.shape[-1] == 1:
        return np.where(np.isnan(rows), rows, 0.0 if logarithm else 1.0)
    if np.isfinite(rows).all():
        return shares(rows)
    with_nan = np.isnan(rows).any(-1)
    infinite = rows == np.inf
    several = infinite.sum(-1)
    nothing = (rows == -np.inf).all(-1)
    usual = np.flatnonzero(~(with_nan | (several > 0) | nothing))
    nothing_of, all_of = (-np.inf, 0.0) if logarithm else (0.0, 1.0)
    result = np.where(infinite, np.where(several == 1, all_of, np.nan)[:, None], nothing_of)
    result[with_nan | nothing] = np.nan
    if len(usual):
        result[usual] = shares(rows if len(usual) == len(rows) else rows[usual])
    return result


def _weighted(slopes, v):
    """slopes · v, where a weight without a slope does not count, be it infinite or NaN."""
    return slopes * np.where((slopes == 0) & ~np.isfinite(v), 0.0, v)


def _balanced(shares, v):
    """shares · (v - Σ shares v), by differences of v from one of its numbers, so that equal weights cancel."""
    reference = np.take_along_axis(v, shares.argmax(-1)[:, None], -1)
    difference = v - reference
    mean = total(*two_product(shares, difference))[0][:, None]
    return _weighted(shares, difference - mean)


def _less_share(shares, v):
    """v - shares · Σ v; at the largest share y, which may be near 1, as (1 - y) v less y times the other weights, where 1 - y
    is the sum of the others."""
    result = v - shares * total(v)[0][:, None]
    place = shares.argmax(-1)[:, None]
    largest, own = (np.take_along_axis(part, place, -1) for part in (shares, v))
    weights = v.copy()
    np.put_along_axis(weights, place, 0.0, -1)
    np.put_along_axis(result, place, _others(shares) * own - largest * total(weights)[0][:, None], -1)
    return result


def _others(shares):
    """The sum of all shares but the largest, as a column."""
    others = shares.copy()
    np.put_along_axis(others, shares.argmax(-1)[:, None], 0.0, -1)
    return total(others)[0][:, None]
