"""Answers of the engine over shards: as over one gallery, or of a part, and honest."""

import pytest

from app.retrieval.errors import ShardAwayError
from app.retrieval.evaluation.asking import engine_asker
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.retrieval.verification.evidence import Verdict
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph
from tests.support.shards import cut, kill

COUNT = 8
UNKNOWN = 998


@pytest.fixture
def shards():
    """Works 0 to 3 in one shard, 4 to 7 in the other one."""
    return cut(list(fake_collection(COUNT)), fake_model().vocabulary, [4, 4])


def asked(gallery, number):
    photo = PreparedPhoto(photograph(draw_picture(number), seed=number))
    return Engine(fake_model(), gallery).identify(photo)


def facts(answer):
    return (
        answer.verdict,
        answer.missing,
        answer.similar,
        [(m.position, m.probability, m.points.tolist()) for m in answer.matches],
    )


@pytest.mark.parametrize("number", [1, 6, UNKNOWN])
def test_the_answer_is_that_of_one_gallery(shards, number):
    sharded, copies, whole = shards
    truth = facts(asked(whole, number))
    assert facts(asked(sharded, number)) == truth
    kill(copies[0][0], copies[1][1])
    assert facts(asked(GalleryOverlay.over(sharded), number)) == truth


def test_what_the_other_shard_holds_is_found(shards):
    sharded, copies, _ = shards
    kill(*copies[1])
    answer = asked(sharded, 1)
    assert answer.verdict is Verdict.FOUND
    assert answer.missing == ("shard 2",)
    assert not answer.is_complete


@pytest.mark.parametrize("number", [6, UNKNOWN])
def test_nothing_is_said_not_to_be_there_that_was_not_looked_for(shards, number):
    sharded, copies, _ = shards
    kill(*copies[1])
    answer = asked(sharded, number)
    assert answer.verdict is Verdict.UNCERTAIN
    assert answer.matches == ()
    assert not answer.is_complete


def test_without_any_shard_nothing_is_known(shards):
    sharded, copies, _ = shards
    kill(*copies[0], *copies[1])
    answer = asked(sharded, 1)
    assert answer.verdict is Verdict.UNCERTAIN
    assert answer.matches == answer.similar == ()
    assert answer.missing == ("shard 1", "shard 2")


def test_a_shard_that_dies_between_two_questions_is_missing(shards):
    """It took part in the shortlist, and what it proposed could not be verified."""
    sharded, copies, _ = shards
    for copy in copies[1]:
        copy.dies_after = 1
    answer = asked(sharded, 6)
    assert answer.verdict is Verdict.UNCERTAIN
    assert answer.missing == ("shard 2",)


def test_similar_works_come_from_all_shards_that_are_there(shards):
    sharded, copies, whole = shards
    truth = Engine(fake_model(), whole).similar_to("image-1")
    engine = Engine(fake_model(), sharded)
    assert engine.similar_to("image-1") == truth
    kill(*copies[1])
    assert {one.item.work_id for one in engine.similar_to("image-1")} == {
        "work-0",
        "work-2",
        "work-3",
    }
    with pytest.raises(ShardAwayError):
        engine.similar_to("image-6")


def test_an_answer_of_a_part_is_not_evaluated(shards):
    sharded, copies, _ = shards
    kill(*copies[1])
    ask = engine_asker(Engine(fake_model(), sharded))
    with pytest.raises(ShardAwayError, match="shard 2"):
        ask(PreparedPhoto(draw_picture(1)), ())
