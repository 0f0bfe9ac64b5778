import numpy as np
import pytest

from app.retrieval.settings import LocalSettings
from bench.scale import NEARNESS, Inventor
from tests.support.fakes import draw_picture, fake_model


@pytest.fixture(scope="module")
def real():
    model = fake_model()
    return [
        model.reference_features(draw_picture(seed), LocalSettings())
        for seed in range(4)
    ]


def test_invented_works_are_like_real_ones_but_all_different(real):
    inventor = Inventor(real, np.random.default_rng(5))
    invented = [inventor.invent() for _ in range(40)]
    descriptors = np.stack([one.descriptor for one in invented])
    assert np.allclose(np.linalg.norm(descriptors, axis=1), 1, atol=1e-5)
    likeness = descriptors @ np.stack([one.descriptor for one in real]).T
    assert likeness.max(axis=1).mean() == pytest.approx(NEARNESS, abs=0.15)
    local = invented[0].local_features
    lengths = np.linalg.norm(local.descriptors.astype(float), axis=1)
    assert np.median(lengths) == pytest.approx(512, rel=0.05)
    assert len(np.unique(local.descriptors, axis=0)) == len(local)


def test_the_same_seed_invents_the_same(real):
    first, second = (Inventor(real, np.random.default_rng(1)).invent() for _ in "ab")
    assert np.array_equal(first.descriptor, second.descriptor)
    assert np.array_equal(
        first.local_features.descriptors, second.local_features.descriptors
    )
