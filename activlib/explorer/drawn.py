"""Formulas as the browser draws them: right in its arithmetic, also next to where they are 0/0."""

import sympy as sp

from activlib.activation import x
from activlib.definition.domain import kept, requirements
from activlib.definition.kinks import explicit
from activlib.definition.line import UNDEFINED, unbounded
from activlib.definition.numbers import value_at

TAYLOR, NEAR = 13, sp.Rational(1, 16)  # terms of a polynomial, and how far it may reach
ROUNDING = 2.0**-46


def drawn(activation, n):
    """The n-th derivative in a form that the browser's arithmetic takes, also close by: the stable one, with Taylor's
    polynomial where it would be 0/0, on each side; all within the domain of f."""
    e, line = activation.stable(n), activation.line()
    if n and line.values and any(r.least is not None for r in requirements(activation.formula)):
        # Where parameters decide on the domain of f, the published derivatives leave it out.
        e = kept(e, (explicit(activation.formula),))
    for i, cut in enumerate(line.cuts):
        left, right = (_beside(line, i, side, n) for side in (0, 1))
        pieces = []
        if left and left == right:
            polynomial, reach = left
            near = (x > cut - reach) & (x < cut + reach)
            pieces = [(polynomial, near if line.smooth(i) else near & sp.Ne(x, cut))]
        else:  # the cut itself is drawn as it was
            pieces += [(left[0], (x > cut - left[1]) & (x < cut))] if left else []
            pieces += [(right[0], (x > cut) & (x < cut + right[1]))] if right else []
        e = sp.Piecewise(*pieces, (e, True)) if pieces else e
    return e


def _beside(line, i, side, n):
    """Taylor's polynomial of the n-th derivative to the left (side 0) or right (1) of cut i, and its reach; None where the
    formula tells as much there, or there is no such polynomial."""
    expression, cut = line.expressions[i + side], line.cuts[i]
    if line.values or expression is UNDEFINED or value_at(expression, cut).is_finite or unbounded(expression, cut, 2 * side - 1):
        return None
    coefficients = []
    for k in range(TAYLOR + 2):
        value = line.limits(i, n + k)[side]
        if value is None or not value.is_finite:
            return None
        coefficients.append(value / sp.factorial(k))
    polynomial = sum(c * (x - cut) ** k for k, c in enumerate(coefficients[:TAYLOR]))
    return sp.horner(polynomial) if cut == 0 else polynomial, _reach(coefficients)


def _reach(coefficients):
    """How far Taylor's polynomial tells the function: as far as the first two terms that it leaves out are lost in rounding."""
    reach = NEAR
    while True:
        sizes = [abs(float(c)) * float(reach) ** k for k, c in enumerate(coefficients)]
        if max(sizes[-2:]) <= ROUNDING * max(sizes):
            return reach
        reach /= 2
