"""How often answers as sure as a stored one were right, in the index that gave it."""

import pytest

from app.extensions import db
from app.models import GenerationRecord, Query, QueryMatch
from app.retrieval.generations.calibration import ENOUGH, Calibration, TriedAnswer
from app.retrieval.generations.proportion import Proportion
from app.retrieval.verification.evidence import Verdict
from app.services.search.calibration import calibration_of

pytestmark = pytest.mark.usefixtures("in_app")

TABLE = Calibration.of(
    [TriedAnswer(0.999, True)] * ENOUGH
    + [TriedAnswer(0.999, False, is_of_version=True)]
    + [TriedAnswer(0.95, True)] * (ENOUGH - 1)
)


@pytest.fixture(autouse=True)
def generations(in_app):
    for name, figures in (("tried", TABLE.figures), ("old", {"unit_length": 1.0})):
        row = GenerationRecord(name=name, model_id="m", works=1, images=1)
        row.examination = dict(figures)
        db.session.add(row)
    db.session.commit()


def answer(
    probability=0.999,
    *,
    verdict=Verdict.FOUND,
    first=None,
    generation="tried",
    **of_match,
):
    match = QueryMatch(
        probability=probability, verdict=first or verdict, rank=0, **of_match
    )
    return Query(verdict=verdict, generation=generation, matches=[match])


def test_it_is_the_bin_of_the_first_match():
    one = calibration_of(answer())
    assert one == TABLE.bin_of(0.999)
    assert (one.right, one.versions) == (Proportion(ENOUGH, ENOUGH + 1), 1)


def test_of_too_few_answers_nothing_is_said():
    assert calibration_of(answer(0.95)) is None
    assert calibration_of(answer(0.2, verdict=Verdict.UNCERTAIN)) is None


@pytest.mark.parametrize("generation", ["old", "gone"])
def test_of_an_index_that_was_not_tried_nothing_is_said(generation):
    assert calibration_of(answer(generation=generation)) is None


def test_an_answer_without_a_work_or_without_certainty_has_none():
    assert calibration_of(Query(verdict=Verdict.NOT_FOUND, generation="tried")) is None
    tied = answer(verdict=Verdict.UNCERTAIN, first=Verdict.FOUND)
    assert calibration_of(tied) is None
    differing = {"outlines": [[[0, 0], [1, 0], [1, 1]]]}
    uncertain = Verdict.UNCERTAIN
    assert calibration_of(answer(verdict=uncertain, comparison=differing)) is None
    assert calibration_of(answer(comparison={"outlines": []})) == TABLE.bin_of(0.999)
