"""The script as an operator meets it: exit statuses, messages, killing, going on."""

import csv
import itertools
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.background import BACKGROUND
from app.extensions import db
from app.factory import create_app
from app.models import Artwork, ImportRun
from app.programs import index
from app.retrieval.generations.validation import Validation
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.model import Model
from app.services.importing import runs
from app.services.importing.one_pass import BATCH_ROWS
from app.services.index import building, features
from app.services.index.changes import current_revision
from app.services.index.features import BATCH_PICTURES
from app.services.media.folder import STAGING, FolderStore
from app.services.system.lock import INDEXING_LOCK, exclusively
from tests.support.databases import ask, engine_of, environ_of
from tests.support.fakes import draw_picture, fake_model
from tests.support.waiting import WAIT_SECONDS

pytestmark = pytest.mark.usefixtures("known_tables")

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ["accession", "image", "title", "artist"]

FIRST_BATCH = max(BATCH_ROWS, BATCH_PICTURES)

# What a killed run is: the real script with the model that needs no network. It gets
# stuck soon after its first batch, so that it is killed there however busy the machine.
STUCK_SCRIPT = """
import itertools, sys, time
from app.programs import index
from app.retrieval.model import Model
from app.services.importing.pictures import fetching
from tests.support.fakes import FakeDescriptor, fake_model

def getting_stuck(function):
    calls = itertools.count()
    def call(*arguments, **options):
        if next(calls) >= int(sys.argv[1]):
            time.sleep(600)
        return function(*arguments, **options)
    return call

class StuckDescriptor(FakeDescriptor):
    describe = getting_stuck(FakeDescriptor.describe)

fetching.store_picture = getting_stuck(fetching.store_picture)
model = fake_model()
parts = model.vocabulary, model.decision, model.style
stuck = Model(model.model_id, StuckDescriptor(), *parts)
Model.open = classmethod(lambda cls, folder, threads: stuck)
sys.exit(index.main(sys.argv[2:]))
"""


class Museum:
    """A catalogue with its pictures, and an instance to index them in."""

    def __init__(self, folder):
        self.folder = folder
        self.catalogue = folder / "catalogue.csv"
        self.images = folder / "images"
        self.images.mkdir(parents=True)
        self.rows = []

    def add(self, number, **fields):
        name = f"{number:03}.jpg"
        (self.images / name).write_bytes(encode_jpeg(draw_picture(number)))
        values = {
            "accession": f"A-{number:03}",
            "image": name,
            "title": f"No. {number}",
        }
        self.rows.append(values | fields)

    def write(self):
        with self.catalogue.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows(self.rows)
        return ["--catalogue", str(self.catalogue), "--images", str(self.images)]


@pytest.fixture
def museum(tmp_path):
    return Museum(tmp_path / "museum")


@pytest.fixture
def instance(tmp_path, monkeypatch):
    folder = tmp_path / "instance"
    monkeypatch.setenv("MORELLI_INSTANCE", str(folder))
    monkeypatch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )
    return folder


@pytest.fixture
def unexamined(monkeypatch):
    """The index is examined in other tests; here it would only take time."""
    passed = Validation({}, ())
    monkeypatch.setattr(building, "validate", lambda *_arguments, **_options: passed)


def generation_of(instance):
    """Return the live index: its name and the bytes of every file but the manifest."""
    name = (instance / "generations" / "CURRENT").read_text().strip()
    folder = instance / "generations" / name
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    return name, files


def count_rows(instance, table):
    try:
        return ask(instance, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - our own table names
    except (OperationalError, ProgrammingError):  # not made yet
        return 0


def test_a_good_catalogue_is_indexed(museum, instance, capsys):
    for number in range(3):
        museum.add(number)
    assert index.main(museum.write()) == 0
    assert (instance / "generations" / "CURRENT").exists()
    printed = capsys.readouterr().out
    assert "3 created" in printed
    assert "is live: 3 works, 3 pictures" in printed


def test_running_again_does_nothing_anew(museum, instance, unexamined, capsys):
    museum.add(1)
    arguments = museum.write()
    index.main(arguments)
    before = generation_of(instance)
    capsys.readouterr()
    assert index.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "1 unchanged" in printed
    assert "Features" not in printed
    assert generation_of(instance) == before


def test_unusable_rows_are_named_and_the_rest_indexed(
    museum, instance, unexamined, capsys
):
    museum.add(1)
    museum.add(2, image="missing.jpg")
    museum.add(3, image="../secret.jpg")
    museum.add(4, image="001.jpg", accession="A-001", title="No. 1")
    assert index.main(museum.write()) == 1
    streams = capsys.readouterr()
    for expected in (
        "line 3, A-002: The picture missing.jpg is not there",
        "line 4, A-003: The picture ../secret.jpg is not there",
        "line 5, A-001: It repeats row 2",
        "3 could not be used",
    ):
        assert expected in streams.err
    assert "is live: 1 works" in streams.out


def test_no_usable_row_is_a_failure(museum, instance, capsys):
    museum.add(1, image="missing.jpg")
    assert index.main(museum.write()) == 2
    assert "nothing was indexed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "No such file"),
        ("title,artist\nX,Y\n", "no column for the accession number and the picture"),
        ("accession,image,title\n", "nothing was indexed"),
    ],
)
def test_an_unusable_catalogue_is_a_failure(
    museum, instance, capsys, content, sentence
):
    arguments = museum.write()
    museum.catalogue.unlink()
    if content is not None:
        museum.catalogue.write_text(content)
    assert index.main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_a_table_with_a_given_encoding_is_read(museum, instance, unexamined):
    museum.add(1, title="Łódź")
    arguments = museum.write()
    museum.catalogue.write_bytes(museum.catalogue.read_text("utf-8").encode("cp1250"))
    assert index.main([*arguments, "--encoding", "cp1250"]) == 0
    assert ask(instance, "SELECT title FROM artwork") == [("Łódź",)]


def test_an_unknown_encoding_is_a_failure(museum, instance, capsys):
    museum.add(1)
    arguments = [*museum.write(), "--encoding", "klingon"]
    assert index.main(arguments) == 2
    assert "no encoding called klingon" in capsys.readouterr().err


def test_it_is_an_import_like_any_other(museum, instance, unexamined):
    museum.add(1)
    assert index.main(museum.write()) == 0
    app = create_app()
    with app.app_context():
        [run] = db.session.query(ImportRun).all()
        assert (run.name, runs.phase_of(run)) == ("catalogue.csv", runs.RECORD)
        assert run.counts == {"created": 1, "remarked": 0}
        [work] = db.session.query(Artwork).all()
        # Later than the index, which has it already.
        assert work.revision == current_revision(db.session()) == 1
        runs.undo(db.session(), run, None)
        app.extensions[BACKGROUND].work_off()
        db.session.expire_all()
        assert db.session.query(Artwork).one().is_withdrawn


def test_a_blank_cell_clears_as_it_does_on_the_pages(museum, instance, unexamined):
    museum.add(1, artist="Ada")
    index.main(museum.write())
    museum.rows[0]["artist"] = ""
    assert index.main(museum.write()) == 0
    assert ask(instance, "SELECT artist FROM artwork") == [("",)]
    assert ask(instance, "SELECT action FROM audit_entry") == [("create",), ("edit",)]


def test_what_changes_nothing_is_not_listed_among_the_imports(
    museum, instance, unexamined
):
    museum.add(1)
    arguments = museum.write()
    for _ in range(3):
        assert index.main(arguments) == 0
    assert count_rows(instance, "import_run") == count_rows(instance, "import_row") == 1


def test_an_unreadable_stored_picture_is_named(museum, instance, unexamined, capsys):
    museum.add(1)
    museum.add(2)
    arguments = museum.write()
    index.main(arguments)
    [(name,)] = ask(instance, "SELECT media_name FROM reference_image WHERE id = 2")
    ask(instance, "DELETE FROM image_features")
    (instance / "media" / "works" / name).write_bytes(b"no picture")
    assert index.main(arguments) == 1
    assert f"stored picture {name}" in capsys.readouterr().err
    assert ask(instance, "SELECT image_id FROM index_fault") == [(2,)]


def test_a_missing_folder_of_pictures_is_a_failure(museum, instance, capsys):
    museum.add(1)
    arguments = [*museum.write()[:2], "--images", "nowhere"]
    assert index.main(arguments) == 2
    assert "nowhere does not exist" in capsys.readouterr().err


def test_a_missing_model_is_a_failure(museum, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MORELLI_INSTANCE", str(tmp_path / "instance"))
    museum.add(1)
    model = str(tmp_path / "no_model")
    assert index.main([*museum.write(), "--model", model]) == 2
    assert "no_model" in capsys.readouterr().err


def test_unknown_arguments_are_a_failure(capsys):
    with pytest.raises(SystemExit) as ending:
        index.main(["--catalog-file", "x"])
    assert ending.value.code == 2


def test_a_full_disk_is_one_sentence(museum, instance, capsys, monkeypatch):
    def full(_self, _name, _data):
        raise OSError(28, "No space left on device")

    museum.add(1)
    monkeypatch.setattr(FolderStore, "write", full)
    assert index.main(museum.write()) == 2
    assert "The disk is full. What is done is kept" in capsys.readouterr().err


def test_control_c_says_how_to_go_on(museum, instance, capsys, monkeypatch):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    museum.add(1)
    monkeypatch.setattr(Model, "reference_features", interrupt)
    assert index.main(museum.write()) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_two_runs_at_once_are_refused(museum, instance, capsys):
    museum.add(1)
    arguments = museum.write()
    instance.mkdir()
    with exclusively(instance / INDEXING_LOCK, engine_of(instance)):
        assert index.main(arguments) == 2
    assert "Another process" in capsys.readouterr().err


def run_and_kill(arguments, instance, table):
    """Start the script, and kill it once a first batch is in a table."""
    before = count_rows(instance, table)
    run = subprocess.Popen(
        [sys.executable, "-c", STUCK_SCRIPT, str(FIRST_BATCH + 3), *arguments],
        cwd=ROOT,
        env={**environ_of(instance), "MORELLI_INSTANCE": str(instance)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while count_rows(instance, table) == before and run.poll() is None:
        time.sleep(0.005)
    run.kill()
    assert run.wait(WAIT_SECONDS) == -signal.SIGKILL


def test_a_stopped_run_is_gone_on_with_and_ends_the_same(
    museum, instance, tmp_path, monkeypatch, unexamined
):
    monkeypatch.setattr(features, "BATCH_PICTURES", 2)
    for number in range(5):
        museum.add(number)
    arguments = museum.write()
    assert index.main(arguments) == 0

    stopped = tmp_path / "stopped"
    monkeypatch.setenv("MORELLI_INSTANCE", str(stopped))
    compute = Model.reference_features
    turns = itertools.count()

    def compute_three(model, image, settings):
        if next(turns) >= 3:  # also those whom the pool had begun on already
            raise KeyboardInterrupt
        return compute(model, image, settings)

    monkeypatch.setattr(Model, "reference_features", compute_three)
    monkeypatch.setattr(building, "worker_count", lambda: 1)
    assert index.main(arguments) == 130
    assert count_rows(stopped, "image_features") == 2
    assert count_rows(stopped, "import_run") == 1
    monkeypatch.setattr(Model, "reference_features", compute)
    assert index.main(arguments) == 0
    assert generation_of(stopped) == generation_of(instance)
    assert count_rows(stopped, "import_run") == 1
    assert ask(stopped, "SELECT DISTINCT state FROM import_row") == [("created",)]


@pytest.mark.slow
def test_a_killed_run_is_gone_on_with_and_ends_the_same(
    museum, instance, tmp_path, monkeypatch, unexamined
):
    count = FIRST_BATCH + 8
    for number in range(count):
        museum.add(number)
    arguments = museum.write()
    killed = tmp_path / "killed"
    for table in ("reference_image", "image_features"):
        run_and_kill(arguments, killed, table)
        assert count_rows(killed, table) == FIRST_BATCH
        assert not (killed / "generations" / "CURRENT").exists()

    assert index.main(arguments) == 0
    monkeypatch.setenv("MORELLI_INSTANCE", str(killed))
    assert index.main(arguments) == 0
    assert generation_of(killed) == generation_of(instance)
    assert count_rows(killed, "image_features") == count
    assert ask(killed, "SELECT DISTINCT run_id, state FROM import_row") == [
        (1, "created")
    ]
    works = killed / "media" / "works"
    assert not list((works / STAGING).iterdir())
    assert len(list(works.glob("??/*.jpg"))) == 2 * count  # each with its thumbnail
