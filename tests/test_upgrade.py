"""An instance of the version before, with all that a museum has, after its upgrade."""

import pytest
from alembic import command
from sqlalchemy import inspect

from app.extensions import db
from app.models import Artwork, ImportRow, ImportRun, Task, TaskState
from app.services.index import rebuilding
from app.services.system import database, tasks
from tests.services.importing.importer import Importer
from tests.support.mapped import make_map

BEFORE = "0007"
"""Revision of the database that the version before leases and index faults made."""


@pytest.fixture
def upgraded(app, ask, photo, monkeypatch):
    """Fill an instance, take it back to the version before, and upgrade it."""
    answer = ask(photo).headers["Location"]
    make_map(app)
    with app.app_context():
        Importer(app, monkeypatch).bring_in("accession,title\n2001.1,Hare\n")
        tasks.enqueue(db.session(), rebuilding.KIND, {}, None)
        db.session.remove()
        command.downgrade(database.alembic_config(), BEFORE)
        names = {one["name"] for one in inspect(db.engine).get_columns("task")}
        assert "lane" not in names
        assert "index_fault" not in inspect(db.engine).get_table_names()
        with pytest.raises(database.DatabaseNotReadyError, match=BEFORE):
            database.check()
        database.upgrade()
        database.check()
        yield answer


def test_its_works_answers_and_map_are_shown(upgraded, client):
    assert "The Astronomer’s Table" in client.get("/works/").text
    assert "Hare" in client.get("/works/2001.1").text
    assert "The Astronomer’s Table" in client.get(upgraded).text
    assert client.get("/map").status_code == 200
    assert client.get("/history").text.count(upgraded) > 0


@pytest.mark.usefixtures("upgraded")
def test_its_import_is_taken_back(app, monkeypatch):
    [run] = db.session.query(ImportRun).all()
    assert run.counts["created"] == 1
    assert db.session.query(ImportRow).filter_by(run_id=run.id).count() == 1
    Importer(app, monkeypatch).undo(run)
    [hare] = db.session.query(Artwork).filter_by(accession="2001.1")
    assert hare.is_withdrawn


@pytest.mark.usefixtures("upgraded")
def test_a_task_that_waited_still_waits_and_can_be_stopped():
    [task] = db.session.query(Task).filter_by(kind=rebuilding.KIND)
    assert task.state == "waiting"
    tasks.cancel(db.session(), task)
    db.session.expire_all()
    assert task.state is TaskState.CANCELLED


def test_what_is_asked_now_is_answered(upgraded, ask, client, photo):
    answer = ask(photo).headers["Location"]
    assert answer != upgraded
    assert "The Astronomer’s Table" in client.get(answer).text
