"""SymPy expressions as JSON trees, the form in which formulas reach the browser.

A tree is a number, "x", the key of a parameter, or a list whose head is an operator: ["+", a, b, ...], ["*", a, b, ...],
["-", a], ["/", a, b], ["^", a, b], ["exp", a], ..., ["piecewise", [condition, a], ...]. A condition is true, false or
["<", a, b], ["and", p, q, ...], ... . The value of a piecewise whose conditions all fail is not a number.
"""

import functools
import itertools
import math

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.polys.rootoftools import ComplexRootOf

from activlib.activation import reflected, x
from activlib.definition.kinks import Maximum, Minimum
from activlib.definition.polynomials import RealRoot

FUNCTIONS = {
    sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.atan: "atan",
    sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.asinh: "asinh", sp.erf: "erf", sp.erfc: "erfc",
    expm1: "expm1", log1p: "log1p",
}  # fmt: skip
CONDITIONS = {sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">=", sp.Eq: "==", sp.Ne: "!=",
              sp.And: "and", sp.Or: "or", sp.Not: "not"}  # fmt: skip
LARGEST_EXACT = 2**53
ROOTS = (ComplexRootOf, RealRoot)


def tree(expression, keys):
    """The JSON tree of `expression`; `keys` maps each of its symbols to the name it has in the tree.

    Raises ValueError for a symbol without a key, and for a function or constant that the browser does not know.
    """
    if expression in (sp.true, sp.false):
        return bool(expression)
    if expression.is_Symbol:
        if expression not in keys:
            raise ValueError(f"unknown symbol {expression}; known are {', '.join(map(str, keys))}")
        return keys[expression]
    if expression.is_Rational:
        return _rational(expression)
    if expression.is_Float or expression.is_NumberSymbol or (isinstance(expression, ROOTS) and expression.is_number):
        return float(expression)
    if expression.is_infinite or expression is sp.nan:
        return ["/", 0 if expression is sp.nan else 1 if expression > 0 else -1, 0]
    if isinstance(expression, RealRoot):
        return ["root", *(tree(a, keys) for a in expression.args)]
    if isinstance(expression, (sp.ITE, sp.Xor)):
        return tree(sp.to_nnf(expression, simplify=False), keys)
    if isinstance(expression, (Maximum, Minimum)):
        a, b = expression.args
        return ["piecewise", [tree(expression.prefers(a, b), keys), tree(a, keys)], [True, tree(b, keys)]]
    if isinstance(expression, sp.Piecewise):
        return ["piecewise", *([tree(condition, keys), tree(e, keys)] for e, condition in expression.args)]
    if expression.is_Mul or (expression.is_Pow and _is_reciprocal(expression)):
        return _product(expression, keys)
    if expression.is_Add:
        terms = [tree(term, keys) for term in reflected(expression.args)]
        return ["+", *terms] if len(terms) > 1 else terms[0]
    operator = (
        "sqrt" if expression.is_Pow and expression.exp == sp.Rational(1, 2)
        else "^" if expression.is_Pow
        else FUNCTIONS.get(expression.func) or CONDITIONS.get(expression.func)
    )  # fmt: skip
    if operator is None:
        known = ", ".join(sorted(FUNCTIONS.values()))
        raise ValueError(f"the explorer cannot evaluate {expression.func.__name__} in {expression}; it knows {known}")
    arguments = expression.args[:1] if operator == "sqrt" else expression.args
    return [operator, *(tree(a, keys) for a in arguments)]


def cuts(expression):
    """Expressions that change sign where `expression` has a pole: its denominators that may vanish.

    By the intermediate value theorem a denominator with opposite signs at two points has a zero between them, so a
    curve must not be joined there. Outside its own branch of a Piecewise a cut is not a number.
    """
    if isinstance(expression, sp.Piecewise):
        found, before = [], sp.true
        for branch, condition in expression.args:
            found += [sp.Piecewise((cut, before & condition)) for cut in cuts(branch)]
            before &= ~condition
        return found
    own = [expression.base] if expression.is_Pow and _is_reciprocal(expression) else []
    own = [base for base in own if base.has(x) and not base.is_nonzero]
    return list(dict.fromkeys(own + [cut for argument in expression.args for cut in cuts(argument)]))


def evaluate(node, x, side, values):
    """The value of a tree at the float `x`, NaN where it is undefined.

    Conditions are decided at `side` instead of `x`: a point just inside a piece gives the one-sided value at its end.
    """
    match node:
        case bool() | int() | float():
            return node
        case "x":
            return x
        case str():
            return values[node]
        case ["piecewise", *pieces]:
            chosen = (piece for condition, piece in pieces if evaluate(condition, side, side, values))
            piece = next(chosen, math.nan)
            return evaluate(piece, x, side, values)
    arguments = [evaluate(argument, x, side, values) for argument in node[1:]]
    try:
        return OPERATIONS[node[0]](*arguments)
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan


OPERATIONS = {
    "+": lambda *a: sum(a), "*": lambda *a: math.prod(a), "-": lambda a: -a,
    "/": lambda a, b: a / b if b else a * math.inf if a else math.nan,
    "^": lambda a, b: math.pow(a, b), "sqrt": math.sqrt,
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
    "and": lambda *a: all(a), "or": lambda *a: any(a), "not": lambda a: not a,
    "root": lambda k, *coefficients: dict(enumerate(_real_roots(coefficients))).get(k, math.nan),
    **{name: getattr(math, name) for name in FUNCTIONS.values()},
}  # fmt: skip


@functools.lru_cache(maxsize=1024)  # a breakpoint is asked for with every point of a curve
def _real_roots(coefficients):
    """The real roots of a polynomial from left to right, as floats: it is monotone between those of its derivative."""
    coefficients = tuple(itertools.dropwhile(lambda c: c == 0, coefficients))
    degree = len(coefficients) - 1
    if degree < 1:
        return ()
    value = lambda at: functools.reduce(lambda total, c: total * at + c, coefficients)  # noqa: E731
    reach = 1 + max(abs(c / coefficients[0]) for c in coefficients)  # Cauchy's bound
    bends = _real_roots(tuple(c * (degree - i) for i, c in enumerate(coefficients[:-1])))
    found = []
    for a, b in itertools.pairwise([-reach, *bends, reach]):
        if value(b) == 0:
            found.append(b)
        if not value(a) * value(b) < 0:
            continue
        negative = value(a) < 0
        while a < (middle := (a + b) / 2) < b:
            a, b = (middle, b) if (value(middle) < 0) == negative else (a, middle)
        found.append(b)
    return tuple(dict.fromkeys(found))


def _is_reciprocal(power):
    return power.exp.could_extract_minus_sign() and not power.exp.has(x)


def _rational(number):
    """An integer or dyadic fraction as a double if that is exact, otherwise a quotient of two doubles."""
    p, q = number.p, number.q
    if abs(p) <= LARGEST_EXACT and q == 1:
        return int(p)
    if abs(p) <= LARGEST_EXACT and q <= LARGEST_EXACT:
        return float(number) if q & (q - 1) == 0 else ["/", int(p), int(q)]
    return float(number)


def _product(expression, keys):
    """A product with its negative powers gathered under one fraction bar, in SymPy's order: it is the order in which
    the stable forms avoid overflow."""
    above, below, sign = [], [], 1
    for factor in sp.Mul.make_args(expression):
        if factor.is_Rational:
            sign = -1 if factor < 0 else 1
            above += [] if abs(factor.p) == 1 else [_rational(sp.Integer(abs(factor.p)))]
            below += [] if factor.q == 1 else [_rational(sp.Integer(factor.q))]
        elif factor.is_Pow and _is_reciprocal(factor):
            below.append(tree(1 / factor, keys))
        else:
            above.append(tree(factor, keys))
    numerator, denominator = (["*", *part] if len(part) > 1 else (part or [1])[0] for part in (above, below))
    whole = numerator if denominator == 1 else ["/", numerator, denominator]
    return whole if sign > 0 else ["-", whole]
