"""The threshold of a share: the number that leaves a sum of 1 above it, and what depends on it."""

from __future__ import annotations

import functools

import sympy as sp

from activlib.definition.kinks import Maximum
from activlib.vector.nodes import Over, parts


class _OfShare(Over):
    """What is said of θ with Σ_j F(u_j - θ) = 1: `share` is a Lambda for F on the right of 0, `term` is u_j."""

    @property
    def share(self):
        return self.args[0]

    @property
    def term(self):
        return self.args[1]


class Threshold(_OfShare):
    r"""The number θ with Σ_j F(u_j - θ) = 1, where F is 0 to the left of 0 and a polynomial that grows from 0 to the right.

    There is one θ, since the sum falls from ∞ to 0 as θ grows to the largest u_j; and u_j > θ just if Σ_l F(u_l - u_j) < 1,
    which is what makes the explicit form.
    """

    def __new__(cls, share, term, limits):
        constant, varying = parts(term, limits)
        return constant + super().__new__(cls, share, varying, sp.Tuple(*limits))

    def _eval_derivative(self, symbol):
        index, limits = self.limits[0], tuple(self.limits)
        weight = Above(self.share, self.term, index, limits) * slope(self.share, self.term - self)
        total = sp.Sum(weight * self.term.diff(symbol), limits)
        return total / sp.Sum(weight, limits)

    def explicit(self, count, named=lambda name, value: value):
        terms = self.terms(count)
        inside = [named("b", Above(self.share, self.term, m, self.limits).explicit(count, named)) for m in range(1, count + 1)]
        sums = [named("p", sum(condition * term**power for term, condition in zip(terms, inside, strict=True)))
                for power in range(degree(self.share) + 1)]
        return solution(self.share).subs(dict(zip(power_sums(self.share), sums, strict=True)), simultaneous=True)

    def _sympystr(self, printer):
        return "θ"

    def _latex(self, printer):
        return r"\theta"


class At(_OfShare):
    """What depends on one place, `at`, beside the numbers."""

    def __new__(cls, share, term, at, limits):
        return super().__new__(cls, share, parts(term, limits)[1], sp.sympify(at), sp.Tuple(*limits))

    @property
    def at(self):
        return self.args[2]

    @property
    def own(self):
        """u at that place."""
        return self.term.subs(self.limits[0], self.at)

    @property
    def threshold(self):
        return Threshold(self.share, self.term, self.limits)

    @property
    def free_symbols(self):
        return super().free_symbols | self.own.free_symbols | self.at.free_symbols

    def _eval_subs(self, old, new):
        if old == self.limits[0]:
            return type(self)(self.share, self.term, self.at.subs(old, new), self.limits)
        return None


class Above(At):
    """1 if u_i > θ, otherwise 0."""

    def _eval_derivative(self, symbol):
        return sp.S.Zero

    def explicit(self, count, named=lambda name, value: value):
        others = [term for m, term in enumerate(self.terms(count), 1) if m != self.at]
        total = named("r", sp.Add(*(self.share(Maximum(other - self.own, sp.S.Zero)) for other in others)))
        return sp.Piecewise((1, sp.Lt(total, 1)), (0, True))

    def _sympystr(self, printer):
        return f"[{printer._print(self.own)} > θ]"

    def _latex(self, printer):
        return rf"\left[{printer._print(self.own)} > \theta\right]"


class Share(At):
    """F(u_i - θ), the i-th share of a whole."""

    def _eval_derivative(self, symbol):
        inside = Above(*self.args)
        return inside * slope(self.share, self.own - self.threshold) * (self.own.diff(symbol) - self.threshold.diff(symbol))

    def explicit(self, count):
        return Above(*self.args) * self.share(self.own - self.threshold)

    def _latex(self, printer):
        return printer._print(self.share(sp.Max(self.own - THETA, 0)))


THETA = sp.Symbol("theta", real=True)


def slope(share, t):
    """F'(t) to the right of 0."""
    (variable,) = share.variables
    return share.expr.diff(variable).subs(variable, t)


@functools.lru_cache(maxsize=16)
def coefficients(share: sp.Lambda) -> tuple[sp.Expr, ...]:
    """A threshold's polynomial, from the highest power on."""
    return tuple(sp.Poly(share.expr, *share.variables).all_coeffs())


def degree(share: sp.Lambda) -> int:
    """The degree of a threshold's polynomial."""
    return len(coefficients(share)) - 1


def power_sums(share):
    """Symbols for the number of terms above θ, their sum, the sum of their squares, and so on."""
    return sp.symbols(f"p_0:{degree(share) + 1}", real=True)


@functools.lru_cache(maxsize=16)
def solution(share: sp.Lambda) -> sp.Expr:
    """θ from the power sums of the terms above it: the root of Σ F(u_j - θ) = 1 that lies below them all."""
    (t,), sums = share.variables, power_sums(share)
    powers = sp.Poly(share.expr.subs(t, t - THETA).expand(), t).all_coeffs()[::-1]
    equation = sum(coefficient * p for coefficient, p in zip(powers, sums, strict=True)) - 1
    where = {p: 2 if m == 0 else 0 for m, p in enumerate(sums)}  # two terms, both 0
    below = [root for root in sp.solve(equation, THETA) if root.subs(where).is_negative]
    if len(below) != 1:
        raise ValueError(f"no closed form of the threshold for F(t) = {share.expr}")
    return below[0]
