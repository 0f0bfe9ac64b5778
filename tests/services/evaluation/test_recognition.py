import math

import numpy as np
import pytest

from app.models import Artwork, EvaluationReport, Feedback, Query, QueryMatch
from app.retrieval.generations.proportion import Proportion
from app.retrieval.verification.decision import Thresholds
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation.recognition import (
    Case,
    by_inliers,
    by_similarity,
    calibration,
    cases_of_feedback,
    cases_of_report,
    confused,
    consequences,
)


def case(
    probability, *, right=True, ours=True, beside=False, similarity=0.5, inliers=20
):
    return Case(probability, similarity, inliers, right, right or beside, ours)


CASES = [
    case(0.95),
    case(0.9, right=False, ours=False),
    case(0.6),
    case(0.4, right=False),
    case(0.1, right=False, ours=False),
]


def test_what_thresholds_mean_is_counted_by_hand():
    meant = consequences(CASES, Thresholds(0.8, 0.3))
    assert meant.precision == Proportion(1, 2)
    assert meant.recall == Proportion(1, 3)
    assert meant.false_accepts == Proportion(1, 2)
    assert meant.unanswered == Proportion(1, 5)


def test_a_neighbour_that_is_in_the_photo_is_no_false_accept():
    neighbour = case(0.99, right=False, ours=False, beside=True)
    meant = consequences([*CASES, neighbour], Thresholds(0.8, 0.3))
    assert meant.false_accepts == Proportion(1, 3)
    assert meant.precision == Proportion(2, 3)
    assert meant.recall == Proportion(1, 3)
    assert sum(one.right.count for one in calibration([neighbour])) == 1
    assert sum(by_similarity([neighbour]).wrong) == 0


def test_a_case_on_the_threshold_is_above_it():
    assert consequences([case(0.5)], Thresholds(0.5, 0.5)).recall.share == 1


def test_of_nothing_there_is_no_share():
    meant = consequences([], Thresholds(0.5, 0.1))
    shares = (meant.precision.share, meant.recall.share, meant.unanswered.share)
    assert all(map(math.isnan, shares))


def test_every_case_is_in_one_column():
    cases = [
        case(0.5, similarity=similarity, inliers=inliers, right=inliers > 9)
        for similarity, inliers in ((-0.2, 0), (0.0, 3), (1.0, 10), (0.99, 5000))
    ]
    for spread in (by_similarity(cases), by_inliers(cases)):
        assert sum(spread.right) == sum(spread.wrong) == 2
        assert len(spread.edges) == len(spread.right) + 1


def test_the_curve_finds_the_odds_that_the_answers_were_drawn_with():
    rng = np.random.default_rng(0)
    similarities = rng.random(4000)
    right = rng.random(4000) < 1 / (1 + np.exp(4 - 8 * similarities))
    cases = [
        case(0.5, similarity=float(s), right=bool(r))
        for s, r in zip(similarities, right, strict=True)
    ]
    spread = by_similarity(cases)
    assert spread.slope == pytest.approx(8, rel=0.1)
    assert spread.intercept == pytest.approx(-4, rel=0.1)
    assert spread.probability(0.5) == pytest.approx(0.5, abs=0.05)


def test_right_and_wrong_divided_cleanly_give_a_steep_curve():
    cases = [case(0.5, inliers=n, right=n > 12) for n in range(100)]
    spread = by_inliers(cases)
    assert spread.slope is not None
    assert spread.slope > 2
    assert spread.probability(100) == pytest.approx(1, abs=0.01)
    assert spread.probability(2) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("right", [True, False])
def test_without_both_sorts_there_is_no_curve(right):
    assert by_similarity([case(0.5, right=right)]).probability(0.5) is None
    assert by_inliers([]).slope is None


def test_promise_and_truth_are_compared():
    ranges = calibration([case(0.9), case(0.95, right=False), case(1.0)])
    by_low = {one.low: one for one in ranges}
    assert by_low[0.9].right.total == 2
    assert by_low[0.9].promised == pytest.approx(0.925)
    assert by_low[0.9].right.share == 0.5
    assert by_low[0.99].right.total == 1
    assert sum(one.right.total for one in ranges) == 3


def test_feedback_says_what_is_known(session):
    works = [Artwork(accession=str(number)) for number in range(2)]

    def asked(verdict, right, *, meant=None):
        matches = [
            QueryMatch(
                rank=rank,
                artwork=work,
                verdict=verdict,
                probability=0.9,
                similarity=0.7,
                inlier_count=30,
            )
            for rank, work in enumerate(works)
        ]
        return Query(
            verdict=verdict,
            probability=0.9,
            width=1,
            height=1,
            model_id="m",
            generation="g",
            matches=[] if verdict is Verdict.NOT_FOUND else matches,
            feedback=Feedback(is_right=right, artwork=meant),
        )

    expected = {
        asked(Verdict.FOUND, True): (True, True),
        asked(Verdict.UNCERTAIN, True, meant=works[0]): (True, True),
        asked(Verdict.UNCERTAIN, True, meant=works[1]): (False, True),
        asked(Verdict.FOUND, False): (False, False),
        asked(Verdict.NOT_FOUND, True): (False, False),
        asked(Verdict.NOT_FOUND, False): (False, True),
    }
    for query in expected:
        session.add(query)
        session.flush()
    cases = cases_of_feedback(session)[::-1]
    assert [(one.is_right, one.is_answerable) for one in cases] == [*expected.values()]
    assert [one.similarity is None for one in cases] == [False] * 4 + [True] * 2


def test_confused_works_come_surest_first():
    facts = {"similarity": 0.5, "inlier_count": 9, "is_answerable": True}
    cases = [
        {"probability": p, "is_right": right, **facts}
        for p, right in ((0.85, False), (0.99, True), (0.9, False), (0.2, False))
    ]
    assert [one["probability"] for one in confused(cases, 0.8)] == [0.9, 0.85]
    assert (
        cases_of_report(EvaluationReport(name="r", cases=cases))[0].probability == 0.85
    )
