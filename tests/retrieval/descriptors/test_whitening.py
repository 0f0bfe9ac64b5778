import numpy as np
import pytest

from app.retrieval.descriptors.whitening import (
    Whitening,
    learn_paired_whitening,
    learn_whitening,
    unit_length,
)


@pytest.fixture
def vectors():
    """Correlated samples: 400 vectors of 6 numbers."""
    rng = np.random.default_rng(3)
    return (rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6)) + 2).astype(np.float32)


def test_unit_length_leaves_zero_alone():
    result = unit_length(np.array([[3, 4], [0, 0]], np.float32))
    np.testing.assert_allclose(result, np.array([[0.6, 0.8], [0, 0]]), rtol=1e-6)


def test_whitened_samples_are_uncorrelated_with_unit_variance(vectors):
    whitened = learn_whitening(vectors, 6, regularisation=0).apply(vectors)
    np.testing.assert_allclose(whitened.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(whitened.T), np.eye(6), atol=1e-3)


def test_strongest_directions_come_first(vectors):
    whole = learn_whitening(vectors, 6)
    part = learn_whitening(vectors, 2)
    np.testing.assert_allclose(part.projection, whole.projection[:2], rtol=1e-5)
    lengths = np.linalg.norm(whole.projection, axis=1)
    assert np.all(np.diff(lengths) > 0)  # 1 / standard deviation grows


def test_full_regularisation_only_rotates(vectors):
    projection = learn_whitening(vectors, 6, regularisation=1).projection
    gram = projection @ projection.T
    np.testing.assert_allclose(gram, gram[0, 0] * np.eye(6), atol=1e-5)


def test_half_the_power_leaves_half_the_spread(vectors):
    spreads = [
        learn_whitening(vectors, 6, regularisation=0, power=power)
        .apply(vectors)
        .std(axis=0, ddof=1)
        for power in (0, 0.5)
    ]
    np.testing.assert_allclose(spreads[1], np.sqrt(spreads[0]), rtol=1e-3)
    rotation = learn_whitening(vectors, 6, power=0).projection
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(6), atol=1e-5)
    with pytest.raises(ValueError, match="power must be"):
        learn_whitening(vectors, 6, power=2)


def test_sign_does_not_depend_on_the_solver(vectors):
    projection = learn_whitening(vectors, 6).projection
    largest = np.abs(projection).argmax(axis=1)
    assert np.all(projection[np.arange(6), largest] > 0)


def test_few_samples_need_shrinkage(vectors):
    few = vectors[:3]
    with pytest.raises(ValueError, match="do not span"):
        learn_whitening(few, 4, regularisation=0)
    whitened = learn_whitening(few, 4, regularisation=0.05).apply(few)
    assert np.abs(whitened).max() < 10


@pytest.mark.parametrize(("dimension", "regularisation"), [(0, 0), (7, 0), (2, 1.5)])
def test_arguments_out_of_range_are_refused(vectors, dimension, regularisation):
    with pytest.raises(ValueError, match="must be"):
        learn_whitening(vectors, dimension, regularisation=regularisation)


def test_shapes_are_checked_and_empty_is_fine():
    whitening = Whitening(np.zeros(3, np.float32), np.ones((2, 3), np.float32))
    assert whitening.apply(np.zeros((0, 3), np.float32)).shape == (0, 2)
    with pytest.raises(ValueError, match=r"\(5, 4\)"):
        whitening.apply(np.zeros((5, 4), np.float32))
    with pytest.raises(ValueError, match="projection"):
        Whitening(np.zeros(2, np.float32), np.ones((2, 3), np.float32))


@pytest.fixture
def pairs():
    """Things that differ in two directions, seen twice, with noise in two others."""
    rng = np.random.default_rng(4)
    things = rng.normal(size=(300, 6)) * (1, 0.5, 0.01, 0.01, 0.01, 0.01)
    noise = np.array((0.1, 0.1, 5, 3, 0.1, 0.1))
    first, second = (
        (things + rng.normal(size=things.shape) * noise).astype(np.float32)
        for _ in range(2)
    )
    return first, second


def test_paired_whitening_evens_out_what_pairs_differ_in(pairs):
    first, second = pairs
    learnt = learn_paired_whitening(pairs, first.mean(axis=0), 6, regularisation=1e-6)
    differences = learnt.apply(first) - learnt.apply(second)
    covariance = differences.T @ differences / len(differences)
    np.testing.assert_allclose(covariance, np.eye(6), atol=2e-2)


def test_paired_whitening_keeps_the_directions_in_which_things_differ(pairs):
    first, second = pairs
    mean = first.mean(axis=0)
    learnt = learn_paired_whitening(pairs, mean, 2, regularisation=0.01)
    lengths = np.abs(learnt.projection).max(axis=0)
    assert lengths[:2].min() > 2 * lengths[2:].max()
    found = unit_length(learnt.apply(first)) @ unit_length(learnt.apply(second)).T
    plain = learn_whitening(np.concatenate(pairs), 2)
    missed = unit_length(plain.apply(first)) @ unit_length(plain.apply(second)).T
    rows = np.arange(len(first))
    assert (found.argmax(axis=1) == rows).mean() > 2 * (
        missed.argmax(axis=1) == rows
    ).mean()
    again = learn_paired_whitening(pairs, mean, 2, regularisation=0.01)
    np.testing.assert_array_equal(learnt.projection, again.projection)


@pytest.mark.parametrize(
    ("shapes", "dimension", "regularisation"),
    [
        (((5, 4), (4, 4)), 2, 0.2),
        (((1, 4), (1, 4)), 2, 0.2),
        (((5, 4), (5, 4)), 5, 0.2),
        (((5, 4), (5, 4)), 2, 0),
    ],
)
def test_pairs_that_do_not_fit_are_refused(shapes, dimension, regularisation):
    first, second = (np.ones(shape, np.float32) for shape in shapes)
    with pytest.raises(ValueError, match="must be"):
        learn_paired_whitening(
            (first, second),
            np.zeros(4, np.float32),
            dimension,
            regularisation=regularisation,
        )
