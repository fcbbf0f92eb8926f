"""What formulas of several numbers consist of beside sums: the largest of all, where it first is, and a threshold.

Each knows its derivative for any number of terms, and its explicit form for a given number.
"""

from __future__ import annotations

import functools

import sympy as sp

from activlib.definition.kinks import Maximum
from activlib.vector.symbols import n, numbered, scores


class _Over(sp.Expr):
    """A quantity of terms over j = 1..n; the last argument is the Tuple (j, 1, n)."""

    is_real = True
    is_commutative = True

    @property
    def limits(self):
        return self.args[-1]

    @property
    def free_symbols(self):
        index, low, high = self.limits
        inner = set().union(*(e.free_symbols for e in self.args[:-1])) - {index}
        bound = {e for e in inner if isinstance(e, sp.Indexed) and index in e.indices}
        return (inner - bound) | low.free_symbols | high.free_symbols

    @property
    def bound_symbols(self):
        return [self.limits[0]]

    def _eval_subs(self, old, new):
        index = self.limits[0]
        return self if old == index else None

    def terms(self, count: int) -> list[sp.Expr]:
        """The terms for j = 1..count."""
        return [self.term.subs(self.limits[0], m) for m in range(1, count + 1)]


class Largest(_Over):
    """The largest of the terms. Its derivative is by convention that of the first of them which attains it, as argmax
    and ONNX's Hardmax choose."""

    def __new__(cls, term, limits):
        constant, varying = _parts(term, limits)
        return constant + super().__new__(cls, varying, sp.Tuple(*limits))

    @property
    def term(self):
        return self.args[0]

    def _eval_derivative(self, symbol):
        index = self.limits[0]
        return sp.Sum(First(self.term, index, self.limits) * self.term.diff(symbol), tuple(self.limits))

    def explicit(self, count):
        terms = self.terms(count)
        return sp.Piecewise(*((term, _beats(terms, m)) for m, term in enumerate(terms[:-1])), (terms[-1], True))

    def _sympystr(self, printer):
        return f"max_{printer._print(self.limits[0])} {printer._print(self.term)}"

    def _latex(self, printer):
        return rf"\max_{{{printer._print(self.limits[0])}}} {printer._print(self.term)}"


class First(_Over):
    """1 if the term at the place `at` is the first of the largest, otherwise 0."""

    def __new__(cls, term, at, limits):
        return super().__new__(cls, _parts(term, limits)[1], sp.sympify(at), sp.Tuple(*limits))

    @property
    def term(self):
        return self.args[0]

    @property
    def at(self):
        return self.args[1]

    @property
    def free_symbols(self):
        bound = super().free_symbols
        return bound | self.at.free_symbols

    def _eval_subs(self, old, new):
        index = self.limits[0]
        if old == index:
            return First(self.term, self.at.subs(old, new), self.limits)
        return None

    def _eval_derivative(self, symbol):
        return sp.S.Zero

    def explicit(self, count):
        return sp.Piecewise((1, _beats(self.terms(count), int(self.at) - 1)), (0, True))

    def _sympystr(self, printer):
        index, term = printer._print(self.limits[0]), printer._print(self.term)
        return f"[{printer._print(self.at)} = argmax_{index} {term}]"

    def _latex(self, printer):
        index, term = self.limits[0], printer._print(self.term)
        return rf"\left[{printer._print(self.at)} = \operatorname{{arg\,max}}_{{{printer._print(index)}}} {term}\right]"


class _OfShare(_Over):
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
        constant, varying = _parts(term, limits)
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


class _At(_OfShare):
    """What depends on one place, `at`, beside the numbers."""

    def __new__(cls, share, term, at, limits):
        return super().__new__(cls, share, _parts(term, limits)[1], sp.sympify(at), sp.Tuple(*limits))

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


class Above(_At):
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


class Share(_At):
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


def _parts(term, limits):
    """What all terms have in common as a summand, and the rest of the term."""
    term, index = sp.expand(term), limits[0]
    return term.as_independent(index, *(e for e in term.atoms(sp.Indexed) if index in e.free_symbols), as_Add=True)


def _beats(terms, m):
    """Whether the m-th is the first of the largest."""
    return sp.And(*(terms[m] > other for other in terms[:m]), *(terms[m] >= other for other in terms[m + 1:]))


def explicit(expressions, count: int, shared: dict | None = None) -> list[sp.Expr]:
    """The expressions for n = count, with the symbols x_1, ..., x_n for the numbers; their free indices must be numbers.

    With `shared`, what runs over all numbers becomes a symbol, whose explicit form it keeps there.
    """
    known = {scores[m]: symbol for m, symbol in enumerate(numbered(count), 1)}
    symbols = {value: symbol for symbol, value in (shared or {}).items()}

    def written(e):
        if e not in known:
            known[e] = fresh(e)
        return known[e]

    def fresh(e):
        if isinstance(e, sp.Sum):
            index, low, high = e.limits[0]
            return named("s", sp.Add(*(e.function.subs(index, m) for m in range(int(low), int(high) + 1))))
        if isinstance(e, Largest):
            return named("m", e.explicit(count))
        if isinstance(e, Threshold):
            return named("theta", e.explicit(count, named))
        if isinstance(e, Above) and shared is not None:
            return sp.Piecewise((1, written(e.own) > written(e.threshold)), (0, True))
        if isinstance(e, _Over):
            return written(e.explicit(count))
        return e.func(*map(written, e.args)) if e.args else e

    def named(name, value):
        """The value, or the symbol that is shared for it."""
        value = written(value)
        if shared is None or value.is_Atom:
            return value
        if value not in symbols:
            taken = sum(symbol.name.partition("_")[0] == name for symbol in shared)
            symbol = sp.Symbol(f"{name}_{taken}" if taken else name, real=True, positive=True if value.is_positive else None)
            symbols[value], shared[symbol] = symbol, value
        return symbols[value]

    return [written(sp.sympify(e).subs(n, count)) for e in expressions]
