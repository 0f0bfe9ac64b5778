import numpy as np
import pytest

from app.retrieval.engine import Engine
from app.retrieval.evaluation import LabelledPhoto
from app.retrieval.gallery import Gallery
from app.retrieval.settings import LocalSettings
from app.retrieval.training.evidence import collect_samples
from app.retrieval.types import GalleryItem
from tests.fakes import draw_picture, fake_collection, fake_model, photograph


@pytest.fixture(scope="module")
def engine():
    """Ten works, and a copy of number 4."""
    copy = fake_model().reference_features(draw_picture(4), LocalSettings())
    pairs = [*fake_collection(10), (GalleryItem("image-copy", "copy"), copy)]
    return Engine(fake_model(), Gallery.build(pairs, fake_model().vocabulary))


def photo(number, *works):
    image = photograph(draw_picture(number))
    return LabelledPhoto(str(number), image, frozenset(works), "wall")


def test_right_works_have_more_evidence_than_the_best_wrong_ones(engine):
    samples = collect_samples([photo(n, f"work-{n}") for n in (1, 2, 3)], engine)
    assert len(samples.positives) == len(samples.negatives) == 3
    least = min(evidence.inlier_count for evidence in samples.positives)
    most = max(evidence.inlier_count for evidence in samples.negatives)
    assert least > 2 * most


def test_a_copy_of_the_right_work_is_no_example_of_a_mistake(engine):
    samples = collect_samples([photo(4, "work-4")], engine)
    assert samples.copies == 1
    assert samples.negatives == []
    assert len(samples.positives) == 1


def test_a_photo_of_something_else_is_an_example_of_a_mistake(engine):
    samples = collect_samples([photo(77)], engine)
    assert samples.positives == []
    assert len(samples.negatives) == 1


def test_a_work_that_was_never_looked_at_is_counted(engine):
    blank = np.full((200, 200, 3), 128, np.uint8)
    lost = LabelledPhoto("blank", blank, frozenset({"no such work"}), "wall")
    samples = collect_samples([lost], engine)
    assert samples.unseen == 1
    assert samples.positives == []
