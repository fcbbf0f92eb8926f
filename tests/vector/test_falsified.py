"""The facts of functions of several numbers survive an adversary, and false ones do not; see `adversary`."""

import dataclasses

import pytest
import sympy as sp

import activlib as al
from activlib.vector.facts.claims import LABELS
from tests.vector.adversary import CHECKS, refute
from tests.vector.test_facts import softmin

ALL = list(al.vector_activations.values())
COOL = {"tau": sp.Rational(2, 5)}
SETTINGS = {"swiglu": [{"beta": 0}, {"beta": 2}],
            "clamped_swiglu": [{"alpha": 5, "c": sp.Rational(1, 2)}, {"alpha": sp.Rational(1, 10), "c": 1}]}
#: What has tests of its own: values, limits and conditions in test_facts.
ELSEWHERE = {"image", "potential", "jacobian", "kernel", "rank", "support", "lead", "excess", "cold_limit", "hot_limit",
             "mean", "second_moment", "variance", "gain", "gradient_second_moment"}


def cases():
    for f in (*ALL, softmin):
        for parameters in ({}, *SETTINGS.get(f.name, [COOL] if f.parameters else [])):
            yield pytest.param(f, parameters, id=" ".join([f.name, *(f"{name}={value}" for name, value in parameters.items())]))


def test_each_fact_has_an_adversary_or_a_test_of_its_own():
    assert {*CHECKS} | ELSEWHERE == {*LABELS}
    assert not {*CHECKS} & ELSEWHERE


@pytest.mark.parametrize(("f", "parameters"), [*cases()])
def test_no_search_refutes_a_fact(f, parameters):
    facts = al.facts(f, **parameters)
    assert {fact.name for fact in facts} & {*CHECKS}
    assert refute(facts) == []


FALSE = [
    ("softmax", "lipschitz", sp.Rational(49, 100)), ("softmax", "lipschitz", sp.S.One), ("softmax", "lipschitz", sp.oo),
    ("softmax", "lipschitz_infinity", sp.Rational(53, 100)), ("log_softmax", "lipschitz", sp.S(2)),
    ("log_softmax", "lipschitz_infinity", sp.Rational(19, 10)), ("sparsemax", "lipschitz_infinity", sp.S.One),
    ("entmax15", "lipschitz", sp.Rational(7, 10)), ("hardmax", "lipschitz", sp.S.One), ("swiglu", "lipschitz", sp.S(50)),
    ("clamped_swiglu", "lipschitz", sp.S(10)), ("crelu", "lipschitz", sp.sqrt(2)), ("maxout", "lipschitz", sp.sqrt(2)),
    ("softmax", "range", sp.Interval.open(0, sp.Rational(9, 10))), ("sparsemax", "range", sp.Interval.open(0, 1)),
    ("log_softmax", "range", sp.Interval.open(-10, 0)), ("hardmax", "range", sp.FiniteSet(0, 1, 2)),
    ("clamped_swiglu", "range", sp.Interval(-43, 56)), ("crelu", "range", sp.S.Reals), ("glu", "range", sp.Interval(0, sp.oo)),
    ("softmax", "total", sp.S(2)), ("softmax", "translation", sp.Symbol("c", real=True)), ("maxout", "translation", sp.S.Zero),
    ("softmax", "permutation", "changes nothing"), ("hardmax", "permutation", "permutes the results"),
    ("maxout", "homogeneity", sp.S(2)), ("swiglu", "homogeneity", sp.S(2)), ("bilinear", "homogeneity", (sp.S.One, "in a alone")),
    ("softmax", "order", False), ("softmin", "order", True), ("softmax", "monotonicity", "increasing in each number"),
    ("softmax", "monotonicity", "non-decreasing in its own number, non-increasing in each other"),
    ("sparsemax", "monotonicity", "increasing in its own number, decreasing in each other"),
    ("hardmax", "monotonicity", "non-decreasing in its own number, non-decreasing in each other"),
    ("logsumexp", "convexity", "concave"), ("log_softmax", "convexity", "convex"), ("softmax", "convexity", "convex"),
    ("maxout", "convexity", "neither"), ("softmax", "monotone_operator", False), ("log_softmax", "monotone_operator", True),
    ("softmax", "definiteness", "symmetric, negative semidefinite"), ("log_softmax", "definiteness",
                                                                      "symmetric, positive semidefinite"),
    ("softmax", "definiteness", "not symmetric"), ("crelu", "norm", False), ("crelu", "injective", False),
]


@pytest.mark.parametrize(("name", "fact", "value"), FALSE)
def test_a_false_claim_is_refuted(name, fact, value):
    facts = al.facts(softmin if name == "softmin" else al.vector_activations[name])
    wrong = dataclasses.replace(getattr(facts, fact), known=value)
    assert refute(facts, [wrong])


def test_each_kind_of_claim_has_a_false_one():
    assert {fact for _, fact, _ in FALSE} == {*CHECKS}
