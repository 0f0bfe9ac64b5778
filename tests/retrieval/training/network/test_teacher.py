"""A teacher of colours, and a small network that is taught by it."""

import numpy as np
import pytest

from app.retrieval.errors import WeightsUnavailableError
from app.retrieval.training.data.pictures import PictureBank
from tests.retrieval.training.network.test_finetune import tuner_of
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow

WORKS = 12
CLASSES = ("warm", "cold", "bright", "dark")


class Reporter:
    """Counts what is asked."""

    def __init__(self):
        self.counted = []

    def say(self, text):
        raise AssertionError(text)

    def count(self, done, total, what):
        self.counted.append((done, total, what))

    def step(self, progress):
        raise AssertionError(progress)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bank")
    return PictureBank.pack([draw_picture(n) for n in range(WORKS)], folder)


@pytest.fixture(scope="module")
def teacher():
    """Know the classes of a picture by its mean colour."""
    from app.retrieval.runtime.keras import keras, layers
    from app.retrieval.training.network.teacher import Teacher

    pictures = keras.Input((16, 16, 3))
    colours = layers.GlobalAveragePooling2D()(pictures)
    judged = layers.Dense(len(CLASSES), activation="softmax", name="judged")
    outputs = {"probabilities": judged(colours), "colours": colours}
    network = keras.Model(pictures, outputs)
    warm_and_light = np.array([[1, -1, 1, -1], [0, 0, 1, -1], [-1, 1, 1, -1]])
    bias = np.array([0, 0, -360, 360])
    network.get_layer("judged").set_weights([0.05 * warm_and_light, 0.05 * bias])
    return Teacher("colours", network, 16, CLASSES)


@pytest.fixture(scope="module")
def teaching(teacher, bank, tmp_path_factory):
    from app.retrieval.training.network.teacher import ask_teacher

    pictures = [bank[n] for n in range(WORKS)]
    return ask_teacher(teacher, pictures, tmp_path_factory.mktemp("said"), Reporter())


def train(bank, folder, teaching, *, is_taught):
    """Fine-tune, with the teacher or by the pairs alone."""
    from app.retrieval.training.plan import TrainingProgress

    weights = {
        name: weight if is_taught else 0.0
        for name, weight in {
            "label_weight": 1.0,
            "feature_weight": 1.0,
            "relation_weight": 20.0,
        }.items()
    }
    recipe = {"sides_px": ((0.0, 32),), "learning_rate": 3e-2, **weights}
    tuner = tuner_of(bank, folder, 40, teaching=teaching, **recipe)
    before = losses_of(tuner, teaching)
    reports: list[TrainingProgress] = []
    tuner.run(reports.append)
    return tuner, before, losses_of(tuner, teaching), reports


def losses_of(tuner, teaching):
    """Distance from what the teacher says of all pictures, held-out ones too."""
    from app.retrieval.images.letterbox import frame
    from app.retrieval.runtime.keras import keras
    from app.retrieval.training.network.losses import relation_loss, soft_label_loss

    network = tuner.network
    square = [frame(p, (32, 32)).image for p in tuner.samples.gallery]
    classes = network.get_layer("classes").output[0]
    asked = keras.Model(network.input, [classes, network.output["descriptor"]])
    logits, descriptors = asked(np.stack(square).astype(np.float32))
    agrees = np.asarray(logits).argmax(axis=1) == teaching.probabilities.argmax(axis=1)
    return {
        "labels": float(soft_label_loss(logits, teaching.probabilities)),
        "relations": float(relation_loss(descriptors, teaching.features["colours"])),
        "agreement": float(agrees.mean()),
    }


def test_a_taught_network_agrees_with_its_teacher(bank, teaching, tmp_path):
    taught, before, after, reports = train(
        bank, tmp_path / "taught", teaching, is_taught=True
    )
    assert set(reports[-1].losses) == {"pairs", "classes", "features", "relations"}
    assert after["labels"] < 0.7 * before["labels"]
    assert after["agreement"] > before["agreement"] + 0.2

    _, _, alone, _ = train(bank, tmp_path / "alone", teaching, is_taught=False)
    assert after["labels"] < 0.8 * alone["labels"]
    assert after["relations"] < 0.8 * alone["relations"]

    again, _, _, _ = train(bank, tmp_path / "again", teaching, is_taught=True)
    pairs = zip(again.network.get_weights(), taught.network.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def test_what_a_teacher_said_is_not_asked_again(teacher, bank, tmp_path):
    from app.retrieval.training.network.teacher import ask_teacher

    pictures, reporter = [bank[n] for n in range(WORKS)], Reporter()
    first = ask_teacher(teacher, pictures, tmp_path, reporter)
    assert reporter.counted == [(WORKS, WORKS, "Asking the teacher")]
    assert first.classes == CLASSES
    assert first.probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    lengths = np.linalg.norm(first.features["colours"], axis=1)
    assert lengths == pytest.approx(1, abs=1e-5)

    second = ask_teacher(teacher, pictures, tmp_path, reporter)
    assert len(reporter.counted) == 1
    assert np.array_equal(first.probabilities, second.probabilities)
    assert np.array_equal(first.features["colours"], second.features["colours"])


def test_the_published_teacher_knows_a_thousand_classes(bank, tmp_path):
    from app.retrieval.training.network.teacher import TEACHERS, ask_teacher

    teacher = TEACHERS["efficientnet-lite2"]()
    teaching = ask_teacher(teacher, [bank[0], bank[1]], tmp_path, Reporter())
    assert teaching.probabilities.shape == (2, 1000)
    assert teaching.classes[:2] == ("tench", "goldfish")
    shapes = {name: each.shape for name, each in teaching.features.items()}
    assert shapes == {"maps": (2, 1280), "texture": (2, 120)}


def test_a_teacher_without_its_weights_is_an_error_with_a_remedy(monkeypatch):
    from app.retrieval.training.network import efficientnet_lite
    from app.retrieval.training.network.teacher import TEACHERS

    monkeypatch.setattr(efficientnet_lite, "WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(WeightsUnavailableError, match="requirements"):
        TEACHERS["efficientnet-lite2"]()
