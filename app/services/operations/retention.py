"""Retention of searches: deletion once they are as old as the operator says.

The photo is deleted, and with it what could be drawn from it; the answer belongs to
nobody from then on and stays for the statistics. Also removed is what nobody will ever
ask for: files that no answer points to, accounts never confirmed, mails never sent.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import String, cast, or_, select, update

from app.configuration.load import Folders
from app.extensions import db
from app.models import Query, QueryMatch, now
from app.services.accounts import accounts, invitations
from app.services.comparing.kept import Comparisons
from app.services.operations.plausibility import (
    Doubt,
    Held,
    doubt_of,
    note_held,
    note_run,
)
from app.services.system.claims import count_changes
from app.services.system.database import purge_deleted
from app.services.system.lock import AlreadyRunningError, exclusively
from app.services.system.mail import Outbox
from app.services.system.media import MediaFolder
from app.services.system.tasks import TaskContext

logger = logging.getLogger(__name__)

LOCK = "retention.lock"
"""Name in the instance folder: held by whoever tidies up."""
STRAY_AFTER_SECONDS = 3_600
"""A photo is stored before its answer; so much later no answer will come."""
CONFIRM_COMMAND = "flask --app wsgi retention run --confirm"
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


@dataclass(slots=True)
class Cleared:
    """Counts of what a run deleted.

    Attributes
    ----------
    photos, answers, strays : int
        Photos that were old enough, answers that belong to nobody now, and files that
        no answer pointed to.
    faults : int
        Files that could not be deleted; the log names them, the next run tries again.
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
            f"{held.due:,} of {held.photos:,} photos would be deleted, but {reason} "
            f"Nothing is deleted. If this is right, run: {CONFIRM_COMMAND}"
        )


def run(folders: Folders, days: int, *, is_confirmed: bool = False) -> Cleared:
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
        held = None if is_confirmed else doubt_of(folders.instance, days)
        if held is not None:
            note_held(folders.instance, held)
            raise ImplausibleError(held)
        photos = MediaFolder(folders.queries)
        cleared = Cleared()
        _drop_photos(photos, now() - timedelta(days=days), cleared)
        let_go_before = now() - timedelta(days=max(days, LEAST_DAYS))
        _let_go_of_answers(let_go_before, cleared)
        _drop_places(let_go_before)
        _drop_strays(photos, cleared)
        accounts.forget_unconfirmed()
        invitations.forget_expired(db.session())
        db.session.commit()
        Outbox(folders.mail).clear_out()
        Comparisons(folders.comparisons).clear_out()
        note_run(folders.instance, days)
        purge_deleted()
    return cleared


def run_job(context: TaskContext) -> None:
    """Do the same, as a job of the worker. Needs an application context."""
    try:
        cleared = run(context.folders, context.config["MORELLI_RETENTION_DAYS"])
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


def _drop_photos(photos: MediaFolder, before: datetime, cleared: Cleared) -> None:
    """Delete old photos, and where the network looked in them.

    Each file goes before its row forgets it: whatever stops us, the next run finds it.
    """
    last = ""
    while True:
        rows = db.session.execute(
            select(Query.id, Query.photo_name)
            .where(
                Query.created_at < before,
                or_(Query.photo_name.is_not(None), Query.activation_map.is_not(None)),
                Query.id > last,
            )
            .order_by(Query.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        gone = []
        for query_id, name in rows:
            if name is None or _delete(photos.path(name), cleared):
                gone.append(query_id)
                cleared.photos += name is not None
        db.session.execute(
            update(Query)
            .where(Query.id.in_(gone))
            .values(photo_name=None, activation_map=None)
        )
        db.session.commit()


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


def _drop_strays(photos: MediaFolder, cleared: Cleared) -> None:
    """Delete what a crash left: photos without an answer, files half-written."""
    photos.sweep()
    latest = time.time() - STRAY_AFTER_SECONDS
    old = _photos_before(photos.root, latest)
    for start in range(0, len(old), BATCH):
        paths = old[start : start + BATCH]
        is_one = Query.photo_name.in_([path.name for path in paths])
        known = set(db.session.scalars(select(Query.photo_name).where(is_one)))
        for path in paths:
            if path.name not in known:
                cleared.strays += _delete(path, cleared)


def _photos_before(folder: Path, latest: float) -> list[Path]:
    found = []
    for path in folder.glob("*.jpg"):
        try:
            if path.stat().st_mtime < latest:
                found.append(path)
        except FileNotFoundError:
            continue  # its owner was faster
    return found


def _delete(path: Path, cleared: Cleared) -> bool:
    """Delete a file; a failure is logged and counted."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        logger.exception("%s could not be deleted", path)
        cleared.faults += 1
        return False
    return True
