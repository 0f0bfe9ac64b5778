import numpy as np

from bench.scale import PARENTS
from bench.vectors import invent


def test_invented_descriptors_are_as_near_to_real_ones_as_works_are():
    real = np.eye(200, 256, dtype=np.float16)
    rows = invent(real, 1000, np.random.default_rng(1))
    assert rows.dtype == np.float16
    assert rows.shape == (1000, 256)
    np.testing.assert_array_equal(rows[:200], real)
    single = rows.astype(np.float32)
    np.testing.assert_allclose(np.linalg.norm(single, axis=1), 1, atol=2e-3)
    likeness = single[200:] @ real.T.astype(np.float32)
    # The few that have a parent twice are nearer to it.
    assert np.median(likeness.max(axis=1)) == np.float32(1 / np.sqrt(PARENTS))


def test_fewer_than_there_are_are_the_first():
    real = np.eye(5, 8, dtype=np.float16)
    rows = invent(real, 2, np.random.default_rng(1))
    np.testing.assert_array_equal(rows, real[:2])
