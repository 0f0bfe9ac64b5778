"""What webhooks are told of a day's searches: numbers, once, and of nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.models import (
    Artwork,
    DeliveryState,
    Feedback,
    Query,
    WebhookDelivery,
    WebhookEvent,
    now,
)
from app.retrieval.verification.evidence import Verdict
from app.services.operations.webhooks import digest
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import EventKind
from tests.support.hooks import listen, told

DAY = date(2026, 3, 10)


@pytest.fixture
def ask(session):
    def ask(verdict, day=DAY, **facts):
        query = Query(
            verdict=verdict,
            created_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            generation="g",
            probability=0.9,
            width=1,
            height=1,
            model_id="m",
            **facts,
        )
        session.add(query)
        session.commit()
        return query

    return ask


def test_a_day_is_told_once_with_the_works_that_were_named(session, ask):
    listen(session)
    ask(Verdict.FOUND)
    query = ask(Verdict.NOT_FOUND, visitor="somebody")
    query.feedback = Feedback(is_right=False, found_by="number")
    query.feedback.artwork = Artwork(accession="A.1", title="Hare")
    query.feedback.created_at = query.created_at
    ask(Verdict.NOT_FOUND, DAY + timedelta(days=1))
    for _ in range(2):
        digest.tell_not_found(session, DAY)
        session.commit()
    [(kind, data)] = told(session)
    assert kind == "photos.not_found"
    assert data == {
        "day": "2026-03-10",
        "searches": 2,
        "count": 1,
        "works": [{"accession": "A.1", "title": "Hare", "times": 1}],
        "path": "admin/unanswered?from=2026-03-10&to=2026-03-10",
    }


def test_a_day_on_which_all_was_found_is_not_told(session, ask):
    listen(session)
    ask(Verdict.FOUND)
    digest.tell_not_found(session, DAY)
    session.commit()
    assert told(session) == []


def test_what_is_over_is_forgotten_after_a_month_and_what_waits_is_not(session):
    listen(session)
    for _ in range(3):
        outbox.tell(session, EventKind.WORK_ADDED, {})
    session.commit()
    over, waiting, new = session.scalars(select(WebhookDelivery)).all()
    over.state = new.state = DeliveryState.DELIVERED
    for old in (over, waiting):
        old.event.created_at = now() - timedelta(days=digest.KEPT_DAYS + 1)
    session.commit()
    kept = {waiting.id, new.id}
    digest.forget_old(session)
    session.commit()
    assert set(session.scalars(select(WebhookDelivery.id))) == kept
    assert session.scalars(select(func.count(WebhookEvent.id))).one() == 2
