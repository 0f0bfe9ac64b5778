"""Picture files whose pixels are known, of every kind that museums and phones make."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import imagecodecs
import numpy as np
from PIL import Image as Pillow

from tools.decoders.encoding import (
    DEEP,
    DEEP_GREY,
    GREY,
    HEIGHT,
    LOSSLESS,
    LOSSY,
    PICTURE,
    SMALL,
    WIDTH,
    Array,
    DrawnFile,
    as_colour,
    by_pillow,
    cmyk_of,
    float_range,
    heic,
    lab_tiff,
    pages,
    palette_tiff,
    planes,
    second_larger,
    stacked,
    tiff,
    truncated,
    truncated_rows,
    turned,
    with_gain_map,
    with_sub_directories,
)

Maker = Callable[[], bytes | bytearray]


def lossless_files() -> dict[str, Maker]:
    """Return colour files, encoded without loss, by what they are."""
    alpha = np.full((HEIGHT, WIDTH), 255, np.uint8)
    return {
        "PNG": lambda: by_pillow("PNG"),
        "PNG, 16 bits": lambda: imagecodecs.png_encode(DEEP),
        "PNG, opaque alpha": lambda: by_pillow("PNG", stacked(PICTURE, alpha)),
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
            stacked(PICTURE, GREY), extrasamples=["unspecified"]
        ),
        "TIFF, opaque alpha, 16 bits": lambda: tiff(
            stacked(DEEP, np.full((HEIGHT, WIDTH), 65535, np.uint16)),
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
