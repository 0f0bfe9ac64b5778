"""The review desk, as a curator works at it."""

import re

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, AuditEntry, PhotoReview, Query
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation import feedback
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded
from tests.support.people import logged_in


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def id_of(answer):
    return answer.location.rpartition("/")[2]


def pictures_of(app, accession):
    with app.app_context():
        work = db.session.query(Artwork).filter_by(accession=accession).one()
        return len(work.images)


def test_a_photo_becomes_a_picture_is_found_and_is_taken_back(
    app, curator, ask, unknown_photo
):
    asked = id_of(ask(unknown_photo))
    page = f"/curate/desk/{asked}"
    assert asked in curator.browser.get("/curate/desk/").text
    assert "1900.3" in curator.browser.get(f"{page}?q=1900.3").text
    before = pictures_of(app, "1900.3")
    shown = curator.browser.get(f"{page}/add?work=1900.3").text
    assert "With this picture, the photo finds the work." in shown
    fields = {"work": "1900.3", "cut": "whole", "add": "1"}
    answer = curator.post(f"{page}/name", page=page, **fields)
    assert answer.status_code == 303
    assert pictures_of(app, "1900.3") == before + 1
    assert asked not in curator.browser.get("/curate/desk/").text
    curator.post("/curate/desk/", page=page, query=asked, wish="ask")
    app.extensions[BACKGROUND].work_off()
    with app.app_context():
        review = db.session.get_one(PhotoReview, asked)
        assert review.again_verdict is Verdict.FOUND
        assert review.again_id == review.artwork_id
        # What its visitor was told stays what it was.
        assert db.session.get_one(Query, asked).verdict is Verdict.NOT_FOUND
    curator.post(f"{page}/undo", page="/curate/desk/done")
    assert pictures_of(app, "1900.3") == before
    assert asked in curator.browser.get("/curate/desk/").text


@pytest.mark.parametrize("wish", ["not_ours", "not_a_work"])
def test_photos_are_set_aside_and_brought_back(curator, ask, unknown_photo, wish):
    asked = id_of(ask(unknown_photo))
    curator.post("/curate/desk/", query=asked, wish=wish)
    assert asked not in curator.browser.get("/curate/desk/").text
    assert asked in curator.browser.get("/curate/desk/done").text
    curator.post(f"/curate/desk/{asked}/undo", page="/curate/desk/done")
    assert asked in curator.browser.get("/curate/desk/").text


def test_photos_have_a_place_in_line_and_lead_to_the_next(curator, ask, unknown_photo):
    for _ in range(3):
        ask(unknown_photo)
    read, desk = curator.browser.get, "/curate/desk/"
    listed = re.findall(rf'href="({desk}[0-9a-f-]{{36}})"', read(desk).text)
    first, middle, last = dict.fromkeys(listed)
    page = read(middle).text
    assert "Photo 2 of 3 that wait" in page
    assert f'href="{first}" rel="prev"' in page
    assert f'href="{last}" rel="next"' in page
    assert 'rel="prev"' not in read(first).text
    assert 'rel="next"' not in read(last).text
    curator.post(desk, query=last.removeprefix(desk), wish="not_ours")
    assert 'rel="prev"' not in read(last).text
    assert "Photo 2 of 2 that wait" in read(middle).text


def test_a_picture_that_was_changed_since_is_not_taken_back(
    app, curator, ask, unknown_photo
):
    asked = id_of(ask(unknown_photo))
    page = f"/curate/desk/{asked}"
    curator.post(f"{page}/name", page=page, work="1900.3", add="1")
    with app.app_context():
        work = db.session.query(Artwork).filter_by(accession="1900.3").one()
        number, first = work.id, work.images[0].id
    address = f"/curate/works/{number}"
    curator.post(f"{address}/pictures/{first}/remove", page=address)
    curator.post(f"{page}/undo", page="/curate/desk/done")
    shown = curator.browser.get("/curate/desk/done").text
    assert "This cannot be taken back" in shown or asked in shown
    with app.app_context():
        assert db.session.get_one(PhotoReview, asked).entry_id is not None


def test_what_staff_may_not_see_is_not_there(app, curator, ask, photo, unknown_photo):
    found = id_of(ask(photo))
    gone = id_of(ask(unknown_photo))
    with app.app_context():
        query = db.session.get_one(Query, gone)
        query.photo_name = None
        db.session.commit()
    for asked in (found, gone):
        for ending in ("", "/photo.jpg", "/photo.s.jpg", "/picture.jpg?work=1900.0"):
            address = f"/curate/desk/{asked}{ending}"
            assert curator.browser.get(address).status_code == 404
        assert asked not in curator.browser.get("/curate/desk/").text


def test_a_deleted_search_leaves_no_review(app, curator, ask, unknown_photo):
    asked = id_of(ask(unknown_photo))
    curator.post("/curate/desk/", query=asked, wish="not_ours")
    with app.app_context():
        db.session.delete(db.session.get_one(Query, asked))
        db.session.commit()
        assert db.session.query(PhotoReview).count() == 0
    assert asked not in curator.browser.get("/curate/desk/done").text


def test_nobody_else_sits_at_the_desk(app, ask, unknown_photo):
    asked = id_of(ask(unknown_photo))
    visitor = logged_in(app, "visitor@example.org").browser
    for ending in ("", "done", asked, f"{asked}/photo.jpg"):
        assert visitor.get(f"/curate/desk/{ending}").status_code == 403
    assert visitor.post(f"/curate/desk/{asked}/name").status_code in (400, 403)


@pytest.mark.slow
def test_ten_photos_become_pictures_and_all_are_found_then(app, curator, ask):
    numbers = range(900, 910)
    with app.app_context():
        db.session.add_all([Artwork(accession=f"D.{n}") for n in numbers])
        db.session.commit()
    asked = {n: id_of(ask(encoded(photograph(draw_picture(n))))) for n in numbers}
    for n, query_id in asked.items():
        page = f"/curate/desk/{query_id}"
        curator.post(f"{page}/name", page=page, work=f"D.{n}", add="1")
    done = "/curate/desk/done"
    curator.post("/curate/desk/", page=done, query=[*asked.values()], wish="ask")
    app.extensions[BACKGROUND].work_off()
    with app.app_context():
        for n, query_id in asked.items():
            review = db.session.get_one(PhotoReview, query_id)
            assert review.again_verdict is Verdict.FOUND
            assert review.again is not None
            assert review.again.accession == f"D.{n}"


def test_a_picture_of_another_work_is_warned_of(app, curator, ask, photo):
    asked = id_of(ask(photo))
    with app.app_context():
        feedback.give(db.session.get_one(Query, asked), is_right=False)
    shown = curator.browser.get(f"/curate/desk/{asked}/add?work=1900.3").text
    assert "The picture is found as another work: The Astronomer" in shown


def test_the_lists_divide_photos_by_what_was_said_of_them(
    app, curator, ask, photo, unknown_photo
):
    found, unanswered = id_of(ask(photo)), id_of(ask(unknown_photo))
    desk = "/curate/desk/"

    def shown(listed):
        page = curator.browser.get(f"{desk}?of={listed}").text
        return [one in page for one in (found, unanswered)]

    assert shown("waiting") == [False, True]
    assert shown("unanswered") == [False, True]
    assert (shown("wrong"), shown("right")) == ([False] * 2, [False] * 2)
    with app.app_context():
        other = db.session.query(Artwork).filter_by(accession="1900.3").one()
        feedback.name_work(db.session.get_one(Query, found), other, "number")
        feedback.give(db.session.get_one(Query, unanswered), is_right=True)
    assert shown("waiting") == [True, False]
    assert shown("unanswered") == [False, False]
    assert (shown("wrong"), shown("right")) == ([True, False], [False, True])
    page = curator.browser.get(f"{desk}?of=wrong").text
    assert "The visitor says that it is:" in page
    # What makes no sense is passed over.
    assert shown("nonsense") == shown("waiting")


def test_decisions_are_in_the_trail_and_taken_back_there(
    app, curator, ask, unknown_photo
):
    asked = id_of(ask(unknown_photo))
    page, trail = f"/curate/desk/{asked}", "/curate/changes/"
    curator.post(f"{page}/name", page=page, work="1900.3", add="1")
    assert pictures_of(app, "1900.3") == 2
    shown = curator.browser.get(trail).text
    assert "Photo of a visitor judged" in shown
    assert "Not decided → Named" in shown
    with app.app_context():
        entry = db.session.query(AuditEntry).filter_by(action="photo_review").one()
        number = entry.id
        assert entry.user is not None
        assert entry.user.email == "curator@example.org"
    curator.post(f"{trail}{number}/undo", page=trail)
    assert pictures_of(app, "1900.3") == 1
    assert asked in curator.browser.get("/curate/desk/").text
    answer = curator.post(f"{trail}{number}/undo", page=trail)
    again = curator.browser.get(answer.location).text
    assert "This cannot be taken back" in again


def test_photos_set_aside_are_in_the_trail_too(curator, ask, unknown_photo):
    asked = id_of(ask(unknown_photo))
    curator.post("/curate/desk/", query=asked, wish="not_ours")
    assert "Not decided → Not ours" in curator.browser.get("/curate/changes/").text


def test_naming_another_work_takes_the_first_ones_picture_away(
    app, curator, ask, unknown_photo
):
    asked = id_of(ask(unknown_photo))
    page = f"/curate/desk/{asked}"
    curator.post(f"{page}/name", page=page, work="1900.3", add="1")
    curator.post(f"{page}/name", page=page, work="1900.4", add="1")
    assert (pictures_of(app, "1900.3"), pictures_of(app, "1900.4")) == (1, 2)
    assert "Decided:" in curator.browser.get(page).text
    # Named alone, the photo is no picture of it any more.
    curator.post(f"{page}/name", page=page, work="1900.4")
    assert pictures_of(app, "1900.4") == 1


def test_a_task_says_why_photos_could_not_be_asked(app, curator, ask, unknown_photo):
    asked = id_of(ask(unknown_photo))
    gone = "00000000-0000-4000-8000-000000000000"
    chosen = [asked, gone, "nonsense"]
    answer = curator.post("/curate/desk/", query=chosen, wish="ask")
    with app.app_context():
        db.session.get_one(Query, asked).photo_name = None
        db.session.commit()
    app.extensions[BACKGROUND].work_off()
    page = curator.browser.get(answer.location).text
    assert "2 photos could not be asked; below is why." in page
    assert "A photo: Its visitor has deleted it." in page
    assert "It is not kept any more: its days of retention are over." in page
