"""One SymPy definition of a function of several numbers, and what follows from it symbolically."""

import pickle

import mpmath
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.explorer.trees import tree
from activlib.vector.nodes import First, Largest
from activlib.vector.symbols import a, b, every, i, j, k, n
from activlib.vector.symbols import scores as s

INF, NAN = np.inf, np.nan
ALL = list(al.vector_activations.values())
OVER_ALL = [f for f in ALL if f.kind in ("axis", "reduce")]
tau = al.softmax.parameters[0].symbol


def named(several):
    return pytest.mark.parametrize("f", several, ids=lambda f: f.name)


def softmin():
    """What a catalogue entry is for one more function."""
    return al.VectorActivation("softmin", "Softmin", r"\operatorname{softmin}",
                               sp.exp(-s[i] / tau) / sp.Sum(sp.exp(-s[j] / tau), every), parameters=al.softmax.parameters)


def test_one_more_takes_a_formula():
    f, x = softmin(), np.random.default_rng(0).normal(size=(2, 5)) * 3
    np.testing.assert_array_equal(f(x, tau=0.7), al.softmax(-x, tau=0.7))
    np.testing.assert_allclose(f.vjp(x, x * x), -al.softmax.vjp(-x, x * x), rtol=1e-13)
    assert f.translation == 0
    assert sp.simplify(sum(f.components(3))) == 1
    assert pickle.loads(pickle.dumps(f)).formula == f.formula


def test_a_formula_of_another_form_is_computed_too():
    centered = al.VectorActivation("centered", "Centered", "c", s[i] - sp.log(sp.Sum(sp.exp(s[j]) ** 2, every)) / 2 + s[i] ** 3)
    x = np.array([0.3, -1.2, 2.0])
    expected = x - np.log(np.sum(np.exp(2 * x))) / 2 + x**3
    np.testing.assert_allclose(centered(x), expected, rtol=1e-15)
    np.testing.assert_allclose(centered.jacobian_at(x), np.diag(1 + 3 * x**2) - al.softmax(2 * x), rtol=1e-14)


def total(e):
    return sp.Sum(e, every)


#: {name: (formula, what adding c adds, the exact value from mpmath numbers)}
OF_EXPONENTIALS = {
    "softmin": (sp.exp(-s[i]) / total(sp.exp(-s[j])), 0, lambda x: shares([-u for u in x])),
    "powers of 2": (2**s[i] / total(2**s[j]), 0, lambda x: shares([u * mpmath.log(2) for u in x])),
    "powers of 1/3": (sp.Rational(1, 3)**s[i] / total(sp.Rational(1, 3)**s[j]), 0,
                      lambda x: shares([-u * mpmath.log(3) for u in x])),
    "affine": (sp.exp(3 * s[i] + 2) / total(sp.exp(3 * s[j] + 2)), 0, lambda x: shares([3 * u for u in x])),
    "affine and falling": (sp.exp(1 - s[i] / 4) / total(sp.exp(1 - s[j] / 4)), 0, lambda x: shares([-u / 4 for u in x])),
    "one over a sum": (1 / total(sp.exp(s[j] - s[i])), 0, lambda x: shares(x)),
    "log-softmin": (-s[i] - sp.log(total(sp.exp(-s[j]))), 0, lambda x: [-u - log_sum([-w for w in x]) for u in x]),
    "smooth minimum": (-sp.log(total(sp.exp(-s[j]))), 1, lambda x: [-log_sum([-u for u in x])]),
    "log base 2": (sp.log(total(2**s[j])) / sp.log(2), 1, lambda x: [log_sum([u * mpmath.log(2) for u in x]) / mpmath.log(2)]),
    "log with an offset": (sp.log(total(sp.exp(1 - 2 * s[j]))), -2, lambda x: [1 + log_sum([-2 * u for u in x])]),
    "collision": (total(sp.exp(-2 * s[j])) / total(sp.exp(-s[j]))**2, 0, lambda x: [sum(p**2 for p in shares([-u for u in x]))]),
}


def shares(exponents):
    top = max(exponents)
    terms = [mpmath.exp(u - top) for u in exponents]
    return [term / mpmath.fsum(terms) for term in terms]


def log_sum(exponents):
    return max(exponents) + mpmath.log(mpmath.fsum(mpmath.exp(u - max(exponents)) for u in exponents))


@pytest.mark.parametrize("name", OF_EXPONENTIALS)
def test_sums_of_rising_or_falling_exponentials_are_right_over_the_float_range(name):
    formula, added, exact = OF_EXPONENTIALS[name]
    f, far = al.VectorActivation("f", "F", "f", formula), np.finfo(float).max / 4
    assert f.translation == added * sp.Symbol("c", real=True)
    rng = np.random.default_rng(3)
    for x in (rng.normal(size=4), 500 * rng.normal(size=4), 800 + rng.normal(size=4), -1e4 + rng.normal(size=4),
              np.array([far, -far, 3.0, 0.0]), np.array([1e300, 1e300, -1e300, 0.0]), np.array([1e-300, -1e-310, 0.0, 5e-324])):
        with np.errstate(all="raise"):
            y = np.ravel(f(x))
        with mpmath.workdps(700):
            expected = np.array([float(e) for e in exact([mpmath.mpf(u) for u in x.tolist()])])
        np.testing.assert_allclose(y, expected, rtol=1e-15, atol=2e-323)


@pytest.mark.parametrize("name", OF_EXPONENTIALS)
def test_the_stable_form_for_the_browser_has_exponents_below_0(name):
    f = al.VectorActivation("f", "F", "f", OF_EXPONENTIALS[name][0])
    offset = 2  # of the exponents that are written with one
    for numbers in ((5000, 4999, -7000), (-5000, -5001, 6000)):
        inner = dict(zip(f.inputs(3), numbers))
        for symbol, e in f.shared(3).items():
            inner[symbol] = e.subs(inner)
        parts = [*f.shared(3).values(), *f.stable(3), *f.stable_jacobian(3)]
        exponents = [exp.args[0].subs(inner) for part in parts for exp in part.atoms(sp.exp)]
        assert exponents
        assert all(exponent <= offset for exponent in exponents)


def test_the_derivative_of_softmax_for_any_n_is_the_identity_of_the_textbook():
    y = al.softmax.formula
    delta = sp.KroneckerDelta(i, k)
    assert sp.simplify(al.softmax.jacobian() - y * (delta - y.subs(i, k)) / tau) == 0


def test_the_gradient_of_log_sum_exp_is_softmax():
    assert sp.simplify(al.logsumexp.jacobian() - al.softmax.formula.subs(i, k)) == 0


def test_the_derivative_of_the_maximum_is_hardmax():
    assert al.maxout.jacobian() == al.hardmax.formula.subs(i, k)


@named(OVER_ALL)
def test_adding_a_number_to_all_changes_shares_nothing_and_the_largest_by_it(f):
    assert f.translation == (0 if f.kind == "axis" else sp.Symbol("c", real=True))


@named(ALL)
def test_stable_forms_equal_the_definition_and_reach_the_browser(f):
    count = 3 if f in OVER_ALL else None
    rng, inputs = np.random.default_rng(2), f.inputs(count)
    keys = {symbol: str(symbol) for symbol in (*inputs, *(p.symbol for p in f.parameters))}
    shared = f.shared(count)
    for symbol, e in shared.items():
        tree(e, keys)
        keys[symbol] = str(symbol)
    for e in (*f.stable(count), *f.stable_jacobian(count)):
        tree(e, keys)
    for _ in range(3):
        at = dict(zip(inputs, map(sp.Float, rng.normal(size=len(inputs))))) | f.at()
        inner = dict(at)
        for symbol, e in shared.items():
            inner[symbol] = e.subs(inner)
        for form, stable in zip((*f.components(count), *f.jacobian(count)), (*f.stable(count), *f.stable_jacobian(count))):
            assert abs(form.subs(at).evalf() - stable.subs(inner).evalf()) < 1e-12


def test_scores_that_overflow_have_stable_components():
    inner = dict(zip(al.softmax.inputs(2), (5000, 4999))) | al.softmax.at()
    for symbol, e in al.softmax.shared(2).items():
        inner[symbol] = e.subs(inner)
    exponents = [e.args[0].subs(inner) for component in al.softmax.stable(2) for e in component.atoms(sp.exp)]
    assert exponents
    assert all(exponent <= 0 for exponent in exponents)


@named(ALL)
def test_it_is_pickled_by_name_and_shows_its_formula(f):
    assert pickle.loads(pickle.dumps(f)) is f
    assert f._repr_latex_().count("$") == 2
    assert f.name in repr(f)


def test_a_wrong_definition_is_refused():
    with pytest.raises(ValueError, match="not parameters"):
        al.VectorActivation("f", "F", "f", s[i] * sp.Symbol("gamma"))
    with pytest.raises(ValueError, match="identifier"):
        al.VectorActivation("not one", "F", "f", s[i])
    with pytest.raises(TypeError, match="number of its arguments"):
        al.softmax.components()
    with pytest.raises(ValueError, match="at least one"):
        al.softmax.components(0)


@pytest.mark.parametrize("formula", [
    s[i - 1], s[i + 1], s[0], s[2], s[sp.Rational(1, 2)], s[n], s[n + 1 - i], s[i, 1], s[i] - s[1], First(s[j], i + 1, every),
    sp.Sum(s[j], (j, 1, i)), sp.Sum(s[j], (j, 1, n - 1)), sp.Sum(s[j], (j, 2, n)), sp.Sum(s[j] * s[i], every, (i, 1, n)),
    sp.Sum(s[k], (k, 1, n)), sp.Product(s[j], every), Largest(s[j], (j, 2, n)),
], ids=str)
def test_a_number_that_a_row_may_not_have_is_refused(formula):
    with pytest.raises(ValueError, match=r"^f: "):
        al.VectorActivation("f", "F", "f", formula)


@pytest.mark.parametrize("formula", ["a*b", None, 3, True, [al.x, -al.x], sp.Tuple(al.x, -al.x), sp.Matrix([al.x]),
                                     sp.ImmutableMatrix([al.x]), sp.Gt(a, b), (al.x, "x"), (al.x, 1)], ids=repr)
def test_what_is_no_expression_is_refused(formula):
    with pytest.raises(TypeError, match="f: a formula is a SymPy expression, not"):
        al.VectorActivation("f", "F", "f", formula)


def test_no_formulas_at_all_are_refused():
    with pytest.raises(ValueError, match="f: a tuple of formulas has one at least"):
        al.VectorActivation("f", "F", "f", ())


def ramp(e):
    return sp.Piecewise((e, e > 0), (0, True))


OWN = {
    "pieces of two numbers": total(ramp(s[j] - 2 * s[i]) * s[j]), "the greater of two": total(sp.Max(s[j] - s[i], 0)),
    "a distance": total(sp.Abs(s[j] - 2 * s[i])), "softmax of |x|": sp.exp(sp.Abs(s[i])) / total(sp.exp(sp.Abs(s[j]))),
    "without the own": total(sp.exp(s[j]) * (1 - sp.KroneckerDelta(i, j))), "sums in sums": total(s[j] * total(s[j] ** 2)),
    "with floats": sp.exp(0.25 * s[i]) / (1.5 + total(sp.exp(0.25 * s[j]))), "a norm": s[i] / sp.sqrt(total(s[j] ** 2)),
    "the largest of pairs": Largest(s[j] * s[i], every), "a place's bias": sp.exp(s[i] + i) / total(sp.exp(s[j] + j)),
    "a sum of halves": a + sp.tanh(b), "the larger half": sp.Max(a, b) * sp.exp(a * b), "a share's square":
    (sp.exp(s[i]) / total(sp.exp(s[j]))) ** 2,
}


@pytest.mark.parametrize("name", OWN)
def test_derivatives_of_any_formula_are_limits_of_differences(name):
    f, step = al.VectorActivation("f", "F", "f", OWN[name]), 2.0**-20
    for x in np.random.default_rng(5).normal(size=(4, 2 if f.kind == "pair" else 3)):
        moves = step * np.eye(len(x))
        differences = np.transpose([(np.ravel(f(x + move)) - np.ravel(f(x - move))) / (2 * step) for move in moves])
        np.testing.assert_allclose(f.jacobian_at(x), differences, rtol=1e-6, atol=1e-7)
        symbolic = f.jacobian(len(x)).subs(dict(zip(f.inputs(len(x)), x)))
        np.testing.assert_allclose(np.array(symbolic.evalf(), float), differences, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(np.ravel(f(x)), [float(e.subs(dict(zip(f.inputs(len(x)), x)))) for e in f.components(len(x))],
                                   rtol=1e-12)


@pytest.mark.parametrize(("e", "slope"), [(sp.Max(s[i], 0), 0), (sp.Min(s[i], 0), 0), (sp.Abs(s[i]), 0),
                                          (sp.Max(s[i], 2 * s[i]), 1), (sp.Min(-s[i], -3 * s[i]), -1)], ids=str)
def test_at_a_tie_the_slope_is_the_nearest_to_0_as_for_one_number(e, slope):
    f = al.VectorActivation("f", "F", "f", e)
    assert f.jacobian_at([0.0])[0, 0] == slope
    assert f.jacobian(1).subs(f.inputs(1)[0], 0)[0] == slope


def test_a_formula_that_is_no_product_of_its_halves_is_computed_without_facts_about_factors():
    f = al.VectorActivation("f", "F", "f", a + b)
    np.testing.assert_array_equal(f([[1.0, 2.0, 3.0, 4.0]]), [[4, 6]])
    np.testing.assert_array_equal(f.vjp([1.0, 2.0, INF, 4.0], [5.0, 6.0]), [NAN, 6, NAN, 6])
    assert all(fact.absent and "no product" in fact.argument for fact in al.facts(f))


def test_what_stands_behind_a_maximum_is_written_in_parentheses():
    assert sp.latex(Largest(s[j], every) ** 2) == r"\left(\max_{j} {x}_{j}\right)^{2}"
    assert sp.latex(Largest(s[j] ** 2 + s[j], every)) == r"\max_{j} \left({x}_{j}^{2} + {x}_{j}\right)"
    assert sp.latex(Largest(2 * s[j], every)) == r"\max_{j} 2 {x}_{j}"
    assert r"_{j} \left(- {x}_{j}\right)" in sp.latex(First(-s[j], i, every))


@named(ALL)
@pytest.mark.parametrize("ask", ["inputs", "components", "jacobian", "shared", "stable", "stable_jacobian"])
def test_a_count_is_an_integer_that_the_function_can_have(f, ask):
    own = {"pair": 2, "expand": 1}.get(f.kind, 3)
    expected = getattr(f, ask)(own)
    for count in (np.int64(own), sp.Integer(own), np.array(own)):
        assert getattr(f, ask)(count) == expected
    for count in (3.0, "3", True, (3,), np.array([3])):
        with pytest.raises(TypeError, match=f"{f.name} needs the number of its arguments"):
            getattr(f, ask)(count)
    for count in (0, -1) if own == 3 else (0, own + 1):
        with pytest.raises(ValueError, match=r"at least one number, not|arguments?, not"):
            getattr(f, ask)(count)
