from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.generations import trial
from app.retrieval.generations.calibration import Calibration
from app.retrieval.generations.proportion import Proportion
from app.retrieval.generations.trial import COUNTS, proportions, try_hard_photos
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
    table = Calibration.read(figures)
    assert table is not None
    found = round(COUNT * figures["hard_photos_found"])
    assert sum(one.right.count for one in table.bins) >= found
    assert table.bin_of(1.0).right.count >= found // 2


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
    # One is right by luck, of all photos of works, of none, and of versions; and one
    # version is of the work that is always named.
    table = Calibration.read(figures)
    assert table is not None
    one = table.bin_of(0.995)
    assert (one.right, one.versions) == (Proportion(1, 3 * COUNT), 1)


class Doubtful(Credulous):
    """Sees that another work fits as well."""

    def identify(self, photo, *, excluded_works=()):
        answer = super().identify(photo, excluded_works=excluded_works)
        return replace(answer, verdict=Verdict.UNCERTAIN)


def test_answers_that_state_no_certainty_are_not_counted(engine, monkeypatch):
    monkeypatch.setattr(trial, "FEWEST_WORKS", COUNT)
    figures = figures_of(Doubtful(engine.gallery))
    assert figures["hard_photos_proposed"] > 0
    assert Calibration.read(figures) == Calibration.of([])


def test_shares_of_the_trial_have_their_totals():
    figures = {"hard_photos_asked": 40, "hard_photos_found": 0.975, "unit_length": 1.0}
    assert proportions(figures) == {"hard_photos_found": Proportion(39, 40)}
    assert proportions({"versions_found": 0.5}) == {}


def test_all_figures_are_shares_or_counts(engine, monkeypatch):
    monkeypatch.setattr(trial, "FEWEST_WORKS", COUNT)
    figures = figures_of(Credulous(engine.gallery))
    assert figures.keys() == COUNTS | proportions(figures).keys()


def test_pictures_that_are_gone_are_not_asked(engine, monkeypatch):
    monkeypatch.setattr(trial, "FEWEST_WORKS", COUNT)
    assert figures_of(engine, lambda _: None) == {}
