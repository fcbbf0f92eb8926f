"""What the text of a formula may call, under every name that people give it; and what to say of the rest."""

from __future__ import annotations

import difflib
import functools
import unicodedata

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation, Parameter, letters, x
from activlib.catalogue import activations
from activlib.definition.kinks import absolute, bounded, heaviside, maximum, minimum, sign
from activlib.definition.written import piecewise

CONSTANTS = {"pi": sp.pi, "e": sp.E}
MANY = 64  # arguments of max and min
MAX_NODES = 1000  # of a formula that the composition of functions makes

# name: (fewest arguments, most, function)
FUNCTIONS = {
    "exp": (1, 1, sp.exp), "expm1": (1, 1, expm1), "log": (1, 2, lambda z, base=sp.E: sp.log(z) / sp.log(base)),
    "log1p": (1, 1, log1p), "sqrt": (1, 1, sp.sqrt),
    "sin": (1, 1, sp.sin), "cos": (1, 1, sp.cos), "atan": (1, 1, sp.atan),
    "sinh": (1, 1, sp.sinh), "cosh": (1, 1, sp.cosh), "tanh": (1, 1, sp.tanh), "asinh": (1, 1, sp.asinh),
    "erf": (1, 1, sp.erf), "erfc": (1, 1, sp.erfc),
    "abs": (1, 1, absolute), "sign": (1, 1, sign), "heaviside": (1, 2, heaviside),
    "max": (2, MANY, lambda *z: functools.reduce(maximum, z)), "min": (2, MANY, lambda *z: functools.reduce(minimum, z)),
    "clip": (3, 3, lambda z, low, high: minimum(maximum(z, low), high)),
}

# Functions that others make up, in the language of formulas, with their positive parameters. An entry of the catalogue
# takes precedence.
FORMULAS = {
    "log2": ("log(x)/log(2)", {}), "log10": ("log(x)/log(10)", {}), "cbrt": ("sign(x)*abs(x)**(1/3)", {}),
    "square": ("x**2", {}),
    "tan": ("sin(x)/cos(x)", {}), "acosh": ("log(x + sqrt(x**2 - 1))", {}), "atanh": ("log((1 + x)/(1 - x))/2", {}),
    "asin": ("2*atan(x/(1 + sqrt(1 - x**2)))", {}), "acos": ("pi/2 - 2*atan(x/(1 + sqrt(1 - x**2)))", {}),
    "sech": ("1/cosh(x)", {}), "coth": ("cosh(x)/sinh(x)", {}),
    "logit": ("log(x/(1 - x))", {}), "normal_cdf": ("erfc(-x/sqrt(2))/2", {}),
    "normal_pdf": ("exp(-x**2/2)/sqrt(2*pi)", {}),
}

# As FORMULAS, these give way to an entry of the catalogue. Names of several words may be written as one.
ALIASES = {alias: name for alias, name in {
    **{name.replace("_", ""): name for name in (*activations, *FORMULAS)},
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "Abs": "abs", "absolute": "abs", "fabs": "abs", "sgn": "sign",
    "maximum": "max", "minimum": "min", "clamp": "clip", "power": "pow", "tg": "tan", "arctg": "atan",
    "sh": "sinh", "ch": "cosh", "th": "tanh", "expit": "sigmoid", "logistic": "sigmoid",
    "swish": "silu", "hard_silu": "hard_swish", "soft_sign": "softsign", "ndtr": "normal_cdf",
    "Phi": "normal_cdf", "phi": "normal_pdf",
}.items() if alias not in {*activations, *FORMULAS}}  # fmt: skip

JUMPS = "jumps infinitely often, and a formula has finitely many pieces"
VECTOR = "works on a whole vector, and a formula is a function of one number"
# Names that are understood and not accepted: why.
REFUSED = {
    **dict.fromkeys(("floor", "ceil", "ceiling", "round", "rint", "trunc", "fix", "int", "mod", "fmod", "frac"), JUMPS),
    **dict.fromkeys(("softmax", "log_softmax", "softmin", "sparsemax", "glu", "maxout", "sum", "mean", "norm"), VECTOR),
    **dict.fromkeys(("rand", "random", "dropout", "rrelu"), "is random, and a formula has one value at each x"),
    **dict.fromkeys(("diff", "integrate", "limit"), "is no function of a number; write what it gives"),
    **dict.fromkeys(("piecewise", "Piecewise", "select"), "is not read; write a if x > 0 else b, or where(x > 0, a, b)"),
}

# What the functions that SymPy has and a formula has not are made of.
SYMPY = {sp.tan: "tan", sp.acosh: "acosh", sp.atanh: "atanh", sp.asin: "asin", sp.acos: "acos", sp.sech: "sech",
         sp.coth: "coth", sp.sinc: "sinc"}
LETTERS = {"σ": "sigmoid", "Θ": "heaviside", "Φ": "normal_cdf", "φ": "normal_pdf", "√": "sqrt", "π": "pi"}


def names() -> list[str]:
    """Every name that a formula may call, without the aliases."""
    return list(dict.fromkeys([*FUNCTIONS, "where", "pow", *activations, *FORMULAS]))


@functools.cache
def activation(name: str) -> Activation | None:
    """The activation that a formula calls by that name: the catalogue's, or one of FORMULAS."""
    if name in activations:
        return activations[name]
    if name not in FORMULAS:
        return None
    from activlib.define import define
    formula, defaults = FORMULAS[name]
    return define(formula, name, **{p: Parameter(p, value, sp.Interval.open(0, sp.oo), slider=(value / 10, 3 * value, 0.1))
                                    for p, value in defaults.items()})


def applied(entry: Activation, argument: sp.Expr, values=None) -> sp.Expr:
    """The formula of `entry` at an expression; values: {symbol: expression} for its parameters, defaults if not given.

    Raises ValueError where that is a larger formula than MAX_NODES.
    """
    formula = entry.formula.xreplace(entry.at() | (values or {}))
    if _nodes(formula) + sum(node == x for node in sp.preorder_traversal(formula)) * _nodes(argument) > MAX_NODES:
        raise ValueError("the formula grows too large")
    return bounded(_composed(formula, argument))


def _composed(e, argument):
    """`e` at an argument, which may have pieces of its own."""
    if e == x:
        return argument
    if not e.has(x):
        return e
    if isinstance(e, sp.Piecewise):
        return piecewise(*((_composed(value, argument), _composed(condition, argument)) for value, condition in e.args))
    return e.func(*(_composed(part, argument) for part in e.args))


def _nodes(expression):
    return sum(1 for _ in sp.preorder_traversal(expression))


def elementary(expression: sp.Expr) -> sp.Expr:
    """`expression` with the functions of SYMPY made of those that a formula may have."""
    for kind, name in SYMPY.items():
        if expression.has(kind):
            expression = expression.replace(kind, lambda z, name=name: applied(activation(name), z))
    return expression


def guess(name: str, known) -> str | None:
    """The known name that was probably meant: the same but for case, underscores or script, or one close to it."""
    if (spelled := LETTERS.get(name) or next((k for k in known if letters(k) == name), None)) is not None:
        return spelled
    plain = {k.replace("_", "").lower(): k for k in reversed([*known])}
    if (same := plain.get(name.replace("_", "").lower())) is not None:
        return same
    near = difflib.get_close_matches(name, [*known], n=1, cutoff=0.7)
    return near[0] if near else None


def letter(name: str) -> str:
    """A remark on a name in letters that look like others."""
    foreign = next((c for c in name if not c.isascii()), None)
    return f" ({foreign} is the {unicodedata.name(foreign, 'character').lower()})" if foreign else ""
