"""Expressions in the form one would print."""

from __future__ import annotations

import itertools

import sympy as sp

from activlib.definition.numbers import without_steep
from activlib.definition.symbols import x

LONG, MANY = 100, 8  # denominators of fractions that are symbols, and the most of these
POWERS = 12  # of one exponential in a polynomial that is quickly factored


def published(expression: sp.Expr) -> sp.Expr:
    """The shortest of a few rearrangements. None turns a function into another (a textbook leaves tanh' as 1 - tanh^2
    rather than turn to cosh), and none takes more than a few milliseconds, as sp.simplify may."""
    if expression.has(sp.Piecewise):
        return expression
    atoms, symbolic = _with_symbols(_mirrored(expression))
    candidates = [rearranged(symbolic) for rearranged in (lambda e: e, sp.factor_terms, sp.factor)]
    candidates += [sp.factor_terms(c) for c in candidates]
    candidates = [_paired(c).xreplace(atoms) for c in candidates]
    candidates += [sp.factor_terms(c) for c in candidates]
    candidates += [_upright(c) for c in candidates]
    return min(candidates, key=lambda c: (sp.count_ops(c), str(c).count("-"), len(str(c))))


def _mirrored(expression):
    """`expression` with sqrt(-x)/x as -1/sqrt(-x): SymPy sees it where -x is a symbol."""
    powers = [p for p in expression.atoms(sp.Pow) if not p.exp.is_Integer and p.base.could_extract_minus_sign()]
    if not any(p.base.is_Mul and p.base.args[0].is_negative and (-p.base).free_symbols == {x} and (p.base / x).is_number
               for p in powers):
        return expression
    t = sp.Dummy(positive=True)
    return expression.subs(x, -t).subs(t, -x)


def with_decimals(expression: sp.Expr) -> sp.Expr:
    """The expression with long fractions as symbols that are named by their decimals, where those end."""
    long = [q for q in expression.atoms(sp.Rational) if q.q > 100 and 10 ** len(str(q.q)) % q.q == 0]
    return expression.xreplace({q: sp.Symbol(str(q.evalf(len(str(q.p)) + len(str(q.q)))).rstrip("0")) for q in long})


def _with_symbols(expression):
    """{symbol: what it stands for}, and the expression with symbols for functions other than exp, for exponentials of large
    multiples, for roots of numbers and for long fractions, which would only mislead and slow down the factoring of a
    polynomial; of many fractions it is the symbols that do so."""
    symbols = {}
    few = len({abs(q) for q in expression.atoms(sp.Rational) if q.q > LONG}) <= MANY

    def symbolic(e):
        if few and e.is_Rational and e.q > LONG:
            return sp.sign(e) * symbols.setdefault(abs(e), sp.Dummy(positive=True))
        if (e.is_Function and not isinstance(e, sp.exp)) or e.is_NumberSymbol or (e.is_Pow and e.is_irrational):
            return symbols.setdefault(e, sp.Dummy(positive=e.is_positive))
        return e.func(*map(symbolic, e.args)) if e.args else e

    gentle, steep = without_steep(expression, POWERS)
    changed = symbolic(gentle)
    return {symbol: e for e, symbol in symbols.items()} | steep, changed


def _paired(product):
    """`product` with factors such as (a - b) (a + b) multiplied out to a^2 - b^2."""
    factors = list(sp.Mul.make_args(product))
    for a, b in itertools.combinations([f for f in factors if f.is_Add and len(f.args) == 2], 2):
        both = sp.expand(a * b)
        if a in factors and b in factors and len(both.args) == 2:
            factors[factors.index(a)] = both
            factors.remove(b)
    return sp.Mul(*factors)


def _upright(product):
    """`product` with sums in it negated so that few of its terms have a minus sign, and it has none before it."""
    coefficient, rest = product.as_coeff_Mul()
    factors = list(sp.Mul.make_args(rest))

    def negatives(i):
        terms = factors[i].args
        return sum(term.could_extract_minus_sign() for term in terms) / len(terms)

    sums = [i for i, factor in enumerate(factors) if factor.is_Add]
    turned = [i for i in sums if negatives(i) > 0.5]
    if (-1) ** len(turned) * coefficient < 0 and sums:
        turned = {*turned} ^ {min(sums, key=lambda i: abs(negatives(i) - 0.5))}
    for i in turned:
        factors[i] = -factors[i]
    return sp.Mul((-1) ** len(turned) * coefficient, *factors)
