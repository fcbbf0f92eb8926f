"""What a reader does with an explorer: sliders, typing, dragging, keys, wheel, touch, links."""

import re

import pytest

import activlib as al
from activlib.explorer import explorer_html
from serve import Site
from settle import STATE, state


def place(page, x, y):
    """Page coordinates of a point of the plot."""
    return page.evaluate(
        "([x, y]) => { const e = document.querySelector('activation-explorer');"
        " const box = e.area.getBoundingClientRect();"
        " return [box.left + e.plot.left + e.plot.px(x), box.top + 10 + e.plot.py(y)]; }",
        [x, y],
    )


def readout(page):
    return dict(zip(["x", "f", "df", "d2f"], page.locator(".ax-values dd").all_text_contents(), strict=False))


# Sliders


def test_the_slider_moves_by_keyboard_and_redraws(explore):
    page = explore(al.elu)
    curve = page.locator('.ax-curve[data-curve="elu-0"]')
    before = curve.get_attribute("d")
    page.get_by_label("α", exact=True).focus()
    page.keyboard.press("ArrowRight")
    assert state(page)["parameters"] == {"alpha": 1.05}
    assert curve.get_attribute("d") != before
    assert page.get_by_label("value of α").input_value() == "1.05"
    assert readout(page)["f"] == "−0.6637"


def test_a_typed_value_is_taken_exactly_even_beyond_the_slider(explore):
    page = explore(al.elu)
    field = page.get_by_label("value of α")
    for text, value in (("1.6732632423543772", 1.6732632423543772), ("7.25", 7.25)):
        field.fill(text)
        field.press("Enter")
        assert state(page)["parameters"]["alpha"] == value
        assert float(field.input_value()) == value


@pytest.mark.parametrize("text", ["-1", "0", ""])
def test_a_typed_value_outside_the_domain_gets_a_message_and_changes_nothing(explore, text):
    page = explore(al.elu)
    field = page.get_by_label("value of α")
    field.fill(text)
    field.press("Enter")
    assert state(page)["parameters"]["alpha"] == 1
    assert page.get_by_role("alert").text_content() == ("α must satisfy 0 < α." if text else "Type a number.")
    assert field.get_attribute("aria-invalid") is not None
    field.fill("2")
    field.press("Enter")
    assert page.locator(".ax-message").text_content() == ""
    assert state(page)["parameters"]["alpha"] == 2


def test_a_parameter_resets_to_its_default(explore):
    page = explore(al.elu, parameters={"alpha": 2})
    page.get_by_role("button", name="Reset α to 1").click()
    assert state(page)["parameters"]["alpha"] == 1


@pytest.mark.parametrize(("width", "columns"), [(390, 1), (740, 1), (1000, 2)])
def test_sliders_stand_in_line_and_end_where_the_plot_does(explore, width, columns):
    page = explore([al.elu, al.leaky_relu, al.define("tanh(a*x + b)", name="affine", a=1, b=0)],
                   context={"viewport": {"width": width, "height": 900}})  # fmt: skip
    ranges = [slider.bounding_box() for slider in page.locator("input[type=range]").all()]
    assert len(ranges) == 4
    assert len({round(box["x"]) for box in ranges}) == columns
    assert len({round(box["width"]) for box in ranges}) <= columns
    right = max(button.bounding_box()["x"] + 24 for button in page.locator(".ax-slider .ax-button").all())
    plot = page.locator(".ax-grid").bounding_box()
    assert right == pytest.approx(plot["x"] + plot["width"], abs=10)


def test_the_way_back_is_always_there_to_see(explore):
    page = explore(al.elu)
    button = page.get_by_role("button", name="Reset α to 1")
    assert button.is_visible()
    assert button.is_disabled()
    page.get_by_label("α", exact=True).press("ArrowRight")
    state(page)
    assert button.is_enabled()


# The point


def test_the_point_follows_the_pointer_and_settles_on_the_kink(explore):
    page = explore(al.relu)
    page.mouse.move(*place(page, -1, 0))
    page.mouse.down()
    page.mouse.move(*place(page, 2, 1), steps=4)
    assert abs(state(page)["x"] - 2) < 0.02
    x, y = place(page, 0, 0)
    page.mouse.move(x + 4, y)
    assert state(page)["x"] == 0
    page.mouse.up()
    assert readout(page) == {"x": "0", "f": "0", "df": "0", "d2f": "0"}
    note = page.locator(".ax-note").text_content()
    assert note == "f′ does not exist at x = 0: 0 from the left, 1 from the right; 0 is used by convention."
    rays = page.locator(".ax-tangent").get_attribute("d").count("M")
    assert rays == 2


def test_the_note_leaves_with_the_kink(explore):
    page = explore(al.elu, x=0, parameters={"alpha": 2})
    assert "1 is" not in page.locator(".ax-note").text_content()
    assert "2 from the left, 1 from the right; 2 is used by convention" in page.locator(".ax-note").text_content()
    page.get_by_role("button", name="Reset α to 1").click()
    state(page)
    assert "f″" in page.locator(".ax-note").text_content()
    page.get_by_role("slider", name="x of the point").press("ArrowRight")
    state(page)
    assert page.locator(".ax-note").text_content() == ""


def test_a_click_moves_the_point_there(explore):
    page = explore(al.tanh)
    page.mouse.click(*place(page, 2.5, -0.5))
    assert abs(state(page)["x"] - 2.5) < 0.02
    assert state(page)["window"] == page.evaluate("document.querySelector('activation-explorer').specification.window")


def test_keys_move_the_point_by_fiftieths_tenths_and_two_hundredths(explore):
    page = explore(al.tanh)
    point = page.get_by_role("slider", name="x of the point")
    for key, x in [
        ("ArrowRight", -0.8), ("ArrowLeft", -1), ("Shift+ArrowRight", 0), ("Alt+ArrowLeft", -0.05),
        ("Home", -5), ("ArrowLeft", -5), ("End", 5), ("PageDown", 4),
    ]:  # fmt: skip
        point.press(key)
        assert state(page)["x"] == pytest.approx(x, abs=1e-12), key


def test_keys_stop_at_a_breakpoint(explore):
    page = explore(al.relu, x=-0.1)
    point = page.get_by_role("slider", name="x of the point")
    point.press("ArrowRight")
    assert state(page)["x"] == 0
    point.press("ArrowRight")
    assert state(page)["x"] == pytest.approx(0.2)


def test_the_point_tells_its_place_to_screen_readers(explore):
    page = explore(al.elu)
    point = page.get_by_role("slider", name="x of the point")
    assert point.get_attribute("aria-valuetext") == "x = −1, f(x) = −0.6321, f′(x) = 0.3679, f″(x) = 0.3679"
    point.press("Home")
    state(page)
    assert point.get_attribute("aria-valuenow") == point.get_attribute("aria-valuemin") == "-5"
    summary = page.locator(f"#{point.get_attribute('aria-describedby')}")
    page.wait_for_function("document.querySelector('.ax-summary').textContent.includes('x = −5')")
    assert summary.text_content().startswith("Graph of ELU: f, f′ for x from −5 to 5, with α = 1.")


def test_the_place_is_told_as_exactly_as_the_window_shows_it(explore):
    page = explore(al.tanh, window=(1, 1 + 1e-6, 0, 1), x=1 + 5e-7)
    point = page.get_by_role("slider", name="x of the point")
    assert readout(page)["x"] == "1.0000005"
    assert point.get_attribute("aria-valuetext").startswith("x = 1.0000005, f(x) = 0.7616")
    page = explore(al.tanh, window=(-1e-7, 1e-7), x=3e-8)
    point = page.get_by_role("slider", name="x of the point")
    assert readout(page)["x"] == "3×10⁻⁸"
    point.press("Alt+ArrowRight")
    state(page)
    assert readout(page)["x"] == "3.1×10⁻⁸"


def test_a_slider_is_announced_once_when_the_hand_rests(explore):
    page = explore(al.elu)
    page.evaluate(
        "() => { window.said = []; new MutationObserver(() => said.push(document.querySelector('.ax-live').textContent))"
        ".observe(document.querySelector('.ax-live'), {childList: true}); }"
    )
    page.get_by_label("α", exact=True).focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("said.length > 0")
    assert page.evaluate("said") == ["α = 1.25, x = −1, f(x) = −0.7902, f′(x) = 0.4598, f″(x) = 0.4598"]


# Samples


LOSS = ("loss", [1, 2, 3, 5, 8, 13], [1, 0.5, 0.25, 0.2, 0.1, 0.05])


def test_the_point_steps_from_sample_to_sample(explore):
    page = explore(LOSS)
    assert readout(page) == {"x": "5", "f": "0.2"}
    point = page.get_by_role("slider", name="x of the point")
    for key, x in [("ArrowLeft", 3), ("ArrowLeft", 2), ("Home", 1), ("ArrowLeft", 1), ("ArrowRight", 2),
                   ("Shift+ArrowRight", 3), ("End", 13), ("ArrowRight", 13), ("Shift+ArrowLeft", 8)]:  # fmt: skip
        point.press(key)
        assert state(page)["x"] == x, key
    assert point.get_attribute("aria-valuetext") == "x = 8, y = 0.1"


def test_a_click_settles_on_the_nearest_sample(explore):
    page = explore(LOSS)
    page.mouse.click(*place(page, 9.9, 0.6))
    assert state(page)["x"] == 8
    page.mouse.click(*place(page, 10.8, 0.6))
    assert state(page)["x"] == 13


def test_a_curve_of_samples_has_its_name_and_no_derivatives(explore):
    page = explore(LOSS)
    assert page.locator(".ax-name").inner_text() == "loss"
    assert page.locator(".ax-key").count() == 0
    assert page.locator(".ax-values dl").inner_text().split() == ["x", "5", "y", "0.2"]
    page.wait_for_function("document.querySelector('.ax-summary').textContent")
    assert page.locator(".ax-summary").text_content() == (
        "Graph of loss for x from 0.76 to 13.24. loss: y(0.76) = undefined, y(13.24) = undefined. Point: x = 5, y = 0.2."
    )


def test_beside_a_formula_samples_keep_their_own_words(explore):
    page = explore([al.tanh, LOSS])
    follow = page.get_by_label("Function whose point moves")
    for name, words in (("loss", ["x", "y"]), ("tanh", ["x", "f(x)", "f′(x)", "f″(x)"])):
        follow.select_option(name)
        x = state(page)["x"]
        assert x == 1 if name == "loss" else x
        terms = page.locator(".ax-values dt")
        assert [term.text_content() for term in terms.all() if term.is_visible()] == words


# The window


def test_wheel_scrolls_the_page_until_the_plot_has_the_focus(open_page):
    page = open_page(explorer_html(al.tanh) + '<div style="height: 3000px"></div>')
    page.wait_for_selector("[data-drawn]")
    before = state(page)["window"]
    page.mouse.move(*place(page, 1, 0))
    page.mouse.wheel(0, 60)
    page.wait_for_function("scrollY > 0")
    assert state(page)["window"] == before
    page.keyboard.down("Control")
    page.mouse.move(*place(page, 1, 0))
    page.mouse.wheel(0, -100)
    page.wait_for_function(f"{STATE}.window[1] < 5")
    page.keyboard.up("Control")
    page.mouse.click(*place(page, 1, 0))
    middle, scrolled = state(page)["window"], page.evaluate("scrollY")
    x, y = place(page, 1, 0)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -100)
    page.wait_for_function(f"{STATE}.window[1] < {middle[1]}")
    assert page.evaluate("scrollY") == scrolled
    # The place under the pointer stays there.
    assert place(page, 1, 0) == pytest.approx([x, y], abs=1)


def test_dragging_the_background_pans_and_double_click_resets(explore):
    page = explore(al.tanh)
    first = state(page)["window"]
    x, y = place(page, 3, -0.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 40, steps=5)
    page.mouse.up()
    assert place(page, 3, -0.5) == pytest.approx([x + 100, y + 40], abs=1)
    assert state(page)["x"] == -1
    page.mouse.dblclick(x, y)
    assert state(page)["window"] == first


def test_zoom_by_buttons_and_keys(explore):
    page = explore(al.tanh, x=0)
    first = state(page)["window"]
    page.get_by_role("button", name="Zoom in").click()
    assert state(page)["window"] == pytest.approx([end / 2 for end in first])
    page.get_by_role("button", name="Zoom out").click()
    assert state(page)["window"] == pytest.approx(first)
    point = page.get_by_role("slider", name="x of the point")
    point.press("+")
    assert state(page)["window"] == pytest.approx([end / 2 for end in first])
    point.press("-")
    point.press("-")
    assert state(page)["window"] == pytest.approx([end * 2 for end in first])
    point.press("0")
    assert state(page)["window"] == first
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Reset view").click()
    assert state(page)["window"] == first


def test_zoom_stops_where_double_precision_does(explore):
    page = explore(al.tanh, x=1)
    point = page.get_by_role("slider", name="x of the point")
    for key in ("+", "-"):
        for _ in range(80):
            point.press(key)
        low, high = state(page)["window"][:2]
        assert low < high
        assert 1e-9 < high - low < 2.1e9
        assert "NaN" not in page.locator(".ax-curve").first.get_attribute("d")


PHONE = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True}


def touch(page, kind, *points):
    page.touch = getattr(page, "touch", None) or page.context.new_cdp_session(page)
    page.touch.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]},
    )


def test_two_fingers_pinch(explore):
    page = explore(al.tanh, context=PHONE)
    before = state(page)["window"]
    x, y = place(page, 1, 0.3)
    touch(page, "touchStart", (x - 20, y), (x + 20, y))
    for spread in (25, 30, 35, 40):
        touch(page, "touchMove", (x - spread, y), (x + spread, y))
    touch(page, "touchEnd")
    after = state(page)["window"]
    assert (after[1] - after[0]) / (before[1] - before[0]) == pytest.approx(0.5, rel=0.05)
    assert place(page, 1, 0.3) == pytest.approx([x, y], abs=3)


@pytest.mark.parametrize("step", [3, 12], ids=["slow", "fast"])
@pytest.mark.parametrize("slant", [0, 0.4], ids=["straight", "slanting"])
def test_a_swipe_over_the_plot_scrolls_the_page_and_moves_nothing_else(open_page, slant, step):
    page = open_page(explorer_html(al.tanh) + '<div style="height: 3000px"></div>', **PHONE)
    page.wait_for_selector("[data-drawn]")
    before = state(page)
    x, y = place(page, -3, 0)
    for side, goal in ((-1, "scrollY > 60"), (1, "scrollY < 20")):
        scrolled = page.evaluate("scrollY")
        touch(page, "touchStart", (x, y - scrolled))
        for dy in range(step, 120, step):
            touch(page, "touchMove", (x + slant * dy, y - scrolled + side * dy))
            assert state(page) == before, "for a moment at least"
        touch(page, "touchEnd")
        page.wait_for_function(goal)
    assert state(page) == before


def test_a_swipe_from_side_to_side_leaves_the_point_where_it_is(explore):
    page = explore(al.tanh, context=PHONE)
    before = state(page)
    x, y = place(page, 2, -0.5)
    touch(page, "touchStart", (x, y))
    for dx in range(8, 120, 8):
        touch(page, "touchMove", (x - dx, y))
    touch(page, "touchEnd")
    assert state(page) == before


def test_a_tap_moves_the_point(explore):
    page = explore(al.tanh, context=PHONE)
    page.touchscreen.tap(*place(page, 2, 0.5))
    assert abs(state(page)["x"] - 2) < 0.05


def test_a_finger_that_trembles_still_taps(explore):
    page = explore(al.tanh, context=PHONE)
    x, y = place(page, 2, 0.5)
    touch(page, "touchStart", (x, y))
    touch(page, "touchMove", (x - 4, y + 5))
    touch(page, "touchEnd")
    assert abs(state(page)["x"] - 2) < 0.25


def test_a_finger_drags_the_point(explore):
    page = explore(al.tanh, context=PHONE)
    x, y = place(page, -1, -0.76)
    touch(page, "touchStart", (x + 10, y))
    for dx in range(10, 110, 10):
        touch(page, "touchMove", (x + dx, y + dx / 2))
    touch(page, "touchEnd")
    assert state(page)["x"] > 0.5
    assert page.evaluate("scrollY") == 0


# What is shown


def test_buttons_show_and_hide_the_derivatives(explore):
    page = explore(al.sigmoid)
    for label, drawn in (("f″", ["f", "df", "d2f"]), ("f", ["df", "d2f"]), ("f′", ["d2f"])):
        page.get_by_role("button", name=label, exact=True).click()
        assert state(page)["show"] == drawn
        assert page.locator(".ax-inner .ax-curve").count() == len(drawn)
    pressed = page.locator(".ax-key").evaluate_all("all => all.map(b => b.ariaPressed)")
    assert pressed == ["false", "false", "true"]


def test_a_comparison_hides_curves_and_moves_the_point_to_another(explore):
    page = explore([al.relu, al.elu, al.tanh])
    assert page.locator(".ax-inner .ax-curve:not(.ax-muted)").get_attribute("data-curve") == "relu-0"
    page.get_by_role("button", name="ReLU", exact=True).click()
    assert state(page)["hidden"] == ["relu"]
    assert state(page)["highlight"] == "elu"
    assert page.locator('[data-curve="relu-0"]').count() == 0
    page.get_by_role("button", name="ReLU", exact=True).click()
    assert state(page)["hidden"] == []
    assert page.locator('[data-curve="relu-0"]').count() == 1
    page.get_by_label("Function whose point moves").select_option("tanh")
    assert state(page)["highlight"] == "tanh"
    assert readout(page)["f"] == "−0.7616"


def test_a_click_on_a_curve_moves_the_point_to_it(explore):
    page = explore([al.relu, al.tanh])
    page.mouse.click(*place(page, 3, 0.995))
    assert state(page)["highlight"] == "tanh"
    assert page.locator('[data-curve="tanh-0"]').get_attribute("class").count("ax-muted") == 0


def test_legend_never_covers_the_curves(explore):
    for width in (390, 1000):
        several = [al.relu, al.leaky_relu, al.elu, al.tanh, al.sigmoid]
        page = explore(several, context={"viewport": {"width": width, "height": 800}})
        plot = page.locator(".ax-plot").bounding_box()
        keys = [key.bounding_box() for key in page.locator(".ax-key").all()]
        assert len(keys) == 8
        assert all(key["y"] + key["height"] <= plot["y"] for key in keys)


def test_parameters_of_the_same_name_move_apart(explore):
    page = explore([al.leaky_relu, al.elu])
    page.get_by_label("α ELU").focus()
    page.keyboard.press("ArrowRight")
    assert state(page)["parameters"] == {"leaky_relu.alpha": 0.01, "elu.alpha": 1.05}


# Links


def two_explorers():
    return explorer_html(al.elu) + explorer_html([al.elu, al.leaky_relu])


@pytest.mark.parametrize("over", ["http", "file"])
def test_a_copied_link_restores_the_view_of_its_explorer(open_page, write, folder, over):
    path = write(two_explorers())
    with Site(folder) as site:
        url = f"file://{path}" if over == "file" else f"{site}/{path.name}"
        page = open_page("", url=url, permissions=["clipboard-read", "clipboard-write"])
        second = page.locator("#explorer-elu-leaky-relu")
        changed = {
            "parameters": {"elu.alpha": 2, "leaky_relu.alpha": -0.5}, "x": 0.25, "window": [-3, 2, -1, 2.5],
            "show": ["f", "d2f"], "highlight": "leaky_relu", "hidden": [],
        }  # fmt: skip
        second.evaluate("(e, state) => { e.state = state; }", changed)
        second.get_by_role("button", name="Copy link to this view").click()
        page.wait_for_function("document.body.textContent.includes('Link copied.')")
        link = page.evaluate("navigator.clipboard.readText()")
        assert link.startswith(url + "?explorer=explorer-elu-leaky-relu&elu.alpha=2&")
        assert link.endswith("#explorer-elu-leaky-relu")
        assert page.url == link
        again = open_page("", url=link)
        read = "#{}"
        restored = again.locator(read.format("explorer-elu-leaky-relu")).evaluate("e => e.state")
        assert restored == changed
        other = again.locator(read.format("explorer-elu")).evaluate("e => e.state")
        assert other["parameters"] == {"alpha": 1}
        assert other["x"] == -1


def test_nonsense_in_a_link_is_left_out(open_page, write):
    path = write(explorer_html(al.elu))
    link = f"file://{path}?explorer=explorer-elu&alpha=-3&x=abc&window=1,0,2,3&show=f,nonsense&curve=__proto__"
    page = open_page("", url=link)
    page.wait_for_selector("[data-drawn]")
    now = state(page)
    assert now == {**page.evaluate("document.querySelector('activation-explorer').first"), "show": ["f"]}


def test_help_lists_the_keys(explore):
    page = explore(al.elu)
    page.locator("summary").click()
    assert re.search("Shift: farther", page.locator(".ax-help dl").inner_text())


def test_help_closes_by_escape_and_when_the_reader_turns_to_something_else(explore):
    page = explore(al.elu)
    help_, button = page.locator(".ax-help dl"), page.locator("summary")
    button.click()
    help_.click()
    assert help_.is_visible()
    page.keyboard.press("Escape")
    assert not help_.is_visible()
    assert button.evaluate("button => button === document.activeElement")
    page.keyboard.press("Enter")
    assert help_.is_visible()
    page.keyboard.press("Shift+Tab")
    assert not help_.is_visible()
    button.click()
    page.mouse.click(*place(page, -3, -1.5))
    assert not help_.is_visible()


@pytest.mark.parametrize("width", [320, 390, 1000])
def test_help_fits_the_page_and_has_a_margin(explore, width):
    page = explore(al.elu, context={"viewport": {"width": width, "height": 800}})
    page.locator("summary").click()
    box, text = (page.locator(part).first.bounding_box() for part in (".ax-help dl", ".ax-help dt"))
    assert 0 <= box["x"] < text["x"] - 8
    assert box["x"] + box["width"] <= width
    assert box["height"] < 280
