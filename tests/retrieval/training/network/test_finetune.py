from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.retrieval.errors import TrainingError
from app.retrieval.training.data.pictures import PictureBank
from app.retrieval.training.data.works import TrainingWork
from tests.support.fakes import draw_picture

pytestmark = pytest.mark.slow

WORKS = 12
ONE_SIDE = ((0.0, 32),)
"""All the way: for every side, and every tuner, TensorFlow makes a graph anew."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bank")
    return PictureBank.pack([draw_picture(n) for n in range(WORKS)], folder)


def small_backbone(*, is_normalised=True):
    """One layer of each kind that a backbone has: a tenth of the time of a real one.

    Batch normalisation needs hundreds of steps until it can do without the batch.
    """
    from app.retrieval.runtime.keras import keras, layers

    keras.utils.set_random_seed(1)
    pictures = keras.Input((None, None, 3), name="pictures")
    maps = layers.Rescaling(1 / 127.5, -1)(pictures)
    maps = layers.Conv2D(32, 8, strides=8, padding="same", use_bias=False)(maps)
    if is_normalised:
        maps = layers.BatchNormalization()(maps)
    maps = layers.ReLU()(maps)
    return keras.Model(pictures, [maps, maps])


def tuner_of(bank, folder, steps, *, teaching=None, **recipe):
    from app.retrieval.descriptors.network import build_network
    from app.retrieval.training.network.finetune import FineTuner
    from app.retrieval.training.plan import FineTuning, TrainingPlan
    from app.retrieval.training.samples import Samples

    backbone = small_backbone(is_normalised=teaching is None)
    network = build_network(backbone, class_count=4, dimension=16)
    for name in ("classes", "descriptor"):
        layer = network.get_layer(name)
        rng = np.random.default_rng(5)
        layer.set_weights([rng.normal(0, 0.1, w.shape) for w in layer.get_weights()])
    held_out = np.array([1, 7])
    recipe = {"pair_count": 5, "sides_px": ((0.0, 32), (0.5, 48)), **recipe}
    plan = TrainingPlan(
        name="tiny",
        backbone="morelli",
        layer="stage4_conv3",
        weights="random",
        classes="catalogue",
        dimension=16,
        side_px=64,
        fine_tuning=FineTuning(steps=steps, **recipe),
        seed=3,
    )
    works = tuple(TrainingWork(str(n), Path("unread.jpg")) for n in range(WORKS))
    trained_on = np.setdiff1d(np.arange(WORKS), held_out)
    samples = Samples(works, bank, held_out, trained_on)
    targets = np.eye(4, dtype=np.float32)[np.arange(WORKS - 2) % 4]
    if teaching is None:
        return FineTuner(network, plan, samples, targets, folder)
    targets = teaching.probabilities[trained_on]
    taught = {name: each[trained_on] for name, each in teaching.features.items()}
    return FineTuner(network, plan, samples, targets, folder, taught)


def test_training_reports_losses_and_recalls_and_ends(bank, tmp_path):
    reports: list[Any] = []
    tuner = tuner_of(bank, tmp_path, 6)
    tuner.run(reports.append)
    assert [report.step for report in reports] == [1, 2, 3, 4, 5, 6]
    assert [report.side_px for report in reports] == [32, 32, 32, 48, 48, 48]
    assert reports[-1].share == 1
    assert set(reports[-1].recalls) == {"recall@1", "recall@10", "recall@100"}
    assert tuner.history[-1]["step"] == 6


def test_stopped_and_resumed_is_as_good_as_never_stopped(bank, tmp_path, monkeypatch):
    from app.retrieval.training.network import finetune

    monkeypatch.setattr(finetune, "ASSESSMENT_STEPS", 3)
    whole = tuner_of(bank, tmp_path / "whole", 6, sides_px=ONE_SIDE)
    whole.run(lambda _: None)

    class PowerCutError(Exception):
        pass

    def fail_at_five(progress):
        if progress.step == 5:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        tuner_of(bank, tmp_path / "cut", 6, sides_px=ONE_SIDE).run(fail_at_five)
    resumed = tuner_of(bank, tmp_path / "cut", 6, sides_px=ONE_SIDE)
    steps = []
    resumed.run(lambda progress: steps.append(progress.step))
    assert steps == [4, 5, 6]
    for again, before in zip(
        resumed.network.get_weights(), whole.network.get_weights(), strict=True
    ):
        assert again == pytest.approx(before, abs=2e-3)


def test_weights_in_between_have_their_share_of_both():
    from app.retrieval.training.network.finetune import interpolate

    before, after = np.zeros((2, 3), np.float32), np.full((2, 3), 8, np.float32)
    (weights,) = interpolate([before], [after], 0.75)
    assert weights == pytest.approx(np.full((2, 3), 2))


def test_minutes_limit_a_training_over_all_its_runs(bank, tmp_path):
    limited = {"minutes": 0.01, "sides_px": ONE_SIDE}
    tuner_of(bank, tmp_path, 1000, **limited).run(lambda _: None)
    again = tuner_of(bank, tmp_path, 1000, **limited)
    reports: list[Any] = []
    again.run(reports.append)
    assert not reports
    assert again.step < 1000


def test_a_loss_that_is_no_number_ends_the_training(bank, tmp_path):
    tuner = tuner_of(bank, tmp_path, 3, sides_px=ONE_SIDE)
    kernel = tuner.network.get_layer("classes").kernel
    kernel.assign(np.full(kernel.shape, np.nan))
    with pytest.raises(TrainingError, match="learning rate"):
        tuner.run(lambda _: None)
