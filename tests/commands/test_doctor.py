"""``flask doctor``: every fault is named, with what to do, and is no success."""

import json
import os
import socket
import urllib.request
from datetime import timedelta
from functools import partial
from importlib import metadata
from io import BytesIO

import cv2
import pytest
from alembic import command
from sqlalchemy import delete, select, update

from app.commands import doctor
from app.configuration import load
from app.extensions import db
from app.models import Artwork, IndexFault, ReferenceImage, Worker, now
from app.retrieval.generations.manifest import Manifest
from app.retrieval.model import Model
from app.retrieval.runtime.extras import Extra
from app.services.curation.bin import emptying
from app.services.operations import retention
from app.services.operations.backup.folder import BackupFolder
from app.services.operations.doctor import machine, packages
from app.services.operations.doctor.checks import CheckResult, Health
from app.services.system import database, deletions
from app.services.system.deferrals import Deferrals
from app.services.system.deletions import Area
from app.services.system.mail import Mailer
from app.services.system.plausibility import Doubt, Held
from app.version import RELEASED, VERSION
from app.web.shell.current import folders, media
from tests.support.backups import back_up
from tests.support.extras import break_openvino, leave_out
from tests.support.mail_server import Mailbox, serving
from tests.support.people import with_account

KEY = "0123456789abcdefghijklmnopqrstuv"


def run(app, *options):
    return app.test_cli_runner().invoke(args=["doctor", *options])


def found(app, check, *options):
    """Return what the doctor says of one check, and its exit status."""
    result = run(app, "--json", *options)
    told = [one for one in json.loads(result.stdout) if one["check"] == check]
    return told, result.exit_code


def assert_named(app, check, health, *words, options=()):
    told, status = found(app, check, *options)
    worst = [one for one in told if one["health"] == health]
    assert worst, told
    assert status == 2 if health == "fault" else status >= 1
    text = " ".join(f"{one['words']} {one['remedy']}" for one in worst)
    assert all(one["remedy"] for one in worst)
    for word in words:
        assert word in text


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Opening the real model takes seconds, and nothing here is about it."""
    monkeypatch.setattr(Model, "open", classmethod(lambda *_, **__: FakeModel()))


class FakeModel:
    model_id = "model-1"


@pytest.fixture
def well(make_app, tmp_path):
    """Return a function that makes an instance in which nothing is wrong."""

    def make(**settings):
        (tmp_path / "backups").mkdir(exist_ok=True)
        defaults = {
            "MORELLI_SECRET_KEY": KEY,
            "MORELLI_PUBLIC_URL": "https://search.museum.org",
            "MORELLI_HTTPS": "yes",
            "MORELLI_PROXIES": "1",
            "MORELLI_SMTP_HOST": "mail.museum.org",
            "MORELLI_MAIL_FROM": "search@museum.org",
            "MORELLI_BACKUP_FOLDER": tmp_path / "backups",
        }
        app = make_app(**{**defaults, **settings})
        with app.app_context():
            (app.config["MORELLI_INSTANCE"]).chmod(0o700)
            db.session.merge(Worker(name="host 1 a"))
            db.session.commit()
        return app

    return make


def test_it_prints_a_line_for_every_check(well):
    result = run(well())
    lines = result.output.splitlines()
    assert len(lines) > 12
    assert all(line.split()[0] in ("ok", "warning", "fault") for line in lines)


def test_what_is_well_is_ok(well, backups):
    app = well()
    back_up(app, backups)
    results = json.loads(run(app, "--json").stdout)
    for check in (
        *("secret", "modes", "disk", "memory", "proxies", "address", "database"),
        *("migrations", "clock", "pictures", "worker", "mail", "backup", "settings"),
        *("model", "packages", "extras"),
    ):
        told = [one for one in results if one["check"] == check]
        assert {one["health"] for one in told} == {"ok"}, told


def test_it_says_what_runs_the_networks(well, monkeypatch):
    app = well()
    assert "The model is model-1, run by OpenVINO 2" in run(app).output
    leave_out(monkeypatch, Extra.OPENVINO)
    output = run(app).output
    assert f"The model is model-1, run by OpenCV {cv2.__version__}." in output
    assert "Without the extra “openvino” OpenCV runs the networks" in output


def test_it_tells_how_a_broken_openvino_is_mended(well, monkeypatch):
    app = well()
    break_openvino(monkeypatch)
    [told] = [line for line in run(app).output.splitlines() if " model: " in line]
    assert told.startswith("warning model: The model is model-1, run by OpenCV ")
    assert told.endswith("requirements/server.txt --force-reinstall")


@pytest.fixture
def backups(tmp_path):
    (tmp_path / "backups").mkdir(exist_ok=True)
    return BackupFolder(tmp_path / "backups")


def test_the_exit_status_is_that_of_the_worst(app, monkeypatch):
    for healths, status in (((), 0), (("ok",), 0), (("ok", "warning"), 1)):
        results = [CheckResult("name", Health(one), "words") for one in healths]
        told = partial(iter, results)
        monkeypatch.setattr(doctor, "examine", lambda *_, told=told, **__: told())
        assert run(app).exit_code == status


def test_an_unreachable_database(well, monkeypatch):
    app = well()

    def fail():
        raise database.DatabaseUnreachableError("sqlite:///x", "disk I/O error")

    monkeypatch.setattr(database, "version", fail)
    assert_named(app, "database", "fault", "disk I/O error", "MORELLI_DATABASE_URL")


def test_a_database_of_another_version(well):
    app = well()
    with app.app_context():
        command.downgrade(database.alembic_config(), "0024")
    assert_named(app, "migrations", "fault", "0024", "flask --app wsgi upgrade")


def test_no_index(well):
    assert_named(well(), "index", "fault", "No index is live", "collection rebuild")


def test_a_damaged_index(well):
    app = well()
    with app.app_context():
        folders().generations.mkdir()
        (folders().generations / "CURRENT").write_text("0123456789abcdef\n")
    assert_named(app, "index", "fault", "manifest", "collection rebuild")


def test_pictures_that_the_index_lacks(well):
    app = well()
    with app.app_context():
        folder = folders().generations / "0123456789abcdef"
        folder.mkdir(parents=True)
        (folders().generations / "CURRENT").write_text(f"{folder.name}\n")
        Manifest(
            *("0123456789abcdef", "another-model", {}, 1, 1, {}, {}, {}),
            *("2026-01-01T00:00:00", ""),
        ).write(folder)
        [image] = db.session.scalars(select(ReferenceImage).limit(1))
        db.session.add(IndexFault(image_id=image.id, reason="broken"))
        db.session.commit()
    assert_named(app, "index", "fault", "another-model")
    assert_named(app, "index", "warning", "1 pictures could not be read")


def test_a_broken_model(well, monkeypatch, tmp_path):
    monkeypatch.undo()
    app = well(MORELLI_MODEL=tmp_path / "no-model")
    assert_named(app, "model", "fault", "no-model", "MORELLI_MODEL")


def test_a_full_disk(well, monkeypatch):
    app = well()
    monkeypatch.setattr(machine, "free_bytes", lambda _: 100_000_000)
    assert_named(app, "disk", "fault", "0.1 GB", "Free space")
    monkeypatch.setattr(machine, "free_bytes", lambda _: 1_500_000_000)
    assert_named(app, "disk", "warning", "1.5 GB")


def test_too_little_memory(well, monkeypatch, tmp_path):
    app = well(MORELLI_WORKERS=8)
    (tmp_path / "memory.max").write_text("2000000000\n")
    monkeypatch.setattr(machine, "CGROUP_LIMIT", tmp_path / "memory.max")
    assert_named(app, "memory", "warning", "2.0 GB", "MORELLI_WORKERS")


def test_no_worker(well):
    app = well()
    with app.app_context():
        db.session.execute(delete(Worker))
        db.session.commit()
    assert_named(app, "worker", "fault", "No worker", "serve.py")


def test_photos_that_cannot_be_deleted_and_those_that_wait_for_a_word(well):
    app = well()
    with app.app_context():
        deletions.note(db.session(), Area.QUERIES, ["a.jpg"])
        db.session.commit()
        held = Held(Doubt.FIRST, 20, 20, "")
        retention.GUARD.note_held(folders().instance, held)
    assert_named(app, "worker", "warning", "1 photos", "waits for a word", "--confirm")


def test_a_bin_that_waits_for_a_word(well):
    app = well()
    with app.app_context():
        held = Held(Doubt.FORWARD, 20, 20, "2026-01-01")
        emptying.GUARD.note_held(folders().instance, held)
    assert_named(app, "worker", "warning", "withdrawn long ago", "Bin")


def test_no_mail_server(well):
    assert_named(well(MORELLI_SMTP_HOST=""), "mail", "warning", "MORELLI_SMTP_HOST")


def test_a_mail_server_that_takes_nothing(well):
    app = well()
    with app.app_context():
        mailer = Mailer.from_config(app.config)
        mailer.outbox.put(mailer.compose("ada@example.org", "hello", "hello"))
        known = Deferrals.read(mailer.outbox.folder)
        known.words = "451 try later"
        known.keep({path.name for path in mailer.outbox.waiting()})
    assert_named(app, "mail", "fault", "451 try later", "--mail-to")


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_a_mail_that_cannot_be_sent(well):
    app = well(MORELLI_SMTP_HOST="127.0.0.1", MORELLI_SMTP_PORT=closed_port())
    options = ("--mail-to", "ada@example.org")
    assert_named(app, "mail", "fault", "took no mail", options=options)


def test_a_real_mail_arrives(well):
    mailbox = Mailbox()
    with serving(mailbox) as port:
        app = well(
            MORELLI_SMTP_HOST="127.0.0.1",
            MORELLI_SMTP_PORT=port,
            MORELLI_SMTP_ENCRYPTION="none",
        )
        told, _ = found(app, "mail", "--mail-to", "ada@example.org")
    assert {one["health"] for one in told} == {"ok"}
    assert mailbox.readers == ["ada@example.org"]


def test_no_public_address(well):
    app = well(MORELLI_PUBLIC_URL="", MORELLI_SMTP_HOST="")
    assert_named(app, "address", "warning", "MORELLI_PUBLIC_URL")


def test_an_address_that_disagrees_with_https(well):
    app = well(MORELLI_HTTPS="no", MORELLI_PROXIES="0")
    assert_named(app, "address", "fault", "MORELLI_HTTPS to yes")
    app = well(MORELLI_PUBLIC_URL="http://search.museum.org")
    assert_named(app, "address", "fault", "nobody can log in")


def test_an_address_where_nobody_or_somebody_else_answers(well):
    url = f"http://127.0.0.1:{closed_port()}"
    settings = {"MORELLI_HTTPS": "no", "MORELLI_PROXIES": "0"}
    app = well(MORELLI_PUBLIC_URL=url, **settings)
    told, _ = found(app, "address")
    assert [one["health"] for one in told] == ["ok"]  # nobody is spoken to unasked
    assert_named(app, "address", "fault", "does not answer", options=("--ask-address",))


def test_another_site_at_the_address(well, monkeypatch):
    app = well()

    def answer(_url, timeout):
        return BytesIO(b'{"ready": true, "generation": "another"}')

    monkeypatch.setattr(urllib.request, "urlopen", answer)
    assert_named(app, "address", "fault", "Another site", options=("--ask-address",))


def test_proxies_that_are_not_believed_or_can_be_passed_by(well):
    assert_named(well(MORELLI_PROXIES="0"), "proxies", "fault", "MORELLI_PROXIES")
    app = well(MORELLI_HOST="0.0.0.0")  # noqa: S104 - a setting that is warned of
    assert_named(app, "proxies", "warning", "past it", "127.0.0.1")


def test_an_open_port_without_https(well):
    app = well(
        MORELLI_HOST="0.0.0.0",  # noqa: S104 - a setting that is warned of
        MORELLI_HTTPS="no",
        MORELLI_PROXIES="0",
        MORELLI_PUBLIC_URL="",
        MORELLI_SMTP_HOST="",
    )
    assert_named(app, "proxies", "warning", "unencrypted")


def test_a_key_that_could_be_guessed(well):
    app = well(MORELLI_SECRET_KEY="changeme" * 5)
    assert_named(app, "secret", "fault", "guessed", load.MAKE_KEY)


def test_files_that_others_may_read(well):
    app = well()
    key = app.config["MORELLI_INSTANCE"] / "secret_key"
    key.touch()
    key.chmod(0o644)
    assert_named(app, "modes", "fault", "secret_key", "chmod")
    key.chmod(0o600)
    app.config["MORELLI_INSTANCE"].chmod(0o755)
    assert_named(app, "modes", "fault", "chmod -R go=")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_files_of_another_user(well):
    app = well()
    os.chown(app.config["MORELLI_INSTANCE"] / "media", 12345, -1)
    assert_named(app, "modes", "fault", "media", "chown")


def test_a_clock_that_is_behind(well):
    app = well()
    with app.app_context():
        later = now() + timedelta(days=3)
        db.session.execute(update(Artwork).values(updated_at=later))
        db.session.commit()
    assert_named(app, "clock", "fault", "The clock is behind")


def test_pictures_that_are_gone(well):
    app = well()
    with app.app_context():
        name = db.session.scalars(select(ReferenceImage.media_name).limit(1)).one()
        media().works.delete(name)
    assert_named(app, "pictures", "fault", name, "Restore a backup")


def test_no_backup_an_old_one_and_a_damaged_one(well, backups):
    app = well()
    assert_named(app, "backup", "warning", "no backup yet", "backup make")
    made = back_up(app, backups)
    old = backups.root / "20260101T020000Z"
    (backups.root / made.name).rename(old)
    assert_named(app, "backup", "fault", "is old", "2026-01-01")
    (old / "manifest.json").write_text("{")
    assert_named(app, "backup", "fault", "damaged")


def test_no_folder_for_backups_and_one_that_is_not_there(well, tmp_path):
    app = well(MORELLI_BACKUP_FOLDER="")
    assert_named(app, "backup", "warning", "MORELLI_BACKUP_FOLDER")
    app = well(MORELLI_BACKUP_FOLDER=tmp_path / "unmounted")
    assert_named(app, "backup", "fault", "Is its disk mounted?")


def test_packages_that_are_not_those_of_the_lock(well, monkeypatch):
    app = well()

    def version(name):
        if name == "annoy":
            raise metadata.PackageNotFoundError
        return "0.0.1" if name == "pillow" else metadata.version(name)

    monkeypatch.setattr(packages, "version", version)
    assert_named(app, "packages", "fault", "missing: annoy", "pip install")
    assert_named(app, "packages", "warning", "pillow 0.0.1")


def test_an_extra_that_is_not_installed_is_named_and_no_fault(well, monkeypatch):
    app = well()
    told, _status = found(app, "extras")
    assert [one["words"] for one in told] == ["All extras are installed."]
    leave_out(monkeypatch, Extra.VIDEO)

    def version(name):
        if name == "av":
            raise metadata.PackageNotFoundError
        return metadata.version(name)

    monkeypatch.setattr(packages, "version", version)
    [told], _status = found(app, "extras")
    assert told["health"] == "ok"
    assert told["words"].startswith("Without the extra “video” no audio and video")
    assert told["remedy"].startswith("Run: pip install ")
    [told], _status = found(app, "packages")
    assert told["health"] == "ok"


def test_nobody_to_look_after_the_site(well):
    app = well()
    assert_named(app, "administrator", "warning", "no administrator", "first-code")
    with_account(app, "ada@example.org", "admin")
    [told], _status = found(app, "administrator")
    assert told["health"] == "ok"


def test_the_version(well):
    [told], _status = found(well(), "version")
    assert told["words"] == f"Morelli {VERSION} of {RELEASED}."


def test_a_misspelt_setting(well, monkeypatch):
    monkeypatch.setenv("MORELLI_SMPT_HOST", "mail.museum.org")
    assert_named(well(), "settings", "warning", "MORELLI_SMPT_HOST")
