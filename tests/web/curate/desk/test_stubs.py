"""Works that the catalogue does not have, recorded from a photo."""

import pytest

from app.extensions import db
from app.models import Artwork, PhotoReview, ReviewOutcome, WorkStub, now
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded
from tests.support.people import logged_in


@pytest.fixture
def form(asked):
    return f"/curate/desk/{asked}/stub"


FIELDS = {"accession": "LOAN-7", "title": "Head", "artist": "Ada Bright"}


def work_of(app, accession):
    with app.app_context():
        found = db.session.query(Artwork).filter_by(accession=accession)
        work = found.one_or_none()
        return None if work is None else (work.id, work.is_withdrawn, len(work.images))


def test_a_number_is_proposed(curator, form):
    assert f'value="STUB-{now().year}-1"' in curator.browser.get(form).text


def test_a_work_on_loan_is_recorded_listed_and_undone(app, curator, asked, form):
    answer = curator.post(form, is_loan="y", until="2099-03-31", **FIELDS)
    assert answer.status_code == 303
    number, is_withdrawn, _pictures = work_of(app, "LOAN-7")
    assert is_withdrawn
    lacking = curator.browser.get("/curate/care/lacking/").text
    assert "On loan until March 31, 2099 · not published" in lacking
    listed = curator.browser.get("/curate/works/?lacks=record&presence=all").text
    assert "LOAN-7" in listed
    assert "Whole record" in listed
    assert "LOAN-7" not in curator.browser.get("/curate/bin/").text
    # Visitors do not find it; the curator sees what it is.
    assert app.test_client().get("/works/LOAN-7").status_code == 404
    assert "Stub · On loan until" in curator.browser.get(f"/curate/works/{number}").text
    done = curator.browser.get("/curate/desk/done").text
    assert "Recorded as a stub" in done
    curator.post(f"/curate/desk/{asked}/undo", page="/curate/desk/done")
    assert asked in curator.browser.get("/curate/desk/").text
    assert "LOAN-7" in curator.browser.get("/curate/bin/").text
    assert "No work is a stub." in curator.browser.get("/curate/care/lacking/").text


def test_the_photo_becomes_its_picture_after_a_preview(app, curator, asked, form):
    answer = curator.post(form, picture="yes", **FIELDS)
    assert answer.location == f"/curate/desk/{asked}/add?work=LOAN-7"
    page = curator.browser.get(answer.location).text
    assert "The work is not published" in page
    name = f"/curate/desk/{asked}/name"
    curator.post(name, page=answer.location, work="LOAN-7", add="1")
    number, is_withdrawn, pictures = work_of(app, "LOAN-7")
    assert (is_withdrawn, pictures) == (True, 1)
    with app.app_context():
        review = db.session.get_one(PhotoReview, asked)
        assert (review.outcome, review.artwork_id) == (ReviewOutcome.STUB, number)
    curator.post(f"/curate/desk/{asked}/undo", page="/curate/desk/done")
    assert work_of(app, "LOAN-7") == (number, True, 0)
    with app.app_context():
        assert db.session.get(WorkStub, number) is None


def test_a_published_loan_tells_visitors_so(app, curator, form):
    curator.post(form, is_loan="y", until="2099-03-31", is_published="y", **FIELDS)
    page = app.test_client().get("/works/LOAN-7").text
    assert "On loan until March 31, 2099" in page
    assert "On loan" not in app.test_client().get("/works/1900.3").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"accession": ""}, "A work needs an accession number."),
        ({"accession": " "}, "A work needs an accession number."),
        ({"title": ""}, "Please write a title."),
        ({"accession": "1900.3"}, "Another work has this number. Free is: STUB-"),
        ({"until": "soon"}, "Not a valid date value."),
    ],
)
def test_what_cannot_be_recorded_is_said(app, curator, asked, form, fields, sentence):
    answer = curator.post(form, **(FIELDS | fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    with app.app_context():
        assert db.session.query(WorkStub).count() == 0
        assert db.session.get(PhotoReview, asked) is None


def test_a_loan_is_changed_and_a_stub_completed(app, curator, form):
    curator.post(form, is_published="y", **FIELDS)
    number, *_rest = work_of(app, "LOAN-7")
    page, change = f"/curate/works/{number}", f"/curate/works/{number}/stub"
    curator.post(change, page=page, is_loan="y", until="2020-01-31")
    assert "The loan ended on January 31, 2020" in curator.browser.get(page).text
    answer = curator.post(change, page=page, is_loan="y", until="soon")
    assert "This is no date." in curator.browser.get(answer.location).text
    curator.post(change, page=page, complete="yes")
    shown = curator.browser.get(page).text
    assert "No stub any more" in shown
    assert "Publish the stub" not in shown
    assert curator.post(change, page=page, complete="yes").status_code == 404


def test_nobody_else_records_stubs(app, form):
    visitor = logged_in(app, "visitor@example.org")
    assert visitor.browser.get(form).status_code == 403
    assert visitor.post(form, page="/", **FIELDS).status_code == 403
    assert work_of(app, "LOAN-7") is None


def test_another_photo_of_it_is_named_by_its_number(app, curator, ask, asked, form):
    curator.post(form, **FIELDS)
    other = ask(encoded(photograph(draw_picture(997)))).location.rpartition("/")[2]
    page = f"/curate/desk/{other}"
    found = curator.browser.get(f"{page}?q=LOAN-7").text
    assert 'Only name it<span class="spoken"> LOAN-7' in found
    curator.post(f"{page}/name", page=page, work="LOAN-7")
    with app.app_context():
        review = db.session.get_one(PhotoReview, other)
        assert review.outcome is ReviewOutcome.STUB
    # As long as one of them shows it, it stays.
    done = "/curate/desk/done"
    curator.post(f"/curate/desk/{asked}/undo", page=done)
    with app.app_context():
        assert db.session.query(WorkStub).count() == 1
