"""Commands run in an empty home folder, where every step outside is noted."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from app.configuration.load import ROOT
from tests.support.databases import environ_of

TRAP = Path(__file__).parent / "trap"
DATABASE = ("MORELLI_DATABASE_URL", "MORELLI_SECRET_KEY")
SECONDS = 540
"""No command here takes as long, on a slow machine either."""

USUAL_UMASK = 0o022
"""What most systems give a process: everybody may read what it writes."""


class Shelter:
    """An empty home, an empty working directory, an instance, and a trap around them.

    Parameters
    ----------
    folder : Path
        Of the test; all of these are made in it.
    """

    def __init__(self, folder: Path) -> None:
        self.instance = folder / "instance"
        self.notes = folder / "notes"
        self.empty = [folder / name for name in ("home", "here", "tmp")]
        for place in (self.instance, *self.empty):
            place.mkdir(parents=True, exist_ok=True)
        home, self.here, temporary = self.empty
        allowed = [self.instance, temporary, Path("/dev/shm"), ROOT / "build"]  # noqa: S108 - where gunicorn signs of life
        # Nothing of the caller's: libraries behave otherwise in continuous integration.
        database = environ_of(self.instance)
        self.environ = {
            **{name: database[name] for name in DATABASE if name in database},
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "PYTHONPATH": f"{TRAP}:{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MORELLI_INSTANCE": str(self.instance),
            "TRAP_NOTES": str(self.notes),
            "TRAP_ALLOWED": ":".join(map(str, allowed)),
        }

    def run(self, *words: object, at: Path | None = None) -> str:
        """Run a Python command to its end, and return what it printed."""
        done = subprocess.run(
            [sys.executable, *map(str, words)],
            cwd=at or self.here,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            umask=USUAL_UMASK,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: object, **environ: object) -> subprocess.Popen[bytes]:
        """Start a Python command that goes on until it is told to end."""
        return subprocess.Popen(
            [sys.executable, *map(str, words)],
            cwd=self.here,
            env={**self.environ, **{k: str(v) for k, v in environ.items()}},
            umask=USUAL_UMASK,
        )

    def open_to_others(self) -> list[str]:
        """Return what in the instance others than its owner may look into or write."""
        everything = [self.instance, *self.instance.rglob("*")]
        found = []
        for path in everything:
            with suppress(FileNotFoundError):  # it comes and goes as its owner works
                if path.stat().st_mode & 0o077:
                    found.append(str(path))
        return found

    def escapes(self) -> list[str]:
        """Return what was tried to reach, and what lies where nothing should."""
        noted = self.notes.read_text("utf-8") if self.notes.exists() else ""
        left = [str(path) for place in self.empty for path in place.rglob("*")]
        return noted.splitlines() + left
