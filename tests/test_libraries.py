"""What is said of PyTorch, JAX, Keras and ONNX: the stored measurements and their table.

The tests read the stored file, so that they are the same whether or not those libraries are installed.
"""

import copy
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import html5lib
import numpy as np
import pytest
import sympy as sp
from axe_playwright_python.sync_playwright import Axe

import activlib as al
import libraries as script
from activlib.libraries import TITLES, LibraryCall, key, kinks, limits, settings, stored
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


# Looking things up


def test_differences_name_what_differs_and_nothing_else():
    found = {(d["call"], d["what"]): (d["theirs"], d["ours"]) for d in al.libraries(al.leaky_relu).differences()}
    assert found["keras.layers.LeakyReLU(negative_slope=α)", "negative_slope"] == (0.3, 0.01)
    assert found["jax.nn.leaky_relu(x, negative_slope=α)", "f′(0) at α = 0.02"] == (1, 0.02)
    assert not [call for call, _ in found if call.startswith(("torch", "onnx"))]
    assert al.libraries(al.tanh).differences() == []


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: al.libraries(al.define("x**2")), LookupError, "names no call"),
        (
            lambda: al.libraries(dataclasses.replace(al.relu, libraries=(LibraryCall("torch.abs"),))),
            LookupError,
            "torch.abs.* has not been measured; run python tools/libraries.py relu ",
        ),
        (lambda: al.libraries(dataclasses.replace(al.elu, parameters=(dataclasses.replace(
        al.elu.parameters[0], default=2),))), LookupError, "has not been measured; run python tools/libraries.py elu "),
    (lambda: al.libraries(al.elu).values(7), LookupError, "no values at 7 in float32; there are .*-inf"),
        (lambda: al.libraries(al.elu).values(0, "int8"), LookupError, "no values at 0 in int8; there are none"),
        (lambda: al.libraries(al.elu).gradients(0, alpha=3), LookupError, "at α = 1 and at α = 2 only"),
        (lambda: al.libraries(al.elu).gradients(0, beta=2), TypeError, "no parameter 'beta'"),
        (lambda: LibraryCall("os.system"), ValueError, "cannot run 'os.system'; the libraries are torch"),
    ],
)
def test_what_is_not_there_is_one_clear_error(ask, error, words):
    with pytest.raises(error, match=words):
        ask()


@each_activation
def test_what_a_notebook_stores_is_the_same_in_every_run(activation):
    first, second = (al.libraries(activation) for _ in range(2))
    assert repr(first) == repr(second)
    assert first._repr_html_() == second._repr_html_()


def test_looking_up_needs_sympy_alone():
    code = (
        "import sys, activlib as al; al.libraries(al.elu)._repr_html_(); "
        "print(sorted({'numpy', 'scipy', 'matplotlib', 'ipywidgets', 'torch', 'jax'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_looking_up_does_not_depend_on_what_the_terminal_can_print():
    code = "import activlib as al; al.libraries(al.leaky_relu)._repr_html_()"
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def test_a_call_binds_parameters_and_leaves_constants():
    alpha = sp.Symbol("alpha", real=True)
    call = LibraryCall("torch.f", 0, 1 / alpha, slope=2 * alpha, mode="none")
    assert call.bound({alpha: sp.Integer(4)}) == ([0, sp.Rational(1, 4)], {"slope": 8, "mode": "none"})
    assert call.text == "torch.f(x, 0, 1/α, slope=2*α, mode='none')"


def test_an_option_may_be_a_call_that_makes_an_object():
    alpha = sp.Symbol("alpha", real=True)
    call = LibraryCall("keras.Layer", initializer=LibraryCall("keras.Constant", value=alpha))
    assert call.told
    assert not LibraryCall("keras.Layer", initializer=LibraryCall("keras.Zeros")).told
    assert call.text == "keras.Layer(initializer=keras.Constant(value=α))"
    made = call.bound({alpha: sp.Integer(4)})[1]["initializer"]
    assert (made.name, dict(made.options)) == ("keras.Constant", {"value": 4})


def test_a_table_shows_who_makes_a_number_of_nan():
    shown = {d["call"]: d["theirs"] for d in al.libraries(al.soft_shrink).differences() if d["what"] == "f(NaN)"}
    assert shown == {"keras.activations.soft_shrink(x, threshold=λ)": 0, "onnx.Shrink(x, lambd=λ, bias=λ)": 0}
    assert "f(NaN)" in al.libraries(al.soft_shrink)._repr_html_()
    assert "f(NaN)" not in al.libraries(al.elu)._repr_html_()


def test_a_default_of_another_kind_than_a_number_is_shown_as_a_difference():
    (difference,) = [d for d in al.libraries(al.prelu).differences() if d["what"] == "alpha_initializer"]
    assert (difference["theirs"], difference["ours"]) == ("Zeros", "keras.initializers.Constant(value=1/4)")


# The table


@pytest.fixture
def varying(monkeypatch):
    """The stored data, if GELU of infinity depended on the processor in the first call."""
    changed = copy.deepcopy(stored.stored())
    row = changed["activations"]["gelu"][0]["measured"][0]["float32"]
    row["values"]["inf"] = stored._record({"varies": ["inf", "nan"]})
    row["saturation"]["-inf"] = (-5.5, -5.25)
    monkeypatch.setattr(stored, "stored", lambda: changed)
    return al.libraries(al.gelu)


def test_what_depends_on_the_processor_is_looked_up_and_shown_as_such(varying):
    call = varying.rows[0]["call"]
    first, second = varying.values(np.inf)[call]
    assert first == np.inf
    assert np.isnan(second)
    assert call in {d["call"] for d in varying.differences() if d["what"] == "f(∞)"}
    table = varying._repr_html_().replace("\N{NO-BREAK SPACE}", " ")
    assert "<strong>∞ or NaN</strong> (here ∞)" in table
    assert "from x = −5.5 or −5.25" in table
    assert "Values with an <em>or</em> depend on the processor." in table


@each_activation
def test_the_table_is_well_formed_html_in_which_every_header_has_a_scope(activation):
    table = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(
        al.libraries(activation)._repr_html_()
    )
    assert all(cell.get("scope") for cell in table.iter("th"))
    assert len(table.findall(".//caption")) == 1
    columns = len(table.findall(".//thead/tr/th"))
    bodies = table.findall(".//tbody")
    assert len(bodies) == len({call.library for call in activation.libraries})
    for row in table.findall(".//tbody/tr"):
        assert sum(int(cell.get("colspan", 1)) for cell in row) == columns


@each_activation
def test_a_difference_is_marked_by_words_as_well_as_by_weight(activation):
    html, differences = al.libraries(activation)._repr_html_(), al.libraries(activation).differences()
    assert html.count("<strong") == html.count("(here\N{NO-BREAK SPACE}") == len(differences)
    assert "color" not in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_table_is_accessible_and_scrolls_in_its_own_box_on_a_phone(browser, scheme):
    tables = "\n".join(al.libraries(activation)._repr_html_() for activation in MEASURED)
    page = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page.set_content(
        f'<!doctype html><html lang="en"><meta name="color-scheme" content="light dark">'
        f"<title>Tables</title><main><h1>Tables</h1>{tables}</main></html>"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    region = page.get_by_role("region", name="Leaky ReLU in other libraries")
    assert region.evaluate("box => box.scrollWidth > box.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    report = Axe().run(page).response
    page.close()
    assert len(report["passes"]) > 10, "axe examined next to nothing"
    assert report["violations"] == []
