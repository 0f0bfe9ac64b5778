"""Searches that found something, and tours, as rows."""

from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, Query, QueryMatch, Tour, TourStop, now
from app.retrieval.verification.evidence import Verdict
from tests.support.museum import accession_of


def work_of(number):
    """Return a work of the small museum."""
    wanted = select(Artwork).where(Artwork.accession == accession_of(number))
    return db.session.scalars(wanted).one()


def found(*works, verdict=Verdict.FOUND, **fields):
    """Keep a search that named some works."""
    query = Query(
        verdict=verdict,
        probability=0.99,
        width=4,
        height=3,
        model_id="model",
        generation="generation",
        matches=[
            QueryMatch(
                rank=rank,
                artwork=work,
                verdict=verdict,
                probability=0.99,
                inlier_count=80,
            )
            for rank, work in enumerate(works)
        ],
        **{"created_at": now(), **fields},
    )
    db.session.add(query)
    db.session.commit()
    return query


def tour_of(*works, title="Animals", is_published=True, **facts):
    """Return a tour that leads to some works, not recorded yet."""
    return Tour(
        title=title,
        language=facts.pop("language", "en"),
        published_at=now() if is_published else None,
        stops=[
            TourStop(artwork=work, position=position, text=f"Look at {work.title}.")
            for position, work in enumerate(works)
        ],
        **facts,
    )
