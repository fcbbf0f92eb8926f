"""The normal form: whatever way a function was written, its pieces, its domain, and its derivatives at the joints."""


import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.definition.normal import line
from activlib.definition.numbers import is_zero
from activlib.explorer.sampling import runs, start
from activlib.explorer.specification import specification
from activlib.kernels import evaluate
from activlib.ulp import ulp_errors

x, oo, half = al.x, sp.oo, sp.Rational(1, 2)
ROOT = sp.CRootOf(sp.Symbol("x") ** 3 - sp.Symbol("x") - 1, 0)


def cubic(constant, k):
    """The k-th root of z^3 - 3 z + constant."""
    return sp.CRootOf(sp.Symbol("z") ** 3 - 3 * sp.Symbol("z") + constant, k)


# One function in several spellings: its cuts, and the value of f' and f'' at the middle one.
SPELLINGS = {
    "relu": ["max(0, x)", "max(x, 0)", "relu(x)", "x if x > 0 else 0", "0 if x <= 0 else x", "-min(-x, 0)", "(x + abs(x))/2",
             sp.Max(0, x), sp.Max(x, 0), (x + sp.Abs(x)) / 2, x * sp.Heaviside(x, 1), -sp.Min(0, -x),
             sp.Piecewise((sp.Piecewise((x, x > 0), (7, True)), x > 0), (0, True)),
             sp.Piecewise((x, sp.ITE(x > -1, x > 0, False)), (0, True)), sp.Piecewise((x, sp.Not(x <= 0)), (0, True)),
             sp.Piecewise((0, sp.Or(x < 0, sp.And(x < 1, x <= 0))), (x, True))],
    "abs": ["abs(x)", "max(x, -x)", "max(-x, x)", "sqrt(x*x)", "x*sign(x)", "-min(x, -x)", "relu(x) + relu(-x)", sp.Abs(x),
            sp.sqrt(x**2), sp.Max(-x, x), x * sp.sign(x)],
    "clip": ["max(-1, min(1, x))", "min(1, max(-1, x))", "min(max(x, -1), 1)", sp.Max(sp.Min(x, 1), -1),
             "-1 if x < -1 else (1 if x > 1 else x)", "(abs(x + 1) - abs(x - 1))/2"],
    "leaky": ["max(x, x/4)", "max(x/4, x)", "x if x > 0 else x/4", "relu(x) - relu(-x)/4", sp.Max(x / 4, x)],
}
WANTED = {  # slopes on the pieces, and f' at the cuts
    "relu": ([0], [0, 1], [0]), "abs": ([0], [-1, 1], [0]), "clip": ([-1, 1], [0, 1, 0], [0, 0]),
    "leaky": ([0], [sp.Rational(1, 4), 1], [sp.Rational(1, 4)]),
}  # fmt: skip


IN_TWO_ORDERS = [
    "max(0, x)", "max(x, 0)", "relu(x)", "-min(-x, 0)", "abs(x)", "max(x, -x)", "max(-x, x)", "-min(x, -x)", "max(x, x/4)",
    "max(x/4, x)", "max(-1, min(1, x))", "min(1, max(-1, x))", "min(max(x, -1), 1)", sp.Max(0, x), sp.Max(x, 0), -sp.Min(0, -x),
    sp.Abs(x), sp.Max(-x, x), sp.Max(sp.Min(x, 1), -1), sp.Max(x / 4, x)]  # fmt: skip


@pytest.mark.parametrize(("name", "written"), [(name, w) for name, all_ in SPELLINGS.items() for w in all_])
def test_a_function_is_the_same_however_it_is_written(name, written):
    cuts, pieces, conventions = WANTED[name]
    slope = al.define(written).line(1)
    assert list(slope.cuts) == cuts
    assert list(slope.expressions) == pieces
    if written in IN_TWO_ORDERS:
        assert [slope.value(i) for i in range(len(cuts))] == conventions


# The value of f', f'' at 0 (and of f''' where given), where the one-sided difference quotients agree.
AGREE = {
    "relu(x) - relu(-x)": (1, 0), "max(x, 0) + log1p(exp(-abs(x)))": (half, sp.Rational(1, 4), 0),
    "sign(x)*log(1 + abs(x))": (1,), "max(x, 2*x) - max(-x, -2*x)": (3, 0),
    "sin(x)/x if x != 0 else 1": (0, -sp.Rational(1, 3), 0, sp.Rational(1, 5)),
    "(exp(x) - 1)/x if x != 0 else 1": (half, sp.Rational(1, 3), sp.Rational(1, 4)),
    "sign(x)*sqrt(abs(x))": (oo,), "-sign(x)*abs(x)**0.2": (-oo,), "x/(1 + abs(x))": (1,), "x*abs(x)": (0,),
    "abs(x)**3": (0, 0), "x**3*abs(x)": (0, 0, 0), "abs(tanh(x))*sign(x)": (1, 0, -2),
    "x/tanh(x) if x != 0 else 1": (0, sp.Rational(2, 3)), "log(1 + x)/x if x != 0 else 1": (-half, sp.Rational(2, 3)),
    "x*x*log(abs(x)) if x != 0 else 0": (0, -oo), "exp(-1/x**2) if x != 0 else 0": (0, 0, 0),
    "(1 - cos(x))/x**2 if x != 0 else 1/2": (0, -sp.Rational(1, 12)), "sign(x)": (oo,),
    "x + 0.5*abs(x)*x if x > 0 else x": (1,), "exp(x) - 1 if x < 0 else sin(x)": (1,), "x**5 if x > 0 else -x**5": (0, 0, 0),
    "x*x*atan(1/x) if x != 0 else 0": (0,),
    "x*sigmoid(1/x) if x < 0 else 0": (0, 0, 0), "x if x != 0 else 0": (1, 0), "x*x if x > 0 else x*x if x < 0 else 0": (0, 2, 0),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), AGREE.items(), ids=AGREE)
def test_at_a_joint_the_derivative_is_what_the_difference_quotients_agree_on(text, wanted):
    f = al.define(text)
    for n, derivative in enumerate(map(sp.sympify, wanted), 1):
        form = f.line()
        found = form.value(form.cuts.index(0), n) if form.cuts else f.derivative(n).subs(x, 0)
        assert sp.simplify(found - derivative) == 0 if derivative.is_finite else found == derivative, n
        assert evaluate(f, 0.0, n, {}) == float(derivative)
        assert evaluate(f, np.float32(0), n, {}) == np.float32(derivative)
        assert float(f.derivative(n).subs(x, 0)) == float(derivative)
        assert ulp_errors(f, np.array([0.0]), n) < 1
    facts = repr(al.facts(f))
    assert not any(word in facts for word in ("nan", "zoo", "jumps from 1 to 1"))


@pytest.mark.parametrize(("text", "convention"), [
    ("relu(x)", 0), ("-relu(-x)", 0), ("abs(x)", 0), ("x + relu(x)", 1), ("max(x, 3*x)", 1), ("max(-x, -3*x)", -1),
    ("1 if x >= 0 else 0", 0), ("x if x >= 0 else 0", 1), ("x if x > 0 else 0", 0), ("3*x if x >= 0 else x", 3),
    ("sqrt(abs(x))", 0), ("7 if x == 0 else x", 0), ("sqrt(x) if x > 0 else 0", 0), ("sqrt(x) if x >= 0 else 0", oo),
])
def test_where_they_differ_the_branch_that_holds_declares_it_everywhere(text, convention):
    f = al.define(text)
    form = f.line()
    assert (form.value(0, 1), form.exists(0, 1)) == (convention, False)
    assert f.gradient(0.0) == float(convention)
    assert f.derivative().subs(x, 0) == convention or convention is oo
    assert ulp_errors(f, np.array([0.0]), 1) == 0


# The form of derivatives

PUBLISHED = {
    "x/(1 + abs(x))": ((x >= 0, 1 / (1 + x) ** 2), (True, 1 / (x - 1) ** 2)),
    "x*max(0, min(1, x/6 + 1/2))": ((x <= -3, sp.S.Zero), (x < 3, x / 3 + half), (True, sp.S.One)),
    "sign(x)*log(1 + abs(x))": ((x >= 0, 1 / (1 + x)), (True, 1 / (1 - x))),
    "max(0, x)": ((x > 0, sp.S.One), (True, sp.S.Zero)), "log(x)": ((x > 0, 1 / x),),
    "relu(x)**2": ((x > 0, 2 * x), (True, sp.S.Zero)), "log(relu(x))": ((x > 0, 1 / x),),
    "abs(x)": ((x > 0, sp.S.One), (sp.Eq(x, 0), sp.S.Zero), (True, -sp.S.One)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "pieces"), PUBLISHED.items(), ids=PUBLISHED)
def test_a_derivative_is_written_by_intervals(text, pieces):
    assert al.define(text).derivative() == sp.Piecewise(*((e, condition) for condition, e in pieces))


def test_one_function_on_both_sides_is_one_piece():
    assert al.define("relu(x) - relu(-x)").derivative() == 1
    assert al.define("abs(x)**2").derivative() == 2 * x
    assert al.define("abs(abs(x))").line().cuts == (0,)
    assert al.define("relu(x)*relu(-x)").line().expressions == (0,)
    assert al.define("x if x*x >= 0 else 7").line().expressions == (x,)


def test_no_derivative_has_a_piecewise_within_another_expression():
    for text in ("x*sign(x)*tanh(abs(x))", "max(x, 0)*min(1, max(0, x + 1))", "exp(-abs(x))*relu(1 - abs(x))",
                 "log1p(relu(c*x))*sign(x - c)", "abs(x - c)*sigmoid(max(x, c))"):
        f = al.define(text, **({"c": 2} if "c" in text else {}))
        for n in (1, 2):
            expression = f.derivative(n)
            assert len(expression.atoms(sp.Piecewise)) <= 1, text
            assert expression.is_Piecewise or not expression.has(sp.Piecewise)


@pytest.mark.parametrize("c", [-2, sp.Rational(-1, 3), 0, half, 1, 3])
def test_a_derivative_with_parameters_in_its_conditions_holds_for_all_of_them(c):
    for text in ("max(x, c)*tanh(x)", "abs(x - c)*x", "max(c, min(1, x))", "max(x, c*x)", "log1p(relu(x - c))*sign(x)"):
        f = al.define(text, c=1)
        form = f.line(1, c=c)
        written = f.derivative().subs(f.at(c=c))
        for p in {sp.Rational(k, 7) for k in range(-25, 26)} - {b.subs(f.at(c=c)) for b in f.breakpoints}:
            i = sum(bool(cut < p) for cut in form.cuts)
            assert sp.simplify(written.subs(x, p) - form.fixed(form.expressions[i]).subs(x, p)) == 0, (text, p)


# Domains

DOMAINS = {
    "log(x)": sp.Interval.open(0, oo), "log(relu(x))": sp.Interval.open(0, oo), "exp(log(x))": sp.Interval.open(0, oo),
    "x/x": sp.Union(sp.Interval.open(-oo, 0), sp.Interval.open(0, oo)), "sqrt(x)**2": sp.Interval(0, oo),
    "log(x) - log(x)": sp.Interval.open(0, oo), "0*sqrt(1 - x)": sp.Interval(-oo, 1), "x**0.5*x**0.5": sp.Interval(0, oo),
    "(x*x - 1)/(x - 1)": sp.Union(sp.Interval.open(-oo, 1), sp.Interval.open(1, oo)), "sqrt(1 - x*x)": sp.Interval(-1, 1),
    "log(abs(x))": sp.Union(sp.Interval.open(-oo, 0), sp.Interval.open(0, oo)), "x**x": sp.Interval.open(0, oo),
    "abs(x)**x": sp.Union(sp.Interval.open(-oo, 0), sp.Interval.open(0, oo)), "(-2)**x": sp.S.EmptySet,
    "0*x if x > 0 else x*(-1)**x": sp.Interval.open(0, oo),
    "log(x/(1 - x))": sp.Interval.open(0, 1), "x/x if x > 1 else 3": sp.S.Reals, "log(x**3 - x - 1)": sp.Interval.open(
        ROOT, oo), "abs(x)/x": sp.Union(sp.Interval.open(-oo, 0), sp.Interval.open(0, oo)),
    "(1/x)/(1/x)": sp.Union(sp.Interval.open(-oo, 0), sp.Interval.open(0, oo)),
    "log1p(x)": sp.Interval.open(-1, oo), "log(exp(x))": sp.S.Reals, "1/(1/x)": sp.Union(sp.Interval.open(-oo, 0),
                                                                                       sp.Interval.open(0, oo)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "domain"), DOMAINS.items(), ids=DOMAINS)
def test_a_definition_keeps_the_domain_it_was_written_with(text, domain):
    f = al.define(text)
    assert f.line().domain == domain
    points = np.array([-2.5, -1.0, -0.5, 0.25, 0.5, 1.0, 1.5, 3.0])
    inside = np.array([domain.contains(sp.Rational(p)) == True for p in points])  # noqa: E712
    assert np.array_equal(np.isfinite(f(points)), inside)
    assert not np.isfinite(f.gradient(points)[~inside]).any()
    if inside.any():
        assert al.facts(f).domain.value == domain


def test_no_curve_is_drawn_outside_the_domain():
    for text, low, high in (("log(x)", 0, 5), ("sqrt(1 - x*x)", -1, 1), ("exp(log(x))", 0, 5)):
        spec = specification(al.define(text), window=(-5, 5))
        for n in (0, 1):
            drawn = [at for run in runs(spec["curves"][0], n, start(spec), -5, 5, 200) for at, _ in run]
            assert low <= min(drawn) <= max(drawn) <= high


def test_a_domain_that_depends_on_a_parameter_follows_it():
    f = al.define("log(x - c) + c/c", c=1)
    assert f.line().domain == sp.Interval.open(1, oo)
    assert f.line(c=-3).domain == sp.Interval.open(-3, oo)
    assert f.line(c=0).domain == sp.S.EmptySet
    assert np.isnan(f.gradient(0.5))
    assert f.gradient(0.5, c=-1) == pytest.approx(1 / 1.5)


# Conditions with algebraic roots

def test_the_kinks_of_a_safe_pade_unit_are_exact():
    f = al.define("(x + x**2/3)/(1 + abs(a*x + b*x**2 + c*x**3 + d*x**4 - 1/4))", a=1, b=half, c=-2, d=half)
    form = f.line()
    assert len(form.cuts) == 4
    for cut in form.cuts:
        p = cut.evalf(50)
        assert abs(p + p**2 / 2 - 2 * p**3 + p**4 / 2 - sp.Rational(1, 4)) < 1e-45
    assert len(f.line(d=0).cuts) == 3
    assert len(f.line(d=0, c=0, b=0).cuts) == 1
    assert [float(b.subs(f.at())) for b in f.breakpoints if b.subs(f.at()).is_real] == pytest.approx([*map(float, form.cuts)])


def test_a_root_of_a_polynomial_with_irrational_coefficients_is_enclosed():
    form = line(sp.Piecewise((x, x**3 > sp.pi * x + 1), (0, True)))
    assert len(form.cuts) == 3
    assert all(abs((c**3 - sp.pi * c - 1).evalf(40, maxn=200)) < 1e-35 for c in form.cuts)
    f = al.define("x if x**3 > pi*x + 1 else 0")
    assert al.facts(f).domain.value == sp.S.Reals
    assert ulp_errors(f, np.array([float(form.cuts[2])]), neighbors=True) == 0


@pytest.mark.parametrize(("number", "zero"), [
    (cubic(1, 0) + cubic(-1, 2), True), (cubic(1, 0) ** 2 - cubic(-1, 2) ** 2, True), (cubic(1, 0) - cubic(-1, 0), False),
    (cubic(1, 0) + cubic(1, 1) + cubic(1, 2), True), (1 / cubic(1, 0) + 1 / cubic(-1, 2), True),
    (cubic(1, 0) + cubic(-1, 2) + sp.Rational(1, 10**30), False),
])
def test_whether_a_sum_of_roots_of_polynomials_is_zero_is_decided(number, zero):
    assert is_zero(number) is zero


@pytest.mark.parametrize(("text", "slopes"), [
    ("x*sqrt(x**4 + x**2)", [0]), ("(x**4 + x**2)**(3/2)", [0, 0]), ("x*sqrt(cosh(x) - 1)", [0]), ("x*acosh(1 + x**2)", [0]),
])  # fmt: skip
def test_where_a_root_vanishes_inside_a_formula_the_derivative_is_the_limit_of_the_quotients(text, slopes):
    f = al.define(text)
    for n, slope in enumerate(slopes, 1):
        assert (f.line().value(0, n), f.line().exists(0, n)) == (slope, True)
        assert evaluate(f, 0.0, n, {}) == slope


@pytest.mark.parametrize(("text", "slope"), [("acosh(1 + x**2)", 0), ("2*x + sqrt(x**4 + x**2)", 2), ("sqrt(cosh(x) - 1)", 0)])
def test_where_the_slopes_beside_a_vanishing_root_differ_their_mean_is_the_convention(text, slope):
    f = al.define(text)
    assert (f.line().value(0, 1), f.line().exists(0, 1)) == (slope, False)
    assert f.gradient(0.0) == slope
    assert al.facts(f).smoothness.value.order == 0
