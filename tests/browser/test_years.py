"""The years that works are narrowed to, in a real browser: by sliders and numbers."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Artwork
from tests.browser.views import faults_in_views

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def dated(app):
    with app.app_context():
        for accession, date in {"a": "550 B.C.", "b": "1503", "c": "1900s"}.items():
            db.session.add(Artwork(accession=accession, title=date, date=date))
        db.session.commit()


def test_sliders_are_moved_by_keys_and_say_the_year(open_page):
    page = open_page("/works/")
    first, last = page.get_by_role("slider").all()
    expect(first).to_have_attribute("aria-valuetext", "550 B.C.")
    expect(last).to_have_attribute("aria-valuetext", "1999")
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("spinbutton", name="from year")).to_have_value("-549")
    page.keyboard.press("Home")
    expect(page.get_by_role("spinbutton", name="from year")).to_have_value("")
    page.keyboard.press("End")
    expect(first).to_have_attribute("aria-valuetext", "1999")
    last.focus()
    page.keyboard.press("Home")  # held by the other one
    expect(last).to_have_attribute("aria-valuetext", "1999")


def test_numbers_move_the_sliders_and_narrow_the_list(open_page):
    page = open_page("/works/", width=390)
    page.get_by_role("spinbutton", name="from year").fill("1400")
    first = page.get_by_role("slider").first
    expect(first).to_have_attribute("aria-valuetext", "1400")
    page.get_by_role("spinbutton", name="to year").fill("1600")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status")).to_contain_text("1 work")
    assert "Years: 1400 – 1600" in page.locator(".chosen").inner_text()
    assert faults_in_views(page) == []


def test_numbers_do_without_a_script(open_page):
    page = open_page("/works/", java_script_enabled=False)
    assert page.get_by_role("slider").count() == 0
    page.get_by_role("spinbutton", name="to year").fill("-500")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("status")).to_contain_text("1 work")
