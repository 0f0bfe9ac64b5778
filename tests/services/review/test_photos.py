"""Groups on the review desk."""

from app.models import Query
from app.retrieval.verification.evidence import Verdict
from app.services.review.photos import PhotoKind, group


def query(similar="ab", **quality):
    reading = quality.pop("reading", None)
    side = quality.pop("side", 1280)
    return Query(
        verdict=Verdict.NOT_FOUND,
        width=side,
        height=side,
        similar=[[work, 0.5] for work in similar],
        quality=quality,
        reading=reading,
    )


def test_photos_that_fail_for_different_reasons_are_not_alike():
    black, tiny = query(lightness=3), query(side=80, lightness=200)
    label = query(lightness=200, reading={"lines": ["1900.3"], "works": []})
    blurred = query(lightness=200, faults=["blurred"])
    one, other = query(lightness=200), query(lightness=200)
    groups = group([black, label, one, tiny, blurred, other])
    assert [(one.kind, len(one.queries)) for one in groups] == [
        (PhotoKind.ALIKE, 2),
        (PhotoKind.BLACK, 1),
        (PhotoKind.TINY, 1),
        (PhotoKind.LABEL, 1),
        (PhotoKind.BLURRED, 1),
    ]
