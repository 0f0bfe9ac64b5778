"""Published folders: indexes and maps that one server makes and all of them use.

A folder is put into the store file by file, its list of checksums last: one without a
list is not whole, and nothing points to it. Which one is live stands in the database,
one row for a kind of folder. Every server fetches the live one to its own disk, checks
it, and uses it from then on; until that is done it goes on with the one it has.

With the folder store there is one server, and none of this.
"""

import hashlib
import json
import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from app.models import LivePointer
from app.retrieval.files.atomic import staged_folder, sweep, try_lock
from app.services.media.store import MediaStore, StorageAwayError

LIST = "files.json"
LOCK = "LOCK"
"""Held by the one process of a server that makes a folder, or fetches one."""
PIECE_BYTES = 1 << 20

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    """Kind of published folders: one of each is live."""

    INDEX = "index"
    MAP = "map"
    SHARD = "shard"
    """Named by an index, so no row points to one."""


class DamagedFolderError(Exception):
    """Published folder whose files are not those of its list."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """File of a published folder."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path, folder: Path) -> Self:
        """Describe a file by all its bytes."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        name = path.relative_to(folder).as_posix()
        return cls(name, path.stat().st_size, digest.hexdigest())


class Published:
    """Published folders of one kind: put into the store, fetched from there.

    Parameters
    ----------
    kind : Kind
        Of the row that says which is live.
    store : MediaStore
        Shared by all servers.
    root : Path
        This server's folder of them.
    kept : int
        How many are kept in the store, the live one included.
    """

    def __init__(self, kind: Kind, store: MediaStore, root: Path, kept: int) -> None:
        self.kind = kind
        self._store = store
        self.root = root
        self._kept = kept

    def live_name(self, session: Session) -> str | None:
        """Return which folder is live; None before the first one."""
        pointer = session.get(LivePointer, self.kind.value, populate_existing=True)
        return pointer.name if pointer else None

    def point_to(self, session: Session, name: str) -> None:
        """Let all servers use a folder that is in the store; the caller commits.

        Raises
        ------
        FileNotFoundError
            If it is not there as a whole.
        StorageAwayError
            If the storage does not answer.
        """
        if not self._store.exists(f"{name}/{LIST}"):
            raise FileNotFoundError(f"{name} is not in the store")
        session.merge(LivePointer(kind=self.kind.value, name=name))

    def upload(self, folder: Path) -> None:
        """Put a folder into the store under its name, unless it is there as it is.

        Raises
        ------
        StorageAwayError
            If the storage does not answer; nothing points to what is there by then.
        """
        listed = [
            ListedFile.of(path, folder)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        text = json.dumps([asdict(one) for one in listed]).encode()
        if self._has(folder.name, text):
            return
        for one in listed:
            with (folder / one.name).open("rb") as file:
                self._store.write(f"{folder.name}/{one.name}", file)
        self._store.write(f"{folder.name}/{LIST}", text)
        logger.info("%s %s is in the store", self.kind, folder.name)

    def fetch(self, name: str) -> bool:
        """Fetch a folder to this server, unless it is here; False if somebody does.

        Raises
        ------
        FileNotFoundError, DamagedFolderError
            If it is not in the store as a whole.
        StorageAwayError
            If the storage does not answer.
        OSError
            If the disk is full.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        lock = try_lock(self.root / LOCK)
        if lock is None:
            return False
        with lock:
            sweep(self.root)
            if (self.root / name).exists():
                return True
            listed = [
                ListedFile(**one)
                for one in json.loads(self._store.read(f"{name}/{LIST}"))
            ]
            with staged_folder(self.root / name) as draft:
                for one in listed:
                    self._copy(name, one, draft / one.name)
        logger.info("%s %s is fetched", self.kind, name)
        return True

    def prune(self, live: str) -> None:
        """Remove all but those put there last; a failure costs space, not service."""
        try:
            self._prune(live)
        except StorageAwayError as error:
            logger.warning("old folders stay in the store: %s", error)

    def keep_only(self, names: Collection[str]) -> None:
        """Remove all others; a failure costs space, not service."""
        try:
            for name in self._put_there().keys() - set(names):
                self._remove(name)
        except StorageAwayError as error:
            logger.warning("old folders stay in the store: %s", error)

    def _prune(self, live: str) -> None:
        put_there = self._put_there()
        by_time = sorted(put_there, key=lambda name: put_there[name], reverse=True)
        others = [name for name in by_time if name != live]
        for name in others[self._kept - 1 :]:
            self._remove(name)

    def _put_there(self) -> dict[str, datetime]:
        """Tell which folders are whole in the store, and since when."""
        return {
            file.name.removesuffix(f"/{LIST}"): file.changed_at
            for file in self._store.list()
            if file.name.count("/") == 1 and file.name.endswith(f"/{LIST}")
        }

    def _remove(self, name: str) -> None:
        # The list first: what is half removed is not whole.
        self._store.delete(f"{name}/{LIST}")
        self._store.delete(*(file.name for file in self._store.list(name)))

    def _has(self, name: str, text: bytes) -> bool:
        try:
            return self._store.read(f"{name}/{LIST}") == text
        except FileNotFoundError:
            return False

    def _copy(self, name: str, listed: ListedFile, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with (
            self._store.open(f"{name}/{listed.name}") as opened,
            path.open("wb") as file,
        ):
            while piece := opened.file.read(PIECE_BYTES):
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != listed.sha256:
            raise DamagedFolderError(f"{name}/{listed.name} is not as it was made")
