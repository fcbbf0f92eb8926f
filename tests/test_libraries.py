"""What is said of PyTorch, JAX, Keras and ONNX: the stored measurements.

The tests read the stored file, so that they are the same whether or not those libraries are installed.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import activlib as al
import libraries as script
from activlib.libraries import TITLES, LibraryCall, key, kinks, limits, settings
from activlib.ulp import ulp_errors

ROOT = Path(__file__).resolve().parent.parent
STORED = json.loads((ROOT / "activlib" / "data" / "libraries.json").read_text(encoding="utf-8"))


def each(activations):
    return pytest.mark.parametrize("activation", activations, ids=[activation.name for activation in activations])


MEASURED = [activation for activation in al.activations.values() if activation.libraries]
KINKED = [a for a in MEASURED if a.breakpoints and a.libraries[0].library != "onnx"]
each_activation = each(MEASURED)


def all_of(value):
    """The numbers of a stored value, of which there are several where it depends on the processor."""
    return value if isinstance(value, tuple) else (value,)


def measurements(activation, *dtypes):
    """(row, setting, dtype, measurement) for all that is stored of an activation; never empty."""
    found = [
        (row, setting, dtype, measured[dtype])
        for row, call in zip(al.libraries(activation).rows, activation.libraries, strict=True)
        for measured, setting in zip(row["measured"], settings(activation, call), strict=True)
        for dtype in dtypes
    ]
    assert found
    return found


# The stored measurements


@each_activation
def test_the_stored_calls_are_those_of_the_catalogue(activation):
    assert [row["call"] for row in STORED["activations"][activation.name]] == [c.text for c in activation.libraries]


def test_nothing_is_stored_that_the_catalogue_has_not():
    several = {name for name, entry in al.vector_activations.items() if entry.libraries}
    assert set(STORED["activations"]) == {activation.name for activation in MEASURED} | several
    assert set(STORED["versions"]) == set(TITLES)


@each_activation
def test_calls_were_run_at_the_parameters_the_catalogue_has_now(activation):
    for row, call in zip(al.libraries(activation).rows, activation.libraries, strict=True):
        now = [{name: str(value) for name, value in setting.items()} for setting in settings(activation, call)]
        assert [measured["parameters"] for measured in row["measured"]] == now


def test_a_call_that_is_told_no_parameter_is_run_at_the_defaults_alone():
    without, told = LibraryCall("jax.nn.softplus"), LibraryCall("torch.nn.Softplus", beta=sp.Symbol("beta"))
    assert settings(al.softplus, without) == [{"beta": 1}]
    assert settings(al.softplus, told) == settings(al.softplus) == [{"beta": 1}, {"beta": 2}]
    assert settings(al.relu, LibraryCall("torch.relu")) == settings(al.relu) == [{}]
    assert set(al.libraries(al.softplus).values(0, beta=2)) == {
        "torch.nn.functional.softplus(x, beta=β)", "torch.nn.Softplus(beta=β)"
    }


@each_activation
def test_every_option_of_a_call_is_one_the_library_declares(activation):
    for row, call in zip(al.libraries(activation).rows, activation.libraries, strict=True):
        assert set(call.options) <= set(row["defaults"]), row["call"]


WITHOUT_DERIVATIVE = {"torch.heaviside"}  # PyTorch raises an error for it


@each_activation
def test_every_call_is_measured_at_the_ends_of_the_line_and_at_every_kink(activation):
    for row, setting, _, measured in measurements(activation, "float64", "float32"):
        wanted = {key(x) for x in (*script.PLACES, *kinks(activation, setting))}
        assert set(measured["values"]) == wanted
        if row["library"] == "ONNX" or row["name"] in WITHOUT_DERIVATIVE:
            assert measured["gradients"] is None
        else:
            assert set(measured["gradients"]) == wanted


# Entries of which the first library halves the slope where a clipped value ties with a bound.
TIES = {"sparse_sigmoid"}


@each(KINKED)
def test_the_first_named_call_has_our_gradient_at_every_kink(activation):
    named = next(call for call in activation.libraries if call.name not in WITHOUT_DERIVATIVE)
    for setting in settings(activation, named):
        for place, declared in kinks(activation, setting).items():
            for dtype in ("float64", "float32"):
                theirs = al.libraries(activation).gradients(place, dtype, **setting)[named.text]
                ours = activation.gradient(np.array([place], dtype), **setting)[0]  # exact: a rounded slope moves the kink
                assert ours == np.dtype(dtype).type(declared)
                if np.isinf(declared):  # a jump with the value between its sides: no library returns that
                    assert theirs == 0
                    continue
                # No branch declares the mean of both sides; the table reports the difference.
                sides = activation.gradient(place + np.array([-1e-9, 1e-9]), **setting)
                wanted = sides.mean() if activation.name in TIES else declared
                # A library may multiply rounded constants, as for SELU.
                assert theirs == pytest.approx(wanted, rel=2 * float(np.finfo(dtype).eps), abs=0)


@each_activation
def test_our_values_are_those_of_every_library_within_its_error(activation):
    for row, setting, dtype, measured in measurements(activation, "float64", "float32"):
        places = [(float(x), y) for x, found in measured["values"].items() for y in all_of(found)]
        x, theirs = np.array(places, dtype).T
        narrow = np.dtype(measured["returns"]).itemsize < np.dtype(dtype).itemsize  # it rounds its input first
        points = x.astype(measured["returns"]) if narrow else x
        ours = activation(points, **setting)
        info = np.finfo(dtype)
        error = max(all_of(measured["ulp"])) * float(info.eps)
        # Some make NaN of an infinity, an infinity of a large number, or a number of NaN: `differences` reports it. Some lose all
        # digits somewhere, which the measured error tells, and then return 0.
        kept = np.where(np.isnan(x), np.isnan(theirs), np.isfinite(theirs) | np.isinf(theirs) & np.isinf(ours))
        kept &= (theirs != 0) | (error < 0.5)
        # Large errors are those of a tail that is 0 here, or of constants in float32.
        tolerance = min(4 * float(info.eps) + error, 1e-6)
        np.testing.assert_allclose(ours[kept], theirs[kept], rtol=tolerance, atol=info.smallest_normal, err_msg=row["call"])


SETTLING = [a for a in MEASURED if any(np.isfinite(v) and v != 0 for v in limits(a, settings(a)[0]).values())]


@each(SETTLING)
def test_a_library_reaches_the_limit_no_earlier_than_its_error_allows(activation):
    for row, setting, dtype, measured in measurements(activation, "float64", "float32"):
        if measured["returns"] != dtype:
            continue
        for end, limit in limits(activation, setting).items():
            places = [place for place in all_of(measured["saturation"][key(end)]) if place is not None]
            if not places or limit == 0:
                continue
            errors = ulp_errors(activation, np.array(places, dtype), **setting,
                                candidate=lambda x, limit=limit: np.full_like(x, limit))
            assert errors.max() <= max(all_of(measured["ulp"])) + 1, (row["call"], end)


def test_the_table_gives_the_limit_that_is_reached_where_the_library_itself_makes_nan_of_infinity():
    silu = al.libraries(al.silu)
    assert np.isnan(silu.values(-np.inf)["torch.nn.functional.silu(x)"])
    table = silu._repr_html_().replace("\N{NO-BREAK SPACE}", " ")
    assert "<td>0 from x = −88.72</td>" in table
    assert "NaN from" not in table


def test_the_table_shows_a_large_number_at_which_a_library_overflows_and_the_function_does_not():
    table = al.libraries(al.hard_swish)._repr_html_().replace("\N{NO-BREAK SPACE}", " ")
    assert "<td><strong>∞</strong> (here 1e+38)</td>" in table  # x * 6 / 6 in PyTorch
    assert "1e+38" not in al.libraries(al.silu)._repr_html_()


def test_a_large_number_is_compared_at_the_float32_that_the_libraries_were_given():
    """sin(1e38) is 0.981, and 0.989 at the float32 that is nearest to 1e38."""
    assert not [row for row in al.libraries(al.sine).differences() if "38" in row["what"]]


def test_the_spellings_of_relu_differ_at_0():
    gradients = al.libraries(al.relu).gradients(0)
    assert {
        call: gradients[call]
        for call in (
            "torch.nn.functional.relu(x)",
            "torch.clamp(x, min=0)",
            "torch.maximum(x, 0)",
            "jax.nn.relu(x)",
            "jax.numpy.clip(x, min=0)",
            "jax.numpy.maximum(x, 0)",
        )
    } == {
        "torch.nn.functional.relu(x)": 0,
        "torch.clamp(x, min=0)": 1,
        "torch.maximum(x, 0)": 0.5,
        "jax.nn.relu(x)": 0,
        "jax.numpy.clip(x, min=0)": 0.5,
        "jax.numpy.maximum(x, 0)": 0.5,
    }


def test_the_gradient_of_elu_at_0_is_that_of_its_left_branch():
    assert set(al.libraries(al.elu).gradients(0, alpha=2).values()) == {2}


def test_gelu_has_two_defaults_even_within_keras():
    approximate = {row["name"]: row["defaults"]["approximate"] for row in al.libraries(al.gelu).rows}
    assert approximate == {
        "torch.nn.functional.gelu": "none",
        "torch.nn.GELU": "none",
        "jax.nn.gelu": True,
        "keras.activations.gelu": False,
        "keras.ops.gelu": True,
        "onnx.Gelu": "none",
    }


def test_leaky_relu_has_three_default_slopes():
    slopes = {
        row["name"]: row["defaults"].get("negative_slope", row["defaults"].get("alpha"))
        for row in al.libraries(al.leaky_relu).rows
    }
    assert slopes == {
        "torch.nn.functional.leaky_relu": 0.01,
        "torch.nn.LeakyReLU": 0.01,
        "jax.nn.leaky_relu": 0.01,
        "keras.activations.leaky_relu": 0.2,
        "keras.layers.LeakyReLU": 0.3,
        "onnx.LeakyRelu": 0.01,
    }
