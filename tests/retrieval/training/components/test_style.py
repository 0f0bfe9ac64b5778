import numpy as np
import pytest

from app.retrieval.descriptors.style import COLOUR_LENGTH, TEXTURE_LENGTH
from app.retrieval.training.assessment import precision_of_similar
from app.retrieval.training.components.style import DIMENSION, learn_style

HANDS = 6
WORKS = 12
LENGTH = COLOUR_LENGTH + TEXTURE_LENGTH + 20


@pytest.fixture(scope="module")
def works():
    """Works of some hands: strong differences mean nothing, a weak one the hand."""
    rng = np.random.default_rng(0)
    hands = np.repeat(np.arange(HANDS), WORKS)
    vectors = rng.normal(size=(len(hands), LENGTH)).astype(np.float32) * 0.1
    vectors[:, :5] += rng.normal(size=(len(hands), 5)) * 3
    vectors[:, 400:420] += rng.normal(size=(HANDS, 20))[hands] * 0.4
    return vectors, [f"hand {hand}" for hand in hands]


def styles_of(style, vectors):
    return np.stack([style.apply(vector) for vector in vectors])


def precision(vectors, labels, queries):
    return precision_of_similar(vectors, labels, queries, least=2, k=5)


def test_labels_find_the_differences_that_matter_for_works_not_learnt_from(works):
    vectors, labels = works
    seen = np.arange(len(labels)) % 3 > 0
    unseen = np.flatnonzero(~seen)
    known = [label for label, is_seen in zip(labels, seen, strict=True) if is_seen]
    taught, is_labelled = learn_style(vectors[seen], [known])
    untaught, is_unlabelled = learn_style(vectors[seen], [[""] * len(known)])
    assert is_labelled
    assert not is_unlabelled
    gained = precision(styles_of(taught, vectors), labels, unseen)
    assert gained > precision(styles_of(untaught, vectors), labels, unseen) + 0.1
    assert gained > 2 / HANDS


def test_a_label_that_all_share_teaches_nothing(works):
    vectors, labels = works
    assert not learn_style(vectors, [["Dutch"] * len(labels)])[1]


def test_lengths_and_repetition(works):
    vectors, labels = works
    style = learn_style(vectors, [labels])[0]
    assert style.projection.shape == (DIMENSION, LENGTH)
    again = learn_style(vectors, [labels])[0]
    np.testing.assert_array_equal(style.projection, again.projection)


def test_two_works_are_enough(works):
    vectors, _ = works
    style = learn_style(vectors[:2], [["a", "b"]])[0]
    assert np.isfinite(style.apply(vectors[5])).all()


def test_works_that_all_look_the_same_are_refused(works):
    with pytest.raises(ValueError, match="look the same"):
        learn_style(np.ones((4, LENGTH), np.float32), [])


def test_precision_of_similar_works_by_hand():
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 1, 0]]
    labels = ["a", "a", "a", ""]
    # The first's nearest two are the second (a) and the last (unknown).
    assert precision_of_similar(vectors, labels, [0], least=3, k=2) == 0.5
    assert precision_of_similar(vectors, labels, [3], least=1, k=2) == 0
    assert precision_of_similar(vectors, labels, [0], least=4, k=2) == 0
