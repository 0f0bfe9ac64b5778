"""Calendar months of reports."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from app.models import Query
from app.retrieval.verification.evidence import Verdict
from app.services.operations.monthly.months import (
    last_month,
    month_before,
    month_of,
    past_months,
)
from app.services.operations.statistics import Period

FEBRUARY = Period(date(2028, 2, 1), date(2028, 2, 29))


def test_a_month_has_all_its_days():
    assert month_of(date(2028, 2, 29)) == FEBRUARY
    assert month_of(date(2026, 12, 31)) == Period(date(2026, 12, 1), date(2026, 12, 31))


def test_the_month_before_is_the_calendars():
    assert month_before(month_of(date(2028, 3, 31))) == FEBRUARY
    assert month_before(month_of(date(2026, 1, 5))).first == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("moment", "month"),
    [("2028-03-01T00:00:00Z", 2), ("2028-02-29T23:59:59Z", 1)],
)
def test_a_month_is_over_when_its_last_day_is(moment, month):
    with time_machine.travel(moment, tick=False):
        assert last_month().first == date(2028, month, 1)


def test_months_since_the_first_search_are_listed(session):
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False):
        assert past_months(session) == []
        session.add(
            Query(
                verdict=Verdict.FOUND,
                created_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC),
                probability=0.9,
                width=1,
                height=1,
                model_id="m",
                generation="g",
            )
        )
        session.commit()
        months = [month.first for month in past_months(session)]
    assert months == [date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1)]
