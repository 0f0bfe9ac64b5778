from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, Query, now
from app.services.curation.bin import emptying
from app.services.system.plausibility import Doubt, Held
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded
from tests.support.people import logged_in

PAGE = "/curate/bin/"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def withdrawn(app, curator):
    """Numbers of three works that the curator withdrew."""
    with app.app_context():
        ids = list(db.session.scalars(select(Artwork.id).order_by(Artwork.id).limit(3)))
    for number in ids:
        curator.post(f"/curate/works/{number}/withdraw", page="/curate/works/new")
    return ids


def accessions(app, **meant):
    with app.app_context():
        return {*db.session.scalars(select(Artwork.accession).filter_by(**meant))}


def test_the_bin_says_who_put_what_there(curator, withdrawn):
    page = curator.browser.get(PAGE).text
    assert "3 withdrawn works" in page
    assert page.count("curator@example.org") >= 3
    assert "1900.2" in page


def test_ticked_works_are_restored(app, curator, withdrawn):
    answer = curator.post(PAGE, work=withdrawn[:2], restore="yes")
    assert "2 works are on show again." in curator.browser.get(answer.location).text
    assert accessions(app, withdrawn_at=None) >= {"1900.0", "1900.1"}
    assert "1900.2" not in accessions(app, withdrawn_at=None)


def test_ticked_works_are_deleted_once_that_is_confirmed(app, curator, withdrawn):
    answer = curator.post(PAGE, work=withdrawn[:2], delete="yes")
    page = curator.browser.get(answer.location).text
    assert "Delete 2 works for good?" in page
    assert accessions(app) >= {"1900.0", "1900.1", "1900.2"}
    answer = curator.post(f"{PAGE}delete", page=answer.location, work=withdrawn[:2])
    assert "2 works are deleted for good." in curator.browser.get(answer.location).text
    assert accessions(app) & {"1900.0", "1900.1", "1900.2"} == {"1900.2"}
    trail = curator.browser.get("/curate/changes/").text
    assert "Deleted for good" in trail


def test_a_work_on_show_is_never_deleted(app, curator, withdrawn):
    curator.post(PAGE, work=withdrawn[0], restore="yes")
    curator.post(f"{PAGE}delete", page=PAGE, work=withdrawn)
    assert accessions(app) & {"1900.0", "1900.1", "1900.2"} == {"1900.0"}


def test_all_of_it_is_deleted_in_the_background(app, curator, withdrawn):
    page = curator.browser.get(f"{PAGE}delete").text
    assert "Delete 3 works for good?" in page
    answer = curator.post(f"{PAGE}delete", all="yes", before=now().isoformat())
    assert "/curate/tasks/" in answer.location
    assert "Emptying the bin" in curator.browser.get(answer.location).text
    assert "is being emptied" in curator.browser.get(PAGE).text
    assert app.extensions[BACKGROUND].work_off() == 1
    assert "The bin is empty." in curator.browser.get(PAGE).text
    assert len(accessions(app)) == 4


def test_old_answers_open_when_their_work_is_deleted(app, curator, withdrawn):
    curator.post(PAGE, work=withdrawn[0], restore="yes")
    photo = encoded(photograph(draw_picture(0)))
    with app.app_context():
        before = {*db.session.scalars(select(Query.id))}
    curator.post("/queries", page="/", photo=(BytesIO(photo), "photo.jpg"))
    with app.app_context():
        [query_id] = {*db.session.scalars(select(Query.id))} - before
    address = f"/queries/{query_id}"
    assert "The Astronomer’s Table" in curator.browser.get(address).text
    curator.post(f"/curate/works/{withdrawn[0]}/withdraw", page="/curate/works/new")
    curator.post(f"{PAGE}delete", page=PAGE, work=withdrawn)
    for opened in (address, "/history"):
        assert curator.browser.get(opened).status_code == 200
    assert "no longer in the collection" in curator.browser.get(address).text


def test_without_a_choice_nothing_happens(app, curator, withdrawn):
    answer = curator.post(PAGE, restore="yes")
    assert "No work was chosen." in curator.browser.get(answer.location).text
    assert len(accessions(app)) == 7


def test_an_empty_bin_is_not_emptied(curator):
    assert curator.browser.get(f"{PAGE}delete").location == PAGE
    assert "The bin is empty." in curator.browser.get(PAGE).text


@pytest.mark.parametrize(
    "fields",
    [{"work": "x"}, {"work": "99999999999"}, {"all": "yes", "before": "soon"}],
)
def test_nonsense_is_refused(curator, withdrawn, fields):
    answer = curator.post(f"{PAGE}delete", page=PAGE, **fields)
    assert answer.status_code == 400


def test_visitors_neither_see_nor_empty_it(app, client, withdrawn):
    person = logged_in(app, "anna@example.org")
    for browser in (client, person.browser):
        for address in (PAGE, f"{PAGE}delete"):
            assert browser.get(address).status_code in (302, 403)
            assert browser.post(address).status_code in (302, 400, 401, 403)
    assert len(accessions(app)) == 7


def test_a_bin_whose_clock_is_doubted_waits_for_a_curators_word(make_app):
    app = make_app(MORELLI_BIN_DAYS="30")
    curator = logged_in(app, "curator@example.org", "curator")
    with app.app_context():
        then = now() - timedelta(days=31)
        db.session.add(Artwork(accession="old", withdrawn_at=then))
        db.session.commit()
        instance = app.config["MORELLI_INSTANCE"]
        held = Held(Doubt.FORWARD, 1, 1, "2020-01-01")
        emptying.GUARD.note_held(instance, held)
    page = curator.browser.get(PAGE).text
    assert "No work is deleted by its age: 1 of 1 would go." in page
    assert "The last deletion was on 2020-01-01." in page
    answer = curator.post(f"{PAGE}aged", page=PAGE)
    assert answer.location.startswith("/curate/tasks/")
    app.extensions[BACKGROUND].work_off()
    assert "old" not in accessions(app)
    assert "would go" not in curator.browser.get(PAGE).text
    # Nothing waits any more: said again, it deletes nothing.
    answer = curator.post(f"{PAGE}aged", page=PAGE)
    assert answer.location.endswith(PAGE)
