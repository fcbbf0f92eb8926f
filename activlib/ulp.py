"""Errors in units in the last place (ulp), measured against values that ball arithmetic encloses."""

from __future__ import annotations

import bisect
import functools

import numpy as np
import sympy as sp
from flint import arb, ctx

from activlib.activation import Activation
from activlib.balls import Ball, precision
from activlib.definition.forms import forms
from activlib.definition.numbers import place
from activlib.entry import Entry
from activlib.vector import VectorActivation

FIRST_BITS, MOST_BITS = 128, 4096
FAR = 2.0**64
INFINITE = {sp.nan: arb.nan(), sp.oo: arb.pos_inf(), -sp.oo: arb.neg_inf()}


def ulp_errors(activation: Entry, x, n: int = 0, *, weights=None, candidate=None, neighbors: bool = False, **parameters):
    r"""The error of computed values of the n-th derivative, in ulp, at every entry of `x`.

    For a `VectorActivation`, of every result along the last axis of `x`; with `weights`, of the vector-Jacobian product.

    An error is :math:`|y - f^{(n)}(x)| / \operatorname{ulp}`, where y is the computed and
    :math:`f^{(n)}(x)` the exact value, and an ulp is the distance between the floating-point numbers of
    x's dtype on the binade of the exact value: correct rounding errs by at most 1/2. Among subnormal
    numbers and at 0 it is the smallest subnormal number; beyond the largest finite number it stays that
    of the last binade, and infinity counts as the power of two that follows. Where the function is
    undefined any y that is not finite is right. A vector-Jacobian product of n results is a sum of n terms, which may cancel:
    its ulp is that of the sum of their sizes.

    Parameters
    ----------
    activation: an `Activation`, whose textbook form is evaluated at whatever precision it takes, or a `VectorActivation`.
    x: array of float16, float32 or float64 with finite entries.
    n: order of the derivative, 0 for a `VectorActivation`.
    weights: the v of v·J, gradients by the results of a `VectorActivation`, of their shape and x's type.
    candidate: what computes y from the array `x`, or from `x` and the weights; the activation's own kernel if not given.
    neighbors: take the distance from the interval of the exact values at x and the two floating-point
        numbers next to it, which forgives what the ill-conditioning of the function explains. Of several numbers, each moves.
    parameters: numbers in the parameters' domains.

    Returns a float64 array of the result's shape. Raises TypeError or ValueError for other x or parameters,
    ArithmeticError where 4,096 bits do not settle the exact value.
    """
    x = _finite(x)
    if isinstance(activation, VectorActivation):
        from activlib.vector.ulp import row_errors
        if n:
            raise ValueError(f"n = {n}: of several numbers there is n = 0, and with weights the vector-Jacobian product")
        return row_errors(activation, x, weights if weights is None else _finite(weights), candidate, neighbors, parameters)
    if weights is not None:
        raise TypeError(f"{activation.name} is a function of one number: there are no weights")
    if candidate is None:
        from activlib.kernels import evaluate
        computed = evaluate(activation, x, n, parameters)
    else:
        with np.errstate(all="ignore"):
            computed = np.asarray(candidate(x))
        if computed.shape != x.shape:
            raise ValueError(f"the candidate gives shape {computed.shape} for x of shape {x.shape}")
    exact = reference(activation, n, **parameters)
    errors = [error(float(y), [exact(v) for v in _around(v, neighbors)], np.finfo(x.dtype))
              for y, v in zip(computed.ravel(), x.ravel(), strict=True)]
    return np.array(errors).reshape(x.shape)


def _finite(x):
    x = np.asarray(x)
    if x.dtype not in (np.float16, np.float32, np.float64):
        raise TypeError(f"expected an array of float16, float32 or float64, got {x.dtype}")
    if not np.isfinite(x).all():
        raise ValueError("expected finite entries: errors at infinity and NaN have no unit")
    return x


def binades(dtype=np.float64, per_binade: int = 2) -> np.ndarray:
    """Points in every binade of a floating-point type, in order: both signs, normal and subnormal, and 0.

    The first point of a binade is its power of two, the others are random with a fixed seed.
    """
    info = np.finfo(dtype)
    exponents = np.arange(info.minexp - info.nmant, info.maxexp)
    significands = 1 + np.random.default_rng(0).random((per_binade, exponents.size))
    significands[0] = 1
    with np.errstate(over="ignore"):  # a significand next to 2 may round up
        positive = np.ldexp(significands, exponents).astype(dtype)
    positive = positive[np.isfinite(positive)]
    return np.unique(np.concatenate([-positive, positive, np.zeros(1, dtype)]))


def reference(activation: Activation, n: int = 0, **parameters):
    """A function from a finite float to the exact n-th derivative there, as the midpoint of a ball that
    encloses it with at least 80 right bits; NaN where it is undefined, 0 where it is below 2**-1200.

    The formula is evaluated as it is published. Beyond 2**64, where balls cannot hold exp(x), one of the equal forms of
    `activlib.definition.forms` may settle what it does not.
    """
    form = activation.line(n, **parameters)
    pieces = [_Value(form.fixed(e)) for e in form.expressions]
    at_cuts = [_Value(form.value(i)) for i in range(len(form.cuts))]
    cuts = [place(cut) for cut in form.cuts]

    def exact(point):
        point = float(point)
        i = bisect.bisect_left(cuts, point)
        return (at_cuts[i] if i < len(cuts) and cuts[i] == point else pieces[i])(point)

    return exact


class _Value:
    """The value of an expression without pieces or parameters, to 80 bits."""

    def __init__(self, e: sp.Expr):
        self.e = e

    @functools.cached_property
    def balls(self):
        """The expression, then forms that are equal to it."""
        return [Ball(self.e), *(Ball(f.written_out) for f in forms(self.e) if f.everywhere and f.written_out != self.e)]

    def __call__(self, point):
        if self.e in INFINITE:
            return INFINITE[self.e]
        bits = FIRST_BITS
        while bits <= MOST_BITS:
            with precision(bits):
                for ball in self.balls if abs(point) > FAR else self.balls[:1]:
                    value = ball(arb(point))
                    if value.is_finite():
                        if abs(value) < arb(2) ** -1200:
                            return arb(0)
                        if value.rad() <= abs(value.mid()) * arb(2) ** -80:
                            return value.mid()
            bits *= 2
        if value.is_nan():
            return value
        raise ArithmeticError(f"{MOST_BITS} bits do not settle the value at x = {point!r}: {value}")


def _around(point, neighbors):
    """A finite point, and its finite neighbors if wanted."""
    points = [point]
    if neighbors:
        with np.errstate(all="ignore"):
            points += [p for end in (-np.inf, np.inf) if np.isfinite(p := np.nextafter(point, point.dtype.type(end)))]
    return points


def error(computed, exact, info, size=None):
    """The distance between a computed value and the interval of the exact ones, in ulp of the size or of the first of these."""
    if any(value.is_nan() for value in exact):
        return float(np.isfinite(computed) and np.inf)
    if not exact[0].is_finite():
        return 0.0 if float(exact[0]) == computed else np.inf
    if np.isnan(computed):
        return np.inf
    with ctx.workprec(300):
        mantissa, exponent = (exact[0] if size is None else size).man_exp()
        binade = min(max(int(exponent) + int(mantissa).bit_length(), info.minexp + 1), info.maxexp)
        end = arb(2) ** info.maxexp
        low, high, computed = (min(max(value, -end), end) for value in (min(exact), max(exact), arb(computed)))
        return float(max(low - computed, computed - high, arb(0)) * arb(2) ** (info.nmant + 1 - binade))
