"""Clock that all who share a database agree on."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import UtcDateTime, now

CLOCKS = {"postgresql": "clock_timestamp"}
"""Functions that tell the time, by database; SQLite's users share the machine's."""


def shared_now(session: Session) -> datetime:
    """Return the present moment in UTC by the database's clock.

    Leases are measured by it: a machine whose own clock is a minute ahead would take
    others for dead.
    """
    clock = CLOCKS.get(session.get_bind().dialect.name)
    if clock is None:
        return now()
    told = select(getattr(func, clock)(type_=UtcDateTime()))
    moment: datetime = session.scalars(told).one()
    return moment
