"""Softmax, its logarithm and the logarithm of its denominator, for rows of float64.

With m the largest score and d_i = c (x_i - m) ≤ 0, softmax is exp(d_i) / Σ exp(d_j). The difference and the product round;
an error of |d_i| 2^-53 in the exponent would make as large a relative error of the result, 700 ulp and more. It is kept:
exp(d + e) = exp(d) (1 + e).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from activlib.vector.kernels.doubles import total, total_of_fractions, two_product, two_sum

HUGE = Fraction(2) ** 1023  # makes every number that a float32 has infinite, or leaves it 0


class Exponents:
    """The exponents d_i of the rows, as pairs, and what follows from them.

    rows: float64 of shape (rows, n), without NaN. scale: the positive number c, exact.
    Only the terms of one row may be +inf, and rows of -inf alone give no numbers; `limits` mends both.
    """

    def __init__(self, rows: np.ndarray, scale: Fraction):
        finite = np.isfinite(rows).all()
        size = rows if finite else np.where(np.isfinite(rows), rows, 0.0)
        if max(size.max(initial=0), -size.min(initial=0)) > 2.0**1021:
            rows, scale = rows / 4, scale * 4  # so that no difference overflows
        self.place = rows.argmax(-1)[:, None]
        self.largest = np.take_along_axis(rows, self.place, -1)
        difference, error = _less(rows, self.largest)
        if not finite:
            error = np.where(np.isfinite(error), error, 0.0)
        self.high, self.low = scaled(difference, error, scale)
        self.terms = np.exp(self.high)
        self.terms += self.terms * self.low

    def shares(self):
        """exp(d_i) / Σ exp(d_j)."""
        return self.terms / total_of_fractions(self.terms)[:, None]

    def log_total(self):
        """log Σ exp(d_j) as a column: log1p of the sum of all but the largest, which is exp(0) = 1."""
        others = self.terms.copy()
        np.put_along_axis(others, self.place, 0.0, -1)
        return np.log1p(total(others)[0])[:, None]

    def log_shares(self):
        """d_i - log Σ exp(d_j): both have the same sign."""
        return self.high + (self.low - self.log_total())


def _less(a, b):
    """a - b rounded, and its rounding error, as `two_sum` gives it, with fewer arrays."""
    difference = a - b
    back = difference - a
    error = difference - back
    np.subtract(a, error, out=error)
    back += b
    error -= back
    return difference, error


def single_shares(rows: np.ndarray, scale: Fraction) -> np.ndarray:
    """exp(d_i) / Σ exp(d_j) for rows of float32 or less in float64, whose rounding errors those hide."""
    terms = rows - rows.max(-1, keepdims=True)
    if scale != 1:
        terms *= float(min(scale, HUGE))
    np.exp(terms, out=terms)
    terms /= terms.sum(-1, keepdims=True)
    return terms


def single_log_shares(rows: np.ndarray, scale: Fraction) -> np.ndarray:
    """d_i - log Σ exp(d_j) for rows of float32 or less in float64."""
    place = rows.argmax(-1)[:, None]
    d = rows - np.take_along_axis(rows, place, -1)
    if scale != 1:
        d *= float(min(scale, HUGE))
    terms = np.exp(d)
    np.put_along_axis(terms, place, 0.0, -1)
    d -= np.log1p(terms.sum(-1, keepdims=True))
    return d


def scaled(high, low, scale, up=0):
    """A pair times an exact positive number, which may be beyond what floats hold, and times 2^up."""
    if scale == 1 and not np.any(up):
        return high, low
    exponent = scale.numerator.bit_length() - scale.denominator.bit_length()
    mantissa = scale / Fraction(2) ** exponent
    first = float(mantissa)
    second = float(mantissa - Fraction(first))
    down = np.frexp(high)[1]
    high, low = np.ldexp(high, -down), np.ldexp(low, -down)
    product, error = two_product(high, np.float64(first))
    error = error + (high * second + low * first)
    back = down + exponent + up
    product, error = np.ldexp(product, back), np.ldexp(error, back)
    return product, np.where(np.isfinite(product), error, 0.0)


def logarithm_of_sum(rows, scale, factor):
    """factor log Σ exp(scale x_j), where the product of both is 1, as a column."""
    exponents = Exponents(rows, scale)
    largest = rows.max(-1, keepdims=True)
    total_ = exponents.log_total()
    product = scaled(total_, np.zeros_like(total_), factor)[0]
    high, low = two_sum(largest, product)
    return np.where(np.isinf(largest), largest, np.where(np.isinf(high), high, high + low))
