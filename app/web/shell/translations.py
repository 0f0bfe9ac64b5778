"""Translations: ``translations/<language>/LC_MESSAGES/messages.po``, compiled.

Flask-Babel reads compiled catalogues only. They are made from the texts beside them
when the application starts, so there is no command to forget.
"""

import hashlib
import logging
import os
from functools import cache
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
    """Return a short hash of all translations.

    Of the texts only: what is compiled may come and go beside them.
    """
    digest = hashlib.sha256()
    for path in catalogues():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:6]


def compile_catalogues(folder: Path = TRANSLATIONS) -> None:
    """Compile what has changed since it was compiled.

    Where the folder cannot be written, pages speak English, and the log says why.
    """
    for source in catalogues(folder):
        try:
            compile_catalogue(source, source.with_suffix(".mo"))
        except OSError as error:
            logger.warning("%s is not compiled: %s", source, error)


def compile_catalogue(source: Path, compiled: Path) -> None:
    """Compile one catalogue, unless it was compiled from this very state.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    changed = source.stat().st_mtime_ns
    if compiled.exists() and compiled.stat().st_mtime_ns == changed:
        return
    with source.open("rb") as file:
        catalogue = read_po(file)
    with staged_file(compiled) as target:
        write_mo(target, catalogue)
        target.flush()
        os.utime(target.fileno(), ns=(changed, changed))
