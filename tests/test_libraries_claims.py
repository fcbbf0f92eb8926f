"""Where libraries disagree: every disagreement that the chapter claims is in the stored data.

Each claim takes the data, so that it can be tried on data without the disagreement too, where it must fail.
"""

import copy
import math

import mpmath
import numpy as np
import pytest

import activlib as al
from processors import patched
from runs import libraries_disagree as script

RUN = al.stored("libraries_disagree")
RUNS = {"here": RUN, **{name: patched(RUN, other) for name, other in RUN["elsewhere"].items()}}
CLAIMS = []


def claim(statement):
    CLAIMS.append(statement)
    return statement


def look_up(run, name, spelling, place, what):
    """What PyTorch and JAX return there, in this order."""
    row = run["functions"][name]["spellings"][spelling]
    return tuple(float(row[library][what][str(float(place))]) for library in ("torch", "jax"))


def values(run, name, spelling, place):
    return look_up(run, name, spelling, place, "values")


def slopes(run, name, spelling, place):
    return look_up(run, name, spelling, place, "gradients")


def precision(run, name, dtype, what, end):
    """From which x on, in PyTorch and in JAX."""
    return tuple(run["precision"][name][dtype][library][what][end] for library in ("torch", "jax"))


# Defaults


@claim
def leaky_relu_has_three_default_slopes(run):
    found = {options.get("negative_slope", options.get("alpha")) for call, options in run["defaults"].items() if "eaky" in call}
    return found == {0.01, 0.2, 0.3}


@claim
def gelu_is_approximate_by_default_in_jax_and_half_of_keras(run):
    found = {call: options["approximate"] for call, options in run["defaults"].items() if "approximate" in options}
    return {call for call, value in found.items() if value not in (False, "none")} == {"jax.nn.gelu", "keras.ops.gelu"}


@claim
def hard_sigmoid_of_onnx_is_steeper_by_default(run):
    return run["defaults"]["onnx.HardSigmoid"].get("alpha") == 0.2


# Kinks


@claim
def relu_has_three_slopes_at_zero(run):
    return {slope for text in run["functions"]["relu"]["spellings"] for slope in slopes(run, "relu", text, 0)} == {0, 0.5, 1}


@claim
def clamp_passes_at_the_end_in_pytorch_and_splits_in_jax(run):
    clamps = [("relu", "clip(x, 0, None)", 0), ("relu6", "clip(x, 0, 6)", 6), ("hard_tanh", "clip(x, -1, 1)", 1)]
    return all(slopes(run, *clamp) == (1, 0.5) for clamp in clamps)


@claim
def leaky_relu_abs_and_hard_tanh_differ_at_their_kinks(run):
    found = [slopes(run, name, "named", place) for name, place in (("leaky_relu", 0), ("abs", 0), ("hard_tanh", 1))]
    return found == [(0.01, 1), (0, 1), (0, 1)]


@claim
def stable_softplus_has_a_wrong_slope_at_zero_in_three_of_four(run):
    found = [slopes(run, "softplus", f"{positive} + log1p(exp(-abs(x)))", 0) for positive in ("relu(x)", "maximum(x, 0)")]
    return found == [(0, -0.5), (0.5, 0)]


@claim
def a_difference_of_relus_has_slope_zero(run):
    return slopes(run, "identity", "relu(x) - relu(-x)", 0) == (0, 0)


# Infinities and NaN


@claim
def where_and_fmax_hide_nan(run):
    hides = {text for text in run["functions"]["relu"]["spellings"] if values(run, "relu", text, "nan")[0] == 0}
    return hides == {"where(x > 0, x, 0)", "where(x >= 0, x, 0)", "fmax(x, 0)"}


@claim
def the_mask_is_nan_at_minus_infinity_in_pytorch_and_zero_in_jax(run):
    torch, jax = values(run, "relu", "x * (x > 0)", "-inf")
    return math.isnan(torch) and jax == 0


@claim
def the_compiler_of_jax_selects_where_the_mask_multiplies(run):
    operations = run["compiled"]["x * (x > 0)"]
    return "select" in operations and "multiply" not in operations


@claim
def hard_swish_overflows_in_pytorch_alone(run):
    return values(run, "hard_swish", "named", 1e38) == (math.inf, 1e38)


# Tails, thresholds and half precision, against predictions by mpmath


@claim
def gelu_ends_where_one_plus_erf_does_in_pytorch_and_where_erfc_does_in_jax(run):
    ends = [-mpmath.sqrt(2) * mpmath.findroot(lambda z, p=p: mpmath.log(mpmath.erfc(z), 2) - p, 4) for p in (-25, -126)]
    return precision(run, "gelu", "float32", "values", "-inf") == pytest.approx([float(end) for end in ends], rel=1e-3)


@claim
def softplus_jumps_by_the_derived_amount(run):
    jumps = [row["values"][0] - row["values"][1] for row in run["thresholds"]]
    derived = [float(mpmath.log1p(mpmath.exp(-threshold)) / beta) for beta, threshold in ((1, 20), (10, 20), (10, 0.4))]
    return jumps == pytest.approx(derived, rel=1e-5)


@claim
def float16_sigmoid_is_one_earlier_in_jax(run):
    found = precision(run, "sigmoid", "float16", "values", "inf")
    return found == pytest.approx([math.log(2**12 - 1), 11 * math.log(2)], rel=1e-3)


@claim
def float16_gelu_tanh_has_nan_slopes_in_jax_alone(run):
    torch, jax = precision(run, "gelu_tanh", "float16", "nan", "inf")
    return torch is None and jax == pytest.approx(math.sqrt(65504 / 3), rel=2e-3)


@claim
def tanh_is_one_earlier_in_jax(run):
    torch, jax = precision(run, "tanh", "float32", "values", "inf")
    return torch == pytest.approx(13 * math.log(2), rel=1e-3) and jax < 8


def harmonized(run):
    """The data as they would be if all libraries and spellings did what our kernels do, with the same defaults."""
    run = copy.deepcopy(run)
    for call in run["defaults"]:
        run["defaults"][call] = {"negative_slope": 0.01} if "eaky" in call else {"approximate": "none"} if "elu" in call else {}
    for name, function in run["functions"].items():
        f = script.definition(name)
        for row in (row for found in function["spellings"].values() for row in found.values()):
            for what, kernel in (("values", f), ("gradients", f.gradient)):
                if row[what]:
                    y = kernel(np.array([*row[what]], np.float32), **function["parameters"])
                    row[what] = dict(zip(row[what], y.tolist(), strict=True))
    for dtypes in run["precision"].values():
        for found in dtypes.values():
            found["torch"] = found["jax"]
    for row in run["thresholds"]:
        row["values"] = [row["values"][0]] * 2
    run["compiled"] = {text: ["compare", "multiply"] for text in run["compiled"]}
    run["one_by_one"]["alone"] = run["one_by_one"]["among 64"]
    return run


@pytest.fixture(scope="module")
def agreement():
    return harmonized(RUN)


each_claim = pytest.mark.parametrize("statement", CLAIMS, ids=lambda statement: statement.__name__)


@each_claim
@pytest.mark.parametrize("processor", RUNS)
def test_the_data_show_what_the_chapter_claims_on_every_processor(statement, processor):
    assert len(RUNS) >= 3
    assert statement(RUNS[processor])


def test_gelu_at_infinity_depends_on_the_processor_in_pytorch_alone():
    torch, jax = zip(*(values(run, "gelu", "named", "inf") for run in RUNS.values()), strict=True)
    assert set(jax) == {math.inf}
    assert {str(y) for y in torch} == {"inf", "nan"}


def test_whether_gelu_of_one_number_is_gelu_of_many_depends_on_the_processor():
    found = [run["one_by_one"]["alone"]["values"] == run["one_by_one"]["among 64"]["values"] for run in RUNS.values()]
    assert set(found) == {True, False}


@each_claim
def test_a_claim_would_fail_if_the_libraries_agreed(statement, agreement):
    assert not statement(agreement)
