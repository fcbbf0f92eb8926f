"""Named numbers, for those whose closed form is too long to read."""

from __future__ import annotations

import functools

import sympy as sp


class Constant(sp.NumberSymbol):
    """A positive number that is written by its `name`, a symbol's, and equals its `closed_form`.

    SymPy computes with it as with pi: exactly, and to any number of digits. `closed(expression)` puts the closed
    forms in.
    """

    is_real = is_positive = True
    is_zero = is_negative = False
    __slots__ = ("closed_form", "name")

    @functools.cache  # SymPy compares such numbers by identity
    def __new__(cls, name: str, closed_form: sp.Expr):
        self = super().__new__(cls)
        self.name, self.closed_form = name, closed_form
        return self

    def __getnewargs__(self):
        return self.name, self.closed_form

    def _hashable_content(self):
        return self.name, self.closed_form

    def _as_mpf_val(self, prec):
        return self.closed_form._eval_evalf(prec)._as_mpf_val(prec)

    def approximation_interval(self, number_cls):  # SymPy's floor asks for integers
        below = sp.floor(self.closed_form)
        return below, below + 1

    def _sympystr(self, printer):
        return self.name

    def _latex(self, printer):
        return printer.doprint(sp.Symbol(self.name))

    def _mpmathcode(self, printer):
        return printer.doprint(self.closed_form)


def closed(expression: sp.Expr) -> sp.Expr:
    """`expression` with the closed form of every `Constant` in it."""
    return expression.xreplace({c: c.closed_form for c in expression.atoms(Constant)})
