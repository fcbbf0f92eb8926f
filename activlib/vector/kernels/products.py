"""Products of elementwise functions of the two halves, right where a factor underflows or is infinite."""

from __future__ import annotations

import functools

import numpy as np
import sympy as sp
from flint import arb

from activlib.activation import Activation
from activlib.balls import Ball, precision
from activlib.definition.symbols import x
from activlib.kernels import evaluate
from activlib.vector.symbols import a, b


@functools.lru_cache(maxsize=256)
def factors(formula: sp.Expr, parameters) -> tuple[Activation, Activation]:
    """Activations f and g with formula = f(a) g(b); those of the catalogue where it has them.

    Raises ValueError for a formula that is no such product.
    """
    parts = sp.separatevars(formula, symbols=(a, b), dict=True)
    if parts is None:
        raise ValueError(f"{formula} is no product of a function of a and a function of b")
    first, second = parts["coeff"] * parts[a], parts[b]
    return _named(first.xreplace({a: x}), parameters), _named(second.xreplace({b: x}), parameters)


def _named(formula, parameters):
    from activlib.catalogue import activations

    used = tuple(p for p in parameters if p.symbol in formula.free_symbols)
    return next((entry for entry in activations.values() if entry.formula == formula and entry.parameters == used),
                Activation("factor", "Factor", "f", formula, used))


def product(units, orders, arguments, parameters, weights=1.0):
    """weights · Π of the derivatives of `units` of these orders at `arguments`, arrays of float64."""
    values = [evaluate(unit, argument, order, _own(unit, parameters))
              for unit, order, argument in zip(units, orders, arguments, strict=True)]
    result = _multiplied(*values, weights)
    small = [(np.abs(value) < np.finfo(np.float64).smallest_normal) for value in values]
    # A factor that underflows has lost its digits, and 0 times an infinity has the limit that the factor near it gives.
    for place in zip(*np.nonzero((small[0] & ~(np.abs(values[1]) <= 1)) | (small[1] & ~(np.abs(values[0]) <= 1)))):
        settled = [_scaled_value(unit, order, _own(unit, parameters), argument[place], value[place])
                   for unit, order, argument, value in zip(units, orders, arguments, values, strict=True)]
        result[place] = _limit_product(settled, np.broadcast_to(weights, result.shape)[place])
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
        piece = line.fixed(line.expressions[_piece(line, point)])
        if piece.is_zero:
            return ("zero", 0)
        with precision(256):
            ball = Ball(piece)(arb(float(point)))
            if ball.is_finite() and not ball.contains(arb(0)):
                mantissa, exponent = ball.mid().man_exp()
                shift = int(mantissa).bit_length()
                return float(int(mantissa) / (1 << shift)), int(exponent) + shift
        return 0.0, 0
    if np.isinf(point) and value == 0:
        expressions = unit.line(order, **parameters).expressions
        return ("zero", 0) if expressions[0 if point < 0 else -1].is_zero else (0.0, 0)
    mantissa, exponent = np.frexp(value)
    return float(mantissa), int(exponent)


def _piece(line, point):
    from bisect import bisect_left

    from activlib.definition.numbers import place

    return bisect_left([place(cut) for cut in line.cuts], float(point))


def _limit_product(settled, weight):
    if any(mantissa == "zero" for mantissa, _ in settled):  # it is 0 all around
        return 0.0 if not np.isnan(weight) and not any(m != "zero" and np.isnan(m) for m, _ in settled) else np.nan
    mantissa, exponent = np.frexp(weight)
    for m, e in settled:
        mantissa, exponent = mantissa * m, exponent + e
    return np.ldexp(mantissa, int(np.clip(exponent, -5000, 5000)))
