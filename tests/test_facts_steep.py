"""Facts of steep functions, whose exponentials run through thousands of orders of magnitude, and of what is hard to integrate."""

from fractions import Fraction
from time import process_time

import pytest
import sympy as sp
from mpmath import mp, mpf

import activlib as al
from activlib.balls import ball, precision
from activlib.facts.outweighed import Outweighed
from falsifier import falsify
from oracle import number

SILU = "x*sigmoid(beta*x)"


@pytest.mark.parametrize("beta", [1000, 10**5])
def test_the_facts_of_a_steep_silu_are_those_of_silu_at_another_scale(beta):
    steep, plain = (al.facts(al.define(SILU, beta=b)) for b in (beta, 1))
    assert [fact.name for fact in steep if fact.absent] == []
    for name in ("range", "lipschitz", "lipschitz_of_gradient", "extrema", "inflection_points"):
        wanted, found = getattr(plain, name).value, getattr(steep, name).value
        if name == "range":
            wanted, found = wanted.start, found.start * beta
        elif name == "extrema":
            wanted, found = wanted[0].at, found[0].at * beta
        elif name == "inflection_points":
            wanted, found = max(wanted), max(found) * beta
        elif name == "lipschitz_of_gradient":
            found /= beta
        assert abs(number(sp.sympify(found)) - number(sp.sympify(wanted))) < mpf(10) ** -12, name


@pytest.mark.parametrize("text", ["sigmoid(b*x)", "tanh(b*x)", "sigmoid(b*(x - 3))", "log(1 + exp(b*x))/b", "x*tanh(b*x)",
                                  "x*exp(-b*x**2)"])
def test_the_facts_of_a_steep_function_are_complete_and_have_its_shape(text):
    steep, plain = (al.facts(al.define(text, b=b)) for b in (1000, 1))
    assert [fact.name for fact in steep if fact.absent] == []
    for name in ("monotonicity", "convexity"):
        assert [kind for _, kind in getattr(steep, name).value] == [kind for _, kind in getattr(plain, name).value]
    assert falsify(steep, [steep.symmetry, steep.extrema]) == []


@pytest.mark.parametrize(("text", "low", "high", "wanted"), [
    ("exp(1000*x) - 1000*x - 2", 1, 4, 1), ("exp(1000*x) - 1000*x - 2", -4, -1, 1), ("exp(3000*x) - exp(4000*x)", 1, 4, -1),
    ("tanh(1000*x) - x", -4, -2, 1), ("log(1 + exp(-1000*x))", 1, 4, 1), ("exp(1000*x) - 2", -4, 4, None),
    ("exp(50*x)*(1 + exp(50*x - 50)) - exp(50*x - 50)*(1 + exp(50*x))", -4, 4, 1),
])  # fmt: skip
def test_a_term_that_outweighs_the_others_shows_the_sign_over_a_wide_box(text, low, high, wanted):
    with precision():
        assert Outweighed(al.define(text).formula).sign(ball(sp.Integer(low)).union(ball(sp.Integer(high)))) == wanted


@pytest.mark.parametrize(("text", "low", "high"), [
    ("log((1 + exp(50*x))/(1 + exp(50*(x - 1))))/50", 0, 1), ("tanh(30*x + 3) + tanh(30*x - 3)", -2, 2)])
def test_differences_of_steep_functions_have_a_range_and_their_derivatives_are_written_at_once(text, low, high):
    activation = al.define(text)
    start = process_time()
    activation.derivative(2)
    assert process_time() - start < 5  # minutes, where SymPy factors polynomials of degree 150 in exp(x)
    assert al.facts(activation).range.value == sp.Interval.open(low, high)


def test_a_second_moment_that_is_not_told_from_zero_gives_no_gain():
    facts = al.facts(al.define("log(1 + exp(x)) - log(1 + exp(-x)) - x"))
    assert facts.range.value == sp.FiniteSet(0)
    assert facts.gain.argument == "The second moment is zero or not told from it."


def test_facts_with_constants_such_as_exp_of_a_long_fraction_take_no_longer_than_others():
    facts = al.facts(al.define("min(x, 7)*sigmoid(1.702*min(x, 7))"))
    assert [fact.name for fact in facts if fact.absent] == []
    assert facts.right_limit.value.equals(7 / (1 + sp.exp(sp.Rational(-5957, 500))))


@pytest.mark.parametrize(("text", "center", "kind"), [
    ("sigmoid(5*(x - 3))", 3, "point"), ("tanh(x - 2) + x", 2, "point"), ("1/cosh(x - 3)", 3, "axis"),
    ("log((1 + x)/(1 - x)) if abs(x) < 1 else 0", 0, "odd"), ("x**2 if abs(x**3 - 3*x) < 1 else abs(x)", 0, "even"),
])  # fmt: skip
def test_a_symmetry_is_proved_about_a_shifted_center_and_between_logarithms_and_roots_of_cubics(text, center, kind):
    found = al.facts(al.define(text)).symmetry.value
    assert (found.kind, found.center[0]) == (kind, center)


# Integrals that are hard to enclose

@pytest.mark.parametrize(("text", "n", "power"), [
    ("sigmoid(10000*x)", 1, 2), ("atan(1000000*x)", 0, 2), ("log((1 + x)/(1 - x)) if abs(x) < 1 else 0", 0, 2),
    ("sqrt((1 + x**2)**2 - 1)", 0, 1), ("sqrt(1 + x**2) if x > 20 else x*tanh(x)", 0, 1),
])  # fmt: skip
def test_a_moment_of_a_steep_or_singular_function_is_that_of_quadrature(text, n, power):
    activation = al.define(text)
    facts = al.facts(activation)
    name = {(0, 1): "mean", (0, 2): "second_moment", (1, 2): "gradient_second_moment"}[n, power]
    total = mpf(0)
    with mp.workdps(20):
        for low, high, piece in activation.pieces(n):
            f = sp.lambdify(al.x, piece, "mpmath")
            a, b = max(number(low), mpf(-30)), min(number(high), mpf(30))
            scales = [s * mpf(10) ** -k for k in range(-1, 9) for s in (-1, 1)] + [0]
            ends = [a, *sorted(p for p in scales if a < p < b), b]
            total += mp.quad(lambda z, f=f: f(z) ** power * mp.npdf(z), ends)
    found = getattr(facts, name)
    assert found.radius < Fraction(1, 10**15)
    assert abs(number(sp.sympify(found.value)) / total - 1) < 1e-9


def test_a_moment_that_quadrature_does_not_settle_says_so_and_one_without_a_value_says_that():
    hard, infinite, undefined = (al.facts(al.define(t)).second_moment for t in ("x*tanh(exp(1000*x))", "exp(x**2)", "1/x"))
    assert hard.argument == "It is finite, but rigorous quadrature does not settle it."
    assert infinite.argument == "The integrand does not decay."
    assert undefined.argument == "The integrand is singular at 0."
