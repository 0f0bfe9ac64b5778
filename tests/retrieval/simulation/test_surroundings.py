"""Walls and frames."""

import numpy as np
import pytest

from app.retrieval.simulation.surroundings import hang

WORK = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)


@pytest.mark.parametrize("seed", range(12))
def test_work_hangs_untouched_at_its_place(seed):
    scene = hang(WORK, (50, 40, 60, 70), 1.0, np.random.default_rng(seed))
    assert scene.shape == (90 + 110, 120 + 110, 3)
    assert np.array_equal(scene[40:130, 50:170], WORK)


def test_walls_differ():
    scenes = [
        hang(WORK, (50, 40, 60, 70), 1.0, np.random.default_rng(seed))
        for seed in range(12)
    ]
    corners = {tuple(scene[0, 0]) for scene in scenes}
    assert len(corners) == 12


def test_no_margin_no_wall():
    scene = hang(WORK, (0, 0, 0, 0), 1.0, np.random.default_rng(0))
    assert np.array_equal(scene, WORK)
