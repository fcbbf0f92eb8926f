"""An expression brought into its normal form, by reading what it is at a point of each interval."""

from __future__ import annotations

import contextlib
import functools
from itertools import pairwise

import sympy as sp

from activlib.definition.domain import Requirement, requirements, roots_of, vanishing_root
from activlib.definition.kinks import KINKS, Maximum, Minimum, explicit
from activlib.definition.line import UNDEFINED, Line, fixed
from activlib.definition.numbers import between, equal, expanded, in_order, less, sign, value_at
from activlib.definition.polynomials import Unsolved
from activlib.definition.roots import critical, sign_at
from activlib.definition.symbols import x

MAX_CUTS = 100
TIES = 4  # derivatives that are compared where two expressions are equal


def line(expression: sp.Expr, values: dict[sp.Symbol, sp.Expr] | None = None) -> Line:
    """The normal form of an expression in x and parameters at their exact values.

    The expression may hold Piecewise with any conditions, Abs, Max, Min, sign and Heaviside. Raises ValueError for a
    condition whose solutions cannot be listed, and for more than MAX_CUTS cuts.
    """
    return _line(expression, tuple((values or {}).items()))


@functools.lru_cache(maxsize=512)
def _line(expression, values):
    values = dict(values)
    if expression.has(*KINKS):
        expression = explicit(expression)
    reader = _Reader(expression, values)
    found = reader.intervals(-sp.oo, sp.oo)
    cuts = [high for _, high, _ in found[:-1]]
    held = [reader.held(cut) for cut in cuts]
    expressions = [e for *_, e in found]
    for i in reversed(range(len(cuts))):
        left, right, at = (fixed(e, values) for e in (expressions[i], expressions[i + 1], held[i]))
        if (left == right or _same(left, right)) and (left is at if left is UNDEFINED else
                                                      _agrees(at, left, cuts[i]) and not vanishing_root(left, cuts[i])):
            del cuts[i], held[i], expressions[i + 1]
    return Line(tuple(cuts), tuple(expressions), tuple(held), values, tuple(sorted(reader.unsolved, key=str)))


def _same(left, right):
    """Whether two rational expressions are the same when multiplied out."""
    return UNDEFINED not in (left, right) and not (left - right).has(sp.Function) and expanded(left - right) == 0


def _agrees(held, expression, cut):
    asked = ((needed, sign_at(needed.expression, cut)) for needed in requirements(expression))
    if held is UNDEFINED or not all(found is not None and needed.allows(found) for needed, found in asked):
        return False  # x*atan(1/x) is not defined at 0, though SymPy has 0 there
    value = value_at(expression, cut)
    return bool(value.is_finite and value.is_real) and equal(value_at(held, cut), value)


class _Undefined(Exception):
    """The function is not defined at the point."""


class _Reader:
    """Reads what an expression is at a point, and notes the expressions on whose signs that depends."""

    def __init__(self, expression, values):
        self.expression, self.values = expression, values
        self.unsolved = set()

    def intervals(self, low, high):
        """[(lower end, upper end, smooth expression or NaN)] from left to right over (low, high)."""
        found, waiting = [], [(low, high)]
        while waiting:
            low, high = waiting.pop()
            self.low, self.high = low, high
            e = self._read(between(low, high))
            cuts = in_order(c for c in self.critical if less(low, c) and less(c, high))
            if self.stuck and not cuts:
                raise self.stuck
            if cuts:
                waiting += reversed(list(pairwise((low, *cuts, high))))
            else:
                found.append((low, high, e))
                self.unsolved |= self.open
            if len(found) + len(waiting) > MAX_CUTS:
                raise ValueError(f"more than {MAX_CUTS} pieces")
        return found

    def held(self, cut):
        self.low = self.high = None
        return self._read(cut)

    def _read(self, point):
        self.point, self.critical, self.open, self.stuck = point, set(), set(), None
        try:
            e = self._smooth(self.expression)
            self._asked(e)
        except _Undefined:
            return UNDEFINED
        given = fixed(e, self.values)
        for base in roots_of(given):
            with contextlib.suppress(Unsolved):
                self._note(base)
        return UNDEFINED if given.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I) else e

    def _smooth(self, e):
        """`e` with every kink in it replaced by the piece that holds at the point."""
        if not e.has(*KINKS):
            return e
        if isinstance(e, sp.Piecewise):
            for piece, condition in e.args:
                if self._holds(condition):
                    return self._smooth(piece)
            raise _Undefined
        arguments = [self._smooth(a) for a in e.args]
        for argument in arguments:  # which e.func may simplify away
            self._asked(argument)
        return self._extreme(e, *arguments) if isinstance(e, (Maximum, Minimum)) else e.func(*arguments)

    def _extreme(self, e, a, b):
        if found := self._sign(a - b, e.prefers(a, 0 if a == -b else b, evaluate=False)):
            return a if (found > 0) == isinstance(e, Maximum) else b
        for k in range(1, TIES):
            slopes = [value_at(fixed(sp.diff(e, x, k), self.values), self.point) for e in (a, b)]
            if not all(s.is_finite and s.is_real for s in slopes) or equal(*slopes):
                continue
            if sign(slopes[0]) * sign(slopes[1]) < 0:  # 0 lies between the slopes
                return sp.S.Zero if a == -b else value_at(fixed(a, self.values), self.point)
            return a if sign(slopes[0] + slopes[1]) * sign(slopes[0] - slopes[1]) < 0 else b
        return min(a, b, key=sp.default_sort_key)

    def _holds(self, condition):
        if condition in (sp.true, sp.false):
            return bool(condition)
        if isinstance(condition, sp.And):
            return self._joined(condition.args, False)
        if isinstance(condition, sp.Or):
            return self._joined(condition.args, True)
        if isinstance(condition, sp.Not):
            return not self._holds(condition.args[0])
        if isinstance(condition, sp.ITE):
            test, yes, no = condition.args
            return self._holds(yes if self._holds(test) else no)
        if isinstance(condition, sp.Xor):
            return sum(self._holds(c) for c in condition.args) % 2 == 1
        if not isinstance(condition, sp.core.relational.Relational):
            raise ValueError(f"{condition} is not a comparison")
        found = self._sign(self._smooth(condition.lhs) - self._smooth(condition.rhs), condition)
        return {sp.Gt: found > 0, sp.Ge: found >= 0, sp.Lt: found < 0, sp.Le: found <= 0, sp.Eq: found == 0,
                sp.Ne: found != 0}[type(condition)]

    def _joined(self, conditions, decisive):
        """What conditions are together of which one that is `decisive` decides, in whatever order they are written and
        though others be undefined or unsolved there."""
        before, stuck, undefined = self.stuck, [], False
        for condition in conditions:
            self.stuck = None
            try:
                if self._holds(condition) == decisive and not self.stuck:
                    self.stuck = before
                    return decisive
            except _Undefined:
                undefined = True
            stuck.append(self.stuck)
        self.stuck = next(filter(None, [before, *stuck]), None)
        if undefined:
            raise _Undefined
        return not decisive

    def _sign(self, difference, condition):
        """The sign of a difference of smooth expressions at the point, on which the condition depends.

        Where that cannot be solved it may be in a part: sin(x) has few zeros in a bounded interval.
        """
        self._asked(difference)
        given = fixed(difference, self.values)
        try:
            self._note(given)
        except Unsolved as error:
            self.stuck = self.stuck or Unsolved(f"cannot solve the condition {condition} for x: {error}")
        found = sign_at(given, self.point)
        if found is None:
            raise _Undefined
        return found

    def _note(self, e):
        if self.low is not None:  # at a cut nothing else matters
            self.critical.update(critical(e, self.low, self.high))

    def _asked(self, e):
        """Raises _Undefined where the expression is not defined at the point."""
        if e.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
            raise _Undefined
        for needed in requirements(e):
            asked = Requirement(fixed(needed.expression, self.values), needed.least)
            try:
                self._note(asked.expression)
            except Unsolved:
                self.open.add(asked)
                continue
            found = sign_at(asked.expression, self.point)
            if found is None or not asked.allows(found):
                raise _Undefined
