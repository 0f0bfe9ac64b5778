import pytest

from app.models import Artwork
from app.retrieval.images.quality import QualityIssue
from app.web.shell.presentation.words import ADVICE, caption, meaning, percent


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "under 1 %"),
        (0.004, "under 1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.9999, "over 99 %"),
        (1.0, "over 99 %"),
    ],
)
def test_nothing_is_impossible_and_nothing_certain(probability, words):
    assert percent(probability) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.001, "of 100 answers this sure, about 1 are right"),
        (0.8, "of 100 answers this sure, about 80 are right"),
        (0.996, "of 1,000 answers this sure, about 996 are right"),
        (1.0, "of 1,000 answers this sure, about 999 are right"),
    ],
)
@pytest.mark.usefixtures("in_app")
def test_a_probability_is_told_in_numbers_of_answers(probability, words):
    assert meaning(probability) == words


@pytest.mark.usefixtures("in_app")
def test_a_caption_leaves_out_what_is_not_known():
    work = Artwork(title="", artist="Ada Bright", date="")
    assert caption(work) == "Untitled, Ada Bright"


def test_every_fault_has_advice():
    assert set(ADVICE) == set(QualityIssue)
