"""What single entries of the catalogue promise beyond what every entry does: constants, identities, published derivatives."""

import copy
import pickle

import mpmath
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.activation import x
from activlib.constant import Constant, closed

LAMBDA, ALPHA = sorted(al.selu.formula.atoms(Constant), key=str, reverse=True)


# SELU's constants


def test_selus_constants_make_mean_0_and_variance_1_of_normal_inputs_to_20_digits():
    with mpmath.workdps(40):
        scale, alpha = (mpmath.mpf(str(c.evalf(40))) for c in (LAMBDA, ALPHA))

        def f(z):
            return scale * (z if z > 0 else alpha * mpmath.expm1(z))

        mean, square = (mpmath.quad(lambda z: mpmath.npdf(z) * f(z) ** power, [-40, -20, -8, -4, 0, 4, 8, 20, 40])  # noqa: B023
                        for power in (1, 2))
        assert abs(mean) < 1e-20
        assert abs(square - 1) < 1e-20


def test_selus_moments_are_proved_exactly():
    facts = al.facts(al.selu)
    assert (facts.mean.value, facts.second_moment.value, facts.variance.value, facts.gain.value) == (0, 1, 1, 1)
    assert {fact.method for fact in (facts.mean, facts.second_moment, facts.variance, facts.gain)} == {"exact"}


def test_selus_constants_are_the_papers():
    assert str(ALPHA.evalf(32)) == "1.6732632423543772848170429916717"
    assert str(LAMBDA.evalf(32)) == "1.0507009873554804934193349852946"


def test_a_constant_is_a_number_that_prints_as_its_symbol():
    root = Constant("rho", sp.sqrt(2))
    assert (str(root), sp.latex(3 * root * x)) == ("rho", r"3 \rho x")
    assert (float(root), root.evalf(30)) == (float(sp.sqrt(2)), sp.sqrt(2).evalf(30))
    assert root.is_positive
    assert 1 < root < sp.Rational(3, 2)
    assert (sp.floor(root), sp.diff(root * x, x)) == (1, root)
    assert closed(root**2 * x + sp.pi) == 2 * x + sp.pi
    assert root == Constant("rho", sp.sqrt(2)) != Constant("rho", sp.sqrt(3))
    assert len({root, Constant("rho", sp.sqrt(2)), Constant("sigma", sp.sqrt(2))}) == 2
    assert all(same is root for same in (pickle.loads(pickle.dumps(root)), copy.deepcopy(root)))
    with mpmath.workdps(50):
        assert abs(sp.lambdify(x, root * x, "mpmath")(mpmath.mpf(1)) - mpmath.sqrt(2)) < mpmath.mpf(10) ** -49


# How the entries hang together


IDENTITIES = {
    "softplus' is the sigmoid": al.softplus.derivative() - al.sigmoid.formula.subs(x, al.softplus.parameters[0].symbol * x),
    "softplus(x) - softplus(-x) = x":
        (al.softplus.formula - al.softplus.formula.subs(x, -x) - x).subs(al.softplus.at()).rewrite(sp.exp),
    "SiLU is x sigma(x)": al.silu.formula.subs(al.silu.at()) - x * al.sigmoid.formula,
    "SiLU is x/2 at beta 0": al.silu.formula.subs(al.silu.at(beta=0)) - x / 2,
    "GELU(x) - GELU(-x) = x": al.gelu.formula - al.gelu.formula.subs(x, -x) - x,
    "GELU' is Phi + x phi": al.gelu.derivative() - sp.erfc(-x / sp.sqrt(2)) / 2 - x * sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi),
    "Mish is x tanh(softplus)": al.mish.formula - x * sp.tanh(al.softplus.formula.subs(al.softplus.at())),
    "SELU is a multiple of ELU on the left":
        al.selu.pieces()[0][2] - LAMBDA * al.elu.pieces()[0][2].subs(al.elu.parameters[0].symbol, ALPHA),
}


@pytest.mark.parametrize("difference", IDENTITIES.values(), ids=IDENTITIES)
def test_identities_hold(difference):
    difference = sp.simplify(difference.replace(sp.erfc, lambda z: 1 - sp.erf(z)))
    assert sp.simplify(sp.expand_log(difference.rewrite(sp.exp), force=True)) == 0


def test_the_two_gelus_differ_by_less_than_half_a_thousandth():
    with mpmath.workdps(30):
        exact, near = (sp.lambdify(x, f.formula, "mpmath") for f in (al.gelu, al.gelu_tanh))
        at = mpmath.findroot(lambda v: mpmath.diff(lambda w: exact(w) - near(w), v), 2.7)
        assert float(at) == pytest.approx(2.699, abs=1e-3)
        assert float(abs(exact(at) - near(at))) == pytest.approx(4.73e-4, rel=1e-3)
    grid = np.linspace(-12, 12, 100001)
    assert abs(al.gelu(grid) - al.gelu_tanh(grid)).max() < 4.74e-4


# Derivatives as a textbook prints them


PUBLISHED = {
    (al.softplus, 1): r"\frac{e^{\beta x}}{e^{\beta x} + 1}",
    (al.softplus, 2): r"\frac{\beta e^{\beta x}}{\left(e^{\beta x} + 1\right)^{2}}",
    (al.silu, 1): r"\frac{\left(\beta x + e^{\beta x} + 1\right) e^{\beta x}}{\left(e^{\beta x} + 1\right)^{2}}",
    (al.silu, 2): r"\frac{\beta \left(- \beta x e^{\beta x} + \beta x + 2 e^{\beta x} + 2\right) e^{\beta x}}"
                  r"{\left(e^{\beta x} + 1\right)^{3}}",
    (al.gelu, 1): r"\frac{\frac{\sqrt{2} x e^{- \frac{x^{2}}{2}}}{\sqrt{\pi}} + "
                  r"\operatorname{erf}{\left(\frac{\sqrt{2} x}{2} \right)} + 1}{2}",
    (al.gelu, 2): r"\frac{\sqrt{2} \left(1 - \frac{x^{2}}{2}\right) e^{- \frac{x^{2}}{2}}}{\sqrt{\pi}}",
    (al.mish, 1): r"\frac{x \left(1 - \tanh^{2}{\left(\log{\left(e^{x} + 1 \right)} \right)}\right) e^{x}}{e^{x} + 1} "
                  r"+ \tanh{\left(\log{\left(e^{x} + 1 \right)} \right)}",
    (al.mish, 2): r"\frac{\left(1 - \tanh^{2}{\left(\log{\left(e^{x} + 1 \right)} \right)}\right) "
                  r"\left(- 2 x e^{x} \tanh{\left(\log{\left(e^{x} + 1 \right)} \right)} + x + 2 e^{x} + 2\right) e^{x}}"
                  r"{\left(e^{x} + 1\right)^{2}}",
}


@pytest.mark.parametrize(("activation", "n"), PUBLISHED, ids=[f"{a.name}-{n}" for a, n in PUBLISHED])
def test_derivatives_are_short(activation, n):
    assert sp.latex(activation.derivative(n)) == PUBLISHED[activation, n]


@pytest.mark.parametrize(("formula", "derivative"), [
    ("log(1 + x**2)", "2*(1 - x**2)/(x**2 + 1)**2"),  # not (1 - x)*(1 + x)
    ("x*tanh(x)", "2*(x*tanh(x) - 1)*(tanh(x)**2 - 1)"),
    ("x*tanh(exp(x))", "(1 - tanh(exp(x))**2)*(-2*x*exp(x)*tanh(exp(x)) + x + 2)*exp(x)"),
])
def test_second_derivatives_of_a_readers_own_are_short_too(formula, derivative):
    assert str(al.define(formula).derivative(2)) == derivative


def test_long_fractions_are_written_as_decimals():
    assert "0.044715 x^{3}" in al.gelu_tanh._repr_latex_()
    assert r"\frac{x}{300}" in al.define("x/300")._repr_latex_()
    assert r"\frac{x}{8}" in al.define("x/8")._repr_latex_()
