"""What visitors ask, as admins see it."""

import csv
import io

import pytest

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
@pytest.mark.parametrize("page", ["", "speed", "most-found"])
def test_days_that_make_no_sense_do_no_harm(admin, page, words):
    assert admin.get(f"/admin/{page}?{words}").status_code == 200


@pytest.mark.parametrize(
    ("page", "listed"), [("unanswered", "unanswered"), ("refused", "wrong")]
)
def test_old_pages_lead_to_the_review_desk(admin, page, listed):
    answer = admin.get(f"/admin/{page}")
    assert answer.status_code == 302
    assert answer.location == f"/curate/desk/?of={listed}"
    assert admin.get(answer.location).status_code == 200
    assert "/curate/desk/" in admin.get("/admin/").text


def test_who_asked_is_told_nowhere(app, admin, photo, unknown_photo):
    person = logged_in(app, "visitor@example.org")
    for data in (photo, unknown_photo):
        person.post("/queries", page="/", photo=(io.BytesIO(data), "p.jpg"))
    for page in ("/admin/", "/curate/desk/", "/curate/desk/?of=unanswered"):
        assert person.email not in admin.get(page).text
