"""``flask backup …`` and ``flask restore``: copies of the instance, and back."""

from contextlib import closing
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from tqdm import tqdm

from app.commands.shared import (
    DONE,
    INCOMPLETE,
    STOPPED,
    Workplace,
    explained,
    index,
    say,
)
from app.configuration.load import Folders
from app.extensions import db
from app.retrieval.runtime.place import COMMAND
from app.services.media.opening import MediaStores, open_stores
from app.services.operations.backup import making, restoring
from app.services.operations.backup.folder import BackupFolder, time_of
from app.services.operations.backup.manifest import BackupError, BackupManifest
from app.services.system import database
from app.services.system.lock import INDEXING_LOCK, exclusively

REBUILD = f"{COMMAND} collection rebuild"
MEGABYTE = 1_000_000

group = AppGroup("backup", help="Copy the instance while it runs, and check copies.")
in_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Folder of the backups, instead of MORELLI_BACKUP_FOLDER.",
)


class Bar:
    """Progress bar of a backup, on standard error, a new one for every step."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None

    def __call__(self, done: int, total: int, step: str) -> None:
        """Show how much of a step is done."""
        if not total:
            self.close()
            say(f"{step} …")
            return
        if self._bar is None or self._bar.desc != f"{step}: ":
            self.close()
            self._bar = tqdm(desc=step, total=total, unit=" files", mininterval=0.5)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@group.command("make")
@in_folder
@click.option(
    "--photos/--no-photos",
    default=None,
    help="Whether visitors' photos are in it, instead of MORELLI_BACKUP_PHOTOS.",
)
@click.option("--full", is_flag=True, help="Copy also what the backup before has.")
@click.option(
    "--secret-key-to",
    type=click.Path(path_type=Path),
    help="File that the secret key is written to, which is in no backup.",
)
@explained
def make(
    *,
    folder: Path | None,
    photos: bool | None,
    full: bool,
    secret_key_to: Path | None,
) -> int:
    """Copy database and files as they are at one moment; the server may go on."""
    config = current_app.config
    backups = _backups(folder)
    if secret_key_to is not None:
        making.write_secret(secret_key_to, config, backups)
    chosen = config["MORELLI_BACKUP_PHOTOS"] if photos is None else photos
    try:
        with closing(Bar()) as bar:
            made = making.make(
                backups,
                db.engine,
                _media(),
                config,
                photos=chosen,
                keep=config["MORELLI_BACKUP_KEEP"],
                full=full,
                watch=bar,
            )
    except KeyboardInterrupt:
        say("Stopped. No backup was made; earlier ones are whole.")
        return STOPPED
    print(
        f"Backup {made.name}: {made.files:,} files, {made.size / MEGABYTE:,.1f} MB; "
        f"{made.copied:,} copied and read back, {made.copied_size / MEGABYTE:,.1f} MB."
    )
    if not chosen:
        print("Visitors' photos are not in it.")
    if made.removed:
        print(f"Old backups removed: {', '.join(made.removed)}.")
    for name in made.missing:
        say(f"{name} is named by the database, but the instance has no such file.")
    return INCOMPLETE if made.missing else DONE


@group.command("list")
@in_folder
@explained
def show(*, folder: Path | None) -> int:
    """List the backups, oldest first."""
    backups = _backups(folder)
    for name in backups.names():
        try:
            manifest = BackupManifest.read(backups.root / name)
        except BackupError as error:
            say(error)
            continue
        size = sum(one.size for one in manifest.files.values())
        photos = "with photos" if manifest.photos else "without photos"
        print(
            f"{name}: {time_of(name):%Y-%m-%d %H:%M} UTC, {len(manifest.files):,} "
            f"files, {size / MEGABYTE:,.1f} MB, {photos}, database at {manifest.schema}"
        )
    return DONE


@group.command("verify")
@click.argument("name", required=False)
@in_folder
@explained
def verify(*, name: str | None, folder: Path | None) -> int:
    """Read a backup, or the newest, and compare every file with its checksum."""
    backups = _backups(folder)
    names = backups.names()
    if not names:
        raise BackupError(f"There is no backup in {backups.root}.")
    path = backups.path(name or names[-1])
    with closing(Bar()) as bar:
        manifest = restoring.verify(path, bar)
    print(f"Backup {path.name} is whole: {len(manifest.files):,} files.")
    return DONE


@click.command("restore")
@click.argument("backup", type=click.Path(path_type=Path))
@click.option(
    "--secret-key",
    type=click.Path(path_type=Path),
    help="File of the secret key that `backup make --secret-key-to` wrote.",
)
@click.option(
    "--index/--no-index",
    "is_indexed",
    default=True,
    help="Whether the index is built, which searching needs.",
)
@with_appcontext
@explained
def restore(*, backup: Path, secret_key: Path | None, is_indexed: bool) -> int:
    """Restore BACKUP, the folder of one backup, into an empty MORELLI_INSTANCE."""
    config = current_app.config
    folders = Folders(config["MORELLI_INSTANCE"])
    with closing(Bar()) as bar:
        manifest = restoring.restore(
            backup.expanduser().resolve(),
            db.engine,
            folders,
            _media(),
            config,
            secret_key=secret_key,
            watch=bar,
        )
    print(f"Restored {backup.name}: {len(manifest.files):,} files.")
    if secret_key is None and not restoring.has_same_key(
        manifest, config["SECRET_KEY"]
    ):
        say(
            "The secret key is another one than before: everybody has to log in again, "
            "and set up authenticator apps anew."
        )
    if not is_indexed:
        print(f"The index is not built yet. Run: {REBUILD}")
        return DONE
    database.check()
    with exclusively(folders.instance / INDEXING_LOCK, db.engine):
        return INCOMPLETE if index(Workplace.of_current_app()) else DONE


def _backups(folder: Path | None) -> BackupFolder:
    config = current_app.config
    chosen = folder or config["MORELLI_BACKUP_FOLDER"]
    return BackupFolder.checked(chosen, config["MORELLI_INSTANCE"])


def _media() -> MediaStores:
    config = current_app.config
    return open_stores(config["MORELLI_MEDIA_URL"], Folders(config["MORELLI_INSTANCE"]))
