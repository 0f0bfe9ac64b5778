"""A report as a folder: one page to read, tables for spreadsheets, JSON for programs.

The page needs nothing beside it: style, plots and pictures are inside, and there is no
script. The folder appears when everything is in it; two runs with the same settings
write the same files, except for what was measured with a clock.
"""

import base64
import csv
import io
import json
import math
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from markupsafe import Markup, escape

from app.lab.errors import LabError
from app.lab.page import Cell, Section, show, whole_page
from app.lab.plots import standalone
from app.retrieval.evaluation.report import set_columns
from app.retrieval.files.atomic import staged_folder
from app.retrieval.images.codec import encode_jpeg, resize_to_long_side
from app.retrieval.types import Image

PAGE_FILE = "index.html"
REPORT_FILE = "report.json"
THUMBNAIL_SIDE_PX = 144
THUMBNAIL_QUALITY = 80
PICTURE_QUALITY = 88
LIBRARIES = ("numpy", "opencv-python-headless", "openvino", "matplotlib")
"""Whose versions a report names, besides Python's."""


class ReportFolder:
    """Gathers a report; `write` brings it to disk all at once.

    Parameters
    ----------
    path : Path
        The folder. A report that is there already is replaced.
    title : str
    settings : mapping of str to anything that JSON can hold, or Path
        What the figures depend on, the seed among them.

    Raises
    ------
    LabError
        If something that is not a report is in the way. Said at once, not after
        hours.
    """

    def __init__(self, path: Path, title: str, settings: Mapping[str, object]) -> None:
        if path.exists() and not (path / REPORT_FILE).is_file():
            raise LabError(
                f"{path} exists and is not a report, so it is left alone. "
                "Choose another folder with --out."
            )
        self.path = path
        self.title = title
        self.settings = {name: _plain(value) for name, value in settings.items()}
        self._sections: list[Section] = []
        self._tables: dict[str, tuple[Sequence[str], Sequence[Sequence[Cell]]]] = {}
        self._plots: dict[str, str] = {}
        self._files: dict[str, bytes] = {}

    def heading(self, text: str) -> None:
        """Begin a part of the page."""
        self._sections.append(("heading", {"text": text}))

    def paragraph(self, text: str) -> None:
        """Say something in words."""
        self._sections.append(("paragraph", {"text": text}))

    def table(
        self,
        name: str,
        header: Sequence[str],
        rows: Sequence[Sequence[Cell | np.generic]],
    ) -> None:
        """Show a table, and write it as ``<name>.csv`` and into the JSON file.

        Parameters
        ----------
        name : str
            Also the caption; the file's name is made of its letters and digits.
        header : sequence of str
        rows : sequence of sequences
            As long as the header. Small floats are shown with three digits; NaN and
            None as a dash.

        Raises
        ------
        ValueError
            If a table has this name already, or a row another length.
        """
        if file_name(name) in map(file_name, self._tables):
            raise ValueError(f"there is a table {name!r} already")
        if any(len(row) != len(header) for row in rows):
            raise ValueError(f"a row of {name!r} is not {len(header)} long")
        cells = [[_cell(cell) for cell in row] for row in rows]
        self._tables[name] = (tuple(header), cells)
        facts = {"name": name, "header": header, "rows": cells}
        self._sections.append(("table", facts))

    def plot(self, name: str, svg: str, caption: str, alt: str) -> None:
        """Show a plot, and write it as ``<name>.svg``.

        Parameters
        ----------
        name : str
        svg : str
            Of `app.lab.plots`.
        caption : str
        alt : str
            Says what it shows to those who do not see it.
        """
        self._plots[name] = svg
        # Ids must be unique in the page, and every plot has a figure_1.
        own = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{file_name(name)}-", svg)
        label = f'<svg role="img" aria-label="{escape(alt)}"'
        own = own.replace("<svg", label, 1)
        facts = {"svg": Markup(own), "caption": caption}  # noqa: S704 - drawn by us
        self._sections.append(("plot", facts))

    def picture(self, name: str, image: Image, caption: str, alt: str) -> None:
        """Show a large picture, and write it as ``<name>.jpg``.

        Parameters
        ----------
        name : str
        image : (H, W, 3) uint8, RGB
        caption, alt : str
            As of `plot`.
        """
        data = encode_jpeg(image, quality=PICTURE_QUALITY)
        self._files[f"{file_name(name)}.jpg"] = data
        facts = {"source": _embedded(data), "caption": caption, "alt": alt}
        self._sections.append(("picture", facts))

    def rows(
        self, name: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]
    ) -> None:
        """Write a table that is too long to be read as ``<name>.csv`` only."""
        self._files[f"{file_name(name)}.csv"] = _csv(header, rows)
        self.paragraph(f"{name}: {len(rows):,} rows in {file_name(name)}.csv.")

    def pictures(
        self, caption: str, rows: Sequence[Sequence[tuple[str, Image]]]
    ) -> None:
        """Show rows of small pictures, each with a label under it.

        Parameters
        ----------
        caption : str
        rows : sequence of rows of (label, image)
            Images (H, W, 3) uint8 RGB; reduced to 144 pixels.
        """
        small = [[(label, _thumbnail(image)) for label, image in row] for row in rows]
        self._sections.append(("pictures", {"caption": caption, "rows": small}))

    def write(self) -> Path:
        """Write everything; return the path of the page.

        Raises
        ------
        OSError
            If the disk does not take it; a report that was there stays.
        """
        content = {
            "title": self.title,
            "settings": self.settings,
            "figures": {
                name: [dict(zip(header, row, strict=True)) for row in rows]
                for name, (header, rows) in self._tables.items()
            },
            "versions": _versions(),
        }
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
        facts = {**self.settings, **_versions()}
        page = whole_page(self.title, self._sections, facts)
        with staged_folder(self.path) as draft:
            for name, (header, rows) in self._tables.items():
                (draft / f"{file_name(name)}.csv").write_bytes(_csv(header, rows))
            for name, data in self._files.items():
                (draft / name).write_bytes(data)
            for name, svg in self._plots.items():
                target = draft / f"{file_name(name)}.svg"
                target.write_text(standalone(svg), encoding="utf-8")
            (draft / REPORT_FILE).write_text(text + "\n", encoding="utf-8")
            (draft / PAGE_FILE).write_text(page, encoding="utf-8")
        return self.path / PAGE_FILE


def file_name(name: str) -> str:
    """Make a file's name of a title: its letters and digits, joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold()))


def label_of(key: tuple[str, str]) -> str:
    """Name a descriptor and a measure in one."""
    return f"{key[0]} – {key[1]}"


def print_table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a table as `ReportFolder.table` shows it."""
    print(set_columns([header, *([show(cell) for cell in row] for row in rows)]))


def _csv(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def _cell(value: Cell | np.generic) -> Cell:
    """Make Python's own of NumPy's numbers; what could not be measured is None."""
    cell: Cell = value.item() if isinstance(value, np.generic) else value
    if isinstance(cell, float):
        return round(cell, 6) if math.isfinite(cell) else None
    return cell


def _plain(value: object) -> object:
    """Bring a setting to what JSON can hold."""
    if isinstance(value, float | np.generic):
        return _cell(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value


def _thumbnail(image: Image) -> str:
    small = resize_to_long_side(image, THUMBNAIL_SIDE_PX)
    return _embedded(encode_jpeg(small, quality=THUMBNAIL_QUALITY))


def _embedded(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"


def _versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }
