"""Products f(a) g(b) of two halves, and several functions of one number: from the facts of functions of one number."""

from __future__ import annotations

import functools
import itertools

import sympy as sp

from activlib.balls import Undecided
from activlib.definition.symbols import x
from activlib.facts import facts
from activlib.facts.bounds import compare
from activlib.facts.enclosure import evaluated
from activlib.facts.render import Phrase
from activlib.vector.facts.claims import Claims
from activlib.vector.forms import factors, unit

INDEPENDENT = "a and b are independent and standard normal"


def _degree(activation, parameters):
    """The d with f(c x) = c^d f(x) for c > 0, None if there is none; by Euler's x f' = d f on each piece."""
    line = activation.line(**parameters)
    if any(cut != 0 for cut in line.cuts):
        return None
    pieces = (line.fixed(e) for *_, e in line.pieces)
    degrees = {sp.simplify(x * sp.diff(e, x) / e) for e in pieces if e != 0}
    return degrees.pop() if len(degrees) == 1 and all(d.is_number for d in degrees) else None


def _known(fact):
    """The value of a fact; where it is not certified, Undecided with its reason."""
    if fact.absent:
        raise Undecided(f"it needs {fact.name} of a factor, which is not certified: {fact.argument.removesuffix('.')}")
    return fact.value


def _greatest(numbers):
    top, *others = numbers
    for other in others:
        top = other if compare(other, top) > 0 else top
    return top


class _UnitClaims(Claims):
    """Moments from `_moment(name)`, the value and how many boxes were examined, and why."""

    def _own(self, activation):
        return {p.name: self.parameters[p.name] for p in activation.parameters}

    def _facts(self, activation):
        return facts(activation, **self._own(activation))

    def _pieces(self, activation):
        """(expression, lower end, upper end) of each piece."""
        line = activation.line(**self._own(activation))
        return [(line.fixed(e), lower, upper) for lower, upper, e in line.pieces]

    def _values(self, e):
        """The bounds of an expression in x."""
        found = _known(self._facts(unit(sp.piecewise_fold(e), self.activation.parameters)).range)
        return found.inf, found.sup

    def mean(self):
        return self._moment("mean")

    def second_moment(self):
        return self._moment("second_moment")

    def variance(self):
        mean, second = self.mean(), self.second_moment()
        return {"known": evaluated(second["known"] - mean["known"] ** 2), "boxes": second["boxes"], "argument": "E y² - (E y)²."}

    def gain(self):
        second = self.second_moment()
        if second["known"] == 0:
            raise Undecided("the second moment is zero")
        return {"known": evaluated(1 / sp.sqrt(second["known"])), "boxes": second["boxes"], "argument": "From the second moment."}


class PairClaims(_UnitClaims):
    """`Claims` of f(a) g(b)."""

    @functools.cached_property
    def _pair(self):
        if (found := factors(self.activation.formula, self.activation.parameters)) is None:
            raise Undecided("it is no product of a function of a and a function of b")
        return found

    @functools.cached_property
    def _both(self):
        return tuple(map(self._facts, self._pair))

    def range(self):
        first, second = (_known(of.range) for of in self._both)
        if sp.S.Reals in (first, second) and not {first, second} & {sp.FiniteSet(0), sp.S.EmptySet}:
            return {"known": sp.S.Reals, "boxes": 1, "argument": "One factor takes every real value, whatever the other is."}
        if not all(isinstance(values, sp.Interval) and not (values.left_open or values.right_open) for values in (first, second)):
            raise Undecided("the range of a factor is neither the line nor an interval with its ends")
        corners = [evaluated(p * q) for p in (first.start, first.end) for q in (second.start, second.end)]
        low, high = -_greatest([-corner for corner in corners]), _greatest(corners)
        return {"known": sp.Interval(evaluated(low), high), "boxes": self._boxes("range"),
                "argument": "The factors vary independently over intervals, and a product is largest and smallest at ends of "
                            "both."}

    def _boxes(self, *names):
        return max(1, *(getattr(of, name).boxes for of in self._both for name in names))

    def homogeneity(self):
        degrees = [_degree(f, self._own(f)) for f in self._pair]
        if None not in degrees:
            return {"known": sum(degrees), "argument": "The degrees of the factors, each by Euler's x f' = d f."}
        if degrees[0] is None and degrees[1] is None:
            return {"known": None, "argument": "Neither factor satisfies Euler's x f' = d f for any d."}
        half, degree = ("a", degrees[0]) if degrees[0] is not None else ("b", degrees[1])
        return {"known": Phrase((degree, f"in {half} alone")), "argument": "Euler's x f' = d f holds for that factor alone."}

    def lipschitz(self):
        def bound(g, size, steepest):
            square = (steepest * g) ** 2 + (size * sp.diff(g, x)) ** 2
            return sp.sqrt(self._values(square)[1])
        return self._lipschitz(bound, "√((f'g)² + (f g')²)")

    def lipschitz_infinity(self):
        def bound(g, size, steepest):
            several = [self._values(steepest * g + sign * size * sp.diff(g, x)) for sign in (1, -1)]
            return _greatest(abs(end) for ends in several for end in ends)
        return self._lipschitz(bound, "|f'g| + |f g'|")

    def _lipschitz(self, bound, what):
        for of, other in (self._both, self._both[::-1]):
            values, steepest = _known(other.range), _known(of.lipschitz)
            if steepest == sp.oo and values != sp.FiniteSet(0):
                return {"known": sp.oo, "boxes": self._boxes("range", "lipschitz"), "argument":
                        "The factor of one half has no finite Lipschitz constant, and the other factor is not 0 everywhere."}
            if steepest != 0 and not (values.inf.is_finite and values.sup.is_finite):
                return {"known": sp.oo, "boxes": self._boxes("range", "lipschitz"), "argument":
                        "The slope by one half is the slope of its factor times the other factor, which is unbounded."}
        (f, g), first = self._pair, self._both[0]
        steepest, values = _known(first.lipschitz), _known(first.range)
        size = _greatest((abs(values.inf), abs(values.sup)))
        if not any(abs(sp.diff(e, x)) == steepest and any(end.is_finite and abs(e.subs(x, end)) == size for end in ends)
                   for e, *ends in self._pieces(f)):
            raise Undecided("|f| and |f'| are not known to be largest together")
        return {"known": evaluated(bound(g.formula, size, steepest)), "boxes": self._boxes("range", "lipschitz"),
                "argument": f"The least upper bound of {what} over a and b: |f| approaches its own where |f'| has its own, and "
                            "what "
                            "remains is a function of b."}

    def _moment(self, name):
        values = [_known(getattr(of, name)) for of in self._both]
        return {"known": evaluated(values[0] * values[1]), "boxes": self._boxes(name),
                "argument": f"{INDEPENDENT}: the product of the factors' moments."}

    def gradient_second_moment(self):
        (f2, df2), (g2, dg2) = ((_known(of.second_moment), _known(of.gradient_second_moment)) for of in self._both)
        return {"known": evaluated(sp.expand(df2 * g2 + f2 * dg2)),
                "boxes": self._boxes("second_moment", "gradient_second_moment"),
                "argument": f"{INDEPENDENT}: E f'² E g² + E f² E g'²."}


class ExpandClaims(_UnitClaims):
    """`Claims` of several functions f_k of one number."""

    @functools.cached_property
    def _each(self):
        return [self._facts(unit(formula, self.activation.parameters)) for formula in self.activation.formula]

    def _boxes(self, *names):
        return max(1, *(getattr(of, name).boxes for of in self._each for name in names))

    def _equals(self, e, target):
        """Whether an expression in x is `target`, an expression without pieces."""
        one = unit(sp.piecewise_fold(e), self.activation.parameters)
        return all(sp.simplify(piece - target) == 0 for piece, *_ in self._pieces(one))

    def range(self):
        ranges = {_known(of.range) for of in self._each}
        if len(ranges) > 1:
            raise Undecided("the results have different ranges")
        return {"known": ranges.pop(), "boxes": self._boxes("range"), "argument": "That of each of the functions of one number."}

    def homogeneity(self):
        degrees = {_degree(of.activation, of.parameters) for of in self._each}
        return {"known": degrees.pop() if len(degrees) == 1 else None,
                "argument": "Euler's x f' = d f on every piece of every result."}

    def norm(self):
        kept = self._equals(sum(f**2 for f in self.activation.formula), x**2)
        return {"known": kept, "argument": "The squares of the results of each number add up to its square, piece by piece."
                if kept else "The squares of the results of a number do not add up to its square."}

    def injective(self):
        for signs in itertools.product((1, -1), repeat=len(self._each)):
            if self._equals(sum(sign * f for sign, f in zip(signs, self.activation.formula)), x):
                written = " ".join(f"{'-' if sign < 0 else '+'} y_{k}" for k, sign in enumerate(signs, 1)).removeprefix("+ ")
                return {"known": True, "argument": f"x = {written} gives the number back."}
        raise Undecided("no sum of the results with signs gives the number back")

    def lipschitz(self):
        self._continuous()
        top = self._values(sum(sp.diff(f, x) ** 2 for f in self.activation.formula))[1]
        return {"known": evaluated(sp.sqrt(top)), "boxes": self._boxes("lipschitz"),
                "argument": "The numbers do not mix, and the results are continuous: the square root of the largest Σ_k f_k'²."}

    def lipschitz_infinity(self):
        self._continuous()
        return {"known": _greatest(_known(of.lipschitz) for of in self._each), "boxes": self._boxes("lipschitz"),
                "argument": "The numbers do not mix, and the results are continuous: the largest |f_k'|."}

    def _continuous(self):
        if any(_known(of.smoothness).order < 0 for of in self._each):
            raise Undecided("a result jumps")

    def _moment(self, name):
        values = [_known(getattr(of, name)) for of in self._each]
        return {"known": evaluated(sum(values) / len(values)), "boxes": self._boxes(name),
                "argument": "x is standard normal: the average of that of the results of one number."}

    def gradient_second_moment(self):
        return self._moment("gradient_second_moment")
