"""Edits of tours: recorded, taken back, and refused where somebody was quicker."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import AuditEntry, now
from app.services.curation.editing import ChangedMeanwhileError
from app.services.tours import editing
from app.services.tours.editing import EmptyTourError, FullTourError, TourEditor
from tests.support.visits import work_of

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def editor():
    return TourEditor(db.session(), None)


@pytest.fixture
def tour(editor):
    tour = editor.create("Animals", "", "en")
    for number in (0, 3, 5):
        editor.add(tour, work_of(number))
    return tour


def order(tour):
    db.session.expire_all()
    return [stop.artwork.accession for stop in tour.stops]


def actions():
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_tour_begins_unpublished_and_empty(editor):
    tour = editor.create("Animals", "For children.", "en")
    assert not tour.is_published
    assert tour.stops == []
    assert actions() == [editing.CREATE]


def test_stops_move_and_stay_at_the_ends(editor, tour):
    editor.move(tour.stops[2], -1)
    assert order(tour) == ["1900.0", "1900.5", "1900.3"]
    editor.move(tour.stops[0], 1)
    assert order(tour) == ["1900.5", "1900.0", "1900.3"]
    assert editor.move(tour.stops[0], -1) is None
    assert editor.move(tour.stops[2], 1) is None


def test_a_work_is_a_stop_once(editor, tour):
    assert editor.add(tour, work_of(3)) is None
    assert len(order(tour)) == 3


def test_a_tour_has_so_many_stops(editor, tour, monkeypatch):
    monkeypatch.setattr(editing, "MOST_STOPS", 3)
    with pytest.raises(FullTourError):
        editor.add(tour, work_of(1))


def test_texts_are_changed_and_taken_back(editor, tour):
    entry = editor.tell(tour.stops[1], "Look at its tail.")
    assert tour.stops[1].text == "Look at its tail."
    again = editor.undo(entry)
    assert tour.stops[1].text == ""
    editor.undo(again)
    assert tour.stops[1].text == "Look at its tail."
    assert editor.tell(tour.stops[1], "Look at its tail.") is None


def test_a_stop_that_was_removed_comes_back_with_its_text_and_place(editor, tour):
    editor.tell(tour.stops[1], "Look.")
    entry = editor.remove(tour.stops[1])
    assert order(tour) == ["1900.0", "1900.5"]
    editor.undo(entry)
    assert order(tour) == ["1900.0", "1900.3", "1900.5"]
    assert tour.stops[1].text == "Look."


def test_what_changed_since_is_not_taken_back(editor, tour):
    entry = editor.move(tour.stops[0], 1)
    editor.remove(tour.stops[2])
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(entry)
    renamed = editor.describe(tour, {"title": "Beasts"})
    editor.describe(tour, {"title": "Creatures"})
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(renamed)


def test_nothing_is_taken_back_twice(editor, tour):
    entry = editor.describe(tour, {"title": "Beasts"})
    editor.undo(entry)
    assert tour.title == "Animals"
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(entry)


def test_who_saw_an_older_one_is_told(editor, tour):
    seen = tour.revision
    editor.describe(tour, {"title": "Beasts"}, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        editor.describe(tour, {"title": "Creatures"}, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        editor.tell(tour.stops[0], "Look.", seen=seen)
    assert (tour.title, tour.stops[0].text) == ("Beasts", "")


def test_publishing_needs_a_work_on_show_and_is_taken_back(editor, tour):
    entry = editor.publish(tour)
    assert tour.is_published
    assert editor.publish(tour) is None
    editor.undo(entry)
    assert not tour.is_published
    for number in (0, 3, 5):
        work_of(number).withdrawn_at = now()
    db.session.commit()
    with pytest.raises(EmptyTourError):
        editor.publish(tour)


def test_a_deleted_tour_comes_back_as_it_was(editor, tour):
    editor.publish(tour)
    entry = editor.delete(tour)
    assert not tour.is_published
    assert editor.delete(tour) is None
    editor.undo(entry)
    assert tour.is_published
    assert len(order(tour)) == 3
    assert actions()[-2:] == [editing.DELETE, editing.RESTORE]


def test_undoing_the_beginning_deletes(editor, tour):
    [entry] = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == editing.CREATE)
    )
    editor.undo(entry)
    assert tour.deleted_at is not None


def test_a_translation_is_of_a_tour_that_is_none(editor, tour):
    german = editor.create("Tiere", "", "de")
    french = editor.create("Bêtes", "", "fr")
    editor.describe(german, {"translation_of_id": tour.id})
    for one, original in ((french, german), (tour, french), (tour, tour)):
        with pytest.raises(ValueError, match="translation"):
            editor.describe(one, {"translation_of_id": original.id})
    with pytest.raises(ValueError, match="translation"):
        editor.describe(french, {"translation_of_id": 10**6})
