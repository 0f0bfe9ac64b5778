"""Answers of a viewfinder: each work counts once per visit, with one photo if wanted.

A viewfinder asks about a frame or two a second, so its frames are no searches: most
show a floor, or the same work once more. What is stored, and so listed for its visitor
and counted in the statistics, is the answer that names a work for the first time within
an hour, without its picture. A picture is only kept where the visitor asks for it.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Query, QueryMatch, now
from app.retrieval.verification.evidence import Verdict
from app.services.media.store import MediaStore
from app.services.search import history
from app.services.search.history import Owner

SOURCE = "viewfinder"
"""``Query.source`` of answers of a viewfinder."""
VISIT = timedelta(hours=1)
"""Within which a work that is seen again does not count again."""


def note(session: Session, query: Query, owner: Owner) -> dict[int, Query]:
    """Store what of an answer to a frame is new to its visitor.

    Parameters
    ----------
    query : Query
        In no session; becomes a row with the works that are new, if there are any.

    Returns
    -------
    answers : dict of int to Query
        The stored answer of each work that was found, by the key of the work.
    """
    found = {match.artwork.id: match for match in query.proposals if _is_found(match)}
    known = answers_of(session, owner, list(found))
    new = [match for work_id, match in found.items() if work_id not in known]
    if new:
        query.matches = new
        for rank, match in enumerate(new):
            match.rank = rank
        session.add(query)
        session.commit()
    return known | {match.artwork.id: query for match in new}


def answers_of(session: Session, owner: Owner, work_ids: list[int]) -> dict[int, Query]:
    """Return a visitor's newest stored answer of the last hour for each of some works.

    One with a photo before one without.
    """
    if not work_ids:
        return {}
    asked = (
        select(QueryMatch.artwork_id, Query)
        .join(QueryMatch.query)
        .where(
            owner.condition(),
            Query.source == SOURCE,
            Query.created_at > now() - VISIT,
            QueryMatch.artwork_id.in_(work_ids),
            QueryMatch.verdict == Verdict.FOUND,
        )
        .order_by(Query.photo_name.is_not(None), Query.created_at)
    )
    return {row.artwork_id: row.Query for row in session.execute(asked)}


def replace(session: Session, kept: Query, owner: Owner, photos: MediaStore) -> None:
    """Delete the answers without a photo of works of which a photo is kept now."""
    works = {match.artwork_id for match in kept.matches}
    for query in set(answers_without_photo(session, owner, works)):
        history.forget(query, photos)


def answers_without_photo(
    session: Session, owner: Owner, works: set[int]
) -> list[Query]:
    """Return a visitor's answers of the last hour that name some works and no other."""
    asked = select(Query).where(
        owner.condition(),
        Query.source == SOURCE,
        Query.photo_name.is_(None),
        Query.created_at > now() - VISIT,
    )
    return [
        query
        for query in session.scalars(asked)
        if works.issuperset(match.artwork_id for match in query.matches)
    ]


def _is_found(match: QueryMatch) -> bool:
    return match.verdict is Verdict.FOUND
