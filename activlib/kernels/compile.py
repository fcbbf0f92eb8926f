"""From SymPy expressions to the steps of a program."""

from __future__ import annotations

import functools
from dataclasses import replace
from importlib import import_module
from itertools import pairwise

import numpy as np
import sympy as sp

from activlib.activation import reflected, x
from activlib.definition.numbers import place
from activlib.kernels.program import INPUT, Compare, Constant, minus_absolute, select

FUNCTIONS = {"exp": "numpy.exp", "expm1": "numpy.expm1", "log": "numpy.log", "log1p": "numpy.log1p",
             "sin": "numpy.sin", "cos": "numpy.cos", "atan": "numpy.arctan",
             "sinh": "numpy.sinh", "cosh": "numpy.cosh", "tanh": "numpy.tanh",
             "asinh": "numpy.arcsinh", "acosh": "numpy.arccosh", "atanh": "numpy.arctanh",
             "erf": "scipy.special.erf", "erfc": "scipy.special.erfc"}


class NoProgram(ValueError):
    """An expression that has no fast program."""


def compile_expression(e: sp.Expr, names=(), sequential=False) -> list:
    """The steps that compute an expression in x.

    names: {symbol: expression} of the symbols that stand for parts which are computed once.
    sequential: divide by the factors of a denominator one after the other, so that their product cannot overflow.

    Raises NoProgram for a function that has none, and for a constant that a float64 cannot hold.
    """
    compiler = _Compiler(names, sequential)
    return compiler.ended(compiler.expression(e, INPUT))


def compile_line(cuts, expressions, held, names=(), dtype=np.float64) -> list:
    """The steps that compute `expressions[i]` between `cuts[i - 1]` and `cuts[i]`, and `held[i]` at `cuts[i]`, for inputs
    of a type."""
    compiler = _Compiler(names, False, dtype)
    return compiler.ended(compiler.along_the_line(cuts, expressions, held))


def constant(number) -> Constant:
    """The float64 nearest to an exact number."""
    number = sp.sympify(number)
    value = np.float64(number.evalf(30))
    if not np.isfinite(value) or (value == 0) != (number == 0):
        raise NoProgram(f"no float64 is near {number}")
    if number.is_Rational and sp.Rational(value) == number:
        return Constant(value)
    constant = Constant(value)
    return replace(constant, error=float(abs(number.evalf(40) - sp.Float(value, 40))) / constant.unit)


def threshold(cut, dtype=np.float64) -> np.float64:
    """The least number of a type that is not below an exact number."""
    at = place(sp.sympify(cut))
    nearest = dtype(float(at))
    return np.float64(np.nextafter(nearest, dtype(np.inf)) if float(nearest) < at else nearest)


class _Compiler:
    """Gathers steps; equal steps are one step, and what needs no input is computed at once."""

    def __init__(self, names, sequential, dtype=np.float64):
        self.steps, self.known, self.names, self.sequential, self.dtype = [], {}, dict(names), sequential, dtype

    def ended(self, result):
        if not self.steps or result != len(self.steps) - 1:
            self.steps.append((np.positive, (result,)))
        return self.steps

    # Pieces

    def along_the_line(self, cuts, expressions, held):
        value, exact_cuts = self.expression, cuts
        if (folded := self.folded(cuts, expressions, held)) is not None:
            return folded
        cuts = [constant(cut) for cut in cuts]
        # Where a function is continuous it needs no comparison, in three cases.
        continuous = [left.subs(x, cut) == at_cut.subs(x, cut) == right.subs(x, cut)
                      for cut, at_cut, (left, right) in zip(exact_cuts, held, pairwise(expressions), strict=True)]
        # 1. Of two lines, the upper one where the slope rises, else the lower one.
        if cuts and all(continuous) and len(expressions) == 2 and all(map(self.is_line, expressions)):
            left, right = (sp.diff(e, x) for e in expressions)
            return self.step(np.maximum if (right > left) == True else np.minimum,  # noqa: E712
                             *(value(e, INPUT) for e in sorted(expressions, key=lambda e: not e.has(x))))
        # 2. A constant at an end is what the next piece, clamped at the cut, gives there.
        start, stop = 0, len(expressions)
        if cuts and continuous[0] and not expressions[0].has(x) and self.gives(expressions[1], cuts[0], expressions[0]):
            start = 1
        if len(cuts) > start and continuous[-1] and not expressions[-1].has(x) \
                and self.gives(expressions[-2], cuts[-1], expressions[-1]):
            stop -= 1
        expressions, held, ends = expressions[start:stop], held[start:stop - 1], [None, *cuts, None][start:stop + 1]
        cuts, exact_cuts, continuous = (part[start:stop - 1] for part in (cuts, exact_cuts, continuous))
        clamped = [value(e, self.clamp(*bounds) if e.has(x) else INPUT)
                   for e, bounds in zip(expressions, pairwise(ends), strict=True)]
        # 3. Pieces that are 0 where they meet, each clamped to its interval, add up.
        meeting = [(e, cut) for cut, pair in zip(cuts, pairwise(expressions), strict=True) for e in pair]
        if all(continuous) and all(self.gives(e, cut, sp.S.Zero) for e, cut in meeting):
            return functools.reduce(functools.partial(self.step, np.add), clamped)
        result = clamped[0]
        for cut, operand, (left, right), at_cut in zip(exact_cuts, clamped[1:], pairwise(expressions), held, strict=True):
            here, met = at_cut.subs(x, cut), float(threshold(cut, self.dtype)) == place(cut)
            below = met and here == left.subs(x, cut)
            result = self.where(np.greater if below else np.greater_equal, cut, operand, result)
            if met and not below and here != right.subs(x, cut) and here.is_finite:
                result = self.where(np.equal, cut, constant(here), result)
        return result

    def folded(self, cuts, expressions, held):
        """Even and odd functions, of two pieces that meet at 0."""
        if tuple(cuts) != (0,) or not expressions[1].has(x) or held[0].subs(x, 0) != expressions[1].subs(x, 0):
            return None
        left = expressions[0].subs(x, -x)
        even, odd = (sp.expand(left - sign * expressions[1]) == 0 for sign in (1, -1))
        if not even and not (odd and held[0].subs(x, 0) == 0):
            return None
        value = self.expression(expressions[1], self.step(np.absolute, INPUT))
        return value if even else self.step(np.multiply, value, self.expression(sp.sign(x), INPUT))

    def is_line(self, e):
        return not e.has(*self.names) and not sp.diff(e, x).has(x)

    def gives(self, e, cut, wanted):
        """Whether an expression has exactly the wanted value at a cut, in floating point."""
        return self.expression(e, Constant(cut.value)).value == constant(wanted).value

    def clamp(self, low, high):
        """The input moved into [low, high], so that a piece is not asked where another one holds."""
        at = INPUT if low is None else self.step(np.maximum, INPUT, low)
        return at if high is None else self.step(np.minimum, at, high)

    def where(self, compare, cut, operand, otherwise):
        """`operand` where the input compares so with the cut."""
        cut = Constant(threshold(cut, self.dtype))
        constants = isinstance(operand, Constant) and isinstance(otherwise, Constant)
        if constants and np.isfinite(operand.value) and otherwise.value == 0:
            return self.step(np.multiply, self.step(Compare(compare, mask=False), INPUT, cut), operand)
        return self.step(select, self.step(Compare(compare), INPUT, cut), operand, otherwise)

    # Expressions and steps

    def step(self, function, *operands):
        """The operand that holds `function(*operands)`."""
        if all(isinstance(o, Constant) for o in operands):
            with np.errstate(all="ignore"):
                return Constant(np.float64(function(*(o.value for o in operands))), error=np.inf)  # which none has asked for
        ones = [isinstance(o, Constant) and o.value == {np.multiply: 1, np.add: 0}.get(function) for o in operands]
        if any(ones):
            return operands[bool(ones[0])]
        if function is np.divide and isinstance(operands[1], Constant) and operands[1].value == 1:
            return operands[0]
        if function in (np.maximum, np.minimum):
            operands = tuple(replace(o, filled=True) if isinstance(o, Constant) else o for o in operands)
        if (function, operands) not in self.known:
            self.known[function, operands] = len(self.steps)
            self.steps.append((function, operands))
        return self.known[function, operands]

    def expression(self, e, at):
        """The operand that holds a SymPy expression where x is the operand `at`."""
        if e == x:
            return at
        if e in self.names:
            return self.expression(self.names[e], at)
        if not e.has(x, *self.names):
            return constant(e)
        if e.is_Add:
            return self.sum(e.args, at)
        if e.is_Mul:
            return self.product(e, at)
        if e.is_Pow:
            return self.power(e, at)
        if isinstance(e, sp.exp):
            return self.exponential(e.args[0], at)
        if isinstance(e, sp.Abs):
            return self.step(np.absolute, self.expression(e.args[0], at))
        if isinstance(e, sp.sign):  # with the sign bit, -0.0 keeps its sign
            return self.step(np.copysign, Constant(np.float64(1)), self.expression(e.args[0], at))
        try:
            module, name = FUNCTIONS[e.func.__name__].rsplit(".", 1)
        except KeyError:
            raise NoProgram(f"{e.func.__name__} has no fast program") from None
        return self.step(getattr(import_module(module), name), *(self.expression(a, at) for a in e.args))

    def sum(self, terms, at):
        terms = reflected(terms)
        # Functions come last: what they nearly cancel has rounded little, or not at all.
        terms.sort(key=lambda t: (t.has(sp.Function, *self.names), t.could_extract_minus_sign()))
        first = next((t for t in terms if not t.could_extract_minus_sign()), None)
        if first is None:
            return self.step(np.negative, self.sum([-t for t in terms], at))
        terms.remove(first)
        total = self.expression(first, at)
        for term in terms:
            taken = term.could_extract_minus_sign()
            total = self.step(np.subtract if taken else np.add, total, self.expression(-term if taken else term, at))
        return total

    def product(self, e, at):
        coefficient, rest = e.as_independent(x, *self.names, as_Add=False)
        if coefficient == -1 and isinstance(rest, sp.Abs):
            return self.step(minus_absolute, self.expression(rest.args[0], at))
        factors = sp.Mul.make_args(rest)
        above = [self.expression(f, at) for f in factors if not _divides(f)]
        below = [self.expression(1 / f, at) for f in factors if _divides(f)]
        if abs(coefficient) != 1:
            above.insert(0, constant(coefficient))
        multiplied = functools.partial(functools.reduce, functools.partial(self.step, np.multiply))
        product = multiplied(above or [constant(1)])
        for divisor in below if self.sequential else [multiplied(below)] if below else []:
            product = self.step(np.divide, product, divisor)
        return self.step(np.negative, product) if coefficient == -1 else product

    def power(self, e, at):
        if _divides(e):
            return self.step(np.divide, constant(1), self.expression(1 / e, at))
        base = self.expression(e.base, at)
        if not (e.exp.is_Rational and e.exp.q <= 2):
            return self.step(np.power, base, self.expression(e.exp, at))
        square, n, result = base, e.exp.p // e.exp.q, self.step(np.sqrt, base) if e.exp.q == 2 else constant(1)
        while n:
            result = self.step(np.multiply, result, square) if n & 1 else result
            n >>= 1
            square = self.step(np.multiply, square, square) if n else square
        return result

    def exponential(self, z, at):
        for n in (2, 3):
            if (np.exp, (self.known_operand(z / n, at),)) in self.known:
                once = self.exponential(z / n, at)
                return functools.reduce(functools.partial(self.step, np.multiply), [once] * n)
        return self.step(np.exp, self.expression(z, at))

    def known_operand(self, e, at):
        before = len(self.steps)
        operand = self.expression(e, at)
        if len(self.steps) > before:  # it is new: forget it
            for function, operands in self.steps[before:]:
                del self.known[function, operands]
            del self.steps[before:]
            return None
        return operand


def _divides(factor):
    return factor.is_Pow and factor.exp.could_extract_minus_sign()
