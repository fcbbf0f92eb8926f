"""The table of properties in a browser: sorting, filters, evidence, all of it by keyboard too."""

import pytest
from playwright.sync_api import expect

import activlib as al
from settle import settle


@pytest.fixture
def table(page, server):
    settle(page, f"{server}/chapters/reference/properties.html")
    return page.locator(".properties")


def names(table):
    return [cell.split("\n")[0] for cell in table.locator("tbody tr:visible th").all_inner_texts()]


TITLES = [activation.title for activation in al.activations.values()]


def test_rows_are_the_catalogue_and_link_to_the_chapters(page, table):
    assert names(table) == TITLES
    assert table.locator("tbody th a").all_inner_texts() == TITLES
    link = table.get_by_role("link", name=al.gelu_tanh.title)  # two functions, one chapter
    link.click()
    page.wait_for_url("**/chapters/self_gated/gelu.html#gelu-tanh")
    expect(page.locator("#gelu-tanh")).to_be_in_viewport()


def test_a_head_sorts_up_then_down_then_back(page, table):
    gains = {activation.title: float(al.facts(activation).gain) for activation in al.activations.values()}
    button = table.get_by_role("button", name="Gain")
    button.focus()
    page.keyboard.press("Enter")
    assert names(table) == sorted(TITLES, key=gains.get)
    assert table.locator("th[aria-sort=ascending]").inner_text().startswith("Gain")
    page.keyboard.press("Enter")
    assert names(table) == sorted(TITLES, key=gains.get, reverse=True)
    page.keyboard.press("Enter")
    assert names(table) == TITLES
    assert table.locator("th[aria-sort=ascending], th[aria-sort=descending]").count() == 0


def test_filters_keep_what_has_all_that_is_asked_for(page, table):
    table.get_by_label("bounded").focus()
    page.keyboard.press("Space")
    assert {al.sigmoid.title, al.tanh.title} <= set(names(table))
    assert not {al.relu.title, al.elu.title} & set(names(table))
    table.get_by_label("zero mean").check()
    assert al.tanh.title in names(table)
    assert al.sigmoid.title not in names(table)
    assert table.locator("[aria-live]").inner_text() == f"{len(names(table))} of {len(TITLES)} activations"
    table.get_by_label("bounded").uncheck()
    table.get_by_label("zero mean").uncheck()
    table.get_by_label("Name").fill("leaky")
    assert names(table) == [al.leaky_relu.title]


def test_evidence_unfolds_on_request(table):
    cell = table.locator("tbody tr", has_text=al.tanh.title).locator("td").filter(has_text="1.592537419")
    assert "±" not in cell.inner_text()
    table.get_by_label("Show how each fact is known").check()
    assert "1.592537419" in cell.inner_text()
    assert "boxes examined" in cell.inner_text()
    expect(cell).to_contain_text("±")  # once its formulas are set


def test_table_stands_without_the_script(browser, server):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{server}/chapters/reference/properties.html")
    assert page.locator(".properties tbody tr").count() == len(TITLES)
    assert not page.locator(".properties-controls").is_visible()
    page.close()
