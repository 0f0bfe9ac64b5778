"""Storage of the rate limits: one SQLite file that all server processes count in.

Of every hit there is a row: the keyed hash of what it counts for, and the moment when
it counts no more. So a limit holds over all processes and over a restart, in every
window of its length, and neither addresses nor anything of what was typed is kept.

The file is not the database: a database that is locked or full must not lift the
limits, and what is counted for minutes has no place in a backup.
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from limits.storage import MovingWindowSupport, Storage

from app.retrieval.files.atomic import OWNER_ONLY, wait_for_lock
from app.services.system.keyed_hash import keyed_hash

logger = logging.getLogger(__name__)

SCHEME = "sqlite-hits"
OWNERS_FOLDER = 0o700
MOST_PAGES = 8192
"""32 MB, some 300,000 hits. Beyond that those go first that would soonest have gone."""
SWEPT_AT_ONCE = 64
"""Rows too old to count that a hit takes away: more than it adds."""
DROPPED_WHEN_FULL = 4096
BUSY_SECONDS = 1.0
"""How long one process waits for another; a hit takes a fraction of a millisecond."""
REST_SECONDS = 10.0
"""How long a file that failed is left in peace before it is tried again."""
TABLES = """
CREATE TABLE IF NOT EXISTS hit (key BLOB NOT NULL, expires_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS ix_hit_key ON hit (key, expires_at);
CREATE INDEX IF NOT EXISTS ix_hit_expires_at ON hit (expires_at);
"""

Result = TypeVar("Result")


class SharedHits(Storage, MovingWindowSupport):
    """Moving windows in a SQLite file; safe among processes and threads.

    While the file cannot be used, because the disk is full or somebody put something
    else there, this process counts in its memory, and the log says so. So nobody is
    locked out for a fault of the disk, and guessing still has an end: as many times
    later as there are processes.

    Parameters
    ----------
    uri : str
        ``sqlite-hits:`` and the file's absolute path. The file and its folder are made
        when the first hit is counted, readable by their owner only; by then the
        server's processes have parted, which must not share an open one.
    hash_key : bytes
        Of the hashes that are kept instead of what is counted.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str, *, hash_key: bytes) -> None:
        super().__init__(uri)
        self._path = Path(unquote(urlsplit(uri).path))
        self._hash_key = hash_key
        self._lock = threading.Lock()
        self._file: sqlite3.Connection | None = None
        self._memory: sqlite3.Connection | None = None
        self._rest_until = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what a storage may raise; this one falls back to its memory."""
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count hits, unless they would be more than the limit in its window."""

        def acquire(connection: sqlite3.Connection) -> bool:
            moment = time.time()
            sweep(connection, moment)
            row = self._row(key)
            if live_hits(connection, row, moment)[0] + amount > limit:
                return False
            add(connection, row, moment + expiry, amount)
            return True

        return self._do(acquire)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the window of a key began, and how many hits are in it."""
        moment = time.time()
        count, first = self._do(lambda c: live_hits(c, self._row(key), moment))
        return (first - expiry if count else moment), count

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits in any case; return how many there are."""

        def increase(connection: sqlite3.Connection) -> int:
            moment, row = time.time(), self._row(key)
            sweep(connection, moment)
            add(connection, row, moment + expiry, amount)
            return live_hits(connection, row, moment)[0]

        return self._do(increase)

    def get(self, key: str) -> int:
        """Return how many hits of a key count."""
        return self._do(lambda c: live_hits(c, self._row(key), time.time()))[0]

    def get_expiry(self, key: str) -> float:
        """Return when the first hit of a key counts no more."""
        moment = time.time()
        count, first = self._do(lambda c: live_hits(c, self._row(key), moment))
        return first if count else moment

    def check(self) -> bool:
        """Tell whether the file can be used."""
        self._do(lambda connection: live_hits(connection, b"", time.time()))
        return self._rest_until == 0.0

    def reset(self) -> int:
        """Forget everything; return how many hits that were."""
        return self._do(lambda c: c.execute("DELETE FROM hit").rowcount)

    def clear(self, key: str) -> None:
        """Forget the hits of a key."""
        row = self._row(key)
        self._do(lambda c: c.execute("DELETE FROM hit WHERE key = ?", (row,)))

    def _row(self, key: str) -> bytes:
        return keyed_hash(self._hash_key, key)

    def _do(self, act: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do something in one transaction: in the file, or in memory if that fails."""
        with self._lock:
            if time.monotonic() >= self._rest_until:
                try:
                    result = self._in_file(act)
                except (sqlite3.Error, OSError) as error:
                    self._rest(error)
                else:
                    self._rest_until = 0.0
                    return result
            if self._memory is None:
                self._memory = connect(":memory:")
            with transaction(self._memory):
                return act(self._memory)

    def _in_file(self, act: Callable[[sqlite3.Connection], Result]) -> Result:
        if self._file is None:
            self._file = open_file(self._path)
        try:
            with transaction(self._file):
                return act(self._file)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            # Our own bound, or the disk's: for the first there is a remedy.
            with transaction(self._file):
                drop_oldest(self._file)
                return act(self._file)

    def _rest(self, error: Exception) -> None:
        """Leave a file in peace that failed, and open it anew after that."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._rest_until = time.monotonic() + REST_SECONDS
        logger.error(
            "rate limits cannot be counted in %s (%s): each server process counts on "
            "its own for %d seconds. Is the disk full? If the file is damaged, delete "
            "it; it holds nothing else.",
            self._path,
            error,
            REST_SECONDS,
        )


def open_file(path: Path) -> sqlite3.Connection:
    """Open a file that only its owner may read, making it where there is none.

    SQLite gives the files that it makes beside it the same mode.
    """
    path.parent.mkdir(mode=OWNERS_FOLDER, parents=True, exist_ok=True)
    # One after the other: of two that switch a new file to WAL at once SQLite refuses
    # one, however long it was told to wait.
    with wait_for_lock(path.with_suffix(".lock"), mode=OWNER_ONLY):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, OWNER_ONLY))
        return connect(str(path))


def connect(name: str) -> sqlite3.Connection:
    """Open a file of hits, making its table where there is none."""
    connection = sqlite3.connect(
        name,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions begin where we say so
        check_same_thread=False,  # the storage's lock keeps threads apart
    )
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last hits, but never damages the file.
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute(f"PRAGMA max_page_count = {MOST_PAGES}")
        cursor.executescript(TABLES)
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the file from the first look at it to the last change, or change nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite ends some transactions itself, such as those that fill the disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def live_hits(
    connection: sqlite3.Connection, row: bytes, moment: float
) -> tuple[int, float]:
    """Return how many hits of a key count, and when the first of them will not."""
    counted = connection.execute(
        "SELECT count(*), min(expires_at) FROM hit WHERE key = ? AND expires_at > ?",
        (row, moment),
    )
    count, first = counted.fetchone()
    return count, first or moment


def add(
    connection: sqlite3.Connection, row: bytes, expires_at: float, amount: int
) -> None:
    """Write hits down."""
    connection.executemany(
        "INSERT INTO hit (key, expires_at) VALUES (?, ?)", [(row, expires_at)] * amount
    )


def sweep(connection: sqlite3.Connection, moment: float) -> None:
    """Take away a few hits that count no more."""
    connection.execute(
        "DELETE FROM hit WHERE rowid IN "
        "(SELECT rowid FROM hit WHERE expires_at <= ? LIMIT ?)",
        (moment, SWEPT_AT_ONCE),
    )


def drop_oldest(connection: sqlite3.Connection) -> None:
    """Make room by forgetting the hits that would soonest count no more."""
    connection.execute(
        "DELETE FROM hit WHERE rowid IN "
        "(SELECT rowid FROM hit ORDER BY expires_at LIMIT ?)",
        (DROPPED_WHEN_FULL,),
    )
