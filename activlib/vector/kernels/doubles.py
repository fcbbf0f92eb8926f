"""Arithmetic with numbers that are the unevaluated sum of two float64, for arrays."""

from __future__ import annotations

import numpy as np

_SPLIT = 134217729.0  # 2^27 + 1


def two_sum(a, b):
    """a + b rounded, and its rounding error (Knuth)."""
    total = a + b
    back = total - a
    return total, (a - (total - back)) + (b - back)


def two_product(a, b):
    """a b rounded, and its rounding error (Dekker); for factors below 2^996 whose product's error is no subnormal."""
    product = a * b
    return product, _error(a, b, product)


def _error(a, b, product):
    (a1, a2), (b1, b2) = _halves(a), _halves(b)
    return ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def _halves(a):
    shifted = _SPLIT * a
    high = shifted - (shifted - a)
    return high, a - high


def add(x, y):
    """The sum of two pairs."""
    high, low = two_sum(x[0], y[0])
    other, rest = two_sum(x[1], y[1])
    high, low = two_sum(high, low + other)
    return two_sum(high, low + rest)


def times(x, y):
    """The product of two pairs."""
    high, low = two_product(x[0], y[0])
    return two_sum(high, low + (x[0] * y[1] + x[1] * y[0]))


def over(x, y):
    """The quotient of two pairs."""
    first = x[0] / y[0]
    rest = add(x, times((-first, np.zeros_like(first)), y))
    return two_sum(first, rest[0] / y[0])


def root(x):
    """The square root of a pair that is not negative."""
    first = np.sqrt(x[0])
    rest = add(x, times((-first, np.zeros_like(first)), (first, np.zeros_like(first))))
    safe = np.where(first > 0, first, 1.0)
    return two_sum(first, rest[0] / (2 * safe))


def total(terms: np.ndarray, low: np.ndarray | None = None):
    """The sums of the rows as pairs: halves are added with their rounding errors until one column is left."""
    high = terms
    low = np.zeros_like(terms) if low is None else low
    while high.shape[-1] > 1:
        half = high.shape[-1] // 2
        rest, rest_low = high[..., 2 * half:], low[..., 2 * half:]
        added, error = two_sum(high[..., :half], high[..., half:2 * half])
        error += low[..., :half] + low[..., half:2 * half]
        high, low = np.concatenate([added, rest], -1), np.concatenate([error, rest_low], -1)
    return two_sum(high[..., 0], low[..., 0])
