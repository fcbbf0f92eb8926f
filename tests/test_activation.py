"""The one definition of an activation: its derivatives, pieces and parameters, and what it refuses."""

import dataclasses
from decimal import Decimal
from fractions import Fraction
from random import Random

import numpy as np
import pytest
import sympy as sp
from mpmath import mp, mpf
from sympy.codegen.cfunctions import expm1

import activlib as al
from activlib.activation import exact

ALL = pytest.mark.parametrize("activation", al.activations.values(), ids=al.activations)
ORDERS = pytest.mark.parametrize("n", [1, 2, 3])
x, alpha = al.x, al.elu.parameters[0].symbol


def random_points(cuts, size=20):
    """Numbers of several sizes, none next to a breakpoint."""
    random = Random(3)
    drawn = [mpf(random.gauss(0, scale)) for scale in (0.1, 1, 8) for _ in range(size)]
    return [p for p in drawn if all(abs(p - cut) > 1e-6 for cut in cuts)]


def wrong_derivatives(activation, n):
    """Lines `form at x => got != wanted` for the points at which the published or the stable form of the n-th derivative
    is not the finite difference of the formula."""
    values = activation.at()
    f = sp.lambdify(x, activation.formula.subs(values), "mpmath")
    forms = {"published": activation.derivative(n), "stable": activation.stable(n)}
    points = random_points([float(cut) for cut in activation.line().cuts])
    assert len(points) > 50
    found = []
    with mp.workdps(50):
        differences = [mp.diff(f, p, n) for p in points]
        for name, form in forms.items():
            computed = sp.lambdify(x, form.subs(values), "mpmath")
            for p, wanted in zip(points, differences, strict=True):
                got = mpf(computed(p))
                if abs(got - wanted) > mpf(10) ** -30 * abs(wanted) + mpf(10) ** -40:
                    found.append(f"{name} at {mp.nstr(p, 17)} => {mp.nstr(got, 20)} != {mp.nstr(wanted, 20)}")
    return found


# Derivatives

@ALL
@ORDERS
def test_derivative_equals_a_finite_difference_of_fifty_digits(activation, n):
    assert wrong_derivatives(activation, n) == []


class Wrong(al.Activation):
    """An activation whose stable form of the slope is another's."""

    def stable(self, n=0):
        return {"sigmoid": 2 * al.sigmoid.stable(1), "tanh": al.tanh.stable(1).subs(x, -x / 2),
                "elu": al.elu.stable(1).subs(x, x + 1), "relu": sp.Piecewise((1, x > 1), (0, True))}[self.name]


WRONG = {title: Wrong(a.name, a.title, a.latex, a.formula, a.parameters) for title, a in {
    "another factor": al.sigmoid, "a wrong sign": al.tanh, "shifted": al.elu, "a branch that is left out": al.relu}.items()}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_derivative_is_found_out(wrong):
    found = wrong_derivatives(wrong, 1)
    assert found
    assert all(line.startswith("stable at ") for line in found)


@ALL
@ORDERS
def test_derivative_equals_sympys_on_every_piece(activation, n):
    for (low, high, piece), (*ends, formula) in zip(activation.pieces(n), activation.pieces(), strict=True):
        assert [low, high] == ends
        assert sp.simplify((piece - sp.diff(formula, x, n)).rewrite(sp.exp)) == 0


@ALL
@ORDERS
def test_derivative_is_published_without_foreign_functions_and_no_longer_than_sympys(activation, n):
    allowed = set().union(*(piece.atoms(sp.Function) for *_, piece in activation.pieces(n - 1)))
    published = activation.derivative(n)
    kinds = {type(f) for f in published.atoms(sp.Function)} - {sp.Piecewise}
    assert kinds <= {type(f) for f in allowed} | {type(f) for e in allowed for f in sp.diff(e, x).atoms(sp.Function)}
    assert not published.has(sp.Derivative, sp.Subs, sp.Heaviside, sp.DiracDelta, sp.Abs, sp.Max, sp.Min, sp.sign)
    for (*_, piece), (*_, lower) in zip(activation.pieces(n), activation.pieces(n - 1), strict=True):
        assert sp.count_ops(piece) <= sp.count_ops(sp.diff(lower, x))


@pytest.mark.parametrize(("activation", "published"), [
    (al.sigmoid, sp.exp(x) / (sp.exp(x) + 1) ** 2),
    (al.tanh, 1 - sp.tanh(x) ** 2),
    (al.relu, sp.Piecewise((1, x > 0), (0, True))),
    (al.elu, sp.Piecewise((1, x > 0), (alpha * sp.exp(x), True))),
    (al.define("x**2*exp(x)"), x * (x + 2) * sp.exp(x)),
])
def test_derivative_has_the_form_of_a_textbook(activation, published):
    assert activation.derivative() == published
    assert activation.derivative(0) == activation.formula


@pytest.mark.parametrize(("activation", "n", "stable"), [
    (al.sigmoid, 0, sp.Piecewise((1 / (1 + sp.exp(-x)), x >= 0), (sp.exp(x) / (1 + sp.exp(x)), True))),
    (al.tanh, 1, sp.Piecewise((4 * sp.exp(-2 * x) / (1 + sp.exp(-2 * x))**2, x >= 0),
                              (4 * sp.exp(2 * x) / (1 + sp.exp(2 * x))**2, True))),
    (al.elu, 0, sp.Piecewise((x, x > 0), (alpha * expm1(x), True))),
    (al.gelu, 0, x * sp.erfc(-x / sp.sqrt(2), evaluate=False) / 2),
    (al.relu, 1, sp.Piecewise((1, x > 0), (0, True))),
])
def test_the_machine_finds_the_stable_form_that_one_writes_by_hand(activation, n, stable):
    assert activation.stable(n) == stable


# Breakpoints and pieces

@pytest.mark.parametrize(("text", "parameters", "places"), [
    ("tanh(x)", {}, []),
    ("abs(x)", {}, [0]),
    ("max(-1, min(1, x))", {}, [-1, 1]),
    ("1 if x*x > 2 else 0", {}, [-sp.sqrt(2), sp.sqrt(2)]),
    ("1 if 2*x - 1 >= x else 0", {}, [1]),
    ("1 if (x - 1)*(x - 3) > 0 else 0", {}, [1, 3]),
    ("1 if x*x + 1 > 0 else 0", {}, []),
    ("1 if x*x > x*x + x else 0", {}, [0]),
    ("1 if tanh(x - 2) > 0 else 0", {}, [2]),
    ("7 if x == 1 else x", {}, [1]),
    ("x if c < x < d else 0", {"c": -2, "d": 3}, [-2, 3]),
    ("x if c < x < d else 0", {"c": 3, "d": -2}, []),
    ("1 if x**3 > x else 0", {}, [-1, 0, 1]),
    ("1 if x**3 > 2 else 0", {}, [sp.cbrt(2)]),
    ("1 if x**5 - x - 1 > 0 else 0", {}, [sp.CRootOf(sp.Symbol("x") ** 5 - sp.Symbol("x") - 1, 0)]),
    ("1 if c*x*x + x > 1 else 0", {"c": 0}, [1]),
    ("1 if exp(2*x) > 3*exp(x) - 2 else 0", {}, [0, sp.log(2)]),
    ("1 if (x - 1)*exp(x) > 0 else 0", {}, [1]),
    ("1 if tanh(x) > 1/2 else 0", {}, [sp.atanh(sp.Rational(1, 2))]),
    ("1 if sqrt(x*x + 1) > 2 else 0", {}, [-sp.sqrt(3), sp.sqrt(3)]),
    ("relu(x) - relu(-x)", {}, []),
    ("abs(abs(x) - 1)", {}, [-1, 0, 1]),
    ("1 if x*x > c else 0", {"c": 4}, [-2, 2]),
    ("1 if x*x > c else 0", {"c": -4}, []),
    ("1 if c*x > 1 else 0", {"c": 0}, []),
    ("1 if c*x*x > 1 else 0", {"c": 0}, []),
])
def test_breakpoints_are_the_solutions_of_the_conditions(text, parameters, places):
    f = al.define(text, **parameters)
    ends = [end.subs(f.at()) for low, high, _ in f.pieces() for end in (low, high)]
    assert ends == [-sp.oo, *(place for place in places for _ in range(2)), sp.oo]
    assert [b.subs(f.at()) for b in f.breakpoints][:len(places)] == places


@pytest.mark.parametrize(("text", "reason"), [
    ("1 if sin(x) > 0 else 0", r"sin\(x\) changes its sign infinitely often"),
    ("1 if exp(x) > x else 0", "the zeros of .* have no closed form"),
])
def test_a_condition_without_a_solution_is_refused(text, reason):
    with pytest.raises(ValueError, match=f"cannot solve the condition .* for x: {reason}"):
        al.define(text)


def test_conditions_with_large_constants_are_solved_at_once():
    f = al.define("1 if (1e299*log(10) + erf(1)/1e9)*x > 1e299*log(2)**9 else 0")
    assert float(f.breakpoints[0]) == pytest.approx(np.log(2) ** 9 / np.log(10))


@ALL
def test_pieces_are_smooth_and_cover_the_line(activation):
    for n in range(3):
        pieces = activation.pieces(n)
        assert (pieces[0][0], pieces[-1][1]) == (-sp.oo, sp.oo)
        ends = [high for _, high, _ in pieces[:-1]]
        assert ends == [low for low, *_ in pieces[1:]]
        assert {*ends} <= {*activation.breakpoints}
        assert [end.subs(activation.at()) for end in ends] == list(activation.line(n).cuts)
        assert not any(piece.has(sp.Piecewise) for *_, piece in pieces)


def test_pieces_follow_the_parameters_order_on_the_line():
    f = al.define("low if x < low else (high if x > high else x)", low=-1, high=1)
    low, high = (p.symbol for p in f.parameters)
    assert f.pieces() == ((-sp.oo, low, low), (low, high, x), (high, sp.oo, high))
    assert f.pieces(low=2) == ((-sp.oo, low, low), (low, sp.oo, high))


# Parameters

@pytest.mark.parametrize(("given", "stored"), [
    (2, sp.Integer(2)), (Fraction(1, 3), sp.Rational(1, 3)), (sp.Rational(1, 3), sp.Rational(1, 3)), (sp.pi, sp.pi),
    (0.5, sp.Rational(1, 2)), (0.1, sp.Rational(3602879701896397, 2**55)), (sp.Float(0.1), sp.Rational(3602879701896397, 2**55)),
    (np.float32(0.1), sp.Rational(13421773, 2**27)), (np.int64(3), sp.Integer(3)), (1e300, sp.Integer(int(1e300))),
    (sp.sqrt(2) * sp.Float(0.5), sp.sqrt(2) / 2), (np.longdouble(1) + np.longdouble(2) ** -60, 1 + sp.Rational(1, 2**60)),
    (1 + mpf(2) ** -50, 1 + sp.Rational(1, 2**50)),
])
def test_a_parameter_is_the_exact_number_that_was_given(given, stored):
    assert exact(given) == stored
    assert al.elu.at(alpha=given) == {alpha: stored}


@pytest.mark.parametrize("given", [True, "1", None, 1j, [1], np.ones(1), Decimal("0.1"), x, sp.I])
def test_what_is_no_real_number_is_refused_with_the_parameters_name(given):
    with pytest.raises(TypeError, match=r"^parameter alpha: expected a real number, got .* of type \w+$"):
        al.elu.at(alpha=given)


@pytest.mark.parametrize("given", [0, -1, -0.0, sp.Rational(-1, 10**30), float("inf"), float("nan"), sp.oo, -sp.oo, sp.nan])
def test_a_value_outside_the_domain_is_refused_with_name_value_and_domain(given):
    with pytest.raises(ValueError, match=rf"^parameter alpha = {given} lies outside its domain 0 < α$"):
        al.elu.at(alpha=given)


def test_an_unknown_parameter_is_refused_with_the_known_ones():
    with pytest.raises(TypeError, match=r"^elu has no parameter 'beta'; it takes alpha$"):
        al.elu.at(alpha=1, beta=2)
    with pytest.raises(TypeError, match=r"^tanh has no parameter 'alpha'; it takes no parameters$"):
        al.tanh.pieces(alpha=1)


@pytest.mark.parametrize(("options", "message"), [
    ({"default": -1}, "parameter p = -1 lies outside its domain 0 < p"),
    ({"slider": (0, 1, 1)}, "parameter p = 0 lies outside its domain"),
    ({"slider": (1, -2, 1)}, "parameter p = -2 lies outside its domain"),
])
def test_a_parameter_keeps_default_and_slider_in_its_domain(options, message):
    with pytest.raises(ValueError, match=message):
        al.Parameter(**{"name": "p", "default": 1, "domain": sp.Interval.open(0, sp.oo), "slider": (1, 2, 1)} | options)


def test_a_symbol_is_assumed_positive_where_the_domain_is():
    assert al.elu.parameters[0].symbol.is_positive
    assert al.leaky_relu.parameters[0].symbol.is_positive is None
    assert (al.elu.parameters[0].text, al.elu.parameters[0].condition) == ("α", "0 < α")
    assert al.leaky_relu.parameters[0].condition == "the real numbers"


# The object

@pytest.mark.parametrize(("change", "message"), [
    ({"formula": x * sp.Symbol("q")}, r"elu: the formula uses \['q'\], which are not parameters"),
    ({"parameters": ()}, r"elu: the formula uses \['alpha'\]"),
    ({"name": "my elu"}, "name = 'my elu': expected an identifier"),
    ({"name": 3}, "name = 3: expected an identifier"),
    ({"window": (1, 1)}, r"window = \(1, 1\): expected \(low, high\) with finite numbers low < high"),
    ({"window": (0, sp.oo)}, r"window = \(0, oo\): expected"), ({"window": (0, float("nan"))}, "expected"),
    ({"window": 5}, "window = 5: expected"), ({"window": (1, 2, 3)}, "expected"), ({"window": "ab"}, "expected"),
])
def test_an_inconsistent_definition_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(al.elu, **change)


def test_an_activation_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        al.elu.formula = x
    assert {al.elu: 1}[al.elu] == 1
    assert dataclasses.replace(al.elu) != al.elu


def test_an_activation_shows_itself_with_its_parameters():
    assert repr(al.elu) == "Activation(elu, α=1)"
    assert repr(al.tanh) == "Activation(tanh)"
    assert al.elu._repr_latex_().startswith(r"$\displaystyle \operatorname{ELU}(x; \alpha) = \begin{cases} x")
    assert al.tanh._repr_latex_() == r"$\displaystyle \tanh(x) = \tanh{\left(x \right)}$"
