"""Groups on the review desk."""

from app.models import Query
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation.review.photos import PhotoKind, group


def query(similar="ab", **quality):
    reading = quality.pop("reading", None)
    return Query(
        verdict=Verdict.NOT_FOUND,
        width=1280,
        height=960,
        similar=[[work, 0.5] for work in similar],
        quality=quality,
        reading=reading,
    )


def test_photos_that_fail_for_different_reasons_are_not_alike():
    black, tiny = query(faults=["black", "small"]), query(faults=["tiny"])
    label = query(reading={"lines": ["1900.3"], "works": []})
    blurred = query(faults=["blurred"])
    one, other = query(), query()
    groups = group([black, label, one, tiny, blurred, other])
    assert [(one.kind, len(one.queries)) for one in groups] == [
        (PhotoKind.ALIKE, 2),
        (PhotoKind.BLACK, 1),
        (PhotoKind.TINY, 1),
        (PhotoKind.LABEL, 1),
        (PhotoKind.BLURRED, 1),
    ]
