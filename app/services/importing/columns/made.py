"""Accession numbers and addresses of pictures that are made from what a table has."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from app.services.importing.columns.picture_cells import is_address, pictures_in


def number_from(value: str) -> str:
    """Make an accession number from an address or a file's name, always the same.

    >>> number_from("http://www.wga.hu/html/p/palma/giovane/1/5apostle.html")
    'p/palma/giovane/1/5apostle'
    >>> number_from("pictures/ge_001.jpg")
    'ge_001'
    """
    value = (pictures_in(value) or [""])[0]
    if not is_address(value):
        return PurePosixPath(value.replace("\\", "/")).stem
    try:
        parts = urlsplit(value)
    except ValueError:
        return value
    path = PurePosixPath(parts.path.removeprefix("/html").strip("/"))
    number = str(path.with_suffix("")) if path.name else parts.netloc
    return f"{number}?{parts.query}" if parts.query else number


def wga_pictures(page: str) -> list[str]:
    """Return where the Web Gallery of Art keeps the picture of one of its pages."""
    if "/html/" not in page or not page.endswith(".html"):
        return []
    return [page.replace("/html/", "/art/", 1).removesuffix(".html") + ".jpg"]
