"""A change is found, or gone, in the very next query of every process."""

import logging

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Artwork, GenerationRecord, ReferenceImage, now
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.settings import LocalSettings
from app.services.index import searcher
from app.services.index.changes import announce, current_revision
from app.services.index.features import features_key, gallery_item, pack_features
from tests.support.fakes import draw_picture, fake_model, features_of, photograph
from tests.support.museum import accession_of, make_searcher, original_of

pytestmark = pytest.mark.usefixtures("in_app")
KEY = features_key(fake_model().model_id, LocalSettings())


@pytest.fixture
def index():
    """An index of the museum's first works, as another process has it open."""
    return make_searcher(range(4))


def work(number):
    return db.session.scalars(
        db.select(Artwork).where(Artwork.accession == accession_of(number))
    ).one()


def give_picture(artwork, number, session=None):
    """Record a picture of a work with its features."""
    session = session or db.session
    picture = ReferenceImage(
        sha256=original_of(number),
        media_name=f"ab/{number}.jpg",
        height=1,
        width=1,
        position=len(artwork.images),
    )
    artwork.images.append(picture)
    session.flush()
    drawn = features_of(number)
    session.add(pack_features(picture.id, KEY, drawn))


def ask(index, number):
    """Ask as another process does, and return the accession found."""
    with Session(db.engine) as session:
        index.catch_up(session)
    photo = PreparedPhoto(photograph(draw_picture(number)))
    matches = index.answer(photo, excluded_works=()).matches
    return matches[0].item.work_id if matches else None


def test_a_new_work_is_found_by_every_process_at_once(index):
    other = make_searcher(range(4))
    assert ask(index, 50) is None
    added = Artwork(accession="new")
    db.session.add(added)
    give_picture(added, 50)
    announce(db.session(), [added])
    assert ask(index, 50) is None, "not before it is committed"
    db.session.commit()
    assert ask(index, 50) == ask(other, 50) == "new"
    assert "new" in index.work_ids


def test_a_withdrawn_work_is_gone_and_a_restored_one_back(index):
    give_picture(work(1), 1 + 100)
    work(1).withdrawn_at = now()
    announce(db.session(), [work(1)])
    db.session.commit()
    assert ask(index, 1) is None
    assert accession_of(1) not in index.work_ids
    work(1).withdrawn_at = None
    announce(db.session(), [work(1)])
    db.session.commit()
    assert ask(index, 101) == accession_of(1)


def test_a_replaced_picture_is_found_and_the_old_one_is_not(index):
    artwork = work(2)
    artwork.images.clear()
    give_picture(artwork, 60)
    announce(db.session(), [artwork])
    db.session.commit()
    assert ask(index, 60) == accession_of(2)
    assert ask(index, 2) is None
    item = gallery_item(accession_of(2), original_of(60))
    assert index.gallery.images_of(accession_of(2)) == {item.image_id}


def test_an_index_built_after_a_change_does_not_take_it_in_again(index):
    give_picture(work(3), 70)
    revision = announce(db.session(), [work(3)])
    db.session.add(
        GenerationRecord(
            name=index.generation,
            model_id=index.model_id,
            works=1,
            images=1,
            revision=revision,
        )
    )
    db.session.commit()
    assert ask(index, 70) is None
    assert index.revision == revision == current_revision(db.session())
    assert index.gallery.added_count == 0


@pytest.mark.parametrize("number", range(1, 5))
def test_a_change_between_two_reads_harms_none(index, number):
    """A curator's change may be committed before any read of another process."""
    give_picture(work(0), 40)
    give_picture(work(1), 41)
    announce(db.session(), [work(0), work(1)])
    db.session.commit()
    reads = 0

    def change_before_a_read(_statement):
        nonlocal reads
        reads += 1
        if reads == number:
            with Session(db.engine) as curator:
                add_a_work_and_replace_a_picture(curator)

    with Session(db.engine) as session:
        event.listen(session, "do_orm_execute", change_before_a_read)
        index.catch_up(session)
    assert reads >= number
    assert ask(index, 40) == accession_of(0)
    assert ask(index, 50) == "new"
    assert ask(index, 60) == accession_of(1)
    assert ask(index, 1) is None
    assert ask(index, 41) is None


def add_a_work_and_replace_a_picture(session):
    added = Artwork(accession="new")
    changed = session.get(Artwork, work(1).id)
    session.add(added)
    changed.images.clear()
    give_picture(added, 50, session)
    give_picture(changed, 60, session)
    announce(session, [added, changed])
    session.commit()


def test_nothing_is_read_twice(index, monkeypatch):
    give_picture(work(0), 80)
    announce(db.session(), [work(0)])
    db.session.commit()
    assert ask(index, 80) == accession_of(0)
    monkeypatch.setattr(
        searcher, "works_changed_since", None
    )  # must not be called again
    assert ask(index, 80) == accession_of(0)
    assert index.gallery.added_count == 1


def test_too_many_changes_wait_for_the_next_index(index, monkeypatch, caplog):
    monkeypatch.setattr(searcher, "MOST_ADDED", 1)
    give_picture(work(0), 81)
    give_picture(work(1), 82)
    announce(db.session(), [work(0), work(1)])
    db.session.commit()
    with caplog.at_level(logging.WARNING):
        assert ask(index, 81) == accession_of(0)
    assert ask(index, 82) is None
    assert "only found after the index is built again" in caplog.text


def test_revisions_count_up_and_roll_back():
    first = announce(db.session(), [])
    assert announce(db.session(), [work(0)]) == first + 1 == work(0).revision
    db.session.rollback()
    assert current_revision(db.session()) == first - 1
