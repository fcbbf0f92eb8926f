"""A reader's own activation, from a SymPy expression or from a string.

A string is parsed by Python's `ast` and rebuilt node by node from a closed list, so that nothing in
it is ever executed and nothing in it can grow large.
"""

from __future__ import annotations

import ast
import difflib

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation, Parameter, breakpoints, exact, x
from activlib.piecewise import absolute, explicit, maximum, minimum, sign

MAX_LENGTH = 1000  # characters
MAX_DEPTH = 40  # nested operations
MAX_EXPONENT = 64  # size of a numeric power
MAX_NUMBER = 10**300  # size of a constant, and of the denominator of one

FUNCTIONS = {
    "exp": (1, sp.exp), "log": (1, sp.log), "sqrt": (1, sp.sqrt), "expm1": (1, expm1), "log1p": (1, log1p),
    "sin": (1, sp.sin), "cos": (1, sp.cos), "atan": (1, sp.atan),
    "sinh": (1, sp.sinh), "cosh": (1, sp.cosh), "tanh": (1, sp.tanh),
    "erf": (1, sp.erf), "erfc": (1, sp.erfc),
    "sigmoid": (1, lambda z: 1 / (1 + sp.exp(-z))), "softplus": (1, lambda z: sp.log(1 + sp.exp(z))),
    "relu": (1, lambda z: maximum(z, 0)), "abs": (1, absolute), "sign": (1, sign),
    "max": (2, maximum), "min": (2, minimum),
}
CONSTANTS = {"pi": sp.pi, "e": sp.E}
OPERATORS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b}
COMPARISONS = {ast.Lt: sp.Lt, ast.LtE: sp.Le, ast.Gt: sp.Gt, ast.GtE: sp.Ge, ast.Eq: sp.Eq, ast.NotEq: sp.Ne}


def define(expression, name: str = "f", *, title: str | None = None, window=(-5, 5), **parameters) -> Activation:
    """An activation of the reader's own, with everything that a catalogue entry has.

    Parameters
    ----------
    expression: a SymPy expression in `al.x`, or a string such as "x*tanh(exp(x))" or
        "x if x > 0 else alpha*(exp(x) - 1)". Strings know numbers, `x`, the parameters, + - * / **,
        comparisons with `and`/`or`, `a if condition else b`, the constants pi and e, and the functions
        of `activlib.define.FUNCTIONS`.
    name, title: an identifier, and the name in prose (the same where not given).
    window: the interval of x to show at first.
    parameters: for each parameter its default number (any real is then in its domain), or a `Parameter`.

    Raises ValueError, pointing at the part that is not understood; TypeError for another kind of object.
    See the chapter *How to read a chapter*.
    """
    declared = tuple(p if isinstance(p, Parameter) else _any_real(key, p) for key, p in parameters.items())
    symbols = {p.name: p.symbol for p in declared}
    if isinstance(expression, str):
        formula = _Reader(expression, {"x": x, **CONSTANTS, **symbols}).formula()
    elif isinstance(expression, (sp.Expr, int, float)):
        formula = _adopt(sp.sympify(expression), {"x": x, **symbols})
    else:
        raise TypeError(f"expected a string or a SymPy expression, got {type(expression).__name__}")
    breakpoints(formula)  # refuses conditions that can't be solved
    return Activation(name=name, title=title or name, latex=rf"\operatorname{{{name}}}", formula=formula,
                      parameters=declared, window=window)


def _any_real(name, default):
    default = exact(default)
    reach = max(2 * abs(default), sp.S(3))
    return Parameter(name, default, sp.Reals, slider=(-reach, reach, sp.Rational(1, 20)))


def _adopt(expression, symbols):
    """A SymPy expression in our symbols, made of the functions that strings may use."""
    expression = expression.subs({s: symbols[s.name] for s in expression.free_symbols if s.name in symbols})
    expression = explicit(expression)
    if unknown := sorted(s.name for s in expression.free_symbols if s not in symbols.values()):
        raise ValueError(f"unknown name {unknown[0]!r}: give parameters a default, such as {unknown[0]}=1")
    known = (sp.Piecewise, sp.exp, sp.log, expm1, log1p, sp.sin, sp.cos, sp.atan, sp.sinh, sp.cosh, sp.tanh, sp.erf, sp.erfc)
    if foreign := [f for f in expression.atoms(sp.Function) if not isinstance(f, known)]:
        raise ValueError(f"function {type(foreign[0]).__name__} is not supported; accepted are {', '.join(FUNCTIONS)}")
    if expression.has(sp.I, sp.nan, sp.zoo, sp.oo):
        raise ValueError(f"expected a real, finite expression, got {expression}")
    return expression


class _Reader:
    """One string, and the names it may use."""

    def __init__(self, text, names):
        self.text, self.names = text, names

    def error(self, node, message):
        part = ast.get_source_segment(self.text, node)
        return ValueError(f"{message}: {part if len(part) <= 60 else part[:57] + '...'!r}")

    def formula(self):
        self.text = self.text.strip()
        if not self.text:
            raise ValueError("the expression is empty; write something such as x*tanh(exp(x))")
        if len(self.text) > MAX_LENGTH:
            raise ValueError(f"the expression has {len(self.text)} characters; at most {MAX_LENGTH} are accepted")
        try:
            tree = ast.parse(self.text, mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            place = f" at character {error.offset}" if getattr(error, "offset", None) else ""
            raise ValueError(f"not a formula{place} ({getattr(error, 'msg', error)}): {self.text[:60]!r}") from None
        return self.value(tree.body, 0)

    def value(self, node, depth):
        """The SymPy expression of a node that stands for a number."""
        if depth > MAX_DEPTH:
            raise self.error(node, f"nested more than {MAX_DEPTH} deep")
        inner = lambda child: self.value(child, depth + 1)  # noqa: E731
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self.number(node, number)
            case ast.Name(id=name):
                return self.name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -inner(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return inner(operand)
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                return self.power(node, inner(base), inner(exponent))
            case ast.BinOp(op=ast.Div(), left=numerator, right=denominator):
                divisor = inner(denominator)
                if divisor.is_number and not abs(divisor.evalf(15)) > 0:
                    raise self.error(node, "division by zero")
                return self.bounded(node, inner(numerator) / divisor)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
                return self.bounded(node, OPERATORS[type(op)](inner(left), inner(right)))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return sp.Piecewise((inner(body), self.condition(test, depth + 1)), (inner(otherwise), True))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
                count, function = FUNCTIONS[name]
                if len(arguments) != count:
                    raise self.error(node, f"{name} takes {count} argument{'s' * (count > 1)}, got {len(arguments)}")
                return self.call(node, function, *map(inner, arguments))
            case ast.Call(func=ast.Name(id=name)) if name not in FUNCTIONS:
                raise self.error(node, f"unknown function {name!r}; accepted are {', '.join(FUNCTIONS)}")
        raise self.error(node, f"{type(node).__name__} is not part of a formula")

    def condition(self, node, depth):
        if depth > MAX_DEPTH:
            raise self.error(node, f"nested more than {MAX_DEPTH} deep")
        match node:
            case ast.Compare(left=left, ops=ops, comparators=rest) if all(type(op) in COMPARISONS for op in ops):
                terms = [self.value(term, depth + 1) for term in (left, *rest)]
                return sp.And(*(COMPARISONS[type(op)](a, b) for op, a, b in zip(ops, terms, terms[1:])))
            case ast.BoolOp(op=op, values=values):
                join = sp.And if isinstance(op, ast.And) else sp.Or
                return join(*(self.condition(value, depth + 1) for value in values))
        raise self.error(node, "expected a comparison such as x > 0")

    def number(self, node, number):
        if abs(number) == float("inf"):
            raise self.error(node, "number too large")
        # A decimal means what it says: 0.1 is 1/10, not the nearest binary fraction.
        return self.bounded(node, sp.Rational(repr(number)) if isinstance(number, float) else sp.Integer(number))

    def name(self, name):
        if name in self.names:
            return self.names[name]
        near = difflib.get_close_matches(name, [*self.names, *FUNCTIONS], n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ValueError(f"unknown name {name!r}{hint}; known are {', '.join(self.names)}; "
                         f"a parameter needs a default, such as {name}=1")

    def power(self, node, base, exponent):
        if exponent.is_number and not (exponent.is_Rational and abs(exponent) <= MAX_EXPONENT) and base != sp.E:
            raise self.error(node, f"a power's exponent must be a number of size at most {MAX_EXPONENT}, or contain x")
        if base.is_zero and not exponent.is_positive:
            raise self.error(node, "division by zero")
        return self.call(node, sp.Pow, base, exponent)

    def call(self, node, function, *arguments):
        """`function` of the arguments, if that stays small; exponentials of large constants don't."""
        if all(a.is_number for a in arguments) and any(abs(a.evalf(5)) > 690 for a in arguments[-1:]):
            raise self.error(node, "number too large")
        try:
            result = function(*arguments)
        except ValueError as error:  # too many pieces
            raise self.error(node, str(error)) from None
        return self.bounded(node, result)

    def bounded(self, node, expression):
        if expression.has(sp.I, sp.nan, sp.zoo, sp.oo):
            raise self.error(node, "not a real number")
        if expression.is_Rational:
            size = max(abs(expression.p), expression.q)
        else:
            size = abs(expression.evalf(15)) if expression.is_number else 0
        if not size < MAX_NUMBER:
            raise self.error(node, "number too large")
        return expression
