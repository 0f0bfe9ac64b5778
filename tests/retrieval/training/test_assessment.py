import numpy as np
import pytest

from app.retrieval.training.assessment import recalls, simulate_queries
from app.retrieval.training.data.pictures import PictureBank
from tests.support.fakes import draw_picture

GALLERY = np.eye(3, dtype=np.float32)


def test_recall_counts_the_rank_of_the_right_work():
    queries = np.array([[1, 0.5, 0], [1, 0.5, 0.2]], np.float32)
    assert recalls(queries, GALLERY, [0, 1], ranks=(1, 2)) == {
        "recall@1": 0.5,
        "recall@2": 1.0,
    }


def test_a_tie_is_no_success():
    queries = np.ones((1, 3), np.float32)
    assert recalls(queries, GALLERY, [2], ranks=(1, 3)) == {
        "recall@1": 0.0,
        "recall@3": 1.0,
    }


def test_broken_descriptors_are_never_right():
    queries = np.full((1, 3), np.nan, np.float32)
    assert recalls(queries, GALLERY, [0], ranks=(1,))["recall@1"] == 0


@pytest.mark.parametrize("profile", ["mild", "hard"])
def test_queries_depend_on_seed_and_work_alone(tmp_path, profile):
    bank = PictureBank.pack([draw_picture(n) for n in range(3)], tmp_path)
    some = simulate_queries(bank, [2], profile, seed=1)
    more = simulate_queries(bank, [0, 2], profile, seed=1)
    assert np.array_equal(some[0], more[1])
