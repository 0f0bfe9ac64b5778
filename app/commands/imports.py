"""``flask imports …``: imports of catalogues from the shell, as on the pages."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
from flask import current_app
from flask.cli import AppGroup
from tqdm import tqdm

from app.background import BACKGROUND, Background
from app.commands.shared import DONE, FAILED, INCOMPLETE, STOPPED, explained, say
from app.commands.tables import say_how_read, separator_of
from app.extensions import db
from app.models import LARGEST_INTEGER, ImportRow, ImportRun, RowState, Task, TaskState
from app.retrieval.runtime.place import COMMAND
from app.services.importing import messages, runs
from app.services.importing.columns.formats import DETAILS, FIELDS
from app.services.importing.columns.kept import propose_reading
from app.services.importing.columns.picture_cells import is_address
from app.services.importing.columns.reading import Reading
from app.services.importing.diff import Policy
from app.services.importing.pictures.source import SourceError
from app.services.importing.sources import ImportContext, SourceKind, opened
from app.services.importing.tables.choice import TableChoice
from app.services.system import tasks
from app.services.system.database import check, prepare
from app.services.system.workers import count_alive

LOOK_SECONDS = 0.3
FAULTS_SHOWN = 50
STOPPED_STATES = (TaskState.PAUSED, TaskState.FAILED, TaskState.CANCELLED)

group = AppGroup("imports", help="Bring catalogues in, and take imports back.")
P = ParamSpec("P")


def import_explained(job: Callable[P, int]) -> Callable[P, int]:
    """Let what keeps an import from going on become one sentence."""

    @wraps(job)
    def run_job(*arguments: P.args, **options: P.kwargs) -> int:
        try:
            return job(*arguments, **options)
        except runs.UnusableMappingError:
            say(
                "No column is surely the accession number. Name it with --map "
                "COLUMN=accession, or a column to make it from with --number-from."
            )
        except (runs.NotNowError, tasks.NotPossibleError):
            say(
                "The import is not at a point where this can be done: see imports list."
            )
        return FAILED

    return run_job


@group.command("plan")
@click.argument("source")
@click.option(
    "--policy",
    type=click.Choice([policy.value for policy in Policy]),
    default=Policy.UPDATE.value,
    help="What happens to works that are there already; create: they are a fault.",
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="COLUMN=FIELD",
    help=f"What a column means: {', '.join((*FIELDS, DETAILS))}.",
)
@click.option("--number-from", default="", help="Column to make numbers from.")
@click.option("--no-fetch", is_flag=True, help="Fetch no pictures from the web.")
@click.option("--encoding", default="", help="Of the table, where it is guessed wrong.")
@click.option("--separator", default="", help="Of its cells; tab for a tab.")
@click.option("--header-line", default=0, help="Line that names the columns.")
@click.option("--sheet", default="", help="Sheet of a workbook.")
@click.option("--file", "file", default="", help="Table of the works in a ZIP file.")
@click.option("--pictures", default="", help="Table of the pictures there; - for none.")
@explained
@import_explained
def plan(
    source: str,
    policy: str,
    mapped: Sequence[str],
    number_from: str,
    no_fetch: bool,
    **choice: Any,
) -> int:
    """Look a catalogue through: SOURCE is a table, ZIP file, LIDO, or an address.

    Pictures are looked for beside the table. Nothing of the collection changes.
    """
    prepare()
    run = begin(source)
    choice["separator"] = separator_of(choice["separator"])
    runs.choose_table(db.session(), run, TableChoice(**choice))
    with opened(run, ImportContext.of(current_app.config)) as found:
        columns = found.table.columns if found.table else ()
        if found.table:
            say_how_read(found.table, found.files)
            runs.choose_table(db.session(), run, found.table.choice)
    proposed = propose_reading(db.session(), columns)
    reading = chosen(proposed, mapped, number_from)
    reading = replace(reading, fetches=not no_fetch)
    task = runs.plan(db.session(), run, reading, Policy(policy), None)
    for column, meant in reading.columns.items():
        print(f"  {column}: {meant}")
    status = follow(task)
    report(run)
    if status == DONE:
        print(f"To record it so: {COMMAND} imports run {run.id}")
    return status


@group.command("run")
@click.argument("number", type=click.IntRange(1, LARGEST_INTEGER))
@explained
@import_explained
def run(number: int) -> int:
    """Record an import that was looked through, or go on with one that stopped."""
    check()
    found = find(number)
    if found.task is not None and found.task.state in STOPPED_STATES:
        tasks.go_on(db.session(), found.task)
        task = found.task
    else:
        task = runs.start(db.session(), found, None)
    status = follow(task)
    report(found)
    failed = runs.count_rows(db.session(), found).get(RowState.FAILED, 0)
    return INCOMPLETE if status == DONE and failed else status


@group.command("undo")
@click.argument("number", type=click.IntRange(1, LARGEST_INTEGER))
@explained
@import_explained
def undo(number: int) -> int:
    """Take a whole import back; what was changed since is left alone and named."""
    check()
    found = find(number)
    status = follow(runs.undo(db.session(), found, None))
    report(found)
    return status


@group.command("list")
@explained
def list_all() -> int:
    """List the imports, the newest first."""
    check()
    page = runs.list_runs(db.session())
    for one in page.entries if page else ():
        phase = runs.phase_of(one)
        if one.task is not None:
            state = one.task.state.value
        else:
            state = "done" if one.counts else "not ended"
        print(f"{one.id}: {one.name}, {phase or 'begun'}, {state}")
    return DONE


def begin(source: str) -> ImportRun:
    """Begin an import of what the operator names, an address or a file."""
    if is_address(source):
        return runs.begin(db.session(), SourceKind.STANDARD, source, source, None)
    path = Path(source).resolve()
    if not path.is_file():
        raise SourceError(f"There is no file {path}.")
    return runs.begin(db.session(), SourceKind.SHELL, str(path), path.name, None)


def chosen(reading: Reading, mapped: Sequence[str], number_from: str) -> Reading:
    """Change a proposed reading by what was said on the command line."""
    columns = dict(reading.columns)
    for pair in mapped:
        column, _, meant = pair.rpartition("=")
        if column not in columns or meant not in (*FIELDS, DETAILS):
            raise SourceError(
                f"--map {pair} names no column of the table, or no field. Columns: "
                f"{', '.join(columns)}."
            )
        columns[column] = meant
    if number_from and number_from not in columns:
        raise SourceError(f"--number-from {number_from} names no column of the table.")
    made_from = number_from or reading.accession_from
    return replace(reading, columns=columns, accession_from=made_from)


def find(number: int) -> ImportRun:
    """Return an import by its number; refuse one that there is not."""
    found = runs.find_run(db.session(), number)
    if found is None:
        raise SourceError(f"There is no import {number}: see {COMMAND} imports list.")
    return found


def follow(task: Task) -> int:
    """Show a task's progress until it is over; do it here where no worker runs.

    Ctrl-C pauses it.
    """
    background: Background = current_app.extensions[BACKGROUND]
    session, task_id = db.session(), task.id
    with ExitStack() as helping, tqdm(unit=" rows", mininterval=LOOK_SECONDS) as bar:
        try:
            while True:
                session.rollback()  # looks anew
                if not count_alive(session):
                    helping.enter_context(background.working(jobs=False))
                task = session.get_one(Task, task_id, populate_existing=True)
                if task.step != bar.desc.removesuffix(": "):
                    bar.reset()
                    bar.set_description(task.step)
                bar.total = task.total or None
                bar.update(task.done - bar.n)
                if task.state not in (TaskState.WAITING, TaskState.RUNNING):
                    break
                time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            tasks.pause(session, session.get_one(Task, task_id))
            say("Stopping after the rows at hand; imports run goes on with it.")
            return STOPPED
    if task.state is not TaskState.DONE:
        say(task.fault or f"The task is {task.state.value}.")
    return DONE if task.state is TaskState.DONE else FAILED


def report(run: ImportRun) -> None:
    """Print what became of the rows, and name those that cannot be used."""
    session = db.session()
    session.rollback()
    counts = runs.count_rows(session, run)
    print(", ".join(f"{name}: {count:,}" for name, count in counts.items()))
    page = runs.list_rows(session, run, runs.REMARKED)
    for row in page.entries[:FAULTS_SHOWN] if page else ():
        say(line_of(row))
    if page and page.total > FAULTS_SHOWN:
        say(f"… and {page.total - FAULTS_SHOWN:,} more: the pages show all.")


def line_of(row: ImportRow) -> str:
    """Return what is said of a row, in one line."""
    said = " ".join(map(str, messages.read(row.message)))
    number = row.accession or "no accession number"
    return f"row {row.number}, {number}: {row.state.value}. {said}"
