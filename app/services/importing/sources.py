"""Sources of imports: tables, ZIP files, folders and manifests, opened alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _

from app.configuration.load import Folders, image_settings
from app.models import ImportRun
from app.retrieval.settings import ImageSettings
from app.services.importing.columns.finding import open_likeliest, open_tables
from app.services.importing.columns.picture_cells import WEB
from app.services.importing.columns.reading import Reading
from app.services.importing.pictures.archive import (
    DOCUMENT_ENDINGS,
    Archive,
)
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.pictures.shared_folder import shared_file
from app.services.importing.pictures.source import (
    NoPictures,
    PictureSource,
    SourceError,
)
from app.services.importing.records import Record, read_records
from app.services.importing.standards.documents import (
    ACCEPT,
    DOCUMENT_BYTES,
    DOCUMENT_SECONDS,
    Library,
)
from app.services.importing.standards.harvest import Harvest
from app.services.importing.standards.opening import (
    read_address,
    read_documents,
    recognised,
)
from app.services.importing.tables.choice import TableChoice
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.kinds import FileKind
from app.services.importing.tables.kinds import kind_of as file_kind
from app.services.importing.tables.reader import Table
from app.services.importing.tables.workbook import is_workbook
from app.services.media.opening import MediaStores, open_stores
from app.services.system.links.fetching import LinkReader

WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".ods")
PACKED = b"PK\x03\x04"
"""Begins ZIP files, and workbooks."""
TABLE = "table"
"""Key, in ``ImportRun.mapping``, of how the table is read."""
RECORDING_SECONDS = 600.0
"""For one recording."""
RECORDINGS = "audio/*, video/*"
"""What is asked for then."""
DOCUMENTS = (FileKind.JSON, FileKind.XML)
"""Kinds of files that standards are written in."""


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
    pictures, documents, recordings : LinkReader or None
        Fetch by address; None where that is switched off.
    recording_bytes : int
        Of a recording at most.
    language : str
        Code of the site's language, in which texts are wanted.
    """

    folders: Folders
    media: MediaStores
    shared: Path | None
    limits: ImageSettings
    pictures: LinkReader | None
    documents: LinkReader | None
    recordings: LinkReader | None
    recording_bytes: int
    language: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "ImportContext":
        """Return what the configuration says."""
        limits = image_settings(config)
        follows = config["MORELLI_LINKS"]
        folders = Folders(config["MORELLI_INSTANCE"])
        most = config["MORELLI_MAX_RECORDING_MB"] * 1_000_000
        return cls(
            folders,
            open_stores(config["MORELLI_MEDIA_URL"], folders),
            config["MORELLI_IMPORT_FOLDER"],
            limits,
            LinkReader(limits.max_bytes) if follows else None,
            LinkReader(DOCUMENT_BYTES, seconds=DOCUMENT_SECONDS, accept=ACCEPT)
            if follows
            else None,
            LinkReader(most, seconds=RECORDING_SECONDS, accept=RECORDINGS)
            if follows
            else None,
            most,
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
    files : sequence of str
        Names of the tables in a ZIP file.
    harvest : Harvest or None
        Of what is asked again and again: whether all of it was listed.
    """

    table: Table | None
    pictures: PictureSource
    records: Callable[[Reading], Iterator[Record]]
    files: Sequence[str] = ()
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
        choice = TableChoice.from_json(run.mapping.get(TABLE, {}))
        path = _path_of(run, import_context)
        open_file = partial(_open_sent, run, import_context)
        if path is not None:
            open_file = partial(open_path, path)
        limits = import_context.limits
        if _is_archive(open_file):
            with open_file() as file, closing(Archive(file, limits)) as archive:
                names = archive.table_names
                if names:
                    table = open_tables(names, archive.open_table, choice)
                    yield of_table(table, archive, names)
                else:
                    yield _of_documents(archive, import_context)
            return
        pictures: PictureSource = NoPictures()
        if path is not None:
            pictures = FolderPictures(path.parent, limits)
        if path is not None and path.suffix.lower() in DOCUMENT_ENDINGS:
            yield _of_document(open_file, pictures, import_context)
        else:
            yield of_table(open_likeliest(open_file, choice), pictures)
    except TableError as error:
        raise SourceError(str(error)) from error


def kind_of(name: str, start: bytes) -> SourceKind:
    """Tell what an uploaded file is, by what it begins with and how it is called."""
    if start.startswith(PACKED):
        is_book = name.lower().endswith(WORKBOOK_ENDINGS)
        return SourceKind.TABLE if is_book else SourceKind.ZIP
    if name.lower().endswith(DOCUMENT_ENDINGS) or file_kind(start) in DOCUMENTS:
        return SourceKind.STANDARD
    return SourceKind.TABLE


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


def _is_archive(open_file: Callable[[], BinaryIO]) -> bool:
    """Tell whether a file, whatever its name, is a ZIP file and no workbook."""
    with open_file() as file:
        return file.read(4) == PACKED and not is_workbook(file)


def of_table(
    table: Table, pictures: PictureSource, files: Sequence[str] = ()
) -> Source:
    """Return the source of a table's records, with pictures that lie elsewhere.

    Parameters
    ----------
    files : sequence of str
        Names of the tables in a ZIP file.
    """

    def records(reading: Reading) -> Iterator[Record]:
        return read_records(table.rows(), reading)

    return Source(table, pictures, records, files)


def open_path(path: Path) -> BinaryIO:
    """Open a file to be read as bytes, or raise ``SourceError``."""
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

    return Source(None, NoPictures(), records, harvest=harvest)


def _of_document(
    open_file: Callable[[], BinaryIO],
    pictures: PictureSource,
    import_context: ImportContext,
) -> Source:
    library = Library(import_context.documents)
    read = partial(recognised(open_file), library, import_context.language)
    return Source(None, pictures, lambda _reading: read(Harvest()))


def _of_documents(archive: Archive, import_context: ImportContext) -> Source:
    """Return the source of all documents in a ZIP file, one after the other."""
    read = partial(
        read_documents,
        archive.documents,
        archive.open_document,
        Library(import_context.documents),
        import_context.language,
    )
    return Source(None, archive, lambda _reading: read())
