"""Parts of a cluster: what each of its processes is started with, and when it is ready.

============  ===========  ===================================================
part          machine      what
============  ===========  ===================================================
``database``  its own      PostgreSQL with pgvector
``storage``   its own      a bucket, as S3 has them (nanio, files on the disk)
``limits``    its own      Redis or Valkey
``mail``      its own      a mail server that keeps what it gets in a folder
``server-1``  ``one``      gunicorn, as ``serve.py`` starts it
``worker-1``  ``one``      ``flask worker``, likewise
``server-2``  ``two``
``worker-2``  ``two``
============  ===========  ===================================================
"""

import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tools.cluster.namespaces import Machine
from tools.cluster.programs import (
    MissingProgramError,
    find_limits_server,
    find_postgresql_with_vectors,
)
from tools.cluster.settings import (
    BUCKET,
    DATABASE,
    LIMITS_PORT,
    MAIL_PORT,
    REGION,
    SITE_PORT,
    STORAGE_PORT,
    USER,
    Keys,
)

ANSWER_SECONDS = 5.0
PACKAGES = "make setup"
# PostgreSQL refuses to be root: it is somebody else, in a user namespace of its own,
# who outside of it is whoever started this.
SOMEBODY = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True, slots=True)
class Part:
    """Process of a cluster.

    Attributes
    ----------
    name : str
    machine : Machine
        It runs there.
    folder : Path
        It works there; its log is beside it.
    command : sequence of str
    is_ready : callable
        Tells whether it answers.
    environ : mapping of str to str
    listener : int or None
        Descriptor of a socket outside of this network that gunicorn listens on, too.
    """

    name: str
    machine: Machine
    folder: Path
    command: Sequence[str]
    is_ready: Callable[[], bool]
    environ: Mapping[str, str] = field(default_factory=dict)
    listener: int | None = None

    @property
    def uses_others(self) -> bool:
        """Whether it needs the other machines."""
        return "MORELLI_INSTANCE" in self.environ


def database(machine: Machine, folder: Path) -> Part:
    """Return PostgreSQL, with an empty database the first time.

    Raises
    ------
    MissingProgramError
        If this machine has none with pgvector.
    """
    programs = find_postgresql_with_vectors()
    if programs is None:
        raise MissingProgramError("PostgreSQL with pgvector", PACKAGES)
    data = folder / "data"
    if not (data / "ready").exists():
        _make_database(programs, folder, data)

    def is_ready() -> bool:
        words = [str(programs / "pg_isready"), "--quiet", "--host", machine.address]
        return _succeeds([*words, "--dbname", DATABASE, "--username", USER])

    return Part(
        "database",
        machine,
        folder,
        [
            *SOMEBODY,
            *(str(programs / "postgres"), "-D", str(data)),
            *("-c", f"listen_addresses={machine.address}"),
            *("-c", f"unix_socket_directories={folder}"),
        ],
        is_ready,
    )


def _make_database(programs: Path, folder: Path, data: Path) -> None:
    """Make the files of PostgreSQL; killed half-way it is begun again."""
    shutil.rmtree(data, ignore_errors=True)
    words = ["--pgdata", str(data), "--username", USER, "--auth=trust"]
    words += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _run([*SOMEBODY, str(programs / "initdb"), *words])
    # Nobody else is in this network, and the folder is its owner's.
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all samenet trust\n")
    statement = f"CREATE DATABASE {DATABASE}\n".encode()
    single = [str(programs / "postgres"), "--single", "-D", str(data), USER]
    _run([*SOMEBODY, *single], statement)
    (data / "ready").touch()


def storage(machine: Machine, folder: Path, keys: Keys) -> Part:
    """Return a storage that speaks like S3; its buckets are folders."""
    (folder / "buckets" / BUCKET).mkdir(parents=True, exist_ok=True)
    return Part(
        "storage",
        machine,
        folder,
        [
            *(sys.executable, "-m", "nanio", "serve", "--no-access-log"),
            *("--data-dir", str(folder / "buckets"), "--region", REGION),
            *("--host", machine.address, "--port", str(STORAGE_PORT)),
        ],
        lambda: _accepts(machine, STORAGE_PORT),
        {
            "NANIO_ACCESS_KEY": keys.storage_key,
            "NANIO_SECRET_KEY": keys.storage_secret,
        },
    )


def limits(machine: Machine, folder: Path) -> Part:
    """Return Redis or Valkey, which keeps what it counts when it is killed.

    Raises
    ------
    MissingProgramError
        If this machine has neither.
    """
    program = find_limits_server()
    if program is None:
        raise MissingProgramError("Redis", "apt-get install redis-server")
    return Part(
        "limits",
        machine,
        folder,
        [
            *(program, "--bind", machine.address, "--port", str(LIMITS_PORT)),
            *("--protected-mode", "no", "--dir", str(folder)),
            *("--appendonly", "yes", "--save", ""),
        ],
        lambda: _accepts(machine, LIMITS_PORT),
    )


def mail(machine: Machine, folder: Path) -> Part:
    """Return a mail server: its mails are files of ``mails/new``."""
    return Part(
        "mail",
        machine,
        folder,
        [
            *(sys.executable, "-m", "aiosmtpd", "--nosetuid"),
            *("--listen", f"{machine.address}:{MAIL_PORT}"),
            *("--class", "aiosmtpd.handlers.Mailbox", str(folder / "mails")),
        ],
        lambda: _accepts(machine, MAIL_PORT),
    )


def site(
    number: int,
    machine: Machine,
    folder: Path,
    environ: Mapping[str, str],
    outside: int,
) -> tuple[Part, Part]:
    """Return an application server and its worker, which share a machine and a folder.

    Parameters
    ----------
    number : int
    environ : mapping of str to str
        The settings.
    outside : int
        Descriptor of a socket that listens outside of this network.
    """

    def answers() -> bool:
        address = f"http://{machine.address}:{SITE_PORT}/healthz"
        with suppress(OSError):
            urllib.request.urlopen(address, timeout=ANSWER_SECONDS).close()
            return True
        return False

    python = [sys.executable, "-m"]
    server = Part(
        f"server-{number}",
        machine,
        folder,
        [*python, "gunicorn", "--bind", f"fd://{outside}"],
        answers,
        environ,
        outside,
    )
    words = ["flask", "--app", "wsgi", "worker"]
    worker = Part(
        f"worker-{number}", machine, folder, [*python, *words], lambda: True, environ
    )
    return server, worker


def _accepts(machine: Machine, port: int) -> bool:
    with suppress(OSError):
        socket.create_connection((machine.address, port), ANSWER_SECONDS).close()
        return True
    return False


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - ours


def _run(command: Sequence[str], given: bytes = b"") -> None:
    subprocess.run(  # noqa: S603 - ours
        command,
        check=True,
        input=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
