from pathlib import Path

import numpy as np
import pytest

from app.retrieval.images.codec import encode_jpeg
from app.retrieval.training.data.pictures import PictureBank
from app.retrieval.training.data.works import TrainingWork
from tests.support.pictures import artwork

WORKS = 6


@pytest.fixture(scope="module")
def questions():
    """Not at the top: every process that collects tests would import TensorFlow."""
    from app.retrieval.training.components import questions

    return questions


def samples_of(folder: Path, held_out):
    from app.retrieval.training.samples import Samples

    works = []
    for number in range(WORKS):
        path = folder / f"{number}.jpg"
        path.write_bytes(encode_jpeg(artwork(number, size=(120, 160))))
        works.append(TrainingWork(f"work-{number}", path))
    bank = PictureBank.pack([artwork(0, size=(40, 60))], folder)
    out = np.array(held_out, np.int64)
    return Samples(tuple(works), bank, out, np.setdiff1d(np.arange(WORKS), out))


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    return samples_of(tmp_path_factory.mktemp("works"), range(WORKS))


@pytest.fixture
def few(questions, monkeypatch):
    for name, count in (("PHOTOS", 3), ("VERSIONS", 4), ("BANNERS", 5)):
        monkeypatch.setattr(questions, name, count)


@pytest.mark.usefixtures("few")
def test_works_versions_and_banners_are_asked_about(questions, samples):
    asked = list(questions.QuestionSet(samples, seed=0))
    assert len(asked) == len(questions.QuestionSet(samples, seed=0)) == 12
    works, versions, banners = asked[:3], asked[3:7], asked[7:]
    assert [question.shown for question in works] == [
        {"work-0"},
        {"work-1"},
        {"work-2"},
    ]
    assert {question.shown for question in versions} == {frozenset()}
    assert [question.version_of for question in versions] == [
        f"work-{i}" for i in range(4)
    ]
    assert {question.version_of for question in (*works, *banners)} == {""}
    assert [question.shown for question in banners] == [{f"work-{i}"} for i in range(5)]


@pytest.mark.usefixtures("few")
def test_the_same_seed_gives_the_same_photos(questions, samples):
    for one, other in zip(
        questions.QuestionSet(samples, seed=3),
        questions.QuestionSet(samples, seed=3),
        strict=True,
    ):
        assert np.array_equal(one.image, other.image)


@pytest.mark.usefixtures("few")
def test_each_banner_is_on_another_reference_image(questions, samples, monkeypatch):
    put = []

    def add_banner(picture, banner, rng):
        put.append((banner, rng.bit_generator.state, picture.shape))
        return picture

    monkeypatch.setattr(questions, "add_banner", add_banner)
    references = list(
        questions.banner_references(questions.photographed_works(samples), 0)
    )
    assert [name for name, _ in references] == [f"banner {i}" for i in range(5)]
    assert len(list(questions.QuestionSet(samples, seed=0))) == 12
    on_references, on_works = put[:5], put[5:]
    assert len(on_works) == 5
    for reference, work in zip(on_references, on_works, strict=True):
        assert reference[:2] == work[:2], "the same banner, whatever the picture"
        assert reference[2] != work[2]


@pytest.mark.usefixtures("few")
def test_real_photos_of_works_in_the_round_are_asked_too(questions, samples):
    from app.retrieval.training.plan import RoundPhotos

    path = samples.works[0].image_path
    photos = RoundPhotos((), ((path, frozenset({"bust"})), (path, frozenset())))
    bust, stranger = list(questions.QuestionSet(samples, 0, photos))[-2:]
    assert (bust.shown, bust.group) == (frozenset({"bust"}), "bust")
    assert (stranger.shown, stranger.group) == (frozenset(), "0.jpg")
    assert bust.image.shape == (120, 160, 3)


def test_with_few_works_held_out_all_are_photographed(questions, tmp_path):
    assert len(questions.photographed_works(samples_of(tmp_path, [1]))) == WORKS
