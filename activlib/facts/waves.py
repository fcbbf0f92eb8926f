"""Solutions of f(x) = slope x where f swings for ever without a period: a product vanishes where one of its factors does, and
the zeros of a factor in sines and cosines of x are progressions p, p + T, p + 2T, ..."""

from __future__ import annotations

from typing import NamedTuple

import sympy as sp

from activlib.activation import x
from activlib.balls import Undecided, ball
from activlib.facts.charts import chart
from activlib.facts.curve import Curve, period_of
from activlib.facts.enclosure import Enclosure
from activlib.facts.roots import is_zero, without_steep
from activlib.facts.smooth import Shifted, Smooth

ARGUMENT = "A product vanishes where one of its factors does, and a factor in sines and cosines of x repeats with a period."
INDEX = sp.Symbol("k", integer=True)


class Progression(NamedTuple):
    """start + k step for every integer k, or for k = 0, 1, 2, ... alone."""

    start: sp.Expr
    step: sp.Expr
    both: bool

    def holds(self, point: sp.Expr) -> bool:
        """Whether a number is one of it; raises Undecided where a ball does not tell it from one that is."""
        place = ball((point - self.start) / self.step)
        k = sp.Integer(round(float(place.mid())))
        if (k < 0 and not self.both) or not place.contains(int(k)):
            return False
        if is_zero(point - self.start - k * self.step):
            return True
        raise Undecided(f"whether {point} is {self.start} + {k}·{self.step} is not decided")

    def includes(self, other: Progression) -> bool:
        """Whether all numbers of another are of this one."""
        ratio = other.step / self.step
        same_way = self.both or (not other.both and ratio.is_positive)
        return bool(ratio.is_integer) and same_way and self.holds(other.start)

    @property
    def set(self) -> sp.ImageSet:
        return sp.ImageSet(sp.Lambda(INDEX, self.start + INDEX * self.step), sp.Integers if self.both else sp.Naturals0)


def solutions(curve: Curve, slope: int, joints: list[sp.Expr]) -> sp.Set:
    """All solutions: the joints that are some, and those inside the pieces. Raises Undecided."""
    points, progressions = list(joints), []
    for piece in curve.pieces:
        for base in _factors(Shifted(piece, 0, sp.sympify(slope)).expression):
            period = None if piece.lower.is_finite and piece.upper.is_finite else period_of(base)
            if not period:
                points += _zeros(curve, Shifted(Smooth(base, piece.lower, piece.upper)))
                continue
            for new in _progressions(curve, base, period, piece.lower, piece.upper):
                if not any(known.includes(new) for known in progressions):
                    progressions = [known for known in progressions if not new.includes(known)] + [new]
    alone = {p for p in points if not any(progression.holds(p) for progression in progressions)}
    parts = [sp.FiniteSet(*alone)] * bool(alone) + [progression.set for progression in progressions]
    return sp.Union(*parts, evaluate=False) if len(parts) > 1 else parts[0] if parts else sp.S.EmptySet


def _factors(expression):
    """The factors that may vanish where the expression is analytic: a power with a negative exponent does not there."""
    if expression == 0:
        raise Undecided("it vanishes on an interval")
    known, steep = without_steep(expression)
    powers = {base.xreplace(steep): exponent.xreplace(steep) for base, exponent in sp.factor(known).as_powers_dict().items()}
    if any(base.has(x) and not exponent.is_number for base, exponent in powers.items()):
        raise Undecided("a factor is a power of x with x in the exponent")
    return [base for base, exponent in powers.items() if base.has(x) and exponent.is_positive]


def _zeros(curve, g):
    signs = chart(g)
    if 0 in signs.signs:
        raise Undecided("a factor vanishes on an interval")
    curve.examined += signs.boxes
    return signs.zeros


def _progressions(curve, base, period, lower, upper):
    """The zeros of a function with a period between two ends, of which one at least is infinite."""
    whole = curve.periodic(Shifted(Smooth(base, -sp.oo, sp.oo)), period)
    zeros, step = evenly(whole.zeros, period) if whole.period is not None else ([], period)
    for zero in zeros:
        exact = not isinstance(zero, Enclosure)
        if lower.is_infinite and upper.is_infinite:
            yield endless(zero, step)
        elif not exact:
            raise Undecided(f"the zeros {zero} + k·{step} have no closed form")
        elif upper.is_infinite:
            yield Progression(_beyond(zero, step, lower), step, False)
        else:
            yield Progression(_beyond(zero, -step, upper), -step, False)


def endless(point: sp.Expr, step: sp.Expr) -> Progression:
    """The progression in both directions that holds an exact number or an enclosure."""
    return Progression(point if isinstance(point, Enclosure) else point - sp.floor(point / step) * step, step, True)


def evenly(points: list[sp.Expr], period: sp.Expr) -> tuple[list[sp.Expr], sp.Expr]:
    """The points of one period and the period; if they lie evenly, the first of them and the distance between two."""
    step = period / len(points)
    exact = not any(isinstance(point, Enclosure) for point in points)
    if exact and all(is_zero(point - points[0] - i * step) for i, point in enumerate(points)):
        return points[:1], step
    return points, period


def _beyond(zero, step, end):
    """The first of the numbers zero + k step that lies beyond an end, in the direction of the step."""
    return zero + (sp.floor((end - zero) / step) + 1) * step
