"""Expansions at an end of an interval with a proved remainder.

Near an end the variable is t in [T, oo): x = t at +oo, x = -t at -oo, x = p + 1/t to the right of a
point p and x = p - 1/t to its left. An expression becomes finitely many terms c m(t), with exact
coefficients c and monomials m of `growth`, plus a remainder r m(t) with r in a ball, for *every*
t >= T. Limits, asymptotes and the sign all the way to the end are read off its leading terms.
"""

from __future__ import annotations

import functools
from itertools import accumulate
from typing import NamedTuple

import sympy as sp
from flint import arb, arb_series, ctx

from activlib.activation import x
from activlib.balls import Ball, Undecided, ball
from activlib.facts.growth import LOG, ONE, Monomial, T, TooNear, bound, collect, compare, order, over, raised, times
from activlib.facts.signs import certain_sign, sign

TERMS = 6  # kept, before the remainder
STARTS = tuple(2**k for k in range(2, 25))


class Expansion(NamedTuple):
    """Terms (monomial, exact coefficient), the fastest growing first, and a remainder (monomial, ball)."""

    terms: tuple[tuple[Monomial, sp.Expr], ...] = ()
    rest: tuple[Monomial, arb] | None = None

    @property
    def lead(self) -> Monomial | None:
        return self.terms[0][0] if self.terms else self.rest[0] if self.rest else None


def constant(c) -> Expansion:
    return Expansion(((ONE, sp.sympify(c)),)) if c != 0 else Expansion()


class Tail:
    """Expansions towards the end `point` of an interval (`side` 1: the interval lies to its right), for t >= start."""

    def __init__(self, point: sp.Expr, side: int, start: int):
        self.start = start
        if point.is_infinite:
            self.variable = Expansion(((T, sp.Integer(1 if point > 0 else -1)),))
        else:
            self.variable = self._sum([*constant(point).terms, (raised(T, sp.S.NegativeOne), sp.Integer(side))])
        self._known = {x: self.variable}

    def expand(self, e: sp.Expr) -> Expansion:
        """Raises TooNear where a larger start may help, Undecided where none will."""
        if e not in self._known:
            self._known[e] = constant(e) if not e.has(x) else self._expand(e)
        return self._known[e]

    def _expand(self, e):
        if e.is_Add:
            parts = [self.expand(a) for a in e.args]
            return self._sum([term for p in parts for term in p.terms], [p.rest for p in parts if p.rest])
        if e.is_Mul:
            return functools.reduce(self._product, map(self.expand, e.args))
        if e.is_Pow:
            if e.exp.has(x):
                return self._exp(self._product(self.expand(e.exp), self._log(self.expand(e.base))))
            return self._power(self.expand(e.base), e.exp)
        inner = self.expand(e.args[0])
        if e.func is sp.exp:
            return self._exp(inner)
        if e.func is sp.log:
            return self._log(inner)
        if e.func in (sp.sinh, sp.cosh):
            odd = -1 if e.func is sp.sinh else 1
            both = self._exp(inner), self._scale(self._exp(self._scale(inner, -1)), odd)
            return self._scale(self._add(*both), sp.S.Half)
        if inner.lead is None or order(inner.lead) <= 0:
            return self._taylor(e.func(x), inner)
        if e.func in (sp.sin, sp.cos):
            return Expansion(rest=(ONE, arb(0, 1)))
        if not inner.terms:
            raise Undecided("the argument of a function neither settles nor tends to infinity")
        return self._at_infinity(e.func, inner, sign(inner.terms[0][1]))

    def _at_infinity(self, function, inner, s):
        """tanh, atan, asinh, erf or erfc of an argument that tends to s oo."""
        positive = self._scale(inner, s)
        if function is sp.tanh:
            decaying = self._exp(self._scale(positive, -2))
            return self._scale(self._taylor((1 - x) / (1 + x), decaying), s)
        if function is sp.atan:
            return self._shift(self._scale(self._taylor(sp.atan(x), self._power(positive, sp.S.NegativeOne)), -s),
                               s * sp.pi / 2)
        if function is sp.asinh:
            root = self._power(self._shift(self._product(positive, positive), sp.S.One), sp.S.Half)
            return self._scale(self._log(self._add(positive, root)), s)
        if function in (sp.erf, sp.erfc):
            tail = self._erfc(positive)
            if function is sp.erf:
                return self._shift(self._scale(tail, -s), s)
            return tail if s > 0 else self._shift(self._scale(tail, -1), 2)
        raise Undecided(f"there is no expansion of {function.__name__} at infinity")

    def _erfc(self, z):
        """exp(-z^2)/(z sqrt(pi)) (1 - w + 3 w^2 - 15 w^3 ...), w = 1/(2 z^2): the error has the sign of the first
        term left out and is smaller."""
        square = self._product(z, z)
        w = self._scale(self._power(square, sp.S.NegativeOne), sp.S.Half)
        series, power = constant(1), w
        for j in range(1, TERMS):
            series = self._add(series, self._scale(power, (-1) ** j * sp.factorial2(2 * j - 1)))
            power = self._product(power, w)
        last = ball((-1) ** TERMS * sp.factorial2(2 * TERMS - 1))
        series = self._sum(series.terms, [series.rest, self._enclose(power, arb(0).union(last))])
        front = self._product(self._exp(self._scale(square, -1)), self._power(z, sp.S.NegativeOne))
        return self._scale(self._product(front, series), 1 / sp.sqrt(sp.pi))

    def _sum(self, terms, rests=()):
        terms, rests = collect(terms), [r for r in rests if r is not None]
        if len(terms) > TERMS:
            rests += [(m, ball(c)) for m, c in terms[TERMS:]]
            terms = terms[:TERMS]
        if not rests:
            return Expansion(tuple(terms))
        top = max((m for m, _ in rests), key=functools.cmp_to_key(compare))
        absorbed = [(m, ball(c)) for m, c in terms if compare(m, top) <= 0]
        error = sum((b * bound(over(m, top), self.start) for m, b in [*rests, *absorbed]), arb(0))
        return Expansion(tuple(terms[:len(terms) - len(absorbed)]), (top, error))

    def _add(self, a, b):
        return self._sum([*a.terms, *b.terms], [a.rest, b.rest])

    def _shift(self, a, c):
        return self._add(a, constant(c)) if c else a

    def _scale(self, a, c):
        return self._product(a, constant(c))

    def _product(self, a, b):
        terms = [(times(m, n), c * d) for m, c in a.terms for n, d in b.terms]
        rests = [(times(p.rest[0], m), p.rest[1] * ball(c)) for p, q in ((a, b), (b, a)) if p.rest for m, c in q.terms]
        if a.rest and b.rest:
            rests.append((times(a.rest[0], b.rest[0]), a.rest[1] * b.rest[1]))
        return self._sum(terms, rests)

    def relative(self, a: Expansion, m: Monomial) -> arb:
        """A ball that holds a(t)/m(t) for every t >= start."""
        rest = a.rest[1] * bound(over(a.rest[0], m), self.start) if a.rest else arb(0)
        return sum((ball(c) * bound(over(n, m), self.start) for n, c in a.terms), rest)

    def _enclose(self, a, factor):
        """The remainder term that holds factor times the expansion."""
        return (a.lead, factor * self.relative(a, a.lead)) if a.lead is not None else None

    def _taylor(self, function, a):
        """A function of x that is analytic at the finite limit of a(t): Taylor's formula with Lagrange's remainder."""
        limit = dict(a.terms).get(ONE, sp.S.Zero)
        small = Expansion(tuple(term for term in a.terms if term[0] != ONE), a.rest)
        reach = self.relative(small, ONE).union(0)
        if small.lead == ONE:  # bounded, without a limit
            return Expansion(rest=(ONE, _coefficient(function, ball(limit) + reach, 0)))
        remainder = _coefficient(function, ball(limit) + reach, TERMS)
        if not remainder.is_finite():
            raise TooNear
        result, power = constant(0), constant(1)
        for coefficient in _taylor_coefficients(function, limit):
            result = self._add(result, self._scale(power, coefficient))
            power = self._product(power, small)
        return self._sum(result.terms, [result.rest, self._enclose(power, remainder)])

    def _factor(self, a):
        """(M, c, d) with a = c M (1 + d) and d tending to 0."""
        if not a.terms:
            raise Undecided("a leading term cancels or oscillates")
        (lead, c), *_ = a.terms
        scaled = self._product(a, Expansion(((raised(lead, sp.S.NegativeOne), 1 / c),)))
        return lead, c, self._shift(scaled, -1)

    def _power(self, a, exponent):
        if exponent.is_Integer and exponent > 0:
            return functools.reduce(self._product, [a] * int(exponent))
        if not a.terms and a.rest and certain_sign(a.rest[1]) == 1:
            return Expansion(rest=(raised(a.rest[0], exponent), a.rest[1] ** ball(exponent)))
        lead, c, small = self._factor(a)
        if not exponent.is_Integer and sign(c) < 0:
            raise Undecided("a power of a negative number is not real")
        series = self._taylor((1 + x) ** exponent, small)
        return self._product(Expansion(((raised(lead, exponent), c**exponent),)), series)

    def _log(self, a):
        lead, c, small = self._factor(a)
        if sign(c) < 0:
            raise Undecided("the logarithm of a negative number is not real")
        if lead.logs != 0:
            raise Undecided("there is no expansion of log(log(x))")
        large = self._sum([*lead.big, (LOG, lead.power), (ONE, sp.log(c))])
        return self._add(large, self._taylor(sp.log(1 + x), small))

    def _exp(self, a):
        if a.rest and order(a.rest[0]) > 0:
            raise Undecided("the exponent neither settles nor tends to infinity")
        logs = dict(a.terms).get(LOG, sp.S.Zero)
        big = tuple((m, c) for m, c in a.terms if order(m) > 0 and m != LOG)
        finite = Expansion(tuple(term for term in a.terms if order(term[0]) <= 0), a.rest)
        return self._product(Expansion(((Monomial(big, logs), sp.S.One),)), self._taylor(sp.exp(x), finite))

    def sign(self, a: Expansion) -> int:
        """The sign of a(t) for every t >= start; raises as `expand` does."""
        if a.lead is None:
            return 0
        around = certain_sign(self.relative(a, a.lead) if not a.terms else
                              ball(a.terms[0][1]) + self.relative(Expansion(a.terms[1:], a.rest), a.lead))
        if around:
            return around
        if a.terms:
            raise TooNear
        raise Undecided("its sign does not settle")


def _coefficient(function, box, n):
    """An enclosure of the n-th Taylor coefficient of `function` at every point of the box."""
    series = _compiled(function)(arb_series([box, 1], prec=min(n + 1, ctx.cap)))
    return series[n] if isinstance(series, arb_series) else series  # not finite


@functools.lru_cache(maxsize=1024)
def _compiled(function):
    return Ball(function)


@functools.lru_cache(maxsize=1024)
def _taylor_coefficients(function, point):
    derivatives = accumulate(range(1, TERMS), lambda known, _: sp.diff(known, x), initial=function)
    return tuple(derivative.subs(x, point) / sp.factorial(j) for j, derivative in enumerate(derivatives))


def settle(tail_from, claim):
    """(claim(tail), start) with the nearest start that proves the claim, where tail = tail_from(start).

    Raises Undecided with the reason if there is none.
    """
    for start in STARTS:
        try:
            return claim(tail_from(start)), start
        except TooNear:
            continue
    raise Undecided("no proof up to the end succeeds")


def limit(a: Expansion) -> sp.Expr:
    """The limit of an expansion at its end, an exact number or an infinity; raises Undecided."""
    if a.lead is None or order(a.lead) < 0:
        return sp.S.Zero
    if not a.terms:
        raise Undecided("it does not settle: it oscillates, or its leading terms cancel")
    if order(a.lead) == 0:
        return a.terms[0][1]
    return sp.oo * sign(a.terms[0][1])


def line(a: Expansion) -> tuple[sp.Expr, sp.Expr] | None:
    """(slope, intercept) in t of the asymptote of an expansion, or None if it has none."""
    known = dict(a.terms)
    if a.terms and compare(a.lead, T) > 0:
        return None
    if a.rest and order(a.rest[0]) >= 0:
        raise Undecided("its approach to a line is not decided")
    if any(order(m) > 0 and m != T for m in known):
        return None
    return known.get(T, sp.S.Zero), known.get(ONE, sp.S.Zero)
