"""Administration of webhooks: registered, changed, switched on and off, tested.

Each change is written into the audit trail; the caller commits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from app.models import (
    DeliveryState,
    User,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
    now,
)
from app.services.system import audit
from app.services.system.paging import Page, select_page
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import CHOICES, EventKind
from app.services.system.webhooks.signing import new_salt

MOST_HOOKS = 20
LONGEST_NAME = 80
EVENTS = "events"
"""Key of what the trail holds."""
DELIVERIES_PER_PAGE = 50


class TooManyHooksError(Exception):
    """Number of webhooks beyond the limit."""


@dataclass(frozen=True, slots=True)
class HookFacts:
    """What is said of a webhook: what it is called, where it is, what it is told."""

    name: str
    address: str
    events: tuple[EventKind, ...]


def list_hooks(session: Session) -> Sequence[Webhook]:
    """Return all webhooks, in the order of their making."""
    return session.scalars(select(Webhook).order_by(Webhook.id)).all()


def count_waiting(session: Session) -> dict[int, int]:
    """Count the deliveries that wait, by the numbers of their webhooks."""
    counted = (
        select(WebhookDelivery.hook_id, func.count())
        .where(WebhookDelivery.state == DeliveryState.WAITING)
        .group_by(WebhookDelivery.hook_id)
    )
    return {int(number): int(count) for number, count in session.execute(counted)}


def list_deliveries(
    session: Session, hook: Webhook, number: int = 1
) -> Page[WebhookDelivery] | None:
    """Return a page of deliveries, the newest event first; None if there is none."""
    listed = (
        select(WebhookDelivery)
        .join(WebhookDelivery.event)
        .where(WebhookDelivery.hook_id == hook.id)
        .options(contains_eager(WebhookDelivery.event))
        .order_by(WebhookEvent.id.desc())
    )
    return select_page(session, listed, number, DELIVERIES_PER_PAGE)


def chosen_events(names: Collection[str]) -> tuple[EventKind, ...]:
    """Return the kinds of events that a form names, in their order."""
    return tuple(kind for kind in CHOICES if kind in names)


def add(session: Session, facts: HookFacts, user: User) -> Webhook:
    """Register a webhook, with a secret of its own.

    Raises
    ------
    TooManyHooksError
        If there are ``MOST_HOOKS`` already.
    """
    there = session.scalars(select(func.count(Webhook.id))).one()
    if there >= MOST_HOOKS:
        raise TooManyHooksError
    hook = Webhook(salt=new_salt(), user_id=user.id)
    _set(hook, facts)
    session.add(hook)
    _record(session, audit.HOOK_ADD, hook, user, {EVENTS: list(hook.events)})
    return hook


def change(session: Session, hook: Webhook, facts: HookFacts, user: User) -> bool:
    """Change what is said of a webhook; False if nothing differs."""
    before = _facts(hook)
    _set(hook, facts)
    if _facts(hook) == before:
        return False
    if hook.address != before[1]:
        _begin_anew(session, hook)  # another address may be well
    events = {EVENTS: list(hook.events)}
    _record(session, audit.HOOK_CHANGE, hook, user, events, {EVENTS: before[-1]})
    return True


def renew_secret(session: Session, hook: Webhook, user: User) -> None:
    """Give a webhook another secret; the one before signs nothing any more."""
    hook.salt = new_salt()
    _record(session, audit.HOOK_SECRET, hook, user)


def switch_on(session: Session, hook: Webhook, user: User) -> None:
    """Tell a webhook of events again, first of what waited when it was switched off."""
    hook.off_at, hook.off_because, hook.is_noted = None, "", True
    _begin_anew(session, hook)
    _record(session, audit.HOOK_ON, hook, user)


def switch_off(session: Session, hook: Webhook, user: User) -> None:
    """Tell a webhook nothing any more; what waits, waits."""
    hook.off_at, hook.off_because = now(), ""
    _record(session, audit.HOOK_OFF, hook, user)


def delete(session: Session, hook: Webhook, user: User) -> None:
    """Forget a webhook and its deliveries."""
    _record(session, audit.HOOK_DELETE, hook, user)
    session.delete(hook)


def test(session: Session, hook: Webhook) -> None:
    """Tell a webhook something that means nothing, as soon as a worker can."""
    outbox.note(session, EventKind.TEST, {}, [hook.id])
    hook.due_at = None


def send_again(hook: Webhook, delivery: WebhookDelivery) -> None:
    """Deliver an event to a webhook once more, as soon as a worker can."""
    delivery.state, delivery.tries = DeliveryState.WAITING, 0
    delivery.asked_at, delivery.due_at = now(), None
    hook.due_at = None


def _begin_anew(session: Session, hook: Webhook) -> None:
    """Let what waits be sent as soon as a worker can, as if nothing had failed."""
    hook.failures, hook.failing_since, hook.due_at = 0, None, None
    waiting = select(WebhookDelivery).where(
        WebhookDelivery.hook_id == hook.id,
        WebhookDelivery.state == DeliveryState.WAITING,
    )
    for delivery in session.scalars(waiting):
        delivery.asked_at, delivery.due_at = now(), None


def _set(hook: Webhook, facts: HookFacts) -> None:
    hook.name, hook.address = facts.name, facts.address
    hook.events = [kind.value for kind in facts.events]


def _facts(hook: Webhook) -> tuple[str, str, list[str]]:
    return hook.name, hook.address, list(hook.events)


def _record(
    session: Session,
    action: str,
    hook: Webhook,
    user: User,
    after: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    # Not its address: it may hold a key of the receiver's.
    audit.record(
        session, action, user=user, subject=hook.name, before=before, after=after
    )
