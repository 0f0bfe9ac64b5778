"""Reader of IIIF Image API services: the largest picture that one allows.

A record names such a picture by the address of the service's ``info.json``; what else
is known of it, a region and where the picture is too, stands behind ``#``, which no
server is ever sent. The service is asked when the picture is wanted.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard
from urllib.parse import parse_qs, urldefrag, urlencode

from app.retrieval.errors import ImageError, ImageTooLargeError
from app.retrieval.settings import ImageSettings
from app.services.collection.pictures import STORED_SIDE_PX
from app.services.importing.records import Record, fault_of
from app.services.importing.standards.documents import (
    contexts,
    id_of,
    objects,
    parsed,
    type_of,
)
from app.services.importing.standards.texts import plain_text
from app.services.importing.standards.tiles import TilePlan, plan_tiles, stitched
from app.services.importing.standards.vocabulary import RIGHTS, WorkDescription
from app.services.system.links.connections import LinkError, Refusal

INFO = "/info.json"
PROTOCOL = "http://iiif.io/api/image"
MANAGEABLE_SIDE_PX = 4_000
"""What a service is asked for instead of a picture that is too large for us."""
_LEVEL = re.compile(r"level(\d)")
_VERSION = re.compile(r"image(?:-api)?/(\d)")

Read = Callable[[str], bytes]
Wish = tuple[str | TilePlan, int]
"""What a service may be asked for, and the long side that this has."""


class ServedPicture(NamedTuple):
    """Picture that a service gave.

    Attributes
    ----------
    data : bytes
    is_small : bool
        Whether it has less pixels than are stored, although there are more.
    """

    data: bytes
    is_small: bool


@dataclass(frozen=True, slots=True)
class ImageService:
    """What a service says it can do.

    Attributes
    ----------
    address : str
        Without a slash at its end.
    version : int
        1, 2 or 3, of the Image API.
    level : int
        0 gives prepared sizes and tiles only.
    width, height : int
        Of the whole picture.
    most : (int, int) or None
        Width and height to which it reduces what is larger.
    sizes : tuple of (int, int)
        Widths and heights that are prepared.
    tiles : TilePlan or None
        Those that make the whole.
    """

    address: str
    version: int
    level: int
    width: int
    height: int
    most: tuple[int, int] | None
    sizes: tuple[tuple[int, int], ...]
    tiles: TilePlan | None

    def request(self, region: str, size: str) -> str:
        """Return the address of a picture, upright."""
        quality = "native" if self.version == 1 else "default"
        return f"{self.address}/{region}/{size}/0/{quality}.jpg"


def is_image_service(service: Mapping[str, Any]) -> bool:
    """Tell whether a description of a service is that of an image service."""
    if type_of(dict(service)).startswith("ImageService"):
        return True
    named = [*contexts(dict(service)), str(service.get("protocol") or "")]
    profile = service.get("profile")
    named += [
        one
        for one in (profile if isinstance(profile, list) else [profile])
        if isinstance(one, str)
    ]
    return any("/api/image" in one or "image-api" in one for one in named)


def picture_address(service: str, *, region: str = "", instead: str = "") -> str:
    """Return how a record names the picture that a service gives.

    Parameters
    ----------
    region : str
        Part of it that is meant, as the Image API writes it; "" for all.
    instead : str
        Address of the picture where the service does not answer; "" if none is known.
    """
    known = {"region": region, "instead": instead}
    rest = urlencode({name: value for name, value in known.items() if value})
    address = service.rstrip("/").removesuffix(INFO) + INFO
    return f"{address}#{rest}" if rest else address


def is_service_address(name: str) -> bool:
    """Tell whether a picture is named by the service that gives it."""
    return urldefrag(name).url.endswith(INFO)


def record_of_service(document: Mapping[str, Any]) -> Record:
    """Return the record of a work of which an ``info.json`` is all that is known."""
    address = id_of(dict(document)).rstrip("/")
    found = WorkDescription()
    found.add("source", [address])
    for name in ("attribution", "license", "rights"):
        value = document.get(name)
        texts = value if isinstance(value, list) else [value]
        found.add(RIGHTS, [plain_text(one) for one in texts if isinstance(one, str)])
    found.images = [picture_address(address)]
    record = found.record(1, address)
    record.identifier = address
    record.fault = fault_of(record)
    return record


def read_picture(
    name: str, read_document: Read, read_image: Read, limits: ImageSettings
) -> ServedPicture:
    """Return the largest picture that a service allows, and that we take.

    Parameters
    ----------
    name : str
        As :func:`picture_address` has it.
    read_document, read_image : callable
        Fetch by address.
    limits : ImageSettings

    Raises
    ------
    LinkError, ImageError
        If it cannot be had.
    """
    address, rest = urldefrag(name)
    known = parse_qs(rest)
    region, instead = (known.get(key, [""])[0] for key in ("region", "instead"))
    service = _asked(address, read_document)
    wanted = [] if service is None else list(_wanted(service, region))
    failure: Exception = LinkError(Refusal.STATUS)
    for what, side in [*wanted, *([(instead, STORED_SIDE_PX)] if instead else [])]:
        try:
            if isinstance(what, str):
                data = read_image(what)
            else:
                data = stitched(what, read_image, limits)
        except (LinkError, ImageError) as error:
            failure = error
        else:
            return ServedPicture(data, is_small=side < _enough(service))
    raise failure


def service_of(document: Mapping[str, Any]) -> ImageService | None:
    """Return what an ``info.json`` says; None if it is none."""
    width, height = (document.get(name) for name in ("width", "height"))
    address = id_of(dict(document)).rstrip("/").removesuffix(INFO)
    if not (_is_side(width) and _is_side(height) and address):
        return None
    profile = document.get("profile")
    profiles = profile if isinstance(profile, list) else [profile]
    named = " ".join(
        [*contexts(dict(document)), *(one for one in profiles if isinstance(one, str))]
    )
    version = _VERSION.search(named)
    level = _LEVEL.search(named)
    # 2.1 says its limits in the profile, 3 beside it.
    limits = {**dict(document)}
    for one in objects(profile):
        limits |= one
    number = int(version[1]) if version else 3
    return ImageService(
        address,
        number,
        int(level[1]) if level else 0,
        width,
        height,
        _most(width, height, limits),
        tuple(
            (one["width"], one["height"])
            for one in objects(document.get("sizes"))
            if _is_side(one.get("width")) and _is_side(one.get("height"))
        ),
        plan_tiles(address, number, (width, height), objects(document.get("tiles"))),
    )


def _asked(address: str, read: Read) -> ImageService | None:
    """Ask a service what it can do; None if it does not say."""
    try:
        document = parsed(read(address))
    except (LinkError, ImageTooLargeError):
        return None
    return service_of(document) if isinstance(document, dict) else None


def _enough(service: ImageService | None) -> int:
    """Return the long side that a picture should have, as far as there are pixels."""
    if service is None:
        return STORED_SIDE_PX
    return min(STORED_SIDE_PX, max(service.width, service.height))


def _wanted(service: ImageService, region: str) -> Iterator[Wish]:
    """Yield what to ask a service for, the best first."""
    if service.level == 0:
        yield from _prepared(service)
        return
    part = region or "full"
    largest = max(service.most or (service.width, service.height))
    size = "max" if service.version == 3 or service.most else "full"
    yield service.request(part, size), largest
    if service.version == 2 and size == "full":
        yield service.request(part, "max"), largest
    if not region and largest > MANAGEABLE_SIDE_PX:
        scale = MANAGEABLE_SIDE_PX / max(service.width, service.height)
        yield service.request(part, f"{int(service.width * scale)},"), largest


def _prepared(service: ImageService) -> Iterator[Wish]:
    """Yield what a service of level 0 may have, the best first."""
    sizes = sorted(service.sizes, reverse=True)
    large = [size for size in sizes if max(size) >= _enough(service)]
    yield from (_written(service, size) for size in large)
    # The standard wants it, prepared tiles often lack it.
    whole = max(service.most or (service.width, service.height))
    yield service.request("full", "max" if service.version == 3 else "full"), whole
    if service.tiles is not None:
        yield service.tiles, max(service.tiles.size)
    yield from (_written(service, size) for size in sizes if size not in large)


def _written(service: ImageService, size: tuple[int, int]) -> Wish:
    width, height = size
    text = f"{width},{height}" if service.version == 3 else f"{width},"
    return service.request("full", text), max(size)


def _most(width: int, height: int, limits: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the size to which a picture is reduced; None if it is not."""
    widest, highest, area = (
        limits.get(name) for name in ("maxWidth", "maxHeight", "maxArea")
    )
    scale = 1.0
    if _is_side(widest):
        # Without a height the width holds for both.
        highest = highest if _is_side(highest) else widest
        scale = min(scale, widest / width)
    if _is_side(highest):
        scale = min(scale, highest / height)
    if _is_side(area):
        scale = min(scale, (area / (width * height)) ** 0.5)
    return None if scale >= 1 else (int(width * scale), int(height * scale))


def _is_side(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
