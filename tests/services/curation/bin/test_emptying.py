from datetime import timedelta

import pytest
from sqlalchemy import select

from app.background import BACKGROUND, JOBS
from app.configuration.load import Folders
from app.extensions import db
from app.models import Artwork, TaskState, now
from app.services.curation.bin import emptying
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
