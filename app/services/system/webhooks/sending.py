"""Sending of events to webhooks: at least once, in order, with a lease, with patience.

A worker claims a webhook, as tasks are claimed: one atomic update, with a lease that
runs out if the worker dies. It sends what waits, the oldest first of what was tried
least, so that one message that is never taken keeps no other waiting. A webhook that
fails is left in peace, longer each time, and switched off once it has taken nothing for
days.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from app.models import DeliveryState, Webhook, WebhookDelivery
from app.services.system.claims import LEASE, count_changes, shared_now
from app.services.system.links.connections import LinkError
from app.services.system.tasks import TaskContext
from app.services.system.webhooks.events import body_of
from app.services.system.webhooks.signing import message_id, signed_headers
from app.services.system.webhooks.transport import WebhookTransport

logger = logging.getLogger(__name__)

TURN_SECONDS = 10.0
"""How long one webhook is told before the next one has its turn."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=4)
"""Until a webhook, or a message, is tried again: at first, doubled each time."""
GIVEN_UP_AFTER = timedelta(days=5)
"""After which a message is given up, and a webhook that takes none switched off."""
GONE = 410
"""Status that says: there is no such receiver any more."""
BECAUSE_FAILING, BECAUSE_GONE = "failing", "gone"


@dataclass(frozen=True, slots=True)
class HookClaim:
    """Right of a worker to tell a webhook, known by its token."""

    hook_id: int
    token: str


@dataclass(frozen=True, slots=True)
class SendingOutcome:
    """Outcome of sending: a status, or why there is none."""

    status: int | None
    fault: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has the message."""
        return self.status is not None and 200 <= self.status < 300


def run_job(context: TaskContext) -> None:
    """Send what is due to all webhooks that no other worker tells; a periodic job."""
    transport = transport_of(context.config)
    while not context.process.stopping.is_set():
        claim = claim_next(context.session)
        if claim is None:
            return
        try:
            _tell(context, claim, transport)
        finally:
            _release(context.session, claim)


def is_awaited(context: TaskContext, _since: datetime) -> bool:
    """Tell whether something is to be sent now. Leaves no transaction open."""
    session = context.session
    waits = session.scalars(_next_hook(shared_now(session))).first() is not None
    session.commit()
    return waits


def transport_of(config: Mapping[str, Any]) -> WebhookTransport:
    """Return what sends messages, with the hosts that the settings let in."""
    return _transport(config["MORELLI_WEBHOOK_HOSTS"])


@lru_cache(maxsize=4)  # certificates are read once
def _transport(own_hosts: tuple[str, ...]) -> WebhookTransport:
    return WebhookTransport(own_hosts)


def claim_next(session: Session) -> HookClaim | None:
    """Claim the webhook that has waited longest for its turn; None: none has to."""
    at = shared_now(session)
    number = session.scalars(_next_hook(at)).first()
    session.commit()  # ends the reading, so that others may write
    if number is None:
        return None
    claim = HookClaim(number, secrets.token_hex(16))
    taken = update(Webhook).where(Webhook.id == number, *_is_free(at))
    changed = count_changes(
        session,
        _plain(taken).values(claim=claim.token, lease_until=at + LEASE, told_at=at),
    )
    session.commit()
    return claim if changed else None


def _next_hook(at: datetime) -> Select[int]:
    waits = select(WebhookDelivery.id).where(
        WebhookDelivery.hook_id == Webhook.id, *_is_due(at)
    )
    return (
        select(Webhook.id)
        .where(*_is_free(at), waits.exists())
        .order_by(Webhook.told_at.is_not(None), Webhook.told_at, Webhook.id)
        .limit(1)
    )


def _is_free(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Webhook.off_at.is_(None),
        or_(Webhook.due_at.is_(None), Webhook.due_at <= at),
        or_(Webhook.lease_until.is_(None), Webhook.lease_until <= at),
    )


def _is_due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        WebhookDelivery.state == DeliveryState.WAITING,
        or_(WebhookDelivery.due_at.is_(None), WebhookDelivery.due_at <= at),
    )


def _tell(context: TaskContext, claim: HookClaim, transport: WebhookTransport) -> None:
    """Send what waits for a webhook, until it fails or its turn is over."""
    session = context.session
    until = time.monotonic() + TURN_SECONDS
    while not context.process.stopping.is_set():
        at = shared_now(session)
        delivery = session.scalars(_next_delivery(claim, at)).first()
        if delivery is None:
            session.commit()
            return
        hook, event = delivery.hook, delivery.event
        body = body_of(event, context.config["PUBLIC_URL"])
        secret_key = context.config["SECRET_KEY"]
        message = message_id(event.name, event.created_at, secret_key)
        headers = signed_headers(message, at, body, hook.salt, secret_key)
        number, address = delivery.id, hook.address
        session.commit()  # nothing is held while the receiver takes its time
        outcome = _send(transport, address, body, headers)
        is_noted = _note(session, claim, number, address, outcome)
        if not is_noted or not outcome.is_taken:
            return
        if time.monotonic() >= until:
            return


def _next_delivery(claim: HookClaim, at: datetime) -> Select[WebhookDelivery]:
    """Select what a webhook is told next, read anew: others may have changed it."""
    return (
        select(WebhookDelivery)
        .join(WebhookDelivery.hook)
        .join(WebhookDelivery.event)
        .where(Webhook.id == claim.hook_id, Webhook.claim == claim.token)
        .where(Webhook.off_at.is_(None), *_is_due(at))
        .options(
            contains_eager(WebhookDelivery.hook), contains_eager(WebhookDelivery.event)
        )
        .order_by(WebhookDelivery.tries, WebhookDelivery.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _send(
    transport: WebhookTransport, address: str, body: bytes, headers: Mapping[str, str]
) -> SendingOutcome:
    try:
        return SendingOutcome(transport.post(address, body, headers))
    except LinkError as error:
        return SendingOutcome(None, error.refusal.value)


def _note(
    session: Session,
    claim: HookClaim,
    number: int,
    address: str,
    outcome: SendingOutcome,
) -> bool:
    """Write down what came of a delivery to an address.

    False if the claim is lost, or if the webhook has another address by now, of which a
    failure says nothing.
    """
    at = shared_now(session)
    mine = update(Webhook).where(
        Webhook.id == claim.hook_id, Webhook.claim == claim.token
    )
    # First, so that nobody else takes it over, or changes it, before the commit.
    if not count_changes(session, _plain(mine).values(lease_until=at + LEASE)):
        session.rollback()
        logger.warning("webhook %s was taken over by another worker", claim.hook_id)
        return False
    hook = session.get_one(Webhook, claim.hook_id, populate_existing=True)
    if not outcome.is_taken and hook.address != address:
        session.commit()
        return False
    delivery = session.get(WebhookDelivery, number, populate_existing=True)
    if delivery is not None:
        delivery.tried_at, delivery.tries = at, delivery.tries + 1
        delivery.status, delivery.fault = outcome.status, outcome.fault
        if outcome.is_taken:
            delivery.state = DeliveryState.DELIVERED
        else:
            delivery.due_at = at + wait_after(delivery.tries)
            if delivery.asked_at <= at - GIVEN_UP_AFTER:
                delivery.state = DeliveryState.GIVEN_UP
    if outcome.is_taken:
        hook.failures, hook.failing_since, hook.due_at = 0, None, None
    else:
        _note_failure(hook, at, outcome)
    session.commit()
    return True


def _note_failure(hook: Webhook, at: datetime, outcome: SendingOutcome) -> None:
    hook.failures += 1
    hook.failing_since = hook.failing_since or at
    hook.due_at = at + wait_after(hook.failures)
    reason = ""
    if outcome.status == GONE:
        reason = BECAUSE_GONE
    elif hook.failing_since <= at - GIVEN_UP_AFTER:
        reason = BECAUSE_FAILING
    if reason:
        hook.off_at, hook.off_because, hook.is_noted = at, reason, False
        logger.warning("webhook %s is switched off: %s", hook.id, reason)


def wait_after(failures: int) -> timedelta:
    """Return how long is waited after so many failures in a row."""
    # Bounded before it is raised.
    longer: int = 2 ** min(failures - 1, 20)
    return min(FIRST_WAIT * longer, LONGEST_WAIT)


def _release(session: Session, claim: HookClaim) -> None:
    session.rollback()  # where something broke
    mine = update(Webhook).where(
        Webhook.id == claim.hook_id, Webhook.claim == claim.token
    )
    session.execute(_plain(mine).values(claim=None, lease_until=None))
    session.commit()


def _plain(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
