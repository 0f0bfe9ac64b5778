import os
import socket
import time
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.models import Lane, Worker, now
from app.services.system import tasks, workers
from app.services.system.claims import LEASE, claim_next
from app.services.system.workers import WorkerProcess, count_alive, enlisted
from tests.support.waiting import WAIT_SECONDS


@pytest.fixture
def engine(session):
    session.commit()
    return session.get_bind()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "workers"


def until(is_true):
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_worker_is_known_as_long_as_it_works(session, engine, folder):
    session.add(Worker(name="elsewhere 7 ab", heartbeat_at=now() - 2 * LEASE))
    session.commit()
    assert count_alive(session) == 0
    process = WorkerProcess()
    with enlisted(engine, process, folder):
        assert count_alive(session) == 1
        assert [one.name for one in session.query(Worker)] == [process.name]
        session.commit()
    assert count_alive(session) == 0


def test_what_a_killed_worker_of_this_machine_did_is_taken_over_at_once(
    session, engine, folder
):
    # In a container the next worker has the number of the one before, which died.
    here = f"{socket.gethostname()} {os.getpid()}"
    folder.mkdir()
    (folder / "dead").touch()
    left, others = (
        tasks.enqueue(session, "count", {}, None),
        tasks.enqueue(session, "count", {}, None, Lane.SHORT),
    )
    for lane, name in (
        (Lane.LONG, f"{here} dead"),
        (Lane.SHORT, f"{here} elsewhere"),
    ):
        session.add(Worker(name=name))
        session.commit()
        assert claim_next(session, lane, name) is not None
    with enlisted(engine, WorkerProcess(), folder):
        assert count_alive(session) == 2  # this one, and the one on another machine
        assert left.lease_until is not None
        assert others.lease_until is not None
        assert left.lease_until <= now() < others.lease_until
        session.commit()
    assert list(folder.iterdir()) == []


def test_two_workers_have_two_names(session, engine, folder):
    with (
        enlisted(engine, WorkerProcess(), folder),
        enlisted(engine, WorkerProcess(), folder),
    ):
        assert count_alive(session) == 2
        session.commit()


def test_signs_of_life_extend_what_it_holds_and_nothing_else(
    session, engine, folder, monkeypatch
):
    monkeypatch.setattr(workers, "HEARTBEAT_SECONDS", 0.02)
    mine = tasks.enqueue(session, "count", {}, None)
    others = tasks.enqueue(session, "count", {}, None, Lane.SHORT)
    claim = claim_next(session, Lane.LONG, "a")
    assert claim is not None
    assert claim_next(session, Lane.SHORT, "b") is not None
    soon = now() + timedelta(seconds=5)
    mine.lease_until = others.lease_until = soon
    session.commit()
    process = WorkerProcess(tokens={claim.token})

    def is_extended():
        session.expire_all()
        lease = mine.lease_until
        session.commit()
        return lease is not None and lease > soon

    with enlisted(engine, process, folder):
        until(is_extended)
        # Somebody thought it dead; with its next sign of life it is there again.
        with Session(engine) as other:
            other.query(Worker).delete()
            other.commit()
            until(lambda: count_alive(other) == 1)
            other.commit()
    session.expire_all()
    assert others.lease_until == soon


def test_a_database_that_is_gone_for_a_moment_ends_no_signs_of_life(
    session, engine, folder, monkeypatch, caplog
):
    monkeypatch.setattr(workers, "HEARTBEAT_SECONDS", 0.02)
    with enlisted(engine, WorkerProcess(), folder):
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE worker RENAME TO away")
        until(lambda: "no sign of life" in caplog.text)
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO worker")
        session.query(Worker).delete()
        session.commit()
        until(lambda: count_alive(session) == 1)
        session.commit()
