"""Calendar months that reports are of; those of UTC, as all statistics."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.models import now
from app.services.operations.statistics import Period, first_day


def month_of(day: date) -> Period:
    """Return the calendar month that a day is in."""
    first = day.replace(day=1)
    next_first = (first + timedelta(days=31)).replace(day=1)
    return Period(first, next_first - timedelta(days=1))


def month_before(month: Period) -> Period:
    """Return the calendar month before one."""
    return month_of(month.first - timedelta(days=1))


def last_month() -> Period:
    """Return the newest month that is over."""
    return month_before(month_of(now().date()))


def past_months(session: Session) -> list[Period]:
    """Return the months since the first search that are over, the newest first."""
    first = first_day(session)
    months = []
    month = last_month()
    while first is not None and month.last >= first:
        months.append(month)
        month = month_before(month)
    return months
