"""Answers by every measure: their order, the rank of a work, and what they cost."""

import numpy as np
import pytest

from app.lab.asking import SHORTLIST, Asker, Ranking
from app.lab.picture_cache import PictureCache
from app.retrieval.measures.structural import SIDE_PX, Ssim, luminance
from tests.lab.quick import quick_methods
from tests.support.fakes import draw_picture, photograph

COUNT = SHORTLIST + 4


@pytest.fixture(scope="module")
def asker():
    asker = Asker(quick_methods()[1:])  # plain blocks and pHash
    for seed in range(COUNT):
        asker.add(asker.look(PictureCache(draw_picture(seed))))
    asker.finish(())
    return asker


def reply(scores, *, order=None, reranked=False):
    scores = np.array(scores, np.float32)
    order = np.argsort(-scores, kind="stable") if order is None else np.array(order)
    return Ranking(("method", "measure"), order, scores, reranked, 0.0)


def test_a_rank_counts_what_is_better_or_as_good():
    assert [reply([3, 9, 5]).rank_of(i) for i in range(3)] == [2, 0, 1]
    assert reply([4, 4, 1]).rank_of(0) == 1
    assert reply([np.nan, 4, 1]).rank_of(0) == 2
    assert reply([-np.inf, 0.5, -np.inf]).rank_of(2) == 2


def test_behind_a_reordered_shortlist_the_first_order_counts():
    scores = [-np.inf, 0.2, 0.9, -np.inf]
    answer = reply(scores, order=[2, 1, 3, 0], reranked=True)
    assert [answer.rank_of(i) for i in (2, 1, 3, 0)] == [0, 1, 2, 3]
    assert answer.best_score == pytest.approx(0.9)


def test_the_first_works_are_those_that_were_compared():
    assert reply([3, 9, -np.inf, 5]).first(4) == [1, 3, 0]
    scores = [-np.inf, 0.2, 0.9, -np.inf]
    assert reply(scores, order=[2, 1, 3, 0], reranked=True).first(3) == [2, 1, 3]


def test_every_method_is_asked_by_its_measures_and_by_structure(asker):
    replies = list(asker.ask(PictureCache(draw_picture(6))))
    assert [one.key for one in replies] == [
        ("plain blocks", "cosine"),
        ("plain blocks", "Euclid"),
        ("plain blocks", "SSIM"),
        ("plain blocks", "SSIM ÷ Euclid"),
        ("pHash", "Hamming"),
        ("pHash", "SSIM"),
    ]
    for one in replies:
        assert one.rank_of(6) == 0
        assert sorted(one.order.tolist()) == list(range(COUNT))
        assert one.seconds > 0


def test_structure_puts_the_shortlist_in_order_and_leaves_the_rest(asker):
    photo = photograph(draw_picture(6))
    replies = {one.key: one for one in asker.ask(PictureCache(photo))}
    own, slow = replies["plain blocks", "cosine"], replies["plain blocks", "SSIM"]
    head, tail = np.split(slow.order, [SHORTLIST])
    assert tail.tolist() == own.order[SHORTLIST:].tolist()
    expected = [
        Ssim().score(luminance(photo), luminance(draw_picture(seed))[None])[0]
        for seed in head.tolist()
    ]
    assert expected == sorted(expected, reverse=True)
    assert slow.scores[head].tolist() == pytest.approx(expected)
    both = replies["plain blocks", "SSIM ÷ Euclid"]
    distance = -replies["plain blocks", "Euclid"].scores
    first = both.order[0]
    similarity = slow.scores[first]
    assert both.best_score == pytest.approx((1 + similarity) / 2 / distance[first])
    assert slow.seconds > own.seconds


def test_a_work_is_not_like_itself(asker):
    for one in asker.ask_alike(9):
        assert len(one.order) == COUNT - 1
        assert 9 not in one.order


def test_slow_measures_keep_the_picture_too(asker):
    blocks, hashes = asker.methods
    picture = SIDE_PX * SIDE_PX * 4
    assert asker.bytes_per_work(blocks, "SSIM") == 48 * 4 + picture
    assert asker.bytes_per_work(blocks, "SSIM ÷ Euclid") == 2 * 48 * 4 + picture
    assert asker.bytes_per_work(hashes, "SSIM") == 8 + picture


def test_only_what_is_wanted_is_answered():
    wanted = {("plain blocks", "SSIM ÷ Euclid"), ("pHash", "Hamming")}
    few = Asker(quick_methods()[1:], only=wanted)
    everything = Asker(quick_methods()[1:])
    for asker in (few, everything):
        for seed in range(8):
            asker.add(asker.look(PictureCache(draw_picture(seed))))
        asker.finish(())
    photo = photograph(draw_picture(6))
    answers = [
        {one.key: one.order.tolist() for one in asker.ask(PictureCache(photo))}
        for asker in (few, everything)
    ]
    assert set(answers[0]) == wanted
    for key in wanted:
        assert answers[0][key] == answers[1][key]
    assert {one.key for one in few.ask_alike(2)} == wanted
