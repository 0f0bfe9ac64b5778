from dataclasses import replace

import pytest

from app.retrieval.errors import (
    EmptyGalleryError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import Examination
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.model import Model
from app.services.index.searcher import PublishedEngine
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
        fake_collection(count), fake_model(), examine=lambda _: Examination({}, ())
    )


def test_nothing_published_is_said_before_a_model_is_needed(tmp_path):
    engine = PublishedEngine(tmp_path / "no model", tmp_path)
    assert engine.current_name() is None
    with pytest.raises(EmptyGalleryError):
        engine.open()


def test_a_published_generation_answers_photos(tmp_path, opened):
    generation = publish(tmp_path, 3)
    engine = PublishedEngine(tmp_path, tmp_path)
    searcher = engine.open()
    assert searcher.generation == engine.current_name() == generation.name
    assert searcher.work_ids == {"work-0", "work-1", "work-2"}
    answer = searcher.answer(
        PreparedPhoto(photograph(draw_picture(1))), excluded_works=()
    )
    assert answer.matches[0].item.work_id == "work-1"
    assert searcher.verdict(answer.probability) is answer.verdict
    similar = searcher.similar_to("image-1", excluded_works={"work-0"})
    assert [work.item.work_id for work in similar] == ["work-2"]


def test_the_model_stays_open_from_one_generation_to_the_next(tmp_path, opened):
    engine = PublishedEngine(tmp_path, tmp_path)
    publish(tmp_path, 2)
    engine.open()
    newer = publish(tmp_path, 3)
    assert engine.open().generation == newer.name
    assert len(opened) == 1


def test_a_generation_of_another_model_is_refused(tmp_path, monkeypatch):
    publish(tmp_path, 2)
    other = replace(fake_model(), model_id="other")
    monkeypatch.setattr(Model, "open", lambda path, *, threads: other)
    with pytest.raises(IncompatibleArtefactError):
        PublishedEngine(tmp_path, tmp_path).open()


def test_a_missing_model_is_named(tmp_path):
    publish(tmp_path, 2)
    with pytest.raises(MissingArtefactError):
        PublishedEngine(tmp_path / "no model", tmp_path).open()
