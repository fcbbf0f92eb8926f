"""What a reader may ask of an activation: the answers are those of samples, and of other sources than the facts."""

import mpmath
import numpy as np
import pytest
import sympy as sp

import activlib as al

HALF = sp.Rational(1, 2)
NAMES = list(al.activations)
FAR = np.geomspace(1e-6, 600, 300)
POINTS = np.unique(np.concatenate([np.linspace(-12, 12, 4801), FAR, -FAR]))


def sampled(name):
    """Values of the formula at POINTS by mpmath, without the kernels and the facts."""
    f = al.activations[name]
    formula = f.formula.subs({p.symbol: p.default for p in f.parameters})
    function = sp.lambdify(al.x, formula, "mpmath")
    with mpmath.workdps(30):
        return np.array([float(function(mpmath.mpf(float(x)))) for x in POINTS])


# What no sample may contradict where the predicate holds, and what some sample shows where it does not.
KEPT = {
    "never-negative": lambda y: y.min() >= 0,
    "positive": lambda y: y.min() >= 0,  # the tails underflow
    "unit-range": lambda y: y.min() >= 0 and y.max() <= 1,
    "bounded": lambda y: abs(y[abs(POINTS) > 500]).max() < 1.1 * abs(y[abs(POINTS) < 100]).max(),  # or it still grows
    "never-decreasing": lambda y: (np.diff(y) >= 0).all(),
    "convex": lambda y: (np.diff(slopes(y)) > -1e-6).all(),
    "lipschitz-1": lambda y: abs(slopes(y)).max() <= 1 + 1e-9,
    "zero-at-zero": lambda y: abs(y[abs(POINTS).argmin()]) < 1e-3,
}


def slopes(y):
    return np.diff(y) / np.diff(POINTS)


@pytest.mark.parametrize("name", NAMES)
def test_samples_of_the_formula_bear_the_answers_out(name):
    values, facts = sampled(name), al.facts(al.activations[name])
    examined = 0
    for predicate, kept in KEPT.items():
        answer = al.predicates[predicate].holds(facts)
        if answer is not None and predicate not in ("positive", "zero-at-zero"):
            assert kept(values) == answer, predicate
            examined += 1
        elif answer:
            assert kept(values), predicate
    assert examined >= 4


@pytest.mark.parametrize("name", NAMES)
def test_smoothness_is_that_of_one_sided_derivatives_of_the_formula(name):
    """SymPy's derivatives on both sides of each joint, in place of the facts'."""
    f = al.activations[name]
    defaults = {p.symbol: p.default for p in f.parameters}
    formula, step = f.formula.subs(defaults), sp.Rational(1, 10**9)
    broken = []  # the lowest derivative that jumps, at each joint that has one
    for joint in [sp.sympify(cut).subs(defaults) for cut in f.line().cuts]:
        for n in range(4):
            left, right = (sp.N(sp.diff(formula, al.x, n).subs(al.x, joint + side * step), 30) for side in (-1, 1))
            if abs(left - right) > 1e-4:
                broken.append(n)
                break
    order = min(broken, default=9) - 1
    facts = al.facts(f)
    for predicate, least in (("differentiable", 1), ("twice-differentiable", 2)):
        assert al.predicates[predicate].holds(facts) == (order >= least), (predicate, order)


@pytest.mark.parametrize(("formula", "predicate", "answer"), [
    ("x", "convex", True), ("-x", "never-decreasing", False), ("x", "bijection", True), ("x**3", "bijection", True),
    ("log(x)", "bijection", False),  # of the half-line
    ("x if x < 0 else x - 1", "never-decreasing", False),  # jumps down
    ("x if x < 0 else x + 1", "never-decreasing", True), ("x if x < 0 else x + 1", "bijection", False),
    ("x if x < 0 else x - 1", "convex", False), ("abs(x)", "convex", True), ("-abs(x)", "convex", False),
    ("abs(x)", "lipschitz-1", True), ("2*tanh(x)", "lipschitz-1", False), ("x**2", "twice-differentiable", True),
    ("max(x, 0)**2", "twice-differentiable", False), ("max(x, 0)**3", "twice-differentiable", True),
    ("max(x, 0)**3", "smooth", False), ("exp(x)", "positive", True), ("max(x, 0)", "positive", False),
    ("exp(x)", "unit-range", False), ("sigmoid(x)**2", "unit-range", True), ("x + 1", "zero-at-zero", False),
    ("3*x + 1", "cheap", True), ("x/(1 + abs(x))", "cheap", False), ("sqrt(x**2 + 1)", "cheap", False),
    ("x**3", "zero-mean", True), ("x**2", "zero-mean", False), ("x", "never-saturates", True),
    ("tanh(x)", "never-saturates", False)])
def test_answers_about_a_readers_own_function(formula, predicate, answer):
    assert al.predicates[predicate].holds(al.facts(al.define(formula))) is answer


def test_what_is_not_certified_is_not_known():
    chirp = al.facts(al.define("sin(x**2)"))
    assert al.predicates["never-decreasing"].holds(chirp) is None


def test_evidence_is_the_facts_that_were_read():
    facts = al.facts(al.leaky_relu)
    assert al.predicates["bijection"].evidence(facts) == "Monotonicity: strictly increasing on ℝ; Range: ℝ"
    assert al.predicates["lipschitz-1"].evidence(facts) == "Lipschitz constant: 1"


def test_parameters_count():
    steep = al.facts(al.leaky_relu, alpha=2)
    assert al.predicates["lipschitz-1"].holds(steep) is False
    assert al.predicates["convex"].holds(steep) is False


def test_eight_bits_is_known_of_what_was_run_and_as_it_was_run():
    run = al.stored("eight_bits")
    asked = al.predicates["eight-bits"]
    for name in NAMES:
        operators = run["results"].get(name, {}).get("operators")
        expected = None if operators is None else not any(
            o for o in operators if o not in ("QuantizeLinear", "DequantizeLinear") and not o.startswith("QLinear"))
        assert asked.holds(al.facts(al.activations[name])) is expected, name
    assert asked.holds(al.facts(al.leaky_relu, alpha=HALF)) is None
    assert asked.holds(al.facts(al.define("x**2", name="relu"))) is None
    assert "QLinearLeakyRelu" in asked.evidence(al.facts(al.leaky_relu))


def test_names_and_labels_are_told_apart():
    labels = [predicate.label for predicate in al.predicates.values()]
    assert len(set(labels)) == len(labels)
    assert all(predicate.name == name for name, predicate in al.predicates.items())
