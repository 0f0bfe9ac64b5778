"""A PostgreSQL server for tests, with a database of its own for every instance folder.

Written for speed, not for keeping anything: nothing is synced, and all of it is gone
with the run. A database is a copy of an empty one, or, where an instance folder was
copied, of that folder's: tests copy the small museum, and its works come along.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tools.cluster.programs import find_postgresql

DATABASE = os.environ.get("TEST_DATABASE", "")
POSTGRESQL = DATABASE == "postgresql"
"""Whether this run of the tests is on PostgreSQL."""
SOCKETS = "TEST_POSTGRESQL_SOCKETS"
"""Environment variable by which the processes of a run know their server."""
SECRET_KEY = "k" * 64
STARTED_SECONDS = 30
MARKER = "database-of-tests"
"""File of an instance folder that names its database."""
# Nobody needs what a test wrote after a power cut.
SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_connections = 300
shared_buffers = 64MB
listen_addresses = ''
"""
PR_SET_PDEATHSIG = 1


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where there are none.

    ``TEST_POSTGRESQL_BIN`` names another than the machine's own.
    """
    given = os.environ.get("TEST_POSTGRESQL_BIN")
    return Path(given) if given else find_postgresql()


class Server:
    """Server in a folder of its own, which ends with the process that started it."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        # PostgreSQL refuses to run as root.
        self.user = "nobody" if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self._process: subprocess.Popen[bytes] | None = None
        subprocess.run(
            [
                str(programs / "initdb"),
                *("--pgdata", "data", "--username", "postgres"),
                *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            cwd=self.folder,
            user=self.user,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"{SETTINGS}unix_socket_directories = '{self.folder}'\n")
        self.start()

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self.user,
                start_new_session=True,  # Ctrl-C is for the tests
                preexec_fn=_end_with_parent,
            )
        end = time.monotonic() + STARTED_SECONDS
        while not self._answers():
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            connect(self.folder, "postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """End it at once, as a crash does; every connection breaks."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(STARTED_SECONDS)

    def remove(self) -> None:
        """End it, and leave nothing."""
        self.stop()
        shutil.rmtree(self.folder)


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def connect(sockets: Path, name: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect to a database of the server whose sockets lie in a folder."""
    return psycopg.connect(
        host=str(sockets), user="postgres", dbname=name, autocommit=True
    )


class Databases:
    """Databases of one process of the tests.

    Parameters
    ----------
    sockets : Path
        Folder of the server's sockets.
    """

    def __init__(self, sockets: Path) -> None:
        self.sockets = sockets
        self._server = connect(sockets, "postgres")
        self._names = (f"t{os.getpid()}_{number}" for number in count())
        self._folders: dict[str, Path] = {}
        """Instance folders, by the databases that are theirs."""
        self._empty = next(self._names)
        create = f"CREATE DATABASE {self._empty} TEMPLATE template0 "
        try:
            self._server.execute(create + "LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
        except psycopg.errors.FeatureNotSupported:
            self._server.execute(create)  # its programs know no ICU

    def __enter__(self) -> "Databases":
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the server."""
        self._server.close()

    def address_of(self, folder: Path) -> str:
        """Return the address of a folder's database, which is made where it is not."""
        marker = folder / MARKER
        name = marker.read_text() if marker.exists() else self._empty
        if self._folders.get(name) != folder:
            name = self.copy(name)
            self._folders[name] = folder
            marker.write_text(name)
            marker.chmod(0o600)
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.sockets}"

    def copy(self, name: str | None = None) -> str:
        """Make a copy of a database, or an empty one; return its name."""
        new = next(self._names)
        self._server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(new), sql.Identifier(name or self._empty)
            )
        )
        self._folders[new] = Path()
        return new

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Drop at the block's end what was made in it."""
        before = set(self._folders)
        try:
            yield
        finally:
            for name in self._folders.keys() - before:
                self._drop(name)

    def _drop(self, name: str) -> None:
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        self._server.execute(statement.format(sql.Identifier(name)))
        del self._folders[name]
