"""The numbers in the facts: moments against quadrature, others against closed forms, root finding and published values."""

import dataclasses
from itertools import pairwise
from time import process_time

import pytest
import sympy as sp
from mpmath import mp, mpf

import activlib as al
from activlib.activation import x
from activlib.facts.report import Facts
from oracle import CASES, Members, number

oo, sqrt, pi, exp, log = sp.oo, sp.sqrt, sp.pi, sp.exp, sp.log
third, half = sp.Rational(1, 3), sp.Rational(1, 2)
SILU, GELU, MISH = (al.define(text) for text in ("x*sigmoid(x)", "x*erfc(-x/sqrt(2))/2", "x*tanh(softplus(x))"))
HARD_SWISH = al.define("x*max(0, min(1, x/6 + 1/2))")
SELU = al.define("scale*(x if x > 0 else alpha*expm1(x))", alpha=sp.Rational("1.6732632423543772848"),
                 scale=sp.Rational("1.0507009873554804934"))
STEP = al.define("1 if x >= 0 else 0")
INVENTED = [SILU, GELU, MISH, HARD_SWISH, SELU, STEP, al.define("sin(3*x)"), al.define("exp(x)"), al.define("x**4 - x"),
            al.define("log(1 + x*x)"), al.define("abs(x - 1)*tanh(x)"), al.define("exp(-x**4)"), al.define("x + sin(x)")]


# Moments

def expectation(activation, parameters, n, power):
    """E f^(n)(Z)^power for standard normal Z, by Gauss-Legendre quadrature of each piece in 30 digits."""
    values = activation.at(**parameters)
    total = mpf(0)
    for low, high, piece in activation.pieces(n, **parameters):
        f = sp.lambdify(x, piece.subs(values), "mpmath")
        a, b = max(number(low.subs(values)), mpf(-30)), min(number(high.subs(values)), mpf(30))
        ends = [a, *(mpf(k) for k in (-20, -12, -7, -4, -2, 0, 2, 4, 7, 12, 20) if a < k < b), b]
        total += sum(mp.quad(lambda z, f=f: f(z) ** power * mp.npdf(z), pair, method="gauss-legendre") for pair in pairwise(ends))
    return total


def wrong_moments(facts):
    """Lines `fact => got != wanted` for the moments that quadrature contradicts."""
    with mp.workdps(30):
        mean, square, slope = (expectation(facts.activation, facts.parameters, n, power) for n, power in ((0, 1), (0, 2), (1, 2)))
        wanted = {"mean": mean, "second_moment": square, "gradient_second_moment": slope, "variance": square - mean**2}
        if square:
            wanted["gain"] = 1 / mp.sqrt(square)
        certified = {name: number(fact.value) for name in wanted if not (fact := getattr(facts, name)).absent}
        assert len(certified) == len(wanted)
        return [f"{name} => {mp.nstr(got, 20)} != {mp.nstr(wanted[name], 20)}" for name, got in certified.items()
                if abs(got - wanted[name]) > mpf(10) ** -18 * max(1, abs(got))]


@pytest.mark.parametrize(("activation", "parameters"), [*CASES, *((f, {}) for f in INVENTED)],
                         ids=lambda part: str(part.formula) if isinstance(part, al.Activation) else None)
def test_moments_equal_quadrature(activation, parameters):
    assert wrong_moments(al.facts(activation, **parameters)) == []


@pytest.mark.parametrize("name", ["mean", "second_moment", "gradient_second_moment", "variance", "gain"])
def test_a_wrong_moment_is_found_out(name, monkeypatch):
    facts = Facts(SILU)
    right = {fact.name: fact for fact in facts}[name]
    wrong = dataclasses.replace(right, known=right.value + sp.Rational(1, 10**15))
    monkeypatch.setitem(facts._known, name, wrong)
    (line,) = wrong_moments(facts)
    assert line.startswith(f"{name} => ")


# Closed forms, derived by hand or known from a source

alpha = al.elu.parameters[0].symbol
tail = sp.erfc(1 / sqrt(2)) / 2, sp.erfc(sqrt(2)) / 2  # the normal distribution at -1 and at -2
KNOWN = [
    (al.sigmoid, {}, "lipschitz", sp.Rational(1, 4)), (al.sigmoid, {}, "lipschitz_of_gradient", sqrt(3) / 18),
    (al.sigmoid, {}, "mean", sp.Rational(1, 2)),
    (al.tanh, {}, "lipschitz", 1), (al.tanh, {}, "lipschitz_of_gradient", 4 / (3 * sqrt(3))), (al.tanh, {}, "mean", 0),
    (al.relu, {}, "lipschitz", 1), (al.relu, {}, "lipschitz_of_gradient", oo), (al.relu, {}, "mean", 1 / sqrt(2 * pi)),
    (al.relu, {}, "second_moment", sp.Rational(1, 2)), (al.relu, {}, "gradient_second_moment", sp.Rational(1, 2)),
    (al.relu, {}, "variance", sp.Rational(1, 2) - 1 / (2 * pi)),
    (al.relu, {}, "gain", sqrt(2)),  # He et al. 2015, arXiv 1502.01852, equation 10
    (al.leaky_relu, {"alpha": third}, "lipschitz", 1), (al.leaky_relu, {"alpha": 2}, "lipschitz", 2),
    (al.leaky_relu, {"alpha": -3}, "lipschitz", 3), (al.leaky_relu, {"alpha": third}, "mean", (1 - third) / sqrt(2 * pi)),
    (al.leaky_relu, {"alpha": third}, "second_moment", (1 + third**2) / 2),
    (al.leaky_relu, {"alpha": third}, "gain", sqrt(2 / (1 + third**2))),  # the same source, equation 15
    (al.elu, {"alpha": third}, "lipschitz", 1), (al.elu, {"alpha": 3}, "lipschitz", 3),
    (al.elu, {"alpha": third}, "lipschitz_of_gradient", oo), (al.elu, {}, "lipschitz_of_gradient", 1),
    (al.elu, {"alpha": third}, "mean", 1 / sqrt(2 * pi) + third * (sqrt(sp.E) * tail[0] - sp.Rational(1, 2))),
    (al.elu, {"alpha": third}, "second_moment", sp.Rational(1, 2) + third**2 * (
        exp(2) * tail[1] - 2 * sqrt(sp.E) * tail[0] + sp.Rational(1, 2))),
    (al.elu, {"alpha": third}, "gradient_second_moment", sp.Rational(1, 2) + third**2 * exp(2) * tail[1]),
    (GELU, {}, "lipschitz", 1 / sqrt(pi) * exp(-1) + sp.erfc(-1) / 2),  # f' at sqrt(2)
    (GELU, {}, "lipschitz_of_gradient", 2 / sqrt(2 * pi)),  # f'' = (2 - x^2) phi(x)
    (HARD_SWISH, {}, "lipschitz", sp.Rational(3, 2)), (STEP, {}, "lipschitz", oo), (STEP, {}, "mean", sp.Rational(1, 2)),
    (al.define("sin(3*x)"), {}, "lipschitz_of_gradient", 9),
    (al.define("sin(3*x)"), {}, "second_moment", (1 - exp(-18)) / 2), (al.define("exp(x)"), {}, "mean", sqrt(sp.E)),
    (al.define("exp(x)"), {}, "second_moment", exp(2)), (al.define("x**4 - x"), {}, "second_moment", 106),
]


@pytest.mark.parametrize(("activation", "parameters", "name", "value"), KNOWN)
def test_a_known_closed_form_is_found(activation, parameters, name, value):
    found, wanted = getattr(al.facts(activation, **parameters), name), sp.sympify(value)
    if wanted.is_infinite:
        assert found.value == wanted
    else:
        assert abs(number(found.value) - number(wanted)) <= mpf(2 * found.radius) + mpf(10) ** -50


@pytest.mark.parametrize(("activation", "name", "value"), [
    (al.sigmoid, "saturation", {-log(49 + 20 * sqrt(6)), log(49 + 20 * sqrt(6))}),
    (al.tanh, "saturation", {-sp.acosh(10), sp.acosh(10)}), (al.elu, "saturation", {-log(100)}),
    (al.sigmoid, "inflection_points", {0}), (GELU, "inflection_points", {-sqrt(2), sqrt(2)}),
    (HARD_SWISH, "saturation", {sp.Rational(-3), sp.Rational(-153, 100), sp.Rational(-147, 100)}),
])
def test_a_known_place_is_found(activation, name, value):
    found = sorted(Members(getattr(al.facts(activation), name).value).ends)
    assert len(found) == len(value)
    assert all(abs(a - b) < mpf(10) ** -25 for a, b in zip(found, sorted(map(number, map(sp.sympify, value))), strict=True))


SHAPE = ("range", "zeros", "monotonicity", "extrema", "convexity", "inflection_points", "lipschitz", "lipschitz_of_gradient",
         "saturation")


@pytest.mark.parametrize(("text", "lipschitz", "of_gradient"), [
    ("1/x - 1/tanh(x)", third, None), ("x/(exp(x) - 1) if x != 0 else 1", 1, third / 2),
    ("(atan(x) - x)/x**3 if x != 0 else -1/3", None, sp.Rational(2, 5)),
    ("x**2/(exp(x) - 1 - x) if x != 0 else 2", 1, None), ("(tanh(x) - x)/x**3 if x != 0 else -1/3", None, sp.Rational(4, 15)),
])
def test_the_shape_of_a_quotient_is_certified_through_0_over_0(text, lipschitz, of_gradient):
    facts = al.facts(al.define(text))
    start = process_time()
    assert [name for name in SHAPE if getattr(facts, name).absent] == []
    assert process_time() - start < 15
    for fact, wanted, n in ((facts.lipschitz, lipschitz, 1), (facts.lipschitz_of_gradient, of_gradient, 2)):
        if wanted is not None:
            assert fact.value == wanted
        with mp.workdps(60):
            f = sp.lambdify(x, facts.activation.line().pieces[-1].expression, "mpmath")
            steepest = max(abs(mp.diff(f, mpf(k) / 16 * side, n)) for k in range(1, 160) for side in (-1, 1))
        assert number(fact.value) * mpf("0.97") < steepest <= number(fact.value)


# Enclosed places, against root finding in 50 digits

def solved(condition, near):
    with mp.workdps(50):
        return mp.findroot(condition, near)


def silu_slope(t):
    return (1 + mp.exp(-t) * (1 + t)) / (1 + mp.exp(-t)) ** 2


def mish(t):
    return t * mp.tanh(mp.log1p(mp.exp(t)))


ROOTS = [
    (al.sigmoid, "fixed_points", lambda: solved(lambda t: 1 / (1 + mp.exp(-t)) - t, 0.66)),
    (SILU, "extrema", lambda: solved(silu_slope, -1.28)),
    (GELU, "extrema", lambda: solved(lambda t: mp.ncdf(t) + t * mp.npdf(t), -0.75)),
    (MISH, "extrema", lambda: solved(lambda t: mp.diff(mish, t), -1.19)),
    (al.define("exp(-x)"), "fixed_points", lambda: mp.lambertw(1).real),
    (al.define("cos(x)"), "fixed_points", lambda: solved(lambda t: mp.cos(t) - t, 0.74)),
]


@pytest.mark.parametrize(("activation", "name", "root"), ROOTS)
def test_an_enclosed_place_is_the_root(activation, name, root):
    fact = getattr(al.facts(activation), name)
    (at,) = [extremum.at for extremum in fact.value] if name == "extrema" else fact.value
    with mp.workdps(50):
        assert abs(number(at) - root()) <= mpf(2 * fact.radius) + mpf(10) ** -45


# Published to a few digits; the sources' own numbers

PUBLISHED = [
    (al.tanh, "gain", "1.5925"), (al.sigmoid, "gain", "1.8462"), (SILU, "gain", "1.6765"), (GELU, "gain", "1.5335"),
    (SELU, "gain", "1.0000"), (al.define("max(x, 0)**2"), "gain", "0.8165"),
    (SILU, "mean", "0.20662"), (GELU, "mean", "0.28209"), (al.relu, "mean", "0.39894"),
    (SELU, "mean", "0.0000"), (SELU, "variance", "1.0000"),  # Klambauer et al. 2017, arXiv 1706.02515: a fixed point
    (GELU, "lipschitz", "1.1289"), (SILU, "lipschitz", "1.0998"),
]


@pytest.mark.parametrize(("activation", "name", "digits"), PUBLISHED)
def test_a_published_number_is_found(activation, name, digits):
    assert_rounded(getattr(al.facts(activation), name).value, digits)


def assert_rounded(found, digits):
    """That the decimal number is the found one, rounded."""
    unit = mpf(10) ** -len(digits.partition(".")[2])
    assert abs(number(found) - mpf(digits)) <= unit / 2


@pytest.mark.parametrize(("activation", "at", "value"), [
    (GELU, "-0.7518", "-0.16997"),  # Hendrycks and Gimpel 2016, arXiv 1606.08415
    (SILU, "-1.2785", "-0.27846"),  # Elfwing, Uchibe and Doya 2017, arXiv 1702.03118: "approximately -0.28 for x near -1.28"
    (MISH, "-1.1924", "-0.30884"),  # Misra 2019, arXiv 1908.08681: "approximately -0.31"
    (HARD_SWISH, "-1.5000", "-0.37500"),
])
def test_a_published_minimum_is_found(activation, at, value):
    (minimum,) = al.facts(activation).extrema.value
    assert minimum.kind == "minimum"
    assert_rounded(minimum.at, at)
    assert_rounded(minimum.value, value)
    assert abs(number(al.facts(activation).range.value.inf) - number(minimum.value)) < 1e-30


@pytest.mark.parametrize(("activation", "cost"), [
    (al.sigmoid, "one exponential, one division"), (al.tanh, "one hyperbolic tangent"), (al.relu, "one comparison"),
    (al.leaky_relu, "one multiplication, one comparison"), (al.elu, "one exponential, one comparison"),
    (GELU, "one error function"), (MISH, "one exponential, one logarithm, one hyperbolic tangent"),
    (al.star_relu, "two multiplications, one addition, one comparison"),  # its scale, 2*sqrt(5)/5, is one number
    (al.define("x - 1"), "one addition"), (al.define("-sqrt(2)*(x - sqrt(2) + 1)/3"), "one multiplication, one addition"),
    (al.define("x**3 + 2*x"), "three multiplications, one addition"), (al.define("sqrt(x*x + 1)"), "one square root"),
    (al.define("x**0.3 + 1/x"), "one power, one division"), (al.define("3"), "no operation"),
    (al.define("exp(x) + exp(x)**2 + sin(exp(x))"), "two exponentials, one sine"),
])
def test_cost_counts_what_the_formula_needs(activation, cost):
    assert al.facts(activation).cost.value == cost


@pytest.mark.parametrize(("text", "kind", "center"), [
    ("min(max(x, 0), 6)", "point", (3, 3)), ("1 if x > 2 and x < 5 else 0", "axis", (sp.Rational(7, 2),)),
    ("max(0, 1 - abs(x - 2))", "axis", (2,)), ("relu(x - 3) + min(x - 1, 0)", "point", (2, 0)),
    ("min(max(x, 0), 6) + exp(-x*x)", "none", ()), ("clip(x**3 - x, -0.1, 0.1)", "odd", (0,)),
    ("abs(x**3 - x - 1) + abs(x**3 - x + 1)", "even", (0,)), ("clip(x**3 - x, -0.1, 0.2)", "none", ()),
])
def test_a_center_of_symmetry_inside_a_straight_piece_is_found(text, kind, center):
    assert al.facts(al.define(text)).symmetry.value == (kind, center)


def test_a_constant_with_a_long_rate_does_not_become_a_polynomial_of_high_degree():
    gate = al.define("min(x, 7)*sigmoid(1.702*min(x, 7))")
    assert str(al.facts(gate).fixed_points) == "{0}"


@pytest.mark.parametrize(("text", "kind", "center"), [
    ("1/(x - 1)", "point", (1, 0)), ("x/(x - 2)", "point", (2, 1)), ("1/(x - 1) + x", "point", (1, 1)),
    ("1/x + 3", "point", (0, 3)), ("1/x", "odd", (0,)), ("1/(x - 1)**2", "axis", (1,)), ("log(abs(x - 2))", "axis", (2,)),
    ("sigmoid(1/(x - 1))", "point", (1, sp.Rational(1, 2))), ("1/(x*(x - 1)*(x - 2))", "point", (1, 0)),
    ("1/(x - 1) if x != 1 else 5", "none", ()), ("(x**3 - 8)/(x - 2) if x != 2 else 12", "axis", (-1,)),
    ("sin(x - 1)/(x - 1) if x != 1 else 1", "axis", (1,)), ("max(x, min(-x, x**2 - 1), -2)", "none", ()),
    ("exp(-1/x)/(exp(-1/x) + exp(1/(x - 1))) if 0 < x < 1 else heaviside(x - 1)", "point", (half, half)),
    ("exp(1/(x - 1))", "none", ()), ("log(x - 1)", "none", ()),
])
def test_a_center_of_symmetry_may_lie_outside_the_domain(text, kind, center):
    assert al.facts(al.define(text)).symmetry.value == (kind, center)


@pytest.mark.parametrize(("text", "name", "told"), [
    ("exp(-1/x) if x > 0 else 0", "smoothness", "C^∞"), ("1 - exp(1/x) if x < 0 else 1", "smoothness", "C^∞"),
    ("log(abs(tanh(x))) if x != 0 else 0", "smoothness", "not continuous; f is unbounded at 0"),
    ("7 if x == 1 else x", "smoothness", "not continuous; f is not its limit at 1"),
    ("softplus(x) - softplus(-x)", "fixed_points", "ℝ"), ("log(1 + exp(x)) - log(1 + exp(-x)) - x", "zeros", "ℝ"),
])
def test_what_happens_at_a_place_or_everywhere_is_told(text, name, told):
    assert str(getattr(al.facts(al.define(text)), name)) == told
