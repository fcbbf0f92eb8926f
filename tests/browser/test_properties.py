"""The table of properties in a browser: sorting, filters, evidence, all of it by keyboard too."""

from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

import activlib as al
from settle import settle


@pytest.fixture
def table(page, server):
    settle(page, f"{server}/chapters/reference/properties.html")
    return page.locator(".properties").first


def names(table):
    return table.locator("tbody tr:visible th a").all_inner_texts()


TITLES = [activation.title for activation in al.activations.values()]


def test_rows_are_the_catalogue_and_link_to_chapters_from_which_a_reader_comes_back_to_what_was_asked_for(page, table):
    assert names(table) == TITLES
    assert table.locator("tbody th a").all_inner_texts() == TITLES
    table.get_by_label("zero at zero").check()
    table.get_by_text("Columns", exact=True).click()
    table.locator(".columns").get_by_label("Convexity").uncheck()
    asked = names(table)
    assert 0 < len(asked) < len(TITLES)
    link = table.get_by_role("link", name=al.gelu_tanh.title)  # two functions, one chapter
    link.click()
    page.wait_for_url("**/chapters/self_gated/gelu.html#gelu-tanh")
    expect(page.locator("#gelu-tanh")).to_be_in_viewport()
    page.go_back()
    expect(table.locator("tbody tr:visible")).to_have_count(len(asked))
    assert names(table) == asked
    assert "Convexity" not in heads(table)


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
    row = table.locator("tbody tr", has=table.page.get_by_role("link", name=al.tanh.title, exact=True))
    cell = row.locator("td").filter(has_text="1.592537419")
    assert "±" not in cell.inner_text()
    table.get_by_label("Show how each fact is known").check()
    assert "1.592537419" in cell.inner_text()
    assert "boxes examined" in cell.inner_text()
    expect(cell).to_contain_text("±")  # once its formulas are set


def test_table_stands_without_the_script(browser, server):
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{server}/chapters/reference/properties.html")
    assert page.locator(".properties").first.locator("tbody tr").count() == len(TITLES)
    assert not page.locator(".properties-controls").first.is_visible()
    page.close()


def heads(table):
    return [text.removesuffix(" ↕") for text in table.locator("thead th:visible button").all_inner_texts()]


def test_columns_are_hidden_and_shown_by_keyboard(page, table):
    everything = heads(table)
    table.get_by_text("Columns", exact=True).focus()
    page.keyboard.press("Enter")
    table.locator(".columns").get_by_label("Convexity").focus()
    page.keyboard.press("Space")
    assert heads(table) == [head for head in everything if head != "Convexity"]
    assert table.locator("tbody tr").first.locator("td:visible").count() == len(everything) - 2
    table.get_by_role("button", name="All or none").click()  # all
    assert heads(table) == everything
    table.get_by_role("button", name="All or none").click()
    assert heads(table) == ["Activation"]
    assert names(table) == TITLES


@pytest.mark.parametrize("width", [390, 1280])
def test_first_column_and_heads_stay_in_view(new_page, server, width):
    page = new_page(viewport={"width": width, "height": 844})
    settle(page, f"{server}/chapters/reference/properties.html")
    box = page.locator(".properties-table").first
    box.evaluate("box => box.scrollIntoView({ block: 'center' })")
    box.evaluate("box => box.scrollTo(box.scrollWidth, box.scrollHeight)")
    covered = """cell => {
        const { left, right, top, bottom } = cell.getBoundingClientRect();
        return cell.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    }"""
    last = page.locator(".properties").first.locator("tbody tr").last.locator("th")
    assert last.evaluate("cell => cell.getBoundingClientRect().left") == box.evaluate("box => box.getBoundingClientRect().left")
    assert last.evaluate(covered), "something lies over the name"
    assert last.evaluate("cell => cell.offsetWidth") < 0.45 * width
    assert page.locator(".properties").first.locator("thead th").last.evaluate(covered), "the heads scroll away"


def test_functions_of_several_numbers_have_a_table_with_columns_of_their_own(page, table):
    several = page.locator(".properties").nth(1)
    rows = several.locator("tbody tr:visible th")
    assert rows.count() == len(al.vector_activations)
    assert several.locator("tbody tr").first.locator("td").count() == several.locator("thead th").count() - 1
    several.get_by_label("Name").fill("max")
    assert rows.count() == sum("max" in f.title.lower() for f in al.vector_activations.values())
    several.get_by_role("button", name="Lipschitz constant in ℓ2").click()
    several.get_by_label("Show how each fact is known").check()
    expect(several).to_contain_text("J is symmetric, so that its norm in ℓ2 is at most that in ℓ∞")
    assert names(table) == TITLES


def test_every_row_has_a_small_curve(table):
    assert table.locator("tbody th svg.small-curve path.curve").count() == len(TITLES)


def test_chosen_rows_are_compared_in_one_explorer_by_address(page, table):
    assert table.locator(".properties-compare:visible").count() == 0
    for activation in (al.elu, al.silu, al.leaky_relu):
        table.get_by_label(f"Compare {activation.title}").check()
    table.get_by_role("link", name="Compare 3 in one explorer").click()
    # Sphinx's script writes the address anew once the page has loaded, with %2C for each comma.
    page.wait_for_url(lambda url: unquote(url).endswith("/compare.html?functions=leaky_relu,elu,silu"))
    assert curves(page) == ["Leaky ReLU", "ELU", "SiLU, Swish"]
    sliders = page.locator("activation-explorer input[type=range]")
    assert sliders.count() == 3
    page.locator("activation-explorer").evaluate("explorer => explorer.set({ parameters: { 'elu.alpha': 2 } })")
    page.locator("activation-explorer").evaluate("explorer => explorer.copyLink()")
    page.reload()
    assert curves(page) == ["Leaky ReLU", "ELU", "SiLU, Swish"]
    state = page.evaluate("document.querySelector('activation-explorer').state")
    assert state["parameters"] == {"leaky_relu.alpha": 0.01, "elu.alpha": 2, "silu.beta": 1}


def curves(page):
    page.wait_for_function("document.querySelector('activation-explorer')?.dataset.drawn !== undefined")
    return page.evaluate("document.querySelector('activation-explorer').specification.curves.map(({ label }) => label)")


def test_eight_rows_are_the_most_that_are_compared(table):
    boxes = table.locator("tbody input")
    for i in range(8):
        boxes.nth(i).check()
    assert boxes.nth(8).is_disabled()
    boxes.nth(0).uncheck()
    assert boxes.nth(8).is_enabled()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_functions_are_chosen_on_the_page_that_compares_them(page, server, site, scheme):
    start = f"{server}/" if scheme == "http" else f"{site.as_uri()}/"
    page.goto(f"{start}chapters/reference/compare.html?functions=nobody,gelu")
    assert curves(page) == ["GELU"]
    page.get_by_text("Choose functions", exact=True).click()
    choice = page.locator(".compare-choice")
    assert choice.locator("input:checked").count() == 1
    choice.get_by_label("Mish", exact=True).check()
    assert curves(page) == ["GELU", "Mish"]
    if scheme == "http":
        assert page.url.endswith("?functions=gelu,mish")
    choice.get_by_label("GELU", exact=True).uncheck()
    choice.get_by_label("Mish", exact=True).click()
    assert curves(page) == ["Mish"]
    assert "One function stays." in choice.inner_text()
