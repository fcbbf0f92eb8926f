"""Expression trees, which the browser evaluates: their schema, what has no tree, and where they cut a curve."""

import json
import math
from importlib.resources import files

import jsonschema
import mpmath
import pytest
import sympy as sp

import activlib as al
from activlib.definition.polynomials import RealRoot
from activlib.explorer.specification import specification
from activlib.explorer.trees import _real_roots, cuts, evaluate, tree
from published_functions import PUBLISHED

SCHEMA = jsonschema.Draft202012Validator(json.loads((files("activlib.explorer") / "schema.json").read_text("utf-8")))
TREES = SCHEMA.evolve(schema={"$ref": "#/$defs/tree", "$defs": SCHEMA.schema["$defs"]})


@pytest.mark.parametrize("tree", [
    "x", 1.5, ["+", "x"], ["*", 2, "x", ["exp", "x"]], ["/", 1, 3], ["-", "x"], ["piecewise", [True, 1]],
    ["piecewise", [["<", "x", 0], ["-", "x"]], [["and", ["!=", "x", 1], ["not", False]], 2]],
])  # fmt: skip
def test_schema_accepts_every_kind_of_tree(tree):
    TREES.validate(tree)


@pytest.mark.parametrize("tree", [
    True, None, [], ["+"], ["x", 1], [1, 2], ["/", 1], ["^", 1, 2, 3], ["-", 1, 2], ["exp"], ["gamma", 1], ["+", [True]],
    ["piecewise", 1], ["piecewise", [True]], ["piecewise", [True, 1, 2]], ["piecewise", [["<", 1], 1]],
    ["piecewise", [["<", True, 1], 1]], ["piecewise", [["not", True, True], 1]], ["piecewise", [["and", 1], 1]],
    ["piecewise", ["x", 1]],
])  # fmt: skip
def test_schema_refuses_a_broken_tree(tree):
    with pytest.raises(jsonschema.ValidationError):
        TREES.validate(tree)


def test_a_fraction_without_an_exact_double_stays_a_fraction():
    assert tree(sp.Rational(1, 3) * al.x, {al.x: "x"}) == ["/", "x", 3]
    assert tree(sp.Rational(1, 3) + al.x, {al.x: "x"}) == ["+", ["/", 1, 3], "x"]
    assert tree(sp.Rational(3, 8), {}) == 0.375


def test_what_the_browser_cannot_evaluate_is_refused():
    with pytest.raises(ValueError, match="cannot evaluate gamma in gamma"):
        tree(sp.gamma(al.x), {al.x: "x"})
    with pytest.raises(ValueError, match="cannot evaluate"):
        tree(sp.I, {})


def test_infinite_values_and_roots_of_polynomials_reach_the_browser():
    c = sp.Symbol("c", real=True)
    assert [evaluate(tree(v, {}), 0, 0, {}) for v in (sp.oo, -sp.oo)] == [math.inf, -math.inf]
    assert math.isnan(evaluate(tree(sp.nan, {}), 0, 0, {}))
    for k, at, wanted in ((0, 0, -1), (1, 0, 0), (2, 0, 1), (0, 6, -2), (1, 6, math.nan)):  # x^3 - x + c
        got = evaluate(tree(RealRoot(k, 1, 0, -1, c), {c: "c"}), 0, 0, {"c": float(at)})
        assert math.isclose(got, wanted, abs_tol=1e-12) or math.isnan(got) == math.isnan(wanted) == True  # noqa: E712
    assert RealRoot(2, 1, 0, -1, c).subs(c, 0) == 1
    assert tree(sp.ITE(c > 0, c < 2, c < -1), {c: "c"})[0] in ("and", "or")


def test_cuts_are_the_denominators_that_may_vanish():
    x = al.x
    assert cuts(1 / x) == [x]
    assert set(cuts(sp.sin(x) / (sp.cos(x) * (x - 2) ** 3))) == {x - 2, sp.cos(x)}
    assert cuts(1 / (1 + sp.exp(x)) + 1 / (1 + x**2) + sp.exp(-x)) == []


def test_a_denominator_cuts_the_curve_in_its_own_branch_alone():
    left, right = cuts(sp.Piecewise((1 / (al.x - 1), al.x < 3), (1 / (al.x - 4), True)))
    assert [left.subs(al.x, place) for place in (0, 1, 4)] == [-1, 0, sp.nan]
    assert [right.subs(al.x, place) for place in (1, 4, 5)] == [sp.nan, 0, 1]


def test_the_roots_of_a_condition_are_found_once_for_all_points():
    folded = al.define("abs(b + x - 3*x**2 - x**3/7 + x**4)", "folded", b=1)
    _real_roots.cache_clear()
    specification(folded)
    found = _real_roots.cache_info()
    assert 0 < found.misses < 20 < 500 < found.hits


# Where exponentials overflow, underflow together or cancel as papers write them.
AT_RISK = ("soft_cap", "soboleva", "celu_by_cases", "pelu", "hard_elish", "sqrt_softplus", "tanhshrink", "tanh_exp", "serf",
           "aria2", "lisht", "sinc_normalized", "log_sigmoid", "e_swish", "elish", "clamped_gate", "soft_exponential")
REACH = [i / 8 for i in range(-40, 41)] + [sign * 10.0 ** (k / 4) for k in range(-48, 37) for sign in (-1, 1)]


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("name", AT_RISK)
def test_a_function_that_nobody_tuned_is_drawn_right_as_far_as_a_reader_can_go(name, n):
    assert_drawn_right(PUBLISHED[name].define(name), n)


# Where the formula is 0/0 or infinity over infinity, with a value there or none, also of different sides.
@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("text", [
    "log1p(x)/x", "x/tanh(x) if x != 0 else 1", "1/x - 1/tanh(x)", "(1 - exp(-abs(x)))/x if x != 0 else 0",
    "tanh(50*x)/x if x != 0 else 50", "tanh(1/x) if x != 0 else 0", "2*atan(tanh(x/2))",
    "x*tanh((1 - exp(-x))/(1 + exp(-x)))",
])  # fmt: skip
def test_a_curve_has_no_noise_next_to_a_removable_singularity(text, n):
    assert_drawn_right(al.define(text), n, tolerance=1e-10)


def assert_drawn_right(activation, n, tolerance=1e-13):
    node = specification(activation)["curves"][0]["orders"][n]["value"]
    values = {p.name: float(p.default) for p in activation.parameters}
    exact = sp.lambdify(al.x, activation.derivative(n).subs(activation.at()), "mpmath")
    bad, compared = [], 0
    for point in REACH:
        got = evaluate(node, point, point, values)
        with mpmath.workdps(60 if abs(point) < 500 else 500):
            try:
                want = exact(mpmath.mpf(point))
            except ZeroDivisionError:  # exp(x) is so small that 500 digits of 1 + exp(x) do not tell it
                continue
            if mpmath.im(want):  # outside the domain
                want = mpmath.nan
        right = abs(got - want) <= tolerance * max(1, abs(want)) if mpmath.isfinite(want) else math.isnan(got)
        if not (right or got == float(want)):
            bad.append(f"x = {point!r}: got {got!r}, want {mpmath.nstr(want, 17)}")
        compared += 1
    assert not bad, "\n".join(bad)
    assert compared > 200


def test_a_derivative_is_not_drawn_outside_the_domain_that_a_parameter_decides_on():
    node = specification(PUBLISHED["soft_exponential_logarithmic"].define("f"))["curves"][0]["orders"][1]["value"]
    assert math.isnan(evaluate(node, -2.0, -2.0, {"alpha": -0.5}))
    assert evaluate(node, 0.0, 0.0, {"alpha": -0.5}) == pytest.approx(1 / 0.75)
