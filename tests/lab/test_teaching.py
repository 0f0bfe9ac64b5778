"""A similarity that is learnt while methods are compared."""

import argparse
from pathlib import Path

import numpy as np
import pytest

from app.lab.asking import Asker
from app.lab.collection import Collection
from app.lab.teaching import teach
from app.lab.vector_method import VectorMethod
from app.retrieval.training.data.works import TrainingWork
from tests.lab.quick import WORKS, see_blocks

OPTIONS = argparse.Namespace(model=Path("model"), seed=0)

pytestmark = pytest.mark.slow


def asker_of(works, result_cache, *methods):
    asker = Asker(methods)
    asker.look_through(works, range(WORKS), result_cache)
    asker.finish(range(WORKS))
    return asker


def test_works_by_one_hand_are_nearer_after_the_lesson(works, result_cache):
    learning = VectorMethod("learning", "", see_blocks, learns=True)
    other = VectorMethod("other", "", see_blocks)
    asker = asker_of(works, result_cache, learning, other)
    teach(asker, works, range(WORKS), OPTIONS, result_cache)
    assert "learnt" not in asker.measures(other)
    assert asker.measures(learning)[:3] == ("cosine", "Euclid", "learnt")
    hands = np.array(works.labels("artist"))

    def share_of_same_hand(measure):
        scores = np.stack([learning.alike(row, measure) for row in range(WORKS)])
        np.fill_diagonal(scores, -np.inf)
        nearest = np.argsort(-scores, axis=1)[:, :5]
        return np.mean(hands[nearest] == hands[:, None])

    # It has seen these works: whatever it is worth on others, these it must know.
    assert share_of_same_hand("learnt") > share_of_same_hand("cosine") + 0.1


def test_where_nothing_can_be_learnt_that_is_said(works, result_cache, capsys):
    nameless = Collection(
        tuple(TrainingWork(one.accession, one.image_path, {}) for one in works.works),
        seed=0,
    )
    learning = VectorMethod("learning", "", see_blocks, learns=True)
    asker = asker_of(nameless, result_cache, learning)
    teach(asker, nameless, range(WORKS), OPTIONS, result_cache)
    assert "learnt" not in asker.measures(learning)
    assert "No similarity is learnt for learning" in capsys.readouterr().err
