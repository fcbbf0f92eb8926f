"""SymPy expressions in ball arithmetic: real numbers, Taylor series over an interval, complex numbers."""

from __future__ import annotations

import functools
import math
import operator
from contextlib import contextmanager

import sympy as sp
from flint import acb, arb, arb_series, ctx, fmpq

from activlib.activation import x
from activlib.constant import Constant
from activlib.definition.enclosed import ROOTS, root_ball
from activlib.facts.roots import is_zero

_Z = sp.Wild("z")
BITS = 192  # of every midpoint, unless a number turns out to need more
MOST_BITS = 1536


class Undecided(Exception):
    """A claim that could not be proved; the message is the reason a reader is given."""


@contextmanager
def precision(bits: int = BITS, terms: int = 10):
    """Ball arithmetic with midpoints of so many bits and series of at most so many terms."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, terms
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def _tanh(z):
    """-1 + 2/(1 + exp(-2z)), or the same with -z to the left of 0: the argument occurs once and the
    exponential is small, so that a wide ball stays tight."""
    at = z[0] if isinstance(z, arb_series) else z
    s = 1 if at.real.mid() > 0 else -1
    return s * (2 / (1 + (-2 * s * z).exp()) - 1)


def _softplus(z):
    """log(1 + exp(z)), to the right of 0 as z + log(1 + exp(-z)), for the same reason."""
    at = z[0] if isinstance(z, arb_series) else z
    return z + (1 + (-z).exp()).log() if at.real.mid() > 0 else (1 + z.exp()).log()


def _asinh(z):
    """log(z + sqrt(z^2 + 1)), or minus that of -z to the left of 0, where it would cancel."""
    at = z[0] if isinstance(z, arb_series) else z
    s = 1 if at.real.mid() > 0 else -1
    return s * _analytic(s * z + _analytic(z * z + 1, "sqrt"), "log")


FUNCTIONS = {
    sp.exp: lambda z: z.exp(), sp.log: lambda z: z.log(), sp.sin: lambda z: z.sin(), sp.cos: lambda z: z.cos(),
    sp.atan: lambda z: z.atan(), sp.erf: lambda z: z.erf(), sp.erfc: lambda z: z.erfc(), sp.tanh: _tanh,
    sp.sinh: lambda z: (z.exp() - (-z).exp()) / 2, sp.cosh: lambda z: (z.exp() + (-z).exp()) / 2,
    sp.asinh: _asinh,
}


class BallFunction:
    """The function of x that a piecewise-free SymPy expression denotes, on real balls, series and complex balls.

    Raises Undecided for an expression outside the closed list of functions.
    """

    def __init__(self, expression: sp.Expr):
        self.steps = []
        self._index = {}
        self._compile(sp.sympify(expression))

    def _compile(self, e):
        if e not in self._index:
            self.steps.append(self._step(e))
            self._index[e] = len(self.steps) - 1
        return self._index[e]

    def _step(self, e):
        if e == x:
            return lambda z, v: z
        if not e.has(x):
            return lambda z, v: ball(e)
        if found := e.match(sp.log(1 + sp.exp(_Z))):
            exponent = self._compile(found[_Z])
            return lambda z, v: _softplus(v[exponent])
        arguments = [self._compile(a) for a in e.args]
        return lambda z, v: _apply(e, [v[i] for i in arguments])

    def __call__(self, z):
        values = []
        try:
            for step in self.steps:
                values.append(step(z, values))
                # flint drops the coefficients after one that is not finite, as though they were zero.
                if isinstance(values[-1], arb_series) and not all(c.is_finite() for c in values[-1].coeffs()):
                    return arb.nan()
        except (ValueError, ZeroDivisionError):  # flint's word for a series divided by a ball that holds zero
            return arb.nan()
        return values[-1]

    def derivatives(self, box: arb, n: int) -> list[arb]:
        """Enclosures over `box` of the derivatives of order 0 to n, by Taylor's formula with a remainder.

        Of the two enclosures of each Taylor coefficient, direct and about the midpoint, the
        intersection is taken; far from a zero the first is tighter, near one the second.
        """
        wide = _coefficients(self(arb_series([box, 1], prec=n + 2)), n + 2)
        if not box.is_exact():
            centre = _coefficients(self(arb_series([box.mid(), 1], prec=n + 1)), n + 1)
            step = box - box.mid()
            for k in range(n, -1, -1):
                wide[k] = _meet(wide[k], centre[k] + (k + 1) * wide[k + 1] * step)
        return [wide[k] * math.factorial(k) for k in range(n + 1)]


def _apply(e, values):
    """The function at the root of the expression `e`, applied to the values of its arguments."""
    if e.is_Add or e.is_Mul:
        return functools.reduce(operator.add if e.is_Add else operator.mul, values)
    if e.is_Pow:
        base, exponent = values
        if e.exp.is_Integer:
            power = functools.reduce(operator.mul, [base] * abs(int(e.exp)))  # flint's arb ** n is NaN about zero
            return power if e.exp > 0 else 1 / power
        return _analytic(base, "sqrt") if e.exp == sp.S.Half else (exponent * _analytic(base, "log")).exp()
    if e.func is sp.log:
        return _analytic(values[0], "log")
    if e.func in FUNCTIONS:
        return FUNCTIONS[e.func](values[0])
    raise Undecided(f"there is no ball arithmetic for {e.func.__name__}")


def _analytic(z, function):
    """log or sqrt; of a complex ball, non-finite where the ball meets the branch cut."""
    return getattr(z, function)(analytic=True) if isinstance(z, acb) else getattr(z, function)()


def _coefficients(series, count):
    if not isinstance(series, arb_series):  # the expression does not contain x
        series = arb_series([series], prec=count)
    if series.prec < count or not series[0].is_finite():
        return [arb.nan()] * count
    return [series[k] for k in range(count)]


def _meet(a, b):
    """The intersection of two balls that enclose the same number."""
    return a.intersection(b) if a.is_finite() and b.is_finite() else a if a.is_finite() else b


def ball(number: sp.Expr) -> arb:
    """The ball of a constant SymPy expression at the current precision."""
    number = sp.sympify(number)
    return _ball(number, ctx.prec)


@functools.lru_cache(maxsize=4096)
def _ball(number, bits):
    if number.is_Rational:
        return arb(fmpq(int(number.p), int(number.q)))
    if hasattr(number, "enclosing_ball"):
        return number.enclosing_ball
    if number is sp.S.Infinity or number is sp.S.NegativeInfinity:
        return arb.pos_inf() if number is sp.S.Infinity else arb.neg_inf()
    if number is sp.pi:
        return arb.pi()
    if number is sp.E:
        return arb.const_e()
    if isinstance(number, Constant):
        return _ball(number.closed_form, bits)
    if isinstance(number, ROOTS):
        return root_ball(number, ball)
    return _apply(number, [_ball(argument, bits) for argument in number.args])


def sign(number: sp.Expr) -> int:
    """The sign of an exact constant, proved: by a ball without zero, or by SymPy that it is zero."""
    number = sp.sympify(number)
    if number.is_Rational or number.is_infinite:
        return bool(number > 0) - bool(number < 0)
    bits = ctx.prec
    while bits <= MOST_BITS:
        with precision(bits):
            value = ball(number)
        if (found := certain_sign(value)) is not None:
            return found
        if bits == BITS and not _has_enclosure(number) and is_zero(number):
            return 0
        bits *= 2
    size = abs(value).upper().str(2, radius=False)
    raise Undecided(f"the sign of a constant of size {size} or less is not decided at {MOST_BITS} bits")


def certain_sign(value: arb) -> int | None:
    """The sign that every number in the ball has, or None."""
    if value.is_nan():
        return None
    return 1 if value > 0 else -1 if value < 0 else 0 if value.is_zero() else None


def _has_enclosure(number):
    return any(hasattr(atom, "enclosing_ball") for atom in number.atoms())
