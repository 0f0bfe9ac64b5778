"""One's own searches, read, judged and deleted by a program."""

from io import BytesIO

import pytest
from PIL import Image as Pillow
from sqlalchemy import select

from app.extensions import db
from app.models import Feedback, Query
from app.retrieval.verification.evidence import Verdict
from app.web.shell.current import folders
from tests.support.people import program_of, with_account

OWN = "/api/v1/queries"
NOBODYS = f"{OWN}/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def program(app):
    return program_of(with_account(app))


@pytest.fixture
def stranger(app):
    return program_of(with_account(app, "ben@example.org"))


@pytest.fixture
def asked(program, photo):
    """The address of a search that the program made."""
    return f"{OWN}/{search(program, photo)['query_id']}"


def search(client, photo):
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    return client.post("/api/v1/search", data=fields).json


def test_the_list_has_the_newest_first(program, photo, unknown_photo):
    older, newer = search(program, photo), search(program, unknown_photo)
    answer = program.get(OWN).json
    assert {name: answer[name] for name in ("page", "pages", "total", "next")} == {
        "page": 1,
        "pages": 1,
        "total": 2,
        "next": None,
    }
    second, first = answer["queries"]
    assert (first["query_id"], second["query_id"]) == (
        older["query_id"],
        newer["query_id"],
    )
    assert first["decision"] == "found"
    assert [work["accession"] for work in first["proposals"]] == ["1900.0"]
    assert second["proposals"] == []
    assert first["feedback"] is None


def test_the_list_is_followed_page_by_page(app, program, photo, monkeypatch):
    monkeypatch.setattr("app.services.search.history.SEARCHES_PER_PAGE", 2)
    asked = {search(program, photo)["query_id"] for _ in range(5)}
    seen, address = [], OWN
    while address:
        page = program.get(address).json
        seen += [query["query_id"] for query in page["queries"]]
        address = page["next"]
    assert len(seen) == 5
    assert set(seen) == asked
    assert program.get(f"{OWN}?page=4").status_code == 404


def test_an_empty_list_is_one_empty_page(program):
    answer = program.get(OWN).json
    assert (answer["queries"], answer["pages"], answer["total"]) == ([], 1, 0)


def test_a_search_is_read_again_with_its_whole_answer(program, photo):
    given = search(program, photo)
    kept = program.get(f"{OWN}/{given['query_id']}").json
    assert {name: kept[name] for name in given} == given
    assert kept["source"] == "api"
    assert kept["created_at"].endswith("Z")
    assert kept["url"] == f"/queries/{given['query_id']}"


def test_the_photo_comes_back_as_a_picture(program, asked):
    address = program.get(asked).json["photo"]
    assert address == f"{asked}/photo"
    with program.get(address) as answer:
        assert answer.content_type == "image/jpeg"
        assert Pillow.open(BytesIO(answer.data)).size == (480, 360)


def test_a_deleted_search_is_gone_with_its_photo(app, program, asked):
    with app.app_context():
        assert len(list(folders().queries.glob("*.jpg"))) == 1
    answer = program.delete(asked)
    assert (answer.status_code, answer.data) == (204, b"")
    with app.app_context():
        assert list(folders().queries.glob("*.jpg")) == []
        assert db.session.scalars(select(Query)).all() == []
    assert program.get(asked).status_code == 404
    assert program.delete(asked).status_code == 404


CALLS = [
    ("GET", ""),
    ("DELETE", ""),
    ("GET", "/photo"),
    ("PUT", "/feedback"),
]


@pytest.mark.parametrize(("method", "part"), CALLS)
def test_another_users_search_is_not_there(app, stranger, asked, method, part):
    body = {"right": True}
    refused = stranger.open(asked + part, method=method, json=body)
    missing = stranger.open(NOBODYS + part, method=method, json=body)
    assert refused.status_code == missing.status_code == 404
    assert refused.json == missing.json
    assert stranger.get(OWN).json["total"] == 0
    with app.app_context():
        assert len(db.session.scalars(select(Query)).all()) == 1
        assert db.session.scalars(select(Feedback)).all() == []


@pytest.mark.parametrize(("method", "part"), CALLS)
def test_a_search_of_nobody_is_nobodys(app, client, stranger, photo, method, part):
    query_id = search(client, photo)["query_id"]
    answer = stranger.open(f"{OWN}/{query_id}{part}", method=method, json={})
    assert answer.status_code == 404


def test_a_visitor_who_asked_on_the_site_is_not_overheard(ask, stranger, photo):
    query_id = ask(photo).location.rpartition("/")[2]
    assert stranger.get(f"{OWN}/{query_id}").status_code == 404


def test_the_last_judgement_counts(program, asked):
    right = program.put(f"{asked}/feedback", json={"right": True})
    assert right.status_code == 200
    assert right.json["right"] is True
    assert right.json["accession"] == "1900.0"
    wrong = program.put(f"{asked}/feedback", json={"right": False}).json
    assert (wrong["right"], wrong["accession"]) == (False, None)
    assert program.get(asked).json["feedback"] == wrong


def test_of_several_proposals_one_has_to_be_named(app, program, asked):
    with app.app_context():
        db.session.scalars(select(Query)).one().verdict = Verdict.UNCERTAIN
        db.session.commit()
    address = f"{asked}/feedback"
    assert program.put(address, json={"right": True}).status_code == 400
    unknown = {"right": True, "accession": "1900.3"}
    assert program.put(address, json=unknown).status_code == 400
    named = program.put(address, json={"right": True, "accession": "1900.0"})
    assert named.json["accession"] == "1900.0"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b'{"right": "yes"}',
        b'{"right": 1}',
        b'{"right": true, "accession": 7}',
        b'{"right": true, "work": "1900.0"}',
        b'{"right": true, "user_id": 1}',
        b"[" * 9_000,
        b'{"right": true}' + b" " * 10_000,
    ],
)
def test_an_unclear_judgement_is_refused_in_words(program, asked, body):
    answer = program.put(f"{asked}/feedback", data=body)
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "bad_request"
    assert "JSON object" in answer.json["error"]["message"]
    assert program.get(asked).json["feedback"] is None


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1.5", "²", "9" * 40, "1&page=2"])
def test_a_page_that_is_no_number_is_refused(program, page):
    assert program.get(f"{OWN}?page={page}").status_code == 400


def test_a_misspelt_parameter_is_named(program):
    answer = program.get(f"{OWN}?pgae=2")
    assert answer.status_code == 400
    assert "“pgae”" in answer.json["error"]["message"]


def test_who_may_not_ask_is_not_told_what_else_is_wrong(client, stranger, asked):
    assert client.get(f"{OWN}?pgae=2").status_code == 401
    assert client.put(f"{asked}/feedback", data=b"{").status_code == 401
    assert stranger.put(f"{asked}/feedback", data=b"{").status_code == 404


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_judgement_is_read_whatever_type_it_says_it_has(program, asked, kind):
    said = program.put(f"{asked}/feedback", data=b'{"right": false}', content_type=kind)
    assert said.json["right"] is False
