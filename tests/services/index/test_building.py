"""From recorded pictures to a live index."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import (
    Artwork,
    GenerationRecord,
    ImageFeatures,
    IndexFault,
    ReferenceImage,
)
from app.retrieval.errors import EmptyGalleryError
from app.retrieval.generations.validation import validate
from app.services.collection.labels import set_facts
from app.services.collection.subjects import SHOWS, subjects_of
from app.services.index import building
from app.services.index.building import (
    BUILDING,
    FAULTS_SHOWN,
    FEATURES,
    SUBJECTS,
    build_index,
    complete_features,
    list_faults,
)
from app.services.media.folder import FolderStore
from app.services.media.opening import open_stores
from tests.support.fakes import FakeSemantics, draw_picture, fake_model
from tests.support.hooks import listen, told
from tests.support.recorded import record_work

COUNT = 6


@pytest.fixture
def folders(tmp_path):
    return Folders(tmp_path)


@pytest.fixture
def works(session, folders):
    media = FolderStore(folders.works)
    return [
        record_work(session, media, f"A-{number}", draw_picture(number))
        for number in range(COUNT)
    ]


@pytest.fixture
def build(session, folders):
    def build(on_progress=lambda *_: None):
        return build_index(
            session, folders, open_stores("", folders), fake_model(), on_progress
        )

    return build


def lose(folders, work):
    """Take the file of a work's picture away; return the picture's id."""
    [image] = work.images
    (folders.works / image.media_name).unlink()
    return image.id


def remove_pictures(session, accession):
    """Take a work's pictures away, as a curator does while an index is built."""
    with Session(session.get_bind()) as curator:
        work = select(Artwork.id).where(Artwork.accession == accession)
        curator.execute(
            delete(ReferenceImage).where(ReferenceImage.artwork_id.in_(work))
        )
        curator.commit()


def test_a_published_index_is_recorded(session, works, build):
    built = build()
    assert session.scalars(select(GenerationRecord)).one() is built.generation
    assert (built.generation.works, built.generation.images) == (COUNT, COUNT)
    assert built.generation.examination["simulated_photos_named"] == 1.0
    assert (built.computed, built.faults) == (COUNT, ())


def test_building_again_keeps_the_same_index(works, build):
    first = build().generation.name
    again = build()
    assert (again.generation.name, again.computed) == (first, 0)


def test_progress_is_told_picture_by_picture(works, build):
    told = []
    build(lambda *facts: told.append(facts))
    assert told[0] == (0, COUNT, FEATURES)
    assert told[1:-1] == [(done, COUNT, FEATURES) for done in range(1, COUNT + 1)]
    assert told[-1][2] == BUILDING


def test_stopping_between_two_pictures_keeps_what_is_done(
    session, works, build, monkeypatch
):
    monkeypatch.setattr("app.services.index.features.BATCH_PICTURES", 2)

    def stop(done, _total, _step):
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        build(stop)
    session.rollback()
    assert session.query(ImageFeatures).count() == 2
    assert build().computed == COUNT - 2


@pytest.fixture
def seeing(session, folders):
    """Builds an index with a model that sees what pictures show."""
    model = replace(fake_model(), semantic=FakeSemantics(), style=None)
    told = []

    def build():
        built = build_index(
            session,
            folders,
            open_stores("", folders),
            model,
            lambda *facts: told.append(facts),
        )
        return built, [step for _, _, step in told]

    return build


def test_what_is_seen_comes_with_the_features(works, seeing):
    _, steps = seeing()
    assert [subjects_of(work) for work in works] == [["dog", "ship"]] * COUNT
    assert SUBJECTS not in steps


def test_pictures_of_old_features_are_looked_at_without_new_features(
    session, works, seeing
):
    seeing()
    for work in works[:2]:
        work.images[0].seen_subjects, work.shows = None, ""
    session.commit()
    before = [work.updated_at for work in works]
    built, steps = seeing()
    assert built.computed == 0
    assert steps.count(SUBJECTS) == 2
    assert [subjects_of(work) for work in works] == [["dog", "ship"]] * COUNT
    assert [work.updated_at for work in works] == before


def test_what_a_curator_stated_survives_a_new_index(session, works, seeing):
    seeing()
    set_facts(works[0], {SHOWS: "cat"})
    for work in works:
        work.images[0].seen_subjects = None
        work.images[0].features.clear()
    session.commit()
    built, _ = seeing()
    assert built.computed == COUNT
    assert subjects_of(works[0]) == ["cat"]
    assert subjects_of(works[1]) == ["dog", "ship"]


def test_a_picture_that_cannot_be_looked_at_is_left_for_the_next_time(
    session, folders, works, seeing, caplog
):
    seeing()
    works[0].images[0].seen_subjects, works[0].shows = None, ""
    session.commit()
    lose(folders, works[0])
    seeing()
    assert works[0].images[0].seen_subjects is None
    assert "not looked at: A-0" in caplog.text


def test_an_empty_collection_is_not_published(build):
    with pytest.raises(EmptyGalleryError):
        build()


def test_what_cannot_be_read_is_returned_logged_and_kept(
    session, folders, works, build, caplog
):
    lost = lose(folders, works[3])
    built = build()
    assert built.generation.images == COUNT - 1
    assert [fault.accession for fault in built.faults] == ["A-3"]
    assert "not in the index: A-3" in caplog.text
    [kept], total = list_faults(session)
    assert (kept.image_id, total) == (lost, 1)
    assert kept.reason == built.faults[0].reason


def test_computing_alone_keeps_faults_too(session, folders, works):
    lose(folders, works[0])
    computed, faults = complete_features(
        session, FolderStore(folders.works), fake_model(), lambda *_: None
    )
    assert (computed, len(faults)) == (COUNT - 1, 1)
    assert list_faults(session)[1] == 1
    assert session.query(GenerationRecord).count() == 0


def test_what_can_be_read_again_is_no_fault_any_more(session, folders, works, build):
    path = folders.works / works[3].images[0].media_name
    data = path.read_bytes()
    lose(folders, works[3])
    build()
    path.write_bytes(data)
    assert build().faults == ()
    assert list_faults(session) == ([], 0)


def test_a_fault_goes_with_its_picture(session, folders, works, build):
    lose(folders, works[3])
    build()
    works[3].images.clear()
    session.commit()
    assert session.query(IndexFault).count() == 0


def test_of_many_faults_the_first_are_listed(session, folders, works, build):
    for work in works[1:]:
        lose(folders, work)
    build()
    faults, total = list_faults(session)
    assert total == COUNT - 1 < FAULTS_SHOWN
    assert [fault.image.artwork.accession for fault in faults] == [
        f"A-{number}" for number in range(1, COUNT)
    ]


def test_a_picture_that_goes_while_it_is_looked_at_is_no_fault(
    session, folders, works, build
):
    lose(folders, works[3])

    def take_away(done, _total, step):
        if step == FEATURES and done == COUNT:
            remove_pictures(session, "A-3")

    assert build(take_away).faults == ()


def test_pictures_that_go_before_the_examination_do_not_fail_it(
    session, works, build, monkeypatch
):
    def examine_later(*arguments, **options):
        remove_pictures(session, "A-1")
        return validate(*arguments, **options)

    monkeypatch.setattr(building, "validate", examine_later)
    assert build().generation.examination["simulated_photos_named"] == 1.0


def test_webhooks_are_told_that_an_index_is_live(session, works, build):
    listen(session)
    name = build().generation.name
    expected = {
        "name": name,
        "works": COUNT,
        "pictures": COUNT,
        "path": "curate/index/",
    }
    assert told(session) == [("index.live", expected)]
