"""Names of pictures, compared in the spellings that a table may use.

Names are only ever compared with the names that are there, so none leads out of what
was given.
"""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath, PureWindowsPath

from app.services.importing.messages import Remark
from app.services.importing.pictures.source import PictureError

PICTURE_ENDINGS = (
    *(".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"),
    *(".tif", ".tiff", ".bmp", ".gif"),
)


class PictureNames:
    """Index of picture names, by the spellings that a table may use.

    Parameters
    ----------
    names : iterable of str
        Of all pictures, with ``/`` between folders.
    beside : str
        Folder of the table, which names in it start from; "" for the root.
    """

    def __init__(self, names: Iterable[str], beside: str = "") -> None:
        self._beside = beside
        self._paths: dict[str, str] = {}
        self._files: dict[str, list[str]] = {}
        for name in names:
            plain = _plain(name)
            self._paths[plain] = name
            self._files.setdefault(plain.rpartition("/")[2], []).append(name)

    def find(self, name: str) -> str:
        """Return the whole name of what a table calls so.

        A name without its folders will do where there is only one such picture.

        Raises
        ------
        PictureError
            If it is not there, or several are called so.
        """
        path = relative_path(name)
        if path is None:
            raise PictureError(Remark("picture_outside", {"name": name}))
        for start in (self._beside, ""):
            if found := self._paths.get(_plain(str(PurePosixPath(start, path)))):
                return found
        same = self._files.get(_plain(path.name), [])
        if len(path.parts) > 1:
            ending = "/" + _plain(str(path))
            same = [one for one in same if ("/" + _plain(one)).endswith(ending)]
        if len(same) != 1:
            code = "picture_ambiguous" if same else "picture_missing"
            raise PictureError(Remark(code, {"name": name}))
        return same[0]


def relative_path(text: str) -> PurePosixPath | None:
    """Read a picture's path, written for any system; None if it leads elsewhere."""
    windows = PureWindowsPath(text)
    if windows.drive or windows.root or ".." in windows.parts or not windows.parts:
        return None
    return PurePosixPath(*windows.parts)


def _plain(name: str) -> str:
    """Return a name in the spelling that names are compared in."""
    # A Mac writes é as two characters; Windows takes A for a.
    return unicodedata.normalize("NFC", name).casefold()
