"""What the explorer draws: curves without false strokes, dots where they belong, axes at every depth of zoom."""

import re

import pytest

import activlib as al

RELU_LIKE = al.define("x if x > c else 0", name="threshold", title="Threshold", c=1)
STEP = al.define("1 if x >= 0 else 0", name="step", title="Step")
RECIPROCAL = al.define("1/x", name="reciprocal", title="Reciprocal", window=(-4, 4))
TANGENT = al.define("sin(x)/cos(x)", name="tangent", title="Tangent", window=(-7, 7))
SINC = al.define("sin(x)/x if x != 0 else 1", name="sinc", title="Sinc")


def strokes(page, curve):
    """The curve's strokes as lists of (x, y) in coordinates of the window."""
    path = page.locator(f'.ax-curve[data-curve="{curve}"]').get_attribute("d")
    left, right, bottom, top = page.evaluate("document.querySelector('activation-explorer').state.window")
    box = page.evaluate(
        "(({width, height}) => [width, height])(document.querySelector('activation-explorer').plot)"
    )
    pieces = [re.findall(r"(-?[\d.]+) (-?[\d.]+)", stroke) for stroke in path.split("M")[1:]]
    assert sum(map(len, pieces)) > 100, "the curve has too few points"
    return [
        [(left + float(a) / box[0] * (right - left), top - float(b) / box[1] * (top - bottom)) for a, b in piece]
        for piece in pieces
    ]


def dots(page, kind):
    """Places of the dots of a kind, from left to right."""
    places = page.eval_on_selector_all(f".ax-{kind}[data-x]", "all => all.map(d => [+d.dataset.x, +d.dataset.y])")
    return sorted(map(tuple, places))


def set_state(page, **state):
    """Set the explorer's state and wait for the frame that shows it."""
    page.evaluate(
        "state => new Promise(done => { const e = document.querySelector('activation-explorer');"
        " e.state = state; requestAnimationFrame(() => requestAnimationFrame(done)); })",
        state,
    )


def assert_no_stroke_crosses(page, curve, place):
    sides = [(min(x for x, _ in piece), max(x for x, _ in piece)) for piece in strokes(page, curve)]
    tolerance = 0.02
    assert all(high <= place + tolerance or low >= place - tolerance for low, high in sides), sides
    assert any(high <= place + tolerance for _, high in sides)
    assert any(low >= place - tolerance for low, _ in sides)


def test_curve_follows_the_function(explore):
    page = explore(al.elu, show="f")
    ((*points,),) = strokes(page, "elu-0")
    assert len(points) >= 1000
    assert (points[0][0], points[-1][0]) == (-5, 5)
    assert max(abs(y - float(al.elu.formula.subs({al.x: x, "alpha": 1}).subs(al.elu.at()))) for x, y in points[::50]) < 0.02


def test_a_jump_of_the_derivative_is_not_stroked(explore):
    page = explore(al.relu)
    assert_no_stroke_crosses(page, "relu-1", 0)
    assert dots(page, "limit") == [(0, 0), (0, 1)]
    assert dots(page, "convention") == [(0, 0)]
    assert page.locator(".ax-convention title").text_content() == "value used by convention"


def test_a_jump_of_the_function_has_open_and_filled_dots(explore):
    page = explore(STEP, show="f")
    assert_no_stroke_crosses(page, "step-0", 0)
    assert dots(page, "limit") == [(0, 0), (0, 1)]
    assert dots(page, "value") == [(0, 1)]


def test_a_breakpoint_follows_its_parameter(explore):
    page = explore(RELU_LIKE, show="f")
    for c in (1, 2.5, -3):
        set_state(page, parameters={"c": c})
        assert_no_stroke_crosses(page, "threshold-0", c)
        assert dots(page, "value") == [(c, 0)]


def test_a_breakpoint_outside_the_window_leaves_no_dots(explore):
    page = explore(RELU_LIKE, show="f", window=(1.5, 5))
    assert dots(page, "limit") == dots(page, "value") == []
    assert len(strokes(page, "threshold-0")) == 1


def test_elu_dots_vanish_exactly_where_alpha_is_1(explore):
    page = explore(al.elu)
    assert dots(page, "limit") == dots(page, "convention") == []
    for alpha in (0.5, 1.001, 2):
        set_state(page, parameters={"alpha": alpha})
        assert dots(page, "limit") == sorted([(0, alpha), (0, 1)])
        assert dots(page, "convention") == [(0, alpha)]
    set_state(page, parameters={"alpha": 1})
    assert dots(page, "limit") == dots(page, "convention") == []
    set_state(page, show=["d2f"])
    assert dots(page, "limit") == [(0, 0), (0, 1)]


def test_the_pen_is_lifted_at_a_pole_and_reaches_the_edge(explore):
    page = explore(RECIPROCAL, show="f")
    assert_no_stroke_crosses(page, "reciprocal-0", 0)
    left, right = strokes(page, "reciprocal-0")
    bottom, top = page.evaluate("document.querySelector('activation-explorer').state.window.slice(2)")
    assert min(y for _, y in left) < bottom
    assert max(y for _, y in right) > top
    assert dots(page, "limit") == []


def test_a_steep_pole_reaches_the_edge_too(explore):
    page = explore(al.define("1/(1000*x)", name="steep"), show="f", window=(-4, 4.1, -3, 3))
    left, right = strokes(page, "steep-0")
    assert min(y for _, y in left) < -3
    assert max(y for _, y in right) > 3


def test_every_branch_of_the_tangent_is_a_stroke_of_its_own(explore):
    page = explore(TANGENT, show="f")
    pieces = strokes(page, "tangent-0")
    assert len(pieces) == 5  # the poles ±π/2 and ±3π/2 lie in -7..7
    assert all(y1 <= y2 + 0.02 for piece in pieces for (_, y1), (_, y2) in zip(piece, piece[1:], strict=False))


def test_a_removable_singularity_is_no_jump(explore):
    page = explore(SINC, show="f")
    assert dots(page, "limit") == []
    assert all(abs(y) <= 1.01 for piece in strokes(page, "sinc-0") for _, y in piece)


def test_sampled_curves_are_drawn_with_their_gaps(explore):
    xs = [i / 50 for i in range(200)]
    ys = [float("nan") if i == 100 else x * x for i, x in enumerate(xs)]
    page = explore([("measured", xs, ys), al.tanh])
    assert len(strokes(page, "measured-0")) == 2
    set_state(page, x=1.01)
    assert page.locator(".ax-values dd").nth(1).text_content() == "1.0202"


def test_marks_follow_the_parameters(explore):
    alpha = al.elu.parameters[0].symbol
    page = explore(al.elu, marks=[{"y": -alpha, "label": "y = −α"}, {"x": 0, "y": 0, "label": "kink"}])
    place = "document.querySelector('.ax-mark').getBBox().y - document.querySelector('activation-explorer').plot.py({})"
    assert abs(page.evaluate(place.format("-1"))) < 0.1
    set_state(page, parameters={"alpha": 2})
    assert abs(page.evaluate(place.format("-2"))) < 0.1
    assert page.locator(".ax-marks text").all_text_contents() == ["y = −α", "kink"]


def test_labels_of_marks_stay_inside_and_never_overlap(explore):
    marks = [{"x": 0, "y": 0, "label": "kink at the origin"}, {"x": 0.02, "y": 0.02, "label": "next to it"}]
    marks += [{"x": end, "label": f"x = {end}"} for end in (-5, 4.9, 5)]
    marks += [{"y": y, "label": f"the asymptote y = {y}"} for y in (-1, -1.1, 1)]
    page = explore(al.elu, marks=marks)
    assert page.locator(".ax-marks text").count() == len(marks)
    assert page.evaluate(OVERLAPS, ".ax-marks text") == 0
    plot = page.locator(".ax-grid").bounding_box()
    for label in page.locator(".ax-marks text").all():
        box = label.bounding_box()
        assert plot["x"] <= box["x"]
        assert box["x"] + box["width"] <= plot["x"] + plot["width"] + 1


def test_a_mark_outside_the_window_is_not_drawn(explore):
    page = explore(al.elu, marks=[{"x": 7, "label": "far"}, {"y": 100, "label": "high"}, {"x": 1, "label": "here"}])
    assert page.locator(".ax-marks text").all_text_contents() == ["here"]
    assert page.locator(".ax-mark").count() == 1


def samples_shown(page, curve):
    return (page.locator(f'.ax-samples[data-curve="{curve}-0-samples"]').get_attribute("d") or "").count("M")


def test_samples_are_dots_where_they_can_be_told_apart(explore):
    nan = float("nan")
    dense = [i / 100 for i in range(1000)]
    page = explore([
        ("few", [0, 2, 4, 6, 8], [1, 2, nan, 3, 4]), ("many", dense, dense),
        ("lonely", dense, [1 if i in (10, 500) else nan for i in range(1000)]),
    ])  # fmt: skip
    assert [samples_shown(page, name) for name in ("few", "many", "lonely")] == [4, 0, 2]
    set_state(page, window=[2, 2.2, 0, 5])
    assert samples_shown(page, "many") == pytest.approx(21, abs=2)


RESIZE = """width => new Promise(done => requestAnimationFrame(() => {
    const explorer = document.querySelector("activation-explorer");
    explorer.style.width = width;
    requestAnimationFrame(() => done([explorer.plot.svg.viewBox.baseVal.width, explorer.area.clientWidth]));
}))"""


def test_a_new_size_is_drawn_before_it_can_be_seen_stretched(explore):
    page = explore(al.elu)
    for width in ("500px", "350px", "auto"):
        drawn, real = page.evaluate(RESIZE, width)
        assert drawn == real > 300


def test_an_explorer_that_is_moved_in_the_page_goes_on_living(open_page):
    from activlib.explorer import explorer_html

    page = open_page(explorer_html(al.elu) + '<div style="height: 5000px"></div><div id="below"></div>')
    page.wait_for_selector("[data-drawn]")
    page.evaluate("document.querySelector('#below').append(document.querySelector('activation-explorer'))")
    page.locator("activation-explorer").scroll_into_view_if_needed()
    drawn, real = page.evaluate(RESIZE, "400px")
    assert drawn == real == 400


OVERLAPS = """selector => {
    const boxes = [...document.querySelectorAll(selector)].map(t => t.getBoundingClientRect());
    const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => overlap(a, b))).length;
}"""


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize(
    "window",
    [(-5, 5, -2, 5), (-1e-6, 1e-6, -1e-6, 1e-6), (-1e6, 1e6, -1e6, 1e6), (1, 1 + 1e-6, 0.999999, 1.000001),
     (-123456, -123400, 1e5, 2e5), (-3e-9, 3e8, -0.001, 0.0012)],
)  # fmt: skip
def test_ticks_are_distinct_and_never_overlap(explore, window, width):
    page = explore(al.tanh, window=window, context={"viewport": {"width": width, "height": 800}})
    labels = page.locator(".ax-ticks text").all_text_contents()
    assert len(labels) >= 4
    across, up = (page.eval_on_selector_all(f".ax-ticks text[text-anchor={anchor}]", "all => all.map(t => t.textContent)")
                  for anchor in ("middle", "end"))  # fmt: skip
    assert len(set(across)) == len(across) >= 2
    assert len(set(up)) == len(up) >= 2
    assert page.evaluate(OVERLAPS, ".ax-ticks text") == 0
    assert page.evaluate("[...document.querySelectorAll('.ax-ticks text')].every(t => t.getBoundingClientRect().left >= 0)")


@pytest.mark.parametrize(
    ("reach", "labels"),
    [
        (5000, ["−5000", "0", "5000"]), (0.005, ["−0.005", "0", "0.005"]), (1, ["−0.8", "0", "1.0"]),
        (1e6, ["−1×10⁶", "−2×10⁵", "0", "8×10⁵"]), (1e-6, ["−1×10⁻⁶", "−2×10⁻⁷", "0", "8×10⁻⁷"]),
    ],
)  # fmt: skip
def test_tick_labels_have_powers_of_ten_only_where_that_is_shorter(explore, reach, labels):
    page = explore(al.tanh, window=(-reach, reach, -reach, reach), context={"viewport": {"width": 1000, "height": 800}})
    for anchor in ("middle", "end"):
        shown = page.eval_on_selector_all(f".ax-ticks text[text-anchor={anchor}]", "all => all.map(t => t.textContent)")
        assert set(labels) <= set(shown), anchor
        assert len({"×" in label for label in shown if label != "0"}) == 1


def test_curve_is_right_at_every_depth_of_zoom(explore):
    page = explore(al.tanh, show="f")
    for reach in (1e-6, 1, 1e6):
        set_state(page, window=[-reach, reach, -1.5 * min(1, reach), 1.5 * min(1, reach)])
        ((*points,),) = strokes(page, "tanh-0")
        middle = [y for x, y in points if abs(abs(x) - reach / 2) < reach / 100]
        expected = float(al.tanh.formula.subs(al.x, reach / 2))
        assert all(abs(abs(y) - expected) < 0.03 * min(1, reach) for y in middle)


def test_explorers_wake_when_they_come_into_view(open_page):
    from activlib.explorer import explorer_html

    page = open_page(
        explorer_html(al.elu) + '<div style="height: 5000px"></div>' + explorer_html(al.relu),
        viewport={"width": 1000, "height": 800},
    )
    page.wait_for_selector("#explorer-elu[data-drawn]")
    assert page.locator("#explorer-relu").get_attribute("data-drawn") is None
    page.locator("#explorer-relu").scroll_into_view_if_needed()
    page.wait_for_selector("#explorer-relu[data-drawn]")


def test_eight_hinges_fit_a_target_in_one_frame(explore):
    weights = {f"w{i}": 0.5 for i in range(1, 5)}
    places = {f"c{i}": i - 2.5 for i in range(1, 5)}
    hinges = al.define("+".join(f"w{i}*relu(x - c{i})" for i in range(1, 5)), name="hinges", **weights, **places)
    page = explore([hinges, al.define("sin(x)", name="target")], show=("f", "df"))
    assert page.locator("input[type=range]").count() == 8
    assert len(strokes(page, "hinges-1")) == 5
    set_state(page, parameters={"c1": 2, "c2": 2})  # hinges may meet and change places
    assert len(strokes(page, "hinges-1")) == 4
    set_state(page, parameters={"c1": 4.5})
    assert [x for x, _ in dots(page, "convention")] == [0.5, 1.5, 2, 4.5]
