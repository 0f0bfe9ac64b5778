"""Photos on the review desk: which are there, grouped by what they show."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.models import Feedback, PhotoReview, Query, ReviewOutcome
from app.retrieval.images.quality import QualityIssue
from app.retrieval.verification.evidence import Verdict
from app.services.search.grouping import group_alike
from app.services.search.history import WITH_WORKS

MOST = 120
"""Newest photos on the desk; the others follow when these are done."""


class DeskList(StrEnum):
    """List of photos of which nothing was decided."""

    WAITING = "waiting"
    """All, but for those that were called right: these need nobody."""
    UNANSWERED = "unanswered"
    """Nothing was found, and nobody said that this is right."""
    WRONG = "wrong"
    """Called wrong by their visitors."""
    RIGHT = "right"
    """Called right, to be looked at for the evaluation set."""


class PhotoKind(StrEnum):
    """Kind of a photo, where that alone says why nothing was found."""

    BLACK = "black"
    BLANK = "blank"
    TINY = "tiny"
    LABEL = "label"
    BLURRED = "blurred"
    ALIKE = "alike"
    """None of these: photos of one thing."""


@dataclass(frozen=True, slots=True)
class PhotoGroup:
    """Group of photos that show the same, or fail for the same reason."""

    kind: PhotoKind
    queries: Sequence[Query]


@dataclass(frozen=True, slots=True)
class PlaceInLine:
    """Place of a photo among those that wait, in the order of the desk.

    Attributes
    ----------
    number, total : int
        From 1 on.
    before, after : str or None
        Ids of the photos beside it.
    """

    number: int
    total: int
    before: str | None
    after: str | None


def is_shown() -> ColumnElement[bool]:
    """Return which photos staff may see: kept, and not found for sure or judged."""
    return and_(
        Query.photo_name.is_not(None),
        or_(Query.verdict != Verdict.FOUND, Query.feedback.has()),
    )


def find_photo(session: Session, query_id: str) -> Query | None:
    """Return a photo that staff may see, with its candidates; None for all others."""
    meant = select(Query).where(Query.id == query_id, is_shown()).options(*WITH_WORKS)
    return session.scalars(meant).first()


def open_photos(session: Session, listed: DeskList = DeskList.WAITING) -> list[Query]:
    """Return the newest photos of a list."""
    is_right = Query.feedback.has(Feedback.is_right.is_(True))
    belongs = {
        DeskList.WAITING: ~is_right,
        DeskList.UNANSWERED: and_(Query.verdict == Verdict.NOT_FOUND, ~is_right),
        DeskList.WRONG: Query.feedback.has(Feedback.is_right.is_(False)),
        DeskList.RIGHT: is_right,
    }[listed]
    decided = select(PhotoReview.query_id).where(
        PhotoReview.outcome != ReviewOutcome.OPEN
    )
    meant = (
        select(Query)
        .where(
            is_shown(),
            Query.id.not_in(decided),
            belongs,
        )
        .order_by(Query.created_at.desc(), Query.id)
        .limit(MOST)
        .options(*WITH_WORKS)
    )
    return list(session.scalars(meant))


def decided_photos(session: Session) -> list[PhotoReview]:
    """Return the newest reviews whose photos are kept, the last decision first."""
    meant = (
        select(PhotoReview)
        .join(PhotoReview.query)
        .where(PhotoReview.outcome != ReviewOutcome.OPEN, is_shown())
        .order_by(PhotoReview.created_at.desc(), PhotoReview.query_id)
        .limit(MOST)
    )
    return list(session.scalars(meant))


def reviews_of(session: Session, queries: Sequence[Query]) -> dict[str, PhotoReview]:
    """Return what is noted of some photos, by their ids."""
    ids = [query.id for query in queries]
    meant = select(PhotoReview).where(PhotoReview.query_id.in_(ids))
    return {review.query_id: review for review in session.scalars(meant)}


def kind_of(query: Query) -> PhotoKind:
    """Tell what kind of photo it is."""
    issues = query.quality.get("faults", ())
    for issue in (QualityIssue.BLACK, QualityIssue.BLANK, QualityIssue.TINY):
        if issue in issues:
            return PhotoKind(issue.value)
    if query.reading and (query.reading["lines"] or query.reading["works"]):
        return PhotoKind.LABEL
    if QualityIssue.BLURRED in issues:
        return PhotoKind.BLURRED
    return PhotoKind.ALIKE


def group(queries: Sequence[Query]) -> list[PhotoGroup]:
    """Group photos: the largest of those alike first, kinds that explain it last.

    Photos that propose the same work first are of one thing, whatever they look like.
    """
    by_work: dict[int, list[Query]] = {}
    others: list[Query] = []
    kinds: dict[PhotoKind, list[Query]] = {}
    for query in queries:
        kind = kind_of(query)
        if kind is not PhotoKind.ALIKE:
            kinds.setdefault(kind, []).append(query)
        elif query.verdict is not Verdict.NOT_FOUND and query.matches:
            by_work.setdefault(query.matches[0].artwork_id, []).append(query)
        else:
            others.append(query)
    alike = sorted([*by_work.values(), *group_alike(others)], key=len, reverse=True)
    return [
        *(PhotoGroup(PhotoKind.ALIKE, members) for members in alike),
        *(PhotoGroup(kind, kinds[kind]) for kind in PhotoKind if kind in kinds),
    ]


def place_in_line(session: Session, query: Query) -> PlaceInLine | None:
    """Return the place of a photo among those that wait; None if it does not."""
    groups = group(open_photos(session))
    ids = [one.id for members in groups for one in members.queries]
    if query.id not in ids:
        return None
    at = ids.index(query.id)
    around = [None, *ids, None]
    return PlaceInLine(at + 1, len(ids), around[at], around[at + 2])
