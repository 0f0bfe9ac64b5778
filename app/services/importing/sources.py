"""What an import reads from: the records, and where their pictures are."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _

from app.configuration.load import Folders
from app.models import ImportRun
from app.retrieval.settings import ImageSettings
from app.services.importing.formats import ACCESSION, Reading
from app.services.importing.iiif import MANIFEST_BYTES, read_manifests
from app.services.importing.pictures import (
    MANIFEST_ENDINGS,
    TABLE_ENDINGS,
    FolderPictures,
    NoPictures,
    PictureSource,
    SourceError,
    opened_archive,
)
from app.services.importing.records import Record, read_records
from app.services.importing.tables import Table, TableError, open_table
from app.services.system.fetching import LinkReader

ARCHIVE_ENDINGS = (".zip",)
MOST_LISTED = 500
"""Files of the folder on the server that are offered."""
MOST_SCANNED = 50_000
"""Files of that folder that are looked at for it: half a second."""
ACCEPT_JSON = "application/ld+json, application/json"


class SourceKind(StrEnum):
    """Where an import comes from, as ``ImportRun.source`` keeps it."""

    TABLE = "table"
    ZIP = "zip"
    FOLDER = "folder"
    SHELL = "shell"
    """A path anywhere, which only who has the server's shell can name."""
    IIIF = "iiif"


@dataclass(frozen=True, slots=True)
class ImportContext:
    """What sources are looked for in.

    Attributes
    ----------
    folders : Folders
    shared : Path or None
        Folder on the server that may be imported from.
    limits : ImageSettings
        On one picture.
    pictures, manifests : LinkReader or None
        Fetch by address; None where that is switched off.
    """

    folders: Folders
    shared: Path | None
    limits: ImageSettings
    pictures: LinkReader | None
    manifests: LinkReader | None

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "ImportContext":
        """Return the surroundings that the configuration names."""
        limits = ImageSettings(max_bytes=config["MAX_CONTENT_LENGTH"])
        pictures = manifests = None
        if config["MORELLI_LINKS"]:
            pictures = LinkReader(limits.max_bytes)
            manifests = LinkReader(MANIFEST_BYTES, accept=ACCEPT_JSON)
        return cls(
            Folders(config["MORELLI_INSTANCE"]),
            config["MORELLI_IMPORT_FOLDER"],
            limits,
            pictures,
            manifests,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """What is imported from, opened.

    Attributes
    ----------
    table : Table or None
        None if it is no table.
    pictures : PictureSource
    records : callable
        Yields the records anew, as a reading has them.
    """

    table: Table | None
    pictures: PictureSource
    records: Callable[[Reading], Iterator[Record]]


@contextmanager
def opened(run: ImportRun, import_context: ImportContext) -> Iterator[Source]:
    """Open what a run imports from, for a while.

    Raises
    ------
    SourceError
        If it is not there or cannot be used.
    """
    try:
        if run.source == SourceKind.IIIF:
            yield _manifests(run, import_context)
        elif run.source == SourceKind.ZIP:
            path = import_context.folders.imports / run.location
            with opened_archive(path, import_context.limits) as archive:
                yield _of_table(archive.open_table, archive)
        elif run.source in (SourceKind.FOLDER, SourceKind.SHELL):
            path = (
                shared_file(import_context.shared, run.location)
                if run.source == SourceKind.FOLDER
                else Path(run.location)
            )
            if path.suffix.lower() in ARCHIVE_ENDINGS:
                with opened_archive(path, import_context.limits) as archive:
                    yield _of_table(archive.open_table, archive)
            else:
                pictures = FolderPictures(path.parent, import_context.limits)
                yield _of_table(_opener(path), pictures)
        else:
            path = import_context.folders.imports / run.location
            yield _of_table(_opener(path), NoPictures())
    except TableError as error:
        raise SourceError(str(error)) from error


def shared_file(shared: Path | None, name: str) -> Path:
    """Return a file of the folder on the server that may be imported from.

    Raises
    ------
    SourceError
        If there is no such folder or file, or it lies elsewhere.
    """
    if shared is None:
        raise SourceError(
            _("No folder may be imported from: see MORELLI_IMPORT_FOLDER.")
        )
    folder = shared.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise SourceError(_("There is no such file in the folder on the server."))
    return path


def shared_files(shared: Path | None) -> list[str]:
    """List the tables and ZIP files of the folder on the server, some hundreds."""
    found: list[str] = []
    if shared is None or not shared.is_dir():
        return found
    for path in islice(shared.rglob("*"), MOST_SCANNED):
        if path.suffix.lower() in (*TABLE_ENDINGS, *ARCHIVE_ENDINGS):
            found.append(path.relative_to(shared).as_posix())
            if len(found) == MOST_LISTED:
                break
    return sorted(found)


def kind_of(name: str, start: bytes) -> SourceKind:
    """Tell what an uploaded file is, by what it begins with and how it is called."""
    if start.startswith(b"PK\x03\x04"):
        return SourceKind.ZIP
    if name.lower().endswith(MANIFEST_ENDINGS) or start.lstrip().startswith(b"{"):
        return SourceKind.IIIF
    return SourceKind.TABLE


def open_beside(
    catalogue: Path, pictures: FolderPictures, *, encoding: str = ""
) -> tuple[Table, Source]:
    """Open a table and a folder of pictures that an operator names.

    Parameters
    ----------
    catalogue : Path
    pictures : FolderPictures
    encoding : str
        Of the table, where detection guesses wrong.

    Raises
    ------
    SourceError
        If the table cannot be read, or the encoding is unknown.
    """
    try:
        with catalogue.open("rb"):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(
            f"The catalogue {catalogue} cannot be read: {reason}."
        ) from error
    try:
        table = open_table(_opener(catalogue), encoding)
    except TableError as error:
        raise SourceError(f"The catalogue {catalogue} is no table. {error}") from error
    return table, _of(table, pictures)


def check_pictured(catalogue: Path, reading: Reading) -> None:
    """Refuse a table that does not say which works it is about, or how they look.

    Raises
    ------
    SourceError
    """
    meant = reading.columns.values()
    missing = []
    if ACCESSION not in meant and not reading.accession_from:
        missing.append("the accession number")
    if not reading.has_pictures:
        missing.append("the picture")
    if missing:
        raise SourceError(
            f"The catalogue {catalogue} has no column for {' and '.join(missing)}. "
            f"Its first line names: {', '.join(reading.columns)}."
        )


def _of_table(open_file: Callable[[], BinaryIO], pictures: PictureSource) -> Source:
    return _of(open_table(open_file), pictures)


def _of(table: Table, pictures: PictureSource) -> Source:
    return Source(table, pictures, lambda reading: read_records(table.rows(), reading))


def _opener(path: Path) -> Callable[[], BinaryIO]:
    def open_file() -> BinaryIO:
        try:
            return path.open("rb")
        except OSError as error:
            raise SourceError(_("The file is not there any more.")) from error

    return open_file


def _manifests(run: ImportRun, import_context: ImportContext) -> Source:
    if run.location.startswith(("http://", "https://")):
        start: str | bytes = run.location
    else:
        try:
            path = import_context.folders.imports / run.location
            if path.stat().st_size > MANIFEST_BYTES:
                raise SourceError(_("The file is too large to be a manifest."))
            start = path.read_bytes()
        except OSError as error:
            raise SourceError(_("The file is not there any more.")) from error
    return Source(
        None,
        NoPictures(),
        lambda _reading: read_manifests(start, import_context.manifests),
    )
