"""Certified facts of activations of several numbers, for two numbers or more.

    claims      the names of the facts, and what follows for any formula
    shares      softmax, sparsemax and their kind: one theorem for all, in the power that makes the weights of the Jacobian
    logs        logarithms of shares, and log-sum-exp
    choices     the largest number, and where it is
    units       products of two halves, and several functions of one number
"""

from __future__ import annotations

import functools

from activlib.facts.report import Report
from activlib.vector.facts.choices import FirstClaims, LargestClaims
from activlib.vector.facts.claims import LABELS, OverAllClaims
from activlib.vector.facts.logs import LogShareClaims, LogSumClaims
from activlib.vector.facts.shares import ShareClaims
from activlib.vector.facts.units import ExpandClaims, PairClaims
from activlib.vector.forms import form

KINDS = {"shares": ShareClaims, "thresholds": ShareClaims, "log_shares": LogShareClaims, "log_sum": LogSumClaims,
         "first": FirstClaims, "largest": LargestClaims, "pair": PairClaims, "expand": ExpandClaims}


class VectorFacts(Report):
    """The certified facts of an activation of several numbers; which there are depends on its formula."""

    @functools.cached_property
    def _claims(self):
        values = self.activation.at(**self.parameters)
        fixed = None if self.activation.kind in ("pair", "expand") else form(self.activation.formula.subs(values))
        kind = fixed.kind if fixed else self.activation.kind
        return KINDS.get(kind, OverAllClaims)(self.activation, self.parameters, fixed)

    @property
    def labels(self):
        return {name: label for name, label in LABELS.items() if hasattr(self._claims, name)}

    def _fields(self, name):
        return getattr(self._claims, name)()
