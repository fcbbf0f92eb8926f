"""The same function in other forms: general identities, of which the proof decides which one serves where."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.definition.symbols import x

MOST_TERMS = 40  # of a polynomial


@dataclass(frozen=True)
class Form:
    """An expression in x and in the symbols that `names` explains; `label` says in words how it came about."""

    label: str
    expression: sp.Expr
    names: dict = field(default_factory=dict)
    sequential: bool = False
    low: float = -math.inf  # where it equals the function
    high: float = math.inf

    @property
    def everywhere(self) -> bool:
        return self.low == -math.inf and self.high == math.inf

    @property
    def written_out(self) -> sp.Expr:
        """The expression in x alone."""
        return self.expression.xreplace(self.names)


def forms(e: sp.Expr) -> Iterator[Form]:
    """The expression as it is written, and rewritten."""
    yield Form("as written", e)
    candidates = [("log1p, expm1, erfc", accurate(e), {}), ("conjugate", conjugated(e), {})]
    if (variable := exponential(hyperbolic_of_logarithms(e))) is not None:
        rational = rational_in_u(e, variable)
        if any(p.base == U and p.exp.is_Rational and p.exp.q == 2 for p in rational.atoms(sp.Pow)):
            variable /= 2
            rational = rational_in_u(e, variable)
        sides = {side: list(in_powers(rational, U, side, variable)) for side in (1, -1)}
        for exponent, short, ways in ((variable, "z", sides[1]), (-variable, "-z", sides[-1]),
                                      (-sp.Abs(variable), "-|z|", _folded(sides, variable))):
            label = f"in exp({exponent if len(str(exponent)) < 12 else short})".replace("Abs(x)", "|x|")
            for found in ways:
                written = found[0].xreplace(found[1])
                candidates.append((label, *found))
                if (better := accurate(written)) != written:
                    candidates.append((f"{label}, expm1", better, {}))
    elif not any(f.has(x) for f in e.atoms(sp.Function)):
        candidates += [("in 1/x", *found) for found in in_powers(e, x, -1, None)]
        if _is_short_polynomial(e):
            candidates.append(("in factors", sp.factor(e), {}))  # near a zero that is a float nothing cancels
    found = {e}
    for label, expression, names, *region in candidates:
        form = Form(label, expression, names, False, *region)
        if form.written_out not in found or region:
            found.add(form.written_out)
            yield form
    if sum(1 for f in sp.preorder_traversal(e) if f.is_Pow and f.exp.could_extract_minus_sign()) > 1 or \
            any(f.is_Pow and f.exp.is_negative and f.exp != -1 for f in e.atoms(sp.Pow)):
        yield Form("dividing one by one", e, sequential=True)


def _is_short_polynomial(e):
    """Whether e is a polynomial in x with rational coefficients and small powers: SymPy would factor it in exp(1/9) as well."""
    return e.is_polynomial(x) and all(leaf == x or leaf.is_Rational for leaf in e.atoms()) and not e.atoms(sp.Function) \
        and all(p.exp.is_Integer and p.exp <= MOST_TERMS for p in e.atoms(sp.Pow))


def accurate(e):
    """log1p(z) for log(1 + z), expm1(z) for exp(z) - 1, erfc for 1 - erf and 1 - erf^2."""
    def logarithm(z):
        if z.is_Pow and z.exp.is_negative:
            return z.exp * logarithm(z.base)
        one = [t for t in z.args if t == 1] if z.is_Add else []
        return log1p(z - 1) if one else sp.log(z)

    def total(*terms):
        terms = list(terms)
        for term in list(terms):
            c, f = term.as_coeff_Mul()
            for constant in [t for t in terms if t.is_number]:
                if isinstance(f, sp.exp) and c == -constant:
                    swap = c * expm1(f.args[0])
                elif isinstance(f, sp.erf) and abs(c) == abs(constant):
                    swap = constant * sp.erfc(-f.args[0] * sp.sign(c * constant), evaluate=False)
                elif f.is_Pow and isinstance(f.base, sp.erf) and f.exp == 2 and c == -constant:
                    swap = sp.Mul(constant, *(sp.erfc(s * f.base.args[0], evaluate=False) for s in (1, -1)), evaluate=False)
                else:
                    continue
                terms.remove(term)
                terms.remove(constant)
                terms.append(swap)
                break
        return sp.Add(*terms, evaluate=not any(t.has(sp.erfc) for t in terms))

    return e.replace(lambda f: isinstance(f, sp.log), lambda f: logarithm(f.args[0])) \
        .replace(lambda f: f.is_Add, lambda f: total(*f.args))


def conjugated(e, chosen=lambda a, b, swap: swap):
    """(a^2 - b^2)/(a - b) for a + b, where b holds a square root and a^2 - b^2 none; `chosen` says what stands for it."""
    def conjugate(total):
        roots = [t for t in total.args if any(p.exp.is_Rational and p.exp.q == 2 and p.has(x) for p in t.atoms(sp.Pow))]
        if len(roots) != 1:
            return total
        b = roots[0]
        a = total - b
        above = sp.factor_terms(sp.cancel(sp.together(a**2 - b**2)))
        if any(p.exp.is_Rational and p.exp.q == 2 and p.has(x) for p in above.atoms(sp.Pow)):
            return total
        return chosen(a, b, above / (a - b))
    return e.replace(lambda f: f.is_Add and f.has(x), conjugate)


def hyperbolic_of_logarithms(e):
    """tanh(log(w)) as (w^2 - 1)/(w^2 + 1), and so sinh and cosh."""
    def rational(f):
        w = f.args[0].args[0]
        above, below = w**2 - 1, w**2 + 1
        return {sp.tanh: above / below, sp.sinh: above / (2 * w), sp.cosh: below / (2 * w)}[f.func]
    return e.replace(lambda f: isinstance(f, (sp.tanh, sp.sinh, sp.cosh)) and isinstance(f.args[0], sp.log), rational)


def exponential(e):
    """z, where all exponentials and hyperbolic functions in e are those of whole multiples of z; None if there is none."""
    arguments = [f.args[0] for f in e.atoms(sp.exp, expm1) if f.has(x)]
    arguments += [f.args[0] * (2 if isinstance(f, sp.tanh) else 1) for f in e.atoms(sp.tanh, sp.sinh, sp.cosh) if f.has(x)]
    arguments = [a for a in arguments if not a.has(sp.log)]
    if not arguments:
        return None
    ratios = [sp.cancel(a / arguments[0]) for a in arguments]
    if not all(r.is_Rational for r in ratios):  # of exp(exp(x)) the outer ones
        arguments = [a for a in arguments if a.has(sp.exp)]
        ratios = [sp.cancel(a / arguments[0]) for a in arguments]
        if not arguments or not all(r.is_Rational for r in ratios):
            return None
    unit = functools.reduce(sp.gcd, ratios)
    z = sp.expand(arguments[0] * unit)
    return -z if z.could_extract_minus_sign() else z


U, _W = sp.Symbol("u", positive=True), sp.Symbol("w", positive=True)


def rational_in_u(e, variable):
    """e with u for exp(variable)."""
    def power(z):
        n = sp.cancel(z / variable)
        return U**n if n.is_Rational else sp.exp(z)
    e = hyperbolic_of_logarithms(e)
    e = e.replace(sp.tanh, lambda z: (sp.exp(2 * z) - 1) / (sp.exp(2 * z) + 1))
    e = e.replace(sp.sinh, lambda z: (sp.exp(z) - sp.exp(-z)) / 2).replace(sp.cosh, lambda z: (sp.exp(z) + sp.exp(-z)) / 2)
    e = e.replace(expm1, lambda z: sp.exp(z) - 1).replace(log1p, lambda z: sp.log(1 + z)).replace(sp.exp, power)
    return e.replace(lambda f: f.is_Pow and f.exp.is_Rational and f.exp.q == 2 and f.base.has(U),  # sqrt(1 - tanh^2)
                     lambda f: sp.factor(f.base) ** f.exp)


def in_powers(e, u, side, variable) -> Iterator[tuple]:
    """e as a quotient of polynomials in u = exp(variable) or u = x; for side = -1 in the powers of w = 1/u, so that what
    grows with u tends to a constant."""
    functions = [f for f in e.atoms(sp.Function) if f.has(x, U)]
    outer = {f: sp.Dummy() for f in functions if not any(g != f and g.has(f) for g in functions)}
    names = {}
    for f, symbol in outer.items():
        inside = _logarithm(f.args[0], variable, side) if isinstance(f, sp.log) and f.has(U) else None
        names[symbol] = (f if inside is None else inside).xreplace({U: sp.exp(variable)})
    reduced = e.xreplace(outer)
    quotient = _quotient(reduced, u) if reduced.has(u) else (sp.Poly(reduced, u), []) if names else None
    if quotient is None:
        return
    above, below = quotient
    exponent, factors = sp.S.Zero, []
    for polynomial, power in ((above, sp.S.One), *below):
        coefficients, leading = _coefficients(polynomial, side)
        exponent += power * leading
        factors.append((coefficients, power))
    t = u if side > 0 else _W
    result = sp.Mul(*(_horner(coefficients, t) ** power for coefficients, power in factors))
    names[t] = sp.exp(side * variable) if u is U else 1 / x
    if u is U:
        yield result * (t ** (side * exponent) if exponent.is_Integer else sp.exp(exponent * variable)), names
        if exponent == 0 and (beside := _beside_limit(factors, t)) is not None:
            yield beside, names
    elif exponent.is_Integer:
        roots = [(len(c) - 1) * power for c, power in factors if power.q != 1]
        yield result * x**exponent, names, 0.0 if roots else -math.inf, math.inf
        if roots and all(root.is_Integer for root in roots) and all(len(c) % 2 for c, power in factors if power.q != 1):
            yield (-1) ** sum(roots) * result * x**exponent, names, -math.inf, 0.0  # sqrt(x^2) is -x


def _folded(sides, variable) -> Iterator[tuple]:
    """An even or odd function by its form in exp(-variable) at |x|, which serves both sides of 0."""
    if variable.xreplace({x: -x}) != -variable:
        return
    for (left, _), (right, names) in zip(sides[1][:1], sides[-1][:1], strict=True):
        if set(names) != {_W}:
            continue
        mirrored = left.xreplace({U: _W, x: -x})
        at = {x: sp.Rational(5, 7), _W: sp.Rational(3, 11)}
        for sign, factor in ((1, sp.S.One), (-1, sp.sign(x))):
            if abs((mirrored - sign * right).xreplace(at).evalf()) < 1e-9 and sp.cancel(mirrored - sign * right) == 0:
                yield factor * right.xreplace({x: sp.Abs(x)}), {_W: names[_W].xreplace({x: sp.Abs(x)})}


def _horner(coefficients, t):
    total = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = c + t * total
    return total


def _beside_limit(factors, t):
    """c + t r for a quotient that tends to c with t: far out, where t is small, it rounds but once."""
    scale = sp.Mul(*(coefficients[0] ** power for coefficients, power in factors[1:] if len(coefficients) == 1))
    factors = [([scale * c for c in factors[0][0]], sp.S.One), *(f for f in factors[1:] if len(f[0]) > 1)]
    if len(factors) == 1 or not all(power.is_Integer for _, power in factors):
        return None
    limit = sp.cancel(sp.Mul(*(coefficients[0] ** power for coefficients, power in factors)))
    (above, _), *below = [(sp.Poly(_horner(coefficients, t), t), power) for coefficients, power in factors]
    rest = above - sp.Poly(limit, t) * sp.prod(factor ** -power for factor, power in below)
    if rest.is_zero:
        return None
    coefficients, low = _coefficients(rest, 1)
    return limit + t**low * _horner(coefficients, t) * sp.Mul(*(_horner(c, t) ** power for c, power in factors[1:]))


def _coefficients(polynomial, side):
    """(coefficients in u from the lowest, the exponent of u before them), in 1/u where side is -1."""
    coefficients = polynomial.all_coeffs()[::-1]
    low = next(i for i, c in enumerate(coefficients) if c != 0)
    coefficients = coefficients[low:]
    return (coefficients, low) if side > 0 else (coefficients[::-1], low + len(coefficients) - 1)


def _logarithm(argument, variable, side):
    """log of a quotient of polynomials in u, with log1p where it is near log(1)."""
    quotient = _quotient(argument, U)
    if quotient is None:
        return None
    above, below = quotient
    result = sp.S.Zero
    for polynomial, power in ((above, sp.S.One), *below):
        if polynomial.degree() == 0 and polynomial.as_expr() == 1:
            continue
        coefficients, shift = _coefficients(polynomial, side)
        rest = sum(c * sp.exp(side * k * variable) for k, c in enumerate(coefficients[1:], 1))
        lead = coefficients[0]
        result += power * (shift * variable + (log1p(rest) if lead == 1 else sp.log(lead + rest)))
    return result


def _quotient(e, u):
    """(numerator, [(factor, exponent), ...]) as polynomials in u, the exponents negative; None if e is no such quotient."""
    above, below = sp.fraction(sp.together(e))
    if not (above.has(u) or below.has(u)):
        return None
    try:
        numerator = sp.Poly(above, u)
        factors = []
        for factor in sp.Mul.make_args(below):
            base, power = factor.as_base_exp()
            if not power.is_Rational:
                base, power = factor, sp.S.One
            factors.append([sp.Poly(base, u), -power])
    except sp.PolynomialError:
        return None
    if numerator.is_zero or numerator.degree() + sum(f.degree() for f, _ in factors) > MOST_TERMS:
        return None
    if any(c.has(u) for c in numerator.all_coeffs()):
        return None
    for entry in factors:  # what the derivative of a quotient leaves in common
        if entry[0].degree() > 0 and entry[1].is_Integer and numerator.free_symbols <= {u, x}:
            while entry[1] < 0:
                quotient, rest = sp.div(numerator, entry[0])
                if not rest.is_zero:
                    break
                numerator, entry[1] = quotient, entry[1] + 1
    return numerator, [(f, p) for f, p in factors if p != 0]
