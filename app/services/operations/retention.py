"""Retention of searches: deletion once they are as old as the operator says.

The photo is deleted, and with it what could be drawn from it; the answer belongs to
nobody from then on and stays for the statistics. With it go visits and their links, and
favourites of anonymous visitors. Also removed is what nobody will ever ask for: files
that no answer points to, accounts never confirmed, mails never sent.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.configuration.load import Folders
from app.extensions import db
from app.models import (
    ImportRun,
    PendingDeletion,
    Query,
    QueryMatch,
    WorkMedia,
    now,
)
from app.retrieval.runtime.place import COMMAND
from app.services.accounts import accounts, invitations
from app.services.comparing.kept import Comparisons
from app.services.evaluation.own_set import members
from app.services.media.opening import MediaStores
from app.services.media.store import MediaStore, StorageAwayError
from app.services.system import deletions
from app.services.system.claims import count_changes
from app.services.system.database import purge_deleted
from app.services.system.deletions import Area
from app.services.system.lock import AlreadyRunningError, exclusively
from app.services.system.mail import Outbox
from app.services.system.plausibility import AgeGuard, Doubt, Held
from app.services.system.tasks import TaskContext
from app.services.visits import keeping

logger = logging.getLogger(__name__)

LOCK = "retention.lock"
"""Name in the instance folder: held by whoever tidies up."""
STRAY_AFTER = timedelta(hours=1)
"""A file is stored before what names it; so much later no row will come."""
CONFIRM_COMMAND = f"{COMMAND} retention run --confirm"
REASONS = {
    Doubt.FORWARD: "the last run was on {last}: has the clock been set forward, or was "
    "no worker running for so long?",
    Doubt.BACK: "the last run was on {last}, later than now: is the clock wrong?",
    Doubt.DAYS: "MORELLI_RETENTION_DAYS is lower than at the last run, on {last}.",
    Doubt.FIRST: "nothing was ever deleted before: is the clock right?",
    Doubt.MANY: "the time since the last run, on {last}, does not explain it.",
}
"""For the log and the shell."""
LEAST_DAYS = 1
"""That an answer stays its visitor's, also where no photo is kept."""
BATCH = 500


def _count_photos(before: datetime | None) -> int:
    kept = select(func.count(Query.id)).where(Query.photo_name.is_not(None))
    if before is not None:
        kept = kept.where(Query.created_at < before)
    return db.session.scalar(kept) or 0


GUARD = AgeGuard("retention", _count_photos)


@dataclass(slots=True)
class Cleared:
    """Counts of what a run deleted.

    Attributes
    ----------
    photos, answers, strays : int
        Photos that were old enough, answers that belong to nobody now, and files that
        nothing names.
    faults : int
        Files that could not be deleted; the worker tries again.
    """

    photos: int = 0
    answers: int = 0
    strays: int = 0
    faults: int = 0


class ImplausibleError(Exception):
    """Run that waits for a word, because it may be a mistake.

    Attributes
    ----------
    held : Held
        Why.
    """

    def __init__(self, held: Held) -> None:
        self.held = held
        reason = REASONS[held.doubt].format(last=held.last)
        super().__init__(
            f"{held.due:,} of {held.total:,} photos would be deleted, but {reason} "
            f"Nothing is deleted. If this is right, run: {CONFIRM_COMMAND}"
        )


def run(
    folders: Folders, media: MediaStores, days: int, *, is_confirmed: bool = False
) -> Cleared:
    """Let go of everything that is old enough. Needs an application context.

    Parameters
    ----------
    days : int, >= 0
        Age from which on photos go, and answers belong to nobody. 0: photos at once,
        answers after ``LEAST_DAYS``.
    is_confirmed : bool
        Whether somebody has said that it is right, however much goes.

    Raises
    ------
    ImplausibleError
        If it may be a mistake; then nothing is done.
    AlreadyRunningError
        If another process is at it.
    OSError
        If the folders cannot be read.
    """
    with exclusively(folders.instance / LOCK, db.engine):
        held = None if is_confirmed else GUARD.doubt_of(folders.instance, days)
        if held is not None:
            GUARD.note_held(folders.instance, held)
            raise ImplausibleError(held)
        cleared = Cleared()
        _drop_photos(media.queries, now() - timedelta(days=days), cleared)
        members.sweep(db.session())
        let_go_before = now() - timedelta(days=max(days, LEAST_DAYS))
        _let_go_of_answers(let_go_before, cleared)
        _drop_places(let_go_before)
        keeping.forget_before(db.session(), let_go_before)
        accounts.forget_unconfirmed()
        invitations.forget_expired(db.session())
        db.session.commit()
        Outbox(folders.mail).clear_out()
        GUARD.note_run(folders.instance, days)
        purge_deleted()
        try:
            _drop_strays(Area.QUERIES, media.queries, Query.photo_name, cleared)
            _drop_strays(Area.IMPORTS, media.imports, ImportRun.location, cleared)
            named = WorkMedia.media_name
            _drop_strays(Area.RECORDINGS, media.recordings, named, cleared)
            media.evaluations.sweep()
            Comparisons(media.comparisons).clear_out()
        except StorageAwayError as error:
            logger.warning("stray files are looked for the next time: %s", error)
            cleared.faults += 1
    return cleared


def run_job(context: TaskContext) -> None:
    """Do the same, as a job of the worker. Needs an application context."""
    try:
        days = context.config["MORELLI_RETENTION_DAYS"]
        cleared = run(context.folders, context.media, days)
    except AlreadyRunningError:
        return  # somebody does it by hand
    except ImplausibleError as error:
        logger.warning("%s", error)
        return
    logger.info(
        "%d old photos and %d stray files deleted, %d answers made anonymous",
        cleared.photos,
        cleared.strays,
        cleared.answers,
    )


def _drop_photos(photos: MediaStore, before: datetime, cleared: Cleared) -> None:
    """Delete old photos, where the network looked and what was read in them."""
    last = ""
    while True:
        rows = db.session.execute(
            select(Query.id, Query.photo_name)
            .where(
                Query.created_at < before,
                or_(
                    Query.photo_name.is_not(None),
                    Query.activation_map.is_not(None),
                    Query.seen.is_not(None),
                    Query.reading.is_not(None),
                ),
                Query.id > last,
            )
            .order_by(Query.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        names = [name for _, name in rows if name is not None]
        db.session.execute(
            update(Query)
            .where(Query.id.in_([query_id for query_id, _ in rows]))
            .values(photo_name=None, activation_map=None, seen=None, reading=None)
        )
        left = deletions.commit_and_delete(db.session(), Area.QUERIES, photos, names)
        cleared.photos += len(names) - left
        cleared.faults += left


def _let_go_of_answers(before: datetime, cleared: Cleared) -> None:
    """Cut old answers off from whoever asked, and from links that were given away."""
    traces = (Query.user_id, Query.visitor, Query.share_token)
    is_somebodys = or_(*(trace.is_not(None) for trace in traces))
    old = update(Query).where(Query.created_at < before, is_somebodys)
    anonymous = old.values(user_id=None, visitor=None, share_token=None)
    cleared.answers = count_changes(db.session(), anonymous)
    db.session.commit()


def _drop_places(before: datetime) -> None:
    """Forget where in old photos their works and details lay, which draws them too."""
    last = ""
    is_known = or_(
        QueryMatch.outline.is_not(None),
        QueryMatch.region.is_not(None),
        QueryMatch.comparison.is_not(None),
        cast(QueryMatch.points, String) != "[]",
    )
    while True:
        old = (
            select(Query.id)
            .where(Query.created_at < before, Query.matches.any(is_known))
            .where(Query.id > last)
            .order_by(Query.id)
            .limit(BATCH)
        )
        found = db.session.scalars(old).all()
        if not found:
            return
        last = found[-1]
        theirs = update(QueryMatch).where(QueryMatch.query_id.in_(found))
        gone = theirs.values(outline=None, region=None, points=[], comparison=None)
        db.session.execute(gone)
        db.session.commit()


def _drop_strays(
    area: Area,
    store: MediaStore,
    named_by: InstrumentedAttribute[Any],
    cleared: Cleared,
) -> None:
    """Delete what a crash left: files that no row names, files half-written."""
    store.sweep()
    latest = now() - STRAY_AFTER
    old = [file.name for file in store.list() if file.changed_at < latest]
    session = db.session()
    for start in range(0, len(old), BATCH):
        names = old[start : start + BATCH]
        known = {
            *session.scalars(select(named_by).where(named_by.in_(names))),
            *session.scalars(
                select(PendingDeletion.name).where(PendingDeletion.name.in_(names))
            ),
        }
        strays = [name for name in names if name not in known]
        left = deletions.commit_and_delete(session, area, store, strays)
        cleared.strays += len(strays) - left
        cleared.faults += left
