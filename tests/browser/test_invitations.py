"""Somebody is invited and comes in, as both have it on their screens."""

from urllib.parse import urlsplit

import pytest

from tests.browser.test_accounts import fill, log_in, press
from tests.browser.views import faults_in_views
from tests.support.people import PASSWORD, Person, with_account

pytestmark = pytest.mark.browser


def test_an_administrator_hands_over_a_link_and_a_curator_comes_in(app, open_page):
    page, phone = open_page(), open_page(width=390, color_scheme="dark")
    log_in(page, with_account(app, "ada@example.org", "admin"))
    page.goto("/admin/users/")
    eva = Person(app, "eva.with.a.long.name@a-long-name-of-a-museum.example.org")
    fill(page, {"E-mail address": eva.email})
    page.get_by_label("How", exact=True).select_option("Show me the link")
    press(page, "Invite")
    link = page.get_by_label("Link of the invitation").input_value()
    assert faults_in_views(page) == []
    page.get_by_role("link", name="Done: I have copied it").click()
    page.get_by_role("heading", name="Not accepted yet").wait_for()
    assert faults_in_views(page) == []
    phone.goto(urlsplit(link).path)
    phone.get_by_role("heading", name="You are invited").wait_for()
    assert faults_in_views(phone) == []
    fill(phone, {"Password": PASSWORD, "The password once more": PASSWORD})
    press(phone, "Make the account")
    phone.get_by_role("status").filter(has_text="is ready").wait_for()
    log_in(phone, eva)
    phone.get_by_role("link", name="Curate").wait_for()


def test_an_invitation_is_taken_back(app, open_page):
    page = open_page()
    log_in(page, with_account(app, "ada@example.org", "admin"))
    page.goto("/admin/users/")
    fill(page, {"E-mail address": "eva@example.org"})
    press(page, "Invite")
    page.get_by_role("status").filter(has_text="is on its way").wait_for()
    press(page, "Revoke eva@example.org")
    page.get_by_role("status").filter(has_text="nobody in any more").wait_for()
