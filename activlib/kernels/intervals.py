"""Arithmetic with intervals, as arrays of lower and of upper ends, and the formats whose rounding it bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TINY, LARGEST = 5e-324, np.finfo(np.float64).max
ILL = 1  # ulp: where a neighbor of x moves the value so far, the contract takes the values at neighbors for right, too
SUBNORMAL = 2 * TINY  # where a function is below, its error is too, whatever its argument's


@dataclass(frozen=True)
class Format:
    """A floating-point type: digits of the significand, exponents of the smallest subnormal number and beyond the
    largest finite one; `wide` is how far proofs widen an interval; `limit` is what the contract allows, in ulp."""

    dtype: type
    digits: int
    smallest: int
    beyond: int
    wide: float
    limit: float


FLOAT64 = Format(np.float64, 53, -1074, 1024, 2.0**-47, 4)
FLOAT32_FORMAT = Format(np.float32, 24, -149, 128, 2.0**-18, 2)


def where(mask, value, otherwise):
    """np.where, which is slow, for a mask that mostly has nothing set."""
    return np.where(mask, value, otherwise) if mask is not False and np.count_nonzero(mask) else otherwise


def times(a, b):
    """The product of numbers that are not negative, where 0 times infinity is 0."""
    return where((a == 0) | (b == 0), 0, a * b)


def product(a, b):
    """The product of two intervals, where 0 times infinity is 0."""
    a, b = ([(end, end == 0) for end in interval] for interval in (a, b))
    return _hull([where(zero_p | zero_q, 0, p * q) for p, zero_p in a for q, zero_q in b])


def _hull(ends):
    return np.minimum(np.minimum(ends[0], ends[1]), np.minimum(ends[2], ends[3])), \
        np.maximum(np.maximum(ends[0], ends[1]), np.maximum(ends[2], ends[3]))


def zero(interval):
    return (interval[0] == 0) & (interval[1] == 0)


def outward(interval, exact):
    """An interval whose ends may have underflowed; where `exact` they have not."""
    low, high = interval
    return where((abs(low) < 1e-290) & ~exact, low - TINY, low), where((abs(high) < 1e-290) & ~exact, high + TINY, high)


def quotient(a, b):
    """The quotient of two intervals, the second without 0."""
    return _hull([where(zero, 0, p / q) for p, zero in ((end, end == 0) for end in a) for q in b])


def power_of_2(exponent, least=-1100, most=1100):
    """2 to an exponent that is taken to lie between the two (np.clip takes ten times as long to begin with)."""
    return np.ldexp(1.0, np.minimum(np.maximum(exponent, least), most))


def scaled(interval, exponent):
    """The interval times a power of two."""
    exponent = np.minimum(np.maximum(exponent, -2200), 2200)
    ends = [np.ldexp(end, exponent) for end in interval]
    return outward(ends, (interval[0] == 0) & (interval[1] == 0))


def is_power_of_2(value):
    return np.frexp(abs(value))[0] == 0.5
