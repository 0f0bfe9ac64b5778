"""Workers as processes: several at once, killed, frozen, stopped, started again."""

import os
import signal
import subprocess
import sys
import time
from io import BytesIO

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.background import BACKGROUND, JOBS
from app.commands.worker import OUTDATED
from app.configuration.load import ROOT, Folders
from app.extensions import db
from app.factory import create_app
from app.models import (
    Artwork,
    AuditEntry,
    ImportRun,
    Lane,
    PeriodicJob,
    Task,
    TaskState,
    Worker,
    now,
)
from app.services.importing import runs
from app.services.importing.columns.kept import propose_reading
from app.services.importing.diff import Policy
from app.services.importing.sources import ImportContext, opened
from app.services.media.folder import FolderStore
from app.services.operations import retention
from app.services.system import database, tasks
from app.services.system.workers import count_alive
from tests.support.databases import environ_of
from tests.support.postgresql import POSTGRESQL
from tests.support.waiting import WAIT_SECONDS

ROWS = 1_500
BRIEFLY = "SET LOCAL lock_timeout = 50" if POSTGRESQL else "PRAGMA busy_timeout = 50"
"""To be waited for others."""


@pytest.fixture
def app(tmp_path):
    app = create_app({"MORELLI_INSTANCE": tmp_path})
    with app.app_context():
        database.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def start(app):
    """Return a function that starts a worker process; all are ended after the test."""
    instance = app.config["MORELLI_INSTANCE"]
    environ = {**environ_of(instance), "MORELLI_INSTANCE": str(instance)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    started = []

    def begin():
        with log_of(app).open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=log)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait(WAIT_SECONDS)


def log_of(app):
    return app.config["MORELLI_INSTANCE"] / "worker.log"


def until(is_true, seconds=120):
    deadline = time.monotonic() + seconds
    while True:
        db.session.rollback()
        db.session.expire_all()
        if is_true():
            return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_over(task):
    return task.state in tasks.OVER


def let_leases_run_out(process):
    """As if a minute had gone by since a process gave its last sign of life."""
    leases = text(
        "UPDATE task SET lease_until = '2026-01-01' WHERE worker LIKE :name "
        "AND state = 'running'"
    )
    db.session.execute(leases, {"name": f"% {process.pid} %"})
    db.session.commit()


def freeze(process):
    """Stop a process at a moment when it does not hold the database's write lock."""
    for _ in range(200):
        os.kill(process.pid, signal.SIGSTOP)
        try:
            db.session.execute(text(BRIEFLY))
            db.session.execute(text("UPDATE worker SET started_at = started_at"))
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            os.kill(process.pid, signal.SIGCONT)
            time.sleep(0.01)
        else:
            return
    pytest.fail("it always wrote")


def catalogue(app, name):
    """Let a catalogue be looked through and recorded later."""
    lines = [f"{name}.{row},Work {row}" for row in range(ROWS)]
    table = BytesIO("\n".join(["accession,title", *lines]).encode())
    session, folders = db.session(), Folders(app.config["MORELLI_INSTANCE"])
    kind, location = runs.receive(table, f"{name}.csv", FolderStore(folders.imports))
    run = runs.begin(session, kind, location, f"{name}.csv", None)
    with opened(run, ImportContext.of(app.config)) as source:
        columns = source.table.columns if source.table else ()
    reading = propose_reading(session, columns)
    runs.plan(session, run, reading, Policy.UPDATE, None)
    app.extensions[BACKGROUND].work_off()
    session.expire_all()
    return runs.start(session, run, None)


def assert_recorded_once(names):
    """Every row made one work, by one change, whoever died over it."""
    works = len(names) * ROWS
    assert db.session.scalar(select(func.count(Artwork.id))) == works
    created = select(func.count(AuditEntry.id)).where(AuditEntry.action == "create")
    assert db.session.scalar(created) == works
    for run in db.session.scalars(select(ImportRun)):
        assert run.counts["created"] == ROWS


def test_tasks_are_worked_off_in_this_process_too(app):
    task = tasks.enqueue(db.session(), "unknown", {}, None)
    assert app.extensions[BACKGROUND].work_off() == 1
    assert db.session.get_one(Task, task.id).state is TaskState.FAILED


def test_threads_work_while_they_are_wanted_and_are_known(app):
    long, short = (tasks.enqueue(db.session(), "unknown", {}, None, x) for x in Lane)
    with app.extensions[BACKGROUND].working(jobs=False) as ended:
        assert count_alive(db.session()) == 1
        until(lambda: is_over(long) and is_over(short), 30)
        assert not ended.is_set()
    assert ended.is_set()
    assert count_alive(db.session()) == 0
    assert db.session.query(PeriodicJob).all() == []


@pytest.mark.slow
def test_a_worker_takes_up_what_comes_and_stops_when_told(app, start):
    for name in OUTDATED:
        (app.config["MORELLI_INSTANCE"] / name).touch()
    process = start()
    first = tasks.enqueue(db.session(), "rebuild", {}, None)
    until(lambda: is_over(first))
    begun = time.monotonic()
    second = tasks.enqueue(db.session(), "rebuild", {}, None)
    until(lambda: is_over(second))
    assert time.monotonic() - begun < 20
    assert "precompute_descriptors" in second.fault  # there are no works
    shared = sum(not job.is_own for job in JOBS)
    until(lambda: db.session.query(PeriodicJob).count() == shared)
    until(retention.GUARD.done(app.config["MORELLI_INSTANCE"]).exists)
    assert not any(
        (app.config["MORELLI_INSTANCE"] / name).exists() for name in OUTDATED
    )
    process.terminate()
    assert process.wait(WAIT_SECONDS) == 0
    db.session.rollback()
    assert db.session.query(Worker).all() == []


@pytest.mark.slow
def test_killed_workers_lose_nothing_and_do_nothing_twice(app, start):
    names = "abc"
    imports = [catalogue(app, name) for name in names]
    workers = [start(), start()]
    for wanted in (1, ROWS // 2):
        until(
            lambda wanted=wanted: any(
                task.state is TaskState.RUNNING and task.done >= wanted
                for task in imports
            )
        )
        [running] = db.session.scalars(
            select(Task.worker).where(Task.state == TaskState.RUNNING)
        )
        db.session.commit()
        killed = next(one for one in workers if f" {one.pid} " in running)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait(WAIT_SECONDS)
        workers.remove(killed)
        workers.append(start())
    until(lambda: all(map(is_over, imports)))
    assert [task.state for task in imports] == [TaskState.DONE] * len(names)
    assert_recorded_once(names)


@pytest.mark.slow
def test_a_worker_that_was_taken_for_dead_writes_nothing_more(app, start):
    task = catalogue(app, "a")
    first = start()
    until(lambda: task.state is TaskState.RUNNING and task.done)
    freeze(first)
    second = start()
    let_leases_run_out(first)
    until(lambda: f" {second.pid} " in task.worker)
    os.kill(first.pid, signal.SIGCONT)
    until(lambda: "was taken over" in log_of(app).read_text())
    until(lambda: is_over(task))
    assert task.state is TaskState.DONE
    assert_recorded_once("a")


@pytest.mark.slow
def test_a_worker_that_is_told_to_stop_lets_its_task_wait(app, start):
    task = catalogue(app, "a")
    process = start()
    until(lambda: task.state is TaskState.RUNNING and task.done)
    process.terminate()
    assert process.wait(WAIT_SECONDS) == 0
    db.session.rollback()
    db.session.expire_all()
    assert task.state is TaskState.WAITING
    assert 0 < task.done < ROWS
    start()
    until(lambda: is_over(task))
    assert_recorded_once("a")


@pytest.mark.slow
def test_a_worker_plans_a_backup_where_a_folder_for_it_is_set(app, tmp_path):
    (tmp_path / "backups").mkdir()
    app.config["MORELLI_BACKUP_FOLDER"] = tmp_path / "backups"
    background = app.extensions[BACKGROUND]

    def is_planned():
        row = db.session.get(PeriodicJob, "backup", populate_existing=True)
        db.session.commit()
        return row is not None and row.due_at > now()

    with background.working(jobs=True):
        until(is_planned)
    assert not any((tmp_path / "backups").iterdir())  # that is at night
