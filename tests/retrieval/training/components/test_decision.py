import math
from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.training.components.decision import (
    LEAST_FOUND,
    DecisionSample,
    learn_decision,
    share_of_versions_found,
)
from app.retrieval.verification.decision import CROWD, logistic
from app.retrieval.verification.evidence import Evidence, Verdict


def draw_evidence(rng, count, inliers, agreement, coverage):
    """Samples around some typical values; margins follow the inliers."""
    counts = rng.poisson(inliers, count)
    return [
        Evidence(
            agreement=float(np.clip(rng.normal(agreement, 0.15), 0, 1)),
            inlier_count=int(number),
            inlier_share=float(rng.uniform(0.2, 0.6) if number < 15 else 0.7),
            margin=int(number - rng.integers(0, 8)),
            coverage=float(np.clip(rng.normal(coverage, 0.2), 0, 1)),
        )
        for number in counts
    ]


def learn(positives, negatives, **options):
    """Learn from one candidate per question, each of a work of its own."""
    sides = [(each, True) for each in positives] + [(each, False) for each in negatives]
    samples = [
        DecisionSample(evidence, is_right, number, str(number))
        for number, (evidence, is_right) in enumerate(sides)
    ]
    return learn_decision(samples, seed=1, **options)


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(11)
    positives = draw_evidence(rng, 300, 25, 0.6, 0.5)
    negatives = draw_evidence(rng, 400, 7, 0.3, 0.2)
    return positives, negatives


@pytest.fixture(scope="module")
def decision(samples):
    return learn(*samples)


def share(decision, samples, verdict):
    verdicts = [decision.verdict(decision.probability(sample)) for sample in samples]
    return np.mean([found is verdict for found in verdicts])


def test_the_false_accept_rate_holds_on_new_samples(decision):
    rng = np.random.default_rng(12)
    strangers = draw_evidence(rng, 4000, 7, 0.3, 0.2)
    known = draw_evidence(rng, 4000, 25, 0.6, 0.5)
    assert share(decision, strangers, Verdict.FOUND) <= 0.02
    accepted = share(decision, known, Verdict.FOUND)
    assert accepted > 0.95
    assert accepted == pytest.approx(decision.true_accept_rate, abs=0.03)


def test_more_strangers_are_uncertain_than_found(decision):
    strangers = draw_evidence(np.random.default_rng(13), 4000, 7, 0.3, 0.2)
    uncertain = share(decision, strangers, Verdict.UNCERTAIN)
    assert 0.02 < uncertain < 0.2
    assert decision.uncertain_threshold < decision.found_threshold


def test_what_differs_from_the_photo_does_not_raise_what_found_takes(samples):
    positives, negatives = samples
    rng = np.random.default_rng(15)
    # A tenth of the wrong ones is as strong as the right ones, of which some differ
    # too, so that the rule itself cannot tell them apart by that.
    right = [
        replace(evidence, difference=0.1 * (number % 3 == 0))
        for number, evidence in enumerate(positives)
    ]
    versions = [
        replace(evidence, difference=0.1)
        for evidence in draw_evidence(rng, 40, 40, 0.9, 0.8)
    ]
    learnt = learn(right, [*negatives, *versions])
    assert learnt.found_threshold == pytest.approx(logistic(LEAST_FOUND))
    assert learnt.true_accept_rate == pytest.approx(2 / 3, abs=0.07)
    told = [replace(evidence, difference=0.0) for evidence in versions]
    assert learn(positives, [*negatives, *told]).true_accept_rate < 0.5


def test_works_in_the_round_have_a_limit_of_their_own(samples):
    positives, negatives = samples
    rng = np.random.default_rng(16)
    strangers, statues = (
        [
            Evidence(
                epipolar_count=int(count),
                semantic_similarity=float(rng.normal(similarity, 0.08)),
                semantic_margin=float(abs(rng.normal(margin, 0.05))),
                crowd=CROWD,
            )
            for count in rng.poisson(matches, 60)
        ]
        for matches, similarity, margin in ((6, 0.4, 0.03), (12, 0.6, 0.15))
    )
    banners = draw_evidence(rng, 60, 30, 0.6, 0.5)
    right, wrong = [*positives, *statues], [*negatives, *strangers]
    quiet, loud = learn(right, wrong), learn(right, [*wrong, *banners])
    # Banners, hard to tell from flat works, make those harder to find, and no statue.
    assert loud.found_threshold > quiet.found_threshold + 0.1
    known = share(quiet, statues, Verdict.FOUND)
    assert 0.5 < known == share(loud, statues, Verdict.FOUND)
    assert share(loud, strangers, Verdict.FOUND) == 0


def test_a_looser_rate_gives_a_lower_threshold():
    rng = np.random.default_rng(14)
    alike = draw_evidence(rng, 300, 12, 0.4, 0.4), draw_evidence(rng, 300, 8, 0.3, 0.3)
    strict, loose = (learn(*alike, false_accept_rate=rate) for rate in (0.01, 0.1))
    assert loose.found_threshold < strict.found_threshold


def test_found_is_never_less_likely_than_not(samples):
    decision = learn(*samples, false_accept_rate=0.4)
    assert decision.found_threshold >= 0.5


def test_photos_that_no_homography_connects_do_not_make_inliers_mean_less(samples):
    positives, negatives = samples
    hopeless = [Evidence(0, 0.0, -5, 0.0)] * 60
    plain, burdened = (
        learn(some, negatives) for some in (positives, [*positives, *hopeless])
    )
    assert burdened.flat.coefficients == pytest.approx(plain.flat.coefficients)
    assert burdened.true_accept_rate < plain.true_accept_rate


def test_no_coefficient_is_negative_even_if_the_samples_say_so(samples):
    positives, negatives = samples
    misleading = [replace(evidence, coverage=0.9) for evidence in negatives]
    learnt = learn(positives, misleading).flat.coefficients
    assert learnt["coverage"] == 0
    assert all(value >= 0 for value in learnt.values())
    assert learnt["log_margin"] > 0


def test_separable_samples_put_the_line_between_them():
    clear = [Evidence(100 + i, 0.9, 95, 0.8) for i in range(20)]
    blank = [Evidence(i % 4, 0.2, 0, 0.0) for i in range(20)]
    decision = learn(clear, blank)
    assert decision.true_accept_rate == 1
    assert decision.probability(blank[3]) < decision.uncertain_threshold
    between = Evidence(25, 0.5, 20, 0.3)
    assert decision.probability(between) > decision.probability(blank[3])
    assert decision.probability(between) < decision.probability(clear[0])


def test_the_same_seed_learns_the_same(samples, decision):
    assert learn(*samples) == decision


def test_the_balance_of_the_samples_does_not_move_the_probabilities(samples):
    positives, negatives = samples
    once = learn(positives, negatives)
    often = learn(positives * 5, negatives)
    sample = Evidence(14, 0.4, 8, 0.35)
    assert often.probability(sample) == pytest.approx(once.probability(sample), abs=0.1)


def test_too_few_samples_and_odd_rates_are_refused(samples):
    positives, negatives = samples
    with pytest.raises(ValueError, match="at least 5"):
        learn(positives[:4], negatives)
    with pytest.raises(ValueError, match="false_accept_rate"):
        learn(positives, negatives, false_accept_rate=0)


def test_versions_are_not_learnt_from_but_measured(samples, decision):
    positives, negatives = samples
    sides = [(each, True) for each in positives] + [(each, False) for each in negatives]
    known = [
        DecisionSample(evidence, is_right, number, str(number))
        for number, (evidence, is_right) in enumerate(sides)
    ]
    seen = replace(positives[0], inlier_count=90, margin=90, difference=0.05)
    versions = [
        DecisionSample(seen, False, 9_000, "seen", is_version=True),
        DecisionSample(
            replace(seen, difference=0.0), False, 9_001, "unseen", is_version=True
        ),
    ]
    assert learn_decision([*known, *versions], seed=1) == decision
    assert share_of_versions_found(decision, [*known, *versions]) == 0.5
    assert math.isnan(share_of_versions_found(decision, known))
