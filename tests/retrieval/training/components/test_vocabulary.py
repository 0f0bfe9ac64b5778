import numpy as np
import pytest

from app.retrieval.training.components.vocabulary import learn_vocabulary


def draw_pictures(seed=0, centre_count=12, picture_count=20):
    """Descriptors in tight, well separated clusters: (centres, pictures)."""
    rng = np.random.default_rng(seed)
    centres = rng.integers(30, 220, (centre_count, 128))
    pictures = [
        (centres[rng.integers(0, centre_count, 40)] + rng.integers(-3, 4, (40, 128)))
        for _ in range(picture_count)
    ]
    return centres, [picture.astype(np.uint8) for picture in pictures]


def test_words_lie_where_the_descriptors_are():
    centres, pictures = draw_pictures()
    vocabulary = learn_vocabulary(
        pictures, rng=np.random.default_rng(1), word_count=60, iterations=6
    )
    assert len(vocabulary) == 60
    gaps = np.abs(vocabulary.words[:, None].astype(int) - centres[None]).max(axis=2)
    assert (gaps.min(axis=1) <= 4).all()
    assert set(gaps.argmin(axis=1)) == set(range(12))


def test_medians_halve_the_descriptors_of_a_word():
    _, pictures = draw_pictures(centre_count=4)
    vocabulary = learn_vocabulary(
        pictures, rng=np.random.default_rng(1), word_count=4, iterations=6
    )
    descriptors = np.concatenate(pictures)
    signatures = vocabulary.signatures(descriptors, vocabulary.assign(descriptors))
    share = np.bitwise_count(signatures).mean() / 64
    assert share == pytest.approx(0.5, abs=0.02)


def test_directions_are_orthonormal():
    _, pictures = draw_pictures()
    vocabulary = learn_vocabulary(
        pictures, rng=np.random.default_rng(1), word_count=8, iterations=1
    )
    product = vocabulary.projection @ vocabulary.projection.T
    np.testing.assert_allclose(product, np.eye(64), atol=1e-5)


def test_the_same_chance_learns_the_same_words():
    _, pictures = draw_pictures()
    one, two, other = (
        learn_vocabulary(
            pictures, rng=np.random.default_rng(seed), word_count=30, iterations=3
        ).fingerprint
        for seed in (1, 1, 2)
    )
    assert one == two
    assert one != other


def test_a_small_collection_makes_fewer_words():
    _, pictures = draw_pictures(picture_count=2)
    calls = []
    vocabulary = learn_vocabulary(
        [*pictures, np.zeros((0, 128), np.uint8)],
        rng=np.random.default_rng(1),
        iterations=2,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert len(vocabulary) == 16  # 80 descriptors, five for each word
    assert calls == [(1, 2), (2, 2)]


def test_pictures_without_texture_teach_nothing():
    with pytest.raises(ValueError, match="no descriptors"):
        learn_vocabulary([], rng=np.random.default_rng(1))
