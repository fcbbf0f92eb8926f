"""Values that ball arithmetic settles, one by one: where no fast program is proved.

A value is computed at growing precision until its ball is far smaller than an ulp (Ziv 1991): 96 bits mostly suffice.
"""

from __future__ import annotations

import bisect
import functools
import operator
from contextlib import contextmanager

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from activlib.constant import closed
from activlib.definition.symbols import x

PRECISIONS = (96, 192, 768, 4096)
CERTAIN = 72  # bits that are right: the result is within 1/2 + 2^-18 ulp
NEGLIGIBLE = arb(2) ** -1080  # far below the smallest number

_SERIES = {
    "expm1": lambda z: z.exp() - 1, "log1p": lambda z: (1 + z).log(),
    "sinh": lambda z: (z.exp() - (-z).exp()) / 2, "cosh": lambda z: (z.exp() + (-z).exp()) / 2,
    "tanh": lambda z: 1 - 2 / ((2 * z).exp() + 1),
    "asinh": lambda z: (z + (z * z + 1).sqrt()).log(), "acosh": lambda z: (z + (z * z - 1).sqrt()).log(),
    "atanh": lambda z: ((1 + z) / (1 - z)).log() / 2,
}


@contextmanager
def precision(bits: int, terms: int = 10):
    """Ball arithmetic with so many bits and series of at most so many terms."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, terms
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


class Ball:
    """The function of x that an expression without pieces denotes, on balls and on power series of balls."""

    def __init__(self, e: sp.Expr):
        self.steps, self._index = [], {}
        self._compile(closed(sp.sympify(e)))

    def _compile(self, e):
        if e not in self._index:
            self.steps.append(self._step(e))
            self._index[e] = len(self.steps) - 1
        return self._index[e]

    def _step(self, e):
        if e == x:
            return lambda z, v: z
        if not e.has(x):
            return lambda z, v: number(e, ctx.prec)
        arguments = [self._compile(a) for a in e.args]
        apply = _operation(e)
        if len(arguments) == 1:
            (only,) = arguments
            return lambda z, v: apply(v[only])
        if len(arguments) == 2:
            a, b = arguments
            return lambda z, v: apply(v[a], v[b])
        return lambda z, v: functools.reduce(apply, [v[i] for i in arguments])

    def __call__(self, z):
        values = []
        for step in self.steps:
            values.append(step(z, values))
        return values[-1]


@functools.lru_cache(maxsize=4096)
def number(e: sp.Expr, bits: int) -> arb:
    """The ball of a constant at a precision of so many bits, which is the present one."""
    if e.is_Rational:
        return arb(fmpq(int(e.p), int(e.q)))
    if e is sp.pi:
        return arb.pi()
    if e is sp.E:
        return arb.const_e()
    return functools.reduce(_operation(e), [number(a, bits) for a in closed(e).args]) if len(e.args) > 1 \
        else _operation(e)(number(e.args[0], bits))


def _operation(e):
    """The operation at the root of an expression, of one or two balls."""
    if e.is_Add:
        return operator.add
    if e.is_Mul:
        return operator.mul
    if e.is_Pow:
        if e.exp.is_Integer:
            n = int(e.exp)
            # Its own power of a ball that holds 0 is NaN.
            return lambda base, _: _power(base, n) if n > 0 else 1 / _power(base, -n)
        if e.exp == sp.S.Half:
            return lambda base, _: base.sqrt()
        return lambda base, exponent: base**exponent if isinstance(base, arb) else (exponent * base.log()).exp()
    name = e.func.__name__
    return lambda z: getattr(z, name)() if isinstance(z, arb) or name not in _SERIES else _SERIES[name](z)


def _power(base, n):
    return functools.reduce(operator.mul, [base] * n)


class Exact:
    """Values of `expressions[i]` between the cuts at `places[i - 1]` and `places[i]`, NaN for an undefined one. A cut's own
    value is not asked for.

    others: for each piece further expressions, of the same function, which may settle where the first does not.
    """

    def __init__(self, places, expressions, others):
        self.places = places
        self.pieces = [() if e is sp.nan else (e, *more) for e, more in zip(expressions, others, strict=True)]

    def __call__(self, points: np.ndarray, out: np.ndarray):
        """Fills `out` with the values at float64 `points`."""
        out[...] = [self.value(point) for point in points.tolist()]

    def value(self, point: float) -> float:
        """The float64 next to the value, or as near as makes no difference; NaN where it is undefined."""
        return _settled(_balls(self.pieces[bisect.bisect_left(self.places, point)]), point)


@functools.lru_cache(maxsize=1024)
def _balls(expressions):
    return [Ball(e) for e in expressions]


def _settled(functions, point):
    with precision(PRECISIONS[0]):
        for ctx.prec in PRECISIONS:
            for function in functions:
                try:
                    value = function(arb(point))
                except (ValueError, ZeroDivisionError):  # what flint cannot hold
                    continue
                if not value.is_finite():
                    continue
                if value.rel_accuracy_bits() >= CERTAIN or value.is_exact():
                    return float(value.mid())
                if abs(value) < NEGLIGIBLE:
                    return 0.0 if not value < 0 else -0.0
                if ctx.prec == PRECISIONS[-1] and value.rad() < arb(2) ** -2000:  # it is 0 as far as anyone can tell
                    return 0.0
    return float("nan")
