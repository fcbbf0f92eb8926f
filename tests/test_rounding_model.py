"""The error model of the proofs: what NumPy and SciPy compute errs by less than the model says, with the processor's vector
instructions and without."""

import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
import scipy.special as special
from flint import arb, ctx

from activlib.kernels.functions import BOUNDED, ERFC_LAST, FLOAT32, FUNCTIONS, POWER, SATURATED, THROUGH_ZERO, outer
from activlib.kernels.program import INPUT, Program

ARB = {"arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arctan": "atan"}
RANGES = {np.exp: (-740, 709.7), np.expm1: (-50, 709), np.sinh: (-710, 710), np.cosh: (-710, 710), np.tanh: (-25, 25),
          special.erf: (-7, 7), special.erfc: (-7, 26.5), np.log: (5e-324, 1.7e308), np.log1p: (-1, 1.7e308),
          np.sqrt: (0, 1.7e308), np.arccosh: (1, 1.7e308), np.arctanh: (-1, 1)}
NAMES = [f.__name__ for f in FUNCTIONS]


def points(function, rng, size):
    """Dense in the middle, in every binade, and next to where the function vanishes or its formula changes."""
    low, high = RANGES.get(function, (-1.7e308, 1.7e308))
    middle = rng.uniform(max(low, -30), min(high, 30), size)
    binades = rng.choice([-1, 1], size) * np.ldexp(rng.uniform(1, 2, size), rng.integers(-1070, 1023, size))
    near_one = 1 + rng.choice([-1, 1], size) * np.ldexp(1.0, -rng.integers(1, 53, size))
    quarter_turns = np.round(rng.uniform(-300, 300, size // 4)) * (np.pi / 2)
    edges = np.array([0.5, 1, 2, 8, 0.46875, 0.66, 0.84375, 1.25, 22, 26.5, 1 / 3]) * (1 + 2.0**-52)
    x = np.concatenate([middle, rng.normal(size=size), binades, near_one, quarter_turns, edges, -edges])
    return x[(x > low) & (x < high)]


def worst(function, ulp, x, exact):
    """The largest error as a part of what the model allows, and where."""
    largest, at = 0.0, None
    with np.errstate(all="ignore"):
        computed = function(x)
    with ctx.workprec(160):
        for point, y in zip(x.tolist(), computed.tolist(), strict=True):
            value = exact(arb(point))
            size = abs(float(value))
            if not np.isfinite(size):
                continue
            allowed = ulp(np.array(point), np.array(point)) if callable(ulp) else ulp
            part = float(abs(arb(y) - value) / float(np.spacing(max(size, 2.0**-1022)))) / float(allowed)
            if not part <= largest:
                largest, at = part, point
    return largest, at


@pytest.mark.parametrize("function", FUNCTIONS, ids=NAMES)
def test_functions_err_by_less_than_the_model_says(function):
    x = points(function, np.random.default_rng(len(function.__name__)), 800)
    assert x.size > 500
    name = ARB.get(function.__name__, function.__name__)
    part, at = worst(function, FUNCTIONS[function].ulp, x, lambda z: getattr(z, name)())
    assert part <= 1, f"{part:.3g} of the bound at x = {at!r}"


def test_powers_err_by_less_than_the_model_says():
    rng = np.random.default_rng(2)
    x = np.exp(rng.uniform(-200, 200, 2000))
    for exponent in (1.5, -0.37, 1 / 3, 3.0, 0.01):
        part, at = worst(lambda x, e=exponent: np.power(x, e), POWER, x, lambda z, e=exponent: z ** arb(e))
        assert part <= 1, f"{part:.3g} of the bound at x = {at!r} to the power of {exponent}"


@pytest.mark.skipif(not np._core._multiarray_umath.__cpu_dispatch__, reason="this NumPy has one path only")
def test_the_model_holds_without_the_processors_vector_instructions():
    features = [f for f, on in np._core._multiarray_umath.__cpu_features__.items()
                if on and f in np._core._multiarray_umath.__cpu_dispatch__]
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(features)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", __file__, "-k", "err_by_less"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout[-3000:]
    assert f"{len(FUNCTIONS) + 2} passed" in run.stdout


def test_float32_functions_err_by_less_than_the_model_says():
    rng = np.random.default_rng(3)
    binades = np.ldexp(rng.uniform(1, 2, 2000), rng.integers(-120, 5, 2000))
    x = np.concatenate([rng.normal(size=4000) * 3, binades]).astype(np.float32)
    x = np.concatenate([x, np.arange(0x3E800000, 0x3F800000, 61, dtype=np.uint32).view(np.float32)])  # [1/4, 1]
    for function, ulp in FLOAT32.items():
        z = abs(x) if function is np.sqrt else x
        exact, computed = function(z.astype(np.float64)), np.empty_like(z)
        Program([(function, (INPUT,))], np.float32)(z, computed)
        error = abs(computed - exact) / np.spacing(abs(exact).astype(np.float32))
        assert error.max() <= ulp, function.__name__


def test_functions_stay_within_their_limits_and_keep_zero():
    x = np.concatenate([np.linspace(-40, 40, 4001), [1e5, 1e300, -1e300]])
    for function, bound in BOUNDED.items():
        assert (abs(function(x)) <= bound).all()
    assert (np.exp(-np.ldexp(1.0, -np.arange(1074))) <= 1).all()
    for function, start in SATURATED.items():
        assert (abs(function(np.linspace(start, 1000, 2001)) - 1) <= 2.0**-54).all()
        with mpmath.workdps(50):
            assert 1 - getattr(mpmath, function.__name__)(start) < mpmath.mpf(2) ** -54
    for function in THROUGH_ZERO:
        assert [str(v) for v in function(np.array([0.0, -0.0]))] == ["0.0", "-0.0"]


def test_erfc_lies_between_what_is_said_of_an_interval_also_where_scipys_vanishes():
    for low, high in [(-3, -1), (0.25, 0.5), (20, 26.4), (26.4, 26.6), (26.6, 26.7), (27, 1e3)]:
        most, least = outer(special.erfc, np.array(low), np.array(high))
        with mpmath.workdps(50):
            wanted = mpmath.erfc(high), mpmath.erfc(low)
        assert least * (1 - 1e-12) <= wanted[0] <= wanted[1] <= most * (1 + 1e-12)
    assert special.erfc(ERFC_LAST) > 2.0**-1022
    assert special.erfc(ERFC_LAST + 0.2) == 0
