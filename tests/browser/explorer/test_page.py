"""The explorer in its page: themes, phones, print, strict hosts, no script, faulty data, assistive technology."""

import json
import math
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

import activlib as al
from activlib.explorer import explorer_html
from activlib.explorer.specification import specification

SEVERAL = [al.relu, al.leaky_relu, al.elu, al.tanh, al.sigmoid]


def element(spec):
    """An element with any data as its specification."""
    return f'<activation-explorer><script type="application/json">{json.dumps(spec)}</script></activation-explorer>'


def luminance(color):
    channels = [float(c) / 255 for c in re.findall(r"[\d.]+", color)[:3]]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def stroke_colors(page):
    return page.eval_on_selector_all(".ax-inner .ax-curve", "all => all.map(c => getComputedStyle(c).stroke)")


@pytest.mark.parametrize(("theme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 30)")])
def test_curves_stand_out_from_the_paper_in_both_themes(explore, theme, paper):
    eight = [*SEVERAL, *(al.define(f"x/{n}", name=f"line{n}") for n in (2, 3, 4))]
    page = explore(eight, theme=theme)
    colors = stroke_colors(page)
    assert len(set(colors)) == len(colors) == 8
    assert min(contrast(color, paper) for color in colors) >= 3


@pytest.mark.parametrize("preference", ["light", "dark"])
def test_the_hosts_theme_wins_over_the_readers_preference(explore, open_page, preference):
    light, dark = (
        stroke_colors(explore(al.elu, theme=theme, context={"color_scheme": preference})) for theme in ("light", "dark")
    )
    assert light != dark
    page = explore(al.elu, theme="light", context={"color_scheme": preference})
    page.evaluate("document.documentElement.removeAttribute('data-theme')")
    assert stroke_colors(page) == (light if preference == "light" else dark)
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert stroke_colors(page) == dark
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    assert stroke_colors(page) == light


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_no_violations(open_page, theme, width):
    body = explorer_html(al.elu, parameters={"alpha": 2}, x=0, caption="ELU.") + explorer_html(SEVERAL, show=("f", "df"))
    page = open_page(body, theme=theme, viewport={"width": width, "height": 2000})
    page.wait_for_function("document.querySelectorAll('[data-drawn]').length === 2")
    for summary in page.locator("summary").all():
        summary.click()
    # Preloading would fetch the style sheet again, which a page opened as a file may not.
    results = Axe().run(page, options={"preload": False})
    assert len(results.response["passes"]) > 10, "axe examined nothing"
    assert results.violations_count == 0, results.generate_report()


def test_a_phone_shows_everything_without_scrolling_sideways(explore):
    page = explore(SEVERAL, caption="A comparison.", context={"viewport": {"width": 390, "height": 844}, "has_touch": True})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".ax-plot").bounding_box()["height"] >= 220
    controls = page.locator("activation-explorer :is(button:enabled, summary, input, select)").all()
    assert len(controls) > 15
    for control in controls:
        box = control.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert all(key.bounding_box()["height"] >= 32 for key in page.locator(".ax-key").all())


def test_a_phone_has_the_legend_and_the_tools_of_one_function_in_a_row(explore):
    page = explore(al.elu, context={"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True})
    buttons = [button.bounding_box() for button in page.locator(".ax-bar :is(button, summary)").all()]
    assert len(buttons) == 8
    assert len({round(box["y"] + box["height"] / 2) for box in buttons}) == 1
    assert all(box["height"] >= 40 and box["width"] >= 32 for box in buttons)


def test_it_works_under_a_strict_content_security_policy(open_strictly):
    page = open_strictly(explorer_html(al.elu))
    page.get_by_label("α", exact=True).press("ArrowRight")
    page.wait_for_function("document.querySelector('activation-explorer').state.parameters.alpha === 1.05")
    box = page.locator(".ax-handle").bounding_box()
    assert box["x"] > 50, "the point's handle stands at its place"


def test_the_page_asks_for_nothing_but_its_files(browser, write):
    requests = []
    page = browser.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"file://{write(explorer_html(SEVERAL))}")
    page.wait_for_selector("[data-drawn]")
    page.close()
    assert sorted(url.rpartition("/")[2] for url in requests if not url.startswith("data:")) == [
        "explorer.css", "explorer.js", write("").name,
    ]  # fmt: skip


def test_print_shows_the_figure_and_its_values_without_controls(explore):
    page = explore(al.elu, parameters={"alpha": 2}, theme="dark", caption="ELU.")
    page.emulate_media(media="print")
    for hidden in (".ax-tools", "input[type=range]", ".ax-handle"):
        assert not page.locator(hidden).is_visible(), hidden
    for shown in (".ax-plot svg", ".ax-values", ".ax-caption", "input[type=number]"):
        assert page.locator(shown).first.is_visible(), shown
    assert contrast(stroke_colors(page)[0], "rgb(255, 255, 255)") >= 3


def test_a_printed_page_has_curves_that_were_never_on_screen(open_page):
    page = open_page('<div style="height: 6000px"></div>' + explorer_html(al.elu))
    assert page.locator("[data-drawn]").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("[data-drawn] .ax-inner .ax-curve").count() == 2


@pytest.mark.parametrize("preference", ["light", "dark"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_in_the_colors_that_a_system_forces(explore, theme, preference):
    page = explore(SEVERAL, theme=theme, context={"forced_colors": "active", "color_scheme": preference})
    page.evaluate("document.body.style.background = 'Canvas'")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert min(contrast(color, paper) for color in stroke_colors(page)) >= 3
    assert contrast(page.locator(".ax-ticks text").first.evaluate("t => getComputedStyle(t).fill"), paper) >= 4.5


def test_notes_come_and_go_without_moving_what_is_below(explore):
    page = explore(al.elu, x=-0.2, parameters={"alpha": 2}, context={"viewport": {"width": 390, "height": 844}})
    places = []
    for x in (-0.2, 0, 0.2):
        page.evaluate("x => { document.querySelector('activation-explorer').state = { x }; }", x)
        page.wait_for_function(f"Boolean(document.querySelector('.ax-note').textContent) === {str(x == 0).lower()}")
        places.append(page.locator(".ax-sliders").bounding_box()["y"])
    assert len(set(places)) == 1


def test_nothing_ever_moves_by_itself(explore):
    page = explore(al.elu, context={"reduced_motion": "reduce"})
    page.get_by_role("button", name="Zoom in").click()
    assert page.evaluate("document.getAnimations().length") == 0
    moving = "all => all.filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
    assert page.eval_on_selector_all("activation-explorer, activation-explorer *", moving) == 0


GOOD = specification(al.elu)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({**GOOD, "version": 99}, "version 99, this script knows version 1"),
        ({**GOOD, "curves": []}, "no curves"),
        ({**GOOD, "curves": "elu"}, "no curves"),
        ({**GOOD, "curves": [{"name": "a", "orders": [{"value": ["eval", "x"]}]}]}, "unknown function “eval”"),
        ({**GOOD, "curves": [{"name": "a", "orders": [{"value": ["constructor", "x"]}]}]}, "unknown function “constructor”"),
        ({**GOOD, "curves": [{"name": "a", "orders": [{"value": "beta"}]}]}, "unknown name “beta”"),
        ({**GOOD, "curves": [{"name": "a", "orders": [{"value": ["/", 1]}]}]}, "“/” has 1 arguments"),
        ({**GOOD, "curves": [{"name": "a"}]}, "a has neither a formula nor samples"),
        ({**GOOD, "curves": [{"name": "a", "samples": [[1, 2], [3]]}]}, "the samples of a do not match"),
        ({**GOOD, "window": [1, 2]}, "its window is not"),
        ({**GOOD, "window": [2, 1, 0, 1]}, "its window is not"),
        ({**GOOD, "parameters": 7}, "its parameters are not a list"),
        ({**GOOD, "show": "f"}, "its list of shown curves"),
        ({**GOOD, "x": "one"}, "its point"),
        (None, "specification"),
        ([], "specification"),
    ],
)  # fmt: skip
def test_a_bad_specification_gets_a_readable_message(open_page, broken, message):
    page = open_page(element(broken) + explorer_html(al.relu))
    shown = page.locator(".ax-failure")
    assert shown.text_content().startswith("This explorer cannot be shown: ")
    assert message in shown.text_content()
    page.wait_for_selector("#explorer-relu[data-drawn]")  # the others are not hurt


@pytest.mark.parametrize("body", ["<activation-explorer></activation-explorer>", element({}).replace("{}", "{oops")])
def test_a_missing_or_garbled_specification_gets_a_readable_message(open_page, body):
    assert open_page(body).locator(".ax-failure").is_visible()


def test_without_a_script_there_is_a_figure_with_a_description(open_page):
    page = open_page(explorer_html(al.elu, parameters={"alpha": 2}, show=("f", "df")), java_script_enabled=False)
    assert page.locator(".ax-inner .ax-curve").count() == 2
    assert page.locator("svg > title").first.text_content() == "Explorer of ELU"
    assert page.locator("svg > desc").text_content() == "f, f′ of ELU for x from −5 to 5, α = 2."
    assert page.locator(".ax-slider").inner_text().split() == ["α", "=", "2"]
    assert page.locator("activation-explorer :is(button, input)").count() == 0


@pytest.mark.parametrize("width", [390, 800, 1200])
@pytest.mark.parametrize(
    "activations", [al.relu, al.elu, SEVERAL, ("loss", [0, 1, 2], [2, 1, 0.5]), [("loss", [0, 1, 2], [2, 1, 0.5]), al.tanh]],
    ids=["relu", "elu", "several", "samples", "mixed"],
)  # fmt: skip
def test_nothing_moves_when_the_script_wakes(open_page, activations, width):
    body = explorer_html(activations, caption="What to see.") + "<p id='after'>after</p>"
    places = []
    for script in (False, True):
        page = open_page(body, name=str(script), java_script_enabled=script, viewport={"width": width, "height": 900})
        page.wait_for_selector("[data-drawn]" if script else ".ax-plot")
        places.append([page.locator(part).bounding_box() for part in (".ax-plot", ".ax-values", "#after")])
    static, live = places
    assert [box["y"] for box in static] == pytest.approx([box["y"] for box in live], abs=2)
    assert static[0] == pytest.approx(live[0], abs=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: explorer_html(al.elu, parameters={"alpha": 2}),
        lambda: explorer_html(al.tanh, window=(-2e6, 2e6, -3e6, 2e6), x=-1e6),
        lambda: explorer_html(al.tanh, window=(-2e-6, 2e-6), x=1e-6),
        lambda: explorer_html(("loss", [0, 10, 20, 30], [2, 1, math.nan, 0.25]), caption="Loss."),
        lambda: explorer_html([("loss", [0, 1, 2], [2, 1, 0.5]), al.tanh, al.relu]),
    ],
    ids=["elu", "wide", "narrow", "samples", "mixed"],
)
def test_the_static_figure_draws_what_the_live_one_does(open_page, make):
    marks = []
    for script in (False, True):
        page = open_page(make(), name=str(script), java_script_enabled=script, viewport={"width": 736, "height": 900})
        page.wait_for_selector("[data-drawn]" if script else ".ax-plot")
        marks.append((
            page.locator(".ax-ticks text").all_text_contents(),
            page.locator(".ax-dot").evaluate_all("all => all.map(d => d.getAttribute('class'))"),
            page.locator(".ax-samples").evaluate_all("all => all.map(d => d.getAttribute('d').split('M').length)"),
            [part.text_content() for part in page.locator(".ax-values :is(dt, dd)").all() if part.is_visible()],
            page.locator(".ax-bar :is(.ax-key:not(.ax-idle), .ax-name)").count(),
        ))  # fmt: skip
    static, live = marks
    assert static[:4] == live[:4]
    assert 0 <= live[4] - static[4] <= 2  # buttons for curves that are not shown need the script


def test_the_script_may_be_loaded_twice(open_page):
    page = open_page(explorer_html(al.elu), head='<script defer src="explorer.js"></script>')
    page.wait_for_selector("[data-drawn]")
