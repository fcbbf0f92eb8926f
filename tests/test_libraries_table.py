"""What is looked up of PyTorch, JAX, Keras and ONNX, and the table that a chapter shows of it."""

import copy
import dataclasses
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
from activlib.libraries import LibraryCall, stored

ROOT = Path(__file__).resolve().parent.parent
MEASURED = [activation for activation in al.activations.values() if activation.libraries]
each_activation = pytest.mark.parametrize("activation", MEASURED, ids=[activation.name for activation in MEASURED])


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
