"""Where an expression may change its sign: the zeros and poles that a condition on x is cut at, exactly."""

from __future__ import annotations

import functools

import mpmath
import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.polys.rootoftools import ComplexRootOf

from activlib.definition.numbers import in_order, sign, value_at
from activlib.definition.symbols import x

MAX_DEGREE = 40
ROOT_SYMBOL = sp.Symbol("x")
MAX_WAVES = 64  # zeros of one sine in a bounded interval
KEEP_SIGN = (sp.tanh, sp.sinh, sp.atan, sp.asinh, sp.atanh, sp.asin, sp.erf, expm1, log1p)  # of their argument
POSITIVE = (sp.exp, sp.cosh, sp.erfc, sp.acosh, sp.acos)  # or zero at an end of their domain only
INVERSES = {sp.exp: (sp.log, 0, sp.oo), sp.tanh: (sp.atanh, -1, 1), sp.sinh: (sp.asinh, -sp.oo, sp.oo),
            sp.atan: (sp.tan, -sp.pi / 2, sp.pi / 2), sp.log: (sp.exp, -sp.oo, sp.oo),
            expm1: (lambda y: sp.log(1 + y), -1, sp.oo), log1p: (lambda y: sp.exp(y) - 1, -sp.oo, sp.oo),
            sp.asinh: (sp.sinh, -sp.oo, sp.oo), sp.erf: (None, -1, 1)}  # increasing functions: (inverse, infimum, supremum)


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


def critical(g: sp.Expr, low: sp.Expr = -sp.oo, high: sp.Expr = sp.oo) -> tuple[sp.Expr, ...]:
    """Points of (low, high), some perhaps beyond, between which the expression in x has one sign or is not defined.

    With symbols other than x the points are expressions in them, `RealRoot` where there is no closed form. Raises
    Unsolved where they cannot be listed.
    """
    return _listed(g, low, high) if g.has(sp.sin, sp.cos, sp.tan) else _listed(g, -sp.oo, sp.oo)


@functools.lru_cache(maxsize=4096)
def _listed(g, low, high):
    places = dict.fromkeys(_critical(g, low, high))
    return tuple(places if any(p.free_symbols for p in places) else in_order(places))


def _critical(g, low, high):
    if not g.has(x) or g.is_positive or g.is_negative:
        return []
    if g.is_Mul:
        return [p for factor in g.args for p in _critical(factor, low, high)]
    if g.is_Pow and not g.exp.has(x):
        return _critical(g.base, low, high)
    if g.is_Pow or isinstance(g, POSITIVE):
        return []
    if isinstance(g, KEEP_SIGN):
        return _critical(g.args[0], low, high)
    if isinstance(g, sp.log):
        return _critical(g.args[0] - 1, low, high)
    if isinstance(g, (sp.sin, sp.cos, sp.tan)):
        return _waves(g, low, high)
    if g.is_polynomial(x):
        return _polynomial_roots(g)
    return _sum(g, low, high)


def _sum(g, low, high):
    above, below = sp.together(g).as_numer_denom()
    if below.has(x):
        return _critical(above, low, high) + _critical(below, low, high)
    factored = sp.factor_terms(g)
    if factored.is_Mul and not any(f.is_Number for f in factored.args):
        return _critical(factored, low, high)
    if (found := _exponential_roots(above)) is not None:
        return found
    if (squared := _without_root(above)) is not None:
        return _critical(squared, low, high)
    constant, rest = g.as_independent(x, as_Add=True)
    coefficient, function = rest.as_independent(x, as_Add=False)
    if type(function) in INVERSES:
        return _inverted(function, -constant / coefficient, low, high)
    if function.is_Pow and function.exp.is_Rational and constant.is_number and coefficient.is_number:
        return _power_roots(*function.args, -constant / coefficient, low, high)
    if len(g.args) == 2:
        a, b = g.args
        if type(a) is type(-b) and type(a) in INVERSES:  # an increasing function keeps the order of its arguments
            return _critical(a.args[0] - (-b).args[0], low, high)
    raise Unsolved(f"the zeros of {g} have no closed form that is known here")


def _inverted(function, level, low, high):
    inverse, least, most = INVERSES[type(function)]
    if level.free_symbols and (least, most) != (-sp.oo, sp.oo):
        raise Unsolved(f"whether {function} reaches {level} depends on the parameters")
    if not level.free_symbols and not (sign(level - least) == 1 and sign(most - level) == 1):
        return []
    if inverse is None:
        raise Unsolved(f"the inverse of {type(function).__name__} has no closed form")
    return _critical(function.args[0] - inverse(level), low, high)


def _without_root(e):
    """a^2 - b^2 c for a + b sqrt(c) with polynomials, which vanishes where that does; None for another expression."""
    roots = [p for p in e.atoms(sp.Pow) if p.exp == sp.S.Half and p.has(x)]
    if len(roots) != 1:
        return None
    s = sp.Dummy("s")
    linear = sp.expand(e.xreplace({roots[0]: s}))
    b = linear.coeff(s, 1)
    a = sp.expand(linear - b * s)
    if b.has(s) or a.has(s) or not a.has(x) or not all(part.is_polynomial(x) for part in (a, b, roots[0].base)):
        return None
    return sp.expand(a**2 - b**2 * roots[0].base)


def _power_roots(base, exponent, level, low, high):
    """The zeros of base**exponent - level for a number that is not zero, and those of the base."""
    found = list(_critical(base, low, high))
    root = abs(level) ** (1 / exponent)
    if sign(level) > 0:
        found += _critical(base - root, low, high)
    if exponent.is_Integer and sign(level) == (1 if exponent % 2 == 0 else -1):
        found += _critical(base + root, low, high)
    return found


def _exponential_roots(numerator):
    """The zeros of a polynomial in one exponential of x, or None for another expression."""
    powers = [e for e in numerator.atoms(sp.exp) if e.has(x)]
    rates = [sp.diff(e.args[0], x) for e in powers]
    if not powers or any(not r.is_Rational for r in rates):
        return None
    common = functools.reduce(sp.ilcm, (r.q for r in rates), 1)
    step = sp.Rational(functools.reduce(sp.igcd, (int(r * common) for r in rates), 0), common)
    changed = numerator.xreplace({e: sp.exp(e.args[0] - r * x) * x ** (r / step) for e, r in zip(powers, rates, strict=True)}
                                 | {x: sp.Dummy("outside")})
    changed = sp.together(changed).as_numer_denom()[0]
    if not changed.is_polynomial(x) or changed.free_symbols - {x}:
        return None
    return [sp.log(root) / step for root in _polynomial_roots(changed) if sign(root) == 1]


def _waves(g, low, high):
    argument = g.args[0]
    rate, shift = sp.diff(argument, x), argument.subs(x, 0)
    if low.is_infinite or high.is_infinite or rate.has(x) or argument.free_symbols != {x}:
        raise Unsolved(f"{g} changes its sign infinitely often")
    quarter = {sp.sin: 2, sp.cos: 2, sp.tan: 1}[type(g)]
    first = 1 if isinstance(g, sp.cos) else 0
    ends = sorted(int(sp.floor(((rate * end + shift) / (sp.pi / 2)).evalf(30))) for end in (low, high))
    found = [(k * sp.pi / 2 - shift) / rate for k in range(ends[0] - 1, ends[1] + 3) if (k - first) % quarter == 0]
    if len(found) > MAX_WAVES:
        raise Unsolved(f"{g} changes its sign more than {MAX_WAVES} times")
    return found


def _polynomial_roots(g):
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


def sign_at(g: sp.Expr, point: sp.Expr) -> int | None:
    """The sign of an expression without parameters at an exact point, None where it is not a real number there.

    Parts whose sign is known are not evaluated, as exp(exp(1000)) could not be.
    """
    if not g.has(x):
        return sign(g)
    if g.is_Mul:
        signs = [sign_at(factor, point) for factor in g.args]
        return None if None in signs else functools.reduce(lambda a, b: a * b, signs)
    if g.is_Pow and g.exp.is_Integer:
        base = sign_at(g.base, point)
        return None if base is None or (base == 0 and g.exp < 0) else base ** abs(int(g.exp))
    if g.is_Pow:
        base = sign_at(g.base, point)
        return 1 if base == 1 else 0 if base == 0 and g.exp.is_positive else None
    if isinstance(g, (sp.exp, sp.cosh)):
        return None if sign_at(g.args[0], point) is None else 1
    if type(g) in KEEP_SIGN and type(g) not in (log1p, sp.atanh, sp.asin):
        return sign_at(g.args[0], point)
    if not point.is_Rational and g.is_polynomial(x) and point in (real_roots(g) or ()):
        return 0
    return sign(value_at(g, point))
