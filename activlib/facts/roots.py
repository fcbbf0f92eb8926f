"""Closed forms of zeros: of polynomials in x, and of polynomials in an exponential of x."""

from __future__ import annotations

import functools
import math

import sympy as sp
from sympy.polys.rootoftools import ComplexRootOf

from activlib.activation import x
from activlib.constant import Constant, closed
from activlib.definition.numbers import (
    between,
    expanded,
    reduced,
    separation,
    simplifies_away,
    smaller,
    vanishes,
    without_steep,
)

MAX_OPERATIONS = 400  # of an expression whose factors are sought
MAX_BITS = 512  # of its coefficients
MAX_DEGREE = 4
MAX_MULTIPLE = 12  # of the measure of exponents
MAX_QUARTERS = 16  # multiples of a quarter of pi among the candidates for zeros of a wave
MAX_ROOT = 10  # operations in a closed form that is worth reading


@functools.lru_cache(maxsize=512)
def exact_roots(expression: sp.Expr) -> dict[sp.Expr, int]:
    """Real zeros of `expression` that have a closed form, with their order as zeros of one factor (0 where a
    number is only a candidate). There may be other zeros, and other factors that vanish at the same one.
    """
    if not expression.has(x) or expression.count_ops() > MAX_OPERATIONS:
        return {sp.S.Zero: 0}
    u = sp.Dummy("u", positive=True)
    algebraic, scale = _algebraic(expression.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp), u)
    # SymPy would take exp(-5957/500) for a power of exp(-1/500), and look for factors of this degree.
    powers, constants = _constants(algebraic)
    numerator = expanded(sp.together(algebraic.xreplace(powers)).as_numer_denom()[0])
    found = dict.fromkeys((sp.S.Zero, sp.S.One, sp.S.NegativeOne), 0)
    if numerator is None or not numerator.free_symbols or not numerator.is_polynomial(*numerator.free_symbols):
        return found
    if any(max(abs(number.p), number.q).bit_length() > MAX_BITS for number in numerator.atoms(sp.Rational)):
        return found
    for factor, order in sp.factor_list(numerator)[1]:
        factor = factor.xreplace(constants)
        if factor.free_symbols == {x}:
            found |= dict.fromkeys(_real_roots(sp.Poly(factor, x)), order)
        elif factor.free_symbols == {u}:
            polynomial = sp.Poly(factor, u)
            step = functools.reduce(sp.igcd, (power for (power,) in polynomial.monoms()))
            powers = _real_roots(sp.Poly.from_dict({(p // step,): c for (p,), c in polynomial.terms()}, u))
            found |= {_log(root) / (scale * step): order for root in powers if root.is_positive}
    return found


def _constants(expression):
    """{exp(c): power of a symbol} for the constants of an expression, where they have a common measure the same symbol, and
    {symbol: its value}."""
    exponentials = [e for e in expression.atoms(sp.exp) if not e.free_symbols]
    unit = sp.gcd_list([e.args[0] for e in exponentials]) if all(e.args[0].is_Rational for e in exponentials) else sp.S.Zero
    if unit != 0 and max(abs(e.args[0]) for e in exponentials) <= MAX_MULTIPLE * unit:
        v = sp.Dummy(positive=True)
        return {e: v ** (e.args[0] / unit) for e in exponentials}, {v: sp.exp(unit)}
    symbols = {e: sp.Dummy() for e in exponentials}
    return symbols, {symbol: e for e, symbol in symbols.items()}


def wave_candidates(expression: sp.Expr, low: float, high: float) -> dict[sp.Expr, int]:
    """The points between two numbers at which the argument of a sine or cosine is a multiple of a quarter of pi, each with
    the order 0, as it is only a candidate for a zero; of too many those near 0."""
    found = {}
    for argument in {wave.args[0] for wave in expression.atoms(sp.sin, sp.cos)}:
        rate, phase = sp.diff(argument, x), argument.subs(x, 0)
        if rate.has(x) or rate == 0:
            continue
        ends = sorted(float((rate * end + phase) * 4 / sp.pi) for end in (low, high))
        multiples = range(math.floor(ends[0]), math.ceil(ends[1]) + 1)
        if len(multiples) > MAX_QUARTERS:
            multiples = range(-MAX_QUARTERS // 2, MAX_QUARTERS // 2 + 1)
        found |= {(k * sp.pi / 4 - phase) / rate: 0 for k in multiples}
    return found


def _log(root):
    return sp.log(root) if root >= 1 else -sp.log(sp.radsimp(1 / root))


def _algebraic(expression, u):
    """`expression` with u = exp(scale * x) and a symbol for every other function of x; and the scale."""
    exponentials = {e: sp.expand(e.args[0]).as_independent(x, as_Add=True) for e in expression.atoms(sp.exp) if e.has(x)}
    rates = {e: (c, rest / x) for e, (c, rest) in exponentials.items() if (rest / x).is_Rational}
    scale = sp.Rational(1, functools.reduce(sp.ilcm, (rate.q for _, rate in rates.values()), 1))
    common = functools.reduce(sp.igcd, (int(rate / scale) for _, rate in rates.values()), 0) or 1
    scale *= common
    replaced = {e: sp.exp(c) * u ** (rate / scale) for e, (c, rate) in rates.items()}
    expression = expression.xreplace(replaced)
    others = {e for e in expression.atoms(sp.Function) if e.has(x)}
    others |= {p for p in expression.atoms(sp.Pow) if p.has(x) and not p.exp.is_Integer and p.base != u}
    outermost = [e for e in others if not any(e in other.args or other.has(e) for other in others if other != e)]
    return expression.xreplace({e: sp.Dummy() for e in outermost}), scale


def _real_roots(polynomial):
    if polynomial.degree() > MAX_DEGREE:
        return []
    known, steep = without_steep(polynomial.as_expr())  # e^-12 as it is written, not a power of e^(1/500) to factor
    # The formulas for general cubics and quartics give nothing that is worth reading.
    roots = [root.xreplace(steep) for root in sp.roots(sp.Poly(known, *polynomial.gens), cubics=False, quartics=False)]
    return [root for root in roots if root.is_real and root.count_ops() <= MAX_ROOT]


@functools.lru_cache(maxsize=4096)
def tidy(number: sp.Expr) -> sp.Expr:
    """An exact constant in the shortest of a few equal forms."""
    if number.is_Rational or number.is_infinite or number.count_ops() > MAX_OPERATIONS:
        return number
    if number.has(Constant) and (integer := _integer(closed(number))) is not None:
        return integer
    if (number := reduced(number)).has(ComplexRootOf):
        return number
    number, steep = without_steep(number.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp))
    candidates = [number, sp.radsimp(sp.together(number)), sp.radsimp(sp.ratsimp(number)) if not number.has(sp.Function)
                  else sp.expand(number)]
    candidates += [sp.factor_terms(c) for c in candidates]
    return min((c.xreplace(steep) for c in candidates), key=lambda c: (sp.count_ops(c), len(str(c))))


def _integer(number):
    """The integer that a constant is proved to be, by putting it over one denominator, or None."""
    above, below = (sp.expand(part) for part in sp.together(number).as_numer_denom())
    if above == 0:
        return sp.S.Zero
    nearest = sp.Integer(round(float(above / below)))
    return nearest if sp.expand(above - nearest * below) == 0 else None


def vanishes_on(expression: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> bool:
    """Whether an expression that is analytic on an interval is proved to be zero there: as `vanishes` shows it, or as its
    derivative and its value at one point do, of sums of logarithms say."""
    return vanishes(expression) or (vanishes(sp.diff(expression, x))
                                    and is_zero(expression.subs(x, between(lower, upper))))


def is_zero(number: sp.Expr) -> bool:
    """Whether SymPy proves that a constant is zero; the cheap ways first."""
    if number.has(ComplexRootOf) and (least := separation(number)) is not None:
        return smaller(number, least)
    return number == 0 or tidy(number) == 0 or (number.count_ops() <= MAX_OPERATIONS // 4 and simplifies_away(number))
