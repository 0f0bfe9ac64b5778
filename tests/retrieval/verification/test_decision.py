import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.types import Evidence, Verdict
from app.retrieval.verification.decision import (
    FEATURES,
    Decision,
    is_tied,
    logistic,
    transformed,
)

NOTHING = Evidence(0.0, 0, 0.0, 0, 0.0)
SURE = Evidence(0.9, 120, 0.8, 115, 0.7)
shares = st.floats(0, 1)


@pytest.fixture
def decision():
    return Decision(
        intercept=-4.0,
        coefficients=dict.fromkeys(FEATURES, 1.0),
        found_threshold=0.8,
        uncertain_threshold=0.3,
        false_accept_rate=0.01,
        true_accept_rate=0.97,
    )


def test_probability_by_hand(decision):
    assert decision.probability(NOTHING) == pytest.approx(1 / (1 + math.exp(4)))
    logit = -4 + math.log(121) + 0.8 + math.log(116) + 0.7 + 0.9
    assert decision.probability(SURE) == pytest.approx(1 / (1 + math.exp(-logit)))


def test_a_runner_up_with_more_inliers_speaks_against(decision):
    behind = Evidence(0.5, 20, 0.5, -20, 0.5)
    ahead = Evidence(0.5, 20, 0.5, 20, 0.5)
    assert transformed(behind)["log_margin"] == -transformed(ahead)["log_margin"]
    assert decision.probability(behind) < decision.probability(ahead)


@given(
    similarity=st.floats(-1, 1),
    count=st.integers(0, 1000),
    share=shares,
    margin=st.integers(-1000, 1000),
    coverage=shares,
    more=st.integers(1, 100),
)
def test_more_evidence_never_lowers_the_probability(
    similarity, count, share, margin, coverage, more
):
    decision = Decision(-2.0, dict.fromkeys(FEATURES, 0.4), 0.5, 0.5, 0.01, 0.9)
    before = decision.probability(Evidence(similarity, count, share, margin, coverage))
    evidence = Evidence(similarity, count + more, share, margin + more, coverage)
    assert 0 <= before <= decision.probability(evidence) <= 1


def test_thresholds_are_inclusive(decision):
    assert decision.verdict(0.8) is Verdict.FOUND
    assert decision.verdict(0.79) is Verdict.UNCERTAIN
    assert decision.verdict(0.3) is Verdict.UNCERTAIN
    assert decision.verdict(0.29) is Verdict.NOT_FOUND


@given(st.lists(st.floats(-50, 50), min_size=6, max_size=6), shares, shares)
def test_json_brings_every_number_back(numbers, one, other):
    coefficients = dict(zip(FEATURES, numbers[1:], strict=True))
    low, high = sorted((one, other))
    decision = Decision(numbers[0], coefficients, high, low, 0.01, 1 / 3)
    assert Decision.from_json(decision.to_json()) == decision


def test_json_is_readable(decision):
    content = json.loads(decision.to_json())
    assert content["coefficients"]["log_inliers"] == 1.0
    assert content["format"] == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2}', '{"format": 1, "coefficients": {"magic": 1}}'],
)
def test_other_json_is_refused_with_a_reason(text):
    with pytest.raises(ValueError, match=r".+"):
        Decision.from_json(text)


def test_unknown_coefficients_and_crossed_thresholds_are_refused():
    with pytest.raises(ValueError, match="log_inliers"):
        Decision(0.0, {"magic": 1.0}, 0.5, 0.5, 0.01, 0.9)
    with pytest.raises(ValueError, match="uncertain <= found"):
        Decision(0.0, dict.fromkeys(FEATURES, 0.0), 0.3, 0.5, 0.01, 0.9)


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


def test_the_logistic_function_does_not_overflow():
    assert logistic(-1000) == 0
    assert logistic(1000) == 1
    assert logistic(0) == 0.5
