import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.verification.decision import (
    ABOVE_CHANCE,
    CROWD,
    ENOUGH,
    FLAT,
    ROUND,
    Decision,
    LogisticRule,
    flat_quantities,
    is_tied,
    log_odds,
    logistic,
)
from app.retrieval.verification.evidence import Evidence, Verdict

NOTHING = Evidence()
SURE = Evidence(120, 0.8, 115, 0.7, agreement=0.9)
shares = st.floats(0, 1)


def rule(names, intercept=-4.0, coefficient=1.0):
    return LogisticRule(intercept, dict.fromkeys(names, coefficient))


@pytest.fixture
def decision():
    return Decision(rule(FLAT), rule(ROUND), 0.8, 0.3, 0.01, 0.97)


def test_probability_by_hand(decision):
    # Nothing differs where nothing was compared.
    assert decision.probability(NOTHING) == pytest.approx(1 / (1 + math.exp(3)))
    logit = -4 + 0.8 + ENOUGH + 0.7 + 0.9 + 1
    assert decision.probability(SURE) == pytest.approx(1 / (1 + math.exp(-logit)))


def test_a_work_in_the_round_is_rated_by_its_own_rule(decision):
    statue = Evidence(
        inlier_count=4,
        epipolar_count=30,
        semantic_similarity=0.8,
        semantic_margin=0.2,
    )
    logit = -4 + math.log(31) + math.log(5) + 0.8 + 0.2
    assert decision.logit(statue) == pytest.approx(logit)


def test_the_surer_rule_counts(decision):
    assert decision.logit(replace(SURE, epipolar_count=8)) == decision.logit(SURE)


def test_a_work_that_was_not_looked_at_as_one_in_the_round_is_not_rated_as_one():
    eager = Decision(rule(FLAT), rule(ROUND, intercept=50.0), 0.8, 0.3, 0.01, 0.9)
    known = Evidence(epipolar_count=8, semantic_similarity=0.6)
    assert eager.probability(NOTHING) < 0.1
    assert eager.probability(known) > 0.7


def test_chance_matches_do_not_make_found_in_a_small_collection():
    eager = Decision(rule(FLAT), rule(ROUND, intercept=50.0), 0.8, 0.3, 0.01, 0.9)
    sibling = Evidence(epipolar_count=ABOVE_CHANCE - 1, semantic_similarity=0.9)
    assert eager.verdict(eager.probability(sibling)) is Verdict.UNCERTAIN
    seen = replace(sibling, epipolar_count=ABOVE_CHANCE)
    assert eager.verdict(eager.probability(seen)) is Verdict.FOUND
    among_many = replace(sibling, crowd=CROWD)
    assert eager.verdict(eager.probability(among_many)) is Verdict.FOUND


@pytest.mark.parametrize("margin", [-0.3, -0.01])
def test_what_the_network_does_not_put_first_is_rated_as_flat_alone(margin):
    eager = Decision(rule(FLAT), rule(ROUND, intercept=50.0), 0.8, 0.3, 0.01, 0.9)
    banner = replace(
        SURE, epipolar_count=170, semantic_similarity=0.5, semantic_margin=margin
    )
    assert eager.logit(banner) == eager.flat.logit(flat_quantities(banner))


def test_the_network_alone_comes_before_chance_and_is_no_answer(decision):
    known = Evidence(semantic_similarity=0.9, semantic_margin=0.5)
    chance = Evidence(inlier_count=5, inlier_share=0.1, margin=1, coverage=0.01)
    eager = replace(decision, round=rule(ROUND, intercept=50.0))
    assert eager.probability(chance) < eager.probability(known)
    assert eager.verdict(eager.probability(known)) is Verdict.NOT_FOUND
    nothing = replace(eager, uncertain_threshold=0.0)
    assert nothing.probability(known) == nothing.probability(Evidence())


def test_hundreds_of_inliers_say_no_more_than_some_dozens(decision):
    assert decision.logit(replace(SURE, margin=60)) == decision.logit(SURE)
    assert decision.logit(replace(SURE, margin=30)) < decision.logit(SURE)


def test_a_runner_up_with_more_inliers_speaks_against(decision):
    behind = Evidence(20, 0.5, -20, 0.5)
    ahead = Evidence(20, 0.5, 20, 0.5)
    assert flat_quantities(behind)["log_margin"] == (
        -flat_quantities(ahead)["log_margin"]
    )
    assert decision.probability(behind) < decision.probability(ahead)


@given(
    counts=st.tuples(*[st.integers(0, 1000)] * 2),
    share=shares,
    margin=st.integers(-1000, 1000),
    coverage=shares,
    agreement=shares,
    similarity=st.floats(-1, 1),
    more=st.integers(1, 100),
)
def test_more_evidence_never_lowers_the_probability(
    counts, share, margin, coverage, agreement, similarity, more
):
    decision = Decision(rule(FLAT, -2, 0.4), rule(ROUND, -2, 0.4), 0.5, 0.5, 0.01, 0.9)
    before = Evidence(
        inlier_count=counts[0],
        inlier_share=share,
        margin=margin,
        coverage=coverage,
        agreement=agreement,
        difference=0.1,
        epipolar_count=counts[1],
        semantic_similarity=similarity,
    )
    after = replace(
        before,
        inlier_count=counts[0] + more,
        margin=margin + more,
        epipolar_count=counts[1] + more,
        difference=0.0,
    )
    assert 0 <= decision.probability(before) <= decision.probability(after) <= 1


def test_thresholds_are_inclusive(decision):
    assert decision.verdict(0.8) is Verdict.FOUND
    assert decision.verdict(0.79) is Verdict.UNCERTAIN
    assert decision.verdict(0.3) is Verdict.UNCERTAIN
    assert decision.verdict(0.29) is Verdict.NOT_FOUND


@given(st.lists(st.floats(-50, 50), min_size=11, max_size=11), shares, shares)
def test_json_brings_every_number_back(numbers, one, other):
    flat = LogisticRule(numbers[0], dict(zip(FLAT, numbers[2:7], strict=True)))
    around = LogisticRule(numbers[1], dict(zip(ROUND, numbers[7:], strict=True)))
    low, high = sorted((one, other))
    decision = Decision(flat, around, high, low, 0.01, 1 / 3)
    assert Decision.from_json(decision.to_json()) == decision


def test_json_is_readable(decision):
    content = json.loads(decision.to_json())
    assert content["flat"]["coefficients"]["log_margin"] == 1.0
    assert content["format"] == 2


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 1}', '{"format": 2, "flat": {"intercept": 1}}'],
)
def test_other_json_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r".+"):
        Decision.from_json(text)


def test_unknown_coefficients_and_crossed_thresholds_are_refused():
    with pytest.raises(ValueError, match="log_margin"):
        Decision(rule(["magic"]), rule(ROUND), 0.5, 0.5, 0.01, 0.9)
    with pytest.raises(ValueError, match="log_epipolar"):
        Decision(rule(FLAT), rule(FLAT), 0.5, 0.5, 0.01, 0.9)
    with pytest.raises(ValueError, match="uncertain <= found"):
        Decision(rule(FLAT), rule(ROUND), 0.3, 0.5, 0.01, 0.9)


def test_files(tmp_path, decision):
    path = tmp_path / "decision.json"
    with pytest.raises(MissingArtefactError):
        Decision.load(path)
    decision.save(path)
    assert Decision.load(path) == decision
    path.write_text(path.read_text()[:50])
    with pytest.raises(DamagedArtefactError, match=r"decision\.json"):
        Decision.load(path)


def test_a_work_is_tied_when_another_explains_the_same_as_well():
    assert not is_tied(SURE)
    assert is_tied(replace(SURE, margin=11))
    assert is_tied(replace(SURE, margin=-3))
    assert not is_tied(NOTHING)


def test_chance_inliers_of_another_are_no_tie_with_a_work_in_the_round():
    statue = Evidence(inlier_count=0, margin=-5, epipolar_count=30)
    assert not is_tied(statue)
    assert is_tied(replace(statue, margin=-28))


def test_what_the_network_clearly_puts_first_is_not_tied():
    skull = Evidence(inlier_count=9, margin=-1, epipolar_count=10, semantic_margin=0.3)
    assert not is_tied(skull)
    assert is_tied(replace(skull, semantic_margin=0.02))  # two casts of one


def test_the_logistic_function_does_not_overflow():
    assert logistic(-1000) == 0
    assert logistic(1000) == 1
    assert logistic(0) == 0.5


@given(st.floats(-20, 20))
def test_log_odds_undo_the_logistic(logit):
    assert log_odds(logistic(logit)) == pytest.approx(logit, abs=1e-3)


def test_certainty_has_infinite_log_odds():
    assert log_odds(0) == -math.inf
    assert log_odds(1) == math.inf
