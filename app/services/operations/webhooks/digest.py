"""Daily digest for webhooks, and the forgetting of what they were told long ago.

The photos of visitors are counted, nothing more: nobody could tell from it who asked.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.models import DeliveryState, WebhookDelivery, WebhookEvent, now
from app.retrieval.verification.evidence import Verdict
from app.services.operations.statistics import Period, Statistics
from app.services.system.tasks import TaskContext
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import (
    ACCESSION,
    COUNT,
    PATH,
    WORKS,
    EventKind,
)

KEPT_DAYS = 30
"""For which deliveries that are over can be looked at, and be sent again."""
PAGE = "admin/unanswered"
"""Address of the page of these photos, below the site's."""


def run_job(context: TaskContext) -> None:
    """Tell of yesterday's searches, and forget old deliveries; a periodic job."""
    session = context.session
    tell_not_found(session, now().date() - timedelta(days=1))
    forget_old(session)
    session.commit()


def tell_not_found(session: Session, day: date) -> None:
    """Tell how many photos of a day showed no work, if any; once. The caller commits.

    With the works that their visitors then named.
    """
    statistics = Statistics(session, Period(day, day))
    counts = statistics.by_verdict()
    if not counts[Verdict.NOT_FOUND]:
        return
    works = [
        {ACCESSION: work.accession, "title": work.title or "", "times": times}
        for work, times in statistics.missed()
    ]
    data = {
        "day": day.isoformat(),
        "searches": sum(counts.values()),
        COUNT: counts[Verdict.NOT_FOUND],
        WORKS: works,
        PATH: f"{PAGE}?from={day.isoformat()}&to={day.isoformat()}",
    }
    outbox.tell(session, EventKind.PHOTOS_NOT_FOUND, data, f"not-found-{day}")


def forget_old(session: Session) -> None:
    """Delete deliveries that were over long ago, and events of which none is left."""
    before = now() - timedelta(days=KEPT_DAYS)
    old = select(WebhookEvent.id).where(WebhookEvent.created_at < before)
    over: ColumnElement[bool] = WebhookDelivery.state != DeliveryState.WAITING
    session.execute(
        delete(WebhookDelivery).where(over, WebhookDelivery.event_id.in_(old))
    )
    wanted = select(WebhookDelivery.event_id)
    session.execute(
        delete(WebhookEvent).where(
            WebhookEvent.created_at < before, WebhookEvent.id.not_in(wanted)
        )
    )
