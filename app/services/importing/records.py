"""Records of works, read from the rows of a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from app.models.languages import parted
from app.services.collection.content.layout import RICH
from app.services.collection.exporting import WITHDRAWN
from app.services.collection.labels import DETAIL, LABEL_COLUMNS, MAX_ACCESSION_LENGTH
from app.services.collection.spreadsheets import original
from app.services.collection.subjects import (
    SHOWS,
    UnknownSubjectError,
    normal_statement,
)
from app.services.importing.columns.codes import settle_codes
from app.services.importing.columns.formats import ACCESSION, IMAGE, OURS, WGA
from app.services.importing.columns.made import number_from, wga_pictures
from app.services.importing.columns.picture_cells import pictures_in, says_nothing
from app.services.importing.columns.reading import Reading
from app.services.importing.columns.systems import JOINTS
from app.services.importing.media.cells import media_columns, media_in
from app.services.importing.media.said import SaidMedia
from app.services.importing.messages import Remark
from app.services.importing.standards.texts import (
    rich_text,
    text_of_cell,
    without_markup,
)
from app.services.importing.tables.cells import is_exponent, visible
from app.services.importing.tables.reader import TableRow

BETWEEN = "\n\n"
"""Between what two columns say in the same field and language."""
MOST_SHOWN = 80
"""Characters of a cell that are shown in a remark."""


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
    about : dict of str to str
        What is said of these pictures and not of the work, by name.
    media : list of SaidMedia
        Its audio, video and links.
    withdrawn : str
        Since when, in our own export; "" where it is on show.
    is_further : bool
        Whether an earlier row says what the work is, and this one only shows a view.
    fault : Remark or None
        Why the row cannot be used.
    identifier : str
        By which its source knows it, whatever its accession number; "" in a table.
    is_gone : bool
        Whether its source says that it has the work no more.
    remarks : list of Remark
        What else is to be said of it.
    absent : frozenset of str
        Facts that the table has a column for, and this row is too short for.
    """

    number: int
    accession: str = ""
    label: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)
    withdrawn: str = ""
    is_further: bool = False
    fault: Remark | None = None
    identifier: str = ""
    is_gone: bool = False
    remarks: list[Remark] = field(default_factory=list)
    absent: frozenset[str] = frozenset()
    media: list[SaidMedia] = field(default_factory=list)

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
            "about": self.about,
            WITHDRAWN: self.withdrawn,
            "is_further": self.is_further,
            "identifier": self.identifier,
            "is_gone": self.is_gone,
            "remarks": [[one.code, dict(one.facts)] for one in self.remarks],
            "absent": sorted(self.absent),
            "media": [one.to_json() for one in self.media],
        }
        return {name: value for name, value in kept.items() if value}

    @classmethod
    def from_json(cls, number: int, accession: str, kept: Mapping[str, Any]) -> Self:
        """Return what :meth:`to_json` was made from."""
        kept = dict(kept)
        remarks = [Remark(code, facts) for code, facts in kept.pop("remarks", ())]
        absent = frozenset(kept.pop("absent", ()))
        media = [SaidMedia.from_json(one) for one in kept.pop("media", ())]
        record = cls(number, accession, **kept, remarks=remarks, absent=absent)
        record.media = media
        return record


def read_records(rows: Iterable[TableRow], reading: Reading) -> Iterator[Record]:
    """Yield what each row says, as the reading has it."""
    reader = RecordReader(reading)
    for row in rows:
        yield Record(row.line, fault=row.fault) if row.fault else reader.read(row)


class RecordReader:
    """Reader of rows as a reading has them.

    Parameters
    ----------
    reading : Reading
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._is_ours = reading.format == OURS
        self._labels = [
            (name, [c for c, meant in reading.columns.items() if meant == name])
            for name in LABEL_COLUMNS
            if name in reading.labels
        ]
        self._details = [
            (column, original(name) if self._is_ours else name)
            for column, name in reading.details.items()
        ]
        self._content = reading.content.keys()
        self._plain = self._plain_reading()
        self._about = list(reading.about_pictures.items())
        self._media = media_columns(reading.columns)
        self._columns = {
            meant: [c for c, one in reading.columns.items() if one == meant]
            for meant in (ACCESSION, IMAGE, SHOWS, WITHDRAWN)
        }

    def read(self, row: TableRow) -> Record:
        """Return what a row says."""
        values: Mapping[str, str] = row.values
        if self._is_ours:
            values = {name: original(value) for name, value in values.items()}
        record = Record(row.line, remarks=list(row.remarks))
        for name, columns in self._labels:
            said = (
                self._plain(values[column]) for column in columns if column in values
            )
            record.label[name] = "; ".join(filter(None, said))
        record.details = self._details_of(values)
        record.remarks += settle_codes(record.details)
        _fill_label(record, self._reading.labels)
        record.about = {
            name: value.strip()
            for column, name in self._about
            if (value := values.get(column, "")) and not value.isspace()
        }
        if len(values) < len(self._reading.columns):
            self._note_absent(record, values)
        for column in self._columns[ACCESSION]:
            _number(record, values.get(column, ""))
        for column in self._columns[IMAGE]:
            _pictures(record, column, values.get(column, ""))
        for column in self._columns[SHOWS]:
            record.label[SHOWS] = values.get(column, "").strip()
        for column in self._columns[WITHDRAWN]:
            record.withdrawn = values.get(column, "").strip()
        if self._media:
            record.media, remarks = media_in(values, self._media)
            record.remarks += remarks
        if self._reading.accession_from and not record.accession:
            made_from = values.get(self._reading.accession_from, "")
            _number(record, number_from(made_from))
        if self._reading.format == WGA:
            record.images = wga_pictures(record.label.get("source", ""))
        if record.about and not record.images:  # nothing is lost
            record.details |= record.about
            record.about = {}
        record.fault = fault_of(record) or _normalise_statement(record)
        return record

    def _plain_reading(self) -> Callable[[str], str]:
        """Return how the text of a cell is read: our own export is as it is."""
        if self._is_ours:
            return str.strip
        joints = JOINTS.get(self._reading.format, ())
        return partial(text_of_cell, joints=joints)

    def _details_of(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the details of a row; two columns for one of them are both kept."""
        found: dict[str, str] = {}
        for column, name in self._details:
            value = values.get(column, "")
            if not value or value.isspace():
                continue
            if column in self._content:
                value = value.strip()
            if not self._is_ours:
                is_rich = parted(name)[0] in RICH
                value = _rich_cell(value) if is_rich else without_markup(value)
            before = found.get(name)
            is_new = before is not None and value not in before.split(BETWEEN)
            found[name] = f"{before}{BETWEEN}{value}" if is_new else before or value
        return found

    def _note_absent(self, record: Record, values: Mapping[str, str]) -> None:
        """Keep in mind what a short row does not say: that is not blank."""
        absent = {
            f"{DETAIL}{name}" for column, name in self._details if column not in values
        }
        for name, columns in self._labels:
            if not any(column in values for column in columns):
                absent.add(name)
                del record.label[name]
        record.absent = frozenset(absent)


def _rich_cell(value: str) -> str:
    # A museum's own table may lead to its own pages.
    return rich_text(value, has_own_links=True)


def _fill_label(record: Record, labels: frozenset[str]) -> None:
    """Let a label that has no column say what its first language says."""
    for name, value in record.details.items():
        field, language = parted(name)
        if language and field in LABEL_COLUMNS and field not in labels:
            record.label.setdefault(field, value)


def _number(record: Record, cell: str) -> None:
    """Take a work's accession number from a cell."""
    blank = cell.strip()
    record.accession = visible(cell) if not blank.isascii() else blank
    if record.accession != blank:
        record.remarks.append(Remark("invisible", {"value": record.accession}))
    if is_exponent(record.accession):
        record.remarks.append(Remark("exponent", {"value": record.accession}))


def _pictures(record: Record, column: str, cell: str) -> None:
    """Take the names of a work's pictures from a cell, and say if it has none."""
    if not cell or cell.isspace():
        return
    found = pictures_in(visible(cell) if not cell.isascii() else cell)
    record.images += [name for name in found if name not in record.images]
    if not found and not says_nothing(cell):
        facts = {"column": column, "value": cell.strip()[:MOST_SHOWN]}
        record.remarks.append(Remark("no_picture_in_cell", facts))


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
