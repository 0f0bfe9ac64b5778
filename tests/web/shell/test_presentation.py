import pytest

from app.models import Artwork, Query, QueryMatch, ReferenceImage
from app.retrieval.images.quality import QualityIssue
from app.web.shell.presentation import ADVICE, SIDE, caption, meaning, pairing, percent


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


def test_a_caption_leaves_out_what_is_not_known():
    work = Artwork(title="", artist="Ada Bright", date="")
    assert caption(work) == "Untitled, Ada Bright"


def test_every_fault_has_advice():
    assert set(ADVICE) == set(QualityIssue)


def pair(photo, work, points=((0.5, 0.5, 0.25, 0.75),)):
    return pairing(
        QueryMatch(
            query=Query(width=photo[0], height=photo[1]),
            image=ReferenceImage(width=work[0], height=work[1]),
            points=[list(point) for point in points],
        )
    )


def test_upright_pictures_stand_side_by_side():
    drawn = pair((300, 400), (600, 800))
    assert drawn["size"] == (1540, SIDE)
    assert drawn["lines"] == [(375, 500, 790 + 187.5, 750)]


def test_wide_pictures_lie_one_above_the_other():
    drawn = pair((1600, 900), (800, 500))
    assert drawn["size"] == (SIDE, 562.5 + 40 + 625)
    assert drawn["lines"] == [(500, 281.2, 250, 1071.2)]


def test_without_details_there_is_nothing_to_draw():
    assert pair((300, 400), (600, 800), points=()) is None
