"""Outbox of events: written in the transaction of the change that they tell of.

What is rolled back is told to nobody, and what is committed is not forgotten, whatever
stops the program afterwards. Where no webhook wants to know, nothing is written.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.models import Webhook, WebhookDelivery, WebhookEvent, now
from app.services.system.webhooks.events import EventKind


def tell(
    session: Session, kind: EventKind, data: Mapping[str, Any], name: str = ""
) -> None:
    """Note an event for the webhooks that want to know; the caller commits.

    Parameters
    ----------
    name : str, optional
        Under which it is noted only once, whatever is done again after a crash.
    """
    wanted = select(Webhook.id, Webhook.events).where(Webhook.off_at.is_(None))
    # Where the database knows row locks, no hook is deleted before the commit.
    wanted = wanted.with_for_update(read=True, key_share=True)
    with session.no_autoflush:
        found = session.execute(wanted).all()
        known = select(WebhookEvent.id).where(WebhookEvent.name == name)
        is_new = not name or session.scalars(known).first() is None
    hooks = [number for number, events in found if kind in events]
    if hooks and is_new:
        note(session, kind, data, hooks, name)


def note(
    session: Session,
    kind: EventKind,
    data: Mapping[str, Any],
    hooks: Sequence[int],
    name: str = "",
) -> None:
    """Note an event for some webhooks, by their numbers; the caller commits."""
    event = insert(WebhookEvent).values(
        name=name or secrets.token_hex(16),
        kind=kind.value,
        data=dict(data),
        created_at=now(),
    )
    # What else the session holds is written when its owner wants.
    with session.no_autoflush:
        number = session.scalars(event.returning(WebhookEvent.id)).one()
        rows = [{"hook_id": one, "event_id": number} for one in hooks]
        session.execute(insert(WebhookDelivery), rows)
