"""Logos: pictures that keep what is transparent, and the icons made of them.

Everything else of a file is left behind, as with photos: it is decoded and encoded anew
as PNG, without metadata. Drawings in SVG are refused: they are programs.
"""

from io import BytesIO

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps
from PIL.Image import Resampling

from app.retrieval.errors import (
    ImageTooLargeError,
    ImageTooSmallError,
    UnreadableImageError,
)
from app.retrieval.images.encoded import scaled
from app.retrieval.images.flattening import SRGB
from app.retrieval.images.quiet import quietly

NAMES = "PNG, JPEG or WebP"
MAX_BYTES = 5_000_000
MAX_PIXELS = 25_000_000
"""Both checked before a pixel is decoded: at four bytes each, 100 MB."""
MIN_SIDE_PX = 32
LOGO_SIDE_PX = 800
"""Long side of what is kept: sharp at the head of a page on any screen."""
_FORMATS = ("PNG", "JPEG", "WEBP")
_MAGICS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


def read_logo(data: bytes) -> Pillow.Image:
    """Decode a logo, upright, in sRGB with alpha, at most ``LOGO_SIDE_PX`` long.

    Raises
    ------
    UnreadableImageError
        If it is no PNG, JPEG or WebP, or damaged.
    ImageTooLargeError, ImageTooSmallError
        If the file has too many bytes or pixels, or too few.
    """
    if len(data) > MAX_BYTES:
        raise ImageTooLargeError(len(data), MAX_BYTES, "bytes")
    if not data.startswith(_MAGICS):
        raise UnreadableImageError(f"The file is no picture in {NAMES}.")
    try:
        with quietly(), Pillow.open(BytesIO(data), formats=_FORMATS) as picture:
            _check_size(*picture.size)
            upright = ImageOps.exif_transpose(picture)
            logo = _to_srgb(upright, picture.info.get("icc_profile")).convert("RGBA")
    except (ImageTooLargeError, ImageTooSmallError):
        raise
    except Exception as error:
        # As with photos: decoders given hostile bytes raise whatever they stumble over.
        raise UnreadableImageError(
            f"The file is damaged or cut short. Please send a {NAMES} picture."
        ) from error
    if max(logo.size) > LOGO_SIDE_PX:
        logo = logo.resize(scaled(logo.size, LOGO_SIDE_PX), Resampling.LANCZOS)
    return logo


def encode_png(picture: Pillow.Image) -> bytes:
    """Encode as PNG without any metadata."""
    data = BytesIO()
    bare = Pillow.new(picture.mode, picture.size)
    bare.paste(picture)
    bare.save(data, "PNG", optimize=True)
    return data.getvalue()


def make_icon(
    logo: Pillow.Image, side_px: int, *, margin: float = 0.0, background: str = ""
) -> Pillow.Image:
    """Make a square icon with the whole logo in its middle.

    Parameters
    ----------
    margin : float in [0, 0.5)
        Share of the side that is left free at each edge.
    background : str
        ``#rrggbb`` to lie behind it; "" leaves it transparent.
    """
    inner = round(side_px * (1 - 2 * margin))
    small = logo.resize(scaled(logo.size, inner), Resampling.LANCZOS)
    icon = Pillow.new("RGBA", (side_px, side_px), background or (0, 0, 0, 0))
    place = ((side_px - small.width) // 2, (side_px - small.height) // 2)
    icon.alpha_composite(small, place)
    return icon


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise ImageTooLargeError(width * height, MAX_PIXELS, "pixels")
    if min(width, height) < MIN_SIDE_PX:
        raise ImageTooSmallError((height, width), MIN_SIDE_PX)


def _to_srgb(picture: Pillow.Image, profile: bytes | None) -> Pillow.Image:
    """Convert by the embedded profile, where it is one of the picture's own kind."""
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(source, SRGB, picture.mode, "RGB")
        return transform.apply(picture)
    except (ImageCms.PyCMSError, OSError):
        return picture  # slightly wrong colours are better than no logo
