"""Catalogue files: a museum's list of works as CSV, whoever exported it.

Reads and checks the file; knows nothing of the database. A row that cannot be used
is named with its line and its reason and left out, and the rest is read.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from app.services.system.encoding import decode_text, is_undecoded

COLUMNS = (
    "accession",
    "image",
    "title",
    "artist",
    "date",
    "technique",
    "type",
    "school",
    "location",
    "source",
    "rights",
)
NEEDED_COLUMNS = ("accession", "image", "title")
LABEL_COLUMNS = tuple(name for name in COLUMNS if name not in {"accession", "image"})
"""What a label says of a work; any of it may be blank, except the title's column."""

SEPARATORS = (",", ";", "\t")
MAX_ACCESSION_LENGTH = 255
"""Characters that the database keeps of an accession number."""


class CatalogueError(Exception):
    """The catalogue file as a whole cannot be used."""


class UnreadableCatalogueError(CatalogueError):
    """The file cannot be opened or holds no table.

    Attributes
    ----------
    path : Path
    reason : str
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"The catalogue {path} cannot be read: {reason}.")


class MissingColumnsError(CatalogueError):
    """The header lacks columns without which no work can be recorded.

    Attributes
    ----------
    path : Path
    missing, found : tuple of str
        Names of columns.
    """

    def __init__(
        self, path: Path, missing: Sequence[str], found: Sequence[str]
    ) -> None:
        self.path = path
        self.missing = tuple(missing)
        self.found = tuple(found)
        columns = "column" if len(missing) == 1 else "columns"
        super().__init__(
            f"The catalogue {path} has no {columns} {', '.join(missing)}. "
            f"Its first line names: {', '.join(found) or 'nothing'}. "
            f"Needed are {', '.join(NEEDED_COLUMNS)}; also read are "
            f"{', '.join(name for name in COLUMNS if name not in NEEDED_COLUMNS)}."
        )


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One row that can be used: a work and one picture of it.

    Attributes
    ----------
    line : int
        Where it starts in the file; the header is line 1.
    accession : str
    image : PurePosixPath
        Relative to the folder of pictures; never leads out of it.
    label : mapping of str to str
        Those of ``LABEL_COLUMNS`` that the file has; "" where a row says nothing.
    """

    line: int
    accession: str
    image: PurePosixPath
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowFault:
    """One row that could not be used, and why.

    Attributes
    ----------
    line : int
    accession : str
        "" where the row does not say.
    reason : str
        A sentence without its capital and full stop.
    """

    line: int
    accession: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.accession or 'no accession'}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a catalogue file says.

    Attributes
    ----------
    rows : tuple of CatalogueRow
        In the order of the file; several rows of one accession are several views.
    faults : tuple of RowFault
    encoding, separator : str
        How the file was read.
    """

    rows: tuple[CatalogueRow, ...]
    faults: tuple[RowFault, ...]
    encoding: str
    separator: str


def read_catalogue(path: Path, *, encoding: str | None = None) -> Catalogue:
    """Read a catalogue file, finding out its encoding and its separator.

    Parameters
    ----------
    path : Path
        CSV with a header; columns may stand in any order and any case, and further
        columns are passed over.
    encoding : str, optional
        Python's name of the encoding, where detection guesses wrong.

    Raises
    ------
    UnreadableCatalogueError
        If there is no such file, it is empty, or ``encoding`` is unknown.
    MissingColumnsError
        If the header lacks one of ``NEEDED_COLUMNS``.
    """
    try:
        decoded = decode_text(path.read_bytes(), encoding)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableCatalogueError(path, reason) from error
    except LookupError as error:
        raise UnreadableCatalogueError(path, str(error)) from error
    header = _first_line(decoded.text)
    if not header:
        raise UnreadableCatalogueError(path, "it is empty")
    separator = detect_separator(header)
    records = _records(decoded.text, separator)
    _line, names = next(records)
    if isinstance(names, str):
        raise UnreadableCatalogueError(path, f"its first line is broken, {names}")
    columns = [name.strip().casefold() for name in names]
    missing = [name for name in NEEDED_COLUMNS if name not in columns]
    if missing:
        raise MissingColumnsError(path, missing, [name for name in columns if name])
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise UnreadableCatalogueError(path, f"it has two columns named {name}")

    rows: list[CatalogueRow] = []
    faults: list[RowFault] = []
    first_rows: dict[str, list[CatalogueRow]] = {}
    for line, fields in records:
        read = _read_row(line, fields, columns, decoded.encoding)
        if isinstance(read, CatalogueRow):
            read = _check_repeated(read, first_rows.setdefault(read.accession, []))
        if isinstance(read, RowFault):
            faults.append(read)
        else:
            first_rows[read.accession].append(read)
            rows.append(read)
    return Catalogue(tuple(rows), tuple(faults), decoded.encoding, separator)


def detect_separator(header: str) -> str:
    """Return the separator that finds most of our columns in a header line."""

    def found(separator: str) -> tuple[int, int]:
        names = [name.strip(' "').casefold() for name in header.split(separator)]
        return sum(name in COLUMNS for name in names), len(names)

    return max(SEPARATORS, key=found)


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the line each record starts on, and its fields or what is wrong.

    Parsing is strict: a lenient parser silently swallows the rest of the file when a
    quotation mark is never closed. After an error it goes on with the next line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = reader.line_num
            upto = f" (up to line {last})" if last > line else ""
            yield line, f"the quotation marks or line ends are wrong{upto}: {error}"
        else:
            if any(field.strip() for field in fields):
                yield line, fields


def _read_row(
    line: int, fields: list[str] | str, columns: Sequence[str], encoding: str
) -> CatalogueRow | RowFault:
    """Check one record on its own."""
    if isinstance(fields, str):
        return RowFault(line, "", fields)
    values = {name: field.strip() for name, field in zip(columns, fields, strict=False)}
    accession = values.get("accession", "")
    reason = _fault_of(values, fields, columns, encoding)
    if reason:
        readable = "".join("?" if is_undecoded(c) else c for c in accession)
        return RowFault(line, readable, reason)
    image = relative_path(values["image"])
    if image is None:
        reason = f"the picture {values['image']} lies outside the folder of pictures"
        return RowFault(line, accession, reason)
    label = {name: values.get(name, "") for name in LABEL_COLUMNS if name in columns}
    return CatalogueRow(line, accession, image, label)


def _fault_of(
    values: Mapping[str, str],
    fields: Sequence[str],
    columns: Sequence[str],
    encoding: str,
) -> str:
    """Say what makes a record unusable; "" if nothing does."""
    if any(field.strip() for field in fields[len(columns) :]):
        return (
            f"it has {len(fields)} fields, the first line {len(columns)} "
            "(a separator inside a text needs quotation marks)"
        )
    for name, value in values.items():
        if name in COLUMNS and any(map(is_undecoded, value)):
            return f"the {name} holds bytes that are not text in {encoding}"
        if name in COLUMNS and "\0" in value:
            return f"the {name} holds a zero byte"
    for name in ("accession", "image"):
        if not values.get(name):
            return f"the {name} is blank"
    if len(values["accession"]) > MAX_ACCESSION_LENGTH:
        return f"the accession has more than {MAX_ACCESSION_LENGTH} characters"
    return ""


def relative_path(text: str) -> PurePosixPath | None:
    """Read a picture's path, written for any system; None if it leads elsewhere."""
    windows = PureWindowsPath(text)
    if windows.drive or windows.root or ".." in windows.parts or not windows.parts:
        return None
    return PurePosixPath(*windows.parts)


def _check_repeated(
    row: CatalogueRow, earlier: Sequence[CatalogueRow]
) -> CatalogueRow | RowFault:
    """Tell a further view of a work from a repeated or contradictory row.

    A further view may leave its label blank; what it says must agree with the first.
    """
    for other in earlier:
        if other.image == row.image:
            reason = f"it repeats line {other.line} (same accession, same picture)"
            return RowFault(row.line, row.accession, reason)
    for name, value in row.label.items():
        if earlier and value and value != earlier[0].label[name]:
            reason = (
                f"line {earlier[0].line} has the same accession with another {name} "
                f"({earlier[0].label[name] or 'blank'!r} there, {value!r} here)"
            )
            return RowFault(row.line, row.accession, reason)
    return row
