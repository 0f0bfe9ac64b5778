"""Somebody is invited, comes in by the link, and is what the invitation says."""

import re

import pytest

from app.extensions import db
from app.services.accounts import invitations
from tests.support.people import PASSWORD, TOKEN, Person, logged_in, with_account

USERS = "/admin/users/"


@pytest.fixture
def ada(app):
    return logged_in(app, "ada@example.org", "admin")


def invite(ada, way, email="eva@example.org", role="curator"):
    fields = {"email": email, "role": role, "way": way}
    return ada.post("/admin/invitations/", page=USERS, **fields)


@pytest.fixture
def link(ada):
    shown = invite(ada, "link").text
    [address] = re.findall(
        r">http://localhost:8000(/account/invitation/[\w-]+)<", shown
    )
    return address


@pytest.fixture
def eva(app):
    return Person(app, "eva@example.org")


def accept(person, link, **fields):
    chosen = {"password": PASSWORD, "password_confirm": PASSWORD, **fields}
    return person.post(link, **chosen)


def told_at(person, answer):
    return person.browser.get(answer.headers["Location"]).text


def test_an_invitation_by_mail_makes_a_curator(app, ada, eva):
    sent = invite(ada, "mail", email="Eva@Example.org")
    page = told_at(ada, sent)
    assert "on its way to eva@example.org" in page
    assert "Not accepted yet" in page
    [mail] = eva.mails()
    assert mail["Subject"] == "You are invited"
    link = eva.mailed_link().removeprefix("http://localhost:8000")
    assert "as a curator" in eva.browser.get(link).text
    assert eva.account() is None  # by opening the link alone
    assert "ready" in told_at(eva, accept(eva, link))
    assert eva.log_in().status_code == 302
    assert eva.browser.get("/curate/works/").status_code == 200
    assert eva.browser.get(USERS).status_code == 403
    changes = ada.browser.get("/admin/changes/").text
    assert "Invited" in changes
    assert "Invitation accepted" in changes


def test_a_link_to_hand_over_is_shown_once_and_works_once(ada, eva, link):
    assert link not in ada.browser.get(USERS).text
    accept(eva, link)
    mallory = Person(eva.app)
    again = mallory.browser.get(link)
    assert "not valid" in told_at(mallory, again)
    assert mallory.browser.get("/account/login").status_code == 200
    assert eva.log_in().status_code == 302


@pytest.mark.parametrize(
    ("password", "fault"), [("short", "at least 10"), ("eva@example.org", "too easy")]
)
def test_its_password_keeps_to_the_rules(eva, link, password, fault):
    answer = accept(eva, link, password=password, password_confirm=password)
    assert fault in answer.text
    assert eva.account() is None
    assert "differ" in accept(eva, link, password_confirm="another one").text


def test_a_revoked_invitation_lets_nobody_in(app, ada, eva, link):
    with app.app_context():
        [pending] = invitations.list_all(db.session())
    done = ada.post(f"/admin/invitations/{pending.id}/revoke", page=USERS)
    assert "nobody in any more" in told_at(ada, done)
    assert "not valid" in told_at(eva, eva.browser.get(link))
    assert ada.post("/admin/invitations/999/revoke", page=USERS).status_code == 404


def test_it_can_be_revoked_while_its_form_is_open(app, ada, eva, link):
    token = TOKEN.findall(eva.browser.get(link).text)[0]
    with app.app_context():
        [pending] = invitations.list_all(db.session())
    ada.post(f"/admin/invitations/{pending.id}/revoke", page=USERS)
    fields = {"password": PASSWORD, "password_confirm": PASSWORD}
    sent = eva.browser.post(link, data={"csrf_token": token, **fields})
    assert "not valid" in told_at(eva, sent)
    assert eva.account() is None


def test_whoever_has_the_link_does_not_have_the_account(app, ada, eva, link):
    with_account(app, eva.email)
    mallory = Person(app, "mallory@example.org")
    led = accept(mallory, link, page="/account/login")
    assert led.headers["Location"].startswith("/account/login")
    assert "log in with eva@example.org" in told_at(mallory, led)
    assert eva.log_in().status_code == 302  # by the password that she has
    assert "as a curator" in eva.browser.get(link).text
    assert not eva.account().has_role("curator")
    assert "new role" in told_at(eva, eva.post(link))
    assert eva.account().has_role("curator")


def test_inviting_does_not_tell_who_has_an_account(app, ada):
    with_account(app, "known@example.org")
    answers = [
        told_at(ada, invite(ada, "mail", email=f"{name}@example.org"))
        for name in ("known", "stranger")
    ]
    assert all("is on its way" in answer for answer in answers)


def test_only_admins_invite_and_only_to_roles_that_there_are(app, ada):
    assert invite(ada, "link", role="emperor").status_code == 400
    assert invite(ada, "pigeon").status_code == 400
    assert "not an e-mail" in told_at(ada, invite(ada, "mail", email="nonsense"))
    curator = logged_in(app, "curator@example.org", "curator")
    fields = {"email": "x@example.org", "role": "admin", "way": "link"}
    sent = curator.post("/admin/invitations/", page="/account/", **fields)
    assert sent.status_code == 403
    with app.app_context():
        assert invitations.list_all(db.session()) == []


def test_a_form_that_is_too_old_says_so_without_a_word_of_photos(eva, link):
    page = eva.browser.post(link, data={"csrf_token": "old"}).text
    assert "Please load it again." in page
    assert "photo again" not in page
