"""Errors of functions of several numbers in ulp, and the table of them."""

import os
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest

import activlib as al
from activlib.vector.report import BOUNDS, SPREADS
from tests.plugins.processor import oldest
from tests.vector.test_accuracy import ORACLES, ulps

ALL = list(al.vector_activations.values())


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_every_entry_keeps_its_promise_in_every_type_and_for_both_directions(f):
    report = al.accuracy(f)
    assert {(row.order, row.dtype) for row in report.rows} == {(n, dtype.__name__) for n in (0, 1) for dtype in BOUNDS}
    for row in report.rows:
        assert row.examined >= 65
        assert row.largest.keys() == SPREADS.keys()
        assert max(row.largest.values()) <= BOUNDS[getattr(np, row.dtype)]


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_errors_are_those_that_mpmath_finds(name, dtype):
    f, rng = al.vector_activations[name], np.random.default_rng(1)
    for x in rng.normal(size=(4, 5)).astype(dtype):
        wrong = f(x) * dtype(1 + 16 * np.finfo(dtype).eps)
        with mpmath.workdps(60):
            exact = ORACLES[name](x.tolist(), 1)
            expected = ulps(wrong, exact, dtype)
        found = al.ulp_errors(f, x, candidate=lambda x, wrong=wrong: wrong).max()
        assert found == pytest.approx(expected, rel=1e-9)
        assert found > 1


@pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
def test_errors_of_products_with_the_jacobian_see_a_wrong_one(f):
    x = np.random.default_rng(2).normal(size=(2, 6))
    v = np.random.default_rng(3).normal(size=np.shape(f(x)))
    assert al.ulp_errors(f, x, weights=v).shape == x.shape
    assert al.ulp_errors(f, x, weights=v).max() <= 4
    off = al.ulp_errors(f, x, weights=v, candidate=lambda x, v: f.vjp(x, v) + 1e-9)
    assert off.min() > 1e5


def test_a_product_that_cancels_counts_in_ulp_of_the_sizes_of_its_terms():
    x, v = np.array([0.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0])
    assert al.ulp_errors(al.softmax, x, weights=v, candidate=lambda x, v: np.full(3, 2.0**-54)).max() == 1  # of 4/9


def test_neighbors_forgive_what_a_float_next_to_a_number_explains():
    x = np.array([[-0.7, np.log(-np.expm1(-0.7))]])
    assert abs(al.logsumexp(x)[0]) < 1e-15
    near = np.nextafter(x, 0)
    errors = [al.ulp_errors(al.logsumexp, x, candidate=lambda _: al.logsumexp(near), neighbors=forgiven).max()
              for forgiven in (False, True)]
    assert errors[0] > 1e6
    assert errors[1] < errors[0] / 5


def test_a_naive_form_is_seen_to_fail():
    def naive(x):
        terms = np.exp(x)
        return terms / terms.sum(-1, keepdims=True)

    x = np.float16([[12, 11, 0], [1, 2, 3]])
    errors = al.ulp_errors(al.softmax, x, candidate=naive)
    assert np.isinf(errors[0]).any()
    assert errors[1].max() < 3


@pytest.mark.parametrize("name", ["softmax", "clamped_swiglu"])
def test_the_table_says_the_same_on_an_old_processor(name):
    program = f"import activlib as al; f = al.accuracy(al.{name}); print(repr(f), f._repr_html_())"
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run([sys.executable, "-c", program], cwd=root, env=os.environ | oldest(), capture_output=True, text=True,
                         check=True)
    report = al.accuracy(al.vector_activations[name])
    assert run.stdout.strip() == f"{report!r} {report._repr_html_()}"


def test_the_table_has_a_row_for_each_function_and_type_and_explains_its_stars():
    report = al.accuracy(al.clamped_swiglu, orders=[1], alpha=1)
    assert report._repr_html_().count("<tr>") == 1 + 3
    assert ("*" in repr(report)) == ("* of the value" in report._repr_html_())
    assert "rows of 2, 10 and 40 numbers" in repr(report)
    assert al.accuracy(al.hardmax, orders=[0]).note == ""


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(ValueError, match="order"):
        al.accuracy(al.softmax, orders=[2])
    with pytest.raises(TypeError, match="no parameter"):
        al.accuracy(al.softmax, alpha=1)
    with pytest.raises(ValueError, match="n = 1"):
        al.ulp_errors(al.softmax, np.ones(3), 1)
    with pytest.raises(TypeError, match="no weights"):
        al.ulp_errors(al.relu, np.ones(3), weights=np.ones(3))
    with pytest.raises(ValueError, match="finite"):
        al.ulp_errors(al.softmax, np.array([1, -np.inf]))
    with pytest.raises(ValueError, match="shape"):
        al.ulp_errors(al.softmax, np.ones(3), candidate=lambda x: x[:2])
