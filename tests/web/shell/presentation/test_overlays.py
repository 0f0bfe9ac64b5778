import pytest

from app.models import Query, QueryMatch, ReferenceImage
from app.web.shell.presentation.overlays import SIDE, block_map, pairing


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


def compared(blocks, outlines=()):
    return QueryMatch(
        image=ReferenceImage(width=300, height=200),
        comparison={"blocks": blocks, "outlines": outlines},
    )


def test_blocks_are_drawn_around_their_middles():
    drawn = block_map(compared(["==?=x", "x  =="]))
    assert drawn is not None
    assert drawn["scale"] == pytest.approx((50, 200 / 3))
    assert drawn["agrees"] == "M0.5 0.5h2v1h-2zM3.5 0.5h1v1h-1zM3.5 1.5h2v1h-2z"
    assert drawn["disagrees"] == "M4.5 0.5h1v1h-1zM0.5 1.5h1v1h-1z"


def test_outlines_are_drawn_in_pixels_of_the_works_picture():
    drawn = block_map(compared(["="], [[[0, 0], [0.5, 0.25], [1, 1]]]))
    assert drawn is not None
    assert drawn["outlines"] == ["0.0,0.0 150.0,50.0 300.0,200.0"]


def test_what_was_not_compared_has_no_blocks():
    assert block_map(QueryMatch(image=ReferenceImage(width=3, height=2))) is None
    assert block_map(QueryMatch(comparison=compared(["="]).comparison)) is None
