"""Asking labelled photos: with replies made up, and through a real engine."""

import math

import numpy as np
import pytest

from app.retrieval.evaluation.asking import (
    LabelledPhoto,
    Reply,
    ask_all,
    channel_asker,
    engine_asker,
)
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.engine import Engine
from app.retrieval.search.trace import GLOBAL, LOCAL
from app.retrieval.verification.evidence import Verdict
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph

BLANK = np.zeros((8, 8, 3), np.uint8)
WORKS = 12


@pytest.fixture(scope="module")
def engine():
    gallery = Gallery.build(fake_collection(WORKS), fake_model().vocabulary)
    return Engine(fake_model(), gallery)


def photo(name, *works, kind="wall"):
    return LabelledPhoto(name, BLANK, frozenset(works), kind)


def parrot(_photo, excluded_works):
    """Always sure that it is work a; then b, when a is left out."""
    works = tuple(work for work in "ab" if work not in excluded_works)
    return Reply(works, works[:1], 0.9, Verdict.FOUND, {LOCAL: works}, {"total": 1.0})


def test_photos_are_asked_one_by_one():
    asked = []

    def photos():
        for name in ("one", "two"):
            asked.append(name)
            yield photo(name, "a")

    first = next(ask_all(photos(), parrot))
    assert asked == ["one"]
    assert first.is_right
    assert first.reply_without is None


def test_leaving_out_asks_again_without_the_photos_own_works():
    outcome = next(ask_all([photo("one", "a")], parrot, leave_out=True))
    assert outcome.reply.works == ("a", "b")
    assert outcome.reply_without is not None
    assert outcome.reply_without.works == ("b",)


def test_a_photo_of_something_else_is_asked_once():
    outcome = next(ask_all([photo("street")], parrot, leave_out=True))
    assert outcome.reply_without is None
    assert not outcome.is_right


def test_the_engine_names_the_work_and_misses_it_when_left_out(engine):
    ask = engine_asker(engine)
    shown = PreparedPhoto(photograph(draw_picture(5)))
    reply = ask(shown, ())
    assert reply.works[0] == "work-5"
    assert reply.verdict is Verdict.FOUND
    assert set(reply.shortlists) == {LOCAL}  # geometry was certain
    assert "work-5" in reply.shortlists[LOCAL]
    assert reply.timings_ms["total"] > reply.timings_ms["verify"] > 0
    without = ask(shown, {"work-5"})
    assert set(without.shortlists) == {LOCAL, GLOBAL}
    assert "work-5" not in without.works + sum(without.shortlists.values(), ())
    assert without.verdict is not Verdict.FOUND
    assert without.confidence < reply.confidence


def test_the_global_channel_ranks_every_work_and_gives_no_verdict(engine):
    reply = channel_asker(engine, GLOBAL)(PreparedPhoto(draw_picture(3)), {"work-7"})
    assert reply.works[0] == "work-3"
    assert len(reply.works) == WORKS - 1
    assert reply.verdict is None
    assert reply.confidence == pytest.approx(1, abs=1e-3)
    assert reply.shortlists == {GLOBAL: reply.works}


def test_with_every_work_left_out_there_is_no_reply(engine):
    everything = {f"work-{number}" for number in range(WORKS)}
    for ask in (engine_asker(engine), channel_asker(engine, GLOBAL)):
        reply = ask(PreparedPhoto(draw_picture(3)), everything)
        assert reply.works == ()
        assert math.isnan(reply.confidence)
