"""Pictures that a LIDO record names: of each, the largest form that is given."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from app.services.importing.columns.picture_cells import is_address
from app.services.importing.media.said import MOVING, SOUNDS
from app.services.importing.pictures.names import PICTURE_ENDINGS
from app.services.importing.standards.image_service import picture_address
from app.services.importing.standards.lido.parts import (
    FORMAT,
    NAMES,
    SORT_ORDER,
    kind_of,
)
from app.services.importing.standards.markup import Element, text_of

NO_PICTURE = SOUNDS | MOVING | {"3d", "text", "pdf", "document", "link", "website"}
"""Words in the type of a resource that is no picture."""
RANKS = (
    "thumb",
    "lido00451",
    "small",
    "overview",
    "preview",
    "medium",
    "provided",
    "lido00464",
    "large",
    "original",
    "master",
)
"""Words in the type of a representation, from the smallest to the largest."""
INFO = "info.json"
SERVICE = "iiif_image"
"""In the type of a representation that is an image service."""
NUMBER = re.compile("[0-9]{1,9}(?![0-9])")
"""Beginning of a text: more digits are no number of pictures or pixels."""


def pictures_of(lido: Element) -> list[str]:
    """Return the addresses or names of a record's pictures, in their order."""
    sets = lido.findall(".//lido:resourceWrap/lido:resourceSet", NAMES)
    ordered = sorted(sets, key=_place)
    found = (picture for one in ordered if (picture := _picture(one)))
    return list(dict.fromkeys(found))


def is_picture(resource: Element) -> bool:
    """Tell whether a resource is a picture that can be had."""
    return bool(_picture(resource))


def types_of(resource: Element) -> str:
    """Return the words and addresses that say of which type a resource is."""
    kinds = resource.findall("lido:resourceType//*", NAMES)
    return " ".join(text_of(one) for one in kinds).lower()


def _place(resource: Element) -> int:
    order = NUMBER.fullmatch(str(resource.get(SORT_ORDER) or ""))
    return int(order[0]) if order else 0


def _picture(resource: Element) -> str:
    """Return where a resource is; "" if it is no picture."""
    is_other = any(word in NO_PICTURE for word in types_of(resource).split())
    forms = [] if is_other else list(_forms(resource))
    return max(forms, key=lambda one: one[0])[1] if forms else ""


def _forms(resource: Element) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the forms of a picture: how large each is, and where."""
    for one in resource.findall("lido:resourceRepresentation", NAMES):
        kind = kind_of(one).lower()
        for link in one.findall("lido:linkResource", NAMES):
            where = text_of(link)
            if SERVICE in kind and is_address(where) and not where.endswith(INFO):
                where = picture_address(where.rstrip("/"))
            if where and _is_picture(where, str(link.get(FORMAT) or "")):
                rank = max(
                    (RANKS.index(word) for word in RANKS if word in kind),
                    default=RANKS.index("medium"),
                )
                # A service gives any size.
                rank = len(RANKS) if INFO in where else rank
                yield (_pixels(one), rank), where


def _pixels(form: Element) -> int:
    """Return how many pixels a form has; 0 where that is not said."""
    sides = [
        int(digits[0])
        for one in form.findall("lido:resourceMeasurementsSet", NAMES)
        if "pixel" in " ".join(text_of(part) for part in one).lower()
        for value in one.findall("lido:measurementValue", NAMES)
        if (digits := NUMBER.match(text_of(value)))
    ]
    return sides[0] * sides[1] if len(sides) > 1 else 0


def _is_picture(where: str, kind: str) -> bool:
    """Tell whether a link leads to a picture, by what is said or else by its ending."""
    try:
        path = urlsplit(where).path
    except ValueError:
        return False
    ending = PurePosixPath(path.replace("\\", "/")).suffix.lower()
    if path.endswith(INFO) or ending in PICTURE_ENDINGS:
        return True
    kind = kind.lower()
    if kind:
        return kind.startswith("image/") or f".{kind}" in PICTURE_ENDINGS
    # Many addresses of pictures have no ending, pages and documents have one.
    return ending in ("", ".php", ".aspx", ".jsp") or len(ending) > len(".jpeg2")
