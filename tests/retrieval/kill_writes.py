"""Kills writers of files and folders before every call that changes something.

    python -m tests.retrieval.kill_writes FOLDER

Prints, for each way of writing, a JSON list of what was there after each kill: ``old``
or ``new``. Leaves with an error when it was neither, or when a sweep and one more write
did not leave the new content and nothing else.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from app.retrieval.files.atomic import staged_folder, sweep, write_atomically

LONG = 100_000
CHANGING = {"open", "mkdir", "write", "flush", "fsync", "flock"} | {
    *("rename", "replace", "unlink", "rmdir", "close")
}


def write_file(path: Path, content: str) -> None:
    write_atomically(path, content.encode() * LONG)


def read_file(path: Path) -> str:
    text = path.read_text()
    return text[0] if len(text) == LONG and set(text) == {text[0]} else "broken"


def write_folder(path: Path, content: str) -> None:
    with staged_folder(path) as staged:
        (staged / "below").mkdir()
        for name in ("one", "below/two"):
            (staged / name).write_text(content)


def read_folder(path: Path) -> str:
    texts = {one.read_text() for one in (path / "one", path / "below" / "two")}
    return texts.pop() if len(texts) == 1 else "broken"


WAYS = {"file": (write_file, read_file), "folder": (write_folder, read_folder)}


def write_and_die(write, path: Path, step: int) -> None:
    """Write in a child process that kills itself before its n-th such call."""
    left = step

    def count_down(_frame: object, event: str, called: object) -> None:
        nonlocal left
        if event == "c_call" and getattr(called, "__name__", "") in CHANGING:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count_down)
    write(path, "n")
    os._exit(0)


def main(root: Path) -> None:
    outcomes: dict[str, list[str]] = {way: [] for way in WAYS}
    for way, (write, read) in WAYS.items():
        step, status = 1, -1
        while status != 0:
            folder = root / f"{way}-{step}"
            path = folder / "it"
            write(path, "o")
            child = os.fork()
            if child == 0:
                write_and_die(write, path, step)
            status = os.waitpid(child, 0)[1]
            if status not in (0, signal.SIGKILL):
                sys.exit(f"a writer ended with status {status}")
            outcomes[way].append({"o": "old", "n": "new"}[read(path)])
            sweep(folder)
            write(path, "n")
            if read(path) != "n" or [one.name for one in folder.iterdir()] != ["it"]:
                sys.exit(f"{way}, step {step}: {list(folder.iterdir())}")
            shutil.rmtree(folder)
            step += 1
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
