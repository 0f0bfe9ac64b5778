"""What webhooks are told of an edit of many works: one event, however many they are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Artwork, AuditEntry, BulkEdit
from app.services.curation.bulk.operations import (
    PRESENCE,
    BulkOperation,
    OperationKind,
)
from app.services.system import audit
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import COUNT, PATH, EventKind, works_data

MOST_NAMED = 100
"""Works up to which webhooks are told which ones an edit changed."""
PAGE = "curate/bulk/"
"""Address of the pages of edits, below the site's."""


def tell(session: Session, edit: BulkEdit, works: int, *, is_undone: bool) -> None:
    """Let webhooks know of an edit that changed so many works; the caller commits."""
    operation = BulkOperation.from_json(edit.operation)
    kind = EventKind.WORK_CHANGED
    if operation.field == PRESENCE:
        shows = (operation.kind is OperationKind.RESTORE) != is_undone
        kind = EventKind.WORK_ADDED if shows else EventKind.WORK_WITHDRAWN
    if not works:
        return
    undoes = AuditEntry.undoes_id
    changed = select(AuditEntry.artwork_id).where(
        AuditEntry.bulk_edit_id == edit.id,
        AuditEntry.action != audit.BULK_EDIT,
        # Works that somebody changed since are left as they are, and not told of.
        undoes.is_not(None) if is_undone else undoes.is_(None),
    )
    named = select(Artwork).where(Artwork.id.in_(changed)).order_by(Artwork.id)
    # A whole collection is not written into a message.
    few = session.scalars(named).all() if works <= MOST_NAMED else []
    page = {COUNT: works, PATH: f"{PAGE}{edit.id}"}
    outbox.tell(session, kind, {**works_data(few), **page})
