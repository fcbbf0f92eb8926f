"""The decision helper on Choosing in a browser: what qualifies is what the facts and the runs say; keyboard; no script."""

import pytest
from playwright.sync_api import expect

import activlib as al
from settle import settle

PAGE = "chapters/labs/choosing.html"
FACTS = {name: al.facts(activation) for name, activation in al.activations.items()}


@pytest.fixture
def helper(page, server):
    settle(page, f"{server}/{PAGE}")
    return page.locator(".helper")


def names(helper):
    return helper.locator("table").first.locator("tbody tr:visible").evaluate_all("rows => rows.map(row => row.dataset.name)")


def heads(helper):
    return helper.locator("table").first.locator("thead th:visible").all_inner_texts()


def fulfilling(*wanted):
    return {name for name, facts in FACTS.items() if all(al.predicates[one].holds(facts) for one in wanted)}


def test_boxes_keep_what_has_all_and_show_the_facts_that_say_so(page, helper):
    assert set(names(helper)) == set(al.activations)
    for wanted in ("smooth", "bounded", "lipschitz-1"):
        helper.get_by_label(al.predicates[wanted].label, exact=True).focus()
        page.keyboard.press("Space")
    assert set(names(helper)) == fulfilling("bounded", "lipschitz-1", "smooth")
    assert heads(helper) == ["Activation", *(al.predicates[one].label for one in ("bounded", "smooth", "lipschitz-1"))]
    row = helper.locator("tr[data-name=sigmoid]")
    for fact in ("Range: (0, 1)", "Lipschitz constant: 1/4", "Smoothness: C^∞"):
        expect(row).to_contain_text(fact)
    shown = len(names(helper))
    assert helper.locator("[aria-live]").inner_text() == f"{shown} of {len(al.activations)} activations qualify."


def test_a_run_lists_those_that_are_not_settled_to_be_worse_best_first(page, helper):
    helper.get_by_label("Task").select_option("digits")
    helper.get_by_label("Hidden layers", exact=True).select_option("10")
    helper.get_by_label("Normalization").select_option("plain")
    found = al.verdicts("digits", "plain", 10)
    good = [name for name, verdict in found.items() if verdict.qualifies]
    assert names(helper) == good
    assert "sigmoid" not in good
    assert heads(helper) == ["Activation", "In the run"]
    cells = helper.locator("table").first.locator("tbody tr:visible td:visible").all_inner_texts()
    assert cells[0].startswith(f"{100 * found[good[0]].mean.value:.1f} ± ")
    assert f"In this run {len(found)} took part" in helper.locator("[aria-live]").inner_text()
    helper.get_by_label("bounded", exact=True).check()
    assert names(helper) == [name for name in good if name in fulfilling("bounded")]
    helper.get_by_label("bounded", exact=True).uncheck()
    helper.get_by_label("Task").select_option("")
    assert names(helper) == list(al.activations)


def test_an_output_asks_for_its_range_and_has_no_layers_to_count(helper):
    helper.get_by_label("Task").select_option(label="output: a share or a probability; a gate")
    assert set(names(helper)) == fulfilling("unit-range", "never-decreasing")
    assert helper.get_by_label("Hidden layers", exact=True).is_disabled()
    helper.get_by_label("Task").select_option(label="output: a positive number")
    assert {"softplus", "exponential"} <= set(names(helper)) == fulfilling("positive", "never-decreasing")


def test_a_combination_that_did_not_run_says_so(helper):
    ran = set(helper.locator("[data-case]").evaluate_all("rows => rows.map(row => row.dataset.case)"))
    depths, kinds, tasks = (helper.locator(f"select[name={name}] option").evaluate_all("all => all.map(({ value }) => value)")
                            for name in ("depth", "kind", "task"))
    missing = next(((t, k, d) for t in tasks if t for k in kinds for d in depths if f"{t} {k} {d}" not in ran), None)
    if missing:
        for name, value in zip(("task", "kind", "depth"), missing, strict=True):
            helper.locator(f"select[name={name}]").select_option(value)
        assert "has no such run" in helper.locator("[aria-live]").inner_text()
        assert names(helper) == list(al.activations)
    assert ran


def test_both_tables_stand_without_the_script(browser, server):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{server}/{PAGE}")
    helper = page.locator(".helper")
    assert not helper.locator(".properties-controls").is_visible()
    row = helper.locator("tr[data-name=tanh]")
    assert row.is_visible()
    assert "Range: (-1, 1)" in row.inner_text()
    helper.locator("summary").click()
    assert helper.locator("[data-case]").first.is_visible()
    page.close()


def test_the_helper_fits_a_narrow_screen(new_page, server):
    page = new_page(viewport={"width": 390, "height": 844})
    settle(page, f"{server}/{PAGE}")
    helper = page.locator(".helper")
    wide = helper.evaluate("box => [...box.querySelectorAll('select, label, fieldset')].filter("
                           "(part) => part.getBoundingClientRect().right > innerWidth).length")
    assert wide == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
