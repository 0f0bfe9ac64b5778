import numpy as np
import pytest

from app.retrieval.training.components.decision import learn_decision
from app.retrieval.types import Evidence, Verdict


def draw_evidence(rng, count, inliers, similarity, coverage):
    """Samples around some typical values; margins follow the inliers."""
    counts = rng.poisson(inliers, count)
    return [
        Evidence(
            similarity=float(np.clip(rng.normal(similarity, 0.15), -1, 1)),
            inlier_count=int(number),
            inlier_share=float(rng.uniform(0.2, 0.6) if number < 15 else 0.7),
            margin=int(number - rng.integers(0, 8)),
            coverage=float(np.clip(rng.normal(coverage, 0.2), 0, 1)),
        )
        for number in counts
    ]


@pytest.fixture(scope="module")
def samples():
    rng = np.random.default_rng(11)
    positives = draw_evidence(rng, 300, 25, 0.6, 0.5)
    negatives = draw_evidence(rng, 400, 7, 0.3, 0.2)
    return positives, negatives


@pytest.fixture(scope="module")
def decision(samples):
    return learn_decision(*samples, seed=1)


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


def test_a_looser_rate_gives_a_lower_threshold():
    rng = np.random.default_rng(14)
    alike = draw_evidence(rng, 300, 12, 0.4, 0.4), draw_evidence(rng, 300, 8, 0.3, 0.3)
    strict, loose = (
        learn_decision(*alike, false_accept_rate=rate, seed=1) for rate in (0.01, 0.1)
    )
    assert loose.found_threshold < strict.found_threshold


def test_found_is_never_less_likely_than_not(samples):
    decision = learn_decision(*samples, false_accept_rate=0.4, seed=1)
    assert decision.found_threshold >= 0.5


def test_photos_that_no_homography_connects_do_not_make_inliers_mean_less(samples):
    positives, negatives = samples
    hopeless = [Evidence(0.6, 0, 0.0, -5, 0.0)] * 60
    plain, burdened = (
        learn_decision(some, negatives, seed=1)
        for some in (positives, [*positives, *hopeless])
    )
    assert burdened.coefficients == pytest.approx(plain.coefficients)
    assert burdened.true_accept_rate < plain.true_accept_rate


def test_no_coefficient_is_negative_even_if_the_samples_say_so(samples):
    positives, negatives = samples
    misleading = [
        Evidence(e.similarity, e.inlier_count, e.inlier_share, e.margin, 0.9)
        for e in negatives
    ]
    learnt = learn_decision(positives, misleading, seed=1)
    assert learnt.coefficients["coverage"] == 0
    assert all(value >= 0 for value in learnt.coefficients.values())
    assert learnt.coefficients["log_inliers"] > 0


def test_separable_samples_put_the_line_between_them():
    clear = [Evidence(0.8, 100 + i, 0.9, 95, 0.8) for i in range(20)]
    blank = [Evidence(0.1, i % 4, 0.2, 0, 0.0) for i in range(20)]
    decision = learn_decision(clear, blank, seed=1)
    assert decision.true_accept_rate == 1
    assert decision.probability(blank[3]) < decision.uncertain_threshold
    between = Evidence(0.4, 25, 0.5, 20, 0.3)
    assert decision.probability(between) > decision.probability(blank[3])
    assert decision.probability(between) < decision.probability(clear[0])


def test_the_same_seed_learns_the_same(samples, decision):
    assert learn_decision(*samples, seed=1) == decision


def test_the_balance_of_the_samples_does_not_move_the_probabilities(samples):
    positives, negatives = samples
    once = learn_decision(positives, negatives, seed=1)
    often = learn_decision(positives * 5, negatives, seed=1)
    sample = Evidence(0.45, 14, 0.4, 8, 0.35)
    assert often.probability(sample) == pytest.approx(once.probability(sample), abs=0.1)


def test_too_few_samples_and_odd_rates_are_refused(samples):
    positives, negatives = samples
    with pytest.raises(ValueError, match="at least 5"):
        learn_decision(positives[:4], negatives, seed=1)
    with pytest.raises(ValueError, match="false_accept_rate"):
        learn_decision(positives, negatives, false_accept_rate=0, seed=1)
