"""Result cache of a command beside its report, so that a stopped one goes on there.

What depends on other settings,
other pictures or another version of the program is not gone on with.
"""

import json
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.commands.shared import say, watch
from app.configuration.load import ROOT
from app.lab.report import ReportFolder, file_name
from app.retrieval.files.arrays import save_arrays
from app.retrieval.runtime.parallel import map_in_order

Item = TypeVar("Item")
Seen: TypeAlias = dict[str, NDArray[Any]]
"""What was found out about one thing, by names."""
PAGE = 32
"""Things per file: as many are lost when the program is killed."""
TITLE_FILE = "title.json"


class ResultCache:
    """Cache of one run's results, as a context manager; removed after a good end.

    What is found depends on the report's settings, and on the contents of the files
    that are read.
    """

    def __init__(self, report: ReportFolder, files: Iterable[Path]) -> None:
        self.path = report.path.with_name(f"{report.path.name}.notes")
        program = sorted((ROOT / "app").rglob("*.py"))
        self._title = json.dumps(
            {
                "report": report.title,
                "settings": report.settings,
                "program": [_checksum(path) for path in program],
                "files": [[path.name, _checksum(path)] for path in files],
            },
            default=str,
        )
        self._page: tuple[Path, list[Seen]] | None = None

    def __enter__(self) -> "ResultCache":
        title = self.path / TITLE_FILE
        if title.is_file() and title.read_text(encoding="utf-8") == self._title:
            say(f"Going on with what is kept in {self.path}.")
            return self
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        title.write_text(self._title, encoding="utf-8")
        return self

    def __exit__(self, raised: object, *_details: object) -> None:
        if raised is not None:
            self._write_page()
        if raised is None or not any(self.path.glob("*.npz")):
            shutil.rmtree(self.path)

    def each(
        self,
        what: str,
        items: Sequence[Item],
        find: Callable[[Item], Seen],
        *,
        workers: int = 1,
    ) -> Iterator[Seen]:
        """Yield what is found out about each thing, with a progress bar.

        Parameters
        ----------
        what : str
            Title of the bar; every series of a run has its own.
        items : sequence
            The same ones, in the same order, when it is gone on with.
        find : callable
            Computes what is not in the cache. No array may have Python objects.
        workers : int
            Threads to do it with; one is none, so that times can be measured.
        """
        done = 0
        for seen in self._read(what):
            done += 1
            yield seen
        rest = items[done:]
        found = (
            map(find, rest)
            if workers == 1
            else (seen for _, seen in map_in_order(find, rest, workers=workers))
        )
        page = self._new_page(what, done)
        for seen in watch(found, len(items), what, done=done):
            page.append(seen)
            done += 1
            if len(page) == PAGE:
                self._write_page()
                page = self._new_page(what, done)
            yield seen
        self._write_page()

    def file(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return the path of a file; if it is new, ``make(path)`` writes it whole."""
        path = self.path / name
        if not path.exists():
            make(path)
        return path

    def _read(self, what: str) -> Iterator[Seen]:
        done = 0
        while (path := self._path(what, done)).exists():
            with np.load(path, allow_pickle=False) as arrays:
                page: list[Seen] = [{} for _ in range(int(arrays["count"]))]
                for key in arrays.files:
                    number, found, name = key.partition(" ")
                    if found:
                        page[int(number)][name] = arrays[key]
            yield from page
            done += len(page)

    def _path(self, what: str, first: int) -> Path:
        return self.path / f"{file_name(what)}-{first:06d}.npz"

    def _new_page(self, what: str, first: int) -> list[Seen]:
        page: list[Seen] = []
        self._page = self._path(what, first), page
        return page

    def _write_page(self) -> None:
        if self._page is not None and self._page[1]:
            path, page = self._page
            arrays = {
                f"{number} {name}": array
                for number, seen in enumerate(page)
                for name, array in seen.items()
            }
            save_arrays(path, count=len(page), **arrays)
        self._page = None


def _checksum(path: Path) -> int | None:
    """Sum up a file's content; None if it cannot be read, which others will say."""
    try:
        return zlib.crc32(path.read_bytes())
    except OSError:
        return None
