import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app.retrieval.types import LocalFeatures
from app.retrieval.verification.matching import locate, match, match_places
from tests.retrieval.keypoints import features_of

EMPTY = LocalFeatures.empty()


def descriptor(*values):
    return [*values, *[0] * (128 - len(values))]


def test_match_by_hand():
    query = features_of([descriptor(100, 0), descriptor(0, 100), descriptor(90, 0)])
    candidate = features_of([descriptor(0, 98), descriptor(100, 0)])
    # Row 2 also prefers candidate 1, which prefers row 0.
    assert match(query, candidate, ratio=0.8).tolist() == [[0, 1], [1, 0]]


def test_match_refuses_an_ambiguous_nearest():
    query = features_of([descriptor(100)])
    candidate = features_of([descriptor(110), descriptor(111), descriptor(200)])
    assert match(query, candidate, ratio=0.85).shape == (0, 2)
    assert match(query, candidate, ratio=1.0).tolist() == [[0, 0]]


def match_slowly(query, candidate, ratio):
    distances = np.linalg.norm(
        query.descriptors[:, None].astype(float) - candidate.descriptors[None], axis=2
    )
    pairs = set()
    for row in range(len(query)):
        first, *rest = np.argsort(distances[row], kind="stable")
        is_clear = not rest or distances[row, first] <= ratio * distances[row, rest[0]]
        if is_clear and distances[:, first].argmin() == row:
            pairs.add((row, int(first)))
    return pairs


@settings(max_examples=40)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 8), st.just(128))),
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 8), st.just(128))),
)
def test_match_agrees_with_the_definition(ours, theirs):
    query, candidate = features_of(ours), features_of(theirs)
    found = match(query, candidate, ratio=0.9)
    assert set(map(tuple, found.tolist())) == match_slowly(query, candidate, 0.9)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 5), (5, 0)])
def test_nothing_to_match_is_no_error(one, other):
    rows = np.random.default_rng(0).integers(0, 255, (5, 128))
    query, candidate = features_of(rows[:one]), features_of(rows[:other])
    assert match(query, candidate, ratio=0.8).shape == (0, 2)
    assert match_places(query, candidate, ratio=0.8).shape == (0, 2)


def test_match_refuses_a_nonsense_ratio():
    with pytest.raises(ValueError, match="ratio"):
        match(EMPTY, EMPTY, ratio=1.5)


def test_the_clearest_match_of_a_place_is_kept():
    # The second candidate is less like its query keypoint, at the same place.
    query = features_of(
        [descriptor(200), descriptor(0, 200), descriptor(0, 0, 200)],
        [[10, 10], [10.2, 10.3], [60, 60]],
    )
    candidate = features_of(
        [descriptor(200), descriptor(0, 190), descriptor(0, 0, 190)],
        [[5, 5], [50, 50], [80, 80]],
    )
    kept = match_places(query, candidate, ratio=0.8).tolist()
    assert kept == [[0, 0], [2, 2]]


def test_clear_matches_come_first_among_less_clear_ones():
    rng = np.random.default_rng(9)
    rows = rng.integers(0, 255, (60, 128))
    blurred = np.clip(rows + rng.normal(0, 60, rows.shape), 0, 255)
    xy = rng.uniform(0, 30, (60, 2))
    query, candidate = features_of(rows, xy), features_of(blurred, xy[::-1])
    few = match_places(query, candidate, ratio=0.5)
    many = match_places(query, candidate, ratio=0.9)
    assert 0 < len(few) < len(many)
    np.testing.assert_array_equal(few, many[: len(few)])


def test_locate_by_hand():
    query = features_of(np.zeros((2, 128)), [[10, 10], [20, 40]], (50, 100))
    candidate = features_of(np.zeros((1, 128)), [[30, 60]], (120, 60))
    matches = np.array([[1, 0]], np.int32)
    np.testing.assert_allclose(
        locate(matches, query, candidate), [[0.2, 0.8, 0.5, 0.5]]
    )
    assert locate(matches[:0], query, candidate).shape == (0, 4)
