"""``flask backup …`` and ``flask restore``: what they say, and how they end."""

from io import BytesIO

import pytest

from app.extensions import db
from app.factory import create_app
from app.retrieval.model import Model
from app.services.media.folder import FolderStore
from app.services.operations.backup import making
from app.services.system import database
from tests.support.fakes import draw_picture, fake_model, photograph
from tests.support.museum import encoded
from tests.support.postgresql import SECRET_KEY
from tests.support.recorded import record_work

pytestmark = pytest.mark.usefixtures("known_tables")

WORKS = 3


@pytest.fixture
def make(tmp_path, monkeypatch, databases):
    """Return a function that makes an application over a folder."""
    monkeypatch.setattr(
        Model, "open", classmethod(lambda _cls, _folder, threads: fake_model())
    )
    monkeypatch.setattr("app.services.index.opening.Model.open", Model.open)
    apps = []

    def make(name):
        settings = {}
        if databases is not None:
            settings["MORELLI_DATABASE_URL"] = databases.address(databases.copy())
            settings["MORELLI_SECRET_KEY"] = SECRET_KEY
        (tmp_path / "backups").mkdir(exist_ok=True)
        app = create_app(
            {
                "MORELLI_INSTANCE": tmp_path / name,
                "MORELLI_BACKUP_FOLDER": tmp_path / "backups",
                **settings,
            }
        )
        apps.append(app)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make):
    app = make("instance")
    media = FolderStore(app.config["MORELLI_INSTANCE"] / "media" / "works")
    with app.app_context():
        database.upgrade()
        for number in range(WORKS):
            record_work(db.session(), media, f"A-{number}", draw_picture(number))
        db.session.commit()
    return app


def run(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def newest(tmp_path):
    return max((tmp_path / "backups").glob("2*"))


def test_what_is_backed_up_is_listed_checked_and_restored(app, make, tmp_path):
    made = run(app, "backup", "make")
    assert made.exit_code == 0, made.output
    assert f"{1 + 2 * WORKS} files" in made.output
    assert "Visitors' photos are not in it." in made.output
    listed = run(app, "backup", "list")
    assert newest(tmp_path).name in listed.output
    assert "is whole" in run(app, "backup", "verify").output
    place = make("place")
    restored = run(place, "restore", str(newest(tmp_path)))
    assert restored.exit_code == 0, restored.output
    assert f"is live: {WORKS} works" in restored.output
    fields = {"photo": (BytesIO(encoded(photograph(draw_picture(1)))), "photo.jpg")}
    answer = place.test_client().post("/api/v1/search", data=fields)
    assert answer.status_code == 200, answer.text
    assert answer.json["matches"][0]["accession"] == "A-1"


def test_the_index_may_be_built_later(app, make, tmp_path):
    run(app, "backup", "make")
    restored = run(make("place"), "restore", str(newest(tmp_path)), "--no-index")
    assert restored.exit_code == 0
    assert "Run: flask --app wsgi collection rebuild" in restored.output


def test_a_damaged_backup_is_refused_by_name(app, make, tmp_path):
    run(app, "backup", "make")
    path = next(newest(tmp_path).glob("works/*/*.jpg"))
    data = bytearray(path.read_bytes())
    data[9] ^= 1
    path.write_bytes(data)
    refusals = (
        run(app, "backup", "verify"),
        run(make("place"), "restore", str(newest(tmp_path))),
    )
    for refused in refusals:
        assert refused.exit_code == 2
        assert path.name in refused.output


def test_a_wrong_folder_is_one_sentence(app):
    refused = run(app, "backup", "make", "--folder", "/nowhere/at/all")
    assert refused.exit_code == 2
    assert refused.output.count("\n") == 1
    assert "Is its disk mounted?" in refused.output


def test_stopped_by_hand_it_says_so(app, monkeypatch):
    def stop(*_, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "make", stop)
    stopped = run(app, "backup", "make")
    assert stopped.exit_code == 130
    assert "earlier ones are whole" in stopped.output


def test_the_key_is_written_apart_only_where_it_is_asked_for(app, tmp_path):
    path = tmp_path / "key"
    run(app, "backup", "make", "--secret-key-to", str(path))
    key = app.config["SECRET_KEY"]
    assert path.read_text().strip() == key
    for file in newest(tmp_path).rglob("*"):
        assert file.is_dir() or key.encode() not in file.read_bytes()


@pytest.mark.sqlite(reason="with PostgreSQL the key is set in the environment")
def test_another_key_is_said(app, make, tmp_path):
    path = tmp_path / "key"
    run(app, "backup", "make", "--secret-key-to", str(path))
    backup = str(newest(tmp_path))
    words = "The secret key is another one"
    assert words in run(make("place"), "restore", backup, "--no-index").output
    kept = run(
        *(make("other"), "restore", backup, "--no-index", "--secret-key", str(path))
    )
    assert words not in kept.output


def test_missing_pictures_are_named_and_are_no_success(app):
    path = next((app.config["MORELLI_INSTANCE"] / "media" / "works").rglob("*.s.jpg"))
    path.unlink()
    made = run(app, "backup", "make")
    assert made.exit_code == 1
    assert path.name in made.output
