"""Names of pictures, compared in the spellings that a table may use.

Tables name pictures as they were called where the table was written: on a drive, with
the ending of the master, or with none, in letters that another system writes another
way. Names are only ever compared with the names that are there, so none leads out of
what was given.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import NamedTuple

from app.services.importing.messages import Remark
from app.services.importing.pictures.source import PictureError

PICTURE_ENDINGS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".mpo"),
    *(".png", ".apng", ".webp", ".heic", ".heif", ".hif", ".avif", ".jxl"),
    *(".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    *(".tif", ".tiff", ".btf", ".tf8", ".bmp", ".dib", ".gif"),
)
"""By which a name may end in one place and not, or otherwise, in another. What a file
is, is told by its content."""
MOST_NAMED = 3
"""Candidates that are named where there are several."""


class FoundName(NamedTuple):
    """Name of a picture that is there, for one in a table.

    Attributes
    ----------
    name : str
        Whole, as it is there.
    is_elsewhere : bool
        Whether it lies in other folders than the table says.
    """

    name: str
    is_elsewhere: bool = False


class PictureNames:
    """Index of picture names, by the spellings that a table may use.

    Parameters
    ----------
    names : iterable of str
        Of all files that may be pictures, with ``/`` between folders.
    beside : str
        Folder of the table, which names in it start from; "" for the root.
    spellings : mapping of str to sequence of str, optional
        What else a name may be read as, where its encoding is not known.
    """

    def __init__(
        self,
        names: Iterable[str],
        beside: str = "",
        spellings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._beside = beside
        self._paths: dict[str, str] = {}
        self._files: dict[str, list[str]] = {}
        self._stems: dict[str, list[str]] = {}
        self._folders: dict[str, set[tuple[str, ...]]] = {}
        others = spellings or {}
        for name in names:
            for spelling in dict.fromkeys((name, *others.get(name, ()))):
                self._add(name, spelling)

    def find(self, name: str) -> FoundName:
        """Return the picture that a table calls so.

        The same path comes first, then the same name in folders that agree as far as
        both have any, then the same name without its ending or by another one, and
        last the same name anywhere.

        Raises
        ------
        PictureError
            If it is not there, or several are called so.
        """
        parts = _parts(name)
        if not parts:
            raise PictureError(Remark("picture_missing", {"name": name}))
        path = _plain("/".join(parts))
        for start in (self._beside, ""):
            if found := self._paths.get(_plain(str(PurePosixPath(start, path)))):
                return FoundName(found)
        *folders, file = path.split("/")
        same_name = self._files.get(file, [])
        same_stem = self._stems.get(stem_of(file), [])
        for called in (same_name, same_stem):
            fitting = self._agreeing(called, folders)
            if fitting:
                return FoundName(_only(name, fitting))
        # The folders of a foreign path say nothing of where pictures lie here.
        if is_foreign(name):
            for called in (same_name, same_stem):
                if called:
                    return FoundName(_only(name, called), is_elsewhere=True)
        raise PictureError(Remark("picture_missing", {"name": name}))

    def _add(self, name: str, spelling: str) -> None:
        plain = _plain(spelling)
        *folders, file = plain.split("/")
        self._paths.setdefault(plain, name)
        self._folders.setdefault(name, set()).add(tuple(folders))
        called = [self._files.setdefault(file, [])]
        if file.endswith(PICTURE_ENDINGS):
            called.append(self._stems.setdefault(stem_of(file), []))
        for names in called:
            if name not in names:
                names.append(name)

    def _agreeing(self, names: Sequence[str], folders: Sequence[str]) -> list[str]:
        """Return the names whose folders agree with others, the last ones first.

        Of several those that have most in common.
        """
        most, best = -1, list[str]()
        for name in names:
            for own in self._folders[name]:
                count = min(len(own), len(folders))
                if tuple(folders[len(folders) - count :]) != own[len(own) - count :]:
                    continue
                if count > most:
                    most, best = count, []
                if count == most and name not in best:
                    best.append(name)
        return best


def relative_path(text: str) -> PurePosixPath | None:
    """Read a picture's path, written for any system; None if it leads elsewhere."""
    windows = PureWindowsPath(text.strip())
    if windows.drive or windows.root or ".." in windows.parts or not windows.parts:
        return None
    return PurePosixPath(*windows.parts)


def is_foreign(text: str) -> bool:
    """Tell whether a path starts from somewhere else than what was given."""
    return relative_path(text) is None


def stem_of(name: str) -> str:
    """Return a file's name without the ending that pictures have.

    >>> stem_of("1999.12.3.tif"), stem_of("1999.12.3")
    ('1999.12.3', '1999.12.3')
    """
    ending = PurePosixPath(name).suffix
    return name.removesuffix(ending) if ending.lower() in PICTURE_ENDINGS else name


def is_hidden(name: str) -> bool:
    """Tell whether a name is of what systems put beside files, not of a file."""
    return any(part.startswith(".") for part in name.split("/")) or name.startswith(
        "__MACOSX/"
    )


def _parts(text: str) -> list[str]:
    """Return the folders and the name of a path, without drive, share and detours."""
    windows = PureWindowsPath(text.strip())
    parts = [part for part in windows.parts if part != windows.anchor]
    if ".." in parts:
        parts = parts[len(parts) - parts[::-1].index("..") :]
    return parts


def _only(name: str, found: Sequence[str]) -> str:
    """Return the one name; PictureError where there are several."""
    if len(found) > 1:
        named = ", ".join(sorted(found)[:MOST_NAMED])
        raise PictureError(Remark("picture_ambiguous", {"name": name, "found": named}))
    return found[0]


def _plain(name: str) -> str:
    """Return a name in the spelling that names are compared in."""
    # A Mac writes é as two characters; Windows takes A for a; and the apostrophe that
    # word processors make is no letter of any code page of old.
    return unicodedata.normalize("NFC", name).casefold().replace("\u2019", "'")
