"""The explorer of activations of several numbers before a browser sees it: specification, programs, HTML, widget."""

import itertools
import json
import math
import re
from fractions import Fraction
from importlib.resources import files

import html5lib
import jsonschema
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.explorer.contours import CELLS, from_plane, level_line, levels_of, measure, to_plane
from activlib.explorer.programs import Program
from activlib.explorer.vectors import vector_specification

SCHEMA = jsonschema.Draft202012Validator(json.loads((files("activlib.explorer") / "schema.json").read_text("utf-8")))
PAIRS = [a for a in al.vector_activations.values() if a.kind == "pair"]


@pytest.mark.parametrize("activation", al.vector_activations.values(), ids=lambda a: a.name)
def test_specification_keeps_to_its_schema(activation):
    spec = vector_specification(activation)
    SCHEMA.validate(json.loads(json.dumps(spec)))
    counts = [len(program["inputs"]) for program in spec["programs"]]
    assert counts == {"pair": [2], "expand": [1]}.get(activation.kind, [*range(2, 9)])
    for program in spec["programs"]:
        x = [0.25 * i * (-1) ** i for i in range(len(program["inputs"]))]
        found = Program(program, {p["key"]: p["value"] for p in spec["parameters"]})
        assert all(map(math.isfinite, found.components(x)))
        assert [len(row) for row in found.jacobian(x)] == [len(x)] * len(program["outputs"])


@pytest.mark.parametrize(
    "broken", [{"kind": "other"}, {"programs": []}, {"show": ["f"]}, {"window": [1, 2]}, {"more": "1"}, {"extra": 1}]
)
def test_schema_refuses_a_broken_specification(broken):
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate({**vector_specification(al.swiglu), **broken})


def test_every_option_reaches_the_specification():
    spec = vector_specification(
        al.swiglu, parameters={"beta": 2}, x=(1, sp.Rational(1, 2)), window=(-1, 2), show="gradient", caption="A & B", id="mine"
    )
    SCHEMA.validate(spec)
    assert [p["value"] for p in spec["parameters"]] == [2]
    assert (spec["x"], spec["window"], spec["show"], spec["id"]) == ([1, 0.5], [-1, 2, -1, 2], ["gradient"], "mine")


def test_the_functions_that_share_out_a_whole_have_a_triangle():
    simplex = {a.name for a in al.vector_activations.values() if vector_specification(a)["simplex"]}
    assert {"softmax", "sparsemax", "entmax15", "hardmax"} <= simplex
    assert not simplex & {"log_softmax", "logsumexp", "maxout", "crelu", *(a.name for a in PAIRS)}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"x": (1, 2, 3)}, ValueError, "x = (1, 2, 3): expected 2 numbers of size at most 1e+09"),
        ({"x": (1, math.nan)}, ValueError, "expected 2 numbers"),
        ({"x": "ab"}, ValueError, "expected 2 numbers"),
        ({"window": (2, 1)}, ValueError, "expected (low, high) or (left, right, bottom, top)"),
        ({"window": 5}, ValueError, "expected (low, high)"),
        ({"show": "f"}, ValueError, "unknown layer 'f'; accepted are levels, gradient"),
        ({"highlight": "y2"}, ValueError, "highlight = 'y2' is not one of y"),
        ({"parameters": {"tau": 1}}, TypeError, "unknown parameter 'tau'; accepted are beta"),
        ({"parameters": {"beta": "a"}}, TypeError, "beta"),
        ({"marks": []}, TypeError, "marks"),
        ({"x": (10**400, 0)}, ValueError, "expected 2 numbers of size at most 1e+09"),
        ({"x": (1, True)}, ValueError, "expected 2 numbers"),
        ({"x": ((1, 2), (3, 4))}, ValueError, "expected 2 numbers"),
        ({"window": (-(10**400), 1)}, ValueError, "at most 1e+09"),
        ({"caption": 5}, TypeError, "caption: expected a string, got 5"),
        ({"id": 5}, TypeError, "id: expected a string, got 5"),
    ],
)
def test_bad_input_gets_one_clear_error(options, error, message):
    for make in (vector_specification, al.explorer, al.explorer_html):
        with pytest.raises(error, match=re.escape(message)):
            make(al.swiglu, **options)


@pytest.mark.parametrize("x", [(sp.sqrt(2), sp.pi), (Fraction(1, 3), np.float16(2)), np.array([1, 2]), range(2)], ids=str)
def test_a_point_may_be_told_by_any_real_numbers(x):
    assert vector_specification(al.swiglu, x=x)["x"] == [float(value) for value in x]


def test_functions_of_several_numbers_are_not_compared():
    with pytest.raises(TypeError, match="expected an Activation"):
        al.explorer([al.swiglu, al.elu])


def test_what_occurs_twice_is_evaluated_once():
    program = vector_specification(al.softmax)["programs"][6]
    exponentials = json.dumps(program).count('"exp"')
    assert exponentials <= 16  # one for each of eight scores, and one for its square in the derivative
    assert program["first"] < len(program["steps"])


# The plane


def test_the_scores_plane_keeps_lengths_and_the_mean():
    x = [1.5, -0.25, 2]
    u, v = to_plane(x)
    mean = sum(x) / 3
    assert math.hypot(u, v) == pytest.approx(math.dist(x, [mean] * 3))
    assert from_plane(u, v, [mean] * 3) == pytest.approx(x)
    assert to_plane([5, 5, 5]) == pytest.approx((0, 0))
    assert to_plane([1, 0, 0])[1] > 0  # the first score points upwards
    assert from_plane(3, 4, [0, 0]) == [3, 4]


def test_level_lines_lie_where_the_function_takes_the_level():
    window = (-2, 2, -2, 2)
    field = measure(lambda u, v: u * u + v * v, window)
    (line,) = level_line(field, 1.5)
    assert line[0] == line[-1]
    for x, y in line:
        u, v = -2 + 4 * x / CELLS, 2 - 4 * y / CELLS
        assert u * u + v * v == pytest.approx(1.5, abs=0.02)
    assert len(level_line(measure(lambda u, v: u * v, window), 1)) == 2
    assert level_line(field, 9) == []
    with_gap = measure(lambda u, v: u if u > 0 else math.nan, window)
    assert all(x >= CELLS / 2 for line in level_line(with_gap, 1) for x, _ in line)


def test_a_jump_is_drawn_where_it_is():
    step = lambda u, v: float(u > 0.3)  # noqa: E731
    field = measure(step, (-2, 2, -2, 2))
    (line,) = level_line(field, 0.5, lambda x, y: step(-2 + 4 * x / CELLS, 2 - 4 * y / CELLS))
    assert all(x == pytest.approx((0.3 + 2) / 4 * CELLS, abs=1e-4) for x, _ in line)
    stepwise = {a.name for a in al.vector_activations.values() if vector_specification(a)["stepwise"]}
    assert "hardmax" in stepwise
    assert not stepwise & {"softmax", "sparsemax", "entmax15", "maxout", "crelu", "reglu"}


def test_levels_are_round_and_inside_and_few():
    for slope, offset in itertools.product((0.01, 1, 7, 1e5), (0, 3)):
        field = measure(lambda u, v, slope=slope, offset=offset: slope * u + offset, (-1, 1, -1, 1))
        levels = levels_of(field)
        assert 4 <= len(levels) <= 17
        assert all(offset - slope < level < offset + slope for level in levels)
    assert levels_of(measure(lambda u, v: 1, (-1, 1, -1, 1))) == []


# The page and the widget


@pytest.mark.parametrize("activation", [al.softmax, al.crelu, al.maxout, *PAIRS], ids=lambda a: a.name)
def test_html_is_well_formed_and_carries_the_specification(activation):
    page = al.explorer_html(activation, caption="1 < 2 & 3")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    element = parser.parseFragment(page).find("activation-explorer")
    assert json.loads(element.find("script").text) == vector_specification(activation, caption="1 < 2 & 3")
    assert "style=" not in page, "a strict content security policy forbids it"
    assert element.find(".//p[@class='ax-caption']").text == "1 < 2 & 3"


def test_the_static_page_tells_the_values():
    page = al.explorer_html(al.softmax, x=(1, 0), parameters={"tau": 2})
    assert "<desc>x₁ = 1, x₂ = 0: y₁ = 0.6225, y₂ = 0.3775; τ = 2.</desc>" in page
    assert [f"{1 / (1 + math.exp(-1 / 2)):.4f}", "0.3775"] == re.findall(r"<dd>(.*?)</dd>", page)
    assert re.findall(r"<td[^>]*>([^<]+)</td>", page) == ["0.118", "−0.118", "−0.118", "0.118"]


def test_traits_hold_what_is_accepted():
    widget = al.explorer(al.softmax)
    heard = []
    widget.observe(lambda change: heard.append((change.name, change.new)))
    widget.x = (1, 2, 3, 4)
    widget.parameters = {"tau": sp.Rational(1, 2)}
    widget.window = (-1, 1)
    widget.show = "levels"
    widget.highlight = "y4"
    assert heard == [
        ("x", [1, 2, 3, 4]), ("parameters", {"tau": 0.5}), ("window", [-1, 1, -1, 1]), ("highlight", "y4"),
    ]  # fmt: skip
    for name, value in (("x", range(9)), ("parameters", {"tau": -1}), ("show", "f"), ("highlight", "z"), ("window", (1, 1))):
        with pytest.raises(ValueError, match=name.rstrip("s")):
            setattr(widget, name, value)
    assert repr(widget) == "Explorer of Softmax: τ = 0.5, x = (1, 2, 3, 4)"
    bundle = widget._repr_mimebundle_()
    assert "x₄ = 4" in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
