"""Poolings against numbers done on paper and against loops that follow the papers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.descriptors import pooling
from app.retrieval.descriptors.whitening import Whitening, unit_length

TINY = np.array([[[1, 0], [3, 0]], [[0, 0], [4, 2]]], np.float32)
"""2×2 positions, 2 channels: active in three positions and in one."""


@pytest.fixture
def rng():
    return np.random.default_rng(17)


def draw_maps(rng, height=5, width=7, channels=6):
    """Like a ReLU's output: about half the activations are zero, one channel all."""
    maps = np.maximum(rng.normal(size=(height, width, channels)), 0)
    maps[..., 2] = 0
    return maps.astype(np.float32)


def draw_weights(rng, classes=4):
    """Of a linear classifier: mixed signs, but no class with negative ones only."""
    return (rng.normal(size=(6, classes)) + 0.5).astype(np.float32)


def loop_channel_weights(maps):
    height, width, channels = maps.shape
    active = []
    for k in range(channels):
        positions = [maps[i, j, k] > 0 for i in range(height) for j in range(width)]
        active.append(sum(positions) / (height * width))
    return [math.log(sum(active) / q) if q > 0 else 0.0 for q in active]


def loop_cam(maps, weights, label):
    height, width, channels = maps.shape
    cam = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            cam[i, j] = sum(maps[i, j, k] * weights[k, label] for k in range(channels))
    return np.where(cam < 0, 0, cam / cam.max())


def loop_descriptor(maps, weights, whitening):
    """Jimenez et al. 2017, one number at a time."""
    height, width, channels = maps.shape
    rarity = loop_channel_weights(maps)
    total = np.zeros(len(whitening.projection))
    for label in range(weights.shape[1]):
        cam = loop_cam(maps, weights, label)
        vector = np.zeros(channels)
        for k in range(channels):
            for i in range(height):
                for j in range(width):
                    vector[k] += maps[i, j, k] * cam[i, j]
            vector[k] *= rarity[k]
        vector /= math.sqrt(sum(vector**2))
        whitened = whitening.projection.astype(float) @ (vector - whitening.mean)
        total = total + whitened / math.sqrt(sum(whitened**2))
    return total / math.sqrt(sum(total**2))


def loop_gem(maps, power):
    height, width, channels = maps.shape
    values = []
    for k in range(channels):
        total = 0.0
        for i in range(height):
            for j in range(width):
                total += max(float(maps[i, j, k]), 1e-6) ** power
        values.append((total / (height * width)) ** (1 / power))
    return values


def loop_crow(maps):
    """Kalantidis et al. 2016 with a = b = 2, one number at a time."""
    height, width, channels = maps.shape
    total = [[float(sum(maps[i, j])) for j in range(width)] for i in range(height)]
    norm = math.sqrt(sum(value**2 for row in total for value in row))
    rarity = loop_channel_weights(maps)
    return [
        rarity[k]
        * sum(
            math.sqrt(total[i][j] / norm) * float(maps[i, j, k])
            for i in range(height)
            for j in range(width)
        )
        for k in range(channels)
    ]


def published_grid(height, width, levels=3):
    """The grid as the authors' own program lays it: centres, then corners."""
    short = min(height, width)
    spare = [(max(height, width) - short) / (steps - 1) for steps in range(2, 8)]
    overlaps = [abs((short**2 - short * b) / short**2 - 0.4) for b in spare]
    more = overlaps.index(min(overlaps)) + 1
    down = more if height > width else 0
    across = more if width > height else 0
    regions = [(0, 0, height, width)]
    for level in range(1, levels + 1):
        side = math.floor(2 * short / (level + 1))
        half = math.floor(side / 2 - 1)
        if side == 0:
            break
        corners = []
        for length, count in ((height, level + down), (width, level + across)):
            step = (length - side) / (count - 1) if count > 1 else 0
            corners.append([math.floor(half + n * step) - half for n in range(count)])
        regions += [(y, x, side, side) for y in corners[0] for x in corners[1]]
    return regions


def loop_rmac(maps, whitening):
    """Tolias et al. 2016: region L2 → whitening → L2 → sum → L2."""
    total = np.zeros(len(whitening.projection))
    for y, x, height, width in published_grid(*maps.shape[:2]):
        vector = np.array(
            [
                max(
                    float(maps[i, j, k])
                    for i in range(y, y + height)
                    for j in range(x, x + width)
                )
                for k in range(maps.shape[2])
            ]
        )
        if not vector.any():
            continue
        vector /= math.sqrt(sum(vector**2))
        whitened = whitening.projection.astype(float) @ (vector - whitening.mean)
        total = total + whitened / math.sqrt(sum(whitened**2))
    return total / math.sqrt(sum(total**2))


def test_simple_poolings_by_hand():
    np.testing.assert_array_equal(pooling.sum_pool(TINY), [8, 2])
    np.testing.assert_array_equal(pooling.mac(TINY), [4, 2])
    cube_means = [(1 + 27 + 64) / 4, 8 / 4]
    np.testing.assert_allclose(pooling.gem(TINY), np.cbrt(cube_means), rtol=1e-5)


def test_channel_weights_by_hand():
    weights = pooling.channel_weights(TINY)
    np.testing.assert_allclose(weights, [math.log(4 / 3), math.log(4)], rtol=1e-6)


def test_a_channel_that_is_never_active_weighs_nothing(rng):
    weights = pooling.channel_weights(draw_maps(rng))
    assert weights[2] == 0
    assert np.all(np.delete(weights, 2) > 0)


def test_crow_by_hand():
    activity = np.array([[1, 3], [0, 6]]) / math.sqrt(46)
    pooled = [
        1 * activity[0, 0] ** 0.5
        + 3 * activity[0, 1] ** 0.5
        + 4 * activity[1, 1] ** 0.5,
        2 * activity[1, 1] ** 0.5,
    ]
    expected = np.array(pooled) * [math.log(4 / 3), math.log(4)]
    np.testing.assert_allclose(pooling.crow(TINY), expected, rtol=1e-5)


@pytest.mark.parametrize("power", [1.0, 2.5, 3.0, 6.0])
def test_gem_agrees_with_a_loop(rng, power):
    maps = draw_maps(rng)
    expected = loop_gem(maps, power)
    np.testing.assert_allclose(pooling.gem(maps, power=power), expected, rtol=1e-5)


def test_crow_agrees_with_a_loop(rng):
    maps = draw_maps(rng)
    np.testing.assert_allclose(pooling.crow(maps), loop_crow(maps), rtol=1e-5)


@given(power=st.floats(1, 8), seed=st.integers(0, 100))
def test_gem_lies_between_mean_and_max(power, seed):
    maps = draw_maps(np.random.default_rng(seed))
    value = pooling.gem(maps, power=power)
    assert np.all(value >= np.maximum(maps.mean(axis=(0, 1)), 1e-6) * (1 - 1e-4))
    assert np.all(value <= np.maximum(pooling.mac(maps), 1e-6) * (1 + 1e-4))


def test_cams_agree_with_a_direct_sum(rng):
    maps = draw_maps(rng)
    weights = draw_weights(rng, 3)
    cams = pooling.class_activation_maps(maps, weights)
    for label, cam in enumerate(cams):
        np.testing.assert_allclose(cam, loop_cam(maps, weights, label), atol=1e-5)
    assert cams.min() == 0
    np.testing.assert_array_equal(cams.max(axis=(1, 2)), 1)


def test_a_class_with_only_negative_evidence_has_an_empty_map(rng):
    weights = -np.ones((6, 1), np.float32)
    assert not pooling.class_activation_maps(draw_maps(rng), weights).any()


def test_the_whole_descriptor_agrees_with_the_paper_done_in_loops(rng):
    maps = draw_maps(rng)
    weights = draw_weights(rng)
    whitening = Whitening(
        rng.normal(size=6).astype(np.float32) * 0.1,
        rng.normal(size=(5, 6)).astype(np.float32),
    )
    cams = pooling.class_activation_maps(maps, weights)
    descriptor = pooling.aggregate(pooling.cam_pool(maps, cams), whitening)
    expected = loop_descriptor(maps, weights, whitening)
    np.testing.assert_allclose(descriptor, expected, atol=1e-5)


def test_a_flat_map_makes_cam_pooling_a_weighted_sum(rng):
    maps = draw_maps(rng)
    vectors = pooling.cam_pool(maps, np.ones((1, 5, 7), np.float32))
    expected = pooling.sum_pool(maps) * pooling.channel_weights(maps)
    np.testing.assert_allclose(vectors[0], expected, rtol=1e-5)


def test_brightness_of_the_activations_does_not_matter(rng):
    maps = draw_maps(rng)
    weights = draw_weights(rng)

    def describe(values):
        cams = pooling.class_activation_maps(values, weights)
        return unit_length(pooling.cam_pool(values, cams))

    np.testing.assert_allclose(describe(maps * 8), describe(maps), atol=1e-6)


def test_an_empty_class_adds_nothing_to_the_descriptor(rng):
    vectors = rng.random((3, 6)).astype(np.float32)
    padded = np.vstack([vectors, np.zeros((2, 6), np.float32)])
    whitening = Whitening(np.full(6, 0.3, np.float32), np.eye(6, dtype=np.float32))
    np.testing.assert_array_equal(
        pooling.aggregate(padded, whitening), pooling.aggregate(vectors, whitening)
    )


@pytest.mark.parametrize("count", [0, 2])
def test_nothing_seen_gives_the_zero_descriptor(count):
    whitening = Whitening(np.ones(6, np.float32), np.ones((4, 6), np.float32))
    descriptor = pooling.aggregate(np.zeros((count, 6), np.float32), whitening)
    np.testing.assert_array_equal(descriptor, np.zeros(4))


def test_rmac_regions_of_a_square_map():
    regions = pooling.rmac_regions(12, 12)
    # The whole map, then 1, 4 and 9 squares of side 12, 8 and 6.
    assert len(regions) == 1 + 1 + 4 + 9
    assert {region[2:] for region in regions} == {(12, 12), (8, 8), (6, 6)}


@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_rmac_regions_stay_inside_and_turn_with_the_map(height, width):
    regions = pooling.rmac_regions(height, width)
    for top, left, region_height, region_width in regions:
        assert 0 <= top <= height - region_height
        assert 0 <= left <= width - region_width
        assert min(region_height, region_width) > 0
    turned = {(left, top, w, h) for top, left, h, w in regions}
    assert turned == set(pooling.rmac_regions(width, height))


def test_rmac_regions_of_a_long_map_overlap_by_about_two_fifths():
    level_one = [r for r in pooling.rmac_regions(10, 16) if r[2:] == (10, 10)]
    assert level_one == [(0, 0, 10, 10), (0, 6, 10, 10)]


def test_rmac_regions_by_hand():
    # Short side 4, long side 6. Extra columns m with an overlap nearest to 40 %:
    # neighbours at level 1 are 2 apart with m = 1 (50 %), 1 apart with m = 2 (75 %).
    whole, one = [(0, 0, 4, 6)], [(0, 0, 4, 4), (0, 2, 4, 4)]
    # Side 8 // 3 = 2: rows at 0, 2; columns at 0, 2, 4.
    two = [(y, x, 2, 2) for y in (0, 2) for x in (0, 2, 4)]
    # Side 8 // 4 = 2: rows at 0, 1, 2; columns at 0, 4/3, 8/3, 4, rounded down.
    three = [(y, x, 2, 2) for y in (0, 1, 2) for x in (0, 1, 2, 4)]
    assert list(pooling.rmac_regions(4, 6)) == whole + one + two + three


@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_rmac_regions_are_those_of_the_authors_program(height, width):
    assert list(pooling.rmac_regions(height, width)) == published_grid(height, width)


@pytest.mark.parametrize("shape", [(5, 7), (6, 6), (8, 3)])
def test_rmac_agrees_with_the_paper_done_in_loops(rng, shape):
    maps = draw_maps(rng, *shape)
    whitening = Whitening(
        rng.normal(size=6).astype(np.float32) * 0.1,
        rng.normal(size=(5, 6)).astype(np.float32),
    )
    descriptor = pooling.aggregate(pooling.rmac_vectors(maps), whitening)
    np.testing.assert_allclose(descriptor, loop_rmac(maps, whitening), atol=1e-5)


def test_rmac_vectors_are_regional_maxima(rng):
    maps = draw_maps(rng)
    vectors = pooling.rmac_vectors(maps)
    regions = pooling.rmac_regions(5, 7)
    assert vectors.shape == (len(regions), 6)
    for vector, (y, x, h, w) in zip(vectors, regions, strict=True):
        for k in range(6):
            assert vector[k] == max(
                maps[i, j, k] for i in range(y, y + h) for j in range(x, x + w)
            )


def test_joined_poolings_are_vectors_of_set_length_side_by_side():
    generalised = [(92 / 4) ** (1 / 3), (8 / 4) ** (1 / 3)]
    plain = pooling.plain_pool(TINY)
    assert plain == pytest.approx(np.array([generalised, [2, 0.5]]), abs=1e-5)
    classes = np.array([[3, 4], [0, 0], [5, 0]], np.float32)
    joined = pooling.join(classes, plain)
    summed = np.array([0.6 + 1, 0.8])
    expected = [v / np.linalg.norm(v) for v in (summed, *plain)]
    expected[1:] = [2 * vector for vector in expected[1:]]
    assert joined == pytest.approx(np.concatenate(expected)[None], abs=1e-6)


def test_without_classes_the_plain_poolings_are_left():
    joined = pooling.join(np.zeros((4, 2), np.float32), pooling.plain_pool(TINY))
    assert not joined[0, :2].any()
    assert np.linalg.norm(joined[0, 2:]) == pytest.approx(2 * math.sqrt(2), abs=1e-6)


@pytest.mark.parametrize("shape", [(4, 4), (0, 3, 2), (1, 2, 3, 4)])
@pytest.mark.parametrize(
    "pool", [pooling.sum_pool, pooling.mac, pooling.gem, pooling.crow]
)
def test_other_shapes_are_refused(pool, shape):
    with pytest.raises(ValueError, match="feature_maps"):
        pool(np.zeros(shape, np.float32))


def test_mismatched_maps_and_weights_are_refused():
    with pytest.raises(ValueError, match="weights"):
        pooling.class_activation_maps(TINY, np.zeros((3, 1), np.float32))
    with pytest.raises(ValueError, match="cams"):
        pooling.cam_pool(TINY, np.zeros((1, 3, 2), np.float32))
