"""The first start of a museum: the code from the shell, and the first steps."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.services.accounts import first_admin
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def code(app):
    with app.app_context():
        made = first_admin.new_code(db.session())
        db.session.commit()
    return made


def test_the_code_makes_the_first_administrator_once_by_the_keyboard_alone(
    open_page, code
):
    page = open_page("/start/", width=390)
    expect(page.get_by_role("heading", level=1)).to_have_text("The first administrator")
    page.get_by_label("Code from the shell").fill("AAAA-BBBB-CCCC-DDDD")
    page.keyboard.press("Tab")
    page.keyboard.type("ada@example.org")
    for text in (PASSWORD, PASSWORD):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text("tries are left")).to_be_visible()
    page.get_by_label("Code from the shell").fill(code)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The password once more").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/first-steps/")
    expect(page.get_by_text("What the site is called").first).to_be_visible()
    assert page.goto("/start/").status == 404
