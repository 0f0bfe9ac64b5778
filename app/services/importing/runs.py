"""Lifecycle of import runs: begin, map columns, enqueue, list, discard.

What takes long is a task in the background; here it is only noted.
"""

import secrets
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Integer, cast, delete, func, select
from sqlalchemy.orm import Session, selectinload

from app.models import ImportRow, ImportRun, Lane, RowState, Task, User
from app.services.importing.columns.formats import (
    ACCESSION,
    DETAILS,
    IMAGE,
)
from app.services.importing.columns.kept import keep_reading
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import Policy
from app.services.importing.messages import RECORDINGS_COME, read
from app.services.importing.sources import TABLE, SourceKind, kind_of
from app.services.importing.tables.choice import TableChoice
from app.services.media.store import MediaStore
from app.services.system import deletions, tasks
from app.services.system.deletions import Area
from app.services.system.paging import Page, select_page
from app.services.system.webhooks import outbox
from app.services.system.webhooks.events import PATH, EventKind

KIND = "import"
"""Kind of task; below are its parameters and its phases."""
RUN, PHASE = "run_id", "phase"
PLAN, RECORD, UNDO = "plan", "record", "undo"
PAGE = "curate/imports/"
"""Address of the pages of imports, below the site's."""
RUNS_PER_PAGE = 25
ROWS_PER_PAGE = 50
REMARKED = "remarked"
"""Beside the states: rows of which something is said."""


class UnusableMappingError(Exception):
    """Reading of columns that no work can be recorded by.

    Attributes
    ----------
    code : str
        ``no_accession``, ``accessions`` or ``pictures``.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NotNowError(Exception):
    """Wish for what the import has not come to, has passed, or is too busy for."""


def receive(file: BinaryIO, name: str, imports: MediaStore) -> tuple[SourceKind, str]:
    """Keep a file that was sent, under a generated name; return what it is, and where.

    Raises
    ------
    OSError
        If the disk is full.
    StorageAwayError
        If the storage does not answer.
    """
    kind = kind_of(name, file.read(64))
    location = f"{secrets.token_hex(16)}.{kind}"
    imports.write(location, file)
    return kind, location


def begin(
    session: Session, kind: SourceKind, location: str, name: str, user: User | None
) -> ImportRun:
    """Note that something is to be imported; nothing is read yet."""
    shown = (
        PurePath(name.replace("\\", "/")).name
        if kind is not SourceKind.STANDARD
        else name
    )
    run = ImportRun(
        name=shown or location,
        source=kind.value,
        location=location,
        user=user,
        mapping={},
    )
    session.add(run)
    session.commit()
    return run


def table_choice(run: ImportRun) -> TableChoice:
    """Return how a run's table is read, as far as that was said."""
    return TableChoice.from_json(run.mapping.get(TABLE, {}))


def choose_table(session: Session, run: ImportRun, choice: TableChoice) -> None:
    """Keep how a run's table is read, or raise ``NotNowError``; commits."""
    if not run.is_dry or is_busy(run):
        raise NotNowError
    run.mapping = {**run.mapping, TABLE: choice.to_json()}
    session.commit()


def check_reading(reading: Reading) -> None:
    """Raise ``UnusableMappingError`` if no work can be recorded by a reading."""
    meant = [one for one in reading.columns.values() if one != DETAILS]
    if meant.count(ACCESSION) > 1:
        raise UnusableMappingError("accessions")
    if meant.count(IMAGE) > 1:
        raise UnusableMappingError("pictures")
    if ACCESSION not in meant and not reading.accession_from:
        raise UnusableMappingError("no_accession")


def plan(
    session: Session,
    run: ImportRun,
    reading: Reading,
    policy: Policy,
    user: User | None,
) -> Task:
    """Let a run be looked through: the dry run.

    Raises
    ------
    UnusableMappingError
        If no work could be recorded.
    NotNowError
        If it has begun already.
    """
    if reading.columns:  # documents of standards have none
        check_reading(reading)
        keep_reading(session, run.name, reading)
    if not run.is_dry or is_busy(run):
        raise NotNowError
    kept = {TABLE: run.mapping[TABLE]} if TABLE in run.mapping else {}
    run.mapping, run.policy = {**reading.to_json(), **kept}, policy.value
    return enqueue(session, run, PLAN, user)


def look_again(session: Session, run: ImportRun) -> Task:
    """Let a run be looked through once more as it was, or raise ``NotNowError``."""
    if not run.is_dry or is_busy(run) or not is_planned(run):
        raise NotNowError
    return enqueue(session, run, PLAN, run.user)


def start(session: Session, run: ImportRun, user: User | None) -> Task:
    """Let a run that was looked through be recorded, or raise ``NotNowError``."""
    if not run.is_dry or is_busy(run) or not is_planned(run):
        raise NotNowError
    return enqueue(session, run, RECORD, user)


def undo(session: Session, run: ImportRun, user: User | None) -> Task:
    """Let everything that a run changed be taken back, or raise ``NotNowError``."""
    if run.is_dry or is_busy(run):
        raise NotNowError
    return enqueue(session, run, UNDO, user)


def enqueue(
    session: Session,
    run: ImportRun,
    phase: str,
    user: User | None,
    more: Mapping[str, Any] | None = None,
) -> Task:
    """Note that a phase of a run is to be worked off.

    Parameters
    ----------
    more : mapping, optional
        Further parameters of the task.
    """
    # A dry run is soon done, and its curator waits for it; a source takes its time.
    is_short = phase == PLAN and run.catalogue is None
    parameters = {RUN: run.id, PHASE: phase, **(more or {})}
    lane = Lane.SHORT if is_short else Lane.LONG
    task = tasks.enqueue(session, KIND, parameters, user, lane)
    run.task = task
    session.commit()
    return task


def discard(session: Session, run: ImportRun, imports: MediaStore) -> None:
    """Forget a run that was not recorded, with its file, or raise ``NotNowError``."""
    if not run.is_dry or is_busy(run):
        raise NotNowError
    remove_file(session, run, imports)
    forget(session, run)


def forget(session: Session, run: ImportRun) -> None:
    """Delete a run with its rows; commits."""
    remove_rows(session, run)
    session.delete(run)
    session.commit()


def remove_rows(
    session: Session, run: ImportRun, *conditions: ColumnElement[bool]
) -> None:
    """Delete a run's rows, or some of them; the caller commits."""
    mine = ImportRow.run_id == run.id
    gone = delete(ImportRow).where(mine, *conditions)
    session.execute(gone.execution_options(synchronize_session=False))


def remove_file(session: Session, run: ImportRun, imports: MediaStore) -> None:
    """Delete the file that was sent for a run, now or when it can be; commits."""
    is_sent = run.source not in (SourceKind.FOLDER, SourceKind.SHELL)
    if is_sent and "/" not in run.location:
        deletions.commit_and_delete(session, Area.IMPORTS, imports, [run.location])


def is_busy(run: ImportRun) -> bool:
    """Tell whether a run waits for the worker, is at work or paused."""
    return run.task is not None and run.task.state in tasks.UNFINISHED


def is_unfinished_pass(run: ImportRun) -> bool:
    """Tell whether a run is recorded from the shell in one pass, and has not ended."""
    return run.task is None and not run.is_dry and not run.counts


def phase_of(run: ImportRun) -> str:
    """Return what is being done with a run or was last; "" before anything."""
    if run.task is None:
        return "" if run.is_dry else RECORD
    return str(run.task.parameters.get(PHASE, ""))


def is_planned(run: ImportRun) -> bool:
    """Tell whether a run was looked through to its end."""
    return bool(run.counts)


def find_run(session: Session, run_id: int) -> ImportRun | None:
    """Return a run by its number, or None."""
    return session.get(ImportRun, run_id)


def find_runs(session: Session, numbers: Collection[int]) -> dict[int, ImportRun]:
    """Return runs by their numbers, as far as they are there."""
    found = session.scalars(select(ImportRun).where(ImportRun.id.in_(numbers)))
    return {run.id: run for run in found}


def list_runs(session: Session, number: int = 1) -> Page[ImportRun] | None:
    """Return a page of runs, the newest first; None if there is no such page."""
    listed = (
        select(ImportRun)
        .options(selectinload(ImportRun.task), selectinload(ImportRun.user))
        .order_by(ImportRun.id.desc())
    )
    return select_page(session, listed, number, RUNS_PER_PAGE)


def list_rows(
    session: Session, run: ImportRun, which: str = "", number: int = 1
) -> Page[ImportRow] | None:
    """Return a page of a run's rows, in their order; None if there is no such page.

    Parameters
    ----------
    which : str
        A state, or ``REMARKED``; "" for all.
    """
    meant = [ImportRow.run_id == run.id]
    if which == REMARKED:
        meant.append(ImportRow.message != "")
    elif which:
        meant.append(ImportRow.state == RowState(which))
    listed = select(ImportRow).where(*meant).order_by(ImportRow.number)
    return select_page(session, listed, number, ROWS_PER_PAGE)


def count_rows(session: Session, run: ImportRun) -> dict[str, int]:
    """Count a run's rows by their states, and those of which something is said."""
    is_remarked = cast(ImportRow.message != "", Integer)
    rows = session.execute(
        select(ImportRow.state, func.count(), func.sum(is_remarked))
        .where(ImportRow.run_id == run.id)
        .group_by(ImportRow.state)
    ).all()
    counts = {state.value: count for state, count, _ in rows}
    return {**counts, REMARKED: sum(remarked for *_, remarked in rows)}


def count_recordings(session: Session, run: ImportRun) -> int:
    """Count the recordings that a run that was looked through would bring in."""
    coming = select(ImportRow.message).where(
        ImportRow.run_id == run.id, ImportRow.message.contains(f'"{RECORDINGS_COME}"')
    )
    return sum(
        int(remark.facts["count"])
        for message in session.scalars(coming)
        for remark in read(message)
        if remark.code == RECORDINGS_COME
    )


def tell_others(session: Session, run: ImportRun, kind: EventKind) -> None:
    """Let webhooks know that a run was recorded or taken back; the caller commits."""
    counts = count_rows(session, run)
    counts.pop(REMARKED)
    data = {"name": run.name, "rows": counts, PATH: f"{PAGE}{run.id}"}
    outbox.tell(session, kind, data, f"{kind.value}-{run.id}")


def keep_counts(session: Session, run: ImportRun) -> None:
    """Keep how many rows a run has by now; commits."""
    run.counts = count_rows(session, run)
    session.commit()
