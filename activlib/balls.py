"""SymPy expressions in ball arithmetic: real numbers, Taylor series over an interval, complex numbers."""

from __future__ import annotations

import functools
import math
import operator
from contextlib import contextmanager

import sympy as sp
from flint import acb, arb, arb_series, ctx, fmpq

from activlib.constant import Constant
from activlib.definition.enclosed import ROOTS, root_ball
from activlib.definition.symbols import x

_Z = sp.Wild("z")
BITS = 192  # of every midpoint, unless a number turns out to need more


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
    exponential is small, so that a ball about 0 stays tight, for which flint's own is wide."""
    if isinstance(z, arb) and (z.is_exact() or not z.contains(0)):
        return z.tanh()
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


def _absolute(z):
    """|z| on one side of 0; a ball that holds 0 has no series."""
    if not isinstance(z, arb_series):
        return abs(z)
    return z if z[0] > 0 else -z if z[0] < 0 else arb.nan()


def _sign(z):
    return (z[0] if isinstance(z, arb_series) else z).sgn()


def _own(name, otherwise):
    """flint's function of real balls, and what stands for it on series and complex ones."""
    return lambda z: getattr(z, name)() if isinstance(z, arb) else otherwise(z)


FUNCTIONS = {
    "exp": lambda z: z.exp(), "log": lambda z: _analytic(z, "log"), "sin": lambda z: z.sin(), "cos": lambda z: z.cos(),
    "atan": lambda z: z.atan(), "erf": lambda z: z.erf(), "erfc": lambda z: z.erfc(), "tanh": _tanh,
    "sinh": _own("sinh", lambda z: (z.exp() - (-z).exp()) / 2), "cosh": _own("cosh", lambda z: (z.exp() + (-z).exp()) / 2),
    "asinh": _own("asinh", _asinh), "acosh": _own("acosh", lambda z: _analytic(z + _analytic(z * z - 1, "sqrt"), "log")),
    "atanh": _own("atanh", lambda z: _analytic((1 + z) / (1 - z), "log") / 2),
    "expm1": _own("expm1", lambda z: z.exp() - 1), "log1p": _own("log1p", lambda z: _analytic(1 + z, "log")),
    "Abs": _absolute, "sign": _sign,
}


class Ball:
    """The function of x that a piecewise-free SymPy expression denotes, on real balls, series and complex balls.

    Raises Undecided for an expression outside the closed list of functions.
    """

    def __init__(self, expression: sp.Expr):
        self.steps, self._keeps_finite = [], []
        self._index = {}
        self._compile(sp.sympify(expression))

    def _compile(self, e):
        if e not in self._index:
            self.steps.append(self._step(e))
            self._keeps_finite.append(e.has(x) and (e.is_Add or e.is_Mul or (e.is_Pow and e.exp.is_Integer and e.exp > 0)))
            self._index[e] = len(self.steps) - 1
        return self._index[e]

    def _step(self, e):
        if e == x:
            return lambda z, v: z
        if not e.has(x):
            return lambda z, v: _ball(e, ctx.prec)
        if found := e.match(sp.log(1 + sp.exp(_Z))):
            exponent = self._compile(found[_Z])
            return lambda z, v: _softplus(v[exponent])
        (first, *others), apply = [self._compile(a) for a in e.args], operation(e)
        if not others:
            return lambda z, v: apply(v[first])
        if len(others) == 1:
            (second,) = others
            return lambda z, v: apply(v[first], v[second])
        return lambda z, v: apply(v[first], *[v[i] for i in others])

    def __call__(self, z):
        values = []
        try:
            if not isinstance(z, arb_series):
                for step in self.steps:
                    values.append(step(z, values))
                return values[-1]
            for step, keeps in zip(self.steps, self._keeps_finite, strict=True):
                values.append(value := step(z, values))
                # flint drops the coefficients after one that is not finite, as though they were zero.
                if not keeps and not all(map(arb.is_finite, value.coeffs() if isinstance(value, arb_series) else [value])):
                    return arb.nan()
        except (ValueError, ZeroDivisionError):  # flint's word for a series divided by a ball that holds zero
            return arb.nan()
        return values[-1]

    def derivatives(self, box: arb, n: int) -> list[arb]:
        """Enclosures over `box` of the derivatives of order 0 to n, by Taylor's formula with a remainder.

        Of the two enclosures of each Taylor coefficient, direct and about the midpoint, the
        intersection is taken; far from a zero the first is tighter, near one the second.
        """
        return tightened(lambda z, n: _coefficients(self(arb_series([z, 1], prec=n + 1)), n + 1), box, n)


def tightened(coefficients, box: arb, n: int) -> list[arb]:
    """Enclosures over `box` of derivatives, from a function that encloses the Taylor coefficients up to an order over a box."""
    wide = coefficients(box, n + 1)
    if not box.is_exact():
        centre = coefficients(box.mid(), n)
        step = box - box.mid()
        for k in range(n, -1, -1):
            wide[k] = meet(wide[k], centre[k] + (k + 1) * wide[k + 1] * step)
    return [wide[k] * math.factorial(k) for k in range(n + 1)]


def operation(e):
    """The operation at the root of an expression, as a function of the values of its arguments."""
    if e.is_Add or e.is_Mul:
        combine = operator.add if e.is_Add else operator.mul
        return combine if len(e.args) == 2 else lambda *values: functools.reduce(combine, values)
    if e.is_Pow:
        return _power(e.exp)
    try:
        return FUNCTIONS[e.func.__name__]
    except KeyError:
        raise Undecided(f"there is no ball arithmetic for {e.func.__name__}") from None


def _power(exponent):
    if exponent.is_Integer:  # flint's own power of a ball about 0 is NaN
        n = int(exponent)
        return lambda base, _: functools.reduce(operator.mul, [base] * n) if n > 0 \
            else 1 / functools.reduce(operator.mul, [base] * -n)
    if exponent == sp.S.Half:
        return lambda base, _: _root(base)
    return lambda base, power: base**power if isinstance(base, arb) else (power * _analytic(base, "log")).exp()


def _root(z):
    """sqrt; where a real ball holds 0, of what is not negative in it: the rest is rounding, for the function is defined."""
    return z.nonnegative_part().sqrt() if isinstance(z, arb) and z.contains(0) else _analytic(z, "sqrt")


def _analytic(z, function):
    """log or sqrt; of a complex ball, non-finite where the ball meets the branch cut."""
    return getattr(z, function)(analytic=True) if isinstance(z, acb) else getattr(z, function)()


def _coefficients(series, count):
    if not isinstance(series, arb_series):  # the expression does not contain x
        series = arb_series([series], prec=count)
    if series.prec < count or not series[0].is_finite():
        return [arb.nan()] * count
    return [series[k] for k in range(count)]


def meet(a: arb, b: arb) -> arb:
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
    return operation(number)(*(_ball(argument, bits) for argument in number.args))
