"""Static figures: no line where the function jumps, dots where it says, the same bytes in every run."""

import hashlib
import os
import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import matplotlib
import mpmath
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.explorer.static import COLORS

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.colors import same_color, to_rgb

STEP = al.define("1 if x >= 0 else 0", name="step")
ALL = pytest.mark.parametrize("activation", al.activations.values(), ids=al.activations)


@pytest.fixture(autouse=True)
def axes():
    """Fresh axes; no test leaves a figure open, and none may open one by failing."""
    plt.style.use("activlib.book")
    _fig, ax = plt.subplots()
    yield ax
    plt.close("all")


def segments(line):
    """The straight lines that are drawn, as ((x, y), (x, y))."""
    points = [(x, y) if np.isfinite(x) and np.isfinite(y) else None for x, y in zip(*line.get_data(), strict=True)]
    return [pair for pair in pairwise(points) if None not in pair]


def crossings(line, jumps):
    """The segments of a line that lead from one side of a jump or a pole to the other."""
    assert len(segments(line)) > 100
    return [(a, b) for a, b in segments(line) for jump in jumps if a[0] <= jump <= b[0]]


def dots(ax):
    """The circles as (x, y, filled), from left to right and upwards."""
    found = []
    for line in ax.get_lines():
        if line.get_marker() == "o":
            filled = not same_color(line.get_markerfacecolor(), "white")
            found += [(float(x), float(y), filled) for x, y in zip(*line.get_data(), strict=True)]
    return sorted(found)


JUMPS = [
    (STEP, 0, {}, [0]), (al.relu, 1, {}, [0]), (al.leaky_relu, 1, {"alpha": -0.5}, [0]), (al.elu, 1, {"alpha": 2}, [0]),
    (al.elu, 2, {}, [0]), (al.define("sign(x)"), 0, {}, [0]), (al.define("x if x > c else 0", c=1), 0, {"c": 2.5}, [2.5]),
    (al.define("x if x*x > 2 else 0"), 0, {}, [-np.sqrt(2), np.sqrt(2)]), (al.define("1/x"), 0, {}, [0]),
    (al.define("1/(x - 1/3)"), 0, {}, [1 / 3]), (al.define("1/(x - 1/3)"), 1, {}, [1 / 3]),
    (al.define("sin(x)/cos(x)"), 0, {}, [-1.5 * np.pi, -np.pi / 2, np.pi / 2, 1.5 * np.pi]),
    (al.define("1/(x*x - 2) if x < 2 else 0"), 0, {}, [-np.sqrt(2), np.sqrt(2), 2]),
    (al.define("log(x) if x > 0 else 0"), 0, {}, [0]),
]  # fmt: skip


@pytest.mark.parametrize(("activation", "n", "parameters", "jumps"), JUMPS)
def test_no_line_crosses_a_jump_or_a_pole(axes, activation, n, parameters, jumps):
    assert crossings(al.plot(activation, n, ax=axes, parameters=parameters), jumps) == []


def test_a_line_across_a_jump_or_a_pole_is_found_out(axes):
    for activation, jump in ((STEP, 0.0), (al.define("1/(x - 1/3)"), 1 / 3)):
        x = np.linspace(-5, 5, 400)
        (naive,) = axes.plot(x, activation(x))
        assert len(crossings(naive, [jump])) == 1


@ALL
@pytest.mark.parametrize("n", [0, 1, 2])
def test_the_line_lies_on_the_function_and_fills_the_window(axes, activation, n):
    line = al.plot(activation, n, ax=axes, window=(-3, 2))
    x, y = line.get_data()
    drawn = np.isfinite(x)
    exact = sp.lambdify(al.x, activation.derivative(n).subs(activation.at()), "mpmath")
    with mpmath.workdps(60):  # the textbook's forms cancel
        wanted = [float(exact(mpmath.mpf(v))) for v in x[drawn][::7]]
    assert wanted == pytest.approx(y[drawn][::7], rel=1e-12, abs=1e-15)
    assert (x[drawn][0], x[drawn][-1]) == pytest.approx((-3, 2), rel=1e-15)  # next to a breakpoint that is an end
    assert np.all(np.diff(x[drawn]) >= 0)
    assert max(np.diff(x[drawn])) < 0.05


@pytest.mark.parametrize(("activation", "n", "parameters", "wanted"), [
    (STEP, 0, {}, [(0, 0, False), (0, 1, False), (0, 1, True)]),
    (al.relu, 1, {}, [(0, 0, False), (0, 0, True), (0, 1, False)]),
    (al.elu, 1, {"alpha": 2}, [(0, 1, False), (0, 2, False), (0, 2, True)]),
    (al.define("sign(x)"), 0, {}, [(0, -1, False), (0, 0, True), (0, 1, False)]),
    (al.define("7 if x == 1 else x"), 0, {}, [(1, 1, False), (1, 1, False), (1, 7, True)]),
    (al.define("x if x > c else 0", c=1), 0, {"c": 2}, [(2, 0, False), (2, 0, True), (2, 2, False)]),
    (al.define("1 if x < -1 else (2 if x <= 1 else 3)"), 0, {},
     [(-1, 1, False), (-1, 2, False), (-1, 2, True), (1, 2, False), (1, 2, True), (1, 3, False)]),
    (al.relu, 0, {}, []), (al.elu, 1, {}, []), (al.tanh, 2, {}, []),
])
def test_open_dots_are_the_limits_and_the_filled_one_is_the_value(axes, activation, n, parameters, wanted):
    line = al.plot(activation, n, ax=axes, parameters=parameters)
    assert len(dots(axes)) == len(wanted)
    for (x, y, filled), (at, value, full) in zip(dots(axes), sorted(wanted), strict=True):
        assert (x, filled) == (at, full)
        assert y == pytest.approx(value, abs=1e-12)
    assert all(same_color(other.get_color(), line.get_color()) for other in axes.get_lines())


def test_a_jump_outside_the_window_or_at_its_end_has_no_dot(axes):
    for window in ((1, 3), (-3, -1), (0, 2), (-2, 0)):
        line = al.plot(STEP, ax=axes, window=window)
        assert len({y for _, y in zip(*line.get_data(), strict=True)}) == 1
    assert dots(axes) == []


def test_breakpoints_without_a_real_place_are_no_jumps(axes):
    f = al.define("1 if x*x > c else 0", c=-1)
    assert set(al.plot(f, ax=axes).get_ydata()) == {1}
    al.plot(f, ax=axes, parameters={"c": 4})
    assert [x for x, *_ in dots(axes)] == [-2, -2, -2, 2, 2, 2]


def test_style_goes_to_the_line_and_a_label_to_the_legend(axes):
    line = al.plot(al.tanh, 1, ax=axes, label="slope", color="red", linewidth=3)
    assert (line.get_label(), line.get_color(), line.get_linewidth()) == ("slope", "red", 3)
    assert [al.plot(al.tanh, n, ax=axes).get_label() for n in range(3)] == ["f", "f'", "f''"]
    assert len({str(al.plot(al.tanh, n, ax=axes)._dash_pattern) for n in range(3)}) == 3  # dashes tell the orders apart in print
    assert al.plot(al.tanh, points=2).axes is axes


# Whole figures

def test_figure_of_one_activation_shows_it_and_its_derivative():
    ax = al.figure(al.elu, parameters={"alpha": 2}).axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["f", "f'"]
    assert ax.get_xlabel() == "x"
    assert [x for x, *_ in dots(ax)] == [0, 0, 0]
    ax = al.figure(al.elu, show=(0, 1, 2), window=(-2, 1)).axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["f", "f'", "f''"]


def test_figure_of_several_tells_them_apart_by_title_and_color():
    f = al.define("x", title="The line", window=(-8, 3))
    ax = al.figure([al.relu, al.elu, f]).axes[0]
    curves = [line for line in ax.get_lines() if len(line.get_xdata()) > 100]
    assert [line.get_label() for line in curves] == [al.relu.title, al.elu.title, "The line"]
    assert len({line.get_color() for line in curves}) == 3
    assert all(np.nanmin(line.get_xdata()) == -8 and np.nanmax(line.get_xdata()) == 5 for line in curves)
    ax = al.figure([al.relu, al.elu], show=(0, 1)).axes[0]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [al.relu.title, f"{al.relu.title}, f'", al.elu.title, f"{al.elu.title}, f'"]
    colors = [line.get_color() for line in ax.get_lines() if line.get_label() in labels]
    assert (colors[0], colors[2]) == (colors[1], colors[3])
    assert al.figure([al.relu]).axes[0].get_legend().get_texts()[0].get_text() == al.relu.title


@pytest.mark.parametrize("columns", [1, 3, 4])
def test_panels_are_one_for_each_activation_given_in_that_order_under_its_name(columns):
    given = [al.gelu_tanh, al.tanh, al.define("x", name="linear"), al.relu, al.elu]
    fig, panels = al.panels(given, columns, sharey=True)
    assert [activation for _ax, activation in panels] == given
    assert fig.axes == [ax for ax, _activation in panels]
    assert [ax.get_title() for ax in fig.axes] == ["gelu tanh", "tanh", "linear", "relu", "elu"]
    assert len({ax.get_subplotspec().colspan.start for ax in fig.axes}) == columns


@pytest.mark.parametrize(("given", "error"), [([], ValueError), (["relu"], TypeError), ([al.relu, 3], TypeError)])
def test_panels_of_nothing_or_of_something_else_are_an_error_and_leave_no_figure(given, error):
    before = plt.get_fignums()
    with pytest.raises(error, match="ctivation"):
        al.panels(given)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(("arguments", "options", "error", "message"), [
    (("relu",), {}, TypeError, "expected an Activation or a list of them, got 'r' of type str"),
    ((3,), {}, TypeError, "expected an Activation or a list of them, got 3 of type int"),
    (([al.relu, 3],), {}, TypeError, "got 3 of type int"),
    (([],), {}, ValueError, "a figure needs at least one activation"),
    ((al.relu,), {"show": (0, 3)}, ValueError, r"orders \(0, 3\): expected 0, 1 or 2, for f, f' and f''"),
    ((al.relu,), {"show": ()}, ValueError, r"orders \(\): expected 0, 1 or 2"),
    ((al.relu,), {"show": ("f",)}, ValueError, r"orders \('f',\): expected 0, 1 or 2"),
    ((al.relu,), {"window": (2, 1)}, ValueError, r"window = \(2, 1\): expected \(low, high\) with finite numbers low < high"),
    ((al.relu,), {"window": 3}, ValueError, "window = 3: expected"),
    ((al.relu,), {"window": (0, np.inf)}, ValueError, "window = .*: expected"),
    ((al.elu,), {"parameters": {"alpha": 0}}, ValueError, "parameter alpha = 0 lies outside its domain 0 < α"),
    ((al.elu,), {"parameters": {"beta": 0}}, TypeError, "elu has no parameter 'beta'; it takes alpha"),
    (([al.elu, al.relu],), {"parameters": {"alpha": 1}}, TypeError, "parameters are those of one activation"),
])
def test_bad_arguments_of_a_figure_get_one_clear_error_and_leave_no_figure(arguments, options, error, message):
    before = plt.get_fignums()
    with pytest.raises(error, match=message):
        al.figure(*arguments, **options)
    assert plt.get_fignums() == before


@pytest.mark.parametrize(("arguments", "options", "error", "message"), [
    (("relu",), {}, TypeError, "expected an Activation, got 'relu' of type str"),
    (([al.relu],), {}, TypeError, "expected an Activation, got .* of type list"),
    ((al.relu, 3), {}, ValueError, r"orders \(3,\): expected 0, 1 or 2"),
    ((al.relu, -1), {}, ValueError, r"orders \(-1,\): expected 0, 1 or 2"),
    ((al.relu,), {"points": 1}, ValueError, "points = 1: a line needs at least 2"),
    ((al.relu,), {"window": (1, 1)}, ValueError, r"window = \(1, 1\): expected"),
    ((al.elu,), {"parameters": {"alpha": "1"}}, TypeError, "parameter alpha: expected a real number, got '1' of type str"),
    ((al.relu,), {"colour": "red"}, AttributeError, "colour"),
])
def test_bad_arguments_of_a_plot_get_one_clear_error(axes, arguments, options, error, message):
    with pytest.raises(error, match=message):
        al.plot(*arguments, ax=axes, **options)
    assert len(axes.get_lines()) == 0


# Style

DRAWN = """
import io, sys
import matplotlib; matplotlib.use("Agg")
import activlib as al
al.book_style()
for figure in (al.figure(al.elu, parameters={"alpha": 2}), al.figure(list(al.activations.values())), al.figure(al.define("1/x"))):
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    sys.stdout.buffer.write(file.getvalue())
"""


def test_two_runs_draw_the_same_bytes():
    drawn = [subprocess.check_output([sys.executable, "-c", DRAWN], env={**os.environ, "PYTHONHASHSEED": seed}) for seed in "12"]
    assert drawn[0].count(b"</svg>") == 3
    assert b"<dc:date>" not in drawn[0]
    assert hashlib.sha256(drawn[0]).hexdigest() == hashlib.sha256(drawn[1]).hexdigest()


# Linear RGB as dichromats see it: Viénot, Brettel and Mollon 1999, table 2 of the method for displays.
SEEN = {
    "everybody": np.eye(3),
    "protanopes": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deuteranopes": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def linear(color):
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of linear sRGB."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    f = np.cbrt(xyz / [0.9505, 1, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def indistinct(colors, least):
    """The pairs of colors that someone sees closer than `least` in L*a*b*, where 2.3 is just noticeable."""
    return [(a, b, who) for a, b in combinations(colors, 2) for who, seen in SEEN.items()
            if np.linalg.norm(lab(seen @ linear(a)) - lab(seen @ linear(b))) < least]


def explorer_colors(theme):
    """The explorer's paper, and the colors of its curves."""
    css = (Path(al.__file__).parent / "explorer" / "explorer.css").read_text("utf8")
    colors = {name: pair[theme == "dark"] for name, *pair in re.findall(r"--ax-(\w+): light-dark\((\S+), (\S+)\)", css)}
    return colors["paper"], [color for name, color in colors.items() if name.isdigit()]


def palettes():
    yield "#ffffff", plt.rcParams["axes.prop_cycle"].by_key()["color"]
    yield explorer_colors("light")
    yield explorer_colors("dark")


def test_the_explorers_picture_without_a_script_has_its_light_colors():
    assert list(COLORS) == explorer_colors("light")[1]


def test_colors_are_distinct_for_everybody_and_visible_on_their_paper():
    for paper, colors in palettes():
        assert len(colors) >= 6
        assert indistinct(colors, 15) == []
        for color in colors:
            dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (color, paper))
            assert (light + 0.05) / (dark + 0.05) >= 3  # WCAG 1.4.11 for graphics


def test_colors_that_look_alike_are_found_out():
    assert [who for *_, who in indistinct(["#d55e00", "#b8860b"], 15)] == ["protanopes", "deuteranopes"]
    assert [who for *_, who in indistinct(["#0072b2", "#aa4499"], 15)] == ["protanopes"]
    assert len(indistinct(["#0072b2", "#0073b3"], 15)) == 3
