import numpy as np

from app.services.curation.sides import find_gap
from tests.retrieval.keypoints import features_of

SIZE = (480, 640)


def views(*shared):
    """Pictures that have in common what the groups of features they name are."""
    rng = np.random.default_rng(0)
    groups = {
        name: (rng.integers(0, 255, (20, 128)), rng.uniform(0, 480, (20, 2)))
        for name in sorted(set("".join(shared)))
    }
    return [
        features_of(
            np.vstack([groups[name][0] for name in names]),
            np.vstack([groups[name][1] for name in names]),
            SIZE,
        )
        for names in shared
    ]


def test_pictures_that_share_details_have_no_gap():
    assert find_gap(views("a", "a")) is None
    assert find_gap(views("ab", "bc", "cd")) is None


def test_a_chain_may_close_in_any_order():
    assert find_gap(views("a", "b", "c", "abc")) is None


def test_a_picture_that_shares_nothing_is_behind_a_gap():
    assert find_gap(views("a", "a", "b")) == (0, 2)
    assert find_gap(views("ab", "c", "bd", "ce")) == (0, 1)


def test_one_picture_or_none_has_no_gap():
    assert find_gap(views("a")) is None
    assert find_gap([]) is None
