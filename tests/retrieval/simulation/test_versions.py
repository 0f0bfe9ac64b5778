import numpy as np
import pytest

from app.retrieval.simulation.versions import (
    LARGEST_OBJECT,
    LEAST_CONTRAST,
    SMALLEST_OBJECT,
    Change,
    make_version,
)
from tests.retrieval.textures import textured

PICTURE, DONOR = textured(1, (150, 200)), textured(2, (300, 160))


def version_of(change, seed=0, picture=PICTURE):
    return make_version(picture, DONOR, change, np.random.default_rng(seed))


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize("seed", range(4))
def test_only_the_changed_region_differs(change, seed):
    version = version_of(change, seed)
    differs = (version.image != PICTURE).any(axis=2)
    assert version.change is change
    # The edge of what is painted in is soft, a pixel or two wide.
    near = np.lib.stride_tricks.sliding_window_view(np.pad(version.changed, 3), (7, 7))
    assert not (differs & ~near.any(axis=(2, 3))).any()
    inside = np.abs(version.image.astype(int) - PICTURE)[version.changed]
    assert inside.mean() > LEAST_CONTRAST / 2


@pytest.mark.parametrize("change", Change)
def test_an_object_takes_a_few_percent_of_the_area(change):
    objects = 2 if change is Change.MOVED else 1
    for seed in range(6):
        share = version_of(change, seed).changed.mean()
        assert 0.9 * SMALLEST_OBJECT < share < 1.15 * objects * LARGEST_OBJECT


@pytest.mark.parametrize("change", Change)
def test_the_same_state_gives_the_same_version(change):
    first, second = version_of(change, 5), version_of(change, 5)
    assert np.array_equal(first.image, second.image)
    assert not np.array_equal(first.image, version_of(change, 6).image)


def test_recolouring_keeps_the_shapes():
    version = version_of(Change.RECOLOURED)
    before, after = (
        image[version.changed].mean(axis=0) for image in (PICTURE, version.image)
    )
    assert np.abs(before - after).max() > LEAST_CONTRAST


@pytest.mark.parametrize("change", Change)
@pytest.mark.parametrize("size", [(40, 400), (60, 60)])
def test_a_picture_of_any_shape_has_versions(change, size):
    version = version_of(change, picture=textured(3, size))
    assert version.image.shape == (*size, 3)
    assert version.changed.any()


def test_an_even_picture_gets_the_version_with_the_most_contrast():
    even = np.full((100, 100, 3), 90, np.uint8)
    assert version_of(Change.REMOVED, picture=even).image.shape == even.shape
