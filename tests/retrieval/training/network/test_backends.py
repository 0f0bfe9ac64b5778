"""The same step of fine-tuning on every backend of Keras that is installed."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[4]
OTHERS = ("jax", "torch")
"""Backends beside TensorFlow, which only machines with an accelerator have."""


def take_steps(backend, path):
    """Take two steps in a process of its own: a process has one backend."""
    here = {"KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, str(path)]
    subprocess.run(command, env={**os.environ, **here}, check=True, timeout=300)
    with np.load(path) as arrays:
        return {name: arrays[name] for name in arrays.files}


@pytest.mark.parametrize("backend", OTHERS)
def test_another_backend_takes_the_same_steps(backend, tmp_path):
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    ours = take_steps("tensorflow", tmp_path / "ours.npz")
    theirs = take_steps(backend, tmp_path / "theirs.npz")
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        assert theirs[name] == pytest.approx(values, abs=1e-4), name


def two_steps(path):
    """Take two steps of a small network with a teacher; write down what they made."""
    from app.retrieval.descriptors.network import build_network
    from app.retrieval.files.arrays import save_arrays
    from app.retrieval.runtime.keras import keras, layers
    from app.retrieval.training.network.training_model import TrainingModel
    from app.retrieval.training.plan import FineTuning

    rng = np.random.default_rng(2)
    pictures = keras.Input((None, None, 3), name="pictures")
    maps = layers.Rescaling(1 / 127.5, -1)(pictures)
    maps = layers.Conv2D(12, 4, strides=2, padding="same", activation="relu")(maps)
    maps = layers.MaxPooling2D(2)(maps)
    maps = layers.Conv2D(16, 3, padding="same", activation="relu")(maps)
    backbone = keras.Model(pictures, [maps, maps])
    network = build_network(backbone, class_count=5, dimension=8, top_classes=3)
    model = TrainingModel(network, FineTuning(steps=2), 6, {"maps": 7})
    # Backends draw different numbers from the same seed.
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.2, variable.shape))
    model.compile(keras.optimizers.AdamW(1e-3, global_clipnorm=1.0), jit_compile=False)
    losses = []
    for remembers, rows in ((False, [4, 0, 2]), (True, [1, 2, 5])):
        targets = rng.dirichlet(np.ones(5), 6).astype(np.float32)
        taught = rng.normal(size=(6, 7)).astype(np.float32)
        answers = {
            "rows": np.array(rows, np.int32),
            "targets": targets,
            "remembers": np.array(remembers),
            "maps": taught / np.linalg.norm(taught, axis=1, keepdims=True),
        }
        batch = rng.integers(0, 256, (6, 32, 32, 3)).astype(np.float32)
        model.reset_metrics()
        said = model.train_on_batch(batch, answers, return_dict=True)
        losses += [float(said[name]) for name in sorted(said)]
    arrays = {
        f"{number:02}": np.asarray(keras.ops.convert_to_numpy(variable))
        for number, variable in enumerate([*model.trainable_variables, model.memory])
    }
    save_arrays(Path(path), losses=np.array(losses), **arrays)


if __name__ == "__main__":
    two_steps(sys.argv[1])
