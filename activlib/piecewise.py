"""Functions with kinks as explicit pieces.

SymPy differentiates Abs, Max and sign into Heaviside and DiracDelta, and folding nested pieces can
grow without bound; these replacements keep the pieces explicit and their number small.
"""

from __future__ import annotations

from functools import partial, reduce
from itertools import product

import sympy as sp

MAX_PIECES = 32


def maximum(a, b):
    """a if a > b else b."""
    return _combine(lambda u, v: ((u, sp.Gt(u, v)), (v, sp.true)), a, b)


def minimum(a, b):
    """a if a < b else b."""
    return _combine(lambda u, v: ((u, sp.Lt(u, v)), (v, sp.true)), a, b)


def absolute(a):
    """|a|, with the derivative 0 where a = 0."""
    return _combine(lambda u: ((u, sp.Gt(u, 0)), (0, sp.Eq(u, 0)), (-u, sp.true)), a)


def sign(a):
    return _combine(lambda u: ((1, sp.Gt(u, 0)), (0, sp.Eq(u, 0)), (-1, sp.true)), a)


def heaviside(a, at_zero=1):
    return _combine(lambda u: ((1, sp.Gt(u, 0)), (at_zero, sp.Eq(u, 0)), (0, sp.true)), a)


def explicit(expression: sp.Expr) -> sp.Expr:
    """`expression` with Abs, Max, Min, sign and Heaviside written as pieces."""
    replacements = {sp.Abs: absolute, sp.sign: sign, sp.Heaviside: heaviside,
                    sp.Max: partial(_fold, maximum), sp.Min: partial(_fold, minimum)}
    for kind, replacement in replacements.items():
        expression = expression.replace(kind, replacement) if expression.has(kind) else expression
    return expression


def _fold(function, *arguments):
    """`function` over all arguments, numbers last, so that they win ties: Max(x, 0)' = 0 at 0, as ReLU's."""
    return reduce(function, sorted(arguments, key=lambda a: a.is_number))


def _combine(rule, *arguments):
    """The Piecewise of `rule` over every combination of the arguments' pieces."""
    pieces = []
    for combination in product(*map(_pieces, map(sp.sympify, arguments))):
        outer = sp.And(*(condition for _, condition in combination))
        for value, condition in rule(*(piece for piece, _ in combination)):
            both = sp.And(outer, condition)
            if both != False:  # noqa: E712 - SymPy's false is not Python's
                pieces.append((sp.sympify(value), both))
            if len(pieces) > MAX_PIECES:
                raise ValueError(f"more than {MAX_PIECES} pieces; nest fewer of abs, sign, max and min")
            if both == outer:  # the rule's later cases are never reached
                break
    return sp.Piecewise(*pieces, evaluate=False) if pieces[0][1] != True else pieces[0][0]  # noqa: E712


def _pieces(expression):
    """The (value, condition) pairs of an expression."""
    if not expression.has(sp.Piecewise):
        return [(expression, sp.true)]
    inner = expression.atoms(sp.Piecewise)
    if len(inner) > 3:
        raise ValueError("too many kinks inside one of abs, sign, max and min")
    folded = expression if isinstance(expression, sp.Piecewise) else sp.piecewise_fold(expression, evaluate=False)
    return list(folded.args)
