import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.search.engine import Engine
from app.retrieval.settings import LocalSettings
from app.retrieval.training.components.evidence import gather_evidence
from app.retrieval.types import GalleryItem
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph


@pytest.fixture(scope="module")
def engine():
    """Ten works, and a copy of number 4."""
    copy = fake_model().reference_features(draw_picture(4), LocalSettings())
    pairs = [*fake_collection(10), (GalleryItem("image-copy", "copy"), copy)]
    return Engine(fake_model(), Gallery.build(pairs, fake_model().vocabulary))


def gather(engine, *numbers):
    photos = [(f"work-{n}", photograph(draw_picture(n))) for n in numbers]
    return gather_evidence(engine, photos)


def test_right_works_have_more_evidence_than_the_best_wrong_ones(engine):
    positives, negatives = gather(engine, 1, 2, 3)
    assert len(positives) == len(negatives) == 3
    least = min(sample.inlier_count for sample in positives)
    most = max(sample.inlier_count for sample in negatives)
    assert least > 2 * most


def test_a_copy_of_the_right_work_is_no_example_of_a_mistake(engine):
    positives, negatives = gather(engine, 4)
    assert not negatives
    assert len(positives) == 1


def test_a_work_that_is_not_in_the_gallery_gives_a_negative_only(engine):
    positives, negatives = gather(engine, 77)
    assert not positives
    assert len(negatives) == 1


def test_progress_is_told(engine):
    steps: list[tuple[int, int]] = []
    photos = [("work-1", draw_picture(1)), ("work-2", draw_picture(2))]
    gather_evidence(engine, photos, lambda *step: steps.append(step))
    assert steps == [(1, 2), (2, 2)]
