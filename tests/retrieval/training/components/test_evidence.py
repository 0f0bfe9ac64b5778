import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.search.engine import Engine
from app.retrieval.settings import LocalSettings
from app.retrieval.training.components.evidence import Question, gather_samples
from app.retrieval.types import GalleryItem
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph


@pytest.fixture(scope="module")
def engine():
    """Ten works, and a copy of number 4."""
    copy = fake_model().reference_features(draw_picture(4), LocalSettings())
    pairs = [*fake_collection(10), (GalleryItem("image-copy", "copy"), copy)]
    return Engine(fake_model(), Gallery.build(pairs, fake_model().vocabulary))


def gather(engine, *numbers, progress=None):
    questions = [
        Question(photograph(draw_picture(n)), frozenset({f"work-{n}"}), f"work-{n}")
        for n in numbers
    ]
    samples = gather_samples(engine, questions, progress)
    return [[s for s in samples if s.is_right is side] for side in (True, False)]


def test_right_works_have_more_evidence_than_the_best_wrong_ones(engine):
    right, wrong = gather(engine, 1, 2, 3)
    assert len(right) == 3
    assert {sample.group for sample in wrong} <= {"work-1", "work-2", "work-3"}
    least = min(sample.evidence.inlier_count for sample in right)
    most = max(sample.evidence.inlier_count for sample in wrong)
    assert least > 2 * most


def test_a_photo_asked_twice_is_two_questions(engine):
    right, wrong = gather(engine, 1, 2)
    assert [sample.photo for sample in right] == [0, 2]
    assert {sample.photo for sample in wrong} <= {1, 3}


def test_a_copy_of_the_right_work_is_no_example_of_a_mistake(engine):
    right, wrong = gather(engine, 4)
    assert len(right) == 1
    assert max((s.evidence.inlier_count for s in wrong), default=0) < 20


def test_a_photo_of_nothing_that_is_here_gives_wrong_candidates_only(engine):
    photo = photograph(draw_picture(77))
    samples = gather_samples(engine, [Question(photo, frozenset(), "street")])
    assert samples
    assert not any(sample.is_right for sample in samples)


def test_a_version_of_a_work_is_marked_as_one(engine):
    photo = photograph(draw_picture(1))
    asked = Question(photo, frozenset(), "work-1", version_of="work-1")
    [version] = [s for s in gather_samples(engine, [asked]) if s.is_version]
    assert version.evidence.inlier_count > 20
    plain = Question(photo, frozenset(), "work-1")
    assert not any(sample.is_version for sample in gather_samples(engine, [plain]))


def test_progress_is_told(engine):
    steps: list[int] = []
    gather(engine, 1, 2, progress=steps.append)
    assert steps == [1, 2]
