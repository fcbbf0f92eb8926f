"""A reader's own activation, from a SymPy expression or from a string."""

from __future__ import annotations

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.functions.elementary.piecewise import ExprCondPair

from activlib.activation import Activation, Parameter, exact, x
from activlib.constant import Constant
from activlib.definition.kinks import Maximum, Minimum, explicit
from activlib.definition.normal import line
from activlib.notebook import latex, words
from activlib.reader import Reader, size
from activlib.vocabulary import CONSTANTS, FUNCTIONS, elementary, names

# What a formula may consist of, once its kinks are pieces.
KINDS = (sp.Add, sp.Mul, sp.Pow, sp.Rational, sp.Symbol, type(sp.pi), type(sp.E), Constant,
         sp.exp, sp.log, expm1, log1p, sp.sin, sp.cos, sp.atan, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.erf, sp.erfc,
         sp.Piecewise, ExprCondPair, Maximum, Minimum, sp.core.relational.Relational, sp.And, sp.Or, sp.Not, sp.ITE, sp.Xor,
         type(sp.true), type(sp.false), type(sp.nan))


def define(expression, name: str = "f", *, title: str | None = None, window=(-5, 5), **parameters) -> Activation:
    """An activation of the reader's own, with everything that a catalogue entry has.

    Parameters
    ----------
    expression: a SymPy expression in `al.x`, or a string such as "x*tanh(exp(x))" or
        "x if x > 0 else alpha*(exp(x) - 1)". Strings know numbers, `x`, the parameters, + - * / **,
        comparisons with `and`/`or`, `a if condition else b` (or `where(condition, a, b)`), the constants pi and e,
        elementary functions, `max`, `min` and `clip`, and every activation of the catalogue by its name, with its
        parameters' defaults or those given as in `elu(x, alpha=2)`. Usual second names work, such as ln, arctan,
        maximum and swish; `activlib.vocabulary` has them all. sinc(x) is sin(x)/x, without the pi of NumPy's.
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
        formula = Reader(expression, symbols).formula()
    elif isinstance(expression, (sp.Expr, int, float)) and not isinstance(expression, bool):
        formula = _adopt(sp.sympify(expression), {"x": x, **symbols})
    else:
        raise TypeError(f"expected a string or a SymPy expression, got {type(expression).__name__}")
    try:
        line(formula, {p.symbol: p.default for p in declared})
    except ValueError as error:  # a condition that can't be solved, or too many pieces
        raise ValueError(str(error)) from None
    return Activation(name=name, title=title or name, latex=_operator(name), formula=formula, parameters=declared,
                      window=window)


def _operator(name):
    r"""LaTeX of a function's name: \operatorname{name}, f_{1} with an index, \mathrm{my\ activation} of several words."""
    letter, underscore, index = str(name).partition("_")
    if not underscore:
        return rf"\operatorname{{{name}}}"
    return latex(sp.Symbol(name)) if letter and (index.isdigit() or len(index) == 1) else words(name)


def _declared(name, given):
    """The parameter that was given whole or by its default."""
    if name in {"x", *CONSTANTS, *names()}:
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
    expression = explicit(elementary(expression.xreplace({f: exact(f) for f in expression.atoms(sp.Float)})))
    if unknown := sorted(s.name for s in expression.free_symbols if s not in symbols.values()):
        raise ValueError(f"unknown name {unknown[0]!r}: give parameters a default, such as {unknown[0]}=1")
    nodes = list(sp.preorder_traversal(expression))
    if any(size(e) is None for e in nodes if e is expression or (isinstance(e, sp.Expr) and e.is_number)):
        raise ValueError(f"expected a real, finite expression, got {expression}")
    if foreign := [e for e in nodes if not isinstance(e, KINDS)]:
        raise ValueError(f"{foreign[0]} is not supported; accepted functions are {', '.join(FUNCTIONS)}")
    return expression
