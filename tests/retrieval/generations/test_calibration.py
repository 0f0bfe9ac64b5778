import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.retrieval.generations.calibration import (
    EDGES,
    ENOUGH,
    FIGURES,
    Calibration,
    TriedAnswer,
    states_certainty,
)
from app.retrieval.generations.proportion import Proportion
from app.retrieval.verification.evidence import Verdict

ANSWERS = st.lists(st.builds(TriedAnswer, st.floats(0, 1), st.booleans()))


def test_answers_are_counted_by_how_sure_they_are():
    table = Calibration.of(
        [
            TriedAnswer(0.2, False),
            TriedAnswer(0.95, True),
            TriedAnswer(0.999, True),
            TriedAnswer(1.0, True),
            TriedAnswer(0.9999, False, is_of_version=True),
        ]
    )
    assert [one.right for one in table.bins] == [
        Proportion(0, 1),
        Proportion(0, 0),
        Proportion(1, 1),
        Proportion(2, 3),
    ]
    assert [one.versions for one in table.bins] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("probability", "low"),
    [(0, 0), (0.4999, 0), (0.5, 0.5), (0.9, 0.9), (0.99, 0.99), (1, 0.99)],
)
def test_an_edge_belongs_to_the_bin_above_it(probability, low):
    assert Calibration.of([]).bin_of(probability).low == low


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_has_no_bin(probability):
    with pytest.raises(ValueError, match="is no probability"):
        Calibration.of([]).bin_of(probability)


@given(ANSWERS)
def test_every_answer_is_in_one_bin_that_holds_its_probability(answers):
    table = Calibration.of(answers)
    assert sum(one.right.total for one in table.bins) == len(answers)
    assert sum(one.right.count for one in table.bins) == sum(
        one.is_right for one in answers
    )
    for answer in answers:
        own = table.bin_of(answer.probability)
        assert own.low <= answer.probability <= own.high
        assert own.right.total


@given(ANSWERS)
def test_its_figures_tell_all_of_it(answers):
    table = Calibration.of(answers)
    assert table.figures.keys() == FIGURES
    assert Calibration.read({"unit_length": 1.0, **table.figures}) == table


def test_figures_without_all_of_it_are_none():
    figures = dict(Calibration.of([]).figures)
    assert len(figures) == 3 * (len(EDGES) - 1)
    del figures["calibration_right_from_0.9"]
    assert Calibration.read(figures) is None
    assert Calibration.read({}) is None


def test_few_answers_are_not_enough():
    few = Calibration.of([TriedAnswer(0.7, True)] * (ENOUGH - 1))
    assert not few.bin_of(0.7).is_enough
    assert Calibration.of([TriedAnswer(0.7, True)] * ENOUGH).bin_of(0.7).is_enough


@pytest.mark.parametrize(
    ("verdict", "first", "is_different", "states"),
    [
        (Verdict.FOUND, Verdict.FOUND, False, True),
        (Verdict.UNCERTAIN, Verdict.UNCERTAIN, False, True),
        (Verdict.UNCERTAIN, Verdict.UNCERTAIN, True, False),
        (Verdict.UNCERTAIN, Verdict.FOUND, False, False),
    ],
)
def test_a_tie_or_a_difference_states_no_certainty(
    verdict, first, is_different, states
):
    assert states_certainty(verdict, first, is_different=is_different) is states
