"""Webhooks: addresses that are told of events, the events, and their deliveries."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, children, now, parent_key, reference_key


class Webhook(Base):
    """Address of another program that is told of events, and the lease of who tells it.

    Its secret is in no column: it follows from the salt and the instance's own secret.
    """

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    """What administrators know it by."""
    address: Mapped[str] = mapped_column(Text)
    events: Mapped[list[Any]] = mapped_column(default=list)
    """Kinds of events that it is told of."""
    salt: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None] = reference_key("user.id", index=True)
    """Who registered it; None: the account is deleted."""
    failures: Mapped[int] = mapped_column(default=0)
    """In a row, up to now."""
    failing_since: Mapped[datetime | None]
    """The first of them."""
    due_at: Mapped[datetime | None]
    """Not to be told anything before, because it failed."""
    claim: Mapped[str | None] = mapped_column(String(32))
    """Token of the worker that tells it just now."""
    lease_until: Mapped[datetime | None]
    """From then on another worker may."""
    told_at: Mapped[datetime | None]
    """When a worker last turned to it: whoever waits longest is next."""
    off_at: Mapped[datetime | None]
    """Since when it is told nothing; NULL: it is on."""
    off_because: Mapped[str] = mapped_column(String(16), default="")
    """Why the program switched it off: ``failing`` or ``gone``; "" by hand."""
    is_noted: Mapped[bool] = mapped_column(default=True)
    """Whether administrators were mailed that the program switched it off."""

    deliveries: Mapped[list["WebhookDelivery"]] = children(back_populates="hook")

    @property
    def is_on(self) -> bool:
        """Whether it is told of events."""
        return self.off_at is None


class WebhookEvent(Base):
    """Event that webhooks are told of, written in the transaction of its change."""

    __tablename__ = "webhook_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    """Under which it is noted only once; where it is of a day, it follows from it."""
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class DeliveryState(StrEnum):
    """State of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class WebhookDelivery(Base):
    """Delivery of an event to a webhook, and what came of it."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_next", "hook_id", "state", "tries", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = parent_key("webhook.id")
    event_id: Mapped[int] = parent_key("webhook_event.id", index=True)
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    """Since when it is to be made: it is not tried forever."""
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    """Not to be tried again before."""
    tried_at: Mapped[datetime | None]
    """The last time."""
    status: Mapped[int | None]
    """Of the last answer; NULL: there was none."""
    fault: Mapped[str] = mapped_column(String(32), default="")
    """Why there was none, as a ``Refusal``."""

    hook: Mapped[Webhook] = relationship(back_populates="deliveries")
    event: Mapped[WebhookEvent] = relationship()
