"""All facts of one activation at exact parameters, each computed when first asked for."""

from __future__ import annotations

import functools
import math
from types import MappingProxyType

import sympy as sp

from activlib.balls import Undecided, ball, precision
from activlib.entry import Entry
from activlib.facts import bounds, cost, ends, moments, render, shape
from activlib.facts.curve import Curve
from activlib.facts.enclosure import evaluated
from activlib.facts.fact import Fact

LABELS = {}  # name: label
BUILDERS = {}  # name: function of a Facts that gives the fields of the Fact


class Report:
    """The certified facts of one activation; see `activlib.facts.facts`.

    Attributes are `Fact` objects, in the order of `names`; iteration gives all of them. A subclass has `labels`, which
    gives {name: label}, and `_fields`, the fields of the fact with a name.
    """

    def __init__(self, activation: Entry, **parameters):
        self.activation = activation
        self.parameters = {symbol.name: value for symbol, value in activation.at(**parameters).items()}
        self._known = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.labels)

    def __getattr__(self, name) -> Fact:
        if name.startswith("_") or name not in self.labels:
            raise AttributeError(f"there is no fact {name!r}; there are {', '.join(self.names)}")
        if name not in self._known:
            self._known[name] = self._build(name)
        return self._known[name]

    def __getstate__(self):
        return {name: vars(self)[name] for name in ("activation", "parameters", "_known")}  # the rest is made anew

    def __iter__(self):
        return (getattr(self, name) for name in self.names)

    def __dir__(self):
        return [*super().__dir__(), *self.names]

    def __repr__(self):
        return "\n".join([f"Facts of {self._title}", *(f"  {fact.label}: {fact} ({fact.how})" for fact in self)])

    def table(self, *names: str) -> Table:
        """A table of the facts with these names, of all of them where none is given.

        Raises ValueError for a name that is not one of `Facts.names`.
        """
        if unknown := [name for name in names if name not in self.names]:
            raise ValueError(f"there is no fact {unknown[0]!r}; there are {', '.join(self.names)}")
        return Table(tuple(getattr(self, name) for name in names or self.names), f"Certified facts: {self._title}")

    def _repr_html_(self):
        return self.table()._repr_html_()

    @property
    def _setting(self):
        """The parameters: what is long as the float that gave it, or rounded."""
        told = []
        for p in self.activation.parameters:
            value = self.parameters[p.name]
            if len(str(value)) <= 16:
                told.append(f"{p.text} = {value}")
            elif math.isfinite(float(value)) and sp.Rational(float(value)) == value:
                told.append(f"{p.text} = {float(value)}")
            else:
                told.append(f"{p.text} ≈ {value.n(6)!s}")
        return ", ".join(told)

    @property
    def _title(self):
        return f"{self.activation.title} with {self._setting}" if self._setting else self.activation.title

    def _build(self, name):
        label = self.labels[name]
        with precision():
            try:
                return Fact(name, label, **self._fields(name))
            except Undecided as undecided:
                reason = str(undecided)
            except OverflowError:
                reason = "a number in it is too large or too small to be evaluated"
        return Fact(name, label, None, f"{reason[0].upper()}{reason[1:]}.", absent=True)


class Facts(Report):
    """The certified facts of an activation of one number."""

    labels = MappingProxyType(LABELS)

    @functools.cached_property
    def _curve(self):
        return Curve(self.activation, **self.parameters)

    def _fields(self, name):
        self._curve.examined = 0
        known = BUILDERS[name](self)
        return {"boxes": self._curve.examined} | known


class Table:
    """Some facts side by side, as text or HTML."""

    def __init__(self, facts: tuple[Fact, ...], caption: str):
        self.facts, self.caption = facts, caption

    def __repr__(self):
        return "\n".join([self.caption, *(f"  {fact.label}: {fact} ({fact.how})" for fact in self.facts)])

    def _repr_html_(self):
        return render.table(self.facts, self.caption)


class Comparison:
    """The same properties of several activations, or of one at several parameters, a column each."""

    def __init__(self, several: tuple[Report, ...], names: tuple[str, ...]):
        alike = len({facts.activation for facts in several}) == 1
        self.labels = [facts._setting if alike else facts._title for facts in several]
        self.columns = [facts.table(*names).facts for facts in several]
        self.caption = f"Certified facts: {several[0].activation.title}" if alike else "Certified facts"

    def __repr__(self):
        lines = [self.caption]
        for facts in zip(*self.columns, strict=True):
            lines += [f"  {facts[0].label}", *(f"    {label}: {fact} ({fact.how})" for label, fact in
                                              zip(self.labels, facts, strict=True))]
        return "\n".join(lines)

    def _repr_html_(self):
        return render.comparison(self.columns, self.labels, self.caption)


def fact(name, label):
    def register(build):
        LABELS[name], BUILDERS[name] = label, build
        return build
    return register


@fact("domain", "Domain")
def _(self):
    curve = self._curve
    points = [joint for joint in curve.joints if curve.value(joint) is not None]
    domain = sp.Union(*(sp.Interval.open(p.lower, p.upper) for p in curve.pieces), sp.FiniteSet(*points))
    return {"known": domain, "argument": "No denominator vanishes, and no logarithm or root leaves its domain, there."}


@fact("range", "Range")
def _(self):
    values, found = bounds.range_(self._curve)
    return {"known": values, "argument": "Limits at the ends and values where the derivative changes its sign. "
            + " ".join(_bound_sentence(b) for b in dict.fromkeys(found))}


def _bound_sentence(b):
    if b.attained:
        return f"{render.plain(b.value)} is attained on {render.plain(_set(b.attained))}."
    return f"{render.plain(b.value)} is approached as x → {', '.join(map(render.plain, b.approached))}."


def _set(places):
    """Points and intervals as one set."""
    return sp.Union(*(place if isinstance(place, sp.Set) else sp.FiniteSet(place) for place in places))


for _end, _side, _name in ((-sp.oo, "−∞", "left"), (sp.oo, "+∞", "right")):
    @fact(f"{_name}_limit", f"Limit at {_side}")
    def _(self, end=_end):
        found, argument = ends.limit(self._curve, end)
        return {"known": found, "argument": f"{argument}."}

    @fact(f"{_name}_asymptote", f"Asymptote at {_side}")
    def _(self, end=_end):
        line, side = ends.asymptote(self._curve, end)
        return {"known": line, "argument": f"The expansion at that end, with a proved remainder: the graph {side}."}


@fact("symmetry", "Symmetry")
def _(self):
    found, reason = ends.symmetry(self._curve)
    return {"known": found, "argument": f"{reason}."}


def _solution_fact(slope):
    def build(self):
        found, period, argument = shape.solutions(self._curve, slope)
        return {"known": found, "period": period, "argument": argument}
    return build


fact("zeros", "Zeros")(_solution_fact(0))
fact("fixed_points", "Fixed points")(_solution_fact(1))


def _shape_fact(name, label, function, argument):
    @fact(name, label)
    def build(self):
        found, period = function(self._curve)
        if found in ((), sp.S.EmptySet) or (isinstance(found, tuple) and found[0][0] == sp.Interval(-sp.oo, sp.oo)):
            period = None  # the same in every period
        return {"known": found, "period": period, "argument": f"{argument} {shape.CHART}"}


_shape_fact("monotonicity", "Monotonicity", shape.monotonicity, "The sign of f'.")
_shape_fact("extrema", "Strict local extrema", shape.extrema, "The sign changes of f', and the values at breakpoints.")
_shape_fact("convexity", "Convexity", shape.convexity, "The sign of f'', and the jumps of f' at breakpoints.")
_shape_fact("inflection_points", "Inflection points", shape.inflections, "The sign changes of f'' where f' exists.")


@fact("smoothness", "Smoothness")
def _(self):
    return {"known": ends.smoothness(self._curve),
            "argument": "Each piece is analytic; at a breakpoint inside the domain the one-sided "
                        "derivatives are compared exactly."}


def _lipschitz_fact(name, label, n, argument):
    @fact(name, label)
    def build(self):
        found = bounds.lipschitz(self._curve, n)
        return {"known": found.value, "attained": _set(found.attained), "approached": found.approached,
                "argument": argument}


_lipschitz_fact("lipschitz", "Lipschitz constant", 0, "sup |f'|, from the sign of f''; infinite if f jumps.")
_lipschitz_fact("lipschitz_of_gradient", "Lipschitz constant of f'", 1,
                "sup |f''|, from the sign of f'''; infinite if f or f' jumps.")
_shape_fact("saturation", "Saturation |f'| < 0.01", shape.saturation, "The signs of f' - 1/100 and f' + 1/100.")


def _moment_fact(name, label, n, power):
    @fact(name, label)
    def build(self):
        value, boxes, argument = moments.moment(self._curve, n, power)
        if power == 1 and not self.symmetry.absent and self.symmetry.value.kind in ("odd", "point") and (
                (center := self.symmetry.value.center)[0] == 0):
            return {"known": center[-1], "boxes": boxes, "argument": "By symmetry; the integral converges."}
        return {"known": value, "boxes": boxes, "argument": f"Standard normal Z: {argument}."}


_moment_fact("mean", "Mean E f(Z)", 0, 1)
_moment_fact("second_moment", "Second moment E f(Z)²", 0, 2)
_moment_fact("gradient_second_moment", "Second moment of the slope E f'(Z)²", 1, 2)


def _derived(self, expression, argument, *sources):
    for source in sources:
        if source.absent:
            raise Undecided(f"it needs {source.name}, which is not certified: {source.argument.removesuffix('.')}")
    return {"known": evaluated(expression(*(source.value for source in sources))),
            "boxes": max(source.boxes for source in sources), "argument": argument}


@fact("variance", "Variance of f(Z)")
def _(self):
    return _derived(self, lambda mean, square: square - mean**2, "E f(Z)² - (E f(Z))².", self.mean, self.second_moment)


@fact("gain", "Gain 1/√E f(Z)²")
def _(self):
    if not self.second_moment.absent and not ball(self.second_moment.value) > 0:
        raise Undecided("the second moment is zero" + " or not told from it" * (self.second_moment.value != 0))
    return _derived(self, lambda square: 1 / sp.sqrt(square), "From the second moment.", self.second_moment)


@fact("cost", "Cost")
def _(self):
    return {"known": cost.cost(self._curve.formula), "argument": "Counted on the expression tree of the formula."}
