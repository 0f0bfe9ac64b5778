import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import Lane, Task, TaskState, now
from app.services.system import tasks
from app.services.system.claims import (
    LEASE,
    LeaseLostError,
    claim_next,
    extend,
    give_up,
    guarded,
)
from app.services.system.lock import AlreadyRunningError
from app.services.system.tasks import TaskContext
from tests.support.waiting import WAIT_SECONDS

LONG = Lane.LONG


@pytest.fixture
def context(session, tmp_path):
    return TaskContext(session, Folders(tmp_path), {})


def noted(session, lane=LONG, **parameters):
    return tasks.enqueue(session, "count", parameters, None, lane)


def expire(session, task):
    task.lease_until = now() - timedelta(seconds=1)
    session.commit()


def test_a_lane_does_its_first_task_and_one_at_a_time(session):
    first, second = noted(session), noted(session)
    claim = claim_next(session, LONG, "a")
    assert claim is not None
    assert claim.task_id == first.id
    assert (first.state, first.worker) == (TaskState.RUNNING, "a")
    assert first.lease_until > now()
    assert claim_next(session, LONG, "b") is None
    assert give_up(session, claim, state=TaskState.DONE)
    following = claim_next(session, LONG, "b")
    assert following is not None
    assert following.task_id == second.id


def test_lanes_do_not_wait_for_each_other(session):
    noted(session)
    short = noted(session, Lane.SHORT)
    assert claim_next(session, LONG, "a") is not None
    claim = claim_next(session, Lane.SHORT, "a")
    assert claim is not None
    assert claim.task_id == short.id


def test_what_has_no_sign_of_life_is_taken_over_before_what_waits(session):
    first = noted(session)
    noted(session)
    before = claim_next(session, LONG, "killed")
    assert before is not None
    started_at = first.started_at
    expire(session, first)
    claim = claim_next(session, LONG, "b")
    assert claim is not None
    assert claim.task_id == first.id
    assert (first.worker, first.started_at) == ("b", started_at)
    assert not give_up(session, before, state=TaskState.DONE)
    session.expire_all()
    assert first.state is TaskState.RUNNING


def test_a_lease_is_extended_by_who_holds_it_only(session):
    task = noted(session)
    before = claim_next(session, LONG, "a")
    assert before is not None
    expire(session, task)
    extend(session, {before.token})  # late, but nobody was there
    assert task.lease_until > now() + LEASE / 2
    expire(session, task)
    assert claim_next(session, LONG, "b") is not None
    lease = task.lease_until
    extend(session, {before.token})
    session.expire_all()
    assert task.lease_until == lease


def between_looking_and_claiming(session, act):
    """Let another worker be faster than this session's next claim."""

    def once(_session):
        with Session(session.get_bind()) as other:
            act(other)

    event.listen(session, "after_commit", once, once=True)


def test_who_looked_first_but_claims_second_gets_nothing(session):
    first = noted(session)
    between_looking_and_claiming(session, lambda other: claim_next(other, LONG, "b"))
    assert claim_next(session, LONG, "a") is None
    assert first.worker == "b"


def test_a_lane_that_was_taken_by_another_task_meanwhile_is_left_to_it(session):
    first, second = noted(session), noted(session)

    def let_second_overtake(other):
        task = other.get_one(Task, 1)
        tasks.pause(other, task)
        assert claim_next(other, LONG, "b") is not None
        tasks.go_on(other, task)

    between_looking_and_claiming(session, let_second_overtake)
    assert claim_next(session, LONG, "a") is None
    assert (first.state, second.worker) == (TaskState.WAITING, "b")


def test_many_workers_do_every_task_once(session):
    for _ in range(20):
        noted(session)
    engine = session.get_bind()
    done: list[int] = []
    faults: list[Exception] = []
    session.commit()

    def work(name):
        try:
            with Session(engine) as own:
                while len(done) < 20:
                    claim = claim_next(own, LONG, name)
                    if claim is not None:
                        done.append(claim.task_id)
                        assert give_up(own, claim, state=TaskState.DONE)
        except Exception as error:
            faults.append(error)
            raise

    threads = [threading.Thread(target=work, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    assert faults == []
    assert done == sorted(set(done))
    assert len(done) == 20


def test_nothing_is_committed_once_the_claim_is_lost(session):
    task = noted(session)
    claim = claim_next(session, LONG, "a")
    assert claim is not None
    with guarded(session, claim):
        task.fault = "still mine"
        session.commit()
        expire(session, task)
        with Session(session.get_bind()) as other:
            assert claim_next(other, LONG, "b") is not None
        task.fault = "mine no more"
        with pytest.raises(LeaseLostError):
            session.commit()
        session.rollback()
    session.expire_all()
    assert (task.fault, task.worker) == ("still mine", "b")


def test_a_task_that_was_taken_over_stops_at_its_step_and_writes_nothing(
    session, context
):
    task = noted(session)
    steps = []

    def work(handle):
        handle.progress(1, 3)
        expire(session, handle.task)
        with Session(session.get_bind()) as other:
            assert claim_next(other, LONG, "other") is not None
        handle.task.fault = "written too late"
        steps.append("before")
        handle.progress(2, 3)
        steps.append("after")

    assert tasks.work_off(context, {"count": work}) == 1
    assert steps == ["before"]
    session.expire_all()
    assert (task.done, task.fault) == (1, "")
    assert (task.state, task.worker) == (TaskState.RUNNING, "other")


def test_what_is_busy_elsewhere_waits_and_lets_others_pass(session, context, tmp_path):
    busy = noted(session, busy=True)
    free = noted(session, busy=False)

    def work(handle):
        if handle.task.parameters["busy"]:
            raise AlreadyRunningError(tmp_path / "lock")

    assert tasks.work_off(context, {"count": work}) == 2
    assert (busy.state, busy.fault) == (TaskState.WAITING, "")
    assert free.state is TaskState.DONE
    assert tasks.work_off(context, {}) == 0  # not again at once
    busy.ready_at = now()
    session.commit()
    assert tasks.work_off(context, {"count": lambda _handle: None}) == 1
    session.expire_all()
    assert (busy.state, busy.ready_at) == (TaskState.DONE, None)


def test_a_worker_that_is_to_stop_lets_its_task_wait(session, context):
    task = noted(session)

    def work(handle):
        context.process.stopping.set()
        handle.progress(1, 3)

    assert tasks.work_off(context, {"count": work}) == 1
    assert (task.state, task.done, task.slot) == (TaskState.WAITING, 1, None)
    assert task.finished_at is None
    assert tasks.work_off(context, {}) == 0


@pytest.mark.postgresql(reason="its connections, which break when it is restarted")
def test_a_task_goes_on_after_a_restart_of_the_database(session, context):
    task = noted(session)
    begun: list[int] = []

    def work(handle):
        handle.progress(len(begun), 2)
        begun.append(handle.task.done)
        if len(begun) == 1:
            own = select(func.pg_backend_pid())
            with session.get_bind().connect() as other:
                broken = func.pg_terminate_backend(session.scalars(own).one())
                other.execute(select(broken))
        handle.progress(2, 2)

    assert tasks.work_off(context, {"count": work}) == 2
    assert begun == [0, 1]
    session.expire_all()
    assert (task.state, task.done) == (TaskState.DONE, 2)


@pytest.mark.postgresql(reason="its clock, which all machines share")
def test_a_clock_that_is_ahead_takes_nobodys_task(session):
    task = noted(session)
    assert claim_next(session, LONG, "a") is not None
    with time_machine.travel(now() + 2 * LEASE):
        assert claim_next(session, LONG, "b") is None
    session.expire_all()
    assert task.worker == "a"


@pytest.mark.postgresql(reason="its row locks, which others need not wait for")
def test_who_comes_second_waits_for_nothing(session):
    task = noted(session)
    held = select(Task.id).where(Task.id == task.id).with_for_update()
    session.commit()
    session.execute(text("SET lock_timeout = '1s'"))
    with session.get_bind().connect() as other, other.begin():
        other.execute(held)
        assert claim_next(session, LONG, "b") is None
    claim = claim_next(session, LONG, "b")
    assert claim is not None
    assert claim.task_id == task.id
