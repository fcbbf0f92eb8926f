"""Functions with kinks, in one form: Piecewise, and the greater of two expressions.

SymPy differentiates Abs, Max and sign into Heaviside and DiracDelta, and compares the arguments of Max for as long as that
takes; here they wait until the normal form reads them.
"""

from __future__ import annotations

import math
from functools import partial, reduce

import sympy as sp

MAX_PIECES = 32


class _Extreme(sp.Function):
    """One of two expressions, by comparison."""

    nargs = 2

    @classmethod
    def eval(cls, a, b):
        if a == b or a is sp.nan:
            return a
        if b is sp.nan:
            return b
        if a.is_number and b.is_number and (order := cls.prefers(a, b)) in (sp.true, sp.false):
            return a if order else b
        return None

    def _eval_is_extended_real(self):
        return all(a.is_extended_real for a in self.args) or None

    def _eval_is_finite(self):
        return all(a.is_finite for a in self.args) or None

    def _eval_derivative(self, symbol):
        a, b = self.args
        return sp.Piecewise((a.diff(symbol), self.prefers(a, b)), (b.diff(symbol), True))

    def _printed(self, printer):
        a, b = self.args
        return printer._print(sp.Abs(a, evaluate=False) if a == -b else self.plain(a, b, evaluate=False))

    _sympystr = _latex = _pretty = _printed

    def _code(self, printer):  # for lambdify
        a, b = map(printer._print, self.args)
        return f"(({a}) if ({a}) {self.comparison} ({b}) else ({b}))"

    _pythoncode = _mpmathcode = _code

    def _numpycode(self, printer):
        return f"numpy.{type(self).__name__.lower()}({', '.join(map(printer._print, self.args))})"

    _scipycode = _numpycode


class Maximum(_Extreme):
    """The greater of two expressions.

    Where they are equal and differ in slope, the derivative is by convention the slope nearest to 0 between theirs, as
    the libraries' named functions have it: 0 for max(x, 0) and for |x|.
    """

    prefers, comparison, plain = sp.Gt, ">", sp.Max

    def _eval_is_extended_positive(self):
        return any(a.is_extended_positive for a in self.args) or None

    def _eval_is_extended_nonnegative(self):
        a, b = self.args
        return a == -b or any(e.is_extended_nonnegative for e in self.args) or None


class Minimum(_Extreme):
    """The smaller of two expressions, with the convention of `Maximum`."""

    prefers, comparison, plain = sp.Lt, "<", sp.Min


KINKS = (sp.Piecewise, Maximum, Minimum, sp.Abs, sp.Max, sp.Min, sp.sign, sp.Heaviside)


def maximum(a, b):
    """The greater of two expressions."""
    return bounded(Maximum(*map(sp.sympify, (a, b))))


def minimum(a, b):
    """The smaller of two expressions."""
    return bounded(Minimum(*map(sp.sympify, (a, b))))


def absolute(a):
    """|a|, with the derivative 0 by convention where a = 0 and |a| has a kink."""
    a = sp.sympify(a)
    return abs(a) if a.is_Number else maximum(a, -a)


def sign(a):
    """1, 0 or -1."""
    return heaviside(a, 0, -1)


def heaviside(a, at_zero=1, below=0):
    """1 where a > 0, `below` where a < 0."""
    a, at_zero, below = map(sp.sympify, (a, at_zero, below))
    return bounded(sp.Piecewise((1, sp.Gt(a, 0)), (at_zero, sp.Eq(a, 0)), (below, True)))


def explicit(expression: sp.Expr) -> sp.Expr:
    """`expression` with Abs, Max, Min, sign and Heaviside in the two forms of this module."""
    replacements = {sp.Abs: absolute, sp.sign: sign, sp.Heaviside: lambda a, half=sp.S.Half: heaviside(a, half),
                    sp.Max: partial(_fold, maximum), sp.Min: partial(_fold, minimum)}
    for kind, replacement in replacements.items():
        expression = expression.replace(kind, replacement) if expression.has(kind) else expression
    return expression


def _fold(function, *arguments):
    return reduce(function, arguments)


def bounded(expression):
    """`expression`, unless kinks are nested in kinks so deeply that their pieces may grow without bound."""
    if _weight(expression) > MAX_PIECES:
        raise ValueError(f"more than {MAX_PIECES} pieces; nest fewer of abs, sign, max and min")
    return expression


def _weight(e):
    """A bound on the number of pieces: a kink of what has n pieces may have twice as many."""
    if not e.has(*KINKS):
        return 1
    if isinstance(e, Maximum) and e.args[0] == -e.args[1]:
        return 2 * _weight(e.args[0]) + 1
    if isinstance(e, sp.Piecewise):
        sides = [sum(map(_weight, r.args)) - 1 for _, condition in e.args for r in condition.atoms(sp.core.relational.Relational)]
        return 1 + sum(_weight(piece) - 1 for piece, _ in e.args) + sum(sides)
    weights = list(map(_weight, e.args))
    if e.is_Mul:
        return math.prod(weights)
    total = 1 + sum(w - 1 for w in weights)
    return 2 * total if isinstance(e, _Extreme) else total
