"""Exact real constants: their sign, whether they are zero, their order on the line."""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from fractions import Fraction

import sympy as sp
from sympy.polys.rootoftools import ComplexRootOf

from activlib.definition.symbols import x

DIGITS = 40
MOST_DIGITS = 400
MOST_BITS = 5000  # of the power of two in a breakpoint
MAX_OPERATIONS = 300  # of a constant that SymPy is asked to simplify
MAX_TERMS = 1000  # of an expansion
MOST_SEPARATION = 1000  # bits
STEEP = 100  # numbers in an exponent


class NotTold(ValueError):
    """A constant that is not told from 0."""


@functools.lru_cache(maxsize=8192)
def sign(number: sp.Expr) -> int | None:
    """The sign of a constant, proved; None where it is not real. Raises NotTold."""
    if number.is_Rational or number.is_infinite:
        return bool(number > 0) - bool(number < 0) if number.is_extended_real else None
    value = _evaluated(number, DIGITS)
    if value is None or not value.is_extended_real:
        return None
    if value._prec > 1 and value != 0:
        return 1 if value > 0 else -1
    if is_zero(number):
        return 0
    value = _evaluated(number, MOST_DIGITS)
    if value is None or value._prec == 1 or value == 0:
        raise NotTold(f"whether {str(number)[:80]} is 0 is neither proved nor refuted")
    return 1 if value > 0 else -1


def _evaluated(number, digits):
    try:
        value = number.evalf(15, maxn=digits)
    except (OverflowError, ValueError, NotImplementedError):
        return None
    real, imaginary = value.as_real_imag()
    if imaginary != 0 and imaginary._prec == 1:  # what rounding left of a real number
        value = real
    return value if value.is_Float or value.is_Rational or value.is_infinite else None


def is_zero(number: sp.Expr) -> bool:
    """Whether a constant is proved to be zero."""
    if number.is_Rational:
        return number == 0
    if number.has(ComplexRootOf):
        if (least := separation(number)) is not None:
            return smaller(number, least)
        number = reduced(number)
    number, _ = without_steep(_exponential(number))
    if number == 0 or expanded(number) == 0:
        return True
    if number.count_ops() > MAX_OPERATIONS:
        return False
    return sp.radsimp(sp.together(number)) == 0 or sp.simplify(number) == 0


def separation(number: sp.Expr) -> sp.Rational | None:
    """What a constant in roots of polynomials exceeds in size unless it is 0; None where that would be tiny, and for a
    constant with other parts.

    The constant is a quotient of algebraic integers. Where u and l bound the conjugates of the two, in a field of degree d,
    it is at least 1/(u^(d - 1) l) in size, as the norm of the first is an integer (Burnikel, Fleischer, Mehlhorn and Schirra
    2001).
    """
    bounds = _conjugates(number)
    degree = math.prod(root.poly.degree() for root in number.atoms(ComplexRootOf))
    if bounds is None or (degree - 1) * math.log2(max(bounds[0], 2)) > MOST_SEPARATION:
        return None
    above, below = bounds
    return 1 / (max(above, sp.S.One) ** (degree - 1) * below)


def _conjugates(e):
    """Bounds of all conjugates of two algebraic integers whose quotient the constant is, None for others."""
    if e.is_Rational:
        return abs(sp.Integer(e.p)), sp.Integer(e.q)
    if isinstance(e, ComplexRootOf):
        leading, *others = map(abs, e.poly.clear_denoms()[1].all_coeffs())
        return sp.Integer(leading + max(others)), sp.Integer(leading)  # the root times the leading coefficient; Cauchy's bound
    parts = [_conjugates(a) for a in ((e.base,) if e.is_Pow and e.exp.is_Integer else e.args if e.is_Add or e.is_Mul else ())]
    if not parts or None in parts:
        return None
    above, below = parts[0]
    if e.is_Pow:
        return (above**e.exp, below**e.exp) if e.exp > 0 else (below**-e.exp, above**-e.exp)
    for u, v in parts[1:]:
        above, below = (above * v + u * below if e.is_Add else above * u), below * v
    return above, below


def smaller(number: sp.Expr, least: sp.Rational) -> bool:
    """Whether a constant in roots of polynomials is below a bound in size, by twice as many digits as that asks for."""
    digits = 2 * len(str(least.q)) + DIGITS
    size = abs(number.xreplace({root: root.evalf(digits) for root in number.atoms(ComplexRootOf)}).evalf(digits))
    return bool(size < least / 2)


def without_steep(e: sp.Expr, most: int = STEEP) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
    """`e` with symbols for exponentials of multiples larger than `most`, and {symbol: exponential}: SymPy would take
    exp(1000 x) for the 1000th power of exp(x), and e^1000 for the number that it is.

    Where the result vanishes, `e` does; the reverse fails where exponents have no small common measure.
    """
    exponents, powers, symbols = defaultdict(list), {}, {}
    for f in e.atoms(sp.exp, sp.Pow):
        base, exponent = f.as_base_exp()
        if base.is_number and not (isinstance(f, sp.Pow) and exponent.is_Rational):
            c, z = exponent.as_content_primitive()
            turned = z.could_extract_minus_sign()
            exponents[base, -z if turned else z].append((-c if turned else c, f))
    for (base, z), found in exponents.items():
        if max(max(abs(q.p), q.q) for c, _ in found for q in (c, *z.atoms(sp.Rational))) <= most:
            continue
        unit = sp.gcd_list([c for c, _ in found])
        for c, f in found:
            measure = unit if max(abs(c) for c, _ in found) <= most * unit else abs(c)
            powers[f] = symbols.setdefault(base ** (measure * z), sp.Dummy(positive=True)) ** (c / measure)
    return e.xreplace(powers), {t: f for f, t in symbols.items()}


def simplifies_away(e: sp.Expr) -> bool:
    """Whether SymPy's simplification, which may take seconds, proves that an expression is zero."""
    e, _ = without_steep(_exponential(e))
    if not e.has(sp.Function) and all(p.exp.is_Integer for p in e.atoms(sp.Pow)):  # then a common denominator settles it
        return sp.expand(sp.together(e).as_numer_denom()[0]) == 0
    return sp.simplify(e) == 0


def _exponential(e):
    return e.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp)


def value_at(expression: sp.Expr, point: sp.Expr) -> sp.Expr:
    """An expression in x alone at an exact point. At a root of a polynomial, a rational expression is written as the
    polynomial of least degree in the root, which is unique."""
    if not isinstance(point, ComplexRootOf) or not expression.has(x):
        return expression.subs(x, point)
    above, below = sp.together(expression).as_numer_denom()
    if not (above.is_polynomial(x) and below.is_polynomial(x)):
        return expression.subs(x, point)
    least = sp.Poly(point.poly.as_expr().subs(point.poly.gen, x), x, domain="QQ")
    try:
        above, below = (sp.Poly(e, x, domain="QQ").rem(least) for e in (above, below))
    except sp.CoercionFailed:  # irrational coefficients
        return expression.subs(x, point)
    if below.is_zero:
        return sp.zoo
    return (above * below.invert(least)).rem(least).as_expr().subs(x, point)


def reduced(number: sp.Expr) -> sp.Expr:
    """A constant in the unique form of `value_at`, where it is rational in one root of a polynomial."""
    roots = number.atoms(ComplexRootOf)
    return value_at(number.xreplace(dict.fromkeys(roots, x)), *roots) if len(roots) == 1 else number


def equal(a: sp.Expr, b: sp.Expr) -> bool:
    """Whether two exact numbers or infinities are the same."""
    return a == b or bool(a.is_finite and b.is_finite and sign(a - b) == 0)


def expanded(expression: sp.Expr) -> sp.Expr | None:
    """The expression multiplied out, or None where that may give more than MAX_TERMS terms."""
    return sp.expand(expression) if _terms(expression) <= MAX_TERMS else None


def _terms(e):
    if e.is_Add or e.is_Mul:
        return (sum if e.is_Add else math.prod)(map(_terms, e.args))
    if e.is_Pow and e.exp.is_Integer and e.exp > 0:
        return math.comb(_terms(e.base) + int(e.exp) - 1, int(e.exp))
    return max(map(_terms, e.args), default=1)


def vanishes(expression: sp.Expr) -> bool:
    """Whether an expression is zero for every x, by bringing it on one fraction bar; False where that does not show it."""
    exponential = expanded(without_steep(_exponential(expression))[0])
    return exponential is not None and expanded(sp.together(exponential).as_numer_denom()[0]) == 0


def less(a: sp.Expr, b: sp.Expr) -> bool:
    """Whether a < b, for exact numbers or infinities."""
    if a.is_infinite or b.is_infinite:
        return a is not b and (a is -sp.oo or b is sp.oo)
    return sign(b - a) == 1


def in_order(places) -> list[sp.Expr]:
    """Different exact numbers from left to right; of equal ones the first."""
    found = []
    for place in sorted(places, key=lambda p: p.evalf(DIGITS)):
        if not (found and close(found[-1], place) and sign(found[-1] - place) == 0):
            found.append(place)
    return found


def close(a, b):
    a, b = a.evalf(DIGITS), b.evalf(DIGITS)
    return abs(a - b) <= abs(a) * sp.Float("1e-30") + sp.Float("1e-300")


def between(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """A rational number strictly between two exact numbers or infinities, a short one."""
    if a.is_infinite:
        return sp.S.Zero if b.is_infinite else _whole(b) - 2
    if b.is_infinite:
        return _whole(a) + 2
    if a.is_Rational and b.is_Rational:
        return (a + b) / 2
    for digits in (DIGITS, 4 * DIGITS, MOST_DIGITS):
        low, high = (_short(end.evalf(digits)) for end in (a, b))
        if high - low > max(abs(low), abs(high)) / sp.Integer(10) ** (digits - 5):
            return (low + high) / 2
    raise ValueError("two breakpoints are not told apart")


def _short(number):
    """A float as a fraction; 0 for one so small that it would be a long one."""
    if number.is_Rational:
        return number
    _, mantissa, exponent, bits = number._mpf_
    if mantissa and exponent + bits > MOST_BITS:
        raise ValueError("a breakpoint is too far away")
    return sp.Rational(str(number)) if exponent + bits > -MOST_BITS else sp.S.Zero


def _whole(number):
    """An integer within 1 of a number."""
    return sp.floor(number if number.is_Rational else _short(number.evalf(DIGITS)))


def place(cut: sp.Expr) -> Fraction:
    """An exact number as one that Python compares with floats; an irrational one to 50 digits."""
    return Fraction(int(cut.p), int(cut.q)) if cut.is_Rational else Fraction(str(cut.evalf(50)))
