"""Folded convolutions, against convolution and batch normalisation by definition."""

import numpy as np
import pytest

from app.retrieval.descriptors.folding import (
    EPSILON,
    fold_torch_state,
    is_torch_state,
)

SHAPES = {"stage1_conv1": (4, 3, 4, 4), "stage1_conv2": (5, 4, 3, 3)}
"""Output and input channels, height and width."""


@pytest.fixture
def state():
    """Two convolutions, the second behind a pooling layer, and a head."""
    rng = np.random.default_rng(0)
    arrays = {}
    for number, shape in zip((10, 2), reversed(SHAPES.values()), strict=True):
        arrays[f"body.{number}.0.weight"] = rng.normal(size=shape).astype(np.float16)
        for part in ("weight", "bias", "running_mean", "running_var"):
            values = rng.uniform(0.5, 2, shape[0])
            arrays[f"body.{number}.1.{part}"] = values.astype(np.float16)
    arrays["kernel"] = rng.normal(size=(5, 7)).astype(np.float16)
    return arrays


def test_a_folded_convolution_does_what_both_did(state):
    folded = fold_torch_state(state, list(SHAPES))
    patch = np.random.default_rng(1).normal(size=(4, 4, 3))
    kernel = state["body.2.0.weight"].astype(np.float32)
    raw = np.einsum("hwi,oihw->o", patch, kernel)
    scale, offset, mean, variance = (
        state[f"body.2.1.{part}"].astype(np.float32)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    expected = (raw - mean) / np.sqrt(variance + EPSILON) * scale + offset
    made = np.einsum("hwi,hwio->o", patch, folded["stage1_conv1/kernel"])
    assert made + folded["stage1_conv1/bias"] == pytest.approx(expected, rel=1e-4)


def test_layers_come_by_their_number_and_not_by_their_name(state):
    folded = fold_torch_state(state, list(SHAPES))
    assert folded["stage1_conv2/kernel"].shape == (3, 3, 4, 5)
    assert folded["classes/kernel"].shape == (5, 7)
    assert "descriptor/projection" not in folded


def test_our_own_files_are_no_torch_state(state):
    assert is_torch_state(state)
    assert not is_torch_state({"stage1_conv1/kernel": np.zeros(1)})
