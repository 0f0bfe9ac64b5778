"""SSIM against its formula, written out pixel by pixel from the paper."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import structural_similarity

from app.retrieval.measures.structural import (
    SIDE_PX,
    SMALLEST_DISTANCE,
    Ssim,
    SsimOverEuclidean,
    StructuralInput,
    luminance,
)
from tests.support.fakes import draw_picture


def numbers(values):
    return np.array(values, np.float32)


TINY = 13
"""Pixels: nine windows of 11 by 11 fit in."""


def noise(seed, count=1, side=TINY):
    return np.random.default_rng(seed).random((count, side, side)).astype(np.float32)


def ssim_by_formula(one, other):
    """Wang et al. 2004, equations 13 to 17, one window after another."""
    weights = [
        [math.exp(-(y * y + x * x) / (2 * 1.5**2)) for x in range(-5, 6)]
        for y in range(-5, 6)
    ]
    total = sum(map(sum, weights))
    c1, c2 = (0.01 * 1.0) ** 2, (0.03 * 1.0) ** 2
    values = []
    for top in range(len(one) - 10):
        for left in range(len(one) - 10):
            mean_a = mean_b = square_a = square_b = product = 0.0
            for y in range(11):
                for x in range(11):
                    weight = weights[y][x] / total
                    a, b = (
                        float(one[top + y, left + x]),
                        float(other[top + y, left + x]),
                    )
                    mean_a += weight * a
                    mean_b += weight * b
                    square_a += weight * a * a
                    square_b += weight * b * b
                    product += weight * a * b
            variance_a, variance_b = square_a - mean_a**2, square_b - mean_b**2
            covariance = product - mean_a * mean_b
            values.append(
                (2 * mean_a * mean_b + c1)
                * (2 * covariance + c2)
                / ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2))
            )
    return sum(values) / len(values)


@pytest.mark.parametrize("seed", range(4))
def test_ssim_is_the_papers_formula(seed):
    one, other = noise(seed, 2)
    blended = (one + other) / 2
    scores = Ssim().score(one, np.stack([other, blended, 1 - one]))
    expected = [ssim_by_formula(one, each) for each in (other, blended, 1 - one)]
    assert scores == pytest.approx(expected, abs=1e-7)
    assert scores.dtype == np.float32


@pytest.mark.parametrize("other", ["drawn", "noise", "plain"])
def test_ssim_is_what_scikit_image_says(other):
    one = luminance(draw_picture(0))
    another = {
        "drawn": luminance(draw_picture(1)),
        "noise": noise(5, side=SIDE_PX)[0],
        "plain": np.full_like(one, 0.5),
    }[other]
    expected = structural_similarity(
        one.astype(np.float64),
        another.astype(np.float64),
        data_range=1.0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    # As near as the float32 that is returned can say.
    assert Ssim().score(one, another[None]) == pytest.approx([expected], abs=1e-7)


def test_ssim_of_plain_pictures_by_hand():
    # Without any structure, (2 a b + C1) / (a² + b² + C1) is left.
    grey, lighter = (np.full((TINY, TINY), level, np.float32) for level in (0.25, 0.5))
    score = Ssim().score(grey, lighter[None])[0]
    assert score == pytest.approx((0.25 + 1e-4) / (0.0625 + 0.25 + 1e-4), abs=1e-5)


def test_a_negative_is_less_than_nothing_alike():
    one = noise(0)[0]
    assert Ssim().score(one, (1 - one)[None])[0] < -0.5


def test_ratio_by_hand():
    pictures = noise(1, 3)
    query = StructuralInput(pictures[0], numbers([0, 0]))
    candidates = StructuralInput(pictures[1:], numbers([[3, 4], [0, 0.5]]))
    ssim = Ssim().score(pictures[0], pictures[1:])
    scores = SsimOverEuclidean().score(query, candidates)
    assert scores == pytest.approx([(1 + ssim[0]) / 2 / 5, (1 + ssim[1]) / 2 / 0.5])


def test_ratio_at_distance_0_is_large_but_finite_and_ssim_decides():
    one, other = noise(2, 2)
    vectors = np.zeros((2, 4), np.float32)
    query = StructuralInput(one, vectors[0])
    same, alike = SsimOverEuclidean().score(
        query, StructuralInput(np.stack([one, other]), vectors)
    )
    assert same == pytest.approx(1 / SMALLEST_DISTANCE)
    assert 0 < alike < same


def test_farther_is_worse_also_where_the_structure_is_opposite():
    one = noise(3)[0]
    negatives = np.stack([1 - one, 1 - one])
    candidates = StructuralInput(negatives, numbers([[1], [2]]))
    near, far = SsimOverEuclidean().score(
        StructuralInput(one, numbers([0])), candidates
    )
    assert near > far >= 0


seeds = st.lists(st.integers(0, 50), min_size=2, max_size=5, unique=True)


def sights(drawn):
    pictures = np.concatenate([noise(seed) for seed in drawn])
    return StructuralInput(pictures, pictures[:, 0])


@pytest.mark.parametrize("measure", [Ssim(), SsimOverEuclidean()])
@settings(max_examples=20)
@given(drawn=seeds, random=st.randoms(use_true_random=False))
def test_symmetric_best_for_itself_and_blind_to_the_order(measure, drawn, random):
    seen = sights(drawn) if measure.name != "SSIM" else sights(drawn).luminance
    scores = np.stack([measure.score(seen[row], seen) for row in range(len(drawn))])
    assert scores == pytest.approx(scores.T, rel=1e-5)
    assert (scores.diagonal() >= scores.max(axis=1)).all()
    order = np.array(random.sample(range(len(drawn)), len(drawn)))
    assert measure.score(seen[0], seen[order]).tolist() == scores[0][order].tolist()


def test_no_candidates_have_no_scores():
    assert Ssim().score(noise(0)[0], noise(0, 0)).shape == (0,)


@pytest.mark.parametrize("shape", [(TINY, TINY), (2, TINY, TINY + 1)])
def test_pictures_of_other_sizes_are_refused(shape):
    with pytest.raises(ValueError, match=r"candidates \(N, S, S\)"):
        Ssim().score(noise(0)[0], np.zeros(shape, np.float32))


def test_luminance_is_a_grey_square_and_green_is_brighter_than_blue():
    stripes = np.zeros((40, 90, 3), np.uint8)
    stripes[:, :30, 1] = stripes[:, 30:60, 2] = 255
    seen = luminance(stripes)
    assert seen.shape == (SIDE_PX, SIDE_PX)
    assert seen.dtype == np.float32
    # The weights of ITU-R BT.601.
    assert seen[64, 20] == pytest.approx(0.587, abs=0.01)
    assert seen[64, 64] == pytest.approx(0.114, abs=0.01)
    assert seen[64, 110] == 0


def test_a_picture_is_most_alike_to_a_smaller_copy_of_itself():
    pictures = [draw_picture(seed) for seed in range(4)]
    small = luminance(np.ascontiguousarray(pictures[2][::2, ::2]))
    scores = Ssim().score(small, np.stack([luminance(each) for each in pictures]))
    assert scores.argmax() == 2
    assert scores[2] > 0.8
