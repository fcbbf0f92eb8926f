"""A function of x and claims about it, in mpmath at hundreds of digits: what the falsifier compares.

Nothing here is shared with `activlib.facts`: values come from the formula itself, derivatives from finite differences.
"""

from random import Random

import pytest
import sympy as sp
from mpmath import mp, mpf
from sympy.codegen.cfunctions import expm1, log1p

import activlib as al
from activlib.activation import x

DIGITS = 400  # of every value: enough to tell 1 - exp(-700) from 1
MANY = 4  # parameters, of which not every setting is tested
NEAR = [mpf(10) ** -k for k in (2, 6, 20, 60, 150)]  # how near to a place of interest we look
FAR = [mpf(10) ** k for k in (1, 2, 4, 8, 20, 50, 100, 308)]
UNDEFINED = (ZeroDivisionError, ValueError, TypeError, OverflowError)


def _short(function):
    """The function, for arguments whose exponent has few digits: others take the memory of their size."""
    def guarded(z):
        if mp.mag(z) > 5000:
            raise OverflowError
        return function(z)
    return guarded


SHORT = {name: _short(getattr(mp, name)) for name in ("exp", "sin", "cos", "sinh", "cosh", "tanh", "erf", "erfc")}


class Oracle:
    """A function of x, evaluated; `asked` counts the claims it was compared with."""

    def __init__(self, activation, parameters):
        values = activation.at(**parameters)
        formula = activation.formula.subs(values)
        self.formula = formula.replace(expm1, lambda z: sp.exp(z) - 1).replace(log1p, lambda z: sp.log(1 + z))
        self.asked = 0
        constants = self.formula.replace(lambda e: isinstance(e, sp.Expr) and e.is_number and not e.is_Rational,
                                         lambda e: e.evalf(DIGITS + 50))
        self._compiled = sp.lambdify(x, constants, [SHORT, "mpmath"])
        self._values = {}
        for place in (b.subs(values) for b in activation.breakpoints):
            if place.is_real:  # mpmath cannot tell x = sqrt(2)
                value = self.formula.subs(x, place)
                self._values[number(place)] = number(value) if value.is_finite and value.is_real else None
        self.joints = sorted(self._values)

    def __call__(self, p):
        """f(p) in DIGITS digits, or None where it is not a finite real number."""
        if p not in self._values:
            try:
                value = self._compiled(p)
                self._values[p] = mpf(mp.re(value)) if mp.isfinite(value) and not mp.im(value) else None
            except UNDEFINED:
                self._values[p] = None
        return self._values[p]

    def derivative(self, p, n=1):
        """The n-th derivative at p by finite differences, or None at a joint and where f is undefined or huge."""
        if not self.meets(p - NEAR[2] / 10, p + NEAR[2] / 10) or (value := self(p)) is None:
            return None
        if max(abs(value) / 10**15, abs(p) / 10**9) > 1:
            return None
        with mp.workdps(60):
            try:
                slope = mp.diff(self._compiled, p, n)
            except UNDEFINED:
                return None
        return None if mp.im(slope) else mpf(mp.re(slope))

    def meets(self, a, b):
        """Whether no joint lies in [a, b]."""
        return not any(a <= joint <= b for joint in self.joints)

    def pole(self, a, b):
        """Whether the function is undefined or unbounded between two points at which its signs differ."""
        for _ in range(200):
            middle = (a + b) / 2
            if (value := self(middle)) is None or abs(value) > 1e30:
                return True
            a, b = (middle, b) if self(a) * value > 0 else (a, middle)
        return False

    def claims(self, condition, message, *numbers):
        """Nothing where the condition holds, and the message about the numbers where it does not."""
        self.asked += 1
        return [] if condition else [message.format(*(mp.nstr(n, 20) for n in numbers))]


class Members:
    """A SymPy set of reals as points and intervals (low, high, left open, right open), repeated with a period."""

    def __init__(self, found, period=None):
        found = parts(found, 1100)  # solutions up to 1000 are looked for
        self.points = [number(p) for part in found if isinstance(part, sp.FiniteSet) for p in part]
        self.intervals = [(number(i.start), number(i.end), bool(i.left_open), bool(i.right_open))
                          for part in found for i in [sp.S.Reals.intersect(part)] if isinstance(i, sp.Interval)]
        self.period = number(period) if period is not None else None
        self.ends = [*self.points, *(end for i in self.intervals for end in i[:2] if mp.isfinite(end))]

    def _shifts(self, p):
        """p, and in the periodic case the points equivalent to it near the members."""
        if self.period is None or not self.ends:
            return [p]
        first = p - mp.floor((p - min(self.ends)) / self.period) * self.period
        return [first - self.period, first, first + self.period]

    def holds(self, p, margin):
        """Whether p is a member; None within the margin of an end."""
        if any(abs(q - end) <= margin for q in self._shifts(p) for end in self.ends):
            return None
        return any(low < q < high for q in self._shifts(p) for low, high, *_ in self.intervals)

    def between(self, a, b, margin):
        """Whether a member lies in [a - margin, b + margin]."""
        return any(
            any(p - margin <= end <= q + margin for end in self.points)
            or any(low <= q + margin and p - margin <= high for low, high, *_ in self.intervals)
            for p, q in self._copies(a, b))

    def _copies(self, a, b):
        if self.period is not None and b - a >= self.period:
            return [(-mp.inf, mp.inf)]
        return [(p, p + b - a) for p in self._shifts(a)]


def parts(found, reach=10):
    """The points, intervals and other sets that a set consists of; of a progression the members of about that size."""
    found = found.args if isinstance(found, sp.Union) else [found]
    return [_members(part, reach) if isinstance(part, sp.ImageSet) else part for part in found]


def _members(progression, reach):
    first, second = (progression.lamda(sp.Integer(k)) for k in (0, 1))
    count = int(reach / abs(number(second - first))) + 2
    return sp.FiniteSet(*(progression.lamda(sp.Integer(k)) for k in range(-count, count + 1) if k in progression.base_set))


def number(e) -> mpf:
    """The SymPy number, or infinity, with DIGITS digits; the midpoint of an enclosure."""
    if e.is_infinite:
        return mp.inf if e > 0 else -mp.inf
    with mp.workdps(DIGITS):
        return mp.make_mpf(sp.Float(e.evalf(DIGITS), DIGITS)._mpf_)


def places(values):
    """All finite numbers in the values of facts, in order."""
    found = set()

    def visit(value):
        if isinstance(value, (tuple, list)):
            for part in value:
                visit(part)
        elif isinstance(value, sp.Set):
            visit([part.args if isinstance(part, sp.FiniteSet) else part.args[:2] for part in parts(value)])
        elif isinstance(value, sp.Expr) and value.is_number and value.is_finite:
            found.add(number(value))

    visit(list(values))
    return sorted(found)


def sample(special, seed=1, size=25):
    """Points in order: places of interest and their neighborhoods, random ones of several sizes, and far ones."""
    random = Random(seed)
    points = {mpf(0), mpf(5e-324), -mpf(5e-324)}
    for place in {*special}:
        points.update([place, *(place + side * near for near in NEAR for side in (-1, 1))])
    for scale in (0.01, 1, 10, 200):
        points.update(mpf(random.gauss(0, scale)) for _ in range(size))
    points.update(side * far for far in FAR for side in (-1, 1))
    return sorted(points)


def inside(low, high, size=12):
    """Points of an interval, which may be infinite, in order."""
    random = Random(2)
    if mp.isfinite(low) and mp.isfinite(high):
        return sorted(low + (high - low) * mpf(step) for step in (0.001, *(random.random() for _ in range(size)), 0.999))
    steps = sorted([*(mpf(random.expovariate(0.25)) for _ in range(size)), mpf(200), mpf(10) ** 6])
    if mp.isfinite(low):
        return [low + step for step in steps]
    if mp.isfinite(high):
        return [high - step for step in reversed(steps)]
    return [*(-step for step in reversed(steps)), *steps]


def settings(activation):
    """The default parameters, and both ends and an inner point of each slider; of many sliders one of the three each, in turn."""
    yield {}
    for i, p in enumerate(activation.parameters):
        low, high, _ = p.slider
        values = (low, low + (high - low) * sp.Rational(3, 8), high)
        yield from ({p.name: value} for value in (values if len(activation.parameters) <= MANY else values[i % 3:][:1]))


# (activation, parameters) over the whole catalogue
CASES = [pytest.param(f, parameters, id="-".join([name, *(f"{k}={v}" for k, v in parameters.items())]))
         for name, f in al.activations.items() for parameters in settings(f)]


def near(a, b, margin):
    return abs(a - b) <= margin * max(1, abs(a), abs(b))
