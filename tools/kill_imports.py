"""Kill the worker, web processes and everything while a catalogue is imported.

    python -m tools.kill_imports --catalogue works.csv --images pictures/ --times 10

Imports into an instance of its own, which it removes again, and kills by SIGKILL at
random moments; what was all killed is started again. At the end every work must be
there once, with its pictures and their features, the database whole, the index
examined. Exit status 0 if all that holds.
"""

import argparse
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from app.commands.shared import DONE, FAILED, run_explained, say
from app.configuration.load import ROOT, Folders
from app.extensions import db
from app.factory import create_app
from app.models import TaskState
from app.services.evaluation.listing import CatalogueView, list_views
from app.services.importing import runs
from app.services.importing.diff import Policy
from app.services.importing.sources import ImportContext, opened
from app.services.media.folder import FolderStore
from app.services.system import database

LOOK_SECONDS = 0.05
OVER = (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)
QUESTIONS = {
    "works": "SELECT count(*) FROM artwork WHERE withdrawn_at IS NULL",
    "pictures": "SELECT count(*) FROM reference_image",
    "pictures without features": "SELECT count(*) FROM reference_image WHERE id NOT IN "
    "(SELECT image_id FROM image_features)",
    "works without a picture": "SELECT count(*) FROM artwork WHERE id NOT IN "
    "(SELECT artwork_id FROM reference_image)",
    "integrity": "PRAGMA integrity_check",
    "works of the newest index": "SELECT works FROM generation "
    "ORDER BY created_at DESC LIMIT 1",
    "simulated photos that it names": "SELECT json_extract(examination, "
    "'$.simulated_photos_named') FROM generation ORDER BY created_at DESC LIMIT 1",
}


class Site:
    """Server and worker of one instance, started and killed.

    Parameters
    ----------
    instance : Path
    """

    def __init__(self, instance: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self._environ = {
            **os.environ,
            "MORELLI_INSTANCE": str(instance),
            "MORELLI_PORT": str(port),
        }
        self.start()

    def start(self) -> None:
        """Start both."""
        self._process = subprocess.Popen(
            [sys.executable, "serve.py"], cwd=ROOT, env=self._environ
        )

    def stop(self) -> None:
        """End both as an operator would."""
        self._process.terminate()
        self._process.wait()

    def kill(self, victim: str) -> bool:
        """Kill the ``worker``, one ``web`` process or ``everything``.

        Returns
        -------
        done : bool
            False if there is none just now.
        """
        family = self._family()
        if victim == "everything":
            for process in (self._process.pid, *family):
                _kill(process)
            self._process.wait()
            self.start()
            return True
        name = {"worker": b"\0worker\0", "web": b"\0gunicorn\0"}[victim]
        found = [process for process, command in family.items() if name in command]
        if found:
            # Of the server's processes the last one answers; the first one watches.
            _kill(found[-1])
        return bool(found)

    def _family(self) -> dict[int, bytes]:
        """Map all descendants to their command lines, parents first."""
        family: dict[int, bytes] = {}
        parents = [self._process.pid]
        while parents:
            parent = parents.pop(0)
            with suppress(OSError):
                listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
                for child in map(int, listed.split()):
                    family[child] = Path(f"/proc/{child}/cmdline").read_bytes()
                    parents.append(child)
        return family


def main() -> int:
    """Run the script; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--catalogue", type=Path, required=True, metavar="CSV")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR")
    parser.add_argument("--times", type=int, default=10, metavar="N")
    parser.add_argument(
        "--pause", type=float, default=6.0, metavar="S", help="between two, on average"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Import, kill, compare."""
    views = list_views(options.catalogue, options.images).views
    with tempfile.TemporaryDirectory() as name:
        folders = Folders(Path(name) / "instance")
        archive = Path(name) / "museum.zip"
        pack(options.catalogue, options.images, views, archive)
        task_id = begin(folders, archive)
        site = Site(folders.instance)
        try:
            kills = kill_until_over(site, folders, task_id, options)
        finally:
            site.stop()
        facts = examine(folders)
    print(f"Killed: {', '.join(kills) or 'nothing'}.")
    for question, answer in facts.items():
        print(f"{question}: {answer}")
    expected = len({view.accession for view in views})
    is_well = (
        facts["works"] == facts["works of the newest index"] == expected
        and facts["pictures without features"] == facts["works without a picture"] == 0
        and facts["integrity"] == "ok"
        and facts["simulated photos that it names"] is not None
    )
    if not is_well:
        say(f"That is not what it should be: {expected:,} works, all well.")
    return DONE if is_well else FAILED


def pack(
    table: Path, images: Path, views: Sequence[CatalogueView], archive: Path
) -> None:
    """Write a ZIP file as a curator would send it."""
    with zipfile.ZipFile(archive, "w") as file:
        file.write(table, table.name)
        for path in sorted({view.path for view in views}):
            file.write(path, path.relative_to(images.resolve()))


def begin(folders: Folders, archive: Path) -> int:
    """Look the import through and let it begin; return the task's number."""
    app = create_app({"MORELLI_INSTANCE": folders.instance})
    with app.app_context():
        database.upgrade()
        session = db.session()
        with archive.open("rb") as file:
            kind, location = runs.receive(
                file, archive.name, FolderStore(folders.imports)
            )
        one = runs.begin(session, kind, location, archive.name, None)
        with opened(one, ImportContext.of(app.config)) as source:
            columns = source.table.columns if source.table else ()
        reading = runs.propose_reading(session, columns)
        runs.plan(session, one, reading, Policy.UPDATE, None)
        app.extensions["morelli.background"].work_off()
        session.expire_all()
        task_id = runs.start(session, one, None).id
        db.session.remove()
        db.engine.dispose()
    return task_id


def kill_until_over(
    site: Site, folders: Folders, task_id: int, options: argparse.Namespace
) -> list[str]:
    """Kill at random moments; return what was killed, in order."""
    chance = random.Random(options.seed)  # noqa: S311 - not for secrets
    kills: list[str] = []
    next_at = time.monotonic() + chance.uniform(0, 2 * options.pause)
    while True:
        time.sleep(LOOK_SECONDS)
        state, step, done = progress(folders, task_id)
        if state in OVER:
            if state != TaskState.DONE:
                say(f"The import ended as {state}.")
            return kills
        if len(kills) < options.times and time.monotonic() > next_at:
            victim = chance.choice(("worker", "web", "everything"))
            if site.kill(victim):
                kills.append(f"{victim} ({step or 'beginning'} {done:,})")
                next_at = time.monotonic() + chance.uniform(0, 2 * options.pause)


def progress(folders: Folders, task_id: int) -> tuple[str, str, int]:
    """Read where the task is."""
    state, step, done = ask(
        folders, "SELECT state, step, done FROM task WHERE id = ?", task_id
    )
    return str(state), str(step), int(str(done))


def examine(folders: Folders) -> dict[str, object]:
    """Ask the database whether all is well."""
    return {name: ask(folders, sql)[0] for name, sql in QUESTIONS.items()}


def ask(folders: Folders, sql: str, *values: object) -> tuple[object, ...]:
    """Return one row of the instance's database."""
    with closing(sqlite3.connect(folders.database, timeout=30)) as connection:
        row: tuple[object, ...] | None = connection.execute(sql, values).fetchone()
    return row or (None,)


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
