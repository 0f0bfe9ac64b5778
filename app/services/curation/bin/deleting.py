"""Deletion of withdrawn works for good: rows, pictures and recordings.

What was answered with them stays, without them: an old answer says that what it
recognised is no longer in the collection. The audit trail keeps their numbers.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.orm import Session

from app.models import (
    Artwork,
    AuditEntry,
    DeletedWork,
    ReferenceImage,
    User,
    WorkMedia,
)
from app.services.collection.lacking import is_stub
from app.services.collection.pictures import version_names
from app.services.curation.editing import IMAGES
from app.services.curation.merging.merger import MERGE
from app.services.index.changes import announce
from app.services.media.opening import MediaStores
from app.services.system import deletions
from app.services.system.deletions import Area

DELETE = "delete"
"""Action in the audit trail."""
BATCH = 500
"""Works deleted in one transaction: databases bound how many a statement may name."""


def is_in_bin() -> ColumnElement[bool]:
    """Select withdrawn works, but for stubs, which merely are not published yet."""
    return and_(Artwork.withdrawn_at.is_not(None), ~is_stub())


def delete_works(
    session: Session, media: MediaStores, ids: Sequence[int], user: User | None
) -> int:
    """Delete works for good that are in the bin; the others are left in peace; commits.

    Returns
    -------
    count : int
        Works that were deleted.
    """
    return sum(
        _delete_batch(session, media, ids[start : start + BATCH], user)
        for start in range(0, len(ids), BATCH)
    )


def ids_withdrawn_before(session: Session, moment: datetime) -> list[int]:
    """Return the numbers of the works in the bin, withdrawn before a moment."""
    old = select(Artwork.id).where(is_in_bin(), Artwork.withdrawn_at < moment)
    return list(session.scalars(old.order_by(Artwork.id)))


def _delete_batch(
    session: Session, media: MediaStores, ids: Sequence[int], user: User | None
) -> int:
    meant = select(Artwork).where(Artwork.id.in_(ids), is_in_bin())
    # Locked where the database can: nobody brings one back in between.
    works = session.scalars(meant.order_by(Artwork.id).with_for_update()).all()
    if not works:
        session.rollback()
        return 0
    gone = [work.id for work in works]
    pictures = _pictures_let_go_of(session, gone)
    recordings = _recordings_of(session, gone)
    revision = announce(session, [])
    for work in works:
        session.merge(DeletedWork(accession=work.accession, revision=revision))
    session.flush()
    session.execute(
        insert(AuditEntry),
        [
            {
                "action": DELETE,
                "user_id": user.id if user else None,
                "subject": ", ".join(filter(None, (work.accession, work.title))),
                "before": {},
                "after": {},
            }
            for work in works
        ],
    )
    # By one statement: the database deletes what belongs to them.
    session.execute(delete(Artwork).where(Artwork.id.in_(gone)))
    deletions.note(session, Area.RECORDINGS, recordings)
    files = [name for picture in pictures for name in version_names(picture)]
    deletions.commit_and_delete(session, Area.WORKS, media.works, files)
    deletions.carry_out(session, Area.RECORDINGS, media.recordings, recordings)
    return len(gone)


def _recordings_of(session: Session, works: Sequence[int]) -> list[str]:
    named = WorkMedia.artwork_id.in_(works), WorkMedia.media_name.is_not(None)
    names = session.scalars(select(WorkMedia.media_name).where(*named)).all()
    return [name for name in names if name is not None]


def _pictures_let_go_of(session: Session, works: Sequence[int]) -> list[str]:
    """Return the pictures that no other work has, nor could have again by an undo."""
    theirs = select(ReferenceImage.media_name).where(
        ReferenceImage.artwork_id.in_(works)
    )
    names = {*session.scalars(theirs)} | {*_taken_away(session, works, are_theirs=True)}
    kept: set[str] = set()
    ordered = sorted(names)
    for start in range(0, len(ordered), BATCH):
        others = select(ReferenceImage.media_name).where(
            ReferenceImage.media_name.in_(ordered[start : start + BATCH]),
            ReferenceImage.artwork_id.not_in(works),
        )
        kept.update(session.scalars(others))
    left = names - kept
    return sorted(left.difference(_taken_away(session, works, are_theirs=False)))


def _taken_away(
    session: Session, works: Sequence[int], *, are_theirs: bool
) -> Iterator[str]:
    """Yield the pictures that the trail of these works or of others brings back."""
    whose = AuditEntry.artwork_id.in_(works)
    entries = select(AuditEntry.before, AuditEntry.after).where(
        AuditEntry.action.in_((IMAGES, MERGE)),
        whose if are_theirs else AuditEntry.artwork_id.is_not(None) & ~whose,
    )
    for before, after in session.execute(entries).yield_per(BATCH):
        pictures: list[dict[str, Any]] = [
            *before.get("images", ()),
            *after.get("images", ()),
        ]
        yield from (picture["media_name"] for picture in pictures)
