"""The explorer before a browser sees it: specification, HTML, widget, and what they cost."""

import gzip
import json
import math
import re
import subprocess
import sys
from importlib.resources import files

import html5lib
import jsonschema
import mpmath
import pytest
import sympy as sp

import activlib as al
from activlib.explorer.assets import script
from activlib.explorer.sampling import interpolate, runs, start
from activlib.explorer.specification import specification
from activlib.explorer.static import number
from activlib.explorer.trees import evaluate

SCHEMA = jsonschema.Draft202012Validator(json.loads((files("activlib.explorer") / "schema.json").read_text("utf-8")))
DEFINED = [
    al.define("1/x", name="reciprocal"), al.define("abs(x)", name="absolute"),
    al.define("max(-1, min(1, x))", name="clip"), al.define("sin(x)/cos(x) if x*x < c else sign(x)", name="odd", c=1),
]  # fmt: skip
ALL = [*al.activations.values(), *DEFINED]
by_name = pytest.mark.parametrize("activation", ALL, ids=lambda a: a.name)


# The specification


@by_name
def test_specification_keeps_to_its_schema(activation):
    SCHEMA.validate(json.loads(json.dumps(specification(activation))))


def test_specification_with_every_option_keeps_to_its_schema():
    alpha = al.elu.parameters[0].symbol
    spec = specification(
        [al.elu, al.leaky_relu, ("measured", [0, 1, 2], [1, math.nan, 2])],
        parameters={"elu.alpha": 2}, x=0.5, window=(-1, 2), show="df", highlight="leaky_relu",
        marks=[{"x": 1, "y": sp.Rational(1, 3), "label": "here"}, {"y": 2 * sp.pi}], caption="A & B", id="mine",
    )  # fmt: skip
    SCHEMA.validate(spec)
    assert [p["value"] for p in spec["parameters"]] == [2, 0.01]
    assert spec["curves"][2]["samples"] == [[0, 1, 2], [1, None, 2]]
    with pytest.raises(ValueError, match="unknown symbol"):
        specification(al.elu, marks=[{"y": alpha + sp.Symbol("q"), "label": ""}])


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Exponential linear unit (ELU)", "ELU"), ("Sigmoid linear unit (SiLU, Swish)", "SiLU, Swish"), ("Mish", "Mish"),
        ("x·σ(1.702x)", "x·σ(1.702x)"), ("σ(x)", "σ(x)"), ("GELU (tanh) in float16", "GELU (tanh) in float16"),
        ("Bump (exp(−x²))", "exp(−x²)"), ("(x)", "(x)"),
    ],
)  # fmt: skip
def test_legends_shorten_a_title_that_ends_with_a_name_in_parentheses(title, short):
    spec = specification(al.define("x*x", name="f", title=title))
    assert (spec["curves"][0]["label"], spec["label"]) == (short, f"Explorer of {short}")


def test_samples_stand_clear_of_the_edges_and_the_point_on_one_of_them():
    spec = specification(("loss", [0, 1, 4, 9, 100], [3, 2, 1, 1, 1]))
    assert spec["window"][:2] == [-2, 102]
    assert (spec["x"], spec["show"]) == (4, ["f"])
    assert specification([("loss", [0, 100], [3, 2]), al.tanh])["window"][1] == 100


@pytest.mark.parametrize(
    "broken",
    [{"version": 2}, {"window": [1, 2]}, {"curves": []}, {"show": ["g"]}, {"marks": [{"label": ""}]}, {"more": 1}],
)
def test_schema_refuses_a_broken_specification(broken):
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate({**specification(al.elu), **broken})


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ("elu", {}, TypeError, "expected an Activation"),
        (3, {}, TypeError, "expected an Activation"),
        ([], {}, ValueError, "at least one activation"),
        ([al.elu, al.elu], {}, ValueError, "two activations are named 'elu'"),
        (al.elu, {"parameters": {"alpha": -1}}, ValueError, "alpha = -1 lies outside its domain 0 < α"),
        (al.elu, {"parameters": {"beta": 1}}, TypeError, "unknown parameter 'beta'; accepted are alpha"),
        (al.relu, {"parameters": {"alpha": 1}}, TypeError, "unknown parameter 'alpha'; there are none"),
        ([al.elu, al.leaky_relu], {"parameters": {"alpha": 1}}, TypeError, "accepted are elu.alpha, leaky_relu.alpha"),
        (al.elu, {"parameters": [1]}, TypeError, "expected a dict"),
        (al.elu, {"window": (2, 1)}, ValueError, "window = "),
        (al.elu, {"window": (1, 2, 3)}, ValueError, "window = "),
        (al.elu, {"window": (0, math.inf)}, ValueError, "window = "),
        (al.elu, {"window": 5}, ValueError, "window = "),
        (al.elu, {"x": math.nan}, ValueError, "x = nan"),
        (al.elu, {"x": "1"}, ValueError, "x = '1'"),
        (al.elu, {"show": ("f", "d3f")}, ValueError, "unknown curve 'd3f'; accepted are f, df, d2f"),
        (al.elu, {"highlight": "relu"}, ValueError, "highlight = 'relu' is not one of elu"),
        (al.elu, {"marks": [{"z": 1}]}, ValueError, "expected 'x', 'y' or both"),
        (("data", [1, 2], [1]), {}, ValueError, "as many xs as ys"),
        (("data", [2, 1], [1, 1]), {}, ValueError, "the xs must be finite and increase"),
        ([("data", [1, 2], [1, 1])] * 9, {}, ValueError, "at most 8 curves that can be told apart, got 9"),
        (al.elu, {"color": "red"}, TypeError, "color"),
        (al.elu, {"x": 10**400}, ValueError, "expected a number of size at most 1e+09"),
        (al.elu, {"window": (0, 10**400)}, ValueError, "window = "),
        (al.elu, {"caption": 5}, TypeError, "caption: expected a string, got 5"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_clear_error(arguments, options, error, message):
    for make in (specification, al.explorer, al.explorer_html):
        with pytest.raises(error, match=re.escape(message)):
            make(arguments, **options)


# Trees and samples


@by_name
def test_trees_evaluate_to_the_formula(activation):
    spec = specification(activation)["curves"][0]
    values = {s: sp.Rational(float(v)) for s, v in activation.at().items()}
    for n in range(3):
        oracle = sp.lambdify(al.x, sp.diff(activation.formula, al.x, n).subs(values), "mpmath")
        for x in (-7.3, -1.2, -0.4, 0.3, 0.9, 2.2, 11.0):
            got = evaluate(spec["orders"][n]["value"], x, x, {s.name: float(v) for s, v in values.items()})
            with mpmath.workdps(60):  # the textbook's forms cancel
                want = oracle(mpmath.mpf(x))
            # A curve may cancel as its formula does, by far less than a picture shows.
            assert math.isclose(got, want, rel_tol=1e-12, abs_tol=1e-12), (n, x)


def test_runs_break_at_poles_and_jumps_and_reach_the_breakpoint():
    spec = specification(al.define("1/(x - 1) if x < 2 else -1", name="f"))
    left, middle, right = runs(spec["curves"][0], 0, start(spec), -5, 5, 200)
    assert left[-1][0] < 1 < middle[0][0]
    assert middle[-1] == (2, 1)
    assert right[0] == (2, -1)


def test_interpolation_follows_the_line_and_leaves_gaps():
    samples = [[0, 1, 3, 4, 5], [0, 2, None, 1, 3]]
    places = [-0.1, 0, 0.25, 1, 2, 3, 3.5, 4, 4.5, 5, 5.1]
    want = [math.nan, 0, 0.5, 2, math.nan, math.nan, math.nan, 1, 2, 3, math.nan]
    assert [interpolate(samples, x) for x in places] == pytest.approx(want, nan_ok=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.0, "0"), (-1.5, "−1.5"), (1 / 3, "0.3333"), (-2e-5, "−2×10⁻⁵"), (9.31322e-10, "9.313×10⁻¹⁰"),
     (1.25e6, "1.25×10⁶"), (999999, "999999"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "undefined")],
)  # fmt: skip
def test_numbers_are_short_and_keep_what_is_small(value, text):
    assert number(value) == text


# HTML


@by_name
def test_html_holds_the_specification_and_a_small_figure(activation):
    page = html5lib.parse(al.explorer_html(activation), namespaceHTMLElements=False)
    element = page.find(".//activation-explorer")
    assert json.loads(element.find("script").text) == json.loads(json.dumps(specification(activation)))
    text = al.explorer_html(activation)
    figure = text[text.index('<svg viewBox="0 0 720') : text.index("</svg></svg>")]
    assert len(figure) <= 4608
    assert "<desc>" in figure
    assert figure.count("L") >= 2  # a line each for f and f' where f is straight


def test_html_escapes_what_authors_write():
    evil = '</script><b>&"'
    text = al.explorer_html(("a", [0, 1], [0, 1]), caption=evil, marks=[{"x": 0, "label": evil}])
    element = html5lib.parse(text, namespaceHTMLElements=False).find(".//activation-explorer")
    spec = json.loads(element.find("script").text)
    assert (spec["caption"], spec["marks"][0]["label"]) == (evil, evil)
    assert element.find(".//p[@class='ax-caption']").text == evil
    assert element.find(".//b") is None


MAKE = """
import json, activlib as al
w = [al.explorer(al.elu), al.explorer(al.elu), al.explorer([al.relu, al.tanh], show=("f", "df"))]
print(json.dumps([v._repr_mimebundle_() for v in w]))
"""


def test_outputs_are_the_same_bytes_in_every_run_and_models_differ():
    first, second = (subprocess.check_output([sys.executable, "-c", MAKE], text=True) for _ in range(2))
    assert first == second
    bundles = json.loads(first)
    ids = {bundle["application/vnd.jupyter.widget-view+json"]["model_id"] for bundle in bundles}
    assert len(ids) == 3
    assert bundles[0]["text/plain"] == "Explorer of ELU: α = 1, window −5…5"
    assert bundles[0]["text/html"].startswith("<activation-explorer")


# The widget


def test_widget_traits_follow_and_tell():
    widget = al.explorer([al.elu, al.leaky_relu])
    told = []
    widget.observe(told.append, names="parameters")
    widget.parameters = {"elu.alpha": sp.Rational(5, 2)}
    assert widget.parameters == {"elu.alpha": 2.5, "leaky_relu.alpha": 0.01}
    assert [change.new for change in told] == [widget.parameters]
    widget.show = ("d2f", "f")
    assert widget.show == ["f", "d2f"]
    widget.x, widget.window, widget.highlight = 2, (-1, 1, -2, 2), "leaky_relu"
    assert (widget.x, widget.window, widget.highlight) == (2.0, [-1, 1, -2, 2], "leaky_relu")
    html = widget._repr_mimebundle_()["text/html"]
    assert '"window":[-1.0,1.0,-2.0,2.0]' in html
    assert '"value":2.5' in html


def test_what_the_browser_sends_is_told_as_python_keeps_it():
    widget = al.explorer(al.elu)
    told = []
    for name in ("x", "window", "parameters"):
        widget.observe(lambda change: told.append(change.new), names=name)
    widget.set_state({"x": 5, "window": [-1, 1, 0, 2], "parameters": {"alpha": 2}})
    assert repr(told) == "[5.0, [-1.0, 1.0, 0.0, 2.0], {'alpha': 2.0}]"


@pytest.mark.parametrize(
    ("trait", "value", "error"),
    [
        ("parameters", {"alpha": 0}, ValueError), ("parameters", {"alpha": "2"}, TypeError), ("parameters", {"a": 1}, TypeError),
        ("parameters", None, TypeError), ("x", math.inf, ValueError), ("x", None, ValueError), ("window", (1, 0), ValueError),
        ("window", "wide", ValueError), ("show", ["h"], ValueError), ("show", 1, ValueError), ("highlight", "relu", ValueError),
    ],
)  # fmt: skip
def test_widget_refuses_bad_traits_and_keeps_its_state(trait, value, error):
    widget = al.explorer(al.elu)
    names = ("parameters", "x", "window", "show", "highlight")
    before = [getattr(widget, name) for name in names]
    with pytest.raises(error):
        setattr(widget, trait, value)
    assert [getattr(widget, name) for name in names] == before


# What it costs


def test_script_stays_small_and_compiles_nothing_from_strings():
    code = script()
    assert len(gzip.compress(code.encode())) <= 25 * 1024
    assert not re.search(r"\beval\b|new Function|\bimport\b|\bexport\b|https?://(?!www\.w3\.org/2000/svg)", code)


def test_specification_and_html_need_sympy_alone():
    code = (
        "import sys, activlib as al; al.explorer_html([al.elu, al.tanh]);"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "sympy" in loaded
    assert not {"numpy", "scipy", "matplotlib", "ipywidgets", "anywidget"} & set(loaded)


def test_the_function_keeps_its_name_beside_its_package():
    import activlib.explorer.trees

    assert callable(al.explorer)
    assert activlib.explorer is al.explorer
