"""PostgreSQL's own programs: found, compared with the server, run."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from sqlalchemy import URL, Connection

from app.configuration.databases import mask_password
from app.services.operations.backup.manifest import BackupError

DUMP, RESTORE = "pg_dump", "pg_restore"
_MAJOR = re.compile(r"\(PostgreSQL\) (\d+)")
VERSION_SECONDS = 30


def find(program: str, least: int, what: str) -> int:
    """Return the major version of a program, which must not be too old.

    Parameters
    ----------
    program : str
        ``DUMP`` or ``RESTORE``.
    least : int
        Major version that it must have at least.
    what : str
        What has that version, in words.

    Raises
    ------
    BackupError
        If it is not found, or older.
    """
    install = f"Install the client programs of PostgreSQL {least} or newer"
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"There is no {program} on the PATH. {install}.")
    answer = subprocess.run(  # noqa: S603 - the program that was found
        [path, "--version"],
        capture_output=True,
        text=True,
        timeout=VERSION_SECONDS,
        check=False,
    )
    found = _MAJOR.search(answer.stdout)
    if found is None:
        raise BackupError(f"{path} does not tell its version. {install}.")
    major = int(found[1])
    if major < least:
        raise BackupError(
            f"{path} is of PostgreSQL {major}, and {what} of {least}. {install}, and "
            "put them first on the PATH."
        )
    return major


def server_major(connection: Connection) -> int:
    """Return the major version of the server of a connection."""
    number = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
    return int(number) // 10_000


def run(program: str, url: URL, arguments: Sequence[str]) -> None:
    """Run a program on a database; the password is in no list of processes.

    Raises
    ------
    BackupError
        With its last words, if it fails.
    """
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    environ: Mapping[str, str] = os.environ
    if url.password is not None:
        environ = {**os.environ, "PGPASSWORD": str(url.password)}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own
        [program, "--no-password", *arguments, f"--dbname={address}"],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        words = " ".join(mask_password(done.stderr).split())[-600:]
        fault = words or f"it ended with status {done.returncode}"
        raise BackupError(f"{program} failed: {fault.rstrip('.')}.")
