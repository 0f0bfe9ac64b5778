"""Terms with codes, filters that are kept, values suggested as a curator types."""

import pytest

from tests.browser.test_accessibility import log_in
from tests.browser.views import faults
from tests.support.people import with_account

pytestmark = pytest.mark.browser


@pytest.fixture
def page(app, open_page):
    page = open_page(width=390)
    log_in(page, with_account(app, "curator@example.org", "curator"))
    return page


def test_a_term_gets_a_code_that_works_show(page):
    page.goto("/curate/vocabulary/?field=technique")
    code = page.get_by_label("Getty AAT Oil on canvas", exact=True)
    code.fill("oil")
    page.get_by_role("button", name="Save the codes Oil on canvas", exact=True).click()
    page.get_by_text("That is no code of Getty AAT.").wait_for()
    assert faults(page) == []
    code.fill("http://vocab.getty.edu/aat/300178684")
    page.get_by_role("button", name="Save the codes Oil on canvas", exact=True).click()
    page.get_by_text("The codes of “Oil on canvas” are saved.").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="Oil on canvas", exact=True).click()
    page.get_by_role("link", name="Edit here").first.wait_for()
    page.goto("/works/1900.0")
    page.get_by_role("link", name="Getty AAT 300178684").wait_for()
    assert faults(page) == []


def test_a_filter_is_kept_renamed_and_removed(page):
    page.goto("/curate/works/?q=oil")
    page.get_by_text("Keep this filter").click()
    page.get_by_label("Name of the filter").fill("Oil")
    assert faults(page) == []
    page.get_by_role("button", name="Keep the filter").click()
    page.get_by_text("The filter “Oil” is kept.").wait_for()
    page.goto("/curate/works/")
    page.get_by_role("link", name="Oil", exact=True).click()
    page.wait_for_url("**/curate/works/?q=oil")
    page.get_by_role("link", name="Rename or remove filters").click()
    page.get_by_label("Name Oil", exact=True).fill("Oil paintings")
    page.get_by_role("button", name="Save Oil", exact=True).click()
    page.get_by_role("link", name="Oil paintings").wait_for()
    assert faults(page) == []
    page.get_by_role("button", name="Remove the filter Oil paintings").click()
    page.get_by_text("You keep none yet.").wait_for()


def test_values_are_suggested_while_typing(page):
    page.goto("/curate/works/?edit=1")
    field = page.get_by_label("Technique", exact=True)
    field.fill("")
    field.press_sequentially("oil on c")
    page.wait_for_function(
        "() => [...document.getElementById('technique').list.options]"
        ".some((one) => one.value === 'Oil on canvas')"
    )
    assert faults(page) == []
    page.goto("/curate/bulk/new?which=all")
    page.get_by_label("Field", exact=True).select_option("Technique")
    field = page.get_by_label("New text")
    field.press_sequentially("oil on c")
    page.wait_for_function(
        "() => [...document.getElementById('value').list.options]"
        ".some((one) => one.value === 'Oil on canvas')"
    )
    page.get_by_label("Field", exact=True).select_option("Title")
    assert field.evaluate("(field) => field.tagName") == "TEXTAREA"
    assert field.input_value() == "oil on c"
