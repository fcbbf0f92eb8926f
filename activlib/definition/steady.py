"""One expression of a function for where nothing is proved and parameters are free, such as the browser."""

from __future__ import annotations

import itertools
from collections import defaultdict

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.utilities.iterables import sift

from activlib.definition import forms
from activlib.definition.symbols import x

SETTLING = (sp.sin, sp.cos, sp.tanh, sp.atan, sp.asinh, sp.erf, sp.erfc)  # which take exponentials no further
FAR = -40  # log1p(exp(z)) is exp(z) before, to the last digit


def steady(e: sp.Expr) -> sp.Expr:
    """The same function, where exponentials do not overflow and what is known to cancel does not; e may be a Piecewise and
    hold parameters."""
    if e.has(sp.Piecewise):
        return e.replace(lambda f: isinstance(f, sp.Piecewise), lambda f: sp.Piecewise(
            *((steady(part), condition) for part, condition in f.args), evaluate=False))
    if names := {f: sp.Dummy(real=True) for f in e.atoms(*SETTLING) if _is_of_quotient(f)}:
        names = {f: name for f, name in names.items() if not any(g != f and g.has(f) for g in names)}
        return steady(e.xreplace(names)).xreplace({name: f.func(steady(f.args[0])) for f, name in names.items()})
    found = _grown(e) or _in_one_exponential(e) or _shifted(e) or _conjugated(e)
    return found.replace(_is_nested_product, _gathered).replace(lambda f: f.is_Add, _paired)


def _is_of_quotient(f):
    """Whether a function has an argument that exponentials would make infinity over infinity."""
    return f.args[0].has(sp.tanh) or any(p.exp.is_negative and p.base.has(sp.exp) for p in f.args[0].atoms(sp.Pow))


def _grown(e):
    """c (exp(z) - 1), which is large only where the exponential is."""
    c, f = forms.accurate(e).as_independent(expm1, as_Add=False)
    return c * f if isinstance(f, expm1) and not c.has(sp.exp) else None


def _conjugated(e):
    """e where square roots do not cancel and logarithms of exponentials do not overflow."""
    e = forms.conjugated(forms.accurate(e), lambda a, b, swap: sp.Piecewise((swap, a * b < 0), (a + b, True)))
    return e.replace(lambda f: isinstance(f, log1p) and isinstance(f.args[0], sp.exp), lambda f: _softplus(f.args[0].args[0]))


def _softplus(z):
    return sp.Piecewise((z + log1p(sp.exp(-z)), z >= 0), (log1p(sp.exp(z)), True))


def _in_one_exponential(e):
    """e in powers of one exponential, which is at most 1."""
    if (variable := forms.exponential(forms.hyperbolic_of_logarithms(e))) is None:
        return None
    rational = forms.rational_in_u(e, variable)
    sides = [[found[0].xreplace(found[1]) for found in forms.in_powers(rational, forms.U, side, variable)] for side in (-1, 1)]
    if not all(sides):
        return None
    right, left = (_led(forms.accurate(side[0]), z) for side, z in zip(sides, (-variable, variable), strict=True))
    return sp.Piecewise((right, variable >= 0), (left, True))


def _led(e, z):
    """e with exp(z), which is at most 1, taken out of log1p(exp(z)) where that is divided by or under a root: it cancels
    where both would underflow."""
    small = log1p(sp.exp(z))
    if not any(f.base == small and not (f.exp.is_Integer and f.exp > 0) for f in e.atoms(sp.Pow)):
        return e
    ratio = sp.Piecewise((1, z < FAR), (small / sp.exp(z), True))
    u, r = sp.symbols("u r", positive=True)
    powers = {f: u ** sp.cancel(f.args[0] / z) for f in e.atoms(sp.exp)}
    led = sp.factor_terms(e.xreplace({small: u * r}).xreplace(powers))
    return led.replace(lambda f: f.is_Pow and f.base == u, lambda f: sp.exp(f.exp * z)).xreplace({u: sp.exp(z), r: ratio})


def _shifted(e):
    """A quotient by a sum of exponentials, with the largest of them divided out."""
    above, below = sp.fraction(sp.together(e))
    sums = [f for f in sp.Mul.make_args(below) if f.as_base_exp()[0].is_Add and f.has(sp.exp)]
    if len(sums) != 1:
        return None
    base, power = sums[0].as_base_exp()
    terms, over = ([_split(term) for term in sp.Add.make_args(sp.expand(part))] for part in (base, above * sums[0] / below))
    if not power.is_Integer or any(c.has(sp.exp) for c, _ in (*terms, *over)):
        return None

    def total(parts, shift):
        found = defaultdict(list)  # two that overflow with one exponent have one factor
        for c, z in parts:
            found[sp.collect(sp.expand(z - shift), x)].append(c)
        return sp.Add(*(sp.Add(*factors) * sp.exp(z) for z, factors in found.items()))
    exponents = list(dict.fromkeys(z for _, z in terms))
    largest = [sp.And(*(most >= z for z in exponents[k + 1:])) for k, most in enumerate(exponents)]
    return sp.Piecewise(*((total(over, power * most) / total(terms, most) ** power, condition)
                          for most, condition in zip(exponents, largest, strict=True)))


def _split(term):
    """(coefficient, exponent) of a product with exponentials."""
    exponentials, rest = sift(sp.Mul.make_args(term), lambda f: isinstance(f, sp.exp), binary=True)
    return sp.Mul(*rest), sp.Add(*(f.args[0] for f in exponentials))


def _is_nested_product(f):
    """Whether a product has an exponential of exponentials: it vanishes where those overflow."""
    return f.is_Mul and any(isinstance(g, sp.exp) and g.args[0].has(sp.exp) for g in f.args)


def _gathered(product):
    """A product with one exponential in each term, so that none overflows where another one underflows."""
    sums, rest = sift(product.args, lambda f: f.is_Add and f.has(sp.exp), binary=True)
    terms = (_split(sp.Mul(*rest, *chosen)) for chosen in itertools.product(*(f.args for f in sums)))
    return sp.Add(*(c * sp.exp(z) for c, z in terms))


def _paired(total):
    """A sum with expm1 for the difference of two exponentials, or of one and 1, and erfc for 1 + erf, whatever their factor
    is."""
    terms = list(total.args)
    for term in [t for t in terms if t.has(sp.erf)]:
        c, f = term.as_independent(sp.erf, as_Add=False)
        if isinstance(f, sp.erf) and (sign := next((s for s in (1, -1) if s * c in terms), None)):
            terms = [t for t in terms if t not in (term, sign * c)] + [sign * c * sp.erfc(-sign * f.args[0], evaluate=False)]
    grown = [t for t in terms if t.has(sp.exp) and not _split(t)[0].has(sp.exp)]
    if len(grown) == 2 and _split(grown[0])[0] == -_split(grown[1])[0]:
        (c, p), (_, q) = map(_split, grown)
        difference = sp.Piecewise((-c * sp.exp(p) * expm1(q - p), p >= q), (c * sp.exp(q) * expm1(p - q), True))
        return sp.Add(*(t for t in terms if t not in grown), difference)
    for term in grown:
        c, p = _split(term)
        parts = [-t for t in sp.Add.make_args(sp.expand(c))]
        if p != 0 and all(part in terms for part in parts):
            terms = [t for t in terms if t not in (term, *parts)] + [c * expm1(p)]
    return sp.Add(*terms)
