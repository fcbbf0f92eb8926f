"""Where an expression may change its sign: the zeros and poles that a condition on x is cut at, exactly."""

from __future__ import annotations

import functools

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.definition.numbers import in_order, sign, value_at
from activlib.definition.polynomials import Unsolved, polynomial_roots, real_roots
from activlib.definition.symbols import x

MAX_WAVES = 64  # zeros of one sine in a bounded interval
KEEP_SIGN = (sp.tanh, sp.sinh, sp.atan, sp.asinh, sp.atanh, sp.asin, sp.erf, expm1, log1p)  # of their argument
POSITIVE = (sp.exp, sp.cosh, sp.erfc, sp.acosh, sp.acos)  # or zero at an end of their domain only
INVERSES = {sp.exp: (sp.log, 0, sp.oo), sp.tanh: (sp.atanh, -1, 1), sp.sinh: (sp.asinh, -sp.oo, sp.oo),
            sp.atan: (sp.tan, -sp.pi / 2, sp.pi / 2), sp.log: (sp.exp, -sp.oo, sp.oo),
            expm1: (lambda y: sp.log(1 + y), -1, sp.oo), log1p: (lambda y: sp.exp(y) - 1, -sp.oo, sp.oo),
            sp.asinh: (sp.sinh, -sp.oo, sp.oo), sp.erf: (None, -1, 1)}  # increasing functions: (inverse, infimum, supremum)


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
        return polynomial_roots(g)
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
    if type(function) in INVERSES or isinstance(function, sp.cosh):
        return _inverted(function, -constant / coefficient, low, high)
    if function.is_Pow and function.exp.is_Rational and constant.is_number and coefficient.is_number:
        return _power_roots(*function.args, -constant / coefficient, low, high)
    if len(g.args) == 2:
        a, b = g.args
        if type(a) is type(-b) and type(a) in INVERSES:  # an increasing function keeps the order of its arguments
            return _critical(a.args[0] - (-b).args[0], low, high)
    raise Unsolved(f"the zeros of {g} have no closed form that is known here")


def _inverted(function, level, low, high):
    if isinstance(function, sp.cosh):
        far = sp.log(level + sp.sqrt(level**2 - 1))  # which is not real for a level below 1
        ends = () if sign(level - 1) == -1 else (far, -far) if sign(level - 1) else (sp.S.Zero,)
        return [p for end in ends for p in _critical(function.args[0] - end, low, high)]
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
    return [sp.log(root) / step for root in polynomial_roots(changed) if sign(root) == 1]


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
