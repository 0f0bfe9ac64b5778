"""Measure a backup under load, the loss of everything, and the way back.

    python -m bench.backup --queries photos.csv

Works on a copy of the instance that the settings name. While visitors ask for photos, a
backup is made; then server and copy are destroyed at once, and the backup is restored
in the same place. Exit status 1 unless every row and file from before the backup is
there as it was, nothing is there that never was, and a photo finds its work again.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from app.commands.shared import DONE, FAILED, run_explained, say
from app.configuration.load import ROOT, Folders
from app.extensions import db
from app.factory import create_app
from app.models import Base
from app.services.media.opening import open_stores
from app.services.operations.backup.folder import BackupFolder
from app.services.operations.backup.manifest import AREAS
from bench.measure import Clock, folder_size_mb, print_figures
from bench.query import live_photos
from bench.server import (
    UNLIMITED,
    ask,
    ask_until_answered,
    children_of,
    free_port,
    serving,
)

VISITORS = 4
"""Who ask while the backup is made, each again as soon as it is answered."""
LEAST_ANSWERS = 3
"""That are awaited before the backup begins."""
OWN = ("worker", "periodic_job")
"""Tables of an instance's workers, which a restored one has none of yet."""


@dataclass
class Holdings:
    """What an instance holds.

    Attributes
    ----------
    rows : dict of str to set of str
        By table.
    files : dict of (str, str) to str
        Checksums, by store and name.
    """

    rows: dict[str, set[str]]
    files: dict[tuple[str, str], str]

    def lack(self, before: "Holdings") -> list[str]:
        """Name what was there before and is not there any more, or not as it was."""
        rows = [
            f"{table}: {row[:200]}"
            for table in before.rows
            for row in before.rows[table] - self.rows[table]
        ]
        files = [
            "/".join(name)
            for name, digest in before.files.items()
            if self.files.get(name) != digest
        ]
        return rows + files


@dataclass
class Load:
    """Visitors who ask for photos until they are stopped.

    Attributes
    ----------
    answered : int
    """

    answered: int = 0
    _is_over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def asking(self, port: int, photos: Sequence[bytes]) -> Iterator[None]:
        """Let them ask while the block runs."""
        threads = [
            threading.Thread(target=self._ask, args=(port, photos[number:]))
            for number in range(min(VISITORS, len(photos)))
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def _ask(self, port: int, photos: Sequence[bytes]) -> None:
        while not self._is_over.is_set():
            for photo in photos:
                try:
                    ask(port, photo)
                except OSError:
                    return  # the server is gone
                self.answered += 1
                if self._is_over.is_set():
                    return


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--sample", type=int, default=20, metavar="N")
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Copy, back up under load, destroy, restore, compare."""
    photos = live_photos(options)
    original: Path = create_app().config["MORELLI_INSTANCE"]
    with tempfile.TemporaryDirectory(prefix="morelli-bench-") as name:
        folder = Path(name)
        instance, backups = folder / "instance", folder / "backups"
        shutil.copytree(original, instance)
        backups.mkdir()
        environ = {**UNLIMITED, "MORELLI_INSTANCE": str(instance)}
        clock, load = Clock(), Load()
        port = free_port()
        with serving(port, environ) as server:
            first = ask_until_answered(port, photos[0], server)
            before = holdings_of(instance)
            with load.asking(port, photos):
                wait_for(load)
                begun = load.answered
                with clock.stage("backup under load"):
                    words = "backup", "make", "--photos", "--folder", backups
                    processor = morelli(environ, *words)
                asked = load.answered - begun
                destroy(server)
        after = holdings_of(instance)
        shutil.rmtree(instance)
        backup = backups / BackupFolder(backups).names()[-1]
        size = folder_size_mb(backup)
        with clock.stage("restore"):
            processor += morelli(environ, "restore", "--no-index", backup)
        restored = holdings_of(instance)
        with clock.stage("index"):
            processor += morelli(environ, "collection", "rebuild")
        with clock.stage("first answer"), serving(port, environ) as server:
            again = ask_until_answered(port, photos[0], server)
    faults = restored.lack(before) + after.lack(restored)
    if accessions(again) != accessions(first):
        faults.append(f"The photo finds {accessions(again)}, not {accessions(first)}.")
    works = len(restored.rows["artwork"])
    print_figures(
        f"Backup and restore of {works:,} works, {VISITORS} visitors asking",
        {
            "backup, MB": size,
            "files": len(restored.files),
            "rows": sum(map(len, restored.rows.values())),
            "photos answered meanwhile": asked,
            **{f"{stage}, s": seconds for stage, seconds in clock.seconds.items()},
            "all, s": sum(clock.seconds.values()),
            "processor of the commands, s": processor,
            "first decision": first["decision"],
            "not as it was": len(faults),
        },
    )
    for fault in faults[:5]:
        say(fault)
    return FAILED if faults else DONE


def destroy(server: subprocess.Popen[bytes]) -> None:
    """End a server with its processes at once, as a power cut does."""
    processes = [server.pid, *children_of(server.pid)]
    for process in processes:
        os.kill(process, signal.SIGKILL)
    server.wait()


def wait_for(load: Load) -> None:
    """Wait until the visitors are at it."""
    while load.answered < LEAST_ANSWERS:
        time.sleep(0.05)


def holdings_of(instance: Path) -> Holdings:
    """Read all rows, and the checksums of all files that are backed up."""
    app = create_app({"MORELLI_INSTANCE": instance})
    with app.app_context():
        rows = {
            table.name: set(map(repr, db.session.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in OWN
        }
        db.session.remove()
        db.engine.dispose()
    media = open_stores("", Folders(instance))
    files = {
        (area, one.name): hashlib.sha256(
            getattr(media, area).read(one.name)
        ).hexdigest()
        for area in AREAS
        for one in getattr(media, area).list()
    }
    return Holdings(rows, files)


def morelli(environ: Mapping[str, str], *words: object) -> float:
    """Run a command on the instance, as an operator does; return its processor seconds.

    Raises
    ------
    subprocess.CalledProcessError
        If it ends otherwise than well.
    """
    command = [sys.executable, "-m", "app", *map(str, words)]
    begun = children_seconds()
    subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=ROOT, env={**os.environ, **environ}, check=True
    )
    return children_seconds() - begun


def children_seconds() -> float:
    """Return the processor time of all children that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def accessions(answer: Mapping[str, list[Mapping[str, str]]]) -> list[str]:
    """Return which works an answer names."""
    return [match["accession"] for match in answer["matches"]]


if __name__ == "__main__":
    sys.exit(main())
