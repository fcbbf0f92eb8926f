"""Facts that can be refuted by points: the certified ones survive every attempt, wrong ones are found out.

The attempts are in `falsifier`: values of the formula in mpmath at 400 digits, at random points, far away, next to
everything that happens, and at the breakpoints.
"""

import dataclasses

import pytest
import sympy as sp
from flint import arb, ctx
from mpmath import mp

import activlib as al
from activlib.facts.enclosure import Enclosure
from activlib.facts.ends import Jump, Smoothness, Symmetry
from activlib.facts.fact import AbsentFact
from activlib.facts.render import plain
from activlib.facts.shape import Extremum, Stretch
from falsifier import CHECKS, falsify
from oracle import CASES

MOMENTS = {"mean", "second_moment", "gradient_second_moment", "variance", "gain"}
x, oo, half = al.x, sp.oo, sp.Rational(1, 2)


@pytest.mark.parametrize(("activation", "parameters"), CASES)
def test_every_fact_of_the_catalogue_is_certified_and_survives(activation, parameters):
    facts = al.facts(activation, **parameters)
    absent = [fact for fact in facts if fact.absent and fact.name not in MOMENTS]
    assert [fact.name for fact in absent if "oscillates for ever, and not with a period" not in fact.argument] == []
    assert falsify(facts) == []


# Functions that nobody uses, each with the facts that are not certified and why.
ENDS = ("left_limit", "left_asymptote", "right_limit", "right_asymptote")
SHAPE = {"range", "zeros", "monotonicity", "extrema", "convexity", "inflection_points", "lipschitz",
         "lipschitz_of_gradient", "saturation"}
STEEP = {"lipschitz", "lipschitz_of_gradient"}
SINGULAR = dict.fromkeys(MOMENTS, "integrand is singular at")
HALF_LINE = dict.fromkeys(MOMENTS, "not defined almost everywhere")
INVENTED = {
    "0": {"gain": "The second moment is zero."},
    "3": {},
    "1 - x/3": {},
    "x**3 - x": {},
    "1 if x >= 0 else 0": {},
    "sign(x*x - 2) + x": {},
    "x if abs(x) > 0.5 else 0": {},
    "7 if x == 1 else x": {},
    "1/x": SINGULAR,
    "1/(x**2 - 2)": SINGULAR,
    "x + 1/(x - 1)**2": SINGULAR,
    "1/(1 - exp(-x))": SINGULAR,
    "1/x if x > 1 else x": {},
    "sin(x)": {},
    "cos(x) + cos(2*x)": {},
    "sin(100*x)": {},
    "x + sin(3*x)/2": {},
    "sin(x**2)": dict.fromkeys(SHAPE - STEEP, "sign does not settle: it oscillates for ever"),
    "x*sin(x)": dict.fromkeys(SHAPE - STEEP - {"range", "zeros"}, "sign does not settle"),
    "x*cos(x)": dict.fromkeys(SHAPE - STEEP - {"range", "zeros"}, "sign does not settle"),
    "(exp(x) - 1)/x if x != 0 else 1": {},
    "tanh(x)**9": {},
    "(x - 1)**9*exp(x)": {},
    "x*x*x*max(x, 0)": {},
    "x/(1 + abs(x**4/20 - x**3/7 + x/3 - 1/2))": {},
    "sin(exp(x))": {"range": "sign does not settle", "symmetry": "does not settle"}
                   | {"gradient_second_moment": "enclosed no closer than"}
                   | dict.fromkeys(SHAPE - STEEP - {"range"}, "sign does not settle"),
    "exp(-x**2)": {},
    "exp(-x**4)": {},
    "exp(-1/x**2) if x != 0 else 0": {},
    "tanh(exp(x))": {},
    "x*tanh(softplus(x))": {},
    "exp(exp(x))": dict.fromkeys(MOMENTS, "integrand does not decay"),
    "max(abs(x) - 0.5, 0)*sign(x)": {},
    "x*max(0, min(1, x/6 + 0.5))": {},
    "abs(x*x - 1)/(1 + abs(x))": {},
    "log(x)": HALF_LINE | {"left_limit": "domain does not reach -∞", "left_asymptote": "domain does not reach -∞"},
    "sqrt(1 - x**2)": HALF_LINE | dict.fromkeys(ENDS, "domain does not reach"),
    "log(x) if x > 0 else 0": {"gradient_second_moment": "integrand is singular at"},
}


@pytest.mark.parametrize(("text", "absent"), INVENTED.items(), ids=INVENTED)
def test_certified_facts_of_an_invented_function_survive_and_the_others_say_why(text, absent):
    facts = al.facts(al.define(text))
    assert falsify(facts) == []
    assert {fact.name for fact in facts if fact.absent} == set(absent)
    for name, reason in absent.items():
        with pytest.raises(AbsentFact, match=f"^{name} is not certified: "):
            _ = getattr(facts, name).value
        assert reason in getattr(facts, name).argument


def test_what_oscillates_and_decays_has_its_bounds_and_the_rest_says_why():
    facts = al.facts(al.define("sin(x)/x if x != 0 else 1"))
    lowest = mp.findroot(lambda z: mp.tan(z) - z, 4.49)
    assert abs(float(facts.range.value.start) - mp.sinc(lowest)) < 1e-15
    assert facts.range.value.end == 1
    steepest = mp.findroot(lambda z: mp.diff(mp.sinc, z, 2), 2.08)
    assert abs(float(facts.lipschitz) + mp.diff(mp.sinc, steepest)) < 1e-15
    assert facts.lipschitz_of_gradient.value == sp.Rational(1, 3)
    assert facts.smoothness.value.order is oo
    assert abs(float(facts.mean) - mp.quad(lambda z: mp.sinc(z) * mp.npdf(z), [-20, 0, 20])) < 1e-12
    absent = {"monotonicity", "extrema", "convexity", "inflection_points"}
    assert {fact.name for fact in facts if fact.absent} == absent
    assert all("oscillates for ever" in getattr(facts, name).argument for name in absent)
    assert str(facts.zeros) == "{…, -3*π, -2*π, -π} ∪ {π, 2*π, 3*π, …}"
    waves = al.facts(al.define("x*cos(x)"))
    assert (waves.range.value, waves.lipschitz.value, waves.lipschitz_of_gradient.value) == (sp.S.Reals, oo, oo)


@pytest.mark.parametrize(("text", "values", "lowest", "steepest", "where"), [
    ("sin(x)", "[-1, 1]", "-1 is attained on {…, -π/2, 3*π/2, 7*π/2, …}", 1, "{…, -π, 0, π, …}"),
    ("x + sin(x)", "ℝ", "-∞ is approached as x → -∞", 2, "{…, -2*π, 0, 2*π, …}"),
    ("max(0, x) + cos(x)", "[-1, ∞)", "-1 is attained on {…, -5*π, -3*π, -π}", 2, "{3*π/2, 7*π/2, 11*π/2, …}"),
    ("x - 2*sin(x)**2 if x > 0 else 0", "[-0.5570284647…, ∞)", "-0.5570284647… is attained on {1.308996938…}", 3,
     "{3*π/4, 7*π/4, 11*π/4, …}"),
    ("x if x < 1 else 1 + sin(pi*x)/pi", "(-∞, 1/π + 1]", "-∞ is approached as x → -∞", 1, "(-∞, 1) ∪ {2, 3, 4, …}"),
    ("sin(abs(x)) - abs(x)", "(-∞, 0]", "-∞ is approached as x → -∞, ∞", 2, "{…, -5*π, -3*π, -π} ∪ {π, 3*π, 5*π, …}"),
    ("sin(sqrt(2)*x) if x**3 > 2 else 2", "{2} ∪ [-1, 1]", "1 is attained on {5*sqrt(2)*π/4,", oo, ""),
])
def test_the_bounds_of_what_repeats_for_ever_on_a_half_line_are_those_of_one_period(text, values, lowest, steepest, where):
    facts = al.facts(al.define(text))
    assert str(facts.range) == values
    assert lowest in facts.range.argument
    assert facts.lipschitz.value == steepest
    if where:
        assert plain(facts.lipschitz.attained) == where
    assert falsify(facts, [facts.range, facts.lipschitz]) == []


@pytest.mark.parametrize(("text", "zeros"), [
    ("x*cos(x)", "{0} ∪ {…, -π/2, π/2, 3*π/2, …}"),
    ("x*sin(x)", "{…, -π, 0, π, …}"),
    ("(x**2 - 2)*sin(2*x + 1)", "{-sqrt(2), sqrt(2)} ∪ {…, -1/2, -1/2 + π/2, -1/2 + π, …}"),
    ("exp(-x**2)*cos(3*x)", "{…, -π/6, π/6, π/2, …}"),
    ("x*sin(x)*cos(2*x)", "{…, -π, 0, π, …} ∪ {…, -π/4, π/4, 3*π/4, …}"),
    ("x*cos(x)*sin(2*x)", "{…, -π/2, 0, π/2, …}"),
    ("log(x)*sin(x)", "{1} ∪ {π, 2*π, 3*π, …}"),
    ("log(x)*sin(2*x + 1) if x > 0 else x**3 - x", "{-1, 0, 1} ∪ {-1/2 + π/2, -1/2 + π, -1/2 + 3*π/2, …}"),
    ("(x - 2)*(cos(x) - 0.3)", "{2} ∪ {…, -5.017081634…, 1.266103672…, 7.549288979…, …} ∪ "
                               "{…, -1.266103672…, 5.017081634…, 11.30026694…, …}"),
    ("x*sin(x) if x < -1 else 1", "{…, -3*π, -2*π, -π}"),
])
def test_zeros_of_a_product_that_swings_for_ever_are_those_of_its_factors(text, zeros):
    facts = al.facts(al.define(text))
    assert str(facts.zeros) == zeros
    assert falsify(facts, [facts.zeros]) == []


@pytest.mark.parametrize("text", [
    "x*sin(x) if x > 1 else 0", "sin(x**2)", "sin(exp(x))", "x*sin(x) + cos(x)", "sqrt(x)*(cos(x) - 0.3)",
])
def test_zeros_that_are_no_points_and_progressions_are_not_certified(text):
    assert al.facts(al.define(text)).zeros.absent


@pytest.mark.parametrize("wrong", [
    sp.ImageSet(sp.Lambda(sp.Symbol("k"), sp.pi * sp.Symbol("k")), sp.Integers),
    sp.ImageSet(sp.Lambda(sp.Symbol("k"), sp.pi / 2 + 2 * sp.pi * sp.Symbol("k")), sp.Integers),
    sp.ImageSet(sp.Lambda(sp.Symbol("k"), sp.pi / 2 + sp.pi * sp.Symbol("k")), sp.Naturals0),
])
def test_a_progression_of_wrong_zeros_is_refuted(wrong):
    facts = al.facts(al.define("x*cos(x)"))
    for claimed in (wrong, sp.Union(sp.FiniteSet(0), wrong, evaluate=False)):
        assert falsify(facts, [dataclasses.replace(facts.zeros, known=claimed)])


def test_an_infinite_slope_is_said_to_be_one():
    facts = al.facts(al.define("sign(x)*sqrt(abs(x))"))
    assert str(facts.smoothness) == "C^0; f' is unbounded at 0"
    assert (facts.monotonicity.value[0].kind, facts.lipschitz.value) == ("strictly increasing", oo)


def test_moments_of_a_function_with_an_integrable_singularity_are_certified():
    facts = al.facts(al.define("log(abs(x))"))
    assert abs(float(facts.mean) + (mp.euler + mp.log(2)) / 2) < 1e-15
    assert abs(float(facts.second_moment) - mp.pi**2 / 8 - (mp.euler + mp.log(2)) ** 2 / 4) < 1e-14


def test_facts_follow_invented_parameters():
    f = al.define("a*tanh(b*x) if x > c else a*b*x", a=1, b=1, c=0)
    for parameters in ({}, {"a": 2, "b": half}, {"a": -3, "c": 1}, {"b": 0}):
        assert falsify(al.facts(f, **parameters)) == []
    assert al.facts(f, a=2, b=half).lipschitz.value == 1


def test_what_is_defined_nowhere_has_no_facts():
    for text in ("sqrt(-1 - x**2)", "(-1)**x", "log(-exp(x))"):
        assert {fact.argument for fact in al.facts(al.define(text))} == {"It is defined nowhere."}


# Wrong claims: (activation, name of the fact, a value that is not so)

def enclosed(number, radius="1e-30"):
    with ctx.workprec(200):
        return Enclosure(arb(number, radius))


SINE, STEP, CUBE = al.define("sin(x)"), al.define("1 if x >= 0 else 0"), al.define("x**3 - x")
SILU, RECIPROCAL = al.define("x*sigmoid(x)"), al.define("1/x")
line, right = sp.Interval(-oo, oo), sp.Interval(0, oo)
bend = Stretch(sp.Interval(-oo, 0), "strictly convex"), Stretch(right, "strictly concave")
WRONG = [
    (RECIPROCAL, "domain", sp.S.Reals), (RECIPROCAL, "domain", sp.Interval.open(0, oo)),
    (al.define("log(x)"), "domain", sp.Interval(0, oo)), (al.define("sqrt(x)"), "domain", sp.Interval.open(0, oo)),
    (al.sigmoid, "range", sp.Interval(0, 1)), (al.sigmoid, "range", sp.Interval.open(0, 2)),
    (al.sigmoid, "range", sp.Interval.open(0, sp.Rational(999, 1000))), (al.relu, "range", sp.Interval.open(0, oo)),
    (al.relu, "range", sp.Interval(0, 10**400)), (STEP, "range", sp.Interval(0, 1)), (STEP, "range", sp.FiniteSet(1)),
    (al.sigmoid, "left_limit", sp.Rational(1, 10**5)), (al.relu, "left_limit", -oo),
    (al.tanh, "right_limit", None), (al.sine, "left_limit", sp.S.Zero), (al.sine, "right_asymptote", sp.S.Zero),
    (al.sigmoid, "right_limit", sp.S.Zero), (al.relu, "right_limit", sp.Integer(10)), (al.relu, "right_limit", -oo),
    (al.relu, "left_asymptote", x), (al.relu, "left_asymptote", None), (al.elu, "left_asymptote", -sp.Rational(101, 100)),
    (al.relu, "right_asymptote", x + sp.Rational(1, 1000)), (al.tanh, "right_asymptote", None), (CUBE, "right_asymptote", x),
    (al.sigmoid, "symmetry", Symmetry("odd", (sp.S.Zero,))), (al.tanh, "symmetry", Symmetry("even", (sp.S.Zero,))),
    (al.tanh, "symmetry", Symmetry("none")), (al.sigmoid, "symmetry", Symmetry("none")), (SINE, "symmetry", Symmetry("none")),
    (al.sigmoid, "symmetry", Symmetry("point", (sp.S.Zero, half + sp.Rational(1, 10**12)))),
    (al.relu, "symmetry", Symmetry("axis", (sp.S.Zero,))),
    (al.define("7 if x == 1 else x"), "symmetry", Symmetry("odd", (sp.S.Zero,))),
    (CUBE, "zeros", sp.FiniteSet(-1, 1)), (CUBE, "zeros", sp.FiniteSet(-1, 0, 1, 2)), (al.tanh, "zeros", sp.S.EmptySet),
    (al.relu, "zeros", sp.Interval(-oo, 1)), (al.relu, "zeros", sp.Interval(-oo, -1)),
    (al.sigmoid, "fixed_points", sp.S.EmptySet), (al.sigmoid, "fixed_points", sp.FiniteSet(enclosed("0.6590460684075"))),
    (al.elu, "fixed_points", sp.FiniteSet(0)),
    (al.tanh, "monotonicity", (Stretch(line, "strictly decreasing"),)), (al.relu, "monotonicity", (Stretch(right, "constant"),)),
    (al.relu, "monotonicity", (Stretch(line, "strictly increasing"),)),
    (al.tanh, "monotonicity", (Stretch(sp.Interval(-oo, 0), "strictly increasing"), Stretch(right, "strictly increasing"))),
    (SILU, "monotonicity", (Stretch(line, "strictly increasing"),)),
    (al.tanh, "convexity", tuple(Stretch(part, kind) for (part, _), (_, kind) in zip(bend, bend[::-1], strict=True))),
    (al.tanh, "convexity", bend[:1]), (al.relu, "convexity", (Stretch(line, "affine"),)),
    (al.relu, "convexity", (Stretch(line, "strictly convex"),)), (al.leaky_relu, "convexity", (Stretch(line, "concave"),)),
    (SILU, "extrema", ()), (SILU, "extrema", (Extremum(enclosed("-1.27846"), enclosed("-0.278464"), "minimum"),)),
    (al.tanh, "extrema", (Extremum(sp.S.Zero, sp.S.Zero, "minimum"),)),
    (CUBE, "extrema", (Extremum(-sp.sqrt(3) / 3, 2 * sp.sqrt(3) / 9, "minimum"),)),
    (al.tanh, "inflection_points", sp.S.EmptySet), (al.tanh, "inflection_points", sp.FiniteSet(0, 1)),
    (SILU, "inflection_points", sp.S.EmptySet), (al.elu, "inflection_points", sp.FiniteSet(0)),
    (al.relu, "smoothness", Smoothness(oo, ())), (al.relu, "smoothness", Smoothness(sp.S.One, (Jump(sp.S.Zero, 2, sp.S.One),))),
    (al.relu, "smoothness", Smoothness(sp.S.Zero, (Jump(sp.S.Zero, 1, sp.S(2)),))), (STEP, "smoothness", Smoothness(oo, ())),
    (al.elu, "smoothness", Smoothness(sp.S.Zero, (Jump(sp.S.Zero, 2, sp.S.NegativeOne),))),
    (STEP, "smoothness", Smoothness(sp.S.Zero, (Jump(sp.S.Zero, 1, sp.S.One),))),
    (al.sigmoid, "lipschitz", sp.Rational(2499, 10000)), (al.sigmoid, "lipschitz", half), (al.tanh, "lipschitz", oo),
    (STEP, "lipschitz", sp.S.One), (SILU, "lipschitz", sp.S.One), (CUBE, "lipschitz", sp.Integer(10**6)),
    (al.tanh, "lipschitz_of_gradient", sp.Rational(3, 4)), (al.tanh, "lipschitz_of_gradient", sp.S.One),
    (al.relu, "lipschitz_of_gradient", sp.S.Zero), (al.elu, "lipschitz_of_gradient", oo),
    (STEP, "lipschitz_of_gradient", sp.S.Zero),
    (al.relu, "saturation", sp.S.EmptySet), (al.relu, "saturation", sp.Interval.open(-oo, 1)),
    (al.elu, "saturation", sp.Interval.open(-oo, -5)), (al.elu, "saturation", sp.Interval.open(-oo, -sp.Rational(46, 10))),
]  # fmt: skip


@pytest.mark.parametrize(("activation", "name", "value"), WRONG, ids=lambda part: getattr(part, "formula", part))
def test_a_wrong_claim_is_found_out(activation, name, value):
    facts = al.facts(activation)
    wrong = dataclasses.replace(getattr(facts, name), known=value, attained=sp.S.EmptySet, approached=(), period=None, boxes=1)
    assert wrong.value != getattr(facts, name).value
    found = falsify(facts, [wrong])
    assert found
    assert all(line.startswith(f"{name}: ") for line in found)


def test_every_kind_of_claim_is_found_out_where_wrong_and_all_but_numbers_are_checked():
    assert {name for _, name, _ in WRONG} == set(CHECKS) == set(al.facts(al.tanh).names) - MOMENTS - {"cost"}


@pytest.mark.parametrize("name", ["zeros", "monotonicity", "convexity", "saturation", "inflection_points", "extrema"])
def test_a_wrong_period_is_found_out(name):
    right_one = getattr(al.facts(SINE), name)
    assert right_one.period in (sp.pi, 2 * sp.pi)
    assert falsify(al.facts(SINE), [right_one]) == []
    assert falsify(al.facts(SINE), [dataclasses.replace(right_one, period=5 * right_one.period / 4)])
    assert falsify(al.facts(SINE), [dataclasses.replace(right_one, period=None)])


def test_a_claim_that_is_compared_with_nothing_is_reported(monkeypatch):
    monkeypatch.setitem(CHECKS, "zeros", lambda oracle, points, fact: ())
    assert falsify(al.facts(al.tanh)) == ["zeros: nothing was compared"]
