"""Signs over wide boxes, in which one exponential outweighs the other terms of a sum.

A ball is a middle and a radius: one that holds exp(-4000) and exp(-1000) holds 0, too. So where a function is steep, a ball
around its values tells nothing until a box is as narrow as the steep part. Divided by the exponential of the term that
outweighs the others, a sum shows its sign over a wide box.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import sympy as sp
from flint import arb

from activlib.activation import x
from activlib.balls import Ball
from activlib.definition.forms import forms
from activlib.definition.numbers import expanded
from activlib.definition.roots import KEEP_SIGN
from activlib.facts.signs import certain_sign

MOST = 16  # exponentials in a sum


class Outweighed:
    """An expression as products, of which each factor is there in several forms of the same sign."""

    def __init__(self, expression: sp.Expr):
        self.expression = expression

    def sign(self, box: arb) -> int | None:
        """The sign of the expression all over the box, None where it is not certain."""
        return next((found for product in self._products if (found := _sign(product, box)) is not None), None)

    @functools.cached_property
    def _products(self):
        written = [self.expression, *(f.written_out for f in forms(self.expression) if f.everywhere)]
        return [[[Ball(e) for e in _forms(factor)] for factor in _factors(e)] for e in written if not e.has(sp.Abs, sp.sign)]


def _sign(product, box):
    total = 1
    for factor in product:
        sign = next((found for form in factor if (found := certain_sign(form(box))) is not None), None)
        if sign is None:
            return None
        total *= sign
    return total


def _factors(e) -> Iterator[sp.Expr]:
    """Expressions, the product of whose signs is that of e."""
    for part in sp.together(e.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp)).as_numer_denom():
        for factor in sp.Mul.make_args(part):
            if isinstance(factor, KEEP_SIGN):
                yield from _factors(factor.args[0])
            elif not (factor.is_positive or factor.func is sp.exp):
                yield factor


def _forms(factor) -> Iterator[sp.Expr]:
    """The factor, and what has the same sign."""
    base, power = factor.as_base_exp()
    yield factor
    if (total := expanded(base if power.is_Integer and power % 2 else factor)) is None or not total.is_Add:
        return
    terms = [_separated(term) for term in total.args]
    exponents = dict.fromkeys(exponent for _, exponent in terms)
    if any(exponents) and len(exponents) <= MOST:
        for leading in exponents:
            yield sp.Add(*(rest * sp.exp(sp.expand(exponent - leading)) for rest, exponent in terms))


def _separated(term):
    """A term without its exponentials, and the sum of their exponents."""
    rest, exponents = [], []
    for factor in sp.Mul.make_args(term):
        if factor.func is sp.exp and factor.has(x):
            exponents.append(factor.args[0])
        else:
            rest.append(factor)
    return sp.Mul(*rest), sp.expand(sp.Add(*exponents))
