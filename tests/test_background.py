"""The worker as a process: woken, killed, started again."""

import os
import signal
import subprocess
import sys
import time

import pytest

from app.background import BACKGROUND
from app.configuration.load import ROOT
from app.extensions import db
from app.factory import create_app
from app.models import Task, TaskState
from app.services.system import database, tasks
from tests.support.waiting import WAIT_SECONDS


@pytest.fixture
def app(tmp_path):
    app = create_app({"MORELLI_INSTANCE": tmp_path})
    with app.app_context():
        database.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def worker(app):
    environ = {**os.environ, "MORELLI_INSTANCE": str(app.config["MORELLI_INSTANCE"])}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    log = (app.config["MORELLI_INSTANCE"] / "worker.log").open("ab")
    with log:
        return subprocess.Popen(command, cwd=ROOT, env=environ, stderr=log)


def wait_until_over(task):
    deadline = time.monotonic() + 60
    while True:
        db.session.expire_all()
        if task.state not in tasks.UNFINISHED:
            return
        db.session.commit()
        assert time.monotonic() < deadline, task.state
        time.sleep(0.05)


def test_tasks_are_worked_off_in_this_process_too(app):
    task = tasks.enqueue(db.session(), "unknown", {}, None)
    assert app.extensions[BACKGROUND].work_off() == 1
    assert db.session.get_one(Task, task.id).state is TaskState.FAILED


@pytest.mark.slow
def test_a_worker_that_is_woken_takes_the_work_up_at_once(app):
    process = worker(app)
    try:
        first = tasks.enqueue(db.session(), "rebuild", {}, None)
        wait_until_over(first)
        begun = time.monotonic()
        second = tasks.enqueue(db.session(), "rebuild", {}, None)
        app.extensions[BACKGROUND].wake()
        wait_until_over(second)
        assert time.monotonic() - begun < 20
        assert "precompute_descriptors" in second.fault  # there are no works
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.slow
def test_a_killed_worker_is_succeeded_by_the_next_and_two_are_one_too_many(app):
    task = tasks.enqueue(db.session(), "rebuild", {}, None)
    task.state = TaskState.RUNNING  # as the killed one left it
    db.session.commit()
    process = worker(app)
    try:
        wait_until_over(task)
        second = worker(app)
        assert second.wait(60) == 2
        log = app.config["MORELLI_INSTANCE"] / "worker.log"
        assert "Another worker is at it" in log.read_text()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(WAIT_SECONDS)
    third = worker(app)
    try:
        again = tasks.enqueue(db.session(), "rebuild", {}, None)
        app.extensions[BACKGROUND].wake()
        wait_until_over(again)
    finally:
        third.terminate()
        third.wait(WAIT_SECONDS)
