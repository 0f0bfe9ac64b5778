from app.retrieval.verification.decision import Thresholds
from app.services.evaluation.recognition import Case
from app.services.evaluation.threshold_checks import LEAST_JUDGED, check


def cases(ours, others, probability=0.9):
    mine = [Case(probability, 0.5, 20, True, True, True)] * ours
    return mine + [Case(0.2, 0.5, 3, False, False, False)] * others


LIVE = Thresholds(0.5, 0.1)
ENOUGH = cases(LEAST_JUDGED, LEAST_JUDGED)


def test_nothing_speaks_against_what_many_judged_answers_bear():
    found = check(ENOUGH, LIVE, Thresholds(0.6, 0.1))
    assert not found.has_warnings
    assert not found.is_refused


def test_each_side_needs_its_own_judgements():
    few_ours = check(cases(LEAST_JUDGED - 1, LEAST_JUDGED), LIVE, LIVE)
    few_others = check(cases(LEAST_JUDGED, LEAST_JUDGED - 1), LIVE, LIVE)
    assert (few_ours.few_ours, few_ours.few_others) == (True, False)
    assert (few_others.few_ours, few_others.few_others) == (False, True)
    assert few_ours.has_warnings
    assert not few_ours.is_refused


def test_recall_below_the_bound_is_refused_where_it_is_known():
    assert check(ENOUGH, LIVE, Thresholds(0.95, 0.1)).is_refused
    few = check(cases(3, 3), LIVE, Thresholds(0.95, 0.1))
    assert few.is_deaf
    assert not few.is_refused


def test_what_is_deaf_already_may_be_made_better_but_not_worse():
    mixed = ENOUGH[:10] + cases(30, 30, probability=0.7)
    deaf = Thresholds(0.95, 0.1)
    assert not check(mixed, deaf, Thresholds(0.8, 0.1)).is_refused
    assert check(mixed, Thresholds(0.8, 0.1), deaf).is_refused


def test_without_cases_there_is_only_a_warning():
    found = check([], LIVE, Thresholds(1.0, 0.1))
    assert found.has_warnings
    assert not found.is_deaf
