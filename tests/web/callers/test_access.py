"""Walks every route there is, so that a new one cannot be forgotten."""

import re
from uuid import UUID

import pytest

from app.extensions import db
from app.services.accounts import accounts
from app.web.callers import access
from tests.support.factors import FACTOR, set_up_app
from tests.support.people import TOKEN, logged_in

VALUES = {"int": "1", "path": "1900.0", "string": "artist", "uuid": str(UUID(int=0))}


def guarded(app):
    """Yield the role, the method and an address of every route that is guarded."""
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        roles = access.roles_for(blueprint)
        address = re.sub(r"<(?:(\w+):)?\w+>", fill, rule.rule)
        for choice in choices(address):
            for method in sorted(rule.methods - {"OPTIONS"}):
                yield roles, method, choice


def fill(match):
    return VALUES[match[1] or "string"]


def choices(address):
    """Return an address for each of the words that one of its parts may be."""
    several = re.search(r"<any\(([^)]+)\):\w+>", address)
    if several is None:
        return [address]
    words = (word.strip(" '\"") for word in several[1].split(","))
    return [address.replace(several[0], word) for word in words]


def doors(app, role):
    found = [
        (method, address)
        for roles, method, address in guarded(app)
        if roles and role not in roles
    ]
    assert found
    return found


def statuses(person, found):
    """Knock at every door, with the form's token, as an attacker would."""
    [token, *_] = TOKEN.findall(person.browser.get("/").text)
    return {
        (method, address): person.browser.open(
            address, method=method, data={"csrf_token": token}
        ).status_code
        for method, address in found
    }


def test_a_visitor_with_an_account_is_refused_everywhere(app):
    visitor = logged_in(app)
    refused = statuses(visitor, doors(app, "visitor"))
    assert set(refused.values()) == {403}, refused


def test_a_refused_visitor_has_changed_nothing(app):
    visitor = logged_in(app)
    statuses(visitor, doors(app, "visitor"))
    curator = logged_in(app, "curator@example.org", "curator")
    assert "None has been recorded" in curator.browser.get("/curate/changes/").text


def test_a_stranger_is_sent_to_log_in_and_may_change_nothing(app):
    client = app.test_client()
    for method, address in doors(app, "visitor"):
        answer = client.open(address, method=method)
        if method in access.READING:
            assert answer.status_code == 302, address
            assert answer.location.startswith("/account/login?next=")
        else:
            # Without the form's token it is refused before anybody asks who it is.
            assert answer.status_code in (400, 401), address


@pytest.mark.parametrize("role", ["curator", "admin"])
def test_who_has_the_role_may_in(app, role):
    person = logged_in(app, "person@example.org", role)
    assert person.browser.get("/curate/works/").status_code == 200
    assert person.browser.get("/curate/works/1").status_code == 200


def test_only_who_may_curate_sees_the_way_there(app):
    curator = logged_in(app, "curator@example.org", "curator")
    assert 'href="/curate/works/"' in curator.browser.get("/").text
    assert "/curate" not in logged_in(app).browser.get("/").text


def test_a_role_that_is_taken_away_ends_at_once(app):
    curator = logged_in(app, "curator@example.org", "curator")
    with app.app_context():
        user = accounts.find("curator@example.org")
        assert user is not None
        accounts.revoke(user, "curator")
        db.session.commit()
    assert curator.browser.get("/curate/works/").status_code == 403


def test_names_that_only_begin_alike_are_no_doors():
    assert access.roles_for("curate_works") == ("curator", "admin")
    assert access.roles_for("admin") == ("admin",)
    assert access.roles_for("administration") == ()
    assert access.roles_for(None) == ()


@pytest.mark.parametrize(
    ("role", "page"), [("curator", "/curate/works/"), ("admin", "/admin/users/")]
)
def test_curators_need_a_second_factor_where_it_is_asked_for(make_app, role, page):
    app = make_app(MORELLI_SECOND_FACTOR="curators")
    anna = logged_in(app, "anna@example.org", role)
    led = anna.browser.get(page)
    assert led.headers["Location"] == f"{FACTOR}/"
    assert "need a second factor here" in anna.browser.get(f"{FACTOR}/").text
    set_up_app(anna)
    assert anna.browser.get(page).status_code == 200


def test_a_change_without_the_second_factor_is_refused_in_words(make_app):
    app = make_app(MORELLI_SECOND_FACTOR="curators")
    ada = logged_in(app, "ada@example.org", "admin")
    refused = ada.post("/admin/users/1/lock", page="/account/")
    assert refused.status_code == 403
    assert "need a second factor here" in refused.text


def test_visitors_need_no_second_factor(make_app):
    ben = logged_in(make_app(MORELLI_SECOND_FACTOR="curators"), "ben@example.org")
    assert ben.browser.get("/account/").status_code == 200
    assert ben.browser.get("/curate/works/").status_code == 403
