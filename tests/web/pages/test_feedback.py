"""Yes, this is it, or no: said by the owner, changeable, kept once per answer."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Feedback, Query
from app.retrieval.verification.evidence import Verdict
from tests.support.people import TOKEN


def the_query():
    return db.session.scalars(select(Query)).one()


def what_was_said():
    db.session.expire_all()
    said = db.session.scalars(select(Feedback)).all()
    return [(one.is_right, one.artwork and one.artwork.accession) for one in said]


@pytest.fixture
def say(client, in_app):
    def send(address, browser=client, **fields):
        token = TOKEN.findall(browser.get("/").text)[0]
        return browser.post(f"{address}/feedback", data={"csrf_token": token, **fields})

    return send


def test_a_right_answer_is_confirmed(ask, say, client, photo):
    address = ask(photo).location
    assert "Is this the work?" in client.get(address).text
    answer = say(address, said="yes")
    assert answer.status_code == 303
    assert answer.location == f"{address}#feedback"
    assert what_was_said() == [(True, "1900.0")]
    page = client.get(address).text
    assert "You said that this is right." in page
    assert page.count('aria-pressed="true"') == 1


def test_the_last_word_counts(ask, say, client, photo):
    address = ask(photo).location
    say(address, said="yes")
    say(address, said="no")
    assert what_was_said() == [(False, None)]
    assert "You said that this is not right." in client.get(address).text


def test_with_an_uncertain_answer_one_of_the_works_is_chosen(ask, say, client, photo):
    address = ask(photo).location
    the_query().verdict = the_query().matches[0].verdict = Verdict.UNCERTAIN
    db.session.commit()
    assert say(address, said="yes").status_code == 400
    assert say(address, said="yes", work="1900.3").status_code == 400
    assert what_was_said() == []
    say(address, said="yes", work="1900.0")
    assert what_was_said() == [(True, "1900.0")]
    assert "You said that it is The Astronomer’s Table" in client.get(address).text
    say(address, said="no")
    assert what_was_said() == [(False, None)]


def test_several_works_are_confirmed_together(ask, say, photo_of_two):
    say(ask(photo_of_two).location, said="yes")
    assert what_was_said() == [(True, None)]


def test_an_unknown_work_is_confirmed_to_be_unknown(ask, say, client, unknown_photo):
    address = ask(unknown_photo).location
    assert "Yes, it is not from here" in client.get(address).text
    say(address, said="yes", work="1900.0")
    assert what_was_said() == [(True, None)]


@pytest.mark.parametrize("said", ["perhaps", "", "1"])
def test_anything_else_is_refused(ask, say, photo, said):
    assert say(ask(photo).location, said=said).status_code == 400
    assert what_was_said() == []


def test_nobody_else_has_a_say(app, ask, photo):
    address = ask(photo).location
    stranger = app.test_client()
    data = {"csrf_token": TOKEN.findall(stranger.get("/").text)[0], "said": "no"}
    assert stranger.post(f"{address}/feedback", data=data).status_code == 404
    with app.app_context():
        assert what_was_said() == []


def test_deleting_an_answer_deletes_what_was_said_of_it(ask, say, photo):
    say(ask(photo).location, said="yes")
    db.session.delete(the_query())
    db.session.commit()
    assert what_was_said() == []
