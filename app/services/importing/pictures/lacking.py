"""Imports without pictures: of works that no photo will find."""

from sqlalchemy import Text, and_, cast, exists, select
from sqlalchemy.orm import Session

from app.models import ImportRow, ImportRun, ReferenceImage, RowState, SentPicture

USED = (RowState.CREATED, RowState.UPDATED, RowState.UNCHANGED, RowState.PENDING)
MISSING = '"picture_missing"'
"""Of what is kept of a remark, its code."""


def lacks_pictures(session: Session, run: ImportRun) -> bool:
    """Tell whether not one work of an import has a picture, or is about to get one.

    False of an import without a usable row, of which there is more to be said.
    """
    used = and_(ImportRow.run_id == run.id, ImportRow.state.in_(USED))
    if not session.scalars(select(exists().where(used))).one():
        return False
    works = select(ImportRow.artwork_id).where(used, ImportRow.artwork_id.is_not(None))
    has_images = exists().where(ReferenceImage.artwork_id.in_(works))
    if session.scalars(select(has_images)).one():
        return False
    if not run.is_dry:
        return True
    names_pictures = cast(ImportRow.values, Text).contains('"images"')
    is_there = ~ImportRow.message.contains(MISSING)
    will_have = exists().where(used, names_pictures, is_there)
    return not session.scalars(select(will_have)).one()


def has_unseen_pictures(session: Session, run: ImportRun) -> bool:
    """Tell whether pictures were sent that the dry run has not looked at."""
    task = run.task
    if not run.is_dry or task is None or task.started_at is None:
        return False
    mine = SentPicture.run_id == run.id
    newer = exists().where(mine, SentPicture.sent_at > task.started_at)
    return session.scalars(select(newer)).one()
