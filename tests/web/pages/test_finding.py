"""A work found without a photo: by words, a number, the room; and what comes of it."""

import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, Feedback, Query, QueryMatch, now
from app.retrieval.verification.evidence import Verdict
from app.web.pages import finding
from tests.support.museum import accession_of
from tests.support.people import TOKEN


def suggested(client, words, **more):
    answer = client.get("/find/suggestions", query_string={"q": words, **more})
    assert answer.status_code == 200
    return answer.json["suggestions"]


def what_was_said():
    db.session.expire_all()
    said = db.session.scalars(select(Feedback)).all()
    return [
        (one.is_right, one.artwork and one.artwork.accession, one.found_by)
        for one in said
    ]


@pytest.fixture
def send(client):
    """Return a function that sends a form, as the pages do."""

    def send(address, **fields):
        token = TOKEN.findall(client.get("/find").text)[0]
        return client.post(address, data={"csrf_token": token, **fields})

    return send


@pytest.fixture
def rooms(in_app):
    """Put works into rooms; work 0 is in Room 12 already."""
    for number, room in ((3, "Room 2"), (4, "Room 2"), (5, "Room 12")):
        work = db.session.query(Artwork).filter_by(accession=accession_of(number)).one()
        work.location = room
        work.artist = "Ada Bright"
    db.session.commit()


def test_suggestions_name_the_work_and_where_it_is_shown(client):
    [first, *_] = suggested(client, "astronomr")
    assert first["name"] == "The Astronomer’s Table"
    assert first["hint"] == "Ada Bright · c. 1668"
    assert first["address"] == "/works/1900.0"
    with client.get(first["picture"]) as picture:
        assert picture.status_code == 200


def test_an_artist_is_suggested_with_the_works(client, rooms):
    [first, *_] = suggested(client, "ada brihgt")
    assert (first["name"], first["hint"]) == ("Ada Bright", "4 works")
    assert "The Astronomer’s Table" in client.get(first["address"]).text


@pytest.mark.parametrize("words", ["", "zzzz", "x" * 5_000, "<script>"])
def test_any_words_have_an_answer(client, words):
    assert isinstance(suggested(client, words), list)
    assert client.get("/find", query_string={"q": words}).status_code == 200


def test_what_breaks_out_of_pages_is_text(client):
    page = client.get("/find?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_without_a_script_the_page_lists_what_is_meant(client):
    page = client.get("/find?q=astronomr+table").text
    assert 'href="/works/1900.0"' in page
    assert "Nothing is called like that." in client.get("/find?q=qqqq").text


def test_a_whole_number_leads_to_its_work(client):
    answer = client.get("/find?number=1900-3")
    assert (answer.status_code, answer.location) == (303, "/works/1900.3")
    page = client.get("/find?number=1900")
    assert page.text.count('href="/works/1900.') == 7
    assert "No work has this number." in client.get("/find?number=77").text


def test_works_of_the_room_are_shown_and_come_first(client, send, rooms):
    page = client.get("/find").text
    assert page.index("Room 2 (2)") < page.index("Room 12 (2)")
    answer = send("/find/room", room="Room 2")
    assert answer.location == "/find#room"
    page = client.get("/find").text
    assert page.count('href="/works/1900.') == 2
    first, second, third = suggested(client, "landscape")[:3]
    assert [one["accession"] for one in (first, second)] == ["1900.3", "1900.4"]
    assert first["hint"].endswith("in this room")
    assert "in this room" not in third["hint"]
    send("/find/room", room="")
    assert client.get("/find").text.count('href="/works/1900.') == 0


def test_a_room_is_forgotten_after_the_visit(client, send, rooms, monkeypatch):
    send("/find/room", room="Room 2")
    monkeypatch.setattr(finding, "ROOM_SECONDS", -1)
    assert client.get("/find").text.count('href="/works/1900.') == 0


def test_rooms_that_are_none_are_refused(send, rooms):
    assert send("/find/room", room="Nowhere").status_code == 400


def test_who_was_not_answered_finds_the_work_and_is_counted(
    ask, client, send, in_app, unknown_photo
):
    address = ask(unknown_photo).location
    page = client.get(address).text
    assert "Do you know which one it is?" in page
    answer_id = address.rpartition("/")[2]
    page = client.get(f"/find?q=astronomer&answer={answer_id}").text
    assert "Which one is it?" in page
    assert 'name="work" value="1900.0"' in page
    answer = send(f"{address}/work", work="1900.0", by="words")
    assert (answer.status_code, answer.location) == (303, "/works/1900.0")
    assert what_was_said() == [(False, "1900.0", "words")]
    assert "You said that it is The Astronomer’s Table" in client.get(address).text


def test_a_number_beside_an_answer_leads_to_nothing_by_itself(
    ask, client, in_app, unknown_photo
):
    answer_id = ask(unknown_photo).location.rpartition("/")[2]
    page = client.get(f"/find?number=1900.0&answer={answer_id}")
    assert page.status_code == 200
    assert 'name="by" value="number"' in page.text


def test_a_proposed_work_is_confirmed(ask, send, in_app, photo):
    address = ask(photo).location
    query = db.session.scalars(select(Query)).one()
    query.verdict = query.matches[0].verdict = Verdict.UNCERTAIN
    db.session.commit()
    send(f"{address}/work", work="1900.0", by="number")
    assert what_was_said() == [(True, "1900.0", None)]


def test_no_asks_which_one_and_offers_the_others(ask, client, send, in_app, photo):
    address = ask(photo).location
    assert "Do you know which one it is?" not in client.get(address).text
    assert send(f"{address}/feedback", said="no").location == f"{address}#find"
    page = client.get(address).text
    assert "You said that this is not right." in page
    assert 'id="find-heading">Which one is it?' in page
    assert "Is it one of these?" in page
    send(f"{address}/work", work="1900.2", by="alike")
    assert what_was_said() == [(False, "1900.2", "alike")]
    page = client.get("/works/1900.2").text
    assert "Thank you. You said that it is " in page
    send(f"{address}/feedback", said="yes")
    assert what_was_said() == [(True, "1900.0", None)]


@pytest.mark.parametrize(
    "fields", [{"work": "1900.0"}, {"work": "x", "by": "room"}, {"by": "room"}]
)
def test_what_is_no_choice_is_refused(ask, send, unknown_photo, fields):
    address = ask(unknown_photo).location
    assert send(f"{address}/work", **fields).status_code == 400


def test_answers_of_others_are_nobody_elses(app, ask, unknown_photo):
    address = ask(unknown_photo).location
    stranger = app.test_client()
    answer_id = address.rpartition("/")[2]
    assert stranger.get(f"/find?answer={answer_id}").status_code == 404
    token = TOKEN.findall(stranger.get("/find").text)[0]
    fields = {"csrf_token": token, "work": "1900.0", "by": "words"}
    assert stranger.post(f"{address}/work", data=fields).status_code == 404
    assert stranger.get("/find?answer=nonsense").status_code == 200


def test_a_works_page_shows_its_room_and_its_artist(client, rooms):
    page = client.get("/works/1900.3").text
    assert "Also in this room" in page
    assert 'href="/works/1900.4"' in page
    assert "Other works by Ada Bright" in page
    assert "Also in this room" not in client.get("/works/1900.6").text
    with_room = db.session.query(Artwork).filter_by(accession="1900.4").one()
    with_room.withdrawn_at = now()
    db.session.commit()
    assert "Also in this room" not in client.get("/works/1900.3").text


def test_too_many_suggestions_are_refused(make_app, monkeypatch):
    app = make_app()
    client = app.test_client()
    limited = [client.get("/find/suggestions").status_code for _ in range(601)]
    assert limited[-1] == 429
    assert limited[0] == 200


def test_what_fitted_less_well_is_offered_first_and_once(
    ask, client, send, in_app, photo
):
    address = ask(photo).location
    query = db.session.scalars(select(Query)).one()
    other = db.session.scalars(select(Artwork).filter_by(accession="1900.5")).one()
    verdict = Verdict.UNCERTAIN
    kept = {"probability": 0.3, "inlier_count": 9, "similarity": None}
    query.matches.append(QueryMatch(rank=1, artwork=other, verdict=verdict, **kept))
    query.similar = [["1900.3", 0.9], ["1900.5", 0.8], ["1900.0", 0.7]]
    db.session.commit()
    send(f"{address}/feedback", said="no")
    page = client.get(address).text
    assert re.findall(r'name="work" value="(.*?)"', page) == ["1900.5", "1900.3", ""]
