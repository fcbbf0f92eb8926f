"""One SymPy definition of a function of several numbers, and what follows from it symbolically."""

import pickle

import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.explorer.trees import tree
from activlib.vector.symbols import every, i, j, k
from activlib.vector.symbols import scores as s

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
