"""One-sided expansions at a point, exact, which give limits of a function and of its derivatives there.

To the right of p the variable is t = x - p, to its left t = p - x. An expansion is exp(P) times a sum of terms
c t^k log(t)^j, known up to the power `order` of t (infinite where it is exact), where P is a sum of negative powers of t.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.definition.domain import requirements, vanishing_root
from activlib.definition.numbers import NotTold, sign, value_at
from activlib.definition.roots import sign_at
from activlib.definition.symbols import x

FIRST_TERMS, MOST_TERMS = 6, 24
MAX_TERMS = 200


class Unexpanded(Exception):
    """There is no expansion of this kind: the function oscillates, or grows as exp(exp(1/t)) does."""


@dataclass(frozen=True)
class Series:
    terms: dict  # (k, j): coefficient, none of them zero
    order: sp.Expr  # terms of this power of t and of higher ones are left out
    big: tuple = ()  # P as ((negative power, coefficient), ...), the lowest power first

    @property
    def lead(self):
        """(power, power of log) of the term that dominates; raises Unexpanded where too few are known."""
        if not self.terms:
            raise Unexpanded("every known term cancels")
        k = min(k for k, _ in self.terms)
        return k, max(j for power, j in self.terms if power == k)

    @property
    def exact_zero(self):
        return not self.terms and self.order is sp.oo

    def growth(self):
        """1 where exp(P) tends to infinity, -1 where it tends to 0 faster than any power, 0 where it is 1."""
        return sign(self.big[0][1]) if self.big else 0


def _series(terms, order, big=()):
    kept = {key: c for key, c in terms.items() if key[0] < order and sign(c) != 0}
    if len(kept) > MAX_TERMS:
        raise Unexpanded("too many terms")
    return Series(kept, order, big)


def _constant(c):
    return _series({(sp.S.Zero, 0): sp.sympify(c)}, sp.oo)


def _powers(terms):
    return tuple(sorted(((k, c) for k, c in terms.items() if sign(c) != 0), key=lambda term: term[0]))


def _add(a, b):
    if a.exact_zero or b.exact_zero:
        return b if a.exact_zero else a
    if a.big != b.big:
        ratio = _merge(a.big, b.big, -1)
        return (a if sign(ratio[0][1]) > 0 else b) if ratio else a  # the other is smaller than any term
    terms = dict(a.terms)
    for key, c in b.terms.items():
        terms[key] = terms.get(key, 0) + c
    return _series(terms, min(a.order, b.order), a.big)


def _merge(big, other, factor):
    sums = dict(big)
    for k, c in other:
        sums[k] = sums.get(k, 0) + factor * c
    return _powers(sums)


def _times(a, b):
    if a.exact_zero or b.exact_zero:
        return _constant(0)
    low = [min((k for k, _ in s.terms), default=s.order) for s in (a, b)]
    order = min(a.order + low[1], b.order + low[0])
    terms = {}
    for (k, j), c in a.terms.items():
        for (m, i), d in b.terms.items():
            if k + m < order:
                terms[k + m, i + j] = terms.get((k + m, i + j), 0) + c * d
    return _series(terms, order, _merge(a.big, b.big, 1))


def _scaled(a, c):
    return _times(a, _constant(c))


def _composed(coefficients, small, terms):
    """The sum of coefficient(m) small^m for m < terms, where small tends to 0."""
    if small.growth() < 0 or small.exact_zero:
        return _constant(coefficients(0))  # the rest is smaller than any power
    total, power = _constant(0), _constant(1)
    for m in range(terms):
        total = _add(total, _scaled(power, coefficients(m)))
        power = _times(power, small)
        if power.exact_zero:
            return total
    k = min((k for k, _ in power.terms), default=power.order)
    return _series(total.terms, min(total.order, k), total.big)


class Expansion:
    """Expansions of expressions of x alone at the finite point p, to the right (side 1) or to the left (-1) of it."""

    def __init__(self, point, side, terms):
        self.terms, self.point, self.side = terms, point, side
        self.variable = _series({(sp.S.Zero, 0): point, (sp.S.One, 0): sp.Integer(side)}, sp.oo)
        self.known = {}

    def of(self, e):
        if e not in self.known:
            self.known[e] = self._of(e)
        return self.known[e]

    def _of(self, e):
        if e == x:
            return self.variable
        if not e.has(x):
            return _constant(e)
        if e.is_Add:
            return functools.reduce(_add, map(self.of, e.args))
        if e.is_Mul:
            return functools.reduce(_times, map(self.of, e.args))
        if e.is_Pow:
            if not e.exp.has(x):
                return self._power(self.of(e.base), e.exp)
            return self._exp(_times(self.of(e.exp), self._log(self.of(e.base))))
        inner = self.of(e.args[0])
        if isinstance(e, sp.exp):
            return self._exp(inner)
        if isinstance(e, expm1):
            return _add(self._exp(inner), _constant(-1))
        if isinstance(e, sp.log):
            return self._log(inner)
        if isinstance(e, log1p):
            return self._log(_add(inner, _constant(1)))
        return self._function(type(e), inner)

    def _split(self, a):
        """The limit of a, and what tends to 0; None and a where it tends to infinity."""
        if a.growth() > 0 or any((k < 0) or (k == 0 and j > 0) for k, j in a.terms):
            return None, a
        if a.growth() < 0:
            return sp.S.Zero, a
        if a.order <= 0:
            raise Unexpanded("too few terms")
        limit = a.terms.get((sp.S.Zero, 0), sp.S.Zero)
        return limit, _series({key: c for key, c in a.terms.items() if key != (0, 0)}, a.order, a.big)

    def _function(self, function, inner):
        limit, small = self._split(inner)
        if limit is None:
            return self._at_infinity(function, inner)
        return _composed(lambda m: _taylor(function, limit, m), small, self.terms)

    def _at_infinity(self, function, inner):
        side = sign(inner.terms[inner.lead])
        if function is sp.atan:
            inverse = self._function(sp.atan, self._power(inner, sp.S.NegativeOne))
            return _add(_constant(side * sp.pi / 2), _scaled(inverse, -1))
        if function in (sp.sinh, sp.cosh):
            other = _scaled(self._exp(_scaled(inner, -1)), -1 if function is sp.sinh else 1)
            return _scaled(_add(self._exp(inner), other), sp.S.Half)
        limits = {sp.tanh: (1, -1), sp.erf: (1, -1), sp.erfc: (0, 2)}
        if function in limits and inner.lead[0] < 0:  # reached faster than any power of t
            return _constant(limits[function][0 if side > 0 else 1])
        raise Unexpanded(f"{function.__name__} of what tends to infinity")

    def _power(self, a, exponent):
        if exponent.is_Integer and exponent > 0:
            return functools.reduce(_times, [a] * int(exponent))
        k, j = a.lead
        c = a.terms[k, j]
        if j or not exponent.is_number or (not exponent.is_Integer and sign(c) != 1):
            raise Unexpanded("a power of a logarithm, or of a negative number")
        front = _series({(k * exponent, 0): c**exponent}, sp.oo, _merge((), a.big, exponent))
        small = _add(_times(Series(a.terms, a.order), _series({(-k, 0): 1 / c}, sp.oo)), _constant(-1))
        return _times(front, _composed(lambda m: sp.binomial(exponent, m), small, self.terms))

    def _log(self, a):
        k, j = a.lead
        c = a.terms[k, j]
        if j or sign(c) != 1:
            raise Unexpanded("the logarithm of a logarithm, or of a negative number")
        small = _add(_times(Series(a.terms, a.order), _series({(-k, 0): 1 / c}, sp.oo)), _constant(-1))
        series = _composed(lambda m: sp.S.Zero if m == 0 else sp.Rational((-1) ** (m + 1), m), small, self.terms)
        front = _series({(sp.S.Zero, 0): sp.log(c), (sp.S.Zero, 1): k}, sp.oo)
        large = _series({(power, 0): coefficient for power, coefficient in a.big}, sp.oo)
        return _add(_add(front, large), series)

    def _exp(self, a):
        if a.growth() > 0 or (a.order <= 0 and not a.exact_zero):
            raise Unexpanded("an exponential of an exponential")
        if a.growth() < 0:
            return _constant(1)
        if any((j and k < 0) or (k == 0 and j > 1) for k, j in a.terms):
            raise Unexpanded("an exponential of a power of a logarithm")
        big = _powers({k: c for (k, _), c in a.terms.items() if k < 0})
        power = a.terms.get((sp.S.Zero, 1), sp.S.Zero)
        front = _series({(power, 0): sp.exp(a.terms.get((sp.S.Zero, 0), sp.S.Zero))}, sp.oo, big)
        small = _series({key: c for key, c in a.terms.items() if key[0] > 0}, a.order)
        return _times(front, _composed(lambda m: 1 / sp.factorial(m), small, self.terms))

    def slope(self, a):
        """The expansion of the derivative with respect to x."""
        inner = {}
        for (k, j), c in a.terms.items():
            inner[k - 1, j] = inner.get((k - 1, j), 0) + k * c
            if j:
                inner[k - 1, j - 1] = inner.get((k - 1, j - 1), 0) + j * c
        total = _series(inner, a.order - 1, a.big)
        if a.big:
            total = _add(total, _times(a, _series({(k - 1, 0): k * c for k, c in a.big}, sp.oo)))
        return _scaled(total, self.side)


@functools.lru_cache(maxsize=4096)
def _taylor(function, point, m):
    value = _derivative(function, m).subs(x, point)
    if not value.is_finite:
        raise Unexpanded(f"{function.__name__} is not analytic at {point}")
    return value / sp.factorial(m)


@functools.lru_cache(maxsize=1024)
def _derivative(function, m):
    """The m-th derivative of an elementary function, like terms added up: of tanh it is a polynomial in tanh."""
    return sp.expand_mul(sp.diff(_derivative(function, m - 1), x)) if m else function(x)


def _limit(a):
    """The limit of an expansion: a number or an infinity."""
    if a.exact_zero or a.growth() < 0 or (not a.terms and a.order > 0):
        return sp.S.Zero
    k, j = a.lead
    if a.growth() > 0 or k < 0 or (k == 0 and j > 0):
        return sp.oo * sign(a.terms[k, j]) * (-1) ** j  # log(t) is negative
    if a.order <= 0:
        raise Unexpanded("too few terms")
    return a.terms.get((sp.S.Zero, 0), sp.S.Zero)


def analytic(expression: sp.Expr, point: sp.Expr) -> bool:
    """Whether an expression of x alone is certain to be analytic at a point, without being rewritten."""
    for needed in requirements(expression):
        found = sign_at(needed.expression, point)
        if not found or not needed.allows(found):
            return False
    return not vanishing_root(expression, point)


@functools.lru_cache(maxsize=4096)
def limit(expression: sp.Expr, point: sp.Expr, side: int, n: int = 0) -> sp.Expr | None:
    """The one-sided limit (side 1: from the right) of the n-th derivative at a finite point: exact, perhaps infinite.

    None where there is none, or none is found. The expression has no symbol but x.
    """
    if analytic(expression, point):
        return _finite(value_at(sp.diff(expression, x, n), point))
    return _through(lambda a, terms: _limit(a), expression, point, side, n)


def expansion(expression: sp.Expr, point: sp.Expr, side: int) -> Series | None:
    """The one-sided expansion with a few terms, or None."""
    return _through(lambda a, terms: a, expression, point, side, 0)


def _through(read, expression, point, side, n):
    terms = FIRST_TERMS + n
    while terms <= MOST_TERMS:
        try:
            at = Expansion(point, side, terms)
            a = at.of(expression)
            for _ in range(n):
                a = at.slope(a)
            return read(a, terms)
        except Unexpanded:
            terms *= 2
        except NotTold:
            return None
    return None


def _finite(value):
    return None if value.has(sp.nan, sp.zoo, sp.I) else value
