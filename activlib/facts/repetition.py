"""Functions that repeat for ever towards an end, if need be at a greater and greater height: one period tells their bounds."""

from __future__ import annotations

import copy
import dataclasses
from typing import NamedTuple

import sympy as sp

from activlib.facts.curve import Curve, period_of
from activlib.facts.signs import sign
from activlib.facts.smooth import Smooth
from activlib.facts.waves import Progression, endless, evenly


class Repetition(NamedTuple):
    """How f^(n) goes on beyond one period of a piece: f^(n)(x + step) - f^(n)(x) is a constant with the sign `drift`."""

    piece: Smooth
    step: sp.Expr  # away from the finite end, if the piece has one
    drift: int

    @property
    def _both(self):
        return self.piece.lower.is_infinite and self.piece.upper.is_infinite

    def again(self, point: sp.Expr) -> sp.Expr | Progression:
        """All points at which f^(n) has the value that it has at a point of the period."""
        if self.drift:
            return point
        return endless(point, self.step) if self._both else Progression(point, self.step, False)

    def far(self) -> list[tuple[sp.Expr, sp.Expr]]:
        """(limit along multiples of the period, end) for each infinite end towards which f^(n) drifts."""
        if not self.drift:
            return []
        ahead = sp.oo * sp.sign(self.step)
        found = [(sp.oo * self.drift, ahead)]
        return [*found, (-found[0][0], -ahead)] if self._both else found


def one_period(curve: Curve, n: int) -> tuple[Curve, dict[Smooth, Repetition]]:
    """The function with one period alone of each piece on which f^(n+1) repeats for ever, and how f^(n) goes on there."""
    pieces, found = [], {}
    for piece in curve.pieces:
        infinite = piece.lower.is_infinite or piece.upper.is_infinite
        if infinite and (period := period_of(piece.derivative(n + 1))):
            start = next((end for end in (piece.lower, piece.upper) if end.is_finite), sp.S.Zero)
            step = period if piece.upper.is_infinite else -period
            ends = (start, start + step) if piece.upper.is_infinite else (start + step, start)
            repetition = Repetition(piece, step, sign(piece.at(n, start + step) - piece.at(n, start)))
            piece = dataclasses.replace(piece, lower=ends[0], upper=ends[1])
            found[piece] = repetition
        pieces.append(piece)
    inside = copy.copy(curve)
    inside.pieces = tuple(pieces)
    return inside, found


def members(places: list[sp.Expr | sp.Set | Progression]) -> list[sp.Expr | sp.Set]:
    """Points, intervals and progressions as points and sets, progressions that lie evenly as one."""
    alone, progressions = [], []
    for place in places:
        if not isinstance(place, Progression):
            alone.append(place)
        elif not any(known.includes(place) for known in progressions):
            progressions = [known for known in progressions if not place.includes(known)] + [place]
    alike = {}
    for progression in progressions:
        alike.setdefault((progression.step, progression.both), []).append(progression.start)
    for (step, both), starts in alike.items():
        starts, step = evenly(sorted(starts, key=lambda start, step=step: start * sp.sign(step)), step)
        alone += [Progression(start, step, both).set for start in starts]
    return alone
