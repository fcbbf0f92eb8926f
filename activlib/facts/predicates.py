"""What a reader may ask of an activation, each question with the certified facts or the stored run that answer it.

The filters of the properties page, the decision helper on the page Choosing and that page's own table ask here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import sympy as sp

from activlib.balls import Undecided, precision
from activlib.facts.bounds import compare
from activlib.facts.cost import cheap
from activlib.facts.fact import AbsentFact
from activlib.facts.report import Facts


@dataclass(frozen=True)
class Predicate:
    """A question with the answers yes, no, and not known.

    name: a slug. label: what the activation is or has, as a list of such demands says it.
    facts: the names of the certified facts that `claim` reads; none where it reads a stored run.
    claim: a function of the `Facts` of an activation; true, false, or None where a run did not ask.
    run: the words for what a stored run has found, a function of the `Facts`.
    """

    name: str
    label: str
    facts: tuple[str, ...]
    claim: Callable[[Facts], bool | None]
    run: Callable[[Facts], str] | None = None

    def holds(self, facts: Facts) -> bool | None:
        """Whether the facts say so, of the activation at the parameters that they are about; None where nothing is certified,
        or nothing was run."""
        try:
            with precision():
                found = self.claim(facts)
        except (AbsentFact, Undecided):
            return None
        return None if found is None else bool(found)

    def evidence(self, facts: Facts) -> str:
        """What says so, as text: the facts that were read, or what the run has found."""
        return self.run(facts) if self.run else "; ".join(f"{fact.label}: {fact}" for fact in map(facts.__getattr__, self.facts))


_PREDICATES = {}


def _ask(name, label, *facts, run=None):
    def register(claim):
        _PREDICATES[name] = Predicate(name, label, facts, claim, run)
        return claim
    return register


def _kinds(fact):
    return {stretch.kind.split()[-1] for stretch in fact.value}


def _over(facts, shapes, fact):
    """Whether the fact is one stretch, the whole domain, with one of these shapes."""
    return _kinds(fact) <= shapes and [stretch.interval for stretch in fact.value] == [facts.domain.value]


@_ask("bounded", "bounded", "range")
def _(k):
    return k.range.value.inf.is_finite and k.range.value.sup.is_finite


@_ask("never-negative", "never negative", "range")
def _(k):
    return compare(k.range.value.inf, sp.S.Zero) >= 0


@_ask("positive", "always positive", "range")
def _(k):
    return compare(k.range.value.inf, sp.S.Zero) >= 0 and 0 not in k.range.value


@_ask("unit-range", "between 0 and 1", "range")
def _(k):
    values = k.range.value
    return compare(values.inf, sp.S.Zero) >= 0 and compare(values.sup, sp.S.One) <= 0


@_ask("never-decreasing", "never decreasing", "monotonicity")
def _rising(k):
    if not _kinds(k.monotonicity) <= {"increasing", "constant"}:
        return False
    for joint in k._curve.joints:  # where it may jump
        left, right = k._curve.limits(joint)
        steps = [value for value in (left, k._curve.value(joint), right) if value is not None]
        if any(compare(a, b) > 0 for a, b in pairwise(steps)):
            return False
    return True


@_ask("bijection", "a bijection of the real line", "monotonicity", "range")
def _(k):
    return (_kinds(k.monotonicity) == {"increasing"} and _rising(k) and k.range.value == k.domain.value == sp.S.Reals)


@_ask("convex", "convex", "convexity")
def _(k):
    return _over(k, {"convex", "affine"}, k.convexity)


@_ask("differentiable", "differentiable everywhere", "smoothness")
def _(k):
    return k.smoothness.value.order >= 1


@_ask("twice-differentiable", "twice continuously differentiable", "smoothness")
def _(k):
    return k.smoothness.value.order >= 2


@_ask("smooth", "smooth of every order", "smoothness")
def _(k):
    return k.smoothness.value.order is sp.oo


@_ask("lipschitz-1", "Lipschitz constant at most 1", "lipschitz")
def _(k):
    return compare(k.lipschitz.value, sp.S.One) <= 0


@_ask("zero-at-zero", "zero at zero", run=lambda k: "f(0) = 0, from the formula")
def _(k):
    return k._curve.value(sp.S.Zero) == 0


@_ask("zero-mean", "zero mean", "mean")
def _(k):
    return k.mean.value == 0


@_ask("never-saturates", "never saturates", "saturation")
def _(k):
    return k.saturation.value.is_empty


@_ask("cheap", "cheap: additions, multiplications, comparisons", "cost")
def _(k):
    return cheap(k._curve.formula)


@functools.cache
def _eight_bits():
    """{activation: what ONNX Runtime executes beside the layer and the conversions at both ends}, of those that were run,
    and the runtime's version."""
    from activlib.experiment import stored

    run = stored("eight_bits")
    alone = ["QuantizeLinear", "QLinearMatMul", "DequantizeLinear"]
    found = {}
    for name, result in run["results"].items():
        rest = list(result["operators"])
        found[name] = [one for one in rest if one not in alone] if all(one in rest for one in alone) else rest
    return found, run["versions"]["onnxruntime"]


def _executed(k):
    found, version = _eight_bits()
    more = found[k.activation.name]
    return f"ONNX Runtime {version} runs the layer and {', '.join(more) or 'nothing more'}"


@_ask("eight-bits", "on eight-bit codes in ONNX Runtime", run=_executed)
def _(k):
    from activlib.catalogue import activations

    found, _ = _eight_bits()
    name = k.activation.name
    if name not in found or activations.get(name) != k.activation or k.activation.at() != k.activation.at(**k.parameters):
        return None  # another function, or at other parameters, than the one that was run
    return all(operator.startswith("QLinear") for operator in found[name])


predicates = MappingProxyType(_PREDICATES)
