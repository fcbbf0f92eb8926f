"""Formulas that saturate, rise steeply or end at a root: right far out, and in the time that others take."""

import mpmath
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.kernels import evaluate

FAR = [s * v for v in (0.75, 20.0, 400.0, 3e4, 1e17, 1e300) for s in (1, -1)]


# What is nearly 1 goes under a root: the formula, and the same function without a difference.
SATURATING = {
    "acos(tanh(x))": lambda x: mpmath.pi / 2 - mpmath.sign(x) * (mpmath.pi / 2 - mpmath.atan(1 / mpmath.sinh(abs(x)))),
    "sqrt(1 - erf(x)**2)": lambda x: mpmath.sqrt(mpmath.erfc(x) * mpmath.erfc(-x)),
    "x*sqrt(1 - sigmoid(x)**2)": lambda x: x * mpmath.sqrt((1 + 2 * mpmath.exp(x)) / (1 + mpmath.exp(x)) ** 2),
}
STEEP = {
    "x*sigmoid(1e6*x)": lambda x: x / (1 + mpmath.exp(-10**6 * x)),
    "2**(1000*x)/(1 + 2**(1000*x))": lambda x: 1 / (1 + mpmath.mpf(2) ** (-1000 * x)),
}


def exact(f, p, n):
    """The n-th derivative at p, where a step of 10^-60 is short; to 0 where it is less than any float."""
    h = mpmath.mpf(10) ** -60 * min(1, abs(p))
    with mpmath.workdps(600):
        a, b, c = (f(mpmath.mpf(p) + k * h) for k in (-1, 0, 1))
        return {0: b, 1: (c - a) / (2 * h), 2: (c - 2 * b + a) / h**2}[n]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("text", [*SATURATING, *STEEP])
def test_what_saturates_is_right_far_out(text, n, dtype):
    points = np.array([v for v in FAR if abs(v) < float(np.finfo(dtype).max)], dtype)
    got = evaluate(al.define(text), points, n, {})
    for p, value in zip(points, got, strict=True):
        if abs(p) > 1e5:  # all are constants or lines from there on
            value_at = 3e4 * np.sign(float(p))
            wanted = exact((SATURATING | STEEP)[text], value_at, n)
            if n == 0 and abs(wanted) > 100:
                wanted = mpmath.mpf(float(p)) * mpmath.sign(wanted) * mpmath.sign(float(p))
        else:
            wanted = exact((SATURATING | STEEP)[text], float(p), n)
        smallest, last = float(np.finfo(dtype).tiny), float(np.finfo(dtype).eps)
        assert float(value) == pytest.approx(float(wanted), rel=8 * last, abs=smallest), p


def test_derivatives_of_steep_functions_are_short():
    assert al.define("x*sigmoid(1e6*x)").derivative().count_ops() < 25
    assert sp.simplify(al.define("log(1 + exp(1000*x))/1000").derivative() - 1 / (1 + sp.exp(-1000 * al.x))) == 0


def test_what_vanishes_by_an_identity_has_facts():
    facts = al.facts(al.define("sin(x)**2 + cos(x)**2 - 1 + x"))
    assert facts.fixed_points.value == sp.S.Reals
    assert facts.lipschitz.value == 1
    assert facts.inflection_points.value == sp.S.EmptySet


@pytest.mark.parametrize("n", [1, 2])
def test_a_proof_beside_a_root_asks_of_a_bounded_number_of_boxes(n, monkeypatch):
    from activlib.kernels import covering, plan
    from activlib.kernels.intervals import FLOAT32_FORMAT
    from activlib.kernels.pieces import pieces
    asked = []

    def counted(steps, lows, *more):
        asked.append(lows.size)
        return errors(steps, lows, *more)
    errors = covering.errors
    monkeypatch.setattr(covering, "errors", counted)
    plan.make_plan(pieces(al.define("asin(clip(x, -1, 1))"), n, {}), FLOAT32_FORMAT)
    assert 0 < max(asked) <= 2 * covering.MOST_FAR_BOXES  # they were 2 million


@pytest.mark.parametrize("text", ["max(-x, 0)", "-x if x < 0 else 0", "relu(-x)", "max(0, -2*x)"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_rectifier_to_the_left_is_plus_zero_on_the_right(text, dtype):
    right = al.define(text)(np.array([1, 3, 1e30], dtype))
    assert not right.any()
    assert not np.signbit(right).any()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("text", "right", "left"), [
    ("x**2/(1 + abs(x)) if x >= 0 else -x**2/(1 + abs(x))", lambda x: x**2 / (1 + x), lambda x: x**2 / (x - 1)),
    ("x/(1 + 1/x) if x > 0 else -x/(1 - 1/x) if x < 0 else 0", lambda x: x**2 / (1 + x), lambda x: -(x**2) / (x - 1)),
    ("x**3/(1 + x**2) if x >= 0 else x**3/(3 + x**2)", lambda x: x**3 / (1 + x**2), lambda x: x**3 / (3 + x**2)),
])
def test_pieces_that_meet_in_a_quotient_are_no_lines(text, right, left, dtype):
    x = np.array([-745.3, -20, -1.5, -0.3, 0.3, 1.5, 20, 745.3], dtype)
    wanted = np.where(x > 0, right(x.astype(float)), left(x.astype(float)))
    assert al.define(text)(x) == pytest.approx(wanted, rel=4 * float(np.finfo(dtype).eps))
