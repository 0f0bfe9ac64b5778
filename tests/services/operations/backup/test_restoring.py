"""Restoring: all as it was, or nothing changed and the reason said."""

import json
import shutil
from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from app.services.media.folder import FolderStore
from app.services.operations.backup import restoring
from app.services.operations.backup.manifest import (
    MANIFEST,
    BackupError,
    BackupManifest,
    DamagedBackupError,
)
from app.services.system import database
from app.web.shell.current import folders, media
from tests.support.backups import back_up, files_of, restore, rows_of
from tests.support.full_disk import files_of_at_most
from tests.support.killing import die, is_killed
from tests.support.postgresql import POSTGRESQL


@pytest.fixture
def backup(app, backups, ask, photo):
    ask(photo)
    return backups.root / back_up(app, backups).name


def flip(path, place=0.5):
    """Flip one bit of a file."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)


def test_destroyed_and_restored_every_row_and_file_is_equal(app, backup, make_place):
    rows, files = rows_of(app), files_of(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        shutil.rmtree(folders().instance)
    place = make_place()
    restore(place, backup)
    assert rows_of(place) == rows
    assert files_of(place) == files
    with place.app_context():
        assert not (folders().instance / restoring.MARK).exists()
        assert folders().instance.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what", ["picture", "database", MANIFEST])
def test_one_flipped_bit_is_refused_by_name_and_nothing_is_changed(
    backup, make_place, what
):
    named = BackupManifest.read(backup)
    path = {
        "picture": next(backup / one for one in named.files if "works/" in one),
        "database": backup / named.database,
        MANIFEST: backup / MANIFEST,
    }[what]
    flip(path)
    place = make_place()
    before = sorted(place.config["MORELLI_INSTANCE"].rglob("*"))
    with pytest.raises(DamagedBackupError, match=path.name):
        restore(place, backup)
    after = place.config["MORELLI_INSTANCE"].rglob("*")
    assert [one for one in sorted(after) if one not in before] == []


def test_a_missing_or_shortened_file_is_refused_by_name(backup, make_place):
    path = next(backup.glob("works/*/*.jpg"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedBackupError, match=f"{path.name} has"):
        restore(make_place(), backup)
    path.unlink()
    with pytest.raises(DamagedBackupError, match=f"{path.name} is missing"):
        restore(make_place(), backup)


def test_a_place_that_holds_anything_is_refused_and_named(backup, make_place):
    place = make_place()
    (place.config["MORELLI_INSTANCE"] / "notes.txt").touch()
    with pytest.raises(BackupError, match=r"notes\.txt"):
        restore(place, backup)


def test_an_instance_is_not_overwritten(app, backup):
    rows = rows_of(app)
    with pytest.raises(BackupError, match="not empty"):
        restore(app, backup)
    assert rows_of(app) == rows


def test_a_folder_that_is_no_backup_is_refused(backups, make_place):
    with pytest.raises(BackupError, match="is no backup"):
        restore(make_place(), backups.root)


def test_killed_half_way_it_is_run_again(app, backup, make_place):
    place = make_place()

    def be_killed():
        restore(
            place,
            backup,
            watch=lambda done, _total, step: (
                step == restoring.COPYING and done == 3 and die()
            ),
        )

    assert is_killed(be_killed)
    with place.app_context(), pytest.raises(database.DatabaseNotReadyError):
        database.check()
    other = backup.with_name("20200101T000000Z")
    shutil.copytree(backup, other)
    with pytest.raises(BackupError, match=f"restore of {backup.name}"):
        restore(place, other)
    restore(place, backup)
    assert files_of(place) == files_of(app)
    assert rows_of(place) == rows_of(app)


def test_a_full_disk_is_one_sentence_and_it_is_run_again(app, backup, make_place):
    place = make_place()
    with files_of_at_most(1_000), pytest.raises(BackupError, match="make room"):
        restore(place, backup)
    restore(place, backup)
    assert files_of(place) == files_of(app)


def test_without_photos_no_row_names_one(app, backups, ask, photo, make_place):
    ask(photo)
    backup = backups.root / back_up(app, backups, photos=False).name
    place = make_place()
    restore(place, backup)
    with place.app_context():
        assert db.session.scalars(select(Query.photo_name)).all() == [None]


def test_an_older_database_is_migrated(app, backups, make_place):
    with app.app_context():
        command.downgrade(database.alembic_config(), "0024")
    backup = backups.root / back_up(app, backups).name
    assert BackupManifest.read(backup).schema == "0024"
    place = make_place()
    restore(place, backup)
    with place.app_context():
        database.check()


def test_a_newer_database_is_refused(backup, make_place, monkeypatch):
    told = BackupManifest.read(backup)
    monkeypatch.setattr(
        BackupManifest, "read", classmethod(lambda *_: replace(told, schema="9999"))
    )
    with pytest.raises(BackupError, match="newer version"):
        restore(make_place(), backup)


def test_a_backup_of_the_other_kind_of_database_is_refused(
    backup, make_place, monkeypatch
):
    other = "database.sqlite" if POSTGRESQL else "database.dump"
    told = replace(BackupManifest.read(backup), database=other)
    monkeypatch.setattr(BackupManifest, "read", classmethod(lambda *_: told))
    with pytest.raises(BackupError, match="MORELLI_DATABASE_URL"):
        restore(make_place(), backup)


@pytest.mark.sqlite(reason="with PostgreSQL the key is set in the environment")
def test_the_key_comes_back_from_its_file(backup, make_place, tmp_path):
    place = make_place()
    path = tmp_path / "key"
    path.write_text("k" * 64)
    restore(place, backup, secret_key=path)
    kept = place.config["MORELLI_INSTANCE"] / "secret_key"
    assert kept.read_text() == "k" * 64
    path.write_text("short")
    with pytest.raises(BackupError, match="too short"):
        restore(make_place(), backup, secret_key=path)


def test_a_manifest_cannot_lead_out_of_the_backup(backup):
    facts = json.loads((backup / MANIFEST).read_text())
    facts["files"]["works/../../x"] = next(iter(facts["files"].values()))
    (backup / MANIFEST).write_text(json.dumps(facts))
    with pytest.raises(DamagedBackupError):
        BackupManifest.read(backup)


def test_a_bucket_is_backed_up_and_restored_into_another(
    make_app, backups, make_place, endpoint
):
    from tests.support.object_storage import new_bucket  # which takes seconds

    app = make_app(MORELLI_MEDIA_URL=new_bucket(endpoint))
    with app.app_context():
        for one in FolderStore(folders().works).list():
            media().works.write(one.name, FolderStore(folders().works).read(one.name))
    backup = backups.root / back_up(app, backups).name
    full = make_place(MORELLI_MEDIA_URL=app.config["MORELLI_MEDIA_URL"])
    with pytest.raises(BackupError, match="storage of pictures is not empty"):
        restore(full, backup)
    empty = make_place(MORELLI_MEDIA_URL=new_bucket(endpoint))
    restore(empty, backup)
    assert files_of(empty) == files_of(app)
    assert rows_of(empty) == rows_of(app)
