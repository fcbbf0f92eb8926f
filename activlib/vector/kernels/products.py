"""Products of elementwise functions of the two halves, right where a factor underflows or is infinite."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from fractions import Fraction

import numpy as np
from flint import arb

from activlib.balls import Ball, precision
from activlib.definition.forms import forms
from activlib.definition.numbers import place
from activlib.kernels import evaluate

CERTAIN = 72  # bits of a factor that underflows


def product(units, orders, arguments, parameters, weights=1.0):
    """weights · Π of the derivatives of `units` of these orders at `arguments`, arrays of float64; the weights are finite."""
    values = [evaluate(unit, argument, order, _own(unit, parameters))
              for unit, order, argument in zip(units, orders, arguments, strict=True)]
    result = _multiplied(*values, weights)
    small = [(np.abs(value) < np.finfo(np.float64).smallest_normal) for value in values]
    # A factor that underflows has lost its digits, and 0 times an infinity has the limit that the factor near it gives.
    for at in zip(*np.nonzero((small[0] & ~(np.abs(values[1]) <= 1)) | (small[1] & ~(np.abs(values[0]) <= 1)))):
        settled = [_scaled_value(unit, order, _own(unit, parameters), argument[at], value[at])
                   for unit, order, argument, value in zip(units, orders, arguments, values, strict=True)]
        result[at] = _limit_product(settled, np.broadcast_to(weights, result.shape)[at])
    return result


def _own(unit, parameters):
    return {p.name: parameters[p.name] for p in unit.parameters if p.name in parameters}


def _multiplied(*values):
    """The product, without over- or underflow on the way."""
    mantissas, exponents = zip(*(np.frexp(value) for value in values))
    return np.ldexp(functools.reduce(np.multiply, mantissas), functools.reduce(np.add, exponents))


def _scaled_value(unit, order, parameters, point, value):
    """A number and the exponent of a power of two: the value, however small it is; ±inf and NaN as they are."""
    if np.isfinite(point) and abs(value) < np.finfo(np.float64).smallest_normal:
        line = unit.line(order, **parameters)
        piece, *other = (line.fixed(line.expressions[side]) for side in _sides(line, point))
        if other:  # where two pieces meet, 0 times an infinity has a limit only if both are 0
            return ("zero", 0) if piece.is_zero and other[0].is_zero else (0.0, 0)
        if piece.is_zero:
            return ("zero", 0)
        with precision():
            for form in forms(piece):
                ball = Ball(form.written_out)(arb(float(point))) if form.everywhere else arb.nan()
                if ball.is_finite() and ball.rel_accuracy_bits() >= CERTAIN:
                    mantissa, exponent = (int(number) for number in ball.mid().man_exp())
                    return float(Fraction(mantissa, 1 << mantissa.bit_length())), exponent + mantissa.bit_length()
        return float(np.copysign(0.0, value)), 0
    if np.isinf(point) and value == 0:
        expressions = unit.line(order, **parameters).expressions
        return ("zero", 0) if expressions[0 if point < 0 else -1].is_zero else (0.0, 0)
    mantissa, exponent = np.frexp(value)
    return float(mantissa), int(exponent)


def _sides(line, point):
    """Which pieces are next to a point: the one that it lies in, or both where it is a cut."""
    cuts = [place(cut) for cut in line.cuts]
    left, right = bisect_left(cuts, float(point)), bisect_right(cuts, float(point))
    return range(left, right + 1)


def _limit_product(settled, weight):
    if any(mantissa == "zero" for mantissa, _ in settled):  # it is 0 all around
        return np.nan if any(m != "zero" and np.isnan(m) for m, _ in settled) else 0.0
    mantissa, exponent = (part.item() for part in np.frexp(weight))  # Python's integers, which have no end
    for m, e in settled:
        mantissa, exponent = mantissa * m, exponent + e
    return np.ldexp(mantissa, int(np.clip(exponent, -5000, 5000)))
