import numpy as np
import pytest

from app.retrieval.descriptors.whitening import Whitening, learn_whitening, unit_length


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
