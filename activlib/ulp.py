"""Errors in units in the last place (ulp), measured against values that ball arithmetic encloses."""

from __future__ import annotations

import bisect
import functools
import operator
from fractions import Fraction

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from activlib.activation import Activation, x
from activlib.constant import Constant
from activlib.definition.enclosed import ROOTS, root_ball
from activlib.definition.line import line

FIRST_BITS, MOST_BITS = 128, 4096
FAR = 2.0**64
INFINITE = {sp.nan: lambda point: arb.nan(), sp.oo: lambda point: arb.pos_inf(), -sp.oo: lambda point: arb.neg_inf()}


def ulp_errors(activation: Activation, x, n: int = 0, *, candidate=None, neighbors: bool = False, **parameters):
    r"""The error of computed values of the n-th derivative, in ulp, at every entry of `x`.

    An error is :math:`|y - f^{(n)}(x)| / \operatorname{ulp}`, where y is the computed and
    :math:`f^{(n)}(x)` the exact value, and an ulp is the distance between the floating-point numbers of
    x's dtype on the binade of the exact value: correct rounding errs by at most 1/2. Among subnormal
    numbers and at 0 it is the smallest subnormal number; beyond the largest finite number it stays that
    of the last binade, and infinity counts as the power of two that follows. Where the function is
    undefined any y that is not finite is right.

    Parameters
    ----------
    activation: an `Activation`; its textbook form is evaluated, at whatever precision it takes.
    x: array of float16, float32 or float64 with finite entries.
    n: order of the derivative.
    candidate: what computes y from the array `x`; the activation's own kernel if not given.
    neighbors: take the distance from the interval of the exact values at x and the two floating-point
        numbers next to it, which forgives what the ill-conditioning of the function explains.
    parameters: numbers in the parameters' domains.

    Returns a float64 array of x's shape. Raises TypeError or ValueError for other x or parameters,
    ArithmeticError where 4,096 bits do not settle the exact value.
    """
    x = np.asarray(x)
    if x.dtype not in (np.float16, np.float32, np.float64):
        raise TypeError(f"expected an array of float16, float32 or float64, got {x.dtype}")
    if not np.isfinite(x).all():
        raise ValueError("expected finite entries: errors at infinity and NaN have no unit")
    if candidate is None:
        from activlib.kernels import evaluate
        computed = evaluate(activation, x, n, parameters)
    else:
        with np.errstate(all="ignore"):
            computed = np.asarray(candidate(x))
        if computed.shape != x.shape:
            raise ValueError(f"the candidate gives shape {computed.shape} for x of shape {x.shape}")
    exact = reference(activation, n, **parameters)
    errors = [_error(float(y), [exact(v) for v in _around(v, neighbors)], np.finfo(x.dtype))
              for y, v in zip(computed.ravel(), x.ravel(), strict=True)]
    return np.array(errors).reshape(x.shape)


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

    The textbook form is evaluated. Beyond 2**64, where balls cannot hold exp(x), it is the stable form, for which a
    test proves that the two are equal.
    """
    form = activation.line(n, **parameters)
    stable = line(activation.stable(n), form.values)
    far = {side: _closure(stable.fixed(stable.expressions[end])) for side, end in ((-1, 0), (1, -1))}
    pieces = [_closure(form.fixed(e)) for e in form.expressions]
    cuts = [_number(cut) for cut in form.cuts]
    at_cuts = [_closure(form.value(i)) for i in range(len(cuts))]

    def exact(point):
        point = float(point)
        if abs(point) > FAR:
            return _settled(far[1 if point > 0 else -1], point)
        i = bisect.bisect_left(cuts, point)
        return _settled(at_cuts[i] if i < len(cuts) and cuts[i] == point else pieces[i], point)

    return exact


def _number(end):
    """A number that Python compares with floats exactly (SymPy holds no float equal to a rational)."""
    return Fraction(int(end.p), int(end.q)) if end.is_Rational else Fraction(str(end.evalf(50)))


def _settled(function, point):
    """The midpoint of the value's ball at the first precision at which it is small enough."""
    if function in INFINITE.values():
        return function(point)
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        with ctx.workprec(bits):
            value = function(arb(point))
            if value.is_finite():
                if abs(value) < arb(2) ** -1200:
                    return arb(0)
                if value.rad() <= abs(value.mid()) * arb(2) ** -80:
                    return value.mid()
        bits *= 2
    if value.is_nan():
        return value
    raise ArithmeticError(f"{MOST_BITS} bits do not settle the value at x = {point!r}: {value}")


def _closure(e: sp.Expr):
    """The function of x that a SymPy expression without pieces or parameters denotes, on balls."""
    if e == x:
        return lambda point: point
    if e.is_Rational:
        return lambda point: arb(fmpq(int(e.p), int(e.q)))
    if e in INFINITE:
        return INFINITE[e]
    if e is sp.pi:
        return lambda point: arb.pi()
    if e is sp.E:
        return lambda point: arb.const_e()
    if isinstance(e, ROOTS):
        return lambda point: root_ball(e, lambda c: _closure(c)(point))
    if isinstance(e, Constant):
        return _closure(e.closed_form)
    arguments = [_closure(argument) for argument in e.args]
    if e.is_Add or e.is_Mul:
        combine = operator.add if e.is_Add else operator.mul
        return lambda point: functools.reduce(combine, [a(point) for a in arguments])
    if e.is_Pow and e.exp.is_Integer:
        base, exponent = arguments[0], int(e.exp)
        if exponent < 0:
            inverse = _closure(1 / e)
            return lambda point: 1 / inverse(point)
        # arb's own power is NaN for a ball that holds 0.
        return lambda point: functools.reduce(operator.mul, [base(point)] * exponent)
    # Both libraries use the same names.
    function = operator.pow if e.is_Pow else getattr(arb, e.func.__name__)
    return lambda point: function(*[a(point) for a in arguments])


def _around(point, neighbors):
    """A finite point, and its finite neighbors if wanted."""
    points = [point]
    if neighbors:
        with np.errstate(all="ignore"):
            points += [p for end in (-np.inf, np.inf) if np.isfinite(p := np.nextafter(point, point.dtype.type(end)))]
    return points


def _error(computed, exact, info):
    """The distance in ulp between a computed value and the interval of the exact ones."""
    if any(value.is_nan() for value in exact):
        return float(np.isfinite(computed) and np.inf)
    if not exact[0].is_finite():
        return 0.0 if float(exact[0]) == computed else np.inf
    if np.isnan(computed):
        return np.inf
    with ctx.workprec(300):
        mantissa, exponent = exact[0].man_exp()
        binade = min(max(int(exponent) + int(mantissa).bit_length(), info.minexp + 1), info.maxexp)
        end = arb(2) ** info.maxexp
        low, high, computed = (min(max(value, -end), end) for value in (min(exact), max(exact), arb(computed)))
        return float(max(low - computed, computed - high, arb(0)) * arb(2) ** (info.nmant + 1 - binade))
