"""``flask imports …``: from the file to the works and back, in a shell."""

import io
import zipfile

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, Worker, now
from app.retrieval.generations.validation import Validation
from app.retrieval.model import Model
from app.services.index import building
from app.services.system.claims import LEASE
from tests.support.fakes import draw_picture, fake_model
from tests.support.museum import encoded

TABLE = "Nr;Titel;Künstler\nA.1;Hase;Dürer\n;Niemand;\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )
    passed = Validation({}, ())
    monkeypatch.setattr(building, "validate", lambda *_args, **_kwargs: passed)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "works.csv"
    path.write_text(TABLE, encoding="cp1252")
    return str(path)


def imports(app, *args):
    return app.test_cli_runner().invoke(args=["imports", *args])


def titles(app):
    with app.app_context():
        shown = db.session.query(Artwork).filter(Artwork.withdrawn_at.is_(None))
        return {work.accession: work.title for work in shown}


def test_a_catalogue_is_planned_recorded_and_taken_back(app, table):
    before = titles(app)
    planned = imports(app, "plan", table, "--map", "Nr=accession")
    assert planned.exit_code == 0, planned.output
    assert "Künstler: artist" in planned.output
    assert "created: 1, failed: 1" in planned.output
    assert "row 3, no accession number: failed." in planned.output
    assert "imports run 1" in planned.output
    assert titles(app) == before
    recorded = imports(app, "run", "1")
    assert recorded.exit_code == 1, recorded.output  # one row cannot be used
    assert titles(app) == {**before, "A.1": "Hase"}
    assert "1: works.csv, record, done" in imports(app, "list").output
    undone = imports(app, "undo", "1")
    assert undone.exit_code == 0, undone.output
    assert "undone: 1" in undone.output
    assert titles(app) == before


def test_a_zip_file_is_recorded_with_its_pictures(app, tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("works.csv", "accession,title,image\n1,Hare,a.jpg\n")
        archive.writestr("a.jpg", encoded(draw_picture(50)))
    path = tmp_path / "works.zip"
    path.write_bytes(file.getvalue())
    assert imports(app, "plan", str(path)).exit_code == 0
    recorded = imports(app, "run", "1")
    assert recorded.exit_code == 0, recorded.output
    assert titles(app)["1"] == "Hare"
    assert path.exists()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("plan", "nowhere.csv"), "There is no file"),
        (("plan", "TABLE"), "No column is surely the accession number"),
        (("plan", "TABLE", "--map", "Nr=number"), "names no column of the table"),
        (("plan", "TABLE", "--number-from", "Nummer"), "names no column"),
        (("run", "7"), "There is no import 7"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(app, table, args, sentence):
    result = imports(app, *(table if arg == "TABLE" else arg for arg in args))
    assert result.exit_code == 2
    assert sentence in result.output


def test_what_was_not_looked_through_is_not_recorded(app, table):
    imports(app, "plan", table)  # refused: no column holds the number
    refused = imports(app, "run", "1")
    assert refused.exit_code == 2
    assert "not at a point" in refused.output


def test_where_a_worker_runs_the_worker_does_it(app, table, monkeypatch):
    background = app.extensions[BACKGROUND]
    with background.working(jobs=False):
        monkeypatch.setattr(background, "working", None)  # not begun again
        planned = imports(app, "plan", table, "--map", "Nr=accession")
    assert planned.exit_code == 0, planned.output
    assert "created: 1, failed: 1" in planned.output


def test_what_a_dead_worker_left_is_done_here(app, table):
    with app.app_context():
        late = now() - 2 * LEASE
        db.session.add(Worker(name="elsewhere 7 ab", heartbeat_at=late))
        db.session.commit()
    planned = imports(app, "plan", table, "--map", "Nr=accession")
    assert planned.exit_code == 0, planned.output
    with app.app_context():
        assert db.session.query(Worker).all() == []
