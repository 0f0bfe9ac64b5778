"""Requests of IIIF's Image API 3.0: what a derivative's address asks for.

https://iiif.io/api/image/3.0/#4-image-requests. All of level 2 is done, and mirroring;
enlarging and turning by other than right angles are not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.retrieval.images.derivatives import Derivative, Quality

FORMATS = {"jpg": "image/jpeg", "png": "image/png"}
OTHER_FORMATS = ("tif", "gif", "jp2", "pdf", "webp")
"""That the standard names and this program does not write."""
_FLOAT = r"\d{1,9}(?:\.\d{1,9})?"
_REGION = re.compile(rf"(pct:)?({_FLOAT}),({_FLOAT}),({_FLOAT}),({_FLOAT})")
_SIZE = re.compile(
    rf"(?P<up>\^?)(?:(?P<max>max)|pct:(?P<percent>{_FLOAT})"
    r"|(?P<fit>!?)(?P<width>\d{1,9})?,(?P<height>\d{1,9})?)"
)
_ROTATION = re.compile(rf"(!?)({_FLOAT})")


class UnclearImageError(ValueError):
    """Request that is not written as the standard has it, or asks for nothing."""


class UnsupportedImageError(ValueError):
    """Request that is written as the standard has it, but is not supported."""


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """Request for a derivative: what is to be made, and its canonical address."""

    derivative: Derivative
    full: tuple[int, int]

    @property
    def canonical(self) -> str:
        """End of its canonical address: ``full/max/0/default.jpg``."""
        made, full = self.derivative, self.full
        whole = made.region == (0, 0, *full)
        region = "full" if whole else ",".join(map(str, made.region))
        largest = made.size == made.region[2:]
        size = "max" if largest else ",".join(map(str, made.size))
        rotation = f"{'!' * made.mirrored}{made.rotation}"
        return f"{region}/{size}/{rotation}/{made.quality}.{made.format}"

    @property
    def is_whole(self) -> bool:
        """Whether it is the picture as it is stored."""
        return self.derivative == Derivative((0, 0, *self.full), self.full)


def read_request(
    full: tuple[int, int],
    region: str,
    size: str,
    rotation: str,
    quality: str,
    kind: str,
) -> ImageRequest:
    """Read the parts of an address.

    Parameters
    ----------
    full : (width, height)
        Of the picture, in pixels.
    region, size, rotation, quality, kind : str
        As the standard names them; ``kind`` is the format.

    Raises
    ------
    UnclearImageError
    UnsupportedImageError
    """
    cut = _region(full, region)
    mirrored, angle = _rotation(rotation)
    if quality not in list(Quality):
        raise UnclearImageError(f"there is no quality “{quality}”")
    if kind not in FORMATS:
        error = UnsupportedImageError if kind in OTHER_FORMATS else UnclearImageError
        raise error(f"the format “{kind}” is not written here; ask for jpg or png")
    made = _size(cut[2:], size)
    as_default = Quality.DEFAULT if quality == Quality.COLOR else Quality(quality)
    return ImageRequest(Derivative(cut, made, mirrored, angle, as_default, kind), full)


def _region(full: tuple[int, int], text: str) -> tuple[int, int, int, int]:
    width, height = full
    if text == "full":
        return 0, 0, width, height
    if text == "square":
        side = min(full)
        return (width - side) // 2, (height - side) // 2, side, side
    found = _REGION.fullmatch(text)
    if found is None or (not found[1] and "." in text):
        raise UnclearImageError(f"“{text}” is no region")
    x, y, across, down = map(float, found.groups()[1:])
    if found[1]:
        x, across = x * width / 100, across * width / 100
        y, down = y * height / 100, down * height / 100
    left, top = round(x), round(y)
    right, bottom = min(round(x + across), width), min(round(y + down), height)
    if left >= right or top >= bottom:
        raise UnclearImageError(f"the region “{text}” is empty, or outside the picture")
    return left, top, right - left, bottom - top


def _size(region: Sequence[int], text: str) -> tuple[int, int]:
    width, height = region
    found = _SIZE.fullmatch(text)
    if found is None:
        raise UnclearImageError(f"“{text}” is no size")
    if found["max"]:
        return width, height
    if found["percent"]:
        scale = float(found["percent"]) / 100
        made = round(width * scale), round(height * scale)
    elif found["width"] and found["height"]:
        made = int(found["width"]), int(found["height"])
        if found["fit"]:
            scale = min(made[0] / width, made[1] / height)
            if not found["up"]:
                scale = min(scale, 1)
            made = max(1, round(width * scale)), max(1, round(height * scale))
            if 0 in (int(found["width"]), int(found["height"])):
                made = 0, 0
    elif found["width"] and not found["fit"]:
        across = int(found["width"])
        made = across, round(height * across / width) or min(across, 1)
    elif found["height"] and not found["fit"]:
        down = int(found["height"])
        made = round(width * down / height) or min(down, 1), down
    else:
        raise UnclearImageError(f"“{text}” is no size")
    if 0 in made:
        raise UnclearImageError(f"the size “{text}” has no pixels")
    if made[0] > width or made[1] > height:
        if found["up"]:
            raise UnsupportedImageError("pictures are not enlarged here")
        raise UnclearImageError(
            f"the region has {width} × {height} pixels, and is not enlarged without “^”"
        )
    return made


def _rotation(text: str) -> tuple[bool, int]:
    found = _ROTATION.fullmatch(text)
    if found is None or float(found[2]) > 360:
        raise UnclearImageError(f"“{text}” is no rotation")
    angle = float(found[2])
    if angle % 90:
        raise UnsupportedImageError("pictures are turned by right angles only")
    return bool(found[1]), int(angle) % 360
