"""A reader's own activation, from a SymPy expression or from a string.

A string is parsed by Python's `ast` and rebuilt node by node from a closed list, so that nothing in
it is ever executed and nothing in it can grow large.
"""

from __future__ import annotations

import ast
import difflib
from fractions import Fraction

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.functions.elementary.piecewise import ExprCondPair

from activlib.activation import Activation, Parameter, exact, x
from activlib.constant import Constant
from activlib.definition.domain import Requirement, kept, requirements
from activlib.definition.kinks import Maximum, Minimum, absolute, explicit, maximum, minimum, sign
from activlib.definition.line import line

MAX_LENGTH = 1000  # characters
MAX_DEPTH = 40  # nested operations
MAX_EXPONENT = 64  # size of a numeric power
MAX_NUMBER = 10**300  # size of a constant, and of the denominator of one
MAX_SHOWN = 60  # characters of the text that an error quotes

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
# What a formula may consist of, once its kinks are pieces.
KINDS = (sp.Add, sp.Mul, sp.Pow, sp.Rational, sp.Symbol, type(sp.pi), type(sp.E), Constant,
         sp.exp, sp.log, expm1, log1p, sp.sin, sp.cos, sp.atan, sp.sinh, sp.cosh, sp.tanh, sp.erf, sp.erfc,
         sp.Piecewise, ExprCondPair, Maximum, Minimum, sp.core.relational.Relational, sp.And, sp.Or, sp.Not, sp.ITE, sp.Xor,
         type(sp.true), type(sp.false), type(sp.nan))


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
    parameters: for each parameter its default number (any real is then in its domain), or a `Parameter`
        of the same name.

    Raises ValueError, pointing at the part that is not understood; TypeError for another kind of object.
    See the chapter *How to read a chapter*.
    """
    declared = tuple(_declared(key, given) for key, given in parameters.items())
    symbols = {p.name: p.symbol for p in declared}
    if isinstance(expression, str):
        formula = _Reader(expression, {"x": x, **CONSTANTS, **symbols}).formula()
    elif isinstance(expression, (sp.Expr, int, float)) and not isinstance(expression, bool):
        formula = _adopt(sp.sympify(expression), {"x": x, **symbols})
    else:
        raise TypeError(f"expected a string or a SymPy expression, got {type(expression).__name__}")
    try:
        line(formula, {p.symbol: p.default for p in declared})
    except ValueError as error:  # a condition that can't be solved, or too many pieces
        raise ValueError(str(error)) from None
    return Activation(name=name, title=title or name, latex=rf"\operatorname{{{name}}}", formula=formula,
                      parameters=declared, window=window)


def _declared(name, given):
    """The parameter that was given whole or by its default."""
    if name in {"x", *CONSTANTS, *FUNCTIONS}:
        raise ValueError(f"a parameter can't be named {name!r}, which has a meaning in formulas")
    if isinstance(given, Parameter):
        if given.name != name:
            raise ValueError(f"parameter {name!r} is given a Parameter named {given.name!r}; the names must agree")
        return given
    default = Parameter(name, given, sp.Reals, slider=(0, 1, 1)).default  # validated
    reach = max(2 * abs(default), sp.S(3))
    return Parameter(name, default, sp.Reals, slider=(-reach, reach, sp.Rational(1, 20)))


def _adopt(expression, symbols):
    """A SymPy expression in our symbols, made of the functions that strings may use."""
    expression = expression.subs({s: symbols[s.name] for s in expression.free_symbols if s.name in symbols})
    expression = explicit(expression.xreplace({f: exact(f) for f in expression.atoms(sp.Float)}))
    if unknown := sorted(s.name for s in expression.free_symbols if s not in symbols.values()):
        raise ValueError(f"unknown name {unknown[0]!r}: give parameters a default, such as {unknown[0]}=1")
    nodes = list(sp.preorder_traversal(expression))
    if any(_size(e) is None for e in nodes if e is expression or (isinstance(e, sp.Expr) and e.is_number)):
        raise ValueError(f"expected a real, finite expression, got {expression}")
    if foreign := [e for e in nodes if not isinstance(e, KINDS)]:
        raise ValueError(f"{foreign[0]} is not supported; accepted functions are {', '.join(FUNCTIONS)}")
    return expression


def _size(expression):
    """The size of a constant (infinite if too extreme to evaluate), 1 for an expression in x; None if a part of it is
    infinite or not real, or if it is a constant that can't be told from zero."""
    if expression.has(sp.I, sp.nan, sp.zoo, sp.oo, -sp.oo):
        return None
    if expression.is_Rational or not expression.is_number:
        return abs(expression) if expression.is_Rational else sp.S.One
    try:
        value = expression.evalf(15)
    except OverflowError:
        return sp.oo
    return abs(value) if value.is_Float and value._prec > 1 else None  # 1 marks a number without a certain digit


class _Reader:
    """One string, and the names it may use."""

    def __init__(self, text, names):
        self.text, self.names = text, names

    def error(self, node, message):
        return ValueError(f"{message}: {_quoted(ast.get_source_segment(self.text, node))}")

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
            raise ValueError(f"not a formula{place} ({getattr(error, 'msg', error)}): {_quoted(self.text)}") from None
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
                return self.name(node, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -inner(operand)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return inner(operand)
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                return self.power(node, inner(base), inner(exponent))
            case ast.BinOp(op=ast.Div(), left=numerator, right=denominator):
                divisor = inner(denominator)
                if divisor == 0:
                    raise self.error(node, "division by zero")
                above = inner(numerator)
                return self.bounded(node, kept(above / divisor, (above, divisor), (Requirement(divisor, None),)))
            case ast.BinOp(op=ast.BitXor()):
                raise self.error(node, "write ** for a power")
            case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
                a, b = inner(left), inner(right)
                return self.bounded(node, kept(OPERATORS[type(op)](a, b), (a, b)))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return sp.Piecewise((inner(body), self.condition(test, depth + 1)), (inner(otherwise), True))
            case ast.Call(func=ast.Name(id=name)) if name not in FUNCTIONS:
                raise self.error(node, f"unknown function; accepted are {', '.join(FUNCTIONS)}")
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
                count, function = FUNCTIONS[name]
                if len(arguments) != count or keywords:
                    got = f"keyword {keywords[0].arg}" if keywords else len(arguments)
                    raise self.error(node, f"{name} takes {count} argument{'s' * (count > 1)}, got {got}")
                return self.call(node, function, *map(inner, arguments))
        raise self.error(node, f"{type(getattr(node, 'op', node)).__name__} is not part of a formula")

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
        if isinstance(number, int):
            return self.bounded(node, sp.Integer(number))
        if number == float("inf"):
            raise self.error(node, "number too large")
        # A decimal means what it says: 0.1 is 1/10, not the nearest binary fraction.
        written = ast.get_source_segment(self.text, node)
        if number == 0:
            if written.lower().partition("e")[0].strip("0._"):
                raise self.error(node, "number too small")
            return sp.S.Zero
        return self.bounded(node, sp.Rational(Fraction(written)))

    def name(self, node, name):
        if name in self.names:
            return self.names[name]
        near = difflib.get_close_matches(name, [*self.names, *FUNCTIONS], n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise self.error(node, f"unknown name{hint}; known are {', '.join(self.names)}, and a parameter needs a default")

    def power(self, node, base, exponent):
        if exponent.is_number and base != sp.E and not (exponent.is_Rational and abs(exponent) <= MAX_EXPONENT):
            raise self.error(node, f"an exponent must be a fraction of size at most {MAX_EXPONENT}, or contain x")
        if base.is_zero and not exponent.is_positive:
            raise self.error(node, "division by zero")
        return self.call(node, sp.Pow, base, exponent)

    def call(self, node, function, *arguments):
        try:
            result = explicit(function(*arguments))  # SymPy writes sqrt(x**2) as Abs(x)
            result = kept(result, arguments, _asked(function, arguments))
        except (ValueError, TypeError) as error:  # too many pieces; a comparison of what is not real
            raise self.error(node, str(error)) from None
        return self.bounded(node, result)

    def bounded(self, node, expression):
        """`expression`, if it is real and the numbers in it are small: then what is built from it can be computed."""
        size = _size(expression)
        if size is None:
            raise self.error(node, "not a real number, or not told from zero")
        if any(abs(e.exp) > MAX_EXPONENT for e in expression.atoms(sp.Pow) if e.exp.is_Rational):
            raise self.error(node, f"exponents add up to more than {MAX_EXPONENT}")
        parts = (max(abs(q.p), q.q) for q in expression.atoms(sp.Rational))
        if not all(number < MAX_NUMBER for number in (size, 1 / size if size else 0, *parts)):
            raise self.error(node, "number too large or too small")
        return expression


def _asked(function, arguments):
    """What a function asks of its arguments, found with symbols in their place."""
    symbols = [sp.Dummy(real=True) if argument.has(x) else argument for argument in arguments]
    given = dict(zip(symbols, arguments, strict=True))
    asked = requirements(function(*symbols))
    return tuple(Requirement(n.expression.subs(given), n.least) for n in asked)


def _quoted(text):
    return repr(text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN - 3] + "...")
