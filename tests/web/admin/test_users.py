"""Accounts, as admins look after them in a browser."""

import pytest

from tests.support.factors import FACTOR, set_up_app
from tests.support.people import logged_in, program_of, with_account


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin")


@pytest.fixture
def bob(app):
    return with_account(app, "bob@example.org")


def page_of(person):
    return f"/admin/users/{person.account().id}"


def test_accounts_are_listed_and_found(admin, bob):
    page = admin.browser.get("/admin/users/").text
    assert bob.email in page
    assert admin.email in page
    assert bob.email not in admin.browser.get("/admin/users/?q=ADA").text
    assert bob.email not in admin.browser.get("/admin/users/?standing=admin").text
    assert admin.browser.get("/admin/users/?standing=none&page=9").status_code == 404


def test_a_role_opens_its_rooms_and_closes_them(admin, bob):
    bob.log_in()
    assert bob.browser.get("/curate/works/").status_code == 403
    page = page_of(bob)
    admin.post(f"{page}/roles/curator/grant", page=page)
    assert bob.browser.get("/curate/works/").status_code == 200
    assert bob.browser.get("/admin/users/").status_code == 403
    admin.post(f"{page}/roles/curator/revoke", page=page)
    assert bob.browser.get("/curate/works/").status_code == 403


def test_a_locked_account_is_out_at_once_and_cannot_come_back(admin, bob):
    bob.log_in()
    program = program_of(bob)
    page = page_of(bob)
    admin.post(f"{page}/lock", page=page)
    assert not bob.is_logged_in
    assert program.get("/api/v1/queries").status_code == 401
    bob.log_in()
    assert not bob.is_logged_in
    admin.post(f"{page}/unlock", page=page)
    assert not bob.is_logged_in
    bob.log_in()
    assert bob.is_logged_in


def test_sessions_and_keys_end(admin, bob):
    bob.log_in()
    program = program_of(bob)
    page = page_of(bob)
    admin.post(f"{page}/end-sessions", page=page)
    assert not bob.is_logged_in
    assert program.get("/api/v1/queries").status_code == 401


def test_a_lost_second_factor_is_reset_and_its_owner_told(admin, bob):
    bob.log_in()
    set_up_app(bob)
    page = page_of(bob)
    assert "Reset the second factor" in admin.browser.get(page).text
    admin.post(f"{page}/reset-second-factor", page=page)
    assert "Reset the second factor" not in admin.browser.get(page).text
    bob.log_out()
    assert bob.log_in().headers["Location"] == "/"
    assert "removed all second factors" in bob.mails()[-1].get_content()
    assert "Second factor reset" in admin.browser.get("/admin/changes/").text
    told = len(bob.mails())
    admin.post(f"{page}/reset-second-factor", page=page)
    assert len(bob.mails()) == told


def test_nobody_else_resets_a_second_factor(app, admin, bob):
    bob.log_in()
    set_up_app(bob)
    page = f"{page_of(bob)}/reset-second-factor"
    for role in ((), ("curator",)):
        other = logged_in(app, f"other{len(role)}@example.org", *role)
        assert other.post(page, page="/account/").status_code == 403
    assert "Reset the second factor" in admin.browser.get(page_of(bob)).text


def test_nobody_resets_the_own_second_factor_without_the_password(admin):
    set_up_app(admin)
    page = page_of(admin)
    answer = admin.post(f"{page}/reset-second-factor", page=page)
    assert "Another administrator" in admin.browser.get(answer.location).text
    assert "Remove the authenticator app" in admin.browser.get(f"{FACTOR}/").text


def test_deleting_asks_first(admin, bob):
    page = page_of(bob)
    assert "Delete this account?" in admin.browser.get(f"{page}/delete").text
    assert bob.account() is not None
    admin.post(f"{page}/delete")
    assert bob.account() is None
    assert admin.browser.get(page).status_code == 404


@pytest.mark.parametrize("act", ["lock", "delete", "roles/admin/revoke"])
def test_nobody_shuts_out_himself(admin, act):
    page = page_of(admin)
    answer = admin.post(f"{page}/{act}", page=page)
    assert "Another administrator" in admin.browser.get(answer.location).text
    assert admin.browser.get("/admin/users/").status_code == 200


def test_admins_see_what_admins_did_and_curators_do_not(app, admin, bob):
    page = page_of(bob)
    admin.post(f"{page}/lock", page=page)
    assert bob.email in admin.browser.get("/admin/changes/").text
    curator = logged_in(app, "curator@example.org", "curator")
    assert bob.email not in curator.browser.get("/curate/changes/").text


@pytest.mark.parametrize("role", ["emperor", "%3Cb%3E"])
def test_there_are_no_other_roles(admin, bob, role):
    page = page_of(bob)
    answer = admin.post(f"{page}/roles/{role}/grant", page=page)
    assert answer.status_code == 404
