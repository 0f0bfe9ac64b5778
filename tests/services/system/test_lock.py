"""Locks of a folder, and of a database that several machines share."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import Worker
from app.services.system.lock import (
    AlreadyRunningError,
    LockLostError,
    exclusively,
    lock_number,
)
from tests.support.waiting import WAIT_SECONDS

HOLDER = """
import sys, time
from pathlib import Path
from sqlalchemy import create_engine
from app.services.system.lock import exclusively
with exclusively(Path(sys.argv[1]), create_engine(sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""

END_HOLDERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name = 'morelli work.lock'"
)


@pytest.fixture
def engine(session):
    return session.get_bind()


def is_free(path, engine):
    try:
        with exclusively(path, engine):
            return True
    except AlreadyRunningError:
        return False


def await_free(path, engine):
    end = time.monotonic() + WAIT_SECONDS
    while not is_free(path, engine):
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("shares", [True, False])
def test_one_holds_it_at_a_time_and_another_one_later(tmp_path, engine, shares):
    path, shared = tmp_path / "work.lock", engine if shares else None
    with exclusively(path, shared):
        assert not is_free(path, shared)
        assert is_free(tmp_path / "other.lock", shared)
    assert is_free(path, shared)


def test_a_failure_frees_it(tmp_path, engine):
    with pytest.raises(KeyError), exclusively(tmp_path / "work.lock", engine):
        raise KeyError
    with exclusively(tmp_path / "work.lock", engine):
        pass


@pytest.mark.postgresql(reason="its lock holds wherever the folder lies")
def test_folders_of_other_machines_share_the_lock_of_a_database(tmp_path, engine):
    there = tmp_path / "there" / "work.lock"
    with (
        exclusively(tmp_path / "here" / "work.lock", engine),
        pytest.raises(AlreadyRunningError, match=r"the database’s lock work\.lock"),
        exclusively(there, engine),
    ):
        pytest.fail("two hold it")
    assert is_free(there, engine)


def test_a_killed_holder_holds_nothing(tmp_path, engine):
    path = tmp_path / "work.lock"
    address = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLDER, str(path), address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not is_free(path, engine)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(WAIT_SECONDS)
    await_free(path, engine)


def test_numbers_of_locks_stay_the_same_over_versions():
    assert lock_number("indexing.lock") == -7386078956877714069
    assert -(2**63) <= lock_number("other.lock") < 2**63


@pytest.mark.postgresql(reason="a lock of a folder ends with its process only")
def test_whose_lock_is_gone_commits_nothing_more(tmp_path, engine):
    path = tmp_path / "work.lock"
    with Session(engine) as mine, Session(engine) as others:
        with exclusively(path, engine):
            mine.add(Worker(name="before"))
            mine.commit()
            with engine.begin() as connection:
                connection.execute(text(END_HOLDERS))
            await_free(path, engine)
            mine.add(Worker(name="after"))
            with pytest.raises(LockLostError, match="begin again"):
                mine.commit()
            mine.rollback()
        assert [one.name for one in others.query(Worker)] == ["before"]
        others.add(Worker(name="later"))
        others.commit()  # who holds nothing is asked nothing
