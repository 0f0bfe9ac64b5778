import numpy as np
import pytest

from app.retrieval.settings import LocalSettings
from app.retrieval.types import CodedFeatures
from bench.scale import Inventor
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
    assert np.allclose(np.linalg.norm(descriptors, axis=1), 1, atol=1e-3)
    likeness = descriptors @ np.stack([one.descriptor for one in real]).T
    assert (likeness.max(axis=1) > 0.4).all()
    local = invented[0].local_features
    assert set(local.words) <= set(
        np.concatenate([f.local_features.words for f in real])
    )
    known = np.concatenate([f.local_features.signatures for f in real])
    assert not np.isin(local.signatures, known).any()
    assert (local.xy < np.array(local.size[::-1]) * CodedFeatures.STEPS_PER_PX).all()


def test_the_same_seed_invents_the_same(real):
    first, second = (Inventor(real, np.random.default_rng(1)).invent() for _ in "ab")
    assert np.array_equal(first.descriptor, second.descriptor)
    assert np.array_equal(
        first.local_features.signatures, second.local_features.signatures
    )
