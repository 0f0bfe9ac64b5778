"""Tours as a program asks for them."""

import pytest

from app.extensions import db
from app.models import now
from tests.support.visits import tour_of, work_of


@pytest.fixture
def tour(app, in_app):
    tour = tour_of(work_of(0), work_of(3))
    db.session.add_all([tour, tour_of(work_of(1), title="Hidden", is_published=False)])
    db.session.commit()
    return tour


def test_published_tours_are_listed(client, tour):
    answer = client.get("/api/v1/tours")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    [told] = answer.json["tours"]
    assert (told["title"], told["language"], told["stops"]) == ("Animals", "en", 2)
    assert told["url"] == f"/tours/{tour.id}"


def test_a_tour_has_its_stops_with_texts_and_works(client, tour):
    german = tour_of(
        work_of(0), title="Tiere", language="de", translation_of_id=tour.id
    )
    db.session.add(german)
    db.session.commit()
    told = client.get(f"/api/v1/tours/{tour.id}").json
    first, second = told["stops"]
    assert first["text"] == "Look at The Astronomer’s Table."
    assert first["work"]["location"] == "Room 12"
    assert second["work"]["accession"] == "1900.3"
    assert [one["language"] for one in told["translations"]] == ["de"]


def test_what_visitors_do_not_see_is_not_found(client, tour):
    for work in (work_of(0), work_of(3)):
        work.withdrawn_at = now()
    db.session.commit()
    for number in (tour.id, tour.id + 1, 999):
        assert client.get(f"/api/v1/tours/{number}").status_code == 404
    assert client.get("/api/v1/tours").json == {"tours": []}
