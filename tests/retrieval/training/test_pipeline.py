"""A whole training of a tiny museum, without and with fine-tuning."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.errors import TrainingError
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.model import Model
from app.retrieval.training.data.works import TrainingWork
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow

SCHOOLS = ("Northern", "Southern")
WORKS, WORKS_OF_A_CLASS = 28, 10
"""So many that both schools are classes, though some works are held out."""
BUNDLED_VOCABULARY = (
    Path(__file__).resolve().parents[3] / "models" / "default" / "vocabulary.npz"
)


@pytest.fixture(autouse=True)
def few_photos(monkeypatch):
    """Ask no more photos than a decision can be learnt from."""
    questions = "app.retrieval.training.components.questions"
    for name, count in {"PHOTOS": 24, "VERSIONS": 4, "BANNERS": 4}.items():
        monkeypatch.setattr(f"{questions}.{name}", count)


@pytest.fixture(autouse=True)
def small_classes(monkeypatch):
    """Take fewer works for a class: every one of them is looked at for a second."""
    from app.retrieval.training import pipeline
    from app.retrieval.training.data.works import catalogue_classes

    classes = partial(catalogue_classes, min_works=WORKS_OF_A_CLASS)
    monkeypatch.setattr(pipeline, "catalogue_classes", classes)


class QuietReporter:
    """Remembers what was said."""

    def __init__(self):
        self.said = []
        self.steps = []

    def say(self, text):
        self.said.append(text)

    def count(self, done, total, what):
        assert 1 <= done <= total, what

    def step(self, progress):
        self.steps.append(progress.step)


@pytest.fixture(scope="module")
def works(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    works = []
    for number in range(WORKS):
        path = folder / f"{number}.jpg"
        path.write_bytes(encode_jpeg(draw_picture(number)))
        label = {"school": SCHOOLS[number % 2], "artist": f"artist {number % 9}"}
        works.append(TrainingWork(f"W-{number}", path, label))
    return works


def plan_of(**changes):
    from app.retrieval.training.plan import TrainingPlan

    facts = {
        "name": "tiny",
        "backbone": "morelli",
        "layer": "stage4_conv3",
        "weights": "random",
        "classes": "catalogue",
        "dimension": 32,
        "side_px": 96,
    }
    return TrainingPlan(**{**facts, **changes})


def run(plan, works, folder, reporter=None):
    from app.retrieval.training.pipeline import train

    reporter = reporter or QuietReporter()
    manifest = train(plan, works, folder / "model", folder / "build", reporter)
    return manifest, reporter


def decide_nothing(monkeypatch):
    """Leave out the longest steps, where they do not matter."""
    from app.retrieval.training import pipeline
    from app.retrieval.training.learning import PARTS

    parts = {name: learn for name, learn in PARTS.items() if name == "style"}
    monkeypatch.setattr(pipeline, "PARTS", parts)


class StoppedError(Exception):
    """As if the program was killed here."""


def stop_at(monkeypatch, step):
    from app.retrieval.training import pipeline

    def stop(*_, **__):
        raise StoppedError

    monkeypatch.setattr(pipeline, step, stop)


def test_training_writes_a_model_that_opens_and_finds(works, tmp_path, monkeypatch):
    from app.retrieval.training.plan import FineTuning

    recipe = FineTuning(steps=3, pair_count=6, sides_px=((0.0, 48),))
    plan = plan_of(fine_tuning=recipe, generated=2)
    broken = TrainingWork("W-broken", works[0].image_path.with_name("nowhere.jpg"))
    manifest, reporter = run(plan, [*works, broken], tmp_path)

    assert reporter.steps == [1, 2, 3]
    assert any("W-broken is left out" in text for text in reporter.said)
    assert set(manifest.classes) == set(SCHOOLS)
    assert manifest.training["data"]["works"] == WORKS
    assert manifest.training["seed"] == 0
    model = Model.open(tmp_path / "model")
    assert model.semantic is not None
    assert (
        "semantic descriptor, held-out works, hard photos"
        in (manifest.training["figures"])
    )
    description = model.descriptor.describe(draw_picture(0))
    assert description.descriptor.shape == (32,)
    card = (tmp_path / "model" / "MODEL_CARD.md").read_text()
    assert "held-out works, hard photos: recall@1" in card

    second = QuietReporter()
    stop_at(monkeypatch, "choose_whitening")
    with pytest.raises(StoppedError):
        run(plan, [*works, broken], tmp_path, second)
    assert second.said[-1] == "Learning the whitening."
    assert not second.steps, "a finished fine-tuning is not done again"


def test_a_teacher_gives_the_classes_of_all_pictures(works, tmp_path, monkeypatch):
    from app.retrieval.runtime.keras import keras, layers
    from app.retrieval.training import pipeline
    from app.retrieval.training.network.teacher import Teacher
    from app.retrieval.training.plan import FineTuning

    pictures = keras.Input((8, 8, 3))
    colours = layers.GlobalAveragePooling2D()(pictures)
    outputs = {"probabilities": layers.Softmax()(colours), "colours": colours}
    network = keras.Model(pictures, outputs)
    teacher = Teacher("colours", network, 8, ("red", "green", "blue"))
    monkeypatch.setattr(pipeline, "TEACHERS", {"colours": lambda: teacher})
    monkeypatch.setattr(pipeline, "PARTS", {})
    unlabelled = tmp_path / "unlabelled.jpg"
    unlabelled.write_bytes(encode_jpeg(draw_picture(99)))
    plan = plan_of(
        teacher="colours",
        pictures=(unlabelled, tmp_path / "nowhere.jpg"),
        fine_tuning=FineTuning(steps=1, pair_count=4, sides_px=((0.0, 48),)),
        vocabulary_path=BUNDLED_VOCABULARY,
    )
    manifest, reporter = run(plan, works, tmp_path)
    assert manifest.classes == ("red", "green", "blue")
    assert manifest.training["data"]["unlabelled pictures"] == 1
    assert manifest.training["recipe"]["teacher"] == "colours"
    assert any("nowhere.jpg is left out" in text for text in reporter.said)

    # What was taught can be given to another training, and kept as it was.
    taught = tmp_path / "model" / "weights.npz"
    further = replace(plan, weights=str(taught), kept_share=1.0)
    (tmp_path / "again").mkdir()
    _, reporter = run(further, works, tmp_path / "again")
    assert any("those of the given weights" in text for text in reporter.said)
    with (
        np.load(taught) as before,
        np.load(tmp_path / "again/model/weights.npz") as now,
    ):
        for name in ("classes/kernel", "classes/bias", "stage4_conv3/kernel"):
            assert np.array_equal(before[name], now[name])


def test_a_silent_catalogue_gets_clusters(works, tmp_path, monkeypatch):
    decide_nothing(monkeypatch)
    silent = [TrainingWork(work.accession, work.image_path) for work in works]
    plan = plan_of(vocabulary_path=BUNDLED_VOCABULARY)
    manifest, reporter = run(plan, silent, tmp_path)
    assert manifest.classes[0] == "cluster 1"
    assert any("clusters" in text for text in reporter.said)


def test_a_failed_training_leaves_the_old_model(works, tmp_path):
    old = tmp_path / "model"
    old.mkdir()
    (old / "model.json").write_text("old")
    unreadable = [TrainingWork(w.accession, Path("nowhere.jpg")) for w in works]
    with pytest.raises(TrainingError, match="fewer than two"):
        run(plan_of(), unreadable, tmp_path)
    assert (old / "model.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name[0] == "."] == []
