"""Derivations prove what they show, and refuse what they cannot prove."""

import html5lib
import pytest
import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

import activlib as al
from activlib.derivation import equal
from activlib.notebook import latex

x = al.x
r = sp.Symbol("r", real=True)
sigma = 1 / (1 + sp.exp(-x))

TRUE = [
    (sp.Derivative(sigma, x), sigma * (1 - sigma)),
    (sp.tanh(x), 2 * sigma.subs(x, 2 * x) - 1),
    (sp.sin(x) ** 2 + sp.cos(x) ** 2, 1),
    (expm1(x), sp.exp(x) - 1),
    (log1p(sp.exp(x)), x + sp.log(1 + sp.exp(-x))),
    (sp.Integral(sp.exp(-x), (x, 0, sp.oo)), 1),
    (sp.Limit(sp.sin(x) / x, x, 0), 1),
    (sp.Piecewise((x, x > 0), (0, True)) - sp.Piecewise((0, x > 0), (-x, True)), x),
    (al.relu.formula - al.relu.formula.subs(x, -x), x),
    (al.relu.formula.subs(x, 3 * x), 3 * al.relu.formula),
    (al.elu.stable(), al.elu.formula),
    (al.gelu.stable(), al.gelu.formula),
    ((sp.Abs(r) + r) ** 2 + (sp.Abs(r) - r) ** 2, 4 * r**2),
    (sp.Max(x, r), (x + r + sp.Abs(x - r)) / 2),
]
FALSE = [
    (sigma, sigma + sp.Rational(1, 10**12)),
    (sp.Derivative(sp.tanh(x), x), 1 + sp.tanh(x) ** 2),
    (sp.sqrt(x**2), x),
    (sp.Piecewise((x, x > 0), (0, True)), x),
    (sp.Piecewise((1, x > 0), (0, True)), sp.Piecewise((1, x >= 0), (0, True))),  # they differ at one point
    (sp.Piecewise((x, x < 5), (5, True)), x),
    (sp.Derivative(al.elu.formula, x), al.elu.formula),
    (sp.erfc(x), 1 + sp.erf(x)),
    (sp.Abs(r), r),
    (sp.Max(x, r), (x + r - sp.Abs(x - r)) / 2),
]


@pytest.mark.parametrize(("a", "b"), TRUE)
def test_what_is_equal_is_proved(a, b):
    assert equal(a, b)
    assert equal(b, a)


@pytest.mark.parametrize(("a", "b"), FALSE)
def test_what_differs_is_not_proved(a, b):
    assert not equal(a, b)
    with pytest.raises(ValueError, match="step 1 is not proved"):
        al.derivation(a, (b, "wishful thinking"))


def test_the_first_wrong_step_is_named():
    with pytest.raises(ValueError, match=r"step 2 is not proved: x\*\*2 = x\*\*3"):
        al.derivation(x * x, (x**2, "right"), (x**3, "wrong"), (x**4, "never reached"))


def test_a_derivation_without_steps_is_refused():
    with pytest.raises(ValueError, match="at least one step"):
        al.derivation(x)


def test_a_derivation_shows_every_formula_and_reason_and_gives_its_result():
    shown = al.derivation(sp.Derivative(x**2, x), (2 * x, r"the power rule, \(2 < 3\) & so on"))
    assert shown.result == 2 * x
    assert "= 2*x    (the power rule" in repr(shown)
    items = html5lib.parseFragment(shown._repr_html_(), namespaceHTMLElements=False).findall(".//li")
    assert [item.find("span").text for item in items] == [
        rf"\(\displaystyle {sp.latex(sp.Derivative(x**2, x))}\)", r"\(\displaystyle = 2 x\)",
    ]  # fmt: skip
    assert items[1].find("small").text == r"the power rule, \(2 < 3\) & so on"


def test_stable_functions_are_printed_by_their_common_names():
    assert latex(expm1(x)) == r"\mathrm{expm1}\left(x\right)"
    assert latex([log1p(x) ** 2]) == r"\left[ \mathrm{log1p}^{2}\left(x\right)\right]"


def test_a_parameter_of_known_sign_decides_a_condition():
    x, c = al.x, sp.Symbol("c", positive=True)
    relu = sp.Piecewise((x, x > 0), (0, True))
    al.derivation(relu.subs(x, c * x), (c * relu, "c is positive"))
    al.derivation(c * relu, (c * sp.Piecewise((x, x >= 0), (0, True)), "equal at the joint, too"))
    with pytest.raises(ValueError, match="step 1 is not proved"):
        al.derivation(c * relu, (c * sp.Piecewise((x, x > 0), (0, x < 0), (1, True)), "they differ at 0"))
    with pytest.raises(ValueError, match="step 1 is not proved"):
        al.derivation(relu.subs(x, -c * x), (-c * relu, "the sign turns"))
    with pytest.raises(ValueError, match="step 1 is not proved"):
        al.derivation(relu, (sp.Piecewise((x, x >= 1), (0, True)), "they differ between 0 and 1"))
    b = sp.Symbol("b", real=True)
    with pytest.raises(ValueError, match="step 1 is not proved"):
        al.derivation(relu.subs(x, b * x), (b * relu, "false for a negative b"))


def test_breakpoints_that_a_parameter_of_known_sign_keeps_in_order_are_told_apart():
    size, shift = sp.Symbol("size", positive=True), sp.Symbol("shift", real=True)
    for c, known in ((size, True), (shift, False)):  # for a negative shift the two differ
        soft = sp.Piecewise((x - c, x > c), (x + c, x < -c), (0, True))
        two = al.relu.formula.subs(x, x - c) - al.relu.formula.subs(x, -x - c)
        assert equal(soft, two) is known
