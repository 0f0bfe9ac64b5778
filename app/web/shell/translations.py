"""Compiler of translations: ``translations/<language>/LC_MESSAGES/messages.po``.

Flask-Babel reads compiled catalogues only. They are made from these texts when the
application starts, so there is no command to forget; in the instance folder, since the
program's own folder may be one that only root can write.
"""

import hashlib
import logging
import os
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.configuration.load import ROOT
from app.retrieval.files.atomic import staged_file

logger = logging.getLogger(__name__)

TRANSLATIONS = ROOT / "translations"


def catalogues(folder: Path = TRANSLATIONS) -> list[Path]:
    """Return the translated texts, one file for each language."""
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


@cache
def catalogues_version() -> str:
    """Return a short hash of all translations."""
    digest = hashlib.sha256()
    for path in catalogues():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:6]


def compile_catalogues(target: Path, folder: Path = TRANSLATIONS) -> None:
    """Compile what has changed since it was compiled.

    The target gets a folder for each language, as Flask-Babel wants them. Where it
    cannot be written, pages speak English, and the log says why.
    """
    for source in catalogues(folder):
        path = target / source.relative_to(folder).with_suffix(".mo")
        try:
            compile_catalogue(source, path)
        except OSError as error:
            logger.warning("%s is not compiled: %s", source, error)


def compile_catalogue(source: Path, path: Path) -> None:
    """Compile one catalogue, unless it was compiled from this very state."""
    changed = source.stat().st_mtime_ns
    if path.exists() and path.stat().st_mtime_ns == changed:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with staged_file(path) as target:
        target.write(compiled(source))
        target.flush()
        os.utime(target.fileno(), ns=(changed, changed))


def compiled(source: Path) -> bytes:
    """Return a catalogue as gettext reads it."""
    with source.open("rb") as file:
        catalogue = read_po(file)
    data = BytesIO()
    write_mo(data, catalogue)
    return data.getvalue()
