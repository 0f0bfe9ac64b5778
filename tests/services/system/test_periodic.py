import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import PeriodicJob, now
from app.services.system.periodic import NEVER, RETRY, Job, every, nightly, run_due
from app.services.system.tasks import TaskContext
from tests.support.waiting import WAIT_SECONDS, ended

HOUR = timedelta(hours=1)


@pytest.fixture
def context(session, tmp_path):
    return TaskContext(session, Folders(tmp_path), {})


@pytest.fixture
def runs():
    return []


@pytest.fixture
def job(runs):
    return Job("tidy", runs.append, every(HOUR))


def make_due(session):
    session.query(PeriodicJob).update({"due_at": now()})
    session.commit()


def due_in(session):
    session.expire_all()
    return session.query(PeriodicJob).one().due_at - now()


def test_a_job_is_done_at_first_and_again_when_it_is_due(session, context, job, runs):
    assert run_due(context, [job]) == 1
    assert run_due(context, [job]) == 0
    assert HOUR - timedelta(minutes=1) < due_in(session) <= HOUR
    make_due(session)
    assert run_due(context, [job]) == 1
    assert len(runs) == 2


def test_a_job_that_fails_is_tried_again_soon(session, context, caplog):
    def fail(context):
        context.session.add(PeriodicJob(kind="half done", due_at=now()))
        raise ZeroDivisionError

    assert run_due(context, [Job("tidy", fail, every(HOUR))]) == 1
    assert "ZeroDivisionError" in caplog.text
    assert RETRY - timedelta(minutes=1) < due_in(session) <= RETRY


def test_what_is_awaited_is_done_before_it_is_due_and_once(session, context, runs):
    came_at = now() + timedelta(milliseconds=1)
    job = Job("mail", runs.append, every(HOUR), lambda _context, since: came_at > since)
    assert run_due(context, [job]) == 1
    session.query(PeriodicJob).update({"begun_at": came_at - HOUR})
    session.commit()
    assert run_due(context, [job]) == 1
    session.query(PeriodicJob).update({"begun_at": came_at + HOUR})
    session.commit()
    assert run_due(context, [job]) == 0


def test_a_worker_that_is_to_stop_begins_nothing(context, job, runs):
    context.process.stopping.set()
    assert run_due(context, [job]) == 0
    assert runs == []


def test_two_workers_do_a_job_once(session, tmp_path, runs):
    job = Job("tidy", lambda context: runs.append(context), every(HOUR))
    engine, barrier = session.get_bind(), threading.Barrier(4)
    session.commit()
    faults = []

    def work():
        try:
            with Session(engine) as own:
                context = TaskContext(own, Folders(tmp_path), {})
                barrier.wait(WAIT_SECONDS)
                run_due(context, [job])
        except Exception as error:
            faults.append(error)
            raise

    for count in (1, 2):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        ended(*threads)
        assert faults == []
        assert len(runs) == count
        make_due(session)


@pytest.mark.parametrize("begun", [NEVER, datetime(2026, 11, 27, 12, tzinfo=UTC)])
def test_what_is_nightly_is_due_at_the_next_such_hour(begun):
    after = now() if begun == NEVER else begun
    due = nightly(3)(begun)
    assert timedelta(0) < due - after <= timedelta(days=1, hours=1)
    assert due.astimezone().hour == 3


def own_job(came_at, runs):
    """A job about what lies in a folder, and when that came there."""
    return Job(
        "mail",
        runs.append,
        every(HOUR),
        lambda context, since: came_at[context.folders.instance] > since,
        is_own=True,
    )


def test_a_job_about_a_machine_s_own_folder_is_done_by_each_machine(session, tmp_path):
    one, two = (
        TaskContext(session, Folders(tmp_path / name), {}) for name in ("one", "two")
    )
    runs: list[TaskContext] = []
    came_at = dict.fromkeys((tmp_path / "one", tmp_path / "two"), NEVER)
    job = own_job(came_at, runs)
    assert run_due(one, [job]) == 1
    # What lies on the second machine does not wait for whoever was first.
    assert run_due(two, [job]) == 1
    assert run_due(one, [job]) == run_due(two, [job]) == 0
    came_at[tmp_path / "two"] = now()
    assert run_due(one, [job]) == 0
    assert run_due(two, [job]) == 1
    assert runs == [one, two, two]


def test_a_machine_s_own_job_that_fails_is_tried_again(session, context, caplog):
    def fail(_context):
        raise ZeroDivisionError

    job = Job("mail", fail, every(timedelta()), is_own=True)
    assert run_due(context, [job]) == run_due(context, [job]) == 1
    assert "ZeroDivisionError" in caplog.text
