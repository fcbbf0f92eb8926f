"""What a reader does with an explorer of several numbers, and how it stands in its page."""

import json
import math

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

import activlib as al
from activlib.explorer import explorer_html
from activlib.explorer.vectors import vector_specification
from serve import Site
from settle import state

POINT = "point"


def place(page, u, v):
    """Page coordinates of a place in the plane."""
    return page.evaluate(
        "([u, v]) => { const { area, plot } = document.querySelector('activation-explorer');"
        " const box = area.getBoundingClientRect();"
        " return [box.left + plot.left + plot.px(u), box.top + plot.margin.top + plot.py(v)]; }",
        [u, v],
    )


def values(page):
    return [float(text.replace("−", "-")) for text in page.locator(".ax-outputs dd").all_text_contents()]


def table(page):
    rows = page.locator(".ax-jacobian tbody tr").all()
    return [[float(cell.replace("−", "-")) for cell in row.locator("td").all_text_contents()] for row in rows]


def softmax(*x, tau=1):
    shares = [math.exp(score / tau) for score in x]
    return [share / sum(shares) for share in shares]


def test_an_explorer_at_rest_comes_to_an_end_of_drawing_and_shows_what_it_showed(explore):
    page = explore(al.softmax, x=(1, 0.5, 0))
    shown = page.locator("activation-explorer").inner_html()
    page.evaluate("""() => {
        const { scene } = document.querySelector("activation-explorer"), { draw } = scene;
        window.draws = 0;
        scene.draw = size => { window.draws += 1; draw.call(scene, size); };
    }""")
    page.wait_for_function("document.querySelector('activation-explorer').scene.rehearsals === 0")
    ended = page.evaluate("draws")
    page.wait_for_timeout(300)
    assert page.evaluate("draws") == ended
    assert page.locator("activation-explorer .ax-panels").inner_html() in shown


def test_a_browser_idle_before_the_frame_of_another_number_of_inputs_draws_nothing(explore):
    page = explore(al.softmax, x=(1, 0.5, 0))
    left = page.evaluate("""() => {
        const explorer = document.querySelector("activation-explorer"), { scene } = explorer;
        const whole = scene.rehearsals = 16;
        explorer.state = { x: [1, 2, 0, 1, 3] };
        scene.rehearse();
        return whole - scene.rehearsals;
    }""")
    assert left == 0
    page.wait_for_function("document.querySelector('activation-explorer').scene.rehearsals === 0")
    assert values(page) == pytest.approx(softmax(1, 2, 0, 1, 3), abs=1e-4)


def test_a_page_without_frames_tells_of_another_number_of_inputs(explore):
    page = explore(al.softmax, x=(1, 0.5, 0))
    page.evaluate("""() => {
        window.requestAnimationFrame = () => 1;
        document.querySelector("activation-explorer").set({ x: [1, 2, 0, 1, 3] });
    }""")
    said = page.locator("activation-explorer [aria-live]")
    expect(said).to_contain_text("x₅ = 3: y₁ = 0.0802")
    assert values(page) == pytest.approx(softmax(1, 2, 0, 1, 3), abs=1e-4)


# The point and the inputs


def test_the_point_of_three_scores_is_dragged_and_keeps_their_mean(explore):
    page = explore(al.softmax, x=(1, 0.5, 0))
    page.mouse.move(*place(page, -0.5 / math.sqrt(2), 1.5 / math.sqrt(6)))
    page.mouse.down()
    page.mouse.move(*place(page, 1, -1), steps=4)
    page.mouse.up()
    x = state(page)["x"]
    assert sum(x) == pytest.approx(1.5, abs=0.05)
    assert (x[2] - x[1]) / math.sqrt(2) == pytest.approx(1, abs=0.05)
    assert (2 * x[0] - x[1] - x[2]) / math.sqrt(6) == pytest.approx(-1, abs=0.05)
    assert values(page) == pytest.approx(softmax(*x), abs=1e-4)
    shares = softmax(*x)
    assert table(page) == [
        pytest.approx([shares[i] * ((i == j) - shares[j]) for j in range(3)], abs=6e-4) for i in range(3)
    ]


def test_a_click_and_the_keys_move_the_point(explore):
    page = explore(al.swiglu)
    page.mouse.click(*place(page, -2, 3))
    assert state(page)["x"] == pytest.approx([-2, 3], abs=0.03)
    point = page.get_by_role("slider", name=POINT, exact=True)
    point.press("Home")
    for key, x in [
        ("ArrowRight", [0.16, 0]), ("ArrowUp", [0.16, 0.16]),
        ("Shift+ArrowLeft", [-0.64, 0.16]), ("Alt+ArrowDown", [-0.64, 0.12]),
    ]:  # fmt: skip
        point.press(key)
        assert state(page)["x"] == pytest.approx(x, abs=1e-9), key
    assert values(page) == pytest.approx([-0.64 * 0.12 / (1 + math.exp(-0.12))], abs=1e-4)


def test_the_sliders_and_typed_values_move_the_point(explore):
    page = explore(al.softmax)
    page.get_by_label("x₂", exact=True).press("ArrowRight")
    assert state(page)["x"] == [1, 0.55, -0.5]
    field = page.get_by_label("value of x₃")
    field.fill("2.25")
    field.press("Enter")
    assert state(page)["x"] == [1, 0.55, 2.25]
    field.fill("")
    field.press("Enter")
    assert page.locator(".ax-input .ax-message").all_text_contents() == ["", "", "Type a number."]
    field.fill("1e10")
    field.press("Enter")
    assert page.locator(".ax-input .ax-message").last.text_content() == "x₃ must satisfy |x₃| ≤ 10⁹."
    assert values(page) == pytest.approx(softmax(1, 0.55, 2.25), abs=1e-4)


def test_a_parameter_changes_components_and_level_lines(explore):
    page = explore(al.softmax)
    lines = page.locator(".ax-inner .ax-levels")
    before = lines.get_attribute("d")
    assert len(before) > 1000
    page.get_by_label("τ", exact=True).press("End")
    found = state(page)
    assert values(page) == pytest.approx(softmax(*found["x"], tau=found["parameters"]["tau"]), abs=1e-4)
    assert lines.get_attribute("d") != before


def test_level_lines_run_where_the_component_has_the_level(explore):
    # All in the page: ends of segments back to places, there the definition's value.
    page = explore(al.swiglu, show="levels")
    values = page.evaluate("""() => {
        const { plot } = document.querySelector("activation-explorer");
        const ends = [...document.querySelector(".ax-inner .ax-levels").getAttribute("d").matchAll(/[ML]([-\\d.]+) ([-\\d.]+)/g)];
        return ends.map(([, x, y]) => [plot.x(Number(x)), plot.y(Number(y))]).map(([a, b]) => (a * b) / (1 + Math.exp(-b)));
    }""")
    assert len(values) > 500
    assert all(abs(value / 2 - round(value / 2)) < 0.03 for value in values)


def test_a_function_that_jumps_is_drawn_with_the_pen_lifted(explore):
    page = explore(al.hardmax, x=(1, 0.3))
    slices = page.locator(".ax-side-plot .ax-curve").evaluate_all("all => all.map((path) => path.getAttribute('d'))")
    assert [path.count("M") for path in slices] == [2, 2]
    ends = page.evaluate("""() => {
        const { plot } = document.querySelector("activation-explorer");
        const ends = [...document.querySelector(".ax-inner .ax-levels").getAttribute("d").matchAll(/[ML]([-\\d.]+) ([-\\d.]+)/g)];
        return ends.map(([, x, y]) => plot.x(Number(x)) - plot.y(Number(y)));
    }""")
    assert len(ends) >= 80
    assert max(map(abs, ends)) < 0.01


def test_the_number_of_inputs_can_be_chosen(explore):
    page = explore(al.softmax)
    for count in (2, 8, 5, 3):
        page.get_by_label("n", exact=True).select_option(str(count))
        x = state(page)["x"]
        assert len(x) == len(values(page)) == len(table(page)) == count
        assert values(page) == pytest.approx(softmax(*x), abs=1e-4)
        assert page.locator(".ax-panels .ax-plot").is_visible() == (count in (2, 3))
        assert page.locator(".ax-triangle").is_visible() == (count == 3)
        assert page.locator(".ax-side-plot .ax-curve").count() == (0 if count == 3 else count)


def test_the_component_and_the_layers_can_be_chosen(explore):
    page = explore(al.softmax)
    lines, arrows = page.locator(".ax-inner .ax-levels"), page.locator(".ax-arrows")
    before = lines.get_attribute("d")
    page.get_by_label("component").select_option("y3")
    assert state(page)["highlight"] == "y3"
    assert lines.get_attribute("d") != before
    assert arrows.get_attribute("d") == ""
    page.get_by_role("button", name="gradient").click()
    page.get_by_role("button", name="level lines").click()
    assert state(page)["show"] == ["gradient"]
    assert arrows.get_attribute("d").count("M") > 81, "heads and shafts, some of no length"
    assert lines.get_attribute("d") == ""


def test_the_result_lies_in_the_triangle_where_its_shares_say(explore):
    page = explore(al.sparsemax, x=(9, 0, 0))
    corner = page.locator(".ax-corners text").first
    x, y = (float(page.locator(".ax-triangle .ax-point").get_attribute(name)) for name in ("cx", "cy"))
    assert values(page) == [1, 0, 0]
    assert float(corner.get_attribute("x")) == pytest.approx(x, abs=0.1)
    assert float(corner.get_attribute("y")) == pytest.approx(y - 10, abs=0.1)


def test_zoom_keys_and_buttons_change_the_window_and_reset_brings_it_back(explore):
    page = explore(al.geglu)
    page.get_by_role("button", name="Zoom in").click()
    window = state(page)["window"]
    assert window[1] - window[0] == pytest.approx(4)
    assert window[0] < 1 < window[1]
    page.get_by_role("slider", name=POINT, exact=True).press("-")
    assert state(page)["window"] == pytest.approx([-4, 4, -4, 4])
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Reset view").click()
    assert state(page)["window"] == [-4, 4, -4, 4]


# The page


def test_a_view_is_shared_by_its_address(open_page, write, folder):
    path = write(explorer_html(al.softmax))
    with Site(folder) as site:
        page = open_page("", url=f"{site}/{path.name}")
        page.wait_for_selector("[data-drawn]")
        page.evaluate(
            "document.querySelector('activation-explorer').state = { x: [1, -2.5, 0, 3], parameters: { tau: 2 },"
            " window: [-1, 1, -2, 2], show: ['gradient'], highlight: 'y2' }"
        )
        page.get_by_role("button", name="Copy link to this view").click()
        page.wait_for_function("location.search !== ''")
        address = page.evaluate("location.href")
        assert "x=1,-2.5,0,3" in address
        other = open_page("", url=address)
        other.wait_for_selector("[data-drawn]")
        assert state(other) == state(page)
        for broken in ("x=1", "x=1,a,2", "x=1,2,1e300", "window=1,0,1,2", "curve=z", "tau=-1", "show=all"):
            faulty = open_page("", url=f"{site}/{path.name}?explorer=explorer-softmax&{broken}")
            faulty.wait_for_selector("[data-drawn]")
            assert {**state(faulty), "show": ["levels"]} == {
                "x": [1, 0.5, -0.5], "window": [-4, 4, -4, 4], "show": ["levels"], "highlight": "y1", "parameters": {"tau": 1},
            }  # fmt: skip


def test_the_point_tells_its_place_and_the_summary_the_rest(explore):
    page = explore(al.swiglu)
    point = page.get_by_role("slider", name=POINT, exact=True)
    assert point.get_attribute("aria-valuetext") == "a = 1, b = 0.5: y = 0.3112"
    page.wait_for_function("document.querySelector('.ax-summary').textContent !== ''")
    summary = page.locator(f"#{point.get_attribute('aria-describedby')}").text_content()
    assert summary == (
        "Pictures of SwiGLU, with β = 1. Point: a = 1, b = 0.5: y = 0.3112. Derivatives of y: by a 0.3112, by b 0.74."
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_no_violations(open_page, theme, width):
    body = explorer_html(al.softmax, caption="Softmax.") + explorer_html(al.swiglu) + explorer_html(al.maxout, x=range(8))
    page = open_page(body, theme=theme, viewport={"width": width, "height": 3000})
    page.wait_for_function("document.querySelectorAll('[data-drawn]').length === 3")
    for summary in page.locator("summary").all():
        summary.click()
    results = Axe().run(page, options={"preload": False})
    assert len(results.response["passes"]) > 10, "axe examined nothing"
    assert results.violations_count == 0, results.generate_report()


def test_a_phone_shows_everything_without_scrolling_sideways(explore):
    page = explore(al.softmax, x=range(8), context={"viewport": {"width": 390, "height": 844}, "has_touch": True})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("n", exact=True).select_option("3")
    state(page)
    assert page.locator(".ax-panels .ax-plot").bounding_box()["height"] >= 300
    controls = page.locator("activation-explorer :is(button:enabled, summary, input, select):visible").all()
    assert len(controls) > 12
    for control in controls:
        box = control.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


HOST = """<style>
.book .text table { width: 100%; margin: 2rem; caption-side: bottom; border-collapse: collapse; }
.book .text table :is(th, td) { padding: 1rem; border-bottom: 1px solid; text-align: left; background: none; }
.book .text table td { min-width: 5rem; }
.book .text table thead th { font-size: 2rem; font-weight: 700; border-bottom: 2px solid; }
.book .text table caption { caption-side: bottom; padding: 1rem; }
.book dl[class] > dd { margin-left: 2rem; }
</style>"""


def test_a_host_that_styles_tables_and_lists_changes_nothing(open_page):
    places = []
    for name, head in (("bare", ""), ("styled", HOST)):
        body = f'<div class="book"><div class="text">{explorer_html(al.softmax)}</div></div>'
        page = open_page(body, name=name, head=head)
        page.wait_for_selector("[data-drawn]")
        parts = page.locator(".ax-jacobian, .ax-jacobian :is(caption, th, td), .ax-outputs dd").all()
        assert len(parts) > 15
        places.append([part.bounding_box() for part in parts])
    assert places[0] == places[1]


@pytest.mark.parametrize("width", [390, 740, 1200])
@pytest.mark.parametrize(
    "make",
    [lambda: explorer_html(al.softmax, caption="See."), lambda: explorer_html(al.sparsemax, x=range(5)),
     lambda: explorer_html(al.swiglu), lambda: explorer_html(al.crelu)],
    ids=["softmax", "sparsemax", "swiglu", "crelu"],
)  # fmt: skip
def test_nothing_moves_when_the_script_wakes(open_page, make, width):
    body = make() + "<p id='after'>after</p>"
    places = []
    for script in (False, True):
        page = open_page(body, name=str(script), java_script_enabled=script, viewport={"width": width, "height": 900})
        page.wait_for_selector("[data-drawn]" if script else ".ax-panels")
        places.append([page.locator(part).bounding_box() for part in (".ax-panels", ".ax-inputs", ".ax-jacobian", "#after")])
    static, live = places
    assert [box["y"] for box in static] == pytest.approx([box["y"] for box in live], abs=2)
    assert static[0] == pytest.approx(live[0], abs=1)


@pytest.mark.parametrize(
    "make", [lambda: explorer_html(al.entmax15), lambda: explorer_html(al.geglu, x=(-1, 2))], ids=["entmax15", "geglu"]
)
def test_the_static_figure_tells_what_the_live_one_does(open_page, make):
    told = []
    for script in (False, True):
        page = open_page(make(), name=str(script), java_script_enabled=script)
        page.wait_for_selector("[data-drawn]" if script else ".ax-panels")
        parts = (".ax-outputs dd", ".ax-outputs dt", ".ax-jacobian td", ".ax-jacobian th")
        shades = page.locator(".ax-jacobian td").evaluate_all("all => all.map((cell) => cell.className)")
        told.append([shades, *(page.locator(part).all_text_contents() for part in parts)])
    assert told[0] == told[1]


def test_it_works_under_a_strict_content_security_policy(open_strictly):
    page = open_strictly(explorer_html(al.softmax))
    page.get_by_label("τ", exact=True).press("ArrowRight")
    page.wait_for_function("document.querySelector('activation-explorer').state.parameters.tau > 1")
    fill = page.locator(".ax-field").bounding_box()
    assert fill["width"] == pytest.approx(page.locator(".ax-inner").first.evaluate("i => i.width.baseVal.value"), abs=1)


def test_print_shows_the_pictures_and_values_without_controls(explore):
    page = explore(al.softmax, theme="dark", caption="Softmax.")
    page.emulate_media(media="print")
    for hidden in (".ax-tools", "input[type=range]", ".ax-handle"):
        assert not page.locator(hidden).first.is_visible(), hidden
    for shown in (".ax-triangle", ".ax-outputs", ".ax-jacobian", ".ax-caption", "input[type=number]"):
        assert page.locator(shown).first.is_visible(), shown


def test_nothing_ever_moves_by_itself(explore):
    page = explore(al.swiglu, context={"reduced_motion": "reduce"})
    page.get_by_role("button", name="Zoom in").click()
    assert page.evaluate("document.getAnimations().length") == 0


def broken_element(**changes):
    spec = {**vector_specification(al.swiglu), **changes}
    return f'<activation-explorer><script type="application/json">{json.dumps(spec)}</script></activation-explorer>'


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "constructor"}, "this script knows no explorer of the kind “constructor”"),
        ({"version": 9}, "version 9"),
        ({"programs": []}, "no programs"),
        ({"programs": [{"inputs": []}]}, "a program’s outputs are not a list"),
        ({"x": [1, 2, 3]}, "its point is not at as many numbers as one of its programs takes"),
        ({"x": [1, "2"]}, "its point"),
        ({"window": [1, 2]}, "its window"),
    ],
)
def test_a_bad_specification_gets_a_readable_message(open_page, changes, message):
    page = open_page(broken_element(**changes) + explorer_html(al.relu))
    assert message in page.locator(".ax-failure").text_content()
    page.wait_for_selector("#explorer-relu[data-drawn]")
