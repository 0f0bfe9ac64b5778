"""Report folder: a page to read, tables for spreadsheets, JSON for programs.

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
from typing import TypeAlias

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from app.lab.errors import LabError
from app.lab.plots import standalone
from app.retrieval.evaluation.columns import set_columns
from app.retrieval.files.atomic import staged_folder
from app.retrieval.images.codec import encode_jpeg, resize_to_long_side
from app.retrieval.types import Image

Cell: TypeAlias = str | int | float | None
Section: TypeAlias = tuple[str, Mapping[str, object]]
"""A macro of the template, and what it is given."""
PAGE_TEMPLATE = "report.html"
PAGE_FILE = "index.html"
REPORT_FILE = "report.json"
THUMBNAIL_SIDE_PX = 144
THUMBNAIL_QUALITY = 80
PICTURE_QUALITY = 88
LIBRARIES = ("numpy", "opencv-python-headless", "openvino", "matplotlib")
"""Whose versions a report names, besides Python's."""


class ReportFolder:
    """Builder of a report; `write` brings it to disk all at once.

    Parameters
    ----------
    path : Path
        The folder. A report that is there already is replaced.
    title : str
    settings : mapping of str to anything that JSON can hold, or Path
        What the figures depend on, the seed among them.
    """

    def __init__(self, path: Path, title: str, settings: Mapping[str, object]) -> None:
        # At once, not after hours.
        if path.exists() and not (path / REPORT_FILE).is_file():
            raise LabError(
                f"{path} exists and is not a report, so it is left alone. "
                "Choose another folder with --out."
            )
        self.path = path
        self.title = title
        self.settings = settings
        self._sections: list[Section] = []
        self._tables: dict[str, tuple[Sequence[str], Sequence[Sequence[Cell]]]] = {}
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

        The name is the caption; the file's is made of its letters and digits. Small
        floats are shown with three digits; NaN and None as a dash.
        """
        if file_name(name) in map(file_name, self._tables):
            raise ValueError(f"there is a table {name!r} already")
        if any(len(row) != len(header) for row in rows):
            raise ValueError(f"a row of {name!r} is not {len(header)} long")
        cells = [[_cell(cell) for cell in row] for row in rows]
        self._tables[name] = header, cells
        self._files[f"{file_name(name)}.csv"] = _csv(header, cells)
        facts = {"name": name, "header": header, "rows": cells}
        self._sections.append(("table", facts))

    def plot(self, name: str, svg: str, caption: str, alt: str) -> None:
        """Show a plot, and write it as ``<name>.svg``.

        The alternative text says what it shows to those who do not see it.
        """
        self._files[f"{file_name(name)}.svg"] = standalone(svg).encode()
        # Ids must be unique in the page, and every plot has a figure_1.
        own = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{file_name(name)}-", svg)
        label = f'<svg role="img" aria-label="{escape(alt)}"'
        own = own.replace("<svg", label, 1)
        facts = {"svg": Markup(own), "caption": caption}  # noqa: S704 - drawn by us
        self._sections.append(("plot", facts))

    def picture(self, name: str, image: Image, caption: str, alt: str) -> None:
        """Show a large picture (H, W, 3), and write it as ``<name>.jpg``."""
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
        """Show rows of pictures (H, W, 3), made small, each with a label under it."""
        small = [[(label, _thumbnail(image)) for label, image in row] for row in rows]
        self._sections.append(("pictures", {"caption": caption, "rows": small}))

    def write(self) -> Path:
        """Write everything, or nothing; return the path of the page."""
        versions = {name: version(name) for name in LIBRARIES}
        versions = {"python": platform.python_version(), **versions}
        content = {
            "title": self.title,
            "settings": self.settings,
            "figures": {
                name: [dict(zip(header, row, strict=True)) for row in rows]
                for name, (header, rows) in self._tables.items()
            },
            "versions": versions,
        }
        text = json.dumps(
            content, indent=1, ensure_ascii=False, allow_nan=False, default=str
        )
        page = _page_template().render(
            title=self.title,
            sections=self._sections,
            settings={**self.settings, **versions},
        )
        files = {REPORT_FILE: f"{text}\n".encode(), PAGE_FILE: page.encode()}
        with staged_folder(self.path) as draft:
            for name, data in (self._files | files).items():
                (draft / name).write_bytes(data)
        return self.path / PAGE_FILE


def file_name(name: str) -> str:
    """Make a file's name of a title: its letters and digits, joined by hyphens."""
    return "-".join(re.findall(r"[^\W_]+", name.casefold()))


def label_of(key: tuple[str, str]) -> str:
    """Name a method and a measure in one."""
    return f"{key[0]} – {key[1]}"


def print_table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Print a table as `ReportFolder.table` shows it."""
    print(set_columns([header, *([show(cell) for cell in row] for row in rows)]))


def show(cell: Cell) -> str:
    """Set a cell as people read it."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    if isinstance(cell, float):
        return f"{cell:.3f}" if abs(cell) < 10 else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _page_template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"shown": show, "words": _words}
    return environment.get_template(PAGE_TEMPLATE)


def _words(setting: object) -> str:
    """Set a setting as people read it."""
    if isinstance(setting, list | tuple):
        return ", ".join(map(str, setting)) or "none"
    return "none" if setting is None else str(setting)


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


def _thumbnail(image: Image) -> str:
    small = resize_to_long_side(image, THUMBNAIL_SIDE_PX)
    return _embedded(encode_jpeg(small, quality=THUMBNAIL_QUALITY))


def _embedded(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
