from datetime import timedelta

import pytest

from app.configuration.load import Folders
from app.models import Lane, Task, TaskState, now
from app.services.media.store import StorageAwayError
from app.services.system import tasks
from app.services.system.claims import claim_next
from app.services.system.tasks import (
    NotHereYetError,
    NotPossibleError,
    TaskContext,
    TaskFailedError,
)


@pytest.fixture
def context(session, tmp_path):
    return TaskContext(session, Folders(tmp_path), {})


class Counting:
    """Counts to five, from where the task is."""

    def __init__(self):
        self.counted = []

    def __call__(self, handle):
        for number in range(handle.task.done, 5):
            self.counted.append(number)
            handle.progress(number + 1, 5, "counting")


@pytest.fixture
def counting():
    return Counting()


def state_of(task) -> str:
    """Read it anew: the checker of types believes that it never changes."""
    return str(task.state)


def noted(session, **parameters):
    return tasks.enqueue(session, "count", parameters, None)


def test_tasks_are_done_in_the_order_they_were_noted(session, context):
    done = []
    for name in "abc":
        noted(session, name=name)
    count = tasks.work_off(
        context, {"count": lambda handle: done.append(handle.task.parameters["name"])}
    )
    assert count == 3
    assert done == ["a", "b", "c"]
    assert {task.state for task in session.query(Task)} == {TaskState.DONE}
    assert tasks.work_off(context, {}) == 0


def test_progress_is_there_for_others_to_read(session, context, counting):
    task = noted(session)
    tasks.work_off(context, {"count": counting})
    assert (task.done, task.total, task.step) == (5, 5, "counting")
    assert task.started_at <= task.heartbeat_at <= task.finished_at
    assert task.worker


def test_a_paused_task_stops_at_its_step_and_goes_on_where_it_was(
    session, context, counting
):
    task = noted(session)

    def pausing(handle):
        if handle.task.done == 0:
            handle.progress(2, 5)
            tasks.pause(session, handle.task)
        counting(handle)

    tasks.work_off(context, {"count": pausing})
    assert state_of(task) == TaskState.PAUSED
    assert task.finished_at is None
    assert counting.counted == [2]
    tasks.go_on(session, task)
    tasks.work_off(context, {"count": counting})
    assert state_of(task) == TaskState.DONE
    assert counting.counted == [2, 3, 4]


def test_a_cancelled_task_ends_and_can_be_taken_up_again(session, context, counting):
    task = noted(session)

    def cancelling(handle):
        tasks.cancel(session, handle.task)
        counting(handle)

    tasks.work_off(context, {"count": cancelling})
    assert state_of(task) == TaskState.CANCELLED
    assert counting.counted == [0]
    tasks.go_on(session, task)
    tasks.work_off(context, {"count": counting})
    assert counting.counted == [0, 1, 2, 3, 4]


def test_what_waits_is_paused_and_cancelled_at_once(session):
    task = noted(session)
    tasks.pause(session, task)
    session.expire_all()
    assert state_of(task) == TaskState.PAUSED
    tasks.cancel(session, task)
    session.expire_all()
    assert state_of(task) == TaskState.CANCELLED


@pytest.mark.parametrize("wish", [tasks.pause, tasks.cancel, tasks.go_on])
def test_what_is_done_cannot_be_told_anything(session, context, counting, wish):
    task = noted(session)
    tasks.work_off(context, {"count": counting})
    with pytest.raises(NotPossibleError):
        wish(session, task)


def test_why_a_task_failed_is_kept_and_the_next_one_is_done(session, context):
    def fail(_handle):
        raise TaskFailedError("The disk is full. Make room and let it go on.")

    first = noted(session)
    second = tasks.enqueue(session, "other", {}, None)
    tasks.work_off(context, {"count": fail, "other": lambda _handle: None})
    assert (first.state, first.fault) == (
        TaskState.FAILED,
        "The disk is full. Make room and let it go on.",
    )
    assert second.state is TaskState.DONE


def test_a_bug_fails_the_task_and_undoes_what_was_not_committed(
    session, context, caplog
):
    def break_down(handle):
        handle.progress(1, 5)
        handle.task.done = 99
        raise ZeroDivisionError

    task = noted(session)
    tasks.work_off(context, {"count": break_down})
    assert state_of(task) == TaskState.FAILED
    assert task.done == 1
    assert "worker's log" in task.fault
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "missing", [StorageAwayError("the cable is cut"), NotHereYetError()], ids=str
)
def test_a_task_waits_for_what_is_missing(session, context, counting, missing):
    def fail(handle):
        handle.progress(2, 5, "counting")
        raise missing

    task = noted(session)
    assert tasks.work_off(context, {"count": fail}) == 1
    assert state_of(task) == TaskState.WAITING
    assert tasks.work_off(context, {"count": counting}) == 0
    assert task.ready_at > now()
    task.ready_at = now() - timedelta(seconds=1)
    session.commit()
    assert tasks.work_off(context, {"count": counting}) == 1
    assert counting.counted == [2, 3, 4]
    assert (state_of(task), task.fault) == (TaskState.DONE, "")


def test_an_unknown_kind_fails(session, context):
    task = noted(session)
    tasks.work_off(context, {})
    assert state_of(task) == TaskState.FAILED


def test_what_a_killed_worker_left_is_taken_up_again(session, context, counting):
    task = noted(session)
    task.done = 3
    assert claim_next(session, Lane.LONG, "the killed one") is not None
    assert tasks.work_off(context, {"count": counting}) == 0
    task.lease_until = now() - timedelta(seconds=1)
    session.commit()
    assert tasks.work_off(context, {"count": counting}) == 1
    assert counting.counted == [3, 4]


def test_the_unfinished_task_of_a_kind_is_found(session, context, counting):
    assert tasks.unfinished(session, "count") is None
    task = noted(session)
    assert tasks.unfinished(session, "count") is task
    tasks.work_off(context, {"count": counting})
    assert tasks.unfinished(session, "count") is None


def test_tasks_are_listed_in_pages(session, monkeypatch):
    monkeypatch.setattr(tasks, "TASKS_PER_PAGE", 2)
    for _ in range(3):
        noted(session)
    first, second = tasks.list_tasks(session), tasks.list_tasks(session, 2)
    assert first is not None
    assert second is not None
    assert [task.id for task in (*first.entries, *second.entries)] == [3, 2, 1]
    assert tasks.list_tasks(session, 3) is None
