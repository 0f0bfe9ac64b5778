"""Locks of all packages: compile them from their sources, or check that they fit.

    python -m tools.locks [--check] [--upgrade]

The sources, `requirements/*.in`, name the packages that the project uses itself, each
at one version and with its reason. The locks add what those need, for every platform
and Python from 3.11 on, each file with its hash. Compiling keeps what is locked
already; `--upgrade` takes the newest of what no source names. Exit status of `--check`
0: they fit; 1: they do not; 2: a source cannot be met; 3: not known, because the
package index cannot be reached.
"""

import argparse
import difflib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIT, MISFIT, UNMET, UNREACHABLE = range(4)
OLDEST_PYTHON = "3.11"
BUILT_FROM_SOURCE = ("annoy", "flask-principal", "iiif-validator", "pyvips")
"""They publish no wheels. Of all others wheels are taken, and nothing of theirs is run
when they are installed."""
UNREACHED = ("Failed to fetch", "the network was disabled")
"""What uv says when it is not the sources' fault."""
OPTIONS = "\n".join(
    ("--only-binary :all:", *(f"--no-binary {name}" for name in BUILT_FROM_SOURCE), "")
)
"""Written by us: uv's own order has pip forget the second when it reads the first."""


@dataclass(frozen=True)
class Lock:
    """A lock and what it is compiled from, as paths below the project's folder."""

    path: str
    source: str

    @property
    def header(self) -> str:
        """What stands before the packages."""
        note = f"# Compiled from {self.source} by `make lock`: change that file."
        return f"{note}\n{OPTIONS}"


EVERYTHING = Lock("requirements-dev.txt", "requirements/dev.in")
"""What all others are a part of; it settles their versions."""
LOCKS = (
    EVERYTHING,
    Lock("requirements.txt", "requirements/worker.in"),
    Lock("requirements-cluster.txt", "requirements/cluster.in"),
    Lock("requirements-labels.txt", "requirements/labels.in"),
    Lock("requirements-shards.txt", "requirements/shards.in"),
    Lock("requirements/server.txt", "requirements/server.in"),
    Lock("requirements/base.txt", "requirements/base.in"),
    Lock("requirements/build.txt", "requirements/build.in"),
)


class LockError(Exception):
    """A lock could not be compiled; `status` is what the command ends with."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def compile_locks(root: Path, *, upgrade: bool = False) -> None:
    """Write all locks below a folder anew.

    Raises
    ------
    LockError
        If the index cannot be reached or no versions meet a source.
    """
    for lock in LOCKS:
        target = root / lock.path
        command = ["uv", "pip", "compile", lock.source, "--output-file", lock.path]
        command += ["--universal", "--python-version", OLDEST_PYTHON]
        command += ["--generate-hashes", "--no-header", "--quiet"]
        command += ["--only-binary", ":all:"]
        command += [f"--no-binary={name}" for name in BUILT_FROM_SOURCE]
        if lock is not EVERYTHING:
            command += ["--constraint", EVERYTHING.path]
        elif upgrade:
            command += ["--upgrade"]
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", *command],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and any(words in done.stderr for words in UNREACHED):
            raise LockError(
                "The package index cannot be reached, so it is not known whether the "
                f"locks fit their sources:\n{done.stderr}",
                UNREACHABLE,
            )
        if done.returncode:
            raise LockError(f"{lock.source} cannot be met:\n{done.stderr}", UNMET)
        target.write_text(lock.header + target.read_text("utf-8"), "utf-8")


def check_locks(root: Path) -> list[str]:
    """Compile the locks in another folder and return the lines that would change.

    Hashes are not compared: a package may publish one more file for a new platform.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        (copy / "requirements").mkdir()
        for source in (root / "requirements").glob("*.in"):
            shutil.copy(source, copy / "requirements")
        for lock in LOCKS:
            if (root / lock.path).exists():
                shutil.copy(root / lock.path, copy / lock.path)
        compile_locks(copy)
        return [
            line
            for lock in LOCKS
            for line in difflib.unified_diff(
                without_hashes(root / lock.path),
                without_hashes(copy / lock.path),
                fromfile=lock.path,
                tofile=f"as {lock.source} wants it",
                lineterm="",
                n=0,
            )
        ]


def without_hashes(lock: Path) -> list[str]:
    """Lines of a lock less its hashes; none if there is no such file."""
    if not lock.exists():
        return []
    lines = lock.read_text("utf-8").splitlines()
    return [line.removesuffix(" \\") for line in lines if "--hash=" not in line]


def main(root: Path = ROOT) -> int:
    """Do what the command line says and return the exit status."""
    parser = argparse.ArgumentParser(prog="tools.locks", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--upgrade", action="store_true")
    arguments = parser.parse_args()
    try:
        if not arguments.check:
            compile_locks(root, upgrade=arguments.upgrade)
            return FIT
        changes = check_locks(root)
    except LockError as error:
        print(error, file=sys.stderr)
        return error.status
    if not changes:
        return FIT
    print("\n".join(changes), file=sys.stderr)
    print("\nThe locks do not fit their sources: run `make lock`.", file=sys.stderr)
    return MISFIT


if __name__ == "__main__":
    sys.exit(main())
