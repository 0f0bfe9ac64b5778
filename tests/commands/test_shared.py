"""``flask collection …`` on an instance of its own."""

import pytest
from sqlalchemy import update

from app.extensions import db
from app.factory import create_app
from app.models import Artwork, EvaluationPhoto, Query, Task, TaskState, now
from app.retrieval.generations import trial
from app.retrieval.model import Model
from app.retrieval.verification.evidence import Verdict
from app.services.evaluation.own_set import asking
from app.services.media.folder import FolderStore
from app.services.system import database
from tests.support.fakes import draw_picture, fake_model
from tests.support.recorded import record_work

pytestmark = pytest.mark.usefixtures("known_tables")


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )
    return create_app({"MORELLI_INSTANCE": tmp_path / "instance"})


@pytest.fixture
def record(app):
    def record(count):
        media = FolderStore(app.config["MORELLI_INSTANCE"] / "media" / "works")
        with app.app_context():
            database.upgrade()
            for number in range(count):
                record_work(db.session(), media, f"A-{number}", draw_picture(number))

    return record


def run(app, *words):
    return app.test_cli_runner().invoke(args=["collection", *words])


def test_rebuild_indexes_what_the_database_holds(app, record):
    record(3)
    result = run(app, "rebuild")
    assert result.exit_code == 0
    assert "is live: 3 works, 3 pictures" in result.output


def test_rebuild_leaves_the_evaluation_set_to_the_worker(app, record):
    record(3)
    assert run(app, "rebuild").exit_code == 0
    with app.app_context():
        assert db.session.query(Task).count() == 0
        query = Query(
            verdict=Verdict.NOT_FOUND,
            probability=0.2,
            photo_name="a.jpg",
            width=4,
            height=3,
            model_id="model",
            generation="generation",
        )
        db.session.add(EvaluationPhoto(query=query))
        db.session.commit()
    run(app, "rebuild")
    with app.app_context():
        [task] = db.session.query(Task)
        assert (task.kind, task.state) == (asking.KIND, TaskState.WAITING)


def test_rebuild_tells_numbers_of_photos_and_shares_of_them(app, record, monkeypatch):
    monkeypatch.setattr(trial, "FEWEST_WORKS", 3)
    record(3)
    printed = run(app, "rebuild").output
    assert "hard photos asked: 3\n" in printed
    assert "hard photos wrong: 0.000\n" in printed


def test_rebuild_takes_a_withdrawn_work_out_of_the_index(app, record):
    record(3)
    run(app, "rebuild")
    with app.app_context():
        db.session.execute(
            update(Artwork).where(Artwork.id == 1).values(withdrawn_at=now())
        )
        db.session.commit()
    assert "is live: 2 works" in run(app, "rebuild").output
    assert "withdrawn works: 1" in run(app, "status").output


def test_rebuilding_nothing_says_what_to_do(app, record):
    record(0)
    result = run(app, "rebuild")
    assert result.exit_code == 2
    assert "precompute_descriptors.py" in result.output


def test_commands_need_a_database(app):
    result = run(app, "status")
    assert result.exit_code == 2
    assert "precompute_descriptors.py" in result.output


def test_status_tells_of_works_and_index(app, record):
    record(2)
    assert "live index: none" in run(app, "status").output
    run(app, "rebuild")
    printed = run(app, "status").output
    assert "works: 2\n" in printed
    assert "2 works, 2 pictures, model fake" in printed


def test_a_picture_that_cannot_be_read_is_named_and_the_rest_indexed(app, record):
    record(3)
    works = app.config["MORELLI_INSTANCE"] / "media" / "works"
    next(path for path in works.rglob("*.jpg") if not path.stem.endswith(".s")).unlink()
    result = run(app, "rebuild")
    assert result.exit_code == 1
    assert "not in the index: A-" in result.output
    assert "is live: 2 works" in result.output
