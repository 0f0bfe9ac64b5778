"""Pages of the evaluation set."""

from io import BytesIO

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import EvaluationPhoto, EvaluationRun
from app.services.evaluation.own_set import members
from tests.support.fakes import draw_picture
from tests.support.museum import FakePublication, encoded, make_searcher, work_of
from tests.support.people import logged_in

SET, DONE = "/curate/desk/set/", "/curate/desk/done"


@pytest.fixture
def publication():
    """Publishes a searcher of the test's own: it is going to change."""
    return FakePublication(make_searcher(range(7)))


@pytest.fixture
def member(curator, asked):
    """The id of a photo that was named and put into the set."""
    page = f"/curate/desk/{asked}"
    curator.post(f"{page}/name", page=page, work="1900.3")
    curator.post(SET, page=DONE, query=asked)
    return asked


@pytest.fixture
def ask_set(app, curator):
    def work():
        answer = curator.post(f"{SET}ask", page=SET)
        app.extensions[BACKGROUND].work_off()
        return curator.browser.get(answer.location).text

    return work


def run_ids(app):
    with app.app_context():
        return [one.id for one in db.session.query(EvaluationRun).order_by("id")]


def test_named_photos_are_put_into_it_and_taken_out(curator, asked):
    assert "no photo in the evaluation set yet" in curator.browser.get(SET).text
    # Nothing was decided of it: it stays outside.
    curator.post(SET, page=DONE, query=asked)
    assert asked not in curator.browser.get(SET).text
    page = f"/curate/desk/{asked}"
    curator.post(f"{page}/name", page=page, work="1900.3")
    curator.post(SET, page=DONE, query=asked)
    assert "In the evaluation set" in curator.browser.get(DONE).text
    shown = curator.browser.get(SET).text
    assert asked in shown
    assert "Landscape 3" in shown
    with curator.browser.get(f"{SET}{asked}/photo.s.jpg") as answer:
        assert answer.mimetype == "image/jpeg"
    trail = curator.browser.get("/curate/changes/").text
    assert "Put into the evaluation set" in trail
    curator.post(f"{SET}{asked}/leave", page=SET)
    assert asked not in curator.browser.get(SET).text


def test_works_in_a_photo_are_stated(app, curator, member):
    works = f"{SET}{member}/works"
    answer = curator.post(works, page=SET, work="1900.5")
    assert answer.location == f"{SET}#photo-{member}"
    shown = curator.browser.get(SET).text
    assert "Landscape 3" in shown
    assert "Landscape 5" in shown
    answer = curator.post(works, page=SET, work="no such")
    unknown = curator.browser.get(answer.location).text
    assert "There is no work with the number “no such”." in unknown
    curator.post(works, page=SET, work="1900.3", remove="yes")
    with app.app_context():
        photo = db.session.get_one(EvaluationPhoto, member)
        assert members.works_of(photo) == ["1900.5"]
    assert (
        "1900.3, 1900.5 before, 1900.5 after"
        in curator.browser.get("/curate/changes/").text
    )


def test_figures_are_shown_build_by_build_with_what_changed(
    app, curator, member, ask_set, publication
):
    task = ask_set()
    assert "Asking the evaluation set" in task
    shown = curator.browser.get(SET).text
    assert "0 of 1 (0 to 79 %)" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert 'aria-label="Shares of the evaluation set, build by build"' in shown
    assert "What changed with the last build" not in shown
    with app.app_context():
        number = work_of("1900.3").id
    address = f"/curate/works/{number}"
    picture = BytesIO(encoded(draw_picture(998)))
    curator.post(f"{address}/pictures/", page=address, picture=(picture, "p.jpg"))
    ask_set()
    shown = curator.browser.get(SET).text
    assert "What changed with the last build" in shown
    assert "Now · Better" in shown
    first, last = run_ids(app)
    assert "Now · Better" in curator.browser.get(f"{SET}runs/{last}").text
    assert "The first build" in curator.browser.get(f"{SET}runs/{first}").text
    ask_set()
    assert "answered as with the build before" in curator.browser.get(SET).text
    for nonsense in (0, last + 99, 10**12):
        assert curator.browser.get(f"{SET}runs/{nonsense}").status_code == 404


def test_an_empty_set_is_not_asked(curator):
    answer = curator.post(f"{SET}ask", page="/curate/desk/")
    shown = curator.browser.get(answer.location).text
    assert "There is no photo in the evaluation set yet." in shown


def test_what_is_not_in_it_is_not_there(curator, asked):
    for wish in ("leave", "works"):
        answer = curator.post(f"{SET}{asked}/{wish}", page="/curate/desk/")
        assert answer.status_code == 404
    assert curator.browser.get(f"{SET}{asked}/photo.s.jpg").status_code == 404


def test_nobody_else_sees_or_changes_it(app, member):
    visitor = logged_in(app, "visitor@example.org")
    for address in (SET, f"{SET}{member}/photo.s.jpg"):
        assert visitor.browser.get(address).status_code == 403
    for address in (SET, f"{SET}ask", f"{SET}{member}/leave", f"{SET}{member}/works"):
        assert visitor.post(address, page="/", query=member).status_code == 403
    with app.app_context():
        assert db.session.get(EvaluationPhoto, member) is not None
