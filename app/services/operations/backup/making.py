"""Making of a backup while the server runs: files first, then the database.

No row of a backup names a file that it lacks. Most files are copied first. Then a
moment of the database is held, and what came meanwhile is fetched; a file that went
meanwhile, such as a photo that its visitor deleted, is still named at that moment: then
a later one is taken. The database is copied as of the moment that all files are there
for. What is named and missing twice is missing in the instance itself.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from app.configuration.load import GIVEN
from app.extensions import db
from app.retrieval.files.atomic import OWNER_ONLY, staged_folder, sync, write_atomically
from app.services.media.opening import MediaStores
from app.services.operations.backup import copying, snapshot
from app.services.operations.backup.copying import Earlier, Watch
from app.services.operations.backup.draft import OWNER_FOLDER, BackupDraft
from app.services.operations.backup.folder import TIME_FORMAT, BackupFolder
from app.services.operations.backup.manifest import (
    AREAS,
    BackupError,
    BackupManifest,
    key_mark,
)
from app.services.operations.inspection import settings
from app.services.system.lock import AlreadyRunningError
from app.services.system.tasks import TaskContext

logger = logging.getLogger(__name__)

MOMENTS = 20
"""Of the database that are tried at most, each for as long as a few files take."""
DATABASE = "database"
"""Step, for whoever watches."""
ONLY_NAMED = ("works", "queries", "recordings")
"""Stores of which only what a row names is worth keeping: the rest is made again, or
was let go of."""


class _ToldToStopError(Exception):
    """End of the worker."""


@dataclass(frozen=True, slots=True)
class Made:
    """Facts of a backup that was made.

    Attributes
    ----------
    name : str
    files, size : int
        All that is in it, and their bytes.
    copied, copied_size : int
        Those of them that the backup before did not have.
    missing : list of str
        Files that the database names and the instance lacks.
    removed : list of str
        Backups that were removed, as too old.
    """

    name: str
    files: int
    size: int
    copied: int
    copied_size: int
    missing: list[str]
    removed: list[str]


def make(
    backups: BackupFolder,
    engine: Engine,
    media: MediaStores,
    config: Mapping[str, Any],
    *,
    photos: bool,
    keep: int,
    full: bool = False,
    watch: Watch = lambda *_: None,
) -> Made:
    """Make a backup, then remove those that are too old. Needs an application context.

    Parameters
    ----------
    photos : bool
        Whether visitors' photos are to be in it.
    keep : int
        As of :func:`app.services.operations.backup.folder.kept`.
    full : bool
        Whether all files are copied, also those that the backup before has.
    watch : callable
        Told of the progress; what it raises stops it.

    Raises
    ------
    BackupError
        If none could be made; earlier ones are whole.
    AlreadyRunningError
        If somebody else is at it.
    StorageAwayError
        If the storage of the pictures does not answer.
    """
    with backups.alone():
        try:
            return _make(backups, engine, media, config, photos, keep, full, watch)
        except OSError as error:
            raise BackupError(
                f"No backup was made in {backups.root}: {error.strerror or error}. "
                "Earlier ones are whole. Is the disk full? Then free space on it, or "
                "keep fewer (MORELLI_BACKUP_KEEP)."
            ) from error


def run_job(context: TaskContext) -> None:
    """Make the backup of the night, as a job of the worker."""
    config = context.config
    try:
        made = make(
            BackupFolder.checked(
                config["MORELLI_BACKUP_FOLDER"], context.folders.instance
            ),
            db.engine,
            context.media,
            config,
            photos=config["MORELLI_BACKUP_PHOTOS"],
            keep=config["MORELLI_BACKUP_KEEP"],
            watch=lambda *_: _stop_if_told(context),
        )
    except (AlreadyRunningError, _ToldToStopError):
        return  # somebody does it by hand, or the worker ends
    logger.info("backup %s: %d files, %d copied", made.name, made.files, made.copied)
    for name in made.missing:
        logger.warning("%s is named by the database, but there is no such file", name)


def write_secret(path: Path, config: Mapping[str, Any], backups: BackupFolder) -> None:
    """Write the secret key into a file of its own, that only its owner reads.

    Raises
    ------
    BackupError
        If there is such a file already, or it would lie with the backups.
    """
    path = path.expanduser().resolve()
    if path.is_relative_to(backups.root):
        raise BackupError(
            f"{path} lies among the backups. Who gets hold of them must not get the "
            "key as well: name a file elsewhere."
        )
    key = str(config["SECRET_KEY"]).encode()
    if path.exists():
        with suppress(OSError):
            if path.read_bytes().strip() == key:
                return
        raise BackupError(f"{path} exists, and holds another key. Name a new file.")
    try:
        write_atomically(path, key + b"\n", mode=OWNER_ONLY)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error


def _stop_if_told(context: TaskContext) -> None:
    if context.process.stopping.is_set():
        raise _ToldToStopError


@dataclass(frozen=True, slots=True)
class _Copied:
    """Copy of the database: its file, and the files that it names."""

    file: str
    schema: str
    dumped_by: int
    named: Mapping[str, set[str]]
    missing: set[str]


def _make(
    backups: BackupFolder,
    engine: Engine,
    media: MediaStores,
    config: Mapping[str, Any],
    photos: bool,
    keep: int,
    full: bool,
    watch: Watch,
) -> Made:
    names = backups.names()
    name = datetime.now(UTC).strftime(TIME_FORMAT)
    if names and name <= names[-1]:
        raise BackupError(
            f"There is a backup of now or later, {names[-1]}. Is the clock right? If "
            "it is, remove that folder, or try again in a second."
        )
    earlier = Earlier(backups.root, {}) if full else _earlier(backups, names)
    with staged_folder(backups.root / name) as staged:
        staged.chmod(OWNER_FOLDER)
        draft = BackupDraft(staged, media, earlier, watch)
        with engine.connect() as connection:
            named = snapshot.named_files(connection, photos=photos)
        for area in AREAS:
            draft.bring(area, named.get(area) if area in ONLY_NAMED else None)
        taken = _copy_database(draft, engine, photos)
        for area in ONLY_NAMED:
            draft.keep_only(area, taken.named[area])
        sync(staged / taken.file)
        draft.files[taken.file] = copying.described(staged / taken.file)
        given = config[GIVEN]
        BackupManifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            database=taken.file,
            schema=taken.schema,
            dumped_by=taken.dumped_by,
            photos=photos,
            secret_key=key_mark(config["SECRET_KEY"]),
            settings={
                one.name: one.value
                for one in settings(db.session(), config)
                if one.name in given
            },
            missing=sorted(taken.missing),
            files=dict(sorted(draft.files.items())),
        ).write(staged)
        db.session.rollback()
    new = [
        one for path, one in draft.files.items() if earlier.files.get(path) is not one
    ]
    return Made(
        name,
        len(draft.files),
        sum(one.size for one in draft.files.values()),
        len(new),
        sum(one.size for one in new),
        sorted(taken.missing),
        backups.rotate(keep),
    )


def _earlier(backups: BackupFolder, names: list[str]) -> Earlier:
    """Return the newest backup whose manifest can be read."""
    for name in reversed(names):
        path = backups.root / name
        try:
            return Earlier(path, BackupManifest.read(path).files)
        except BackupError as error:
            logger.warning("nothing is linked to the backup %s: %s", name, error)
    return Earlier(backups.root, {})


def _copy_database(draft: BackupDraft, engine: Engine, photos: bool) -> _Copied:
    """Copy the database of a moment of which all files are here."""
    draft.watch(0, 0, DATABASE)
    before: set[str] | None = None
    for _ in range(MOMENTS):
        with snapshot.moment_of(engine) as moment:
            named = moment.named_files(photos=photos)
            gone = draft.fetch(named)
            if not gone or (before is not None and gone <= before):
                file, dumped_by = moment.copy_to(draft.path)
                return _Copied(file, moment.schema, dumped_by, named, gone)
        before = gone
    raise BackupError(
        f"Files went faster than they could be copied, such as {min(before or ['?'])}. "
        "No backup was made; earlier ones are whole. Try again at a quieter hour."
    )
