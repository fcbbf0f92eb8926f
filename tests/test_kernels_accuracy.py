"""The kernels' errors in ulp, over the whole range of every dtype, and what they are measured against."""

import dataclasses
import functools
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy.special import erf, erfc

import activlib as al
from activlib.kernels import evaluate
from activlib.ulp import binades, reference, ulp_errors

BOUNDS = {np.float64: 4, np.float32: 2, np.float16: 2}
# Where exp, and sums with it, round to 1, underflow or overflow in float32 and float64.
EDGES = (
    9.01,
    16.6,
    17.3,
    18.7,
    36.7,
    37.4,
    44,
    87.3,
    88,
    88.7,
    89,
    103.3,
    104,
    354.9,
    372.5,
    373,
    708.4,
    709,
    709.7,
    710,
    744.4,
    745,
    745.2,
    746,
)


def settings(activation):
    """The default parameters, and each parameter over its slider with the others at their defaults."""
    yield {}
    for p in activation.parameters:
        low, high, _ = p.slider
        yield from ({p.name: low + (high - low) * part} for part in (0, sp.Rational(1, 4), sp.Rational(5, 8), 1))


CASES = [
    pytest.param(a, parameters, id="-".join([name, *(f"{k}={v}" for k, v in parameters.items())]))
    for name, a in al.activations.items()
    for parameters in settings(a)
]


def points(activation, parameters, dtype, n=0):
    """Every binade, the named edges, the middle of the range, and the breakpoints and zeros, each with its neighbors
    and with numbers ever nearer to the zeros."""
    found = zeros(activation, n, **parameters)
    breakpoints = [float(cut) for cut in activation.line(**parameters).cuts]
    special = np.array([*EDGES, *(-e for e in EDGES), *breakpoints, *found], dtype)
    near = [special, *(np.nextafter(special, dtype(end)) for end in (-np.inf, np.inf))]
    nearer = np.outer(found, 1 + np.outer([-1, 1], 2.0 ** -np.arange(2, 53))).astype(dtype)
    middle = np.random.default_rng(20).normal(scale=[[1], [10], [300]], size=(3, 200)).astype(dtype)
    return np.unique(np.concatenate([binades(dtype, 1), middle.ravel(), nearer.ravel(), *near]))


@functools.lru_cache(maxsize=64)
def zeros(activation, n, **parameters):
    """Where the exact n-th derivative changes its sign other than at 0, in float64."""
    exact, found = reference(activation, n, **parameters), []
    for low, high in pairwise(np.arange(-40.5, 41) / 4):
        if exact(low) * exact(high) < 0:
            while low < (middle := (low + high) / 2) < high:
                low, high = (middle, high) if exact(low) * exact(middle) > 0 else (low, middle)
            found.append(high)
    return np.array([z for z in found if abs(z) > 1e-9])


def test_zeros_are_those_of_the_exact_derivative():
    assert zeros(al.gelu, 2) == pytest.approx([-np.sqrt(2), np.sqrt(2)], rel=1e-15)
    assert zeros(al.silu, 1) == pytest.approx([-1.2784645427610738], rel=1e-15)
    assert zeros(al.silu, 0).size == 0


def failures(activation, x, n, parameters, candidate=None):
    """Lines `x => got != wanted (error)` for the points that miss the bound."""
    bound = BOUNDS[x.dtype.type] if n < 2 else 8
    errors = ulp_errors(activation, x, n, candidate=candidate, **parameters)
    cuts = [float(cut) for cut in activation.line(**parameters).cuts]
    forgiven = (errors > bound) & ~np.isin(x, cuts)  # a breakpoint's own value is a promise
    errors[forgiven] = ulp_errors(activation, x[forgiven], n, candidate=candidate, neighbors=True, **parameters)
    exact = reference(activation, n, **parameters)
    got = candidate(x) if candidate else evaluate(activation, x, n, parameters)
    return [
        f"{x[i]!r} => {got[i]!r} != {exact(x[i]).str(20)} ({errors[i]:.3g} ulp)" for i in np.flatnonzero(errors > bound)
    ]


def assert_accurate(activation, x, n, parameters, candidate=None):
    assert x.size > 100
    if bad := failures(activation, x, n, parameters, candidate):
        pytest.fail("\n".join([f"{len(bad)} of {x.size} points:", *bad[:20]]), pytrace=False)


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize(("activation", "parameters"), CASES)
def test_value_and_gradient_are_accurate_in_every_binade(activation, parameters, n, dtype):
    assert_accurate(activation, points(activation, parameters, dtype, n), n, parameters)


@pytest.mark.parametrize("activation", al.activations.values(), ids=al.activations)
def test_second_derivative_is_accurate_in_every_binade(activation):
    assert_accurate(activation, points(activation, {}, np.float64, 2), 2, {})


WRONG = {
    "a relative error of 1e-15": (al.tanh, 0, lambda x: al.tanh(x) * (1 + 1e-15)),
    "overflow to 0 in the subnormal tail": (al.sigmoid, 0, lambda x: 1 / (1 + np.exp(-x))),
    "cancellation in the tail": (al.tanh, 1, lambda x: 1 - np.tanh(x) ** 2),
    "cancellation near 0": (al.elu, 0, lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)),
    "NaN from the branch not taken": (al.elu, 0, lambda x: np.maximum(x, 0) + np.expm1(x) * (x <= 0)),
    "the other value at the kink": (al.relu, 1, lambda x: (x >= 0).astype(x.dtype)),
    "1 + erf in the tail": (al.gelu, 0, lambda x: x * (1 + erf(x / np.sqrt(2))) / 2),
    "the rounding of a square": (al.gelu, 2, lambda x: (2 - x**2) * np.exp(-((x / np.sqrt(2)) ** 2)) / np.sqrt(2 * np.pi)),
    "a product with a subnormal number": (al.silu, 0, lambda x: x * np.exp(np.minimum(x, 0)) / (1 + np.exp(-abs(x)))),
    "cancellation near a zero": (al.gelu, 1, lambda x: erfc(-x / np.sqrt(2)) / 2 + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("activation", "n", "candidate"), WRONG.values(), ids=WRONG)
def test_a_wrong_kernel_is_found_out(activation, n, candidate):
    x = points(activation, {}, np.float64, n)
    with pytest.raises(pytest.fail.Exception, match=r"=> .* != .* ulp\)"):
        assert_accurate(activation, x, n, {}, candidate)


def random_points(seed, size=25):
    return np.random.default_rng(seed).normal(scale=[[1e-3], [1], [12]], size=(3, size)).ravel()


@pytest.mark.parametrize(("activation", "parameters"), CASES)
def test_gradient_equals_the_central_difference(activation, parameters):
    """Of the textbook formula in SymPy's arbitrary precision."""
    values = activation.at(**parameters)
    formula, step = activation.formula.subs(values), sp.Rational(1, 10**25)
    cuts = [float(cut) for cut in activation.line(**parameters).cuts]
    x = np.array([v for v in random_points(1) if all(abs(v - cut) > 1e-20 for cut in cuts)])
    assert x.size > 50
    for v, got in zip(x, activation.gradient(x, **parameters), strict=True):
        right, middle, left = (formula.subs(al.x, sp.Rational(v) + h).evalf(250, maxn=2000) for h in (step, 0, -step))
        neighbor = float(abs(right - 2 * middle + left) / step**2) * np.spacing(abs(v))  # how far the value there is
        assert got == pytest.approx(float((right - left) / (2 * step)), rel=1e-14, abs=max(neighbor, 1e-300)), f"at x = {v!r}"


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize(("activation", "parameters"), CASES)
def test_reference_agrees_with_mpmath(activation, parameters, n):
    exact = reference(activation, n, **parameters)
    # At some parameters, such as the 0 of a shrinkage, breakpoints meet: the derivative is that of the formula there.
    there = dataclasses.replace(activation, formula=activation.formula.subs(activation.at(**parameters)), parameters=())
    textbook = sp.lambdify(al.x, there.derivative(n), "mpmath")
    x = [*random_points(2, 10), -700.0, 700.0, -1e-300, 1e-300, 0.0, -5e-324]
    for v in x:
        with mpmath.workdps(1000):  # what cancels leaves at most 1e-972, a third power
            wanted = textbook(mpmath.mpf(v))
            if wanted is None or not mpmath.isfinite(wanted):  # the slope of sign at 0, and what is not defined there
                assert not exact(v).is_finite()
                continue
            got = mpmath.mpf(exact(v).str(30, radius=False))
            allowed = abs(got) * mpmath.mpf(10) ** -22 + mpmath.mpf(2) ** -1200
            assert abs(got - wanted) <= allowed, f"at x = {v!r}"


def test_correct_rounding_errs_by_at_most_half_an_ulp():
    x = np.array([0.3, -2.5, 7.0, -700.25])
    with mpmath.workdps(40):
        correct = np.array([float(1 / (1 + mpmath.exp(-mpmath.mpf(v)))) for v in x])
    errors = ulp_errors(al.sigmoid, x, candidate=lambda x: correct)
    assert (errors <= 0.5).all()
    above = ulp_errors(al.sigmoid, x, candidate=lambda x: np.nextafter(correct, 2))
    assert ((above >= 0.5) & (above <= 1.5)).all()


@pytest.mark.parametrize("dtype", BOUNDS)
def test_neighbors_of_an_exact_value_err_by_one_ulp(dtype):
    info = np.finfo(dtype)
    x = np.array([info.smallest_subnormal, info.tiny, 1.5, 100, info.max], dtype)
    assert (ulp_errors(al.relu, x) == 0).all()
    assert (ulp_errors(al.relu, x, candidate=lambda x: np.nextafter(x, dtype(-np.inf))) == 1).all()
    assert (ulp_errors(al.relu, x, candidate=lambda x: np.nextafter(x, dtype(np.inf))) == 1).all()  # inf after max


def test_nan_for_a_number_is_an_infinite_error():
    assert ulp_errors(al.relu, np.array([1.0]), candidate=lambda x: x * np.nan) == np.inf


def test_a_value_where_the_function_is_undefined_is_an_infinite_error():
    f, x = al.define("1/x"), np.zeros(1)
    assert ulp_errors(f, x, candidate=lambda x: x + 1) == np.inf
    assert ulp_errors(f, x) == 0


def test_neighbors_forgive_conditioning_and_nothing_more():
    f, x = al.define("x - 1/3"), np.array([1 / 3])  # the float and the number 1/3 differ
    rounded = {"candidate": lambda x: x * 0}
    assert ulp_errors(f, x, **rounded) > 1e15
    assert ulp_errors(f, x, neighbors=True, **rounded) == 0
    assert ulp_errors(f, x, neighbors=True, candidate=lambda x: x * 0 + 1e-16) > 1e10


@pytest.mark.parametrize("bad", [np.arange(3), np.array([1j]), "x"])
def test_ulp_errors_takes_floating_point_arrays_only(bad):
    with pytest.raises(TypeError, match="expected an array of float16, float32 or float64"):
        ulp_errors(al.relu, bad)


def test_ulp_errors_takes_finite_entries_only():
    with pytest.raises(ValueError, match="finite"):
        ulp_errors(al.relu, np.array([np.inf]))


@pytest.mark.parametrize("dtype", BOUNDS)
def test_binades_has_every_exponent_in_both_signs(dtype):
    x, info = binades(dtype, 3), np.finfo(dtype)
    exponents = np.arange(info.minexp - info.nmant, info.maxexp)
    assert x.dtype == dtype
    assert np.isfinite(x).all()
    for half in (x[x > 0], -x[x < 0]):
        assert np.array_equal(np.unique(np.frexp(half)[1] - 1), exponents)
    assert 0 in x
