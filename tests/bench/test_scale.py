import numpy as np
import pytest

from app.retrieval.local.product_quantiser import CODE_BYTES
from app.retrieval.settings import LocalSettings
from app.retrieval.types import CodedFeatures
from bench.scale import VARIANTS, Inventor, mix_codes
from tests.support.fakes import draw_picture, fake_model


@pytest.fixture(scope="module")
def model():
    return fake_model()


@pytest.fixture(scope="module")
def real(model):
    return [
        model.reference_features(draw_picture(seed), LocalSettings())
        for seed in range(4)
    ]


def test_invented_works_are_like_real_ones_but_all_different(real, model):
    inventor = Inventor(real, model.vocabulary, np.random.default_rng(5))
    invented = [inventor.invent() for _ in range(40)]
    descriptors = np.stack([one.descriptor for one in invented])
    assert np.allclose(np.linalg.norm(descriptors, axis=1), 1, atol=1e-3)
    likeness = descriptors @ np.stack([one.descriptor for one in real]).T
    assert (likeness.max(axis=1) > 0.4).all()
    local = invented[0].local_features
    assert len({one.local_features.codes.tobytes() for one in invented}) == 40
    assert (local.xy < np.array(local.size[::-1]) * CodedFeatures.STEPS_PER_PX).all()


def test_an_invented_work_finds_itself_as_a_photo_would(real, model):
    vocabulary = model.vocabulary
    inventor = Inventor(real, vocabulary, np.random.default_rng(5))
    local = inventor.invent().local_features
    descriptors = vocabulary.quantiser.decode(local.codes)
    words = vocabulary.assign(descriptors)
    assert np.array_equal(words[:, 0], local.words)
    signatures = vocabulary.signatures(descriptors, words)[:, 0]
    assert np.array_equal(signatures, local.signatures)


def test_codes_are_mixed_within_their_words(real):
    local = [features.local_features for features in real]
    words = np.sort(np.concatenate([one.words for one in local]))
    mixed = mix_codes(local, np.random.default_rng(2))
    assert len(mixed) == len(words) * VARIANTS
    for word in np.unique(words)[:50]:
        known = np.concatenate([one.codes[one.words == word] for one in local])
        of_word = mixed[np.repeat(words, VARIANTS) == word]
        assert all(
            set(of_word[:, part]) <= set(known[:, part]) for part in range(CODE_BYTES)
        )


def test_the_same_seed_invents_the_same(real, model):
    first, second = (
        Inventor(real, model.vocabulary, np.random.default_rng(1)).invent()
        for _ in "ab"
    )
    assert np.array_equal(first.descriptor, second.descriptor)
    assert np.array_equal(
        first.local_features.signatures, second.local_features.signatures
    )
