"""Sources of imports: tables, ZIP files, folders and manifests, opened alike."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _

from app.configuration.load import Folders, image_settings
from app.models import ImportRun
from app.retrieval.settings import ImageSettings
from app.services.importing.formats import ACCESSION, Reading
from app.services.importing.messages import Remark
from app.services.importing.pictures import (
    DOCUMENT_ENDINGS,
    TABLE_ENDINGS,
    Archive,
    FolderPictures,
    NoPictures,
    PictureSource,
    SourceError,
)
from app.services.importing.records import WEB, Record, read_records
from app.services.importing.standards.documents import (
    ACCEPT,
    DOCUMENT_BYTES,
    DOCUMENT_SECONDS,
    Library,
)
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.opening import (
    is_document,
    read_address,
    read_document,
)
from app.services.importing.tables import Table, TableError, open_table
from app.services.media.opening import MediaStores, open_stores
from app.services.system.fetching import LinkReader

ARCHIVE_ENDINGS = (".zip",)
MOST_LISTED = 500
"""Files of the folder on the server that are offered."""
MOST_SCANNED = 50_000
"""Files of that folder that are looked at for it: half a second."""


class SourceKind(StrEnum):
    """Kind of what an import comes from, as ``ImportRun.source`` keeps it."""

    TABLE = "table"
    ZIP = "zip"
    FOLDER = "folder"
    SHELL = "shell"
    """A path anywhere, which only who has the server's shell can name."""
    STANDARD = "standard"
    """A document of IIIF, LIDO or Linked Art, or the address of a source of such."""


@dataclass(frozen=True, slots=True)
class ImportContext:
    """Surroundings of all imports: where sources are, and what is accepted.

    Attributes
    ----------
    folders : Folders
    media : MediaStores
    shared : Path or None
        Folder on the server that may be imported from.
    limits : ImageSettings
        On one picture.
    pictures, documents : LinkReader or None
        Fetch by address; None where that is switched off.
    language : str
        Code of the site's language, in which texts are wanted.
    """

    folders: Folders
    media: MediaStores
    shared: Path | None
    limits: ImageSettings
    pictures: LinkReader | None
    documents: LinkReader | None
    language: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "ImportContext":
        """Return what the configuration says."""
        limits = image_settings(config)
        follows = config["MORELLI_LINKS"]
        folders = Folders(config["MORELLI_INSTANCE"])
        return cls(
            folders,
            open_stores(config["MORELLI_MEDIA_URL"], folders),
            config["MORELLI_IMPORT_FOLDER"],
            limits,
            LinkReader(limits.max_bytes) if follows else None,
            LinkReader(DOCUMENT_BYTES, seconds=DOCUMENT_SECONDS, accept=ACCEPT)
            if follows
            else None,
            config["MORELLI_LANGUAGE"],
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Open source of records and of their pictures.

    Attributes
    ----------
    table : Table or None
        None if it is no table.
    pictures : PictureSource
    records : callable
        Yields the records anew, as a reading has them.
    harvest : Harvest or None
        Of what is asked again and again: whether all of it was listed.
    """

    table: Table | None
    pictures: PictureSource
    records: Callable[[Reading], Iterator[Record]]
    harvest: Harvest | None = None


@contextmanager
def opened(run: ImportRun, import_context: ImportContext) -> Iterator[Source]:
    """Open what a run imports from, for a while.

    Raises
    ------
    SourceError
        If it is not there or cannot be used.
    """
    try:
        if run.source == SourceKind.STANDARD:
            yield _standard(run, import_context)
            return
        path = _path_of(run, import_context)
        open_file = partial(_open_sent, run, import_context)
        if path is not None:
            open_file = partial(_open_file, path)
        limits = import_context.limits
        if PurePath(run.location).suffix.lower() in ARCHIVE_ENDINGS:
            with open_file() as file, closing(Archive(file, limits)) as archive:
                if archive.table_name:
                    yield _of_table(open_table(archive.open_table), archive)
                else:
                    yield _of_documents(archive, import_context)
            return
        pictures: PictureSource = NoPictures()
        if path is not None:
            pictures = FolderPictures(path.parent, limits)
        if path is not None and path.suffix.lower() in DOCUMENT_ENDINGS:
            yield _of_document(open_file, pictures, import_context)
        else:
            yield _of_table(open_table(open_file), pictures)
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
    if shared is None or not shared.is_dir():
        return []
    endings = (*TABLE_ENDINGS, *ARCHIVE_ENDINGS, *DOCUMENT_ENDINGS)
    scanned = islice(shared.rglob("*"), MOST_SCANNED)
    found = (path for path in scanned if path.suffix.lower() in endings)
    return sorted(
        path.relative_to(shared).as_posix() for path in islice(found, MOST_LISTED)
    )


def kind_of(name: str, start: bytes) -> SourceKind:
    """Tell what an uploaded file is, by what it begins with and how it is called."""
    if start.startswith(b"PK\x03\x04"):
        return SourceKind.ZIP
    if name.lower().endswith(DOCUMENT_ENDINGS) or is_document(start):
        return SourceKind.STANDARD
    return SourceKind.TABLE


def open_beside(
    catalogue: Path, pictures: FolderPictures, *, encoding: str = ""
) -> tuple[Table, Source]:
    """Open a table and a folder of pictures that an operator names.

    Parameters
    ----------
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
        table = open_table(partial(_open_file, catalogue), encoding)
    except TableError as error:
        raise SourceError(f"The catalogue {catalogue} is no table. {error}") from error
    return table, _of_table(table, pictures)


def check_pictured(catalogue: Path, reading: Reading) -> None:
    """Raise ``SourceError`` unless a table names works and says how they look."""
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


def _path_of(run: ImportRun, import_context: ImportContext) -> Path | None:
    """Return where the file lies that a run names; None of one that was sent."""
    if run.source == SourceKind.FOLDER:
        return shared_file(import_context.shared, run.location)
    if run.source == SourceKind.SHELL:
        return Path(run.location)
    return None


def _open_sent(run: ImportRun, import_context: ImportContext) -> BinaryIO:
    try:
        return import_context.media.imports.open(run.location).file
    except OSError as error:
        raise SourceError(_("The file is not there any more.")) from error


def _of_table(table: Table, pictures: PictureSource) -> Source:
    return Source(table, pictures, lambda reading: read_records(table.rows(), reading))


def _open_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(_("The file is not there any more.")) from error


def _standard(run: ImportRun, import_context: ImportContext) -> Source:
    """Return the source of a run of documents; nothing is fetched yet."""
    if not run.location.startswith(WEB):
        open_file = partial(_open_sent, run, import_context)
        return _of_document(open_file, NoPictures(), import_context)
    harvest = Harvest(run.catalogue.mark if run.catalogue else "")
    library = Library(import_context.documents)
    start = partial(read_address, run.location, library, import_context.language)

    def records(_reading: Reading) -> Iterator[Record]:
        for record in start(harvest):
            # Without knowing it from before nobody can say which work is meant.
            if run.catalogue is not None or not record.is_gone:
                yield record

    return Source(None, NoPictures(), records, harvest)


def _of_document(
    open_file: Callable[[], BinaryIO],
    pictures: PictureSource,
    import_context: ImportContext,
) -> Source:
    library = Library(import_context.documents)
    read = partial(read_document, open_file, library, import_context.language)
    return Source(None, pictures, lambda _reading: read(Harvest()))


def _of_documents(archive: Archive, import_context: ImportContext) -> Source:
    """Return the source of all documents in a ZIP file, one after the other."""
    library = Library(import_context.documents)

    def records(_reading: Reading) -> Iterator[Record]:
        number = 0
        for name in archive.documents:
            open_file = partial(archive.open_document, name)
            before = number
            try:
                for record in read_document(
                    open_file, library, import_context.language, Harvest()
                ):
                    record.number = number = before + record.number
                    yield record
            except SourceError as error:
                number += 1
                facts = {"name": name, "reason": str(error)}
                yield Record(number, fault=Remark("file_unusable", facts))

    return Source(None, archive, records)
