"""Records of works, read from the rows of a table."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Self
from urllib.parse import urlsplit

from app.services.collection.exporting import WITHDRAWN, original
from app.services.collection.labels import DETAIL, LABEL_COLUMNS, MAX_ACCESSION_LENGTH
from app.services.collection.subjects import (
    SHOWS,
    UnknownSubjectError,
    normal_statement,
)
from app.services.importing.columns.formats import ACCESSION, IMAGE, OURS, WGA, Reading
from app.services.importing.messages import Remark
from app.services.importing.tables.reader import TableRow

WEB = ("http://", "https://")
ADDRESS = re.compile(r'"(https?://[^"]+)"')


@dataclass(slots=True)
class Record:
    """Record of what one row says of a work.

    Attributes
    ----------
    number : int
        Line of the file, or position in a manifest.
    accession : str
    label : dict of str to str
        Those fields of the label that the table has; in our own export also ``SHOWS``.
    details : dict of str to str
        Further facts that are not blank, by name.
    images : list of str
        Where its pictures are: names or addresses.
    withdrawn : str
        Since when, in our own export; "" where it is on show.
    is_further : bool
        Whether an earlier row says what the work is, and this one only shows a view.
    fault : Remark or None
        Why the row cannot be used.
    """

    number: int
    accession: str = ""
    label: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    withdrawn: str = ""
    is_further: bool = False
    fault: Remark | None = None

    @property
    def facts(self) -> dict[str, str]:
        """Label and details, by names as ``labels.fact_of`` has them."""
        details = {f"{DETAIL}{name}": value for name, value in self.details.items()}
        return {**self.label, **details}

    def to_json(self) -> dict[str, Any]:
        """Return what ``ImportRow.values`` keeps."""
        kept = {
            "label": self.label,
            "details": self.details,
            "images": self.images,
            WITHDRAWN: self.withdrawn,
            "is_further": self.is_further,
        }
        return {name: value for name, value in kept.items() if value}

    @classmethod
    def from_json(cls, number: int, accession: str, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`to_json` was made from."""
        return cls(number, accession, **kept)


def read_records(rows: Iterable[TableRow], reading: Reading) -> Iterator[Record]:
    """Yield what each row says, as the reading has it."""
    for row in rows:
        yield Record(row.line, fault=row.fault) if row.fault else _read(row, reading)


def _read(row: TableRow, reading: Reading) -> Record:
    values = row.values
    if reading.format == OURS:
        values = {name: original(value) for name, value in values.items()}
    record = Record(row.line)
    label: dict[str, list[str]] = {name: [] for name in reading.labels}
    for column, meant in reading.columns.items():
        value = values.get(column, "")
        if meant in label and value.strip():
            label[meant].append(value.strip())
        elif meant == ACCESSION:
            record.accession = value.strip()
        elif meant == IMAGE:
            record.images += pictures_in(value)
        elif meant == SHOWS:
            record.label[SHOWS] = value.strip()
        elif meant == WITHDRAWN:
            record.withdrawn = value.strip()
    record.label |= {
        name: "; ".join(label[name]) for name in LABEL_COLUMNS if name in label
    }
    record.details = {
        (original(name) if reading.format == OURS else name): value
        for column, name in reading.details.items()
        if (value := values.get(column, "")).strip()
    }
    if reading.accession_from and not record.accession:
        record.accession = number_from(values.get(reading.accession_from, ""))
    if reading.format == WGA:
        record.images = wga_pictures(record.label.get("source", ""))
    record.fault = fault_of(record) or _normalise_statement(record)
    return record


def _normalise_statement(record: Record) -> Remark | None:
    """Write what a work is stated to show as we do; say so if that cannot be done."""
    if SHOWS in record.label:
        try:
            record.label[SHOWS] = normal_statement(record.label[SHOWS])
        except UnknownSubjectError as error:
            return Remark("no_subject", {"value": str(error)})
    return None


def fault_of(record: Record) -> Remark | None:
    """Say why a record cannot be used; None if it can."""
    if not record.accession:
        return Remark("no_accession")
    if len(record.accession) > MAX_ACCESSION_LENGTH:
        return Remark("long_accession", {"maximum": MAX_ACCESSION_LENGTH})
    if record.withdrawn and moment(record.withdrawn) is None:
        return Remark("no_date", {"value": record.withdrawn})
    return None


def moment(text: str) -> datetime | None:
    """Read a moment as our export writes it; None if it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def pictures_in(value: str) -> list[str]:
    """Return the names or addresses of pictures in a cell, each once.

    Several stand in lines of their own, between upright strokes, or in JSON.
    """
    value = value.strip()
    found: list[str] = []
    if value.startswith(("[", "{")):
        try:
            found = list(_strings(json.loads(value)))
        except ValueError:
            # Databases cut long cells off; the last address is not whole then.
            found = ADDRESS.findall(value)
    else:
        found = [part for line in value.splitlines() for part in line.split("|")]
    return list(dict.fromkeys(part.strip() for part in found if part.strip()))


def is_address(name: str) -> bool:
    """Tell whether a picture is to be fetched from the web."""
    return name.lower().startswith(WEB)


def number_from(value: str) -> str:
    """Make an accession number from an address or a file's name, always the same.

    >>> number_from("http://www.wga.hu/html/p/palma/giovane/1/5apostle.html")
    'p/palma/giovane/1/5apostle'
    >>> number_from("pictures/ge_001.jpg")
    'ge_001'
    """
    value = (pictures_in(value) or [""])[0]
    if not is_address(value):
        return PurePosixPath(value.replace("\\", "/")).stem
    try:
        parts = urlsplit(value)
    except ValueError:
        return value
    path = PurePosixPath(parts.path.removeprefix("/html").strip("/"))
    number = str(path.with_suffix("")) if path.name else parts.netloc
    return f"{number}?{parts.query}" if parts.query else number


def wga_pictures(page: str) -> list[str]:
    """Return where the Web Gallery of Art keeps the picture of one of its pages."""
    if "/html/" not in page or not page.endswith(".html"):
        return []
    return [page.replace("/html/", "/art/", 1).removesuffix(".html") + ".jpg"]


def _strings(found: Any) -> Iterator[str]:
    """Yield the addresses in some JSON: strings, in lists or as members."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for one in found:
            yield from _strings(one)
    elif isinstance(found, dict):
        for one in found.values():
            yield from _strings(one)
