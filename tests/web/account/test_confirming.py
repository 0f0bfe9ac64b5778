"""Links in mails do nothing by being opened: scanners open them all."""

import re

import pytest

from app.web.account.confirming import REGISTERED
from tests.support.people import PASSWORD, TOKEN, Person, logged_in


def path_of(link):
    return link.removeprefix("http://localhost:8000")


@pytest.fixture
def new_account(app):
    anna = Person(app)
    anna.register()
    return anna


@pytest.fixture
def new_address(app):
    logged_in(app).post("/account/email", email="new@example.org", password=PASSWORD)
    return Person(app, "new@example.org")


def is_open(person):
    account = person.account()
    return account is not None and account.confirmed_at is not None


@pytest.mark.parametrize("kind", ["new_account", "new_address"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_a_link_confirms_nothing(app, request, kind, method):
    person = request.getfixturevalue(kind)
    link = path_of(person.mailed_link())
    scanner = Person(app)
    opened = getattr(scanner.browser, method)(link)
    assert opened.status_code == 200
    assert not is_open(person)
    assert scanner.browser.post(link).status_code == 400  # nor by a form without token
    assert not is_open(person)


@pytest.mark.parametrize("kind", ["new_account", "new_address"])
def test_its_button_confirms_in_whatever_browser(app, request, kind):
    person = request.getfixturevalue(kind)
    link = path_of(person.mailed_link())
    reader = Person(app)
    page = reader.browser.get(link).text
    [target] = re.findall(
        r'method="post" action="(/account/(?:confirm|email)/.*)"', page
    )
    assert target.replace("&amp;", "&") == link
    sent = reader.browser.post(link, data={"csrf_token": TOKEN.findall(page)[0]})
    assert sent.headers["Location"] == "/account/login"
    assert is_open(person)
    assert person.log_in().status_code == 302


def test_who_confirms_where_the_account_was_made_is_logged_in(app, new_account):
    answer = new_account.follow(new_account.mailed_link())
    shown = new_account.browser.get(answer.location, follow_redirects=True).text
    assert "is confirmed" in shown
    assert new_account.is_logged_in


def test_who_confirms_a_strangers_account_is_not_logged_in(app):
    mallory = Person(app, "mallory@example.org")
    mallory.register()
    anna = Person(app, "anna@example.org")
    anna.register()
    anna.follow(mallory.mailed_link())
    assert is_open(mallory)
    assert not anna.is_logged_in


def test_an_account_that_a_stranger_made_opens_nowhere_by_its_link(app):
    mallory = Person(app, "anna@example.org")
    mallory.register()
    anna = Person(app, "anna@example.org")
    anna.follow(mallory.mailed_link())
    assert is_open(anna)
    assert not anna.is_logged_in
    assert not mallory.is_logged_in


def test_a_session_does_not_tell_whether_an_address_has_an_account(app, new_account):
    new_account.follow(new_account.mailed_link())
    known, unknown = Person(app), Person(app, "nobody@example.org")
    kept = []
    for person in (known, unknown):
        person.register()
        with person.browser.session_transaction() as session:
            kept.append({key: type(one) for key, one in session.items()})
            assert person.email not in session[REGISTERED]
    assert kept[0] == kept[1]


@pytest.mark.parametrize("kind", ["confirm", "email"])
def test_a_link_that_is_not_good_says_so_when_it_is_sent(app, kind):
    reader = logged_in(app)
    sent = reader.post(f"/account/{kind}/forged")
    assert "not valid" in reader.browser.get(sent.headers["Location"]).text


def test_opening_a_link_for_a_new_password_changes_nothing(app):
    anna = logged_in(app)
    anna.post("/account/reset", page="/account/", email=anna.email)
    for _ in range(2):
        assert Person(app).browser.get(path_of(anna.mailed_link())).status_code == 200
    assert anna.is_logged_in
