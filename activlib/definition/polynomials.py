"""Real roots of polynomials in x: in closed form where a reader would want one, else as exact numbers with a name."""

from __future__ import annotations

import functools

import mpmath
import sympy as sp
from sympy.polys.rootoftools import ComplexRootOf

from activlib.definition.numbers import in_order, sign
from activlib.definition.symbols import x

MAX_DEGREE = 40
ROOT_SYMBOL = sp.Symbol("x")


class Unsolved(ValueError):
    """A condition whose solutions cannot be listed; the message is what a reader is told."""


class RealRoot(sp.Function):
    """RealRoot(k, c_n, ..., c_0): the k-th real root, counted from the left and with 0, of c_n x^n + ... + c_0.

    With symbols among the coefficients it waits. With numbers it becomes the closed form or SymPy's root of a polynomial
    with rational coefficients, or NaN where there are fewer roots; with irrational numbers it is a number itself.
    """

    @classmethod
    def eval(cls, k, *coefficients):
        if all(c.is_number for c in coefficients):
            found = real_roots(sum((c * x**i for i, c in enumerate(reversed(coefficients))), sp.S.Zero))
            return found[k] if found is not None and k < len(found) else sp.nan
        return None

    def _eval_is_extended_real(self):
        return True if self.is_number else None

    _eval_is_finite = _eval_is_extended_real

    def _eval_evalf(self, prec):
        if self.is_number:
            k, *coefficients = self.args
            return sp.Float._new(_numeric_roots(tuple(coefficients), prec)[int(k)]._mpf_, prec)
        return None


@functools.lru_cache(maxsize=1024)
def _numeric_roots(coefficients, prec):
    """The simple real roots from left to right, at `prec` bits."""
    with mpmath.workprec(prec + 40):
        numbers = [mpmath.mpmathify(c.evalf(mpmath.mp.dps + 10)) for c in coefficients]
        try:
            roots = mpmath.polyroots(numbers, maxsteps=200, extraprec=4 * prec)
        except mpmath.libmp.NoConvergence:
            raise Unsolved("a polynomial with irrational coefficients has roots that are not told apart") from None
        size = max(map(abs, roots), default=mpmath.mpf(0))
        return sorted(mpmath.re(r) for r in roots if abs(mpmath.im(r)) <= size * mpmath.mpf(2) ** (-prec // 2))


def polynomial_roots(g: sp.Expr) -> list[sp.Expr]:
    """Points among which are all real roots of a polynomial in x, unless it is 0 everywhere; with symbols among the
    coefficients, expressions in them."""
    if g.free_symbols - {x}:
        return _symbolic_roots(_coefficients(g))
    found = real_roots(g)
    return [] if found is None else found


def _coefficients(g):
    """The coefficients of a polynomial in x, the leading one first: Taylor's, which SymPy does not simplify."""
    found, derivative = [], g
    for k in range(MAX_DEGREE + 2):
        found.insert(0, derivative.subs(x, 0) / sp.factorial(k))
        derivative = sp.diff(derivative, x)
        if derivative == 0:
            return found
    raise Unsolved(f"compare polynomials of degree {MAX_DEGREE} at most")


def _symbolic_roots(coefficients):
    """Closed forms up to degree 2 where the leading coefficient is certain not to vanish."""
    leading, degree = coefficients[0], len(coefficients) - 1
    if leading.is_zero is False or (degree == 1 and not leading.is_number):
        if degree == 1:
            return [-coefficients[1] / leading]
        if degree == 2:
            return _quadratic(*coefficients)
    return [RealRoot(sp.Integer(k), *coefficients) for k in range(degree)]


def _quadratic(a, b, c):
    root = sp.sqrt(b**2 - 4 * a * c)
    return [(-b - root) / (2 * a), (-b + root) / (2 * a)]


@functools.lru_cache(maxsize=1024)
def real_roots(g: sp.Expr) -> list[sp.Expr] | None:
    """The different real roots of a polynomial in x with constant coefficients, from left to right; None for 0."""
    if all(e.is_Rational for e in g.atoms() - {x}) and all(p.exp.is_Integer for p in g.atoms(sp.Pow)) and not g.has(sp.Function):
        coefficients = sp.Poly(g, x, domain="QQ").all_coeffs()
        if len(coefficients) > MAX_DEGREE + 1:
            raise Unsolved(f"compare polynomials of degree {MAX_DEGREE} at most")
    else:
        coefficients = _coefficients(g)
    while coefficients and sign(coefficients[0]) == 0:
        del coefficients[0]
    if not coefficients:
        return None
    if len(coefficients) == 1:
        return []
    if all(c.is_Rational for c in coefficients):
        factors = sp.Poly(coefficients, x, domain="QQ").factor_list()[1]
        return in_order(root for factor, _ in factors for root in _factor_roots(factor))
    return in_order(_irrational(coefficients))


def _factor_roots(factor):
    """The real roots of an irreducible polynomial with rational coefficients."""
    degree = factor.degree()
    leading, *between, constant = factor.all_coeffs()
    if degree == 1:
        return [-constant / leading]
    if degree == 2:
        return _quadratic(leading, *between, constant) if factor.discriminant() > 0 else []
    if not any(between):  # x^n = c has the root of a textbook
        level = -constant / leading
        root = sp.root(abs(level), degree)
        return [sp.sign(level) * root] if degree % 2 else [-root, root] if level > 0 else []
    # In a symbol of its own, so that the number does not seem to depend on x.
    return [ComplexRootOf(factor.as_expr().subs(x, ROOT_SYMBOL), ROOT_SYMBOL, k, radicals=False)
            for k in range(factor.count_roots())]


def _irrational(coefficients):
    degree = len(coefficients) - 1
    if degree == 1:
        return [-coefficients[1] / coefficients[0]]
    if degree == 2:
        a, b, c = coefficients
        discriminant = sign(b**2 - 4 * a * c)
        return [-b / (2 * a)] if discriminant == 0 else _quadratic(a, b, c) if discriminant == 1 else []
    if sign(coefficients[-1]) == 0:
        return [sp.S.Zero, *(_irrational(coefficients[:-1]))]
    count = len(_numeric_roots(tuple(coefficients), 100))
    return [RealRoot(sp.Integer(k), *coefficients, evaluate=False) for k in range(count)]
