"""From SymPy pieces to the steps of a program."""

from __future__ import annotations

import functools
from importlib import import_module
from itertools import pairwise

import numpy as np
import sympy as sp

from activlib.activation import reflected, x
from activlib.kernels.exponentials import DISTANCE, Exponentials, divides, erfcx
from activlib.kernels.pieces import Pieces, distance
from activlib.kernels.program import INPUT, Compare, Constant, minus_absolute, negative_mask, select

FUNCTIONS = {"exp": "numpy.exp", "expm1": "numpy.expm1", "log": "numpy.log", "log1p": "numpy.log1p",
             "sin": "numpy.sin", "cos": "numpy.cos", "atan": "numpy.arctan",
             "sinh": "numpy.sinh", "cosh": "numpy.cosh", "tanh": "numpy.tanh",
             "asinh": "numpy.arcsinh",
             "erf": "scipy.special.erf", "erfc": "scipy.special.erfc", "erfcx": "scipy.special.erfcx"}


def compile_steps(line: Pieces, values: dict[sp.Symbol, sp.Expr], careful: bool) -> list:
    """The steps that compute the pieces at the parameters' values; `careful` where float64 is the result's own type.

    Raises ValueError for a function that has no kernel.
    """
    compiler = _Compiler(line, values, careful)
    result = compiler.folded() if line.folded else compiler.along_the_line()
    if not compiler.steps or result != len(compiler.steps) - 1:
        compiler.steps.append((np.positive, (result,)))
    return compiler.steps


def _constant(number):
    return Constant(np.float64(sp.sympify(number).evalf(30)))


class _Compiler(Exponentials):
    """Gathers steps; equal steps are one step, and what needs no input is computed at once."""

    def __init__(self, line, values, careful):
        self.values, self.careful = values, careful
        self.steps, self.known = [], {}
        self.line = self.prepared(line)

    # Shapes of functions

    def folded(self):
        zero, (left, right) = _constant(0), self.line.expressions

        def value(e, at=DISTANCE):
            return self.expression(e, at)

        if any(not value(left, zero) == value(held, zero) == value(right, zero) for held in self.line.held):
            return self.selected([value(left), value(right)], [zero], (left, right), self.line.held)
        if not self.careful and (whole := _without_cancellation(left, right)) is not None:
            return value(whole, INPUT)
        if left == right:
            return value(right)
        if sp.expand(right - left) == distance:
            return self.step(np.add, self.step(np.maximum, INPUT, zero), value(left))
        if left == -right:  # with the sign bit, -0.0 keeps its sign
            return self.step(np.multiply, value(right), self.step(np.copysign, _constant(1), INPUT))
        (left, below), (right, below_right) = (sp.fraction(e, exact=True) for e in (left, right))
        if below != below_right:
            left, right, below = left / below, right / below_right, sp.S.One
        above = self.step(select, self.step(negative_mask, INPUT), value(left), value(right))
        return self.step(np.divide, above, value(below))

    def along_the_line(self):
        line, value = self.line, self.expression
        cuts = [value(cut, INPUT) for cut in line.cuts]
        # Where a function is continuous it needs no comparison, in three cases.
        continuous = [value(left, cut) == value(held, cut) == value(right, cut)
                      for cut, held, (left, right) in zip(cuts, line.held, pairwise(line.expressions), strict=True)]
        # 1. A constant at an end is what the next piece, clamped at the cut, gives there.
        start, stop = 0, len(line.expressions)
        if cuts and continuous[0] and not line.expressions[0].has(x):
            start = 1
        if len(cuts) > start and continuous[-1] and not line.expressions[-1].has(x):
            stop -= 1
        expressions, ends = line.expressions[start:stop], [None, *cuts, None][start:stop + 1]
        cuts, continuous = cuts[start:stop - 1], continuous[start:stop - 1]
        # 2. Of two lines, the upper one where the slope rises, else the lower one.
        if ends == [None, *cuts, None] and cuts and all(continuous) and _two_lines(expressions):
            left, right = (value(e, Constant(cuts[0].value + 1)).value for e in expressions)
            return self.step(np.maximum if right > left else np.minimum, *(value(e, INPUT) for e in expressions))
        clamped = [value(e, self.clamp(*bounds) if e.has(x) else INPUT)
                   for e, bounds in zip(expressions, pairwise(ends), strict=True)]
        # 3. Pieces that are 0 where they meet, each clamped to its interval, add up.
        if all(continuous) and all(value(e, cut).value == 0 for cut, e in zip(cuts, expressions[1:], strict=True)):
            return self.reduce(np.add, clamped)
        return self.selected(clamped, cuts, expressions, line.held[start:stop - 1])

    def clamp(self, low, high):
        """The input moved into [low, high], so that a piece is not asked where another one holds."""
        at = INPUT if low is None else self.step(np.maximum, INPUT, low)
        return at if high is None else self.step(np.minimum, at, high)

    def selected(self, operands, cuts, expressions, held):
        """The operand of the piece that holds, by comparison with the cuts."""
        result = operands[0]
        for cut, operand, (left, right), at_cut in zip(cuts, operands[1:], pairwise(expressions), held, strict=True):
            result = self.where(np.greater_equal if at_cut == right else np.greater, cut, operand, result)
            if at_cut not in (left, right):
                result = self.where(np.equal, cut, self.expression(at_cut, cut), result)
        return result

    def where(self, compare, cut, operand, otherwise):
        """`operand` where the input compares so with the cut."""
        if isinstance(operand, Constant) and np.isfinite(operand.value) and otherwise == _constant(0):
            return self.step(np.multiply, self.step(Compare(compare, mask=False), INPUT, cut), operand)
        return self.step(select, self.step(Compare(compare), INPUT, cut), operand, otherwise)

    # Expressions and steps

    def step(self, function, *operands):
        """The operand that holds `function(*operands)`."""
        if all(isinstance(o, Constant) for o in operands):
            return Constant(np.float64(function(*(o.value for o in operands))))
        if {np.multiply: _constant(1), np.add: _constant(0)}.get(function) in operands:
            return operands[isinstance(operands[0], Constant)]
        if function is np.divide and operands[1] == _constant(1):
            return operands[0]
        if function in (np.maximum, np.minimum):
            operands = tuple(Constant(o.value, filled=True) if isinstance(o, Constant) else o for o in operands)
        if (function, operands) not in self.known:
            self.known[function, operands] = len(self.steps)
            self.steps.append((function, operands))
        return self.known[function, operands]

    def reduce(self, function, operands):
        return functools.reduce(functools.partial(self.step, function), operands)

    def expression(self, e, at):
        """The operand that holds a SymPy expression where x (or the distance from 0) is the operand `at`."""
        if at is DISTANCE and e in (distance, -distance):
            return self.step(np.absolute if e == distance else minus_absolute, INPUT)
        if e in (x, distance):
            return at
        if not e.has(x, distance):
            return _constant(e.subs(self.values))
        if (found := self.fit(e)) is not None:
            return self.fitted(found, at)
        if e.is_Add:
            return self.sum(e.args, at)
        if e.is_Mul:
            return self.product(e, at)
        if e.is_Pow:
            return self.power(e, at)
        if isinstance(e, sp.exp):
            return self.exponential(e, at)
        try:
            module, name = FUNCTIONS[e.func.__name__].rsplit(".", 1)
        except KeyError:
            raise ValueError(f"no kernel for {e.func.__name__} in {e}; accepted are {', '.join(FUNCTIONS)}") from None
        return self.step(getattr(import_module(module), name), *(self.expression(a, at) for a in e.args))

    def sum(self, terms, at):
        terms = reflected(terms)
        # Functions come last: what they nearly cancel has rounded little, or not at all.
        terms.sort(key=lambda t: (t.has(sp.Function), t.could_extract_minus_sign()))
        polynomial = sp.Add(*(t for t in terms if not t.has(sp.Function)))
        if self.careful and at is not DISTANCE and polynomial != sp.Add(*terms) and self.rounds(polynomial):
            total, low = self.pair(polynomial, at)
            return self.step(np.add, self.accumulated(total, [t for t in terms if t.has(sp.Function)], at), low)
        first = next((t for t in terms if not t.could_extract_minus_sign()), None)
        if first is None:
            return self.step(np.negative, self.sum([-t for t in terms], at))
        terms.remove(first)
        return self.accumulated(self.expression(first, at), terms, at)

    def accumulated(self, total, terms, at):
        """The operand that holds the operand `total` plus the terms."""
        for term in terms:
            taken = term.could_extract_minus_sign()
            total = self.step(np.subtract if taken else np.add, total, self.expression(-term if taken else term, at))
        return total

    def product(self, e, at):
        tame = self.tame(e)
        if tame is not None:
            at = self.near(at)
        coefficient, rest = e.as_independent(x, distance, as_Add=False)
        coefficient, factors = coefficient.subs(self.values), list(sp.Mul.make_args(rest))
        for i, factor in enumerate(factors):  # so that a fit and its negative are one
            if factor.has(erfcx) and factor.could_extract_minus_sign():
                coefficient, factors[i] = -coefficient, -factor
        above = [self.expression(f, at) for f in factors if not divides(f) and f != tame]
        below = [self.expression(1 / f, at) for f in factors if divides(f)]
        if coefficient != -1:
            above.insert(0, _constant(coefficient))
        if tame is not None:
            above += self.in_steps(tame, at)
        product = self.reduce(np.multiply, above or [_constant(1)])
        if below:
            product = self.step(np.divide, product, self.reduce(np.multiply, below))
        return self.step(np.negative, product) if coefficient == -1 else product

    def power(self, e, at):
        base = self.expression(e.base, at)
        if e.exp == -1:
            return self.step(np.divide, _constant(1), base)
        if divides(e):
            return self.step(np.divide, _constant(1), self.expression(1 / e, at))
        if e.exp in (2, 3, 4):
            square = self.step(np.multiply, base, base)
            return square if e.exp == 2 else self.step(np.multiply, square, base if e.exp == 3 else square)
        if e.exp == sp.S.Half:
            return self.step(np.sqrt, base)
        return self.step(np.power, base, self.expression(e.exp, at))


def _without_cancellation(left, right):
    """The two sides as one expression in x, where it is a power of x over a sum of positive terms; else None.

    What overflows then is the denominator, where the value is next to 0; float32 results round to 0 long before.
    """
    above, below = sp.fraction(right.subs(distance, x), exact=True)
    same = sp.together(left.subs(distance, -x) - right.subs(distance, x)).as_numer_denom()[0]
    if above.is_polynomial(x) and not above.is_Add and below.is_Add and below.is_positive and sp.expand(same) == 0:
        return above / below
    return None


def _two_lines(expressions):
    return len(expressions) == 2 and not any(sp.diff(e, x).has(x) for e in expressions)
