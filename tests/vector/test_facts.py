"""Facts of functions of several numbers, their values, limits and conditions, against the kernels; see also `test_falsified`."""

import json

import jsonschema
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.facts.data import VERSION, as_data, schema
from activlib.facts.fact import AbsentFact
from activlib.vector.explicit import explicit
from activlib.vector.nodes import First, Largest
from activlib.vector.symbols import a, b, every, i, j, n
from activlib.vector.symbols import scores as s

ALL = list(al.vector_activations.values())
SHARES = [al.softmax, al.sparsemax, al.entmax15]
PAIRS = [f for f in ALL if f.kind == "pair"]
STEP = sp.Float(10, 60) ** -20
COOL = {"tau": sp.Rational(2, 5)}
tau = al.softmax.parameters[0].symbol
softmin = al.VectorActivation("softmin", "Softmin", r"\operatorname{softmin}",
                              sp.exp(-s[i] / tau) / sp.Sum(sp.exp(-s[j] / tau), every), parameters=al.softmax.parameters)


def named(several):
    return pytest.mark.parametrize("f", several, ids=lambda f: f.name)


def at(value, count):
    """A value for a number of numbers."""
    return float(value) if isinstance(value, tuple) else float(sp.sympify(value).subs(n, count))


def test_the_constant_of_entmax_in_l2_is_approached_by_many_numbers_and_is_smaller_for_two():
    facts = al.facts(al.entmax15)
    slopes = [np.linalg.norm(al.entmax15.jacobian_at([gap, 0]), 2) for gap in np.linspace(-2, 2, 401)]
    assert max(slopes) == pytest.approx(1 / np.sqrt(2), rel=1e-6)
    count, share = 10**6, 0.95
    root = np.sqrt(np.r_[share, np.full(count - 1, (1 - share) / (count - 1))])
    x, v = 2 * root, np.r_[1.0, np.full(count - 1, -1 / (count - 1))]
    np.testing.assert_allclose(al.entmax15(x)[0], share, rtol=1e-6)
    quotient = al.entmax15.vjp(x, v) @ v / (v @ v)
    assert 0.95 * float(facts.lipschitz) < quotient < float(facts.lipschitz)


def test_the_degree_of_homogeneity_is_that_of_the_parameters():
    assert al.facts(al.swiglu, beta=0).homogeneity.value == 2  # a b/2
    assert al.facts(al.swiglu, beta=1).homogeneity.value == (1, "in a alone")


def test_every_bound_of_a_clamped_unit_is_attained():
    facts = al.facts(al.clamped_swiglu)
    a, b = np.meshgrid(np.r_[np.linspace(-20, 20, 401), 7], np.r_[np.linspace(-20, 20, 401), 7])
    y = al.clamped_swiglu(np.stack([a.ravel(), b.ravel()], -1))
    assert (y.min(), y.max()) == pytest.approx((float(facts.range.value.inf), float(facts.range.value.sup)), rel=1e-12)
    slope = np.linalg.norm(al.clamped_swiglu.jacobian_at([7 - 1e-9, 7 - 1e-9]), 2)
    assert slope == pytest.approx(float(facts.lipschitz), rel=1e-6)


@named([*SHARES, softmin])
def test_shares_have_the_range_sum_order_rank_and_kernel_of_their_facts(f):
    facts, rng = al.facts(f, **COOL), np.random.default_rng(3)
    values = {"tau": 0.4}
    for _ in range(50):
        x, z = rng.normal(size=(2, 5)) * 0.4
        y = f(x, **values)
        assert all(facts.range.value.contains(sp.Rational(float(share))) for share in y)
        assert y.sum() == pytest.approx(float(facts.total), rel=1e-14)
        falls = (np.diff(y[np.argsort(x)]) < 0).any()
        assert falls != facts.order.value or np.ptp(y) == 0
        sense = 1 if facts.monotone_operator.value else -1
        assert sense * (y - f(z, **values)) @ (x - z) >= 0
        matrix, above = f.jacobian_at(x, **values), (y > 0).sum()
        np.testing.assert_allclose(matrix, matrix.T, atol=1e-15)
        assert (sense * np.linalg.eigvalsh(matrix) > -1e-12).all()
        rank = facts.rank.value
        wanted = rank[0].subs(sp.Symbol("m", integer=True, positive=True), above) if isinstance(rank, tuple) else rank.subs(n, 5)
        assert np.linalg.matrix_rank(matrix, tol=1e-9) == wanted
        np.testing.assert_allclose(matrix @ np.where(y > 0, 1.0, rng.normal()), 0, atol=1e-12)


@named([*SHARES, softmin])
def test_shares_are_the_gradient_of_their_potential(f):
    facts = al.facts(f, **COOL)
    (potential,), x = explicit([facts.potential.value], 3), f.inputs(3)
    for point in ((0, sp.Rational(1, 10), -sp.Rational(1, 7)), (1, -2, sp.Rational(1, 3)), (2, sp.Rational(19, 10), 0)):
        for place in range(3):
            values = []
            for step in (STEP, -STEP):
                moved = [sp.Float(p, 60) + (step if at == place else 0) for at, p in enumerate(point)]
                values.append(potential.subs(dict(zip(x, moved))).evalf(60))
            slope = (values[0] - values[1]) / (2 * STEP)
            assert float(slope) == pytest.approx(f([float(p) for p in point], tau=0.4)[place], abs=1e-12)


@named([al.sparsemax, al.entmax15])
def test_the_condition_of_a_share_and_the_lead_decide_who_has_one(f):
    facts, rng = al.facts(f, **COOL), np.random.default_rng(4)
    for _ in range(50):
        x = rng.normal(size=4) * 0.6
        for place, share in enumerate(f(x, tau=0.4), 1):
            condition = facts.support.value.doit().subs(n, 4).subs(i, place).doit()
            assert bool(condition.subs({s[m]: number for m, number in enumerate(x.tolist(), 1)})) == (share > 0)
    lead = float(facts.lead)
    assert f([lead * (1 + 1e-12), 0, 0], tau=0.4).tolist() == [1, 0, 0]
    assert (f([lead * (1 - 1e-6), 0, -9], tau=0.4) > 0).sum() == 2


@named([*SHARES, softmin])
def test_the_limits_of_the_temperature(f):
    facts, sense = al.facts(f), -1 if f is softmin else 1
    x = sense * np.array([1.0, 3.0, 3.0, -2.0])
    cold, hot = facts.cold_limit.value, facts.hot_limit.value
    share = float(cold[0].subs(sp.Symbol("m", integer=True, positive=True), 2))
    np.testing.assert_allclose(f(x, tau=1e-3), [0, share, share, 0], atol=1e-300)
    np.testing.assert_allclose(f(x, tau=1e9), at(hot, 4), rtol=1e-7)


def test_log_sum_exp_exceeds_the_largest_number_by_no_more_than_the_bound():
    interval = al.facts(al.logsumexp, **COOL).excess.value
    x = np.random.default_rng(5).normal(size=(500, 7))
    excess = al.logsumexp(x, tau=0.4) - x.max(-1)
    assert excess.min() > float(interval.inf)
    assert excess.max() <= at(interval.sup, 7) == pytest.approx(float(al.logsumexp(np.zeros(7), tau=0.4)))


def test_log_softmax_is_no_monotone_operator():
    assert not al.facts(al.log_softmax).monotone_operator.value
    x, v = np.array([5.0, 0.0]), np.array([2e-3, 1e-3])
    assert (al.log_softmax(x + v) - al.log_softmax(x)) @ v < 0


def test_crelu_keeps_norms_and_information():
    facts, x = al.facts(al.crelu), np.random.default_rng(6).normal(size=(50, 6))
    assert facts.norm.value
    assert facts.injective.value
    y = al.crelu(x)
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-14)
    np.testing.assert_array_equal(y[:, :6] - y[:, 6:], x)
    distances = [np.linalg.norm(np.diff(of, axis=0), axis=-1) for of in (y, x)]
    assert (distances[0] <= float(facts.lipschitz) * distances[1] * (1 + 1e-12)).all()


@named([*PAIRS, al.maxout, al.crelu, al.hardmax, *SHARES])
def test_moments_lie_within_five_standard_errors_of_a_large_sample(f):
    facts, rng, examined = al.facts(f), np.random.default_rng(7), 0
    x = rng.normal(size=(100_000, 2))
    y = f(x)
    results = y if y.ndim == 1 else y[:, 0]
    weight = np.zeros_like(y)
    weight[..., 0 if y.ndim > 1 else slice(None)] = 1
    samples = {"mean": results, "second_moment": results**2, "gradient_second_moment": (f.vjp(x, weight) ** 2).sum(-1)}
    for name, sample in samples.items():
        if name in facts.names:
            error = sample.std() / np.sqrt(len(sample))
            assert abs(sample.mean() - at(getattr(facts, name).value, 2)) <= 5 * error + 1e-15
            examined += 1
    assert examined >= 1
    if "gain" in facts.names:
        assert at(facts.gain.value, 2) ** -2 == pytest.approx(at(facts.second_moment.value, 2), rel=1e-12)


def test_softmin_has_the_facts_of_softmax_turned_around():
    facts = al.facts(softmin, **COOL)
    assert (facts.lipschitz.value, facts.lipschitz_infinity.value) == (sp.Rational(5, 4), sp.Rational(5, 4))
    assert "negative semidefinite" in facts.definiteness.value
    assert facts.monotonicity.value == "decreasing in its own number, increasing in each other"


def test_what_does_not_follow_is_absent_with_its_reason():
    placed = al.VectorActivation("placed", "Placed", "p", s[i] ** 3 * i)
    facts = al.facts(placed)
    assert facts.names == ("range", "translation", "permutation", "lipschitz", "lipschitz_infinity")
    for fact in facts:
        with pytest.raises(AbsentFact, match=r"multiple of c|depends on the place|[Nn]o theorem here"):
            _ = fact.value


@pytest.mark.parametrize("extreme", [{"c": 5e-324}, {"c": 1e308}, {"alpha": 1e308}], ids=str)
def test_extreme_parameters_leave_facts_or_reasons(extreme):
    facts = al.facts(al.clamped_swiglu, **extreme)
    assert facts.homogeneity.value is None
    assert repr(facts).count("\n") == len(facts.names)


@pytest.mark.parametrize("formula", [
    sp.Sum(j * s[j], every), s[i] * i, sp.Sum(s[j] * (s[i] - j), every), Largest(s[j] + j, every), First(s[j], i, every) * i,
    First(s[j] * j, i, every), sp.Sum(First(s[j], j, every) * s[j] ** 2, every),
], ids=str)
def test_a_formula_in_which_the_place_counts_is_not_said_to_permute(formula):
    assert al.facts(al.VectorActivation("f", "F", "f", formula)).permutation.absent


@pytest.mark.parametrize("gates", [(al.hard_tanh, al.step), (al.step, al.sigmoid), (al.step, al.identity)], ids=str)
def test_a_gate_that_jumps_leaves_no_finite_lipschitz_constant(gates):
    for first, second in (gates, gates[::-1]):
        facts = al.facts(al.VectorActivation("f", "F", "f", first.formula.subs(al.x, a) * second.formula.subs(al.x, b)))
        assert facts.lipschitz.value == facts.lipschitz_infinity.value == sp.oo
    nothing = al.facts(al.VectorActivation("f", "F", "f", al.step.formula.subs(al.x, a) * 0))
    assert nothing.lipschitz.absent or nothing.lipschitz.value == 0


def test_a_step_that_does_not_hold_leaves_no_fact(monkeypatch):
    monkeypatch.setattr(type(al.softmax), "jacobian", lambda self, count=None: sp.Symbol("wrong"))
    other = al.VectorActivation("other", "Other", "o", al.softmax.formula, al.softmax.parameters)
    assert al.facts(other).lipschitz.method == "absent"
    assert al.facts(other).rank.method == "absent"


@named(ALL)
def test_facts_are_tables_and_data_like_those_of_other_activations(f):
    facts = al.facts(f)
    jsonschema.validate(json.loads(json.dumps({"version": VERSION, "activations": [as_data(facts)]})), json.loads(schema()))
    assert facts.table("range", "lipschitz")._repr_html_().count("<tr>") == 3
    assert all(fact.method == "exact" or fact.boxes for fact in facts if fact.method != "absent")


def test_several_are_compared_column_by_column():
    written = al.compare([al.facts(f) for f in SHARES], "lipschitz", "lipschitz_infinity")._repr_html_()
    assert all(f.title in written for f in SHARES)
    cooler = al.compare([al.facts(al.softmax), al.facts(al.softmax, tau=2)], "lipschitz")
    assert "1/4" in repr(cooler)
    with pytest.raises(ValueError, match="no fact"):
        al.facts(al.softmax).table("gain_of_nothing")
