"""Sources that the collection is kept in step with: added, synced, forgotten.

A sync is an import like any other: it is looked through, recorded, listed and can be
taken back. It is recorded by itself only where it would not withdraw suspiciously much.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import CatalogueSource, ImportRow, ImportRun, Task, User, now
from app.services.importing import runs
from app.services.importing.columns.picture_cells import WEB
from app.services.importing.columns.reading import Reading
from app.services.importing.messages import GONE, read
from app.services.importing.sources import SourceKind
from app.services.importing.sync.items import SourceItems
from app.services.system.links.connections import LinkError, parse_link
from app.services.system.tasks import TaskContext, TaskHandle

RECORDS = "records"
"""Parameter of a task: whether what was looked through is recorded by itself."""
CONFIRMED = "confirmed"
"""Parameter of a task: whether it is, however much would be withdrawn."""
FEW_GONE = 10
"""Works that may be gone without anybody being asked."""
SHARE_GONE = 0.2
"""Of the works of a source that may be, where they are more than ``FEW_GONE``."""


class UnusableAddressError(Exception):
    """Address that is none of the web, or that is a source already."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a sync changed, or would.

    Attributes
    ----------
    new, changed, gone, failed : int
        Works, and rows that could not be used.
    """

    new: int
    changed: int
    gone: int
    failed: int


def list_sources(session: Session) -> list[CatalogueSource]:
    """Return the sources, in the order in which they were added."""
    return list(session.scalars(select(CatalogueSource).order_by(CatalogueSource.id)))


def add(session: Session, address: str, user: User | None) -> CatalogueSource:
    """Keep an address as a source; nothing is fetched yet.

    Raises
    ------
    UnusableAddressError
        If it is no address, or a source already.
    """
    address = address.strip()
    known = select(CatalogueSource.id).filter_by(address=address)
    try:
        parse_link(address)
    except LinkError as error:
        raise UnusableAddressError from error
    if not address.startswith(WEB) or session.scalars(known).first() is not None:
        raise UnusableAddressError
    source = CatalogueSource(address=address, user=user)
    session.add(source)
    session.commit()
    return source


def forget(session: Session, source: CatalogueSource) -> None:
    """Ask a source no more; its works stay. ``NotNowError`` while it is asked."""
    run = latest_run(session, source)
    if run is not None and runs.is_busy(run):
        raise runs.NotNowError
    session.delete(source)
    session.commit()


def set_nightly(session: Session, source: CatalogueSource, *, nightly: bool) -> None:
    """Let a source be asked every night, or only by hand."""
    source.is_nightly = nightly
    session.commit()


def latest_run(session: Session, source: CatalogueSource) -> ImportRun | None:
    """Return the last sync of a source that is kept; None if there is none."""
    mine = select(ImportRun).filter_by(catalogue_id=source.id)
    return session.scalars(mine.order_by(ImportRun.id.desc()).limit(1)).first()


def begin(
    session: Session,
    source: CatalogueSource,
    user: User | None,
    *,
    records: bool,
    is_confirmed: bool = False,
) -> Task:
    """Let a source be asked for everything, or for what changed since.

    Parameters
    ----------
    records : bool
        Whether it is recorded too; otherwise this is a dry run.
    is_confirmed : bool
        Whether somebody has said that much may be withdrawn.

    Raises
    ------
    NotNowError
        If it is being asked.
    """
    last = latest_run(session, source)
    if last is not None and runs.is_busy(last):
        raise runs.NotNowError
    if last is not None and last.is_dry:
        # What it found may be otherwise by now.
        runs.forget(session, last)
    run = runs.begin(session, SourceKind.STANDARD, source.address, source.address, user)
    run.catalogue, run.mapping = source, Reading().to_json()
    more = {RECORDS: records, CONFIRMED: is_confirmed}
    return runs.enqueue(session, run, runs.PLAN, user, more)


def go_on_by_itself(handle: TaskHandle, run: ImportRun) -> None:
    """Let a sync be recorded that was looked through, where that was asked for.

    One that found nothing is forgotten: there would be one every night.
    """
    session, parameters = handle.context.session, handle.task.parameters
    if run.catalogue is None or not parameters.get(RECORDS):
        return
    if not any(runs.count_rows(session, run).values()):
        note_synced(session, run, run.catalogue)
        runs.forget(session, run)
    elif parameters.get(CONFIRMED) or not is_suspicious(session, run):
        runs.enqueue(session, run, runs.RECORD, handle.task.user, {})


def is_suspicious(session: Session, run: ImportRun) -> bool:
    """Tell whether a sync would withdraw so much that somebody should look first."""
    gone = changes_of(session, run).gone
    return gone > max(FEW_GONE, SHARE_GONE * SourceItems(session, run).count())


def changes_of(session: Session, run: ImportRun) -> Changes:
    """Count what a sync changed, or would."""
    counts: Mapping[str, int] = runs.count_rows(session, run)
    is_gone = ImportRow.message.contains(f'"{GONE}"')
    counted = select(func.count()).where(ImportRow.run_id == run.id, is_gone)
    gone = session.scalars(counted).one()
    return Changes(
        counts.get("created", 0),
        counts.get("updated", 0) - gone,
        gone,
        counts.get("failed", 0),
    )


def note_synced(session: Session, run: ImportRun, source: CatalogueSource) -> None:
    """Note that the collection is in step with a source; commits.

    What could not be had is asked for again the next time: then the mark stays where
    it was.
    """
    source.synced_at = now()
    remarked = select(ImportRow.message).where(
        ImportRow.run_id == run.id, ImportRow.message != ""
    )
    messages = session.scalars(remarked.execution_options(yield_per=500))
    if not any(one.is_fault for message in messages for one in read(message)):
        source.mark = run.mark
    session.commit()


def run_job(context: TaskContext) -> None:
    """Ask the sources that are to be asked every night.

    Only those that somebody has seen recorded once.
    """
    if not context.config["MORELLI_LINKS"]:
        return
    nightly = select(CatalogueSource).where(
        CatalogueSource.is_nightly, CatalogueSource.synced_at.is_not(None)
    )
    for source in context.session.scalars(nightly).all():
        last = latest_run(context.session, source)
        # What waits for somebody's decision is not asked for anew.
        if last is None or not (runs.is_busy(last) or last.is_dry):
            begin(context.session, source, None, records=True)
