import numpy as np
import pytest

from app.retrieval.measures.structural import SsimOverEuclidean, StructuralInput
from app.retrieval.training.similarity import pairs as similarity_pairs
from app.retrieval.training.similarity.pairs import (
    FAR_MATES,
    LOOKS,
    NEAR_STRANGERS,
    OTHER_MATES,
    OTHER_STRANGERS,
    SAME,
    PairKind,
    choose_pairs,
    targets_of,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def points(*places):
    return np.array(places, np.float32).reshape(-1, 1)


def partners(pairs, row, kind):
    chosen = (pairs.first == row) & (pairs.kinds == kind)
    return set(pairs.second[chosen].tolist())


def test_pairs_by_hand(monkeypatch):
    for name in ("FAR_MATES", "OTHER_MATES", "NEAR_STRANGERS", "OTHER_STRANGERS"):
        monkeypatch.setattr(similarity_pairs, name, 1)
    places = points(0, 1, 2, 9, 3, 4, 50)
    pairs = choose_pairs(places, ["a", "a", "a", "a", "b", "b", ""], rng())
    assert partners(pairs, 0, PairKind.VIEW) == {0}
    assert partners(pairs, 0, PairKind.FAR_MATE) == {3}
    assert partners(pairs, 0, PairKind.MATE) <= {1, 2}
    assert partners(pairs, 0, PairKind.NEAR_STRANGER) == {4}
    assert partners(pairs, 0, PairKind.STRANGER) == {5}
    assert partners(pairs, 3, PairKind.NEAR_STRANGER) == {5}
    assert partners(pairs, 4, PairKind.FAR_MATE) == {5}
    assert partners(pairs, 4, PairKind.MATE) == set()


def test_a_picture_without_a_label_has_only_its_photo():
    pairs = choose_pairs(points(0, 1, 2), ["", "a", "b"], rng())
    assert pairs.kinds[pairs.first == 0].tolist() == [PairKind.VIEW]
    assert 0 not in pairs.second[pairs.first != 0]


def drawn(count=80, classes=4):
    labels = [f"class {number % classes}" for number in range(count)]
    return rng(1).normal(size=(count, 3)).astype(np.float32), labels


def test_kinds_say_what_the_labels_say():
    descriptors, labels = drawn()
    pairs = choose_pairs(descriptors, labels, rng())
    names = np.array(labels)
    agree = names[pairs.first] == names[pairs.second]
    np.testing.assert_array_equal(pairs.are(SAME), agree)
    assert ((pairs.first == pairs.second) == pairs.are([PairKind.VIEW])).all()
    own = pairs.kinds[pairs.first == 7].tolist()
    expected = [1, FAR_MATES, OTHER_MATES, NEAR_STRANGERS, OTHER_STRANGERS]
    assert [own.count(kind) for kind in PairKind] == expected
    both = {(kind, row) for kind, row in zip(pairs.first, pairs.second, strict=True)}
    assert len(both) == len(pairs)


def test_pairs_are_chosen_the_same_way_for_the_same_seed():
    descriptors, labels = drawn()
    one, same, other = (choose_pairs(descriptors, labels, rng(s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(one.second, same.second)
    assert (one.second != other.second).any()


@pytest.fixture(scope="module")
def seen():
    descriptors, _ = drawn(12, 3)
    return StructuralInput(rng(2).random((12, 16, 16)).astype(np.float32), descriptors)


@pytest.fixture(scope="module")
def pairs(seen):
    return choose_pairs(seen.features, drawn(12, 3)[1], rng())


def test_targets_put_classes_first_and_looks_second(seen, pairs):
    targets = targets_of(pairs, seen)
    same = pairs.are(SAME)
    assert targets[same].min() >= 1 - LOOKS > LOOKS >= targets[~same].max()
    assert (targets[pairs.are([PairKind.VIEW])] == 1).all()
    looks = np.array(
        [
            SsimOverEuclidean().score(seen[int(one)], seen[int(other) : int(other) + 1])
            for one, other in zip(pairs.first, pairs.second, strict=True)
        ]
    )[:, 0]
    for group in (~same, pairs.are([PairKind.FAR_MATE, PairKind.MATE])):
        by_looks = targets[group][np.argsort(looks[group], kind="stable")]
        assert (np.diff(by_looks) >= 0).all()
        assert np.ptp(by_looks) > 0


def test_targets_do_not_depend_on_threads_and_progress_is_told(seen, pairs):
    told = []
    alone = targets_of(pairs, seen, progress=lambda *done: told.append(done))
    np.testing.assert_array_equal(alone, targets_of(pairs, seen, workers=3))
    assert told == [(number, 12) for number in range(1, 13)]
