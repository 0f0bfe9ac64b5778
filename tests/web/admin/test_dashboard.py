"""What visitors ask, as admins see it."""

import csv
import io

import pytest

from app.extensions import db
from app.models import Artwork, Query
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation import feedback
from tests.support.people import logged_in

FIGURES = [
    *("days", "hours", "verdicts", "judged", "registrations"),
    *("languages", "devices", "latency", "found"),
    *("comparison", "week", "recovered"),
]


@pytest.fixture
def admin(app):
    return logged_in(app, "ada@example.org", "admin").browser


def id_of(answer):
    return answer.location.rpartition("/")[2]


def rows_of(admin, name, words=""):
    answer = admin.get(f"/admin/figures/{name}.csv{words}")
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.text)))


def test_searches_are_counted_and_drawn(admin, ask, photo, unknown_photo):
    ask(photo)
    ask(unknown_photo)
    page = admin.get("/admin/").text
    assert page.count('role="img"') == 4
    assert rows_of(admin, "verdicts")[1:] == [
        ["Found", "1"],
        ["Perhaps one of these", "0"],
        ["Not in this collection", "1"],
    ]
    assert rows_of(admin, "found")[1] == [
        "1900.0",
        "The Astronomer’s Table",
        "Ada Bright",
        "1",
    ]


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_can_be_taken_along(admin, ask, photo, name):
    ask(photo)
    head, *rows = rows_of(admin, name)
    assert rows
    assert {len(row) for row in rows} == {len(head)}


def test_there_is_no_other_figure(admin):
    assert admin.get("/admin/figures/passwords.csv").status_code == 404


def test_days_are_chosen(admin, ask, photo):
    ask(photo)
    words = "?from=2020-01-01&to=2020-01-03"
    assert [row[0] for row in rows_of(admin, "days", words)[1:]] == [
        "2020-01-01",
        "2020-01-02",
        "2020-01-03",
    ]
    assert rows_of(admin, "verdicts", words)[1][1] == "0"


def test_the_rooms_in_which_works_are_found_are_beside_them(admin):
    page = admin.get("/admin/most-found").text
    assert "In which rooms are works found?" in page
    assert "/admin/figures/rooms.csv" in page


@pytest.mark.parametrize(
    "words",
    [
        "from=x&to=y",
        "from=9999-12-31",
        "to=0001-01-01",
        "from=2030-01-01&to=2020-01-01",
    ],
)
@pytest.mark.parametrize("page", ["", "speed", "most-found", "unanswered", "refused"])
def test_days_that_make_no_sense_do_no_harm(admin, page, words):
    assert admin.get(f"/admin/{page}?{words}").status_code == 200


def test_the_wall_shows_photos_without_an_answer(admin, ask, photo, unknown_photo):
    asked, known = id_of(ask(unknown_photo)), id_of(ask(photo))
    page = admin.get("/admin/unanswered").text
    assert asked in page
    assert known not in page
    for name in ("photo.jpg", "photo.s.jpg"):
        with admin.get(f"/admin/queries/{asked}/{name}") as answer:
            assert answer.mimetype == "image/jpeg"


def test_photos_that_were_answered_are_nobody_elses_business(app, admin, ask, photo):
    asked = id_of(ask(photo))
    address = f"/admin/queries/{asked}/photo.jpg"
    assert admin.get(address).status_code == 404
    with app.app_context():
        query = db.session.get(Query, asked)
        assert query is not None
        assert query.verdict is Verdict.FOUND
        feedback.give(query, is_right=False)
    with admin.get(address) as answer:
        assert answer.status_code == 200
    page = admin.get("/admin/refused").text
    assert asked in page
    assert "The visitor says that it is:" not in page
    with app.app_context():
        query = db.session.get(Query, asked)
        assert query is not None
        other = db.session.query(Artwork).filter_by(accession="1900.3").one()
        feedback.name_work(query, other, "number")
        other_id = other.id
    page = admin.get("/admin/refused").text
    assert "The visitor says that it is:" in page
    assert f'/curate/works/{other_id}"' in page


def test_who_asked_is_told_nowhere(app, admin, photo, unknown_photo):
    person = logged_in(app, "visitor@example.org")
    for data in (photo, unknown_photo):
        person.post("/queries", page="/", photo=(io.BytesIO(data), "p.jpg"))
    for page in ("", "unanswered", "refused"):
        assert person.email not in admin.get(f"/admin/{page}").text
