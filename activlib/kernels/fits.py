"""Polynomials for what no library computes accurately enough: sums of powers of the distance and of erfcx."""

from __future__ import annotations

import functools
from typing import NamedTuple

import mpmath
import numpy as np
import sympy as sp

from activlib.kernels.pieces import distance

erfcx = sp.Function("erfcx")  # exp(z^2) erfc(z); SciPy's errs by up to 8 ulp
CENTER = 3.5  # of the arguments of erfcx; few terms are needed with one near it
DIGITS = 40


class Fit(NamedTuple):
    """A function of d is near (d + shift)^power times the product of d - z over its zeros z times the polynomial
    with these coefficients, of the highest power first, in t = (d - center)/(d + center).

    t takes d from [0, oo) to [-1, 1), on which such a function is as smooth as at 0 (Shepherd and Laframboise 1981
    do so for erfcx). As the zeros are factors, nothing cancels near them.
    """

    zeros: tuple[tuple[np.float64, np.float64], ...]  # as a float64 and what rounding took off
    shift: np.float64
    power: int
    center: np.float64
    coefficients: tuple[np.float64, ...]


@functools.lru_cache(maxsize=64)
def fit(e: sp.Expr, terms: int, tolerance: float) -> Fit | None:
    """The fit of an expression in the distance alone; None where so many terms are off by more than `tolerance` times
    the polynomial's largest coefficient."""
    rates = {sp.diff(f.args[0], distance) for f in e.atoms(erfcx)}
    if len(rates) > 1 or not (rate := rates.pop()).is_positive:
        return None
    center = np.float64(CENTER / rate)
    e, zeros = e.replace(erfcx, lambda z: sp.exp(z**2) * sp.erfc(z)), []
    while e.subs(distance, 0) == 0:
        e, zeros = sp.expand(e / distance), [*zeros, 0]
    with mpmath.workdps(DIGITS):
        positive = _zeros(e, mpmath.mpf(center))

        def without_zeros(d):
            return _value(e, d) / mpmath.fprod(d - zero for zero in positive)

        far = mpmath.mpf(center) * 10**6
        power = round(float(mpmath.log10(abs(without_zeros(10 * far) / without_zeros(far)))))
        # With this shift the polynomial is flat at d = 0, where the error of t is largest.
        slope = _value(sp.diff(e, distance), 0) / _value(e, 0) + sum(1 / zero for zero in positive)  # of the logarithm
        shift = mpmath.mpf(np.float64(power / slope if power * slope > 0 else center))

        def polynomial(t):
            d = center * (1 + t) / (1 - t)
            return without_zeros(d) / (d + shift) ** power

        coefficients, error = mpmath.chebyfit(polynomial, [-1, 1 - mpmath.mpf(2)**-20], terms, error=True)
        if error > tolerance * max(map(abs, coefficients)):
            return None
        pairs = tuple((high := np.float64(zero), np.float64(zero - mpmath.mpf(high))) for zero in zeros + positive)
    return Fit(pairs, np.float64(shift), power, center, tuple(map(np.float64, coefficients)))


def _value(e, d):
    return e.evalf(DIGITS, subs={distance: sp.Float(d, DIGITS)})._to_mpmath(mpmath.mp.prec)


def _zeros(e, center):
    """The zeros above 0 and up to 4 times the center, beyond which the terms are too different in size to cancel."""
    grid = [center * k / 16 for k in range(65)]
    signs = [mpmath.sign(_value(e, d)) for d in grid]
    return [mpmath.findroot(lambda d: _value(e, d), (a, b), solver="anderson")
            for a, b, s, t in zip(grid, grid[1:], signs, signs[1:], strict=False) if s * t < 0]
