"""Tours as visitors read them: those published, their stops on show, their version."""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Artwork, Tour, TourStop
from app.models.keys import sort_key

VERSION_LENGTH = 12
"""Hexadecimal digits."""


def all_tours() -> Select[Tour]:
    """Return a statement that selects the tours that are not deleted, with stops."""
    stops = selectinload(Tour.stops).joinedload(TourStop.artwork)
    return (
        select(Tour)
        .where(Tour.deleted_at.is_(None))
        .options(stops.selectinload(Artwork.images))
    )


def published_tours() -> list[Tour]:
    """Return the tours that visitors see, by title; none without a work on show."""
    shown = db.session.scalars(all_tours().where(Tour.published_at.is_not(None)))
    return sorted(
        (tour for tour in shown if stops_on_show(tour)),
        key=lambda tour: (sort_key(tour.title), tour.id),
    )


def has_published_tours() -> bool:
    """Tell whether there is a tour for visitors."""
    shown = select(Tour.id).where(
        Tour.deleted_at.is_(None), Tour.published_at.is_not(None)
    )
    return db.session.scalars(shown.limit(1)).first() is not None


def published_tour(tour_id: int) -> Tour | None:
    """Return a tour that visitors see, or None."""
    wanted = all_tours().where(Tour.id == tour_id, Tour.published_at.is_not(None))
    tour = db.session.scalars(wanted).one_or_none()
    return tour if tour is not None and stops_on_show(tour) else None


def stops_on_show(tour: Tour) -> Sequence[TourStop]:
    """Return the stops that visitors see: withdrawn works are left out."""
    return [stop for stop in tour.stops if not stop.artwork.is_withdrawn]


def other_languages(tour: Tour) -> list[Tour]:
    """Return the published tours that tell the same in other languages."""
    original = tour.translation_of_id or tour.id
    same = or_(Tour.id == original, Tour.translation_of_id == original)
    statement = all_tours().where(
        same, Tour.id != tour.id, Tour.published_at.is_not(None)
    )
    told = (one for one in db.session.scalars(statement) if stops_on_show(one))
    return sorted(told, key=lambda one: (one.language, one.id))


def version_of(tour: Tour) -> str:
    """Return what changes with all that a visitor sees of a tour.

    Also with the labels and pictures of its works, and when one of them is withdrawn.
    """
    seen = [
        tour.title,
        tour.intro,
        tour.language,
        [
            (
                *(stop.text, work.accession, work.title, work.artist, work.date),
                *(work.technique, work.location),
                work.images[0].media_name if work.images else "",
            )
            for stop in stops_on_show(tour)
            for work in [stop.artwork]
        ],
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:VERSION_LENGTH]
