import numpy as np
import pytest

from app.lab import class_search
from app.lab.class_search import (
    FIGURES,
    judge,
    order_of,
    orders_of,
    precision_curve,
    reranked,
)
from app.lab.labelled import PictureFeatures, look, read_tree
from app.lab.report import ReportFolder
from app.lab.result_cache import ResultCache
from app.retrieval.measures.structural import Ssim, SsimOverEuclidean, StructuralInput
from tests.lab.trees import FakeLearnt, fake_extractor, write_tree


@pytest.fixture(scope="module")
def looks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("looks")
    pictures = read_tree(write_tree(folder / "tree", 4))
    with ResultCache(ReportFolder(folder / "out", "A test", {}), ()) as result_cache:
        looks, _ = look(pictures, fake_extractor(), "Looking", result_cache)
    return looks


def numbers(values):
    return np.array(values, np.float32)


def test_order_by_hand():
    scores = numbers([[1, 3, 3], [9, 0, 5], [0, 0, 0]])
    assert order_of(scores).tolist() == [[1, 2, 0], [0, 2, 1], [0, 1, 2]]
    assert order_of(scores, without_own=True).tolist() == [[1, 2], [0, 2], [0, 1]]


def test_every_measure_ranks_all_others(looks):
    orders = orders_of(looks, looks, FakeLearnt())
    assert list(orders) == ["Euclid", "cosine", "SSIM", "SSIM ÷ Euclid", "learnt"]
    everyone = set(range(len(looks)))
    for order in orders.values():
        assert order.shape == (12, 11)
        for row, found in enumerate(order.tolist()):
            assert set(found) == everyone - {row}


def test_slow_measures_are_those_of_the_library(looks):
    orders = orders_of(looks, looks)
    seen = StructuralInput(looks.structural.luminance, looks.activations)
    for row in (0, 5):
        others = orders["Euclid"][row]
        ssim = Ssim().score(seen.luminance[row], seen.luminance[others])
        expected = others[np.argsort(-ssim, kind="stable")]
        assert orders["SSIM"][row].tolist() == expected.tolist()
        ratio = SsimOverEuclidean().score(seen[row], seen[others])
        expected = others[np.argsort(-ratio, kind="stable")]
        assert orders["SSIM ÷ Euclid"][row].tolist() == expected.tolist()


def test_each_two_pictures_are_compared_once(looks, monkeypatch):
    compared = []
    score = Ssim.score

    def counted(self, query, candidates):
        compared.append(len(candidates))
        return score(self, query, candidates)

    monkeypatch.setattr(Ssim, "score", counted)
    monkeypatch.setattr(class_search, "worker_count", lambda: 1)
    orders_of(looks, looks)
    assert sum(compared) == 12 * 11 / 2


def test_of_many_pictures_only_a_shortlist_is_put_anew(looks, monkeypatch):
    monkeypatch.setattr(class_search, "MOST_WHOLE", 11)
    monkeypatch.setattr(class_search, "SHORTLIST", 3)
    orders = orders_of(looks, looks)
    for name in ("SSIM", "SSIM ÷ Euclid"):
        np.testing.assert_array_equal(orders[name][:, 3:], orders["Euclid"][:, 3:])
        heads = np.sort(orders[name][:, :3]), np.sort(orders["Euclid"][:, :3])
        np.testing.assert_array_equal(*heads)
    assert (orders["SSIM"] != orders["Euclid"]).any()


def test_threads_change_nothing(looks, monkeypatch):
    monkeypatch.setattr(class_search, "worker_count", lambda: 1)
    alone = orders_of(looks, looks)
    monkeypatch.setattr(class_search, "worker_count", lambda: 4)
    for name, order in orders_of(looks, looks).items():
        np.testing.assert_array_equal(order, alone[name])


def test_other_pictures_find_themselves_in_a_gallery(looks):
    queries = PictureFeatures(
        looks.pictures[2:4],
        looks.structural[slice(2, 4)],
        looks.activations[2:4],
        looks.views[2:4],
    )
    orders = orders_of(queries, looks)
    assert list(orders) == ["Euclid", "cosine", "SSIM", "SSIM ÷ Euclid"]
    for order in orders.values():
        assert order.shape == (2, 12)
        assert order[:, 0].tolist() == [2, 3]


def test_reranking_nothing_keeps_the_order(looks):
    order = order_of(np.zeros((12, 12), np.float32), without_own=True)
    kept = reranked(order, np.zeros((12, 12), np.float32), looks, looks, 0)
    np.testing.assert_array_equal(kept["SSIM"], order)


def test_figures_by_hand(monkeypatch):
    monkeypatch.setattr(class_search, "RANKS", (1, 2))
    # Two of class a find each other at once or second; c is alone with its class.
    labels = ["a", "a", "b", "b", "c"]
    orders = np.array(
        [[1, 2, 3, 4], [2, 0, 3, 4], [3, 0, 1, 4], [0, 1, 4, 2], [0, 1, 2, 3]], np.int32
    )
    judged = {label: list(figures.values()) for label, figures in judge(orders, labels)}
    assert list(judged) == ["a", "b", "c", ""]
    # By trapezoids: found first 1, found second (0 + 1/2) / 2, found fourth
    # (0 + 1/4) / 2.
    ap = [1, 1 / 4, 1, 1 / 8]
    # Half of a's first answers are right; of its one mate, all are found by place 2.
    f1 = 2 * 0.5 / 1.5
    assert judged["a"] == pytest.approx([0.5, 0.5, 0.5, 1, 0.5, f1, sum(ap[:2]) / 2])
    assert judged["b"] == pytest.approx(
        [0.5, 0.25, 0.5, 0.5, 0.5, 1 / 3, sum(ap[2:]) / 2]
    )
    assert np.isnan(judged["c"]).all()
    precision, found = (0.5 + 0.25) / 2, 0.75
    f1 = 2 * precision * found / (precision + found)
    assert judged[""] == pytest.approx(
        [0.5, precision, 0.5, found, 0.5, f1, sum(ap) / 4]
    )


def test_recall_cannot_be_whole_where_a_class_has_more_than_the_places():
    labels = ["a"] * 21
    order = order_of(np.zeros((21, 21), np.float32), without_own=True)
    figures = dict(judge(order, labels))[""]
    assert list(figures) == list(FIGURES)
    assert figures["precision@10"] == 1
    assert figures["recall@10"] == pytest.approx(0.5)
    assert figures["precision@30"] == pytest.approx(20 / 30)
    assert figures["mAP"] == 1


def test_precision_by_rank_by_hand():
    labels = ["a", "a", "b", "b"]
    orders = np.array([[1, 2, 3], [2, 0, 3], [3, 0, 1], [0, 1, 2]], np.int32)
    curve = precision_curve(orders, labels)
    # Right at rank 1: two of four; at rank 2: one more; at rank 3: the last.
    assert curve == [(1, 2 / 4), (2, 3 / 8), (3, 4 / 12)]
