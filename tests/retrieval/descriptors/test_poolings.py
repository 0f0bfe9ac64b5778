import numpy as np
import pytest

from app.retrieval.descriptors.pooling import (
    POOLINGS,
    aggregate,
    class_activation_maps,
    learn_aggregation,
)

WORKS, ASKED, DIMENSION = 60, 20, 12


@pytest.fixture(scope="module")
def pooled():
    """Works as feature maps of their own, and photos of them with a strange border."""
    rng = np.random.default_rng(4)
    weights = rng.random((16, 3)).astype(np.float32)

    def pool(maps):
        cams = class_activation_maps(maps, weights)
        return {name: pool(maps, cams) for name, pool in POOLINGS.items()}

    works = [
        np.maximum(rng.normal(size=(6, 8, 16)), 0).astype(np.float32)
        for _ in range(WORKS)
    ]
    photos = []
    for maps in works[:ASKED]:
        photo = maps + 0.1 * rng.random(maps.shape).astype(np.float32)
        photo[:, 0] = 0.3
        photos.append(pool(photo))
    return [pool(maps) for maps in works], photos


def share_found(works, photos, name):
    whitening = learn_aggregation([own[name] for own in works[ASKED:]], DIMENSION)
    gallery = np.stack([aggregate(own[name], whitening) for own in works])
    asked = np.stack([aggregate(own[name], whitening) for own in photos])
    return np.mean(np.argmax(asked @ gallery.T, axis=1) == np.arange(len(photos)))


@pytest.mark.parametrize("name", POOLINGS)
def test_every_pooling_finds_works_again(pooled, name):
    works, photos = pooled
    assert share_found(works, photos, name) > 0.5
    assert share_found(works, works[:ASKED], name) == 1


@pytest.mark.parametrize("name", POOLINGS)
def test_photos_of_other_works_are_not_found(pooled, name):
    works, photos = pooled
    assert share_found(works, [*photos[1:], photos[0]], name) < 0.2


def test_vectors_of_nothing_teach_nothing(pooled):
    works, _ = pooled
    vectors = [own["CAM"] for own in works]
    empty = np.zeros_like(vectors[0])
    one = learn_aggregation(vectors, DIMENSION)
    other = learn_aggregation([*vectors, empty], DIMENSION)
    assert np.array_equal(one.projection, other.projection)


def test_pooled_vectors_have_the_channels_of_the_maps():
    maps, cams = np.ones((4, 4, 5), np.float32), np.ones((2, 4, 4), np.float32)
    pooled = {name: pool(maps, cams) for name, pool in POOLINGS.items()}
    assert pooled.pop("CAM + GeM + mean").shape == (1, 15)
    assert {vectors.shape[1] for vectors in pooled.values()} == {5}
    assert len(pooled["CAM"]) == 2
    assert len(pooled["sum"]) == 1
