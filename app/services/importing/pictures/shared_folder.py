"""Folder on the server that may be imported from, where an operator has set one."""

from itertools import islice
from pathlib import Path

from flask_babel import lazy_gettext as _

from app.services.importing.pictures.archive import DOCUMENT_ENDINGS, TABLE_ENDINGS
from app.services.importing.pictures.source import SourceError

ARCHIVE_ENDINGS = (".zip",)
MOST_LISTED = 500
"""Files of the folder on the server that are offered."""
MOST_SCANNED = 50_000
"""Files of that folder that are looked at for it: half a second."""


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
