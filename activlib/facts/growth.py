"""Monomials exp(L) t^p log(t)^q, ordered by growth as t -> oo, and their bounds over [T, oo)."""

from __future__ import annotations

import functools
from typing import NamedTuple

import sympy as sp
from flint import arb

from activlib.balls import ball
from activlib.facts.signs import sign


class TooNear(Exception):
    """A bound over [T, oo) that fails, though it may hold from a larger T on."""


class Monomial(NamedTuple):
    """exp(sum of c_i m_i) t^power log(t)^logs with monomials m_i that grow, the fastest first."""

    big: tuple[tuple[Monomial, sp.Expr], ...] = ()
    power: sp.Expr = sp.S.Zero
    logs: sp.Expr = sp.S.Zero


ONE = Monomial()
T = Monomial(power=sp.S.One)
LOG = Monomial(logs=sp.S.One)


@functools.lru_cache(maxsize=65536)
def times(m: Monomial, n: Monomial) -> Monomial:
    big = tuple(collect([*m.big, *n.big])) if m.big and n.big else m.big or n.big
    return Monomial(big, m.power + n.power, m.logs + n.logs)


@functools.lru_cache(maxsize=65536)
def raised(m: Monomial, exponent: sp.Expr) -> Monomial:
    return Monomial(tuple((k, c * exponent) for k, c in m.big), m.power * exponent, m.logs * exponent)


def over(m: Monomial, n: Monomial) -> Monomial:
    return times(m, raised(n, sp.S.NegativeOne))


@functools.lru_cache(maxsize=65536)
def order(m: Monomial) -> int:
    """1 where the monomial tends to infinity, 0 where it is 1, -1 where it tends to 0."""
    return sign(m.big[0][1]) if m.big else sign(m.power) or sign(m.logs)


@functools.lru_cache(maxsize=65536)
def compare(m: Monomial, n: Monomial) -> int:
    """The order of m/n."""
    return 0 if m == n else order(over(m, n))


def collect(terms) -> list[tuple[Monomial, sp.Expr]]:
    """The terms with like monomials added up, zeros left out, the fastest growing first."""
    sums = {}
    for m, c in terms:
        sums[m] = sums[m] + c if m in sums else c
    kept = [(m, c) for m, c in sums.items() if sign(c)]
    return sorted(kept, key=functools.cmp_to_key(lambda a, b: compare(b[0], a[0])))


@functools.lru_cache(maxsize=65536)
def bound(m: Monomial, start: int) -> arb:
    """A ball that holds m(t) for every t >= start.

    Raises TooNear unless m is 1, or tends to 0 and is proved to decrease from there on.
    """
    if m == ONE:
        return arb(1)
    if order(m) > 0 or not _decreases(m, start):
        raise TooNear
    return arb(0).union(value(m, start))


def value(m: Monomial, t) -> arb:
    t = arb(t)
    result = sum((ball(c) * value(k, t) for k, c in m.big), arb(0)).exp()
    if m.power:
        result *= (ball(m.power) * t.log()).exp()
    if m.logs:
        result *= (ball(m.logs) * t.log().log()).exp()
    return result


def _decreases(m, start):
    """Whether (log m)' < 0 on [start, oo), proved through its leading term."""
    if not m.big:
        return sign(m.logs) <= 0 or (sign(m.power) < 0 and -ball(m.logs) / ball(m.power) < arb(start).log())
    (lead, c), *others = log_derivative(m)
    rest = sum((ball(b) * bound(over(k, lead), start) for k, b in others), arb(0))
    return ball(c) + rest < 0


@functools.lru_cache(maxsize=65536)
def log_derivative(m: Monomial) -> list[tuple[Monomial, sp.Expr]]:
    """The terms of (log m)', the fastest growing first."""
    terms = [(Monomial((), sp.S.NegativeOne), m.power),
             (Monomial((), sp.S.NegativeOne, sp.S.NegativeOne), m.logs)]
    terms += [(times(k, inner), c * d) for k, c in m.big for inner, d in log_derivative(k)]
    return collect(terms)
