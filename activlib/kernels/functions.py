"""What the functions of NumPy and SciPy compute, and how far they may be off: the error model of the proofs.

Of the results of + - * / and square roots IEEE 754 says that they are rounded correctly, so they err by 1/2 ulp. For the
others `ulp` bounds the error against the exact value, in float64, whatever the processor: NumPy takes some functions from
the C library and some, on processors that have the instructions for it, from a vector library of its own. The largest
errors known of the GNU C library (Gladman, Innocente, Mather and Zimmermann, "Accuracy of mathematical functions in single,
double, double extended double and quadruple precision") and the largest of millions that we measured stay below, with
a margin; `tests/test_rounding_model.py` measures on dense and on adversarial points, with the vector library and without.
Functions without such a bound are not in this list and have no fast program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.special as special

from activlib.kernels.intervals import where


@dataclass(frozen=True)
class Function:
    """A function of one variable on intervals (arrays of lower ends, arrays of upper ends).

    slope: an enclosure of the derivative, of the interval.
    ulp: a bound of the error, or a function of the largest |z| in the interval that gives one.
    kind: "increasing", "decreasing", "even" (increasing in |z|) or "wave" (between -1 and 1).
    low, high: where it is defined.
    """

    slope: Callable
    ulp: float | Callable
    kind: str = "increasing"
    low: float = -np.inf
    high: float = np.inf


def magnitude(low, high):
    """The least and the greatest |z|."""
    sizes = abs(low), abs(high)
    return where((low <= 0) & (high >= 0), 0, np.minimum(*sizes)), np.maximum(*sizes)


def _even(function):
    """The range of a function that falls with |z|."""
    def between(low, high):
        near, far = magnitude(low, high)
        return function(far), function(near)
    return between


def wave(low, high, function):
    """A range of sin or cos, from the middle and the width."""
    if function is np.sin and max(np.max(abs(low), initial=0), np.max(abs(high), initial=0)) <= 1:
        return np.sin(low), np.sin(high)
    middle, half = low / 2 + high / 2, np.maximum(high / 2 - low / 2, 0)
    value = np.where(half < 2, function(np.where(abs(middle) < np.inf, middle, 0)), 0)
    return np.maximum(value - half - 1e-12, -1), np.minimum(value + half + 1e-12, 1)


def _negated(low, high):
    return -high, -low


TWO_OVER_ROOT_PI = 2 / np.sqrt(np.pi)
ERFC_LAST = 26.5  # a little further SciPy's erfc is 0, although erfc is not: beyond it errs by as much as its size here

FUNCTIONS = {
    np.exp: Function(lambda a, b: (np.exp(a), np.exp(b)), 1),
    np.expm1: Function(lambda a, b: (np.exp(a), np.exp(b)), 1.5),
    np.log: Function(lambda a, b: (1 / b, 1 / np.maximum(a, 0)), 1, low=0),
    np.log1p: Function(lambda a, b: (1 / (1 + b), 1 / np.maximum(1 + a, 0)), 1.5, low=-1),
    np.sqrt: Function(lambda a, b: (0.5 / np.sqrt(b), 0.5 / np.sqrt(np.maximum(a, 0))), 0.5, low=0),
    np.sin: Function(lambda a, b: wave(a, b, np.cos), 1, "wave"),
    np.cos: Function(lambda a, b: _negated(*wave(a, b, np.sin)), 1, "wave"),
    np.arctan: Function(_even(lambda z: (1 / np.hypot(1, z)) ** 2), 1),
    np.sinh: Function(lambda a, b: tuple(np.cosh(z) for z in magnitude(a, b)), 2.5),
    np.cosh: Function(lambda a, b: (np.sinh(a), np.sinh(b)), 2.5, "even"),
    np.tanh: Function(_even(lambda z: (1 / np.cosh(z)) ** 2), 2.5),
    np.arcsinh: Function(_even(lambda z: 1 / np.hypot(1, z)), 2.5),
    np.arctanh: Function(lambda a, b: tuple(1 / np.maximum(1 - z * z, 0) for z in magnitude(a, b)), 2.5, low=-1, high=1),
    np.arccosh: Function(lambda a, b: tuple(1 / (np.sqrt(np.maximum(z - 1, 0)) * np.sqrt(z + 1)) for z in (b, a)), 3, low=1),
    special.erf: Function(_even(lambda z: TWO_OVER_ROOT_PI * np.exp(-z * z)),
                          lambda low, high: np.where(magnitude(low, high)[0] > 1.25, 1.5, 3.5)),
    # To the right of 1/2 it cancels or takes the exponential of a rounded square.
    special.erfc: Function(lambda a, b: _negated(*_even(lambda z: TWO_OVER_ROOT_PI * np.exp(-z * z))(a, b)),
                           lambda low, high: np.select([high <= 0, high <= 0.5, high <= ERFC_LAST], [2.5, 4, 14 + 1.25 * high**2],
                                                         2.0**53),
                           "decreasing"),
}


def outer(function, low, high):
    """The values at the ends of an interval, as bounds of those within."""
    if function is special.erfc:
        return function(np.minimum(low, ERFC_LAST)), np.where(high > ERFC_LAST, 0, function(high))
    return function(low), function(high)


POWER = 1.5  # of np.power, for positive bases
CORRECTLY_ROUNDED = 0.5
# Bounds for float32 arithmetic. The float32 versions of exp, expm1 and log reach 2.4 to 3.5 ulp and have no program.
# Of all float32 numbers NumPy's own tanh errs by at most 1.38 ulp, and its own sin and cos by 1.49; the C library's tanh,
# which errs by up to 2.2, is not asked (program.py).
FLOAT32 = {np.tanh: 1.5, np.sin: 1.6, np.cos: 1.6, np.sqrt: 0.5}
# Values that rounding does not exceed.
BOUNDED = {np.tanh: 1.0, special.erf: 1.0, special.erfc: 2.0, np.sin: 1.0, np.cos: 1.0}
# From where on their values are 1 or -1, to less than 2^-54.
SATURATED = {np.tanh: 20.0, special.erf: 6.25}
# Zero at zero, and exactly so in floating point.
THROUGH_ZERO = {np.expm1, np.log1p, np.sqrt, np.sin, np.arctan, np.sinh, np.tanh, np.arcsinh, np.arctanh, special.erf}
