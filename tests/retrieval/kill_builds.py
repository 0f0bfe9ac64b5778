"""Kills builds with SIGKILL at each of their steps on the file system.

Run as ``python -m tests.retrieval.kill_builds FOLDER STRIDE``. Prints a JSON list:
for every STRIDE-th step, whether the ``old`` or the ``new`` generation was live after
the kill. Leaves with an error when the store could not be opened and searched, or not
built again.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import Validation
from app.retrieval.runtime.threads import limit_threads
from app.retrieval.settings import GallerySettings, RetrievalSettings
from tests.support.fakes import fake_collection, fake_model

SETTINGS = RetrievalSettings(gallery=GallerySettings(n_trees=2, forest_from=0))


def build(root: Path, items):
    return Store(root).build(
        items,
        fake_model(),
        settings=SETTINGS,
        examine=lambda _: Validation({}, ()),
    )


def build_and_die(root: Path, items, step: int) -> None:
    """Build in a child process that kills itself before its n-th step."""
    left = step

    def count_down(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        # Opening, creating, renaming and removing below the root.
        if any(str(argument).startswith(str(root)) for argument in arguments):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count_down)
    build(root, items)
    os._exit(0)


def main(folder: Path, stride: int) -> None:
    limit_threads(1)
    collection = list(fake_collection(3))
    old = build(folder / "origin", collection[:2])
    outcomes = []
    step, status = 1, -1
    while status != 0:
        root = folder / f"killed-{step}"
        shutil.copytree(folder / "origin", root)
        child = os.fork()
        if child == 0:
            build_and_die(root, collection, step)
        status = os.waitpid(child, 0)[1]
        if status not in (0, signal.SIGKILL):
            sys.exit(f"a build ended with status {status}")
        generation, gallery = Store(root).open(fake_model(), SETTINGS)
        hits = gallery.search_global(gallery.descriptors[1], 1)
        if hits[0].position != 1:
            sys.exit(f"step {step}: the live gallery does not work")
        outcomes.append("old" if generation.name == old.name else "new")
        again = build(root, collection)
        leftovers = {path.name for path in root.iterdir()} - {
            "CURRENT",
            "LOCK",
            old.name,
            again.name,
        }
        if leftovers:
            sys.exit(f"step {step}: {leftovers} are left behind")
        shutil.rmtree(root)
        step += stride
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
