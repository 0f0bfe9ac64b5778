import os
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from app.background import BACKGROUND, JOBS
from app.configuration.load import Folders
from app.extensions import db
from app.models import Artwork, TaskState, WorkStub, now
from app.services.curation.bin import emptying
from app.services.system.plausibility import FEW, Doubt
from app.services.system.tasks import TaskContext


def put_away(accession, days):
    work = Artwork(accession=accession, withdrawn_at=now() - timedelta(days=days))
    db.session.add(work)
    db.session.commit()


def accessions():
    return {*db.session.scalars(select(Artwork.accession))}


def test_all_that_was_there_when_it_was_asked_for_is_deleted_and_no_more(in_app):
    put_away("old", 1)
    task = emptying.begin(db.session(), now(), None)
    put_away("new", -1)
    assert emptying.begin(db.session(), now(), None) is task
    assert in_app.extensions[BACKGROUND].work_off() == 1
    db.session.expire_all()
    assert (task.state, task.done, task.total) == (TaskState.DONE, 1, 1)
    assert accessions() & {"old", "new"} == {"new"}


@pytest.mark.parametrize(
    ("days", "left"), [("0", {"recent", "old"}), ("30", {"recent"})]
)
def test_what_is_old_enough_goes_by_itself_if_that_is_set(make_app, days, left):
    app = make_app(MORELLI_BIN_DAYS=days)
    with app.app_context():
        put_away("recent", 29)
        put_away("old", 31)
        folders = Folders(app.config["MORELLI_INSTANCE"])
        [job] = [job for job in JOBS if job.kind == "bin"]
        job.run(TaskContext(db.session(), folders, app.config))
        assert accessions() & {"recent", "old"} == left


@pytest.fixture
def ageing(make_app):
    """Return what runs the daily job, in an application whose bin is emptied by age."""
    app = make_app(MORELLI_BIN_DAYS="30")
    [job] = [job for job in JOBS if job.kind == "bin"]
    folders = Folders(app.config["MORELLI_INSTANCE"])
    with app.app_context():
        yield lambda: job.run(TaskContext(db.session(), folders, app.config))


def last_run(instance, days_ago):
    emptying.GUARD.note_run(instance, 30)
    then = now().timestamp() - days_ago * 86_400
    os.utime(emptying.GUARD.done(instance), (then, then))


def test_a_clock_that_was_set_forward_empties_no_bin(ageing, caplog):
    instance = current_app.config["MORELLI_INSTANCE"]
    last_run(instance, 365)
    put_away("old", 31)
    ageing()
    assert "old" in accessions()
    assert "1 of 1 works would go" in caplog.text
    held = emptying.GUARD.held_run(instance)
    assert held is not None
    assert held.doubt is Doubt.FORWARD
    task = emptying.begin_aged(db.session(), instance, 30, None)
    current_app.extensions[BACKGROUND].work_off()
    db.session.expire_all()
    assert (task.state, "old" in accessions()) == (TaskState.DONE, False)
    put_away("next", 31)
    ageing()
    assert "next" not in accessions()


def test_most_of_a_bin_does_not_go_at_the_first_run(ageing):
    for number in range(FEW + 1):
        put_away(f"old {number}", 31)
    ageing()
    assert "old 0" in accessions()
    held = emptying.GUARD.held_run(current_app.config["MORELLI_INSTANCE"])
    assert held is not None
    assert held.doubt is Doubt.FIRST


def test_a_stub_that_is_not_published_is_not_in_the_bin(ageing):
    put_away("stub", 31)
    put_away("old", 31)
    work = db.session.scalars(select(Artwork).filter_by(accession="stub")).one()
    db.session.add(WorkStub(artwork=work))
    db.session.commit()
    ageing()
    assert accessions() & {"stub", "old"} == {"stub"}
