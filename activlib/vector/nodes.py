"""What formulas of several numbers consist of beside sums: here the largest of all and where it first is; thresholds are in
`thresholds`.

Each knows its derivative for any number of terms, and its explicit form for a given number.
"""

from __future__ import annotations

import sympy as sp
from sympy.printing.precedence import PRECEDENCE


class Over(sp.Expr):
    """A quantity of terms over j = 1..n; the last argument is the Tuple (j, 1, n)."""

    is_real = True
    is_commutative = True

    @property
    def limits(self):
        return self.args[-1]

    def _term(self, printer):
        """The term as it is written after a word such as max, in parentheses if it has several summands or a sign."""
        return printer.parenthesize(self.term, PRECEDENCE["Mul"], strict=not self.term.could_extract_minus_sign())

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


class Largest(Over):
    """The largest of the terms. Its derivative is by convention that of the first of them which attains it, as argmax
    and ONNX's Hardmax choose."""

    def __new__(cls, term, limits):
        constant, varying = parts(term, limits)
        return constant + super().__new__(cls, varying, sp.Tuple(*limits))

    precedence = PRECEDENCE["Mul"]  # as a sum's: what is a factor or a base is written in parentheses

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
        return f"max_{printer._print(self.limits[0])} {self._term(printer)}"

    def _latex(self, printer):
        return rf"\max_{{{printer._print(self.limits[0])}}} {self._term(printer)}"


class First(Over):
    """1 if the term at the place `at` is the first of the largest, otherwise 0."""

    def __new__(cls, term, at, limits):
        return super().__new__(cls, parts(term, limits)[1], sp.sympify(at), sp.Tuple(*limits))

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
        index, term = printer._print(self.limits[0]), self._term(printer)
        return f"[{printer._print(self.at)} = argmax_{index} {term}]"

    def _latex(self, printer):
        index, term = self.limits[0], self._term(printer)
        return rf"\left[{printer._print(self.at)} = \operatorname{{arg\,max}}_{{{printer._print(index)}}} {term}\right]"


def parts(term, limits):
    """What all terms have in common as a summand, and the rest of the term."""
    term, index = sp.expand(term), limits[0]
    return term.as_independent(index, *(e for e in term.atoms(sp.Indexed) if index in e.free_symbols), as_Add=True)


def _beats(terms, m):
    """Whether the m-th is the first of the largest."""
    return sp.And(*(terms[m] > other for other in terms[:m]), *(terms[m] >= other for other in terms[m + 1:]))
