from dataclasses import replace

import pytest

from app.models import Artwork, LivePointer, now
from app.retrieval.errors import (
    EmptyGalleryError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import Validation
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.retrieval.verification.decision import Thresholds
from app.services.index import thresholds
from app.services.index.changes import announce
from app.services.index.opening import LivePublication, open_as_served, open_searcher
from app.services.media.published import Kind
from app.services.system.tasks import NotHereYetError
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph


@pytest.fixture
def opened(monkeypatch):
    """The models that were opened: fakes instead of files."""
    models = []

    def open_model(path, *, threads):
        models.append(path)
        return fake_model()

    monkeypatch.setattr(Model, "open", open_model)
    return models


def publish(folder, count):
    return Store(folder).build(
        fake_collection(count), fake_model(), examine=lambda _: Validation({}, ())
    )


def test_nothing_published_is_said_before_a_model_is_needed(tmp_path):
    publication = LivePublication(tmp_path / "no model", tmp_path)
    assert publication.current_name() is None
    with pytest.raises(EmptyGalleryError):
        publication.open()


def test_a_published_generation_answers_photos(tmp_path, opened):
    generation = publish(tmp_path, 3)
    publication = LivePublication(tmp_path, tmp_path)
    searcher = publication.open()
    assert searcher.generation == publication.current_name() == generation.name
    assert searcher.work_ids == {"work-0", "work-1", "work-2"}
    answer = searcher.answer(
        PreparedPhoto(photograph(draw_picture(1))), excluded_works=()
    )
    assert answer.matches[0].item.work_id == "work-1"
    assert answer.matches[0].verdict is answer.verdict
    similar = searcher.similar_to("image-1", excluded_works={"work-0"})
    assert [work.item.work_id for work in similar] == ["work-2"]


def test_the_model_stays_open_from_one_generation_to_the_next(tmp_path, opened):
    publication = LivePublication(tmp_path, tmp_path)
    publish(tmp_path, 2)
    publication.open()
    newer = publish(tmp_path, 3)
    assert publication.open().generation == newer.name
    assert len(opened) == 1


def test_a_generation_of_another_model_is_refused(tmp_path, monkeypatch):
    publish(tmp_path, 2)
    other = replace(fake_model(), model_id="other")
    monkeypatch.setattr(Model, "open", lambda path, *, threads: other)
    with pytest.raises(IncompatibleArtefactError):
        open_searcher(tmp_path, tmp_path)


def test_a_missing_model_is_named(tmp_path):
    publish(tmp_path, 2)
    with pytest.raises(MissingArtefactError):
        open_searcher(tmp_path / "no model", tmp_path)


def test_what_visitors_search_has_their_thresholds(session, tmp_path, opened):
    publish(tmp_path, 2)
    wanted = Thresholds(0.97, 0.5)
    before = open_as_served(session, tmp_path, tmp_path).thresholds
    assert before != wanted
    thresholds.store(session, wanted, "fake", before=before, user=None)
    assert open_as_served(session, tmp_path, tmp_path).thresholds == wanted
    assert open_searcher(tmp_path, tmp_path).thresholds == before


def test_an_index_that_another_server_built_is_waited_for(session, tmp_path, opened):
    with pytest.raises(EmptyGalleryError):
        open_as_served(session, tmp_path, tmp_path)
    session.add(LivePointer(kind=Kind.INDEX, name="on its way"))
    session.commit()
    with pytest.raises(NotHereYetError):
        open_as_served(session, tmp_path, tmp_path)
    publish(tmp_path, 1)  # an older one is better than none
    assert open_as_served(session, tmp_path, tmp_path).work_ids == {"work-0"}


def test_what_visitors_search_is_without_works_that_were_withdrawn(
    session, tmp_path, opened
):
    publish(tmp_path, 2)
    gone = Artwork(accession="work-1", withdrawn_at=now())
    session.add(gone)
    announce(session, [gone])
    session.commit()
    searcher = open_as_served(session, tmp_path, tmp_path)
    assert searcher.work_ids == {"work-0"}
    assert open_searcher(tmp_path, tmp_path).work_ids == {"work-0", "work-1"}


def test_works_that_the_database_does_not_show_are_absent(session, tmp_path, opened):
    """Also those whose withdrawal the searcher was not told of."""
    publish(tmp_path, 3)
    session.add_all(
        [Artwork(accession="work-0"), Artwork(accession="work-1", withdrawn_at=now())]
    )
    session.commit()
    searcher = open_searcher(tmp_path, tmp_path)
    assert searcher.absent_works(session) == {"work-1", "work-2"}
