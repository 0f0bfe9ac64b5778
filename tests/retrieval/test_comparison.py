import numpy as np
import pytest

from app.retrieval.comparison import POOLINGS, compare, pool_all
from app.retrieval.pooling import class_activation_maps

WORKS, ASKED = 60, 20


@pytest.fixture(scope="module")
def pooled():
    """Works as feature maps of their own, and photos of them with a strange border."""
    rng = np.random.default_rng(4)
    weights = rng.random((16, 3)).astype(np.float32)

    def pool(maps):
        return pool_all(maps, class_activation_maps(maps, weights))

    works = [
        np.maximum(rng.normal(size=(6, 8, 16)), 0).astype(np.float32)
        for _ in range(WORKS)
    ]
    photos = {}
    for number in range(ASKED):
        photo = works[number] + 0.1 * rng.random((6, 8, 16)).astype(np.float32)
        photo[:, 0] = 0.3
        photos[number] = pool(photo)
    return [pool(maps) for maps in works], photos


def test_every_pooling_is_scored(pooled):
    scores = compare(*pooled, dimension=12)
    assert [score.pooling for score in scores] == list(POOLINGS)
    for score in scores:
        assert 0.5 < score.mean_average_precision <= 1
        assert score.recall_at_1 <= score.recall_at_10 <= score.recall_at_100 == 1


def test_photos_that_are_the_references_are_all_found(pooled):
    references, _ = pooled
    photos = dict(enumerate(references[:ASKED]))
    for score in compare(references, photos, dimension=12):
        assert score.recall_at_1 == score.mean_average_precision == 1


def test_photos_of_anything_are_found_by_chance(pooled):
    references, photos = pooled
    swapped = {number: photos[(number + 1) % ASKED] for number in photos}
    for score in compare(references, swapped, dimension=12):
        assert score.mean_average_precision < 0.4


def test_pooled_vectors_have_the_channels_of_the_maps():
    maps = np.ones((4, 4, 5), np.float32)
    pooled = pool_all(maps, np.ones((2, 4, 4), np.float32))
    assert {vectors.shape[1] for vectors in pooled.values()} == {5}
    assert len(pooled["CAM"]) == 2
    assert len(pooled["sum"]) == 1
