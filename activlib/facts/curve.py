"""A function on the line: analytic pieces, the joints between them, and its sign charts."""

from __future__ import annotations

import copy
import dataclasses
import functools
from typing import NamedTuple

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

from activlib.activation import Activation, x
from activlib.balls import Undecided, ball
from activlib.definition.line import Line
from activlib.definition.numbers import in_order, simplifies_away
from activlib.facts.charts import Chart, chart
from activlib.facts.enclosure import Enclosure, evaluated
from activlib.facts.roots import expanded, tidy
from activlib.facts.signs import certain_sign, sign
from activlib.facts.smooth import Shifted, Smooth, require


class Segment(NamedTuple):
    """An open interval on which a function is analytic and has one sign."""

    lower: sp.Expr
    upper: sp.Expr
    sign: int
    piece: Smooth


class Signs(NamedTuple):
    """The segments from left to right; where there is a period, of one period that begins at a zero."""

    segments: tuple[Segment, ...]
    period: sp.Expr | None = None

    @property
    def zeros(self) -> list[sp.Expr]:
        """The isolated zeros inside the pieces."""
        if self.period is not None:
            return [segment.lower for segment in self.segments]
        return [a.upper for a, b in zip(self.segments, self.segments[1:]) if a.piece is b.piece]


class Curve:
    """An activation at exact parameters.

    Raises Undecided where the singularities can't be listed exactly. `examined` counts the boxes
    behind the charts that were asked for.
    """

    def __init__(self, activation: Activation, **parameters):
        form = activation.line(**parameters)
        self.formula = _plain(form.fixed(activation.formula))
        self.form = Line(form.cuts, *(tuple(_plain(form.fixed(e)) for e in part) for part in (form.expressions, form.held)), {})
        self.examined = 0
        self.pieces = tuple(self._analytic(self.form.pieces))
        ends = {end for piece in self.pieces for end in (piece.lower, piece.upper)}
        self.joints = tuple(in_order(end for end in ends if end.is_finite))
        self._cuts = {cut: i for i, cut in enumerate(form.cuts)}
        if not self.pieces:
            raise Undecided("it is defined nowhere")

    def _analytic(self, pieces):
        for lower, upper, expression in pieces:
            intervals = [(lower, upper)]
            for base, positive in _conditions(expression):
                intervals = [part for interval in intervals for part in self._allowed(base, positive, *interval)]
            yield from (Smooth(expression, *interval) for interval in intervals)

    def _allowed(self, base, positive, lower, upper):
        """The open subintervals on which `base` is positive, or not zero."""
        if base.is_positive or (base.is_nonzero and not positive):
            return [(lower, upper)]
        signs = self._chart(Shifted(Smooth(base, lower, upper)))
        if near := [zero for zero in signs.zeros if isinstance(zero, Enclosure)]:
            raise Undecided(f"a singularity near {near[0]} has no closed form")
        stops = (lower, *signs.zeros, upper)
        return [(a, b) for a, b, s in zip(stops, stops[1:], signs.signs) if s > 0 or (s and not positive)]

    @functools.cache  # noqa: B019 - lives as long as one evaluation of the facts
    def value(self, place: sp.Expr) -> sp.Expr | None:
        """f at a point, None outside the domain."""
        if place in self._cuts:
            number = self.form.value(self._cuts[place])
        elif place in self.joints:
            number = _near(self.pieces, place).expression.subs(x, place)
        else:
            return self.piece_at(place).at(0, place)
        return tidy(number) if number.is_finite and number.is_real else None

    def piece_at(self, place):
        for piece in self.pieces:
            if certain_sign(ball(place) - ball(piece.lower)) == certain_sign(ball(piece.upper) - ball(place)) == 1:
                return piece
        raise Undecided(f"{place} lies in no piece for certain")

    @functools.cache  # noqa: B019
    def limits(self, place: sp.Expr, n: int = 0) -> tuple[sp.Expr | None, sp.Expr | None]:
        """The limits of f^(n) from the left and from the right at a joint, None where the domain ends."""
        found = self.form.limits(self._cuts[place], n) if place in self._cuts else (None, None)
        left = [piece for piece in self.pieces if piece.upper == place]
        right = [piece for piece in self.pieces if piece.lower == place]
        return tuple(None if not beside else tidy(known) if known is not None else beside[0].limit(n, place)
                     for beside, known in zip((left, right), found, strict=True))

    def smooth(self, place: sp.Expr) -> bool:
        """Whether f is proved to have all derivatives at a joint."""
        return place in self._cuts and self.form.smooth(self._cuts[place])

    def jump(self, place: sp.Expr, n: int = 0) -> sp.Expr:
        """f^(n)(place+) - f^(n)(place-), an exact number, infinite where one limit is, or NaN where both are the same
        infinity or the domain ends."""
        left, right = self.limits(place, n)
        return sp.nan if left is None or right is None else tidy(right - left)

    @functools.cache  # noqa: B019
    def continuous(self, place: sp.Expr) -> bool:
        """Whether f is continuous at a joint from every side on which it is defined."""
        value = self.value(place)
        sides = [side for side in self.limits(place) if side is not None]
        return value is not None and all(side.is_finite and not sign(side - value) for side in sides)

    def interior(self, place: sp.Expr) -> bool:
        """Whether the domain lies on both sides of a joint."""
        return None not in self.limits(place)

    def breaks(self) -> list[sp.Expr]:
        """The joints at which f is not continuous or not defined."""
        return [joint for joint in self.joints if not self.continuous(joint)]

    @functools.cache  # noqa: B019
    def _chart(self, shifted: Shifted) -> Chart:
        return chart(shifted)

    def signs(self, n: int, slope=sp.S.Zero, level=sp.S.Zero) -> Signs:
        """Where f^(n)(x) - (slope x + level) has which sign, over the whole domain or one period."""
        segments = []
        for piece in self.pieces:
            shifted = Shifted(piece, n, sp.sympify(slope), sp.sympify(level))
            if piece.lower == -sp.oo and piece.upper == sp.oo and (period := period_of(shifted.expression)):
                return self.periodic(shifted, period)
            signs = self._chart(shifted)
            self.examined += signs.boxes
            stops = (piece.lower, *signs.zeros, piece.upper)
            segments += [Segment(a, b, s, piece) for a, b, s in zip(stops, stops[1:], signs.signs)]
        return Signs(tuple(segments))

    def window(self, n: int, start: int) -> tuple[Curve, list[tuple[Smooth, sp.Expr]]]:
        """The same function cut off at |x| = start where the sign of f^(n) does not settle towards infinity, and
        (piece, end) for each such end."""
        pieces, beyond = [], []
        for piece in self.pieces:
            ends = [piece.lower, piece.upper]
            for i, end in enumerate(ends):
                if end.is_infinite and not Shifted(piece, n).settles(end):
                    beyond.append((piece, end))
                    ends[i] = sp.Integer(start if end > 0 else -start)
            if certain_sign(ball(ends[1]) - ball(ends[0])) != 1:
                raise Undecided("the window is too small")
            pieces.append(dataclasses.replace(piece, lower=ends[0], upper=ends[1]))
        inside = copy.copy(self)
        inside.pieces = tuple(pieces)
        return inside, beyond

    def periodic(self, shifted, period):
        """The signs over one period, which begins at a zero; over the line where there is no zero."""
        start = next((p for p in (-period * sp.Rational(k, 17) for k in range(1, 9)) if shifted.sign_at(p)), None)
        if start is None:
            require(simplifies_away(shifted.expression) or None, "whether it is zero everywhere is neither proved nor refuted")
            return Signs((Segment(-sp.oo, sp.oo, 0, shifted.piece),))
        window = Smooth(shifted.piece.expression, start, start + period)
        signs = self._chart(dataclasses.replace(shifted, piece=window))
        self.examined += signs.boxes
        if not signs.zeros:
            return Signs((Segment(-sp.oo, sp.oo, signs.signs[0], shifted.piece),))
        stops = (*signs.zeros, evaluated(signs.zeros[0] + period))
        segments = [Segment(a, b, s, shifted.piece) for a, b, s in zip(stops, stops[1:], signs.signs[1:])]
        return Signs(tuple(segments), period)

    def limit_at(self, piece: Smooth, n: int, end: sp.Expr) -> sp.Expr:
        """f^(n) at an inner point of a piece, or its limit at an end of it."""
        return piece.limit(n, end) if end in (piece.lower, piece.upper) else piece.at(n, end)


def _plain(expression):
    """With exp and log alone."""
    return expression.replace(expm1, lambda z: sp.exp(z) - 1).replace(log1p, lambda z: sp.log(1 + z))


def _near(pieces, place):
    return next(piece for piece in pieces if place in (piece.lower, piece.upper))


@functools.lru_cache(maxsize=256)
def period_of(expression):
    """A period of an expression in sines and cosines of x, or None."""
    waves = [e for e in expression.atoms(sp.sin, sp.cos) if e.has(x)]
    rates = [sp.diff(e.args[0], x) for e in waves]
    if not waves or any(rate.has(x) or not (rate / rates[0]).is_Rational for rate in rates):
        return None
    if expression.xreplace({e: sp.Dummy() for e in waves}).has(x):
        return None
    ratios = [abs(rate / rates[0]) for rate in rates]
    common = sp.Rational(functools.reduce(sp.igcd, (r.p for r in ratios)), functools.reduce(sp.ilcm, (r.q for r in ratios)))
    period = 2 * sp.pi / (abs(rates[0]) * common)
    difference = expanded(expression.subs(x, x + period / 2) - expression)
    return period / 2 if difference == 0 else period


def _conditions(expression):
    """(base, True) where a base must be positive for the expression to be analytic, (base, False) where
    it must not vanish; the innermost first."""
    conditions = {}
    for e in sp.postorder_traversal(expression):
        if not e.has(x):
            continue
        if e.func is sp.log:
            conditions[e.args[0], True] = None
        elif e.is_Pow and not (e.exp.is_Integer and e.exp > 0) and not (e.base.is_positive and not e.base.has(x)):
            conditions[e.base, not e.exp.is_Integer] = None
    return list(conditions)
