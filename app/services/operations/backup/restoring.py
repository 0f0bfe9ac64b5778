"""Restoring of a backup into an empty place: checked whole first, the database last.

While it lasts the instance folder has a mark, by which a restore that was killed can be
run again; without its database an instance is not served.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, inspect, update

from app.configuration.load import Folders
from app.configuration.parsers import SECRET_KEY_BYTES
from app.extensions import db, is_sqlite
from app.models import LivePointer, Query, Worker
from app.retrieval.files.atomic import OWNER_ONLY, staged_file, write_atomically
from app.services.media.opening import MediaStores
from app.services.operations.backup import copying, programs
from app.services.operations.backup.copying import Watch
from app.services.operations.backup.manifest import (
    AREAS,
    POSTGRESQL_FILE,
    SQLITE_FILE,
    BackedUpFile,
    BackupError,
    BackupManifest,
    DamagedBackupError,
    key_mark,
)
from app.services.system import database

logger = logging.getLogger(__name__)

MARK = "restoring"
"""Name, in the instance folder, of the file that is there until all is restored."""
MADE_BY_START = ("secret_key", "translations", "metrics", "turnstile", "limits")
"""What a program makes in the instance folder when it starts."""
CHECKING, COPYING = "checking", "copying"
"""Steps, for whoever watches."""


def verify(folder: Path, watch: Watch = lambda *_: None) -> BackupManifest:
    """Read all files of a backup, and compare them with its manifest.

    Raises
    ------
    DamagedBackupError
        Names the first file that is not as it was written.
    BackupError
        If there is no backup.
    """
    manifest = BackupManifest.read(folder)

    def check(file: tuple[str, BackedUpFile]) -> None:
        copying.check(folder, *file)

    checked = copying.at_once(check, manifest.files.items())
    for number, _ in enumerate(checked, start=1):
        watch(number, len(manifest.files), CHECKING)
    return manifest


def restore(
    backup: Path,
    engine: Engine,
    folders: Folders,
    media: MediaStores,
    config: Mapping[str, Any],
    *,
    secret_key: Path | None = None,
    watch: Watch = lambda *_: None,
) -> BackupManifest:
    """Restore a backup, and migrate its database. Needs an application context.

    Parameters
    ----------
    secret_key : Path, optional
        File of the key that the instance is to have.

    Raises
    ------
    DamagedBackupError
        If a file of it is not as it was written; then nothing is changed.
    BackupError
        If the place is not empty, or the backup not for it; then nothing is changed
        either.
    """
    manifest = BackupManifest.read(backup)
    _check_fit(manifest, engine)
    key = _read_key(secret_key, config)
    _check_empty(backup.name, engine, folders, media, manifest)
    verify(backup, watch)
    try:
        write_atomically(folders.instance / MARK, backup.name.encode(), mode=OWNER_ONLY)
        if key:
            path = folders.instance / "secret_key"
            write_atomically(path, key.encode(), mode=OWNER_ONLY)
        _copy_files(backup, manifest, media, watch)
        _bring_database(backup / manifest.database, engine)
        database.upgrade()
        _adjust(manifest)
        (folders.instance / MARK).unlink()
    except OSError as error:
        raise BackupError(
            f"The backup could not be restored into {folders.instance}: "
            f"{error.strerror or error}. Is the disk full? The backup is whole: make "
            "room, and run the same command again."
        ) from error
    return manifest


def has_same_key(manifest: BackupManifest, secret_key: str) -> bool:
    """Tell whether a secret key is the one of the instance that was backed up."""
    return manifest.secret_key == key_mark(secret_key)


def _check_fit(manifest: BackupManifest, engine: Engine) -> None:
    """Raise if a database of this kind, or this program, cannot take the backup."""
    wanted = SQLITE_FILE if is_sqlite(engine) else POSTGRESQL_FILE
    if manifest.database != wanted:
        kinds = {SQLITE_FILE: "SQLite", POSTGRESQL_FILE: "PostgreSQL"}
        raise BackupError(
            f"The backup is of a {kinds[manifest.database]} database, and "
            f"MORELLI_DATABASE_URL names a {kinds[wanted]} one. Set it to an empty one "
            "of the other kind."
        )
    if manifest.schema not in database.known_versions():
        raise BackupError(
            f"The backup was made by a newer version of this program (its database is "
            f"at {manifest.schema}, this version knows {database.newest_version()}). "
            "Install that version first."
        )
    if manifest.dumped_by:
        programs.find(programs.RESTORE, manifest.dumped_by, "the backup is")


def _check_empty(
    name: str,
    engine: Engine,
    folders: Folders,
    media: MediaStores,
    manifest: BackupManifest,
) -> None:
    """Raise if there is anything in the place that is not of this very backup."""
    inside = {path.name for path in folders.instance.iterdir()}
    ignored = {*MADE_BY_START, *_unused_database(engine, folders)}
    if MARK in inside:
        begun = (folders.instance / MARK).read_text(encoding="utf-8")
        if begun != name:
            raise BackupError(
                f"A restore of {begun} into {folders.instance} did not end. Run that "
                "again, or empty the folder."
            )
        logger.warning("a restore that did not end is begun anew")
    elif left := sorted(inside - ignored):
        raise BackupError(
            f"{folders.instance} is not empty: it holds {left[0]}. A backup is only "
            "restored into an empty place: set MORELLI_INSTANCE to a new folder, or "
            "move this one away."
        )
    else:
        for area in AREAS:
            if any(True for _ in getattr(media, area).list()):
                raise BackupError(
                    f"The storage of pictures is not empty: it holds {area}. Set "
                    "MORELLI_MEDIA_URL to an empty bucket, or to another prefix."
                )
    if manifest.database == POSTGRESQL_FILE:
        tables = inspect(engine).get_table_names()
        if tables:
            address = engine.url.render_as_string()
            raise BackupError(
                f"The database {address} is not empty: it has the table "
                f"{min(tables)}. Make an empty one, and set MORELLI_DATABASE_URL to it."
            )


def _unused_database(engine: Engine, folders: Folders) -> tuple[str, ...]:
    """Return the files of an SQLite database in which nobody has made a table.

    Whoever asks for its version makes it.
    """
    name = folders.database.name
    if not folders.database.exists() or not is_sqlite(engine):
        return ()
    if inspect(engine).get_table_names():
        return ()
    return name, f"{name}-wal", f"{name}-shm"


def _read_key(path: Path | None, config: Mapping[str, Any]) -> str:
    """Return the key of a file; empty if none is named."""
    if path is None:
        return ""
    if config["MORELLI_SECRET_KEY"]:
        raise BackupError(
            "MORELLI_SECRET_KEY is set, and counts more than a file: set it to the key "
            f"of {path}, and leave the option away."
        )
    try:
        key = path.expanduser().read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise BackupError(f"The key cannot be read from {path}: {error}.") from error
    if len(key) < SECRET_KEY_BYTES:
        raise BackupError(f"{path} holds no key: it is too short.")
    return key


def _copy_files(
    backup: Path, manifest: BackupManifest, media: MediaStores, watch: Watch
) -> None:
    paths = [path for path in manifest.files if path != manifest.database]

    def copy(path: str) -> None:
        area, _, name = path.partition("/")
        if area not in AREAS:
            raise DamagedBackupError(backup / path, "is in no folder of a backup")
        with (backup / path).open("rb") as file:
            getattr(media, area).write(name, file)

    for number, _ in enumerate(copying.at_once(copy, paths), start=1):
        watch(number, len(paths), COPYING)


def _bring_database(copy: Path, engine: Engine) -> None:
    """Put the database in its place, in one step."""
    # Whoever looked for its version made an empty file, or has it open.
    engine.dispose()
    if not is_sqlite(engine):
        options = ["--single-transaction", "--no-owner", "--no-privileges", str(copy)]
        programs.run(programs.RESTORE, engine.url, ["--exit-on-error", *options])
        return
    path = Path(str(engine.url.database))
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    with copy.open("rb") as source, staged_file(path, mode=OWNER_ONLY) as file:
        while piece := source.read(copying.PIECE_BYTES):
            file.write(piece)


def _adjust(manifest: BackupManifest) -> None:
    """Let no row tell of what only the lost instance had."""
    session = db.session()
    # Indexes and maps are made again, and its workers are gone.
    session.execute(delete(LivePointer))
    session.execute(delete(Worker))
    if not manifest.photos:
        named = update(Query).where(Query.photo_name.is_not(None))
        session.execute(named.values(photo_name=None))
    session.commit()
