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


def total(terms: np.ndarray, low: np.ndarray | None = None, extractions: int = 1):
    """The sums of the rows of finite terms as pairs, as though by exact addition but for 2^-52 n of the last part.

    From each term its leading bits are taken, so many of one unit for the whole row that their sum is exact (Rump, Ogita and
    Oishi 2008), as often as `extractions` says; what is left is small, and so is the rounding of its sum.
    """
    bits = (terms.shape[-1] - 1).bit_length() + 3
    size = np.maximum(terms.max(-1, keepdims=True, initial=0), -terms.min(-1, keepdims=True, initial=0))
    down = np.clip(np.frexp(size)[1] - 1, -1022, 1022)
    rest = terms * np.ldexp(1.0, -down)  # now below 4, so that nothing overflows
    result, unit = (np.zeros(terms.shape[:-1]),) * 2, 1.5 * 2.0**bits
    for _ in range(extractions):
        leading = (rest + unit) - unit
        rest = rest - leading
        result = add(result, two_sum(leading.sum(-1), 0.0))
        unit *= 2.0 ** (bits - 53)
    result = add(result, two_sum(rest.sum(-1), 0.0))
    high, low_sum = (np.ldexp(part, down[..., 0]) for part in result)
    return two_sum(high, low_sum + (0.0 if low is None else low.sum(-1)))


def total_of_fractions(terms: np.ndarray) -> np.ndarray:
    """The sums of the rows of numbers in [0, 1] whose largest is near 1, next to exact: by the same extraction of one unit."""
    unit = 1.5 * 2.0 ** ((terms.shape[-1] - 1).bit_length() + 3)
    leading = terms + unit
    leading -= unit
    high = leading.sum(-1)
    np.subtract(terms, leading, out=leading)
    return high + leading.sum(-1)
