import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.generations import trial
from app.retrieval.generations.trial import try_hard_photos
from app.retrieval.search.answers import Answer, Match
from app.retrieval.search.engine import Engine
from app.retrieval.verification.evidence import Verdict
from tests.support.fakes import (
    NO_MATCHES,
    draw_picture,
    fake_collection,
    fake_model,
)

COUNT = 8


@pytest.fixture(scope="module")
def engine():
    return Engine(
        fake_model(), Gallery.build(fake_collection(COUNT), fake_model().vocabulary)
    )


def picture_of(image_id):
    return draw_picture(int(image_id.removeprefix("image-")))


def figures_of(engine, picture_of=picture_of):
    rng = np.random.default_rng(0)
    return try_hard_photos(engine, list(range(COUNT)), picture_of, rng)


def test_a_small_collection_is_not_tried(engine):
    assert figures_of(engine) == {}


def test_most_hard_photos_are_found_and_none_without_its_work(engine, monkeypatch):
    monkeypatch.setattr(trial, "FEWEST_WORKS", COUNT)
    figures = figures_of(engine)
    assert figures["hard_photos_asked"] == figures["versions_asked"] == COUNT
    assert figures["hard_photos_found"] >= 0.5
    assert figures["hard_photos_proposed"] >= figures["hard_photos_found"]
    assert figures["hard_photos_wrong"] == 0
    assert figures["versions_found"] < 1


class Credulous:
    """Finds in every photo the first work that is not left out."""

    def __init__(self, gallery):
        self.gallery = gallery

    def identify(self, photo, *, excluded_works=()):
        item = next(i for i in self.gallery.items if i.work_id not in excluded_works)
        none = np.zeros((0, 4), np.float32)
        match = Match(
            *(0, item, NO_MATCHES, None, none, 0.0),
            probability=0.995,
            verdict=Verdict.FOUND,
        )
        return Answer(Verdict.FOUND, (match,), (), None)


def test_what_believes_everything_is_told_of(engine, monkeypatch):
    monkeypatch.setattr(trial, "FEWEST_WORKS", COUNT)
    figures = figures_of(Credulous(engine.gallery))
    assert figures["hard_photos_found"] == 1 / COUNT
    assert figures["hard_photos_wrong"] == figures["versions_found"] == 1


def test_pictures_that_are_gone_are_not_asked(engine, monkeypatch):
    monkeypatch.setattr(trial, "FEWEST_WORKS", COUNT)
    assert figures_of(engine, lambda _: None) == {}
