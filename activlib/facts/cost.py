"""What one evaluation of the formula costs, counted on its expression tree."""

from __future__ import annotations

import sympy as sp
from sympy.core.relational import Relational

from activlib.activation import x

NAMES = {sp.exp: "exponential", sp.log: "logarithm", sp.sin: "sine", sp.cos: "cosine", sp.atan: "arctangent",
         sp.tanh: "hyperbolic tangent", sp.sinh: "hyperbolic sine", sp.cosh: "hyperbolic cosine",
         sp.asinh: "inverse hyperbolic sine",
         sp.erf: "error function", sp.erfc: "error function"}
ORDER = (*dict.fromkeys(NAMES.values()), "power", "square root", "division", "multiplication", "addition", "comparison")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def cost(formula: sp.Expr) -> str:
    """The operations on x in the formula, each distinct subexpression counted once.

    A Piecewise costs its comparisons and its most expensive piece. Additions and multiplications are
    named only where nothing costs more.
    """
    counts = _counts(formula)
    elementary = [kind for kind in ORDER[:-4] if counts.get(kind)] + ["division"] * bool(counts.get("division"))
    shown = [kind for kind in ORDER if counts.get(kind) and (kind in elementary or kind == "comparison"
                                                             or not elementary)]
    return ", ".join(f"{_number(counts[kind])} {kind}{'s' * (counts[kind] > 1)}" for kind in shown) or "no operation"


def cheap(formula: sp.Expr) -> bool:
    """Whether nothing but additions, multiplications and comparisons of x are needed."""
    return {kind for kind, n in _counts(formula).items() if n} <= {"multiplication", "addition", "comparison"}


def _number(n):
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


def _counts(expression):
    counts = {}
    seen = set()

    def add(kind, n=1):
        counts[kind] = counts.get(kind, 0) + n

    def visit(e):
        if not e.has(x) or e == x or e in seen:
            return
        seen.add(e)
        if isinstance(e, sp.Piecewise):
            add("comparison", sum(len(condition.atoms(Relational)) or 0 for _, condition in e.args))
            dearest = max((_counts(piece) for piece, _ in e.args), key=_weight)
            for kind, n in dearest.items():
                add(kind, n)
            return
        for argument in e.args:
            visit(argument)
        if e.is_Add or e.is_Mul:
            _arithmetic(e, add)
        elif e.is_Pow:
            _power(e.exp, add)
        elif e.func in NAMES:
            add(NAMES[e.func])

    visit(expression)
    return counts


def _power(exponent, add):
    if exponent.is_negative:
        add("division")
    if abs(exponent) == sp.S.Half:
        add("square root")
    elif exponent.is_Integer and abs(exponent) <= 4:
        if abs(exponent) > 1:
            add("multiplication", abs(int(exponent)) - 1)
    else:
        add("power")


def _arithmetic(e, add):
    """What does not contain x is one constant, a sign costs nothing, and a division takes the place of a multiplication."""
    constant, rest = e.as_independent(x)
    operands = [*e.func.make_args(rest), *[constant] * (abs(constant) != e.identity)]
    if e.is_Add:
        add("addition", len(operands) - 1)
        return
    divisions = sum(a.is_Pow and a.exp.is_negative is True for a in operands)
    if len(operands) - 1 - divisions > 0:
        add("multiplication", len(operands) - 1 - divisions)


def _weight(counts):
    return [counts.get(kind, 0) for kind in ORDER]
