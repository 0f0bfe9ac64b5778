from sqlalchemy import func, select

from app.models import Artwork, WebhookDelivery, WebhookEvent, now
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import EventKind

HERE = "https://archive.example/"


def count(session, table=WebhookDelivery):
    return session.scalars(select(func.count()).select_from(table)).one()


def test_what_is_rolled_back_is_told_to_nobody(session, add_hook):
    add_hook(HERE)
    outbox.tell(session, EventKind.WORK_ADDED, {})
    session.rollback()
    assert count(session) == 0
    outbox.tell(session, EventKind.WORK_ADDED, {})
    session.commit()
    assert count(session) == 1


def test_only_those_are_told_who_want_to_know_and_are_on(session, add_hook):
    wants = add_hook(HERE, events=[EventKind.INDEX_LIVE])
    add_hook(HERE, events=[EventKind.WORK_ADDED])
    add_hook(HERE, off_at=now())
    outbox.tell(session, EventKind.INDEX_LIVE, {"name": "i"})
    session.commit()
    told = session.scalars(select(WebhookDelivery)).one()
    assert told.hook_id == wants.id
    assert (told.event.kind, told.event.data) == ("index.live", {"name": "i"})


def test_where_nobody_wants_to_know_nothing_is_written(session):
    outbox.tell(session, EventKind.WORK_ADDED, {})
    session.commit()
    assert count(session, WebhookEvent) == 0


def test_telling_writes_nothing_else_that_the_session_holds(session, add_hook):
    add_hook(HERE)
    session.add(Artwork(accession="A"))
    outbox.tell(session, EventKind.WORK_ADDED, {})
    assert session.new


def test_an_event_with_a_name_is_noted_once(session, add_hook):
    add_hook(HERE)
    outbox.tell(session, EventKind.PHOTOS_NOT_FOUND, {}, "of-a-day")
    session.commit()
    outbox.tell(session, EventKind.PHOTOS_NOT_FOUND, {}, "of-a-day")
    session.commit()
    assert count(session) == 1
