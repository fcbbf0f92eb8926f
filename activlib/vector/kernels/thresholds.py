"""Shares of a whole with a threshold, for rows of float64: y_i = F(max(u_i - θ, 0)) with Σ y_i = 1, for F(t) = t and t².

Newton's iteration from the left finds which numbers are above θ: the sum falls and is convex in θ, so that no step passes
the solution. Their sums in pairs of floats then give every u_i - θ; where one comes too near 0 to be told from it, the row
is settled in fractions.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from activlib.vector.kernels.doubles import add, over, root, times, total
from activlib.vector.kernels.shares import Exponents

NEAR = 2.0**-36  # closer to 0 than that a result of pairs has too few certain digits
BITS = 2**10  # of a square root of a fraction


def excess(rows: np.ndarray, scale: Fraction, power: int) -> np.ndarray:
    """max(u_i - θ, 0) for u_i = scale x_i and F(t) = t^power.

    rows: float64 of shape (rows, n) without NaN or +inf, in each at least one finite number.
    """
    exponents = Exponents(rows, scale)
    # Only what is less than 1 below the largest, where F(1) = 1, can be above θ.
    u = np.maximum(exponents.high, -2.0), np.where(exponents.high > -2, exponents.low, 0.0)
    above = u[0] > _newton(u[0], power)[:, None]
    ones = (np.ones(len(rows)), np.zeros(len(rows)))
    count = above.sum(-1).astype(np.float64), np.zeros(len(rows))
    mean = over(_sum(u, above), count)
    centered = add(u, _column(_negative(mean)))
    if power == 1:
        t = add(centered, _column(over(ones, count)))
    else:
        spread = over(add(ones, _negative(_sum(times(centered, centered), above))), count)
        spread = np.maximum(spread[0], 0.0), np.where(spread[0] > 0, spread[1], 0.0)
        t = add(centered, _column(root(spread)))
    doubtful = (np.abs(t[0]) < NEAR).any(-1) | (above != (t[0] > 0)).any(-1)
    result = np.where(above, t[0] + t[1], 0.0)
    for place in np.flatnonzero(doubtful):
        result[place] = _settled(rows[place], scale, power)
    return result


def _newton(u, power):
    """θ from the left, as near as float64 has it."""
    theta = np.full(len(u), -1.0)
    for _ in range(200):
        t = np.maximum(u - theta[:, None], 0.0)
        slope = (t > 0).sum(-1) if power == 1 else 2 * t.sum(-1)
        step = ((t**power).sum(-1) - 1) / slope
        theta = theta + step
        if not (step > 2.0**-50).any():
            break
    return np.minimum(theta, -(2.0**-60))


def _sum(x, above):
    return total(np.where(above, x[0], 0.0), np.where(above, x[1], 0.0), extractions=2)


def _negative(x):
    return -x[0], -x[1]


def _column(x):
    return x[0][:, None], x[1][:, None]


def _settled(row, scale, power):
    """max(u_i - θ, 0) for one row, from exact fractions."""
    finite = [(Fraction(number) * scale, place) for place, number in enumerate(row.tolist()) if math.isfinite(number)]
    finite.sort(reverse=True)
    chosen = [finite[0]]
    for u, place in finite[1:]:
        if sum((other - u) ** power for other, _ in chosen) >= 1:
            break
        chosen.append((u, place))
    result, mean = np.zeros(len(row)), sum(u for u, _ in chosen) / len(chosen)
    # u - θ = (u - M) + r, with r = 1/count or the root of (1 - Σ (u - M)²)/count, M the mean.
    square = (1 - sum((u - mean) ** 2 for u, _ in chosen)) / len(chosen) if power == 2 else Fraction(1, len(chosen)) ** 2
    reach = _root(square)
    for u, place in chosen:
        below = mean - u
        result[place] = reach - below if below <= 0 else (square - below**2) / (reach + below)
    return result


def _root(square):
    """The square root of a fraction to BITS bits after the point, far more than the smallest float64 asks for."""
    return Fraction(math.isqrt(math.floor(square * 4 ** (2 * BITS))), 2 ** (2 * BITS))
