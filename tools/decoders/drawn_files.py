"""Picture files whose pixels are known, of every kind that museums and phones make.

All are drawn here, as the same small picture: smooth, so that lossy codecs bear it, and
unlike itself when it is turned, mirrored, inverted, or read with wrong bytes or planes.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms

WIDTH, HEIGHT = 120, 80
LOSSLESS, LOSSY = 2.5, 14.0
"""Mean difference in grey values up to which pixels are right."""
ORIENTATION = 0x0112
TURNED = 6
"""EXIF's orientation of a picture that is to be turned clockwise."""

Array = NDArray[Any]
Maker = Callable[[], bytes | bytearray]


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """Picture file whose pixels are known.

    Attributes
    ----------
    data : bytes
    pixels : (H, W, 3) uint8, RGB
        What a viewer shows.
    tolerance : float
        Mean difference up to which they are right.
    """

    data: bytes
    pixels: Array
    tolerance: float = LOSSLESS

    def is_shown_by(self, pixels: Array) -> bool:
        """Tell whether decoded pixels are the picture's, where they are known."""
        if pixels.shape != self.pixels.shape:
            return False
        apart = np.abs(pixels.astype(np.float32) - self.pixels)
        return bool(np.nanmean(apart) <= self.tolerance)


def draw(width: int = WIDTH, height: int = HEIGHT) -> Array:
    """Draw the picture: (H, W, 3) uint8, RGB."""
    down, across = np.mgrid[0:height, 0:width]
    red = 40 + 180 * across / width
    green = 200 - 160 * down / height
    blue = 90 + 60 * np.sin(across / width * 5) * np.cos(down / height * 3)
    picture = np.stack([red, green, blue], axis=2)
    picture[height // 8 : height // 3, width // 8 : width // 3] = (230, 60, 50)
    picture[height // 2 :, : width // 6] = (25, 30, 70)
    return picture.round().astype(np.uint8)


def grey_of(picture: Array) -> Array:
    """Return the grey values (H, W) uint8 of a picture, as Pillow weighs colours."""
    return np.asarray(Pillow.fromarray(picture).convert("L"))


def as_colour(grey: Array) -> Array:
    """Return grey values (H, W) as (H, W, 3)."""
    return np.repeat(grey[:, :, None], 3, axis=2)


PICTURE = draw()
GREY = grey_of(PICTURE)
SMALL = draw(WIDTH // 2, HEIGHT // 2)
DEEP = PICTURE.astype(np.uint16) * 257
DEEP_GREY = GREY.astype(np.uint16) * 257


def by_pillow(kind: str, picture: Array | Pillow.Image = PICTURE, **how: Any) -> bytes:
    """Encode a picture by Pillow, or by its plugin for HEIC."""
    file = io.BytesIO()
    image = picture if isinstance(picture, Pillow.Image) else Pillow.fromarray(picture)
    image.save(file, kind, **how)
    return file.getvalue()


def tiff(
    picture: Array, *, big: bool = False, order: Literal["<", ">"] = "<", **how: Any
) -> bytes:
    """Encode a picture as a TIFF of one page."""
    file = io.BytesIO()
    how.setdefault("photometric", "rgb" if picture.ndim == 3 else "minisblack")
    with tifffile.TiffWriter(file, bigtiff=big, byteorder=order) as writer:
        writer.write(picture, metadata=None, **how)
    return file.getvalue()


def planes(picture: Array) -> Array:
    """Return a picture with its colours in separate planes: (3, H, W)."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1))


def pages(*pictures: Array, marks: tuple[int, ...] = ()) -> bytes:
    """Encode a TIFF of several pages; ``marks`` are their NewSubfileType."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for number, picture in enumerate(pictures):
            mark = marks[number] if marks else 0
            writer.write(picture, photometric="rgb", subfiletype=mark, metadata=None)
    return file.getvalue()


def with_sub_directories(first: Array, *others: Array, mark: int = 1) -> bytes:
    """Encode a TIFF whose further pictures stand in sub-directories of the first."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(first, photometric="rgb", subifds=len(others), metadata=None)
        for picture in others:
            writer.write(picture, photometric="rgb", subfiletype=mark, metadata=None)
    return file.getvalue()


def palette_tiff() -> tuple[bytes, Array]:
    """Encode a TIFF with a palette of 256 colours; return its pixels, too."""
    indexed = Pillow.fromarray(PICTURE).quantize(256)
    colours = np.asarray(indexed.getpalette(), np.uint16).reshape(-1, 3)
    table = np.zeros((3, 256), np.uint16)
    table[:, : len(colours)] = colours.T * 257
    data = tiff(np.asarray(indexed), photometric="palette", colormap=table)
    return data, np.asarray(indexed.convert("RGB"))


def cmyk_of(picture: Array) -> Array:
    """Return inks (H, W, 4) uint8 that show about the picture, without black."""
    inks = np.zeros((*picture.shape[:2], 4), np.uint8)
    inks[:, :, :3] = 255 - picture
    return inks


def lab_tiff() -> bytes:
    """Encode a TIFF in CIE L*a*b*."""
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    return by_pillow("TIFF", transform.apply(Pillow.fromarray(PICTURE)))


def turned(kind: str) -> bytes:
    """Encode a picture that EXIF's orientation turns upright."""
    exif = Pillow.Exif()
    exif[ORIENTATION] = TURNED
    lying = np.ascontiguousarray(np.rot90(PICTURE))
    return by_pillow(kind, lying, exif=exif.tobytes())


def heic(picture: Array, mode: str = "RGB") -> bytes:
    """Encode by libheif; a mode of more bits keeps them."""
    file = io.BytesIO()
    height, width = picture.shape[:2]
    pillow_heif.encode(mode, (width, height), picture.tobytes(), file, quality=90)
    return file.getvalue()


def with_gain_map() -> bytes:
    """Make an Ultra HDR JPEG: a second, smaller JPEG lies behind the first."""
    return by_pillow("JPEG", quality=90) + by_pillow("JPEG", grey_of(SMALL))


def second_larger() -> bytes:
    """Make a multi-picture JPEG (MPO) of two views; the first one is the picture."""
    other = Pillow.fromarray(255 - PICTURE)
    return by_pillow("MPO", quality=90, save_all=True, append_images=[other])


def truncated(data: bytes, share: float = 0.03) -> bytes:
    """Cut a share of a file off its end; two bytes at least."""
    return data[: len(data) - max(2, int(len(data) * share))]


def truncated_rows(share: float) -> Array:
    """Return the picture without its lowest rows, which are not counted: NaN."""
    kept = PICTURE.astype(np.float32)
    kept[int(HEIGHT * (1 - share)) :] = np.nan
    return kept


def float_range(dtype: type, peak: float = 1.0) -> Array:
    """Return the picture in floats from 0 to a peak."""
    return (PICTURE / 255 * peak).astype(dtype)


def _stacked(*layers: Array) -> Array:
    return np.dstack(layers)


def lossless_files() -> dict[str, Maker]:
    """Return colour files, encoded without loss, by what they are."""
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    return {
        "PNG": lambda: by_pillow("PNG"),
        "PNG, 16 bits": lambda: imagecodecs.png_encode(DEEP),
        "PNG, opaque alpha": lambda: by_pillow("PNG", _stacked(PICTURE, alpha)),
        "PNG, turned by EXIF": lambda: turned("PNG"),
        "BMP": lambda: by_pillow("BMP"),
        "WebP, lossless": lambda: by_pillow("WEBP", lossless=True),
        "WebP, animated": lambda: by_pillow(
            "WEBP",
            lossless=True,
            save_all=True,
            append_images=[Pillow.fromarray(255 - PICTURE)],
        ),
        "JPEG 2000, lossless": lambda: by_pillow("JPEG2000"),
        "JPEG 2000, codestream": lambda: by_pillow("JPEG2000", no_jp2=True),
        "JPEG 2000, 16 bits": lambda: imagecodecs.jpeg2k_encode(
            DEEP, codecformat="jp2", level=0
        ),
        "JPEG 2000, tiles": lambda: by_pillow("JPEG2000", tile_size=(64, 64)),
        "JPEG XL, lossless": lambda: imagecodecs.jpegxl_encode(PICTURE, lossless=True),
        "JPEG XL, 16 bits": lambda: imagecodecs.jpegxl_encode(DEEP, lossless=True),
        "JPEG XL, container": lambda: imagecodecs.jpegxl_encode(
            PICTURE, lossless=True, usecontainer=True
        ),
    }


def tiff_files() -> dict[str, Maker]:
    """Return colour TIFFs by what they are."""
    many: dict[str, dict[str, Any]] = {
        "TIFF": {},
        "TIFF, big-endian": {"order": ">"},
        "BigTIFF": {"big": True},
        "BigTIFF, big-endian": {"big": True, "order": ">"},
        "TIFF, LZW": {"compression": "lzw", "predictor": True},
        "TIFF, deflate": {"compression": "zlib", "predictor": True},
        "TIFF, PackBits": {"compression": "packbits"},
        "TIFF, Zstandard": {"compression": "zstd"},
        "TIFF, LZMA": {"compression": "lzma"},
        "TIFF, WebP inside": {"compression": "webp"},
        "TIFF, JPEG XL inside": {"compression": "jpegxl"},
        "TIFF, JPEG 2000 inside": {"compression": "jpeg2000"},
        "TIFF, tiles": {"tile": (32, 48), "compression": "zlib"},
        "TIFF, one strip": {"rowsperstrip": HEIGHT, "compression": "zlib"},
    }
    deep: dict[str, dict[str, Any]] = {
        "16 bits": {},
        "16 bits, big-endian": {"order": ">"},
        "16 bits, LZW": {"compression": "lzw", "predictor": True},
        "16 bits, tiles": {"tile": (32, 48)},
    }
    apart: dict[str, Array] = {"8 bits": PICTURE, "16 bits": DEEP}
    files: dict[str, Maker] = {
        name: partial(tiff, PICTURE, **how) for name, how in many.items()
    }
    files |= {f"TIFF, {name}": partial(tiff, DEEP, **how) for name, how in deep.items()}
    ways: tuple[dict[str, Any], ...] = (
        {},
        {"compression": "zlib"},
        {"tile": (32, 48)},
        {"order": ">"},
    )
    for name, picture in apart.items():
        for how in ways:
            words = ", ".join(map(str, how))
            words = {"compression": "deflate", "tile": "tiles"}.get(words, words)
            words = "big-endian" if words == "order" else words
            said = f"TIFF, planes, {name}" + (f", {words}" if words else "")
            files[said] = partial(tiff, planes(picture), planarconfig="separate", **how)
    files |= {
        "TIFF, 32 bits": lambda: tiff(PICTURE.astype(np.uint32) * 0x01010101),
        "TIFF, 32 bits, big-endian": lambda: tiff(
            PICTURE.astype(np.uint32) * 0x01010101, order=">"
        ),
        "TIFF, float 32, to 1": lambda: tiff(float_range(np.float32)),
        "TIFF, float 32, to 255": lambda: tiff(float_range(np.float32, 255)),
        "TIFF, float 32, big-endian": lambda: tiff(float_range(np.float32), order=">"),
        "TIFF, float 32, predictor": lambda: tiff(
            float_range(np.float32), compression="zlib", predictor=True
        ),
        "TIFF, float 16": lambda: tiff(float_range(np.float16)),
        "TIFF, float 64": lambda: tiff(float_range(np.float64)),
        "TIFF, planes, float 32": lambda: tiff(
            planes(float_range(np.float32)), planarconfig="separate"
        ),
        "TIFF, an infrared channel beside": lambda: tiff(
            _stacked(PICTURE, GREY), extrasamples=["unspecified"]
        ),
        "TIFF, opaque alpha, 16 bits": lambda: tiff(
            _stacked(DEEP, np.full((HEIGHT, WIDTH), 65535, np.uint16)),
            extrasamples=["unassalpha"],
        ),
        "TIFF, turned": lambda: turned("TIFF"),
        "TIFF, pages, preview first": lambda: pages(SMALL, PICTURE),
        "TIFF, pages, marked preview first": lambda: pages(
            SMALL, PICTURE, marks=(1, 0)
        ),
        "TIFF, pages, two views": lambda: pages(PICTURE, 255 - PICTURE),
        "TIFF, pyramid of pages": lambda: pages(PICTURE, SMALL, marks=(0, 1)),
        "TIFF, pyramid of sub-directories": lambda: with_sub_directories(
            PICTURE, SMALL
        ),
        "TIFF, preview, picture in a sub-directory": lambda: with_sub_directories(
            SMALL, PICTURE, mark=0
        ),
    }
    return files


def grey_files() -> dict[str, tuple[Maker, Array]]:
    """Return grey files with their grey values, by what they are."""
    lifted = (GREY.astype(np.int64) * 257 - 32768).astype(np.int16)
    two = np.where(GREY > 120, 255, 0).astype(np.uint8)
    inverse = "miniswhite"
    deep = (GREY.astype(np.uint32) * 0x01010101).astype(np.uint32)
    twelve = (GREY.astype(np.uint16) * 16).astype(np.uint16)
    files: dict[str, tuple[Maker, Array]] = {
        "PNG, grey": (lambda: by_pillow("PNG", GREY), GREY),
        "PNG, grey, 16 bits": (lambda: imagecodecs.png_encode(DEEP_GREY), GREY),
        "BMP, grey": (lambda: by_pillow("BMP", GREY), GREY),
        "GIF, grey": (lambda: by_pillow("GIF", GREY), GREY),
        "JPEG 2000, grey": (lambda: by_pillow("JPEG2000", GREY), GREY),
        "JPEG XL, grey": (
            lambda: imagecodecs.jpegxl_encode(GREY, lossless=True),
            GREY,
        ),
        "TIFF, grey": (lambda: tiff(GREY), GREY),
        "TIFF, bilevel, group 4": (
            lambda: by_pillow(
                "TIFF", Pillow.fromarray(two).convert("1"), compression="group4"
            ),
            two,
        ),
        "TIFF, grey, 12 bits": (
            lambda: tiff(twelve, bitspersample=12, compression="none"),
            GREY,
        ),
        "TIFF, grey, 32 bits": (lambda: tiff(deep), GREY),
        "TIFF, grey, signed 16 bits": (lambda: tiff(lifted), GREY),
        "TIFF, grey, float 32": (lambda: tiff((GREY / 255).astype(np.float32)), GREY),
        "TIFF, WhiteIsZero": (lambda: tiff(255 - GREY, photometric=inverse), GREY),
    }
    orders: tuple[tuple[Literal["<", ">"], str], ...]
    orders = (("<", ""), (">", ", big-endian"))
    for order, said in orders:
        files[f"TIFF, WhiteIsZero, 16 bits{said}"] = (
            partial(tiff, 65535 - DEEP_GREY, photometric=inverse, order=order),
            GREY,
        )
        files[f"TIFF, WhiteIsZero, 32 bits{said}"] = (
            partial(tiff, 0xFFFFFFFF - deep, photometric=inverse, order=order),
            GREY,
        )
    return files


def lossy_files() -> dict[str, Maker]:
    """Return colour files that are not encoded to the last bit."""
    return {
        "JPEG": lambda: by_pillow("JPEG", quality=90),
        "JPEG, progressive": lambda: by_pillow("JPEG", quality=90, progressive=True),
        "JPEG, turned by EXIF": lambda: turned("JPEG"),
        "JPEG, MPO": second_larger,
        "JPEG, gain map behind": with_gain_map,
        "JPEG, CMYK": lambda: by_pillow(
            "JPEG", Pillow.fromarray(cmyk_of(PICTURE), "CMYK"), quality=95
        ),
        "JPEG, lossless": lambda: imagecodecs.ljpeg_encode(GREY),
        "JPEG XL": lambda: imagecodecs.jpegxl_encode(PICTURE, level=90),
        "JPEG XL of a JPEG": lambda: imagecodecs.jpegxl_encode_jpeg(
            by_pillow("JPEG", quality=90)
        ),
        "JPEG-LS": lambda: imagecodecs.jpegls_encode(PICTURE),
        "JPEG XR": lambda: imagecodecs.jpegxr_encode(PICTURE),
        "JPEG 2000": lambda: by_pillow(
            "JPEG2000", quality_mode="rates", quality_layers=[8], irreversible=True
        ),
        "HEIC": lambda: heic(PICTURE),
        "HEIC, 10 bits": lambda: heic(DEEP, "RGB;16"),
        "HEIC, turned": lambda: turned("HEIF"),
        "AVIF": lambda: by_pillow("AVIF", quality=90),
        "AVIF, 10 bits": lambda: imagecodecs.avif_encode(
            DEEP >> 6, level=90, bitspersample=10
        ),
        "AVIF, turned": lambda: turned("AVIF"),
        "WebP": lambda: by_pillow("WEBP", quality=95),
        "TIFF, JPEG inside": lambda: tiff(PICTURE, compression="jpeg"),
        "TIFF, JPEG inside, tiles": lambda: tiff(
            PICTURE, compression="jpeg", tile=(32, 48)
        ),
        "TIFF, CMYK": lambda: tiff(cmyk_of(PICTURE), photometric="separated"),
        "TIFF, CMYK, planes": lambda: tiff(
            np.ascontiguousarray(cmyk_of(PICTURE).transpose(2, 0, 1)),
            photometric="separated",
            planarconfig="separate",
        ),
        "TIFF, CMYK, 16 bits": lambda: tiff(
            cmyk_of(PICTURE).astype(np.uint16) * 257, photometric="separated"
        ),
        "TIFF, L*a*b*": lab_tiff,
        "TIFF, YCbCr": lambda: by_pillow(
            "TIFF", Pillow.fromarray(PICTURE).convert("YCbCr")
        ),
    }


def cut_files() -> dict[str, tuple[Maker, float]]:
    """Return files that lack their end, with the share of rows that it may take."""
    plain = by_pillow("JPEG", quality=90)
    return {
        "JPEG, without its last two bytes": (lambda: plain[:-2], 0.1),
        "JPEG, without 3 % of its bytes": (lambda: truncated(plain), 0.2),
        "PNG, without 3 % of its bytes": (lambda: truncated(by_pillow("PNG")), 0.2),
        "TIFF, without 3 % of its bytes": (
            lambda: truncated(tiff(PICTURE, compression="lzw", rowsperstrip=8)),
            0.2,
        ),
    }


def drawn_files() -> dict[str, DrawnFile]:
    """Draw all files, by what they are."""
    files = {
        name: DrawnFile(bytes(make()), PICTURE, LOSSLESS)
        for name, make in {**lossless_files(), **tiff_files()}.items()
    }
    files |= {
        name: DrawnFile(bytes(make()), as_colour(grey))
        for name, (make, grey) in grey_files().items()
    }
    data, pixels = palette_tiff()
    files["TIFF, palette"] = DrawnFile(data, pixels)
    files |= {
        name: DrawnFile(bytes(make()), PICTURE, LOSSY)
        for name, make in lossy_files().items()
    }
    grey = as_colour(GREY)
    files["JPEG, lossless"] = DrawnFile(files["JPEG, lossless"].data, grey)
    files |= {
        name: DrawnFile(bytes(make()), truncated_rows(share), LOSSY)
        for name, (make, share) in cut_files().items()
    }
    return dict(sorted(files.items()))
