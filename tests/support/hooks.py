"""A webhook that wants to know everything, and what waits for it."""

from sqlalchemy import select

from app.models import Webhook, WebhookDelivery
from app.services.system.webhooks.events import CHOICES


def listen(session, **values):
    hook = Webhook(
        name="listener",
        address="https://archive.example/",
        events=[str(kind) for kind in CHOICES],
        salt="5a17",
        **values,
    )
    session.add(hook)
    session.commit()
    return hook


def told(session):
    """Return kind and data of all events that were noted, in their order."""
    noted = select(WebhookDelivery).order_by(WebhookDelivery.id)
    return [(one.event.kind, one.event.data) for one in session.scalars(noted)]


def numbers_told(session):
    """Return the events of works, with the numbers that each names."""
    return [
        (kind, [one["accession"] for one in data["works"]])
        for kind, data in told(session)
        if "works" in data
    ]
