import numpy as np
import pytest

pytestmark = pytest.mark.slow


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def views():
    rng = np.random.default_rng(0)
    return unit(rng.normal(size=(6, 4))).astype(np.float32)


@pytest.fixture
def memory():
    return unit(np.random.default_rng(1).normal(size=(5, 4))).astype(np.float32)


def by_hand(views, memory, own, *, remembers, temperature):
    half = len(views) // 2
    losses = []
    for i, view in enumerate(views):
        rivals = [view @ other for j, other in enumerate(views) if j != i]
        if remembers:
            rivals += [view @ m for row, m in enumerate(memory) if row != own[i % half]]
        total = sum(np.exp(np.array(rivals) / temperature))
        right = np.exp(view @ views[(i + half) % (2 * half)] / temperature)
        losses.append(-np.log(right / total))
    return np.mean(losses)


@pytest.mark.parametrize("remembers", [True, False])
def test_the_pair_loss_is_the_formula(views, memory, remembers):
    from app.retrieval.training.network.losses import pair_loss

    own = np.array([4, 0, 2], np.int32)
    loss = pair_loss(views, memory, own, remembers, temperature=0.2)
    expected = by_hand(views, memory, own, remembers=remembers, temperature=0.2)
    assert float(loss) == pytest.approx(expected, abs=1e-5)


def test_agreeing_pairs_cost_less(views, memory):
    from app.retrieval.training.network.losses import pair_loss

    own = np.array([0, 1, 2], np.int32)
    agreeing = np.concatenate([views[:3], views[:3]])
    losses = [
        float(pair_loss(batch, memory, own, True, temperature=0.1))
        for batch in (agreeing, views)
    ]
    assert losses[0] < losses[1]


def test_unlabelled_pictures_do_not_count_for_the_classes():
    from app.retrieval.training.network.losses import class_loss

    logits = np.array([[2.0, 0.0], [9.0, -9.0]], np.float32)
    targets = np.array([[1.0, 0.0], [0.0, 0.0]], np.float32)
    softmax = np.exp(logits[0]) / np.exp(logits[0]).sum()
    expected = -(0.95 * np.log(softmax[0]) + 0.05 * np.log(softmax[1]))
    assert float(class_loss(logits, targets)) == pytest.approx(expected, abs=1e-5)


def test_no_label_at_all_costs_nothing():
    from app.retrieval.training.network.losses import class_loss

    nothing = np.zeros((3, 2), np.float32)
    assert float(class_loss(np.ones((3, 2), np.float32), nothing)) == 0
