"""Tours as visitors read them."""

import pytest

from app.extensions import db
from app.models import now
from app.services.tours import reading
from tests.support.visits import tour_of, work_of

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def tour():
    tour = tour_of(work_of(0), work_of(3))
    db.session.add(tour)
    db.session.commit()
    return tour


def test_only_published_tours_with_a_work_on_show_are_read(tour):
    gone = work_of(5)
    gone.withdrawn_at = now()
    others = [
        tour_of(work_of(1), is_published=False),
        tour_of(work_of(1), deleted_at=now()),
        tour_of(gone),
        tour_of(),
    ]
    db.session.add_all(others)
    db.session.commit()
    assert reading.published_tours() == [tour]
    assert reading.has_published_tours()
    for other in others:
        assert reading.published_tour(other.id) is None
    assert reading.published_tour(tour.id) is tour


def test_a_withdrawn_work_is_no_stop(tour):
    work_of(0).withdrawn_at = now()
    db.session.commit()
    [stop] = reading.stops_on_show(tour)
    assert stop.artwork is work_of(3)


def test_the_version_changes_with_all_that_is_seen(tour):
    versions = {reading.version_of(tour)}

    def change(thing, name, value):
        setattr(thing, name, value)
        db.session.commit()
        versions.add(reading.version_of(tour))

    change(tour, "title", "Beasts")
    change(tour.stops[1], "text", "Look again.")
    change(work_of(3), "location", "Room 7")
    change(work_of(0), "withdrawn_at", now())
    assert len(versions) == 5
    before = reading.version_of(tour)
    tour.revision += 1
    assert reading.version_of(tour) == before


def test_translations_know_each_other(tour):
    german = tour_of(
        work_of(0), title="Tiere", language="de", translation_of_id=tour.id
    )
    french = tour_of(
        work_of(0), title="Bêtes", language="fr", translation_of_id=tour.id
    )
    hidden = tour_of(
        work_of(0), language="es", translation_of_id=tour.id, is_published=False
    )
    db.session.add_all([german, french, hidden, tour_of(work_of(0), title="Others")])
    db.session.commit()
    assert reading.other_languages(tour) == [german, french]
    assert reading.other_languages(german) == [tour, french]
