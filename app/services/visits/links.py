"""Links by which visitors show the works of a visit to others: never their photos.

A link shows the visit as it is then, and leads nowhere once it expired, was taken back,
or what it shows is not kept any more.
"""

import secrets
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, and_, delete, select

from app.extensions import db
from app.models import VisitLink, now
from app.services.search.history import Owner
from app.services.search.sharing import TOKEN_BYTES
from app.services.visits.visit import Visit, bounds, visit_of

LINK_DAYS = 30
"""Longest life of a link."""


def expiry_of(day: date, kept_days: int, zone: tzinfo) -> datetime:
    """Return when a link made now ends: with what it shows, at the latest.

    Parameters
    ----------
    kept_days : int
        How long searches belong to whoever asked.
    """
    begin, _end = bounds(day, zone)
    return min(now() + timedelta(days=LINK_DAYS), begin + timedelta(days=kept_days))


def share(owner: Owner, day: date, expires_at: datetime) -> VisitLink:
    """Make a link to a visit, or return the one that there is."""
    link = link_to(owner, day)
    if link is None:
        link = VisitLink(
            **owner.columns,
            day=day,
            token=secrets.token_urlsafe(TOKEN_BYTES),
            expires_at=expires_at,
        )
        db.session.add(link)
        db.session.commit()
    return link


def link_to(owner: Owner, day: date) -> VisitLink | None:
    """Return the link to somebody's visit, unless there is none or it expired."""
    links = select(VisitLink).where(_of(owner, day), VisitLink.expires_at > now())
    return db.session.scalars(links.order_by(VisitLink.id)).first()


def take_back(owner: Owner, day: date) -> None:
    """Let every link to a visit lead nowhere, for good."""
    db.session.execute(delete(VisitLink).where(_of(owner, day)))
    db.session.commit()


def shared_visit(token: str, zone: tzinfo) -> Visit | None:
    """Return the visit that a link shows; None once it ended."""
    link = db.session.scalars(
        select(VisitLink).where(VisitLink.token == token, VisitLink.expires_at > now())
    ).one_or_none()
    if link is None:
        return None
    return visit_of(Owner(link.user_id, link.visitor), link.day, zone)


def _of(owner: Owner, day: date) -> ColumnElement[bool]:
    return and_(owner.condition(VisitLink), VisitLink.day == day)
