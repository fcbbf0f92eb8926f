"""Kernels of a reader's own definitions: pieces, domains, limits, and what is small."""

from fractions import Fraction

import numpy as np
import pytest

import activlib as al
from activlib.kernels import evaluate, kernel
from activlib.ulp import ulp_errors


@pytest.mark.parametrize(("text", "naive"), [
    ("max(0, x)", lambda x: np.maximum(x, 0)),
    ("min(max(x, -1), 1)", lambda x: np.clip(x, -1, 1)),
    ("min(max(x + 3, 0), 6)/6", lambda x: np.clip(x + 3, 0, 6) / 6),
    ("x*min(max(x + 3, 0), 6)/6", lambda x: x * np.clip(x + 3, 0, 6) / 6),
    ("abs(x)", np.abs),
    ("sign(x)", np.sign),
    ("x if x > 1 else 0", lambda x: np.where(x > 1, x, 0)),
    ("x if x >= 1 else 0", lambda x: np.where(x >= 1, x, 0)),
    ("x - 0.5 if x > 0.5 else (x + 0.5 if x < -0.5 else 0)", lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0)),
    ("7 if x == 1 else x", lambda x: np.where(x == 1, 7, x)),
    ("1 if x >= 0 else -1", lambda x: np.where(x >= 0, 1, -1)),
    ("max(x, 2*x)", lambda x: np.maximum(x, 2 * x)),
    ("min(x, 2*x)", lambda x: np.minimum(x, 2 * x)),
    ("x**2 if x > 0 else sin(x)", lambda x: np.where(x > 0, x**2, np.sin(x))),
    ("x**5 - x**-2", lambda x: x**5 - x**-2),
    ("3", lambda x: np.full_like(x, 3)),
    ("x/(1 + abs(x))", lambda x: x / (1 + np.abs(x))),
    ("x*exp(1/6706985745061511) + 1", lambda x: x * np.exp(1 / 6706985745061511) + 1),  # no polynomial in that root of e
])
def test_pieces_of_every_shape_are_put_together_as_written(text, naive):
    x = np.array([-3.5, -3, -1, -0.5, -0.25, 0.25, 0.5, 1, 2.5, 3, 4])
    assert al.define(text)(x) == pytest.approx(naive(x), rel=1e-14, abs=1e-16)


@pytest.mark.parametrize(("low", "high"), [(-1, 1), (-2, -1), (1, 2)])
def test_breakpoints_may_depend_on_parameters(low, high):
    f = al.define("low if x < low else (high if x > high else x)", low=-1, high=1)
    x = np.linspace(-3, 3, 25)
    assert np.array_equal(f(x, low=low, high=high), np.clip(x, low, high))
    assert np.array_equal(f.gradient(x, low=low, high=high), ((low <= x) & (x <= high)).astype(float))


@pytest.mark.parametrize(("text", "at", "wanted"), [
    ("log(x)", 0, [-np.inf, np.inf, -np.inf]), ("x*log(x)", 0, [np.nan, -np.inf, np.inf]),
    ("sqrt(x)", 0, [0, np.inf, -np.inf]), ("1/x", 0, [np.nan, -np.inf, np.nan]), ("1/x", -0.0, [np.nan, -np.inf, np.nan]),
    ("1/(1 - x**2)", 1, [np.nan, np.inf, np.nan]), ("1/(1 - x**2)", -1, [np.nan, -np.inf, np.nan]),
    ("1/(x - 1)**2", 1, [np.inf, np.nan, np.inf]), ("atanh(x)", 1, [np.inf, np.inf, np.inf]),
    ("atanh(x)", -1, [-np.inf, np.inf, -np.inf]), ("log(abs(x))", 0, [-np.inf, np.nan, -np.inf]),
    ("acosh(x)", 1, [0, np.inf, -np.inf]), ("log(x - 1)", 1, [-np.inf, np.inf, -np.inf]),
])
def test_beside_the_domain_there_is_an_infinite_limit_of_all_sides_or_nothing(text, at, wanted):
    f, x = al.define(text), np.array([at, at - 3.0, at], float)
    with np.errstate(all="raise"):
        got = [evaluate(f, x, n, {})[0] for n in range(3)]
    assert np.array_equal(got, wanted, equal_nan=True)


@pytest.mark.parametrize("text", ["log(x)", "log(relu(x))", "sqrt(x - 1)", "atanh(x)", "3", "7 if x < 100 else log(x)"])
@pytest.mark.parametrize("n", [0, 1])
def test_every_entry_is_written_whatever_else_the_array_holds(text, n):
    f = al.define(text)
    x = np.array([-5, -1, -0.0, 0.5, 1, 2, 1e300, np.inf, -np.inf, np.nan])
    together = evaluate(f, x, n, {})
    for junk in (7.0, -3.0):
        alone, several = np.full(x.shape, junk), np.full((x.size, 3), junk)
        with np.errstate(all="ignore"):
            for i, value in enumerate(x):
                kernel(f, n, {}, True)(np.array([value]), alone[i:i + 1])
                kernel(f, n, {}, True)(np.full(3, value), several[i])
        assert np.array_equal(alone, together, equal_nan=True)
        assert all(np.array_equal(column, together, equal_nan=True) for column in several.T)


def test_values_outside_the_domain_are_nan_without_warnings():
    x = np.array([-np.inf, -1.0, 0.0, 1.0, np.inf])
    with np.errstate(all="raise"):
        assert np.array_equal(al.define("log(x)")(x), [np.nan, np.nan, -np.inf, 0, np.inf], equal_nan=True)
        assert np.array_equal(al.define("sqrt(x)")(x), [np.nan, np.nan, 0, 1, np.inf], equal_nan=True)
        assert np.isnan(al.define("log(relu(x))")(x[:2])).all()


@pytest.mark.parametrize(("text", "left", "right"), [
    ("x*exp(x)", 0, np.inf), ("x*erfc(-x/sqrt(2))/2", 0, np.inf), ("x*tanh(exp(x))", 0, np.inf),
    ("1/(tanh(x) - 1)", -0.5, -np.inf), ("x*(2/pi*atan(x) - 1)", np.inf, -2 / np.pi), ("sin(x)", np.nan, np.nan),
    ("x - sqrt(x**2 + 1)", -np.inf, 0),
    ("abs(x)**x", 0, np.inf), ("(x**2)**x", 0, np.inf), ("(1 + abs(x))**(-x)", np.inf, 0),
])
def test_limits_are_right_where_floating_point_is_indeterminate(text, left, right):
    assert al.define(text)(np.array([-np.inf, np.inf])) == pytest.approx([left, right], nan_ok=True)


def test_a_slope_beyond_the_largest_float_is_infinite_at_infinity_too():
    f, x = al.define(10**400 * al.x), np.array([-np.inf, 0, 1, np.inf])
    assert f(x).tolist() == [-np.inf, 0, np.inf, np.inf]
    assert f.gradient(x).tolist() == [np.inf] * 4


@pytest.mark.parametrize(("text", "slope"), [
    ("(x - sin(x))/x**3 if x != 0 else 1/6", Fraction(-1, 60)),
    ("(cos(x) - 1 + x**2/2)/x**4 if x != 0 else 1/24", Fraction(-1, 360)),
])
def test_beside_a_removable_singularity_of_high_order_the_slope_is_a_number_down_to_the_smallest_inputs(text, slope):
    x = np.array([5e-324, -1e-323, 2.3e-308, -1e-306, 1e-200])
    wanted = [float(Fraction(value) * slope) for value in x.tolist()]
    assert np.all(abs(evaluate(al.define(text), x, 1, {}) - wanted) <= 2 * np.spacing(np.abs(wanted)))


@pytest.mark.parametrize("text", ["asin(tanh(x))", "1/cosh(x)", "sqrt(1 - tanh(x)**2)/(1 + tanh(x)**2)"])
def test_values_at_infinity_are_those_far_out_where_a_computer_algebra_system_may_be_wrong(text):
    f, ends = al.define(text), np.array([-np.inf, np.inf])
    for n in range(3):
        assert evaluate(f, ends, n, {}) == pytest.approx(evaluate(f, ends.clip(-1e300, 1e300), n, {}), abs=1e-12), n


@pytest.mark.parametrize(("text", "orders"), [
    ("x*erfc(-x/sqrt(2))/2", 2), ("erfc(x)", 2), ("x**2*erfc(2*x/3)", 2), ("exp(-x**2/2)", 2), ("x**3*exp(-x**2/3)", 2),
    ("x*exp(-x**4)", 2), ("100*exp(-x**2)", 1), ("x/(1 + exp(-x/3)) if x > 0 else x*exp(x/3)/(1 + exp(x/3))", 1),
])
def test_decaying_exponentials_keep_all_digits_down_to_the_smallest_numbers(text, orders):
    f, wide = al.define(text), np.concatenate([np.linspace(-60, 60, 20001), np.linspace(-2500, 2500, 20001)])
    for n in range(orders):
        y = evaluate(f, wide, n, {})
        (subnormal,) = np.nonzero((y != 0) & (abs(y) < np.finfo(float).tiny))
        assert subnormal.size > 0
        x = np.concatenate([wide[subnormal][:50], wide[::200], [1e100, -1e100, 1.7e308, -1.7e308]])
        errors = ulp_errors(f, x, n)
        beyond = errors > 4
        errors[beyond] = ulp_errors(f, x[beyond], n, neighbors=True)  # near a zero
        assert errors.max() <= 4, f"{errors.max()} ulp at x = {x[errors.argmax()]!r}"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", ["silu", "gelu", "mish"])
def test_a_limit_that_is_reached_from_below_is_minus_zero(name, dtype):
    f = al.activations[name]
    for value in (f(np.array([-np.inf, 1.0], dtype))[0], f(np.array(-np.inf, dtype))):
        assert value == 0
        assert np.signbit(value)
