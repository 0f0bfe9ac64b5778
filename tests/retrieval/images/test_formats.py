"""Headers: which decoder, which page, and how much memory decoding will take."""

import io
from functools import cache
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image as Pillow
from PIL import ImageCms
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from app.retrieval.errors import ImageTooLargeError, UnreadableImageError, VideoError
from app.retrieval.images import codec, formats
from app.retrieval.settings import ImageSettings

# Teaches Pillow to write HEIC; the code under test does not need it.
pillow_heif.register_heif_opener()

SIZE = (3000, 2000)
SUBFILE_TYPE = 254
MOST_SAID = {
    "avif": 10,
    "avif with alpha": 10,
    "jpeg 2000": 21,
    "jpeg xl": 12,
    "deep jpeg xl": 24,
    "deep tiff": 13,
    "tiff of one strip": 9,
}
"""Bytes of a pixel; 8 of other files."""
SLACK_BYTES = 24_000_000
"""Of small buffers, and what the allocator rounds up."""


def encode(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def gradient(mode="RGB"):
    across = np.linspace(0, 255, SIZE[0], dtype=np.uint8)
    grey = Pillow.fromarray(np.broadcast_to(across, SIZE[::-1]).copy())
    return grey.convert(mode)


def pyramid(*sides, marked=True, **first):
    """A TIFF whose further pages are reduced copies of the first, in other greys."""
    pages = [Pillow.new("L", (side, side // 2), 40 * n) for n, side in enumerate(sides)]
    tags = []
    for number in range(len(pages)):
        directory = ImageFileDirectory_v2()
        directory[SUBFILE_TYPE] = int(bool(number) and marked)
        tags.append(directory)
    file = io.BytesIO()
    pages[0].encoderinfo = {"tiffinfo": tags[0]}
    rest = pages[1:]
    for page, directory in zip(rest, tags[1:], strict=True):
        page.encoderinfo = {"tiffinfo": directory}
    pages[0].save(
        file, "TIFF", save_all=True, append_images=rest, tiffinfo=tags[0], **first
    )
    return file.getvalue()


def tiff_of(pixels, **how):
    file = io.BytesIO()
    tifffile.imwrite(
        file, pixels, photometric="rgb", compression="zlib", metadata=None, **how
    )
    return file.getvalue()


FILES = {
    "png": lambda: encode(gradient(), "PNG"),
    "png with alpha": lambda: encode(gradient("RGBA"), "PNG"),
    "grey png": lambda: encode(gradient("L"), "PNG"),
    "gif": lambda: encode(gradient("P"), "GIF"),
    "webp": lambda: encode(gradient(), "WEBP", method=0),
    "webp with alpha": lambda: encode(gradient("LA"), "WEBP", method=0, lossless=True),
    "progressive jpeg": lambda: encode(gradient(), "JPEG", progressive=True),
    "jpeg": lambda: encode(gradient(), "JPEG"),
    "heic": lambda: encode(gradient(), "HEIF", quality=30),
    "avif": lambda: encode(gradient(), "AVIF", speed=10),
    "avif with alpha": lambda: encode(gradient("RGBA"), "AVIF", speed=10),
    "jpeg 2000": lambda: encode(gradient(), "JPEG2000", num_resolutions=1),
    "jpeg xl": lambda: imagecodecs.jpegxl_encode(np.asarray(gradient()), effort=1),
    "deep jpeg xl": lambda: imagecodecs.jpegxl_encode(
        np.asarray(gradient("RGBA")).astype(np.uint16) << 8, effort=1
    ),
    "deep tiff": lambda: tiff_of(np.asarray(gradient()).astype(np.float32)),
    "tiled tiff": lambda: tiff_of(np.asarray(gradient()), tile=(256, 256)),
    "tiff of one strip": lambda: encode(
        gradient(), "TIFF", compression="tiff_adobe_deflate", strip_size=1 << 30
    ),
}


def peak_of(job):
    """Return how many bytes of memory more a job had at its peak."""

    def field(name):
        lines = Path("/proc/self/status").read_text().splitlines()
        [line] = [line for line in lines if line.startswith(name)]
        return 1024 * int(line.split()[1])

    # Small blocks come from the heap, whose free pages an earlier test may have given
    # back: they would count as taken by this job.
    job()
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before = field("VmRSS")
    job()
    return field("VmHWM") - before


@cache
def file_of(name):
    return FILES[name]()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name == "heic")) for name in FILES],
)
def test_decoding_takes_no_more_memory_than_the_header_says(name):
    data = file_of(name)
    said = codec.decoding_bytes(data, settings=ImageSettings(), max_side_px=400)
    taken = peak_of(lambda: codec.decode(data, max_side_px=400))
    assert taken <= said + SLACK_BYTES
    assert said <= MOST_SAID.get(name, 8) * SIZE[0] * SIZE[1]


def test_a_reduced_jpeg_takes_a_small_share():
    data = file_of("jpeg")
    reduced = codec.decoding_bytes(data, settings=ImageSettings(), max_side_px=370)
    assert reduced == 4 * SIZE[0] * SIZE[1] // 64
    whole = codec.decoding_bytes(data, settings=ImageSettings())
    assert whole == 4 * SIZE[0] * SIZE[1]


def test_what_would_take_too_much_memory_is_refused_before_it_does():
    limits = ImageSettings(max_decoded_bytes=8_000_000)
    assert codec.decode(file_of("jpeg"), settings=limits, max_side_px=370).any()
    for name in ("progressive jpeg", "png", "webp"):
        data = file_of(name)

        def refused(data=data):
            with pytest.raises(ImageTooLargeError) as caught:
                codec.decode(data, settings=limits, max_side_px=370)
            assert caught.value.unit == "decoded bytes"
            assert caught.value.maximum == 8_000_000

        assert peak_of(refused) < 16_000_000


def grey_of(data, side_px):
    return int(codec.decode(data, max_side_px=side_px)[0, 0, 0])


def test_the_smallest_overview_that_is_large_enough_is_decoded():
    data = pyramid(640, 320, 160, 80)
    assert [grey_of(data, side) for side in (640, 400, 320, 200, 160, 100, 20)] == [
        *(0, 0, 40, 40, 80, 80, 120)
    ]
    assert codec.decode(data).shape == (320, 640, 3)


def test_an_overview_lets_a_giant_be_used():
    limits = ImageSettings(max_pixels=320 * 160)
    data = pyramid(640, 320, 160)
    assert codec.decode(data, settings=limits, max_side_px=160).shape == (80, 160, 3)
    with pytest.raises(ImageTooLargeError):
        codec.decode(data, settings=limits)


def test_other_pages_are_no_overviews():
    assert grey_of(pyramid(640, 320, 160, marked=False), 100) == 0


def test_unknown_first_bytes_have_no_decoder():
    with pytest.raises(UnreadableImageError):
        formats.open_header(b"8BPS\0\x01", ImageSettings())


def test_an_overview_has_the_colours_of_the_first_page():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = pyramid(640, 320, icc_profile=profile)
    picture = formats.open_header(data, ImageSettings())
    assert picture.reduce_to(320, ImageSettings()) == (320, 160)
    decoded = picture.decode()
    assert decoded.pixels.size == (320, 160)
    assert decoded.profile == profile


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif", "jpeg xl"])
def test_the_largest_pictures_of_phones_are_under_the_ceilings(name):
    settings = ImageSettings()
    said = codec.decoding_bytes(file_of(name), settings=settings, max_side_px=1600)
    phone = 8160 * 6144
    assert phone * said / (SIZE[0] * SIZE[1]) < settings.max_decoded_bytes
    assert phone < settings.max_pixels


@pytest.mark.parametrize(
    "first",
    [
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42",
        b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
        b"\0\0\0\x08wide\0\0\0\x08mdat",
        b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x86\x81\x01B\xf7\x81\x01webm",
        b"RIFF\x24\0\0\0AVI LIST",
        b"\0\0\x01\xba\x44\0\x04\0",
        b"G\x40\x11\x10" + bytes(184) + b"G",
    ],
)
def test_a_video_is_told_as_one(first):
    with pytest.raises(VideoError):
        codec.decode(first + bytes(1000))


@pytest.mark.parametrize(
    "first",
    [
        b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom",
        b"%PDF-1.7\n",
        b"GIF is no video",
        b"RIFF",
    ],
)
def test_what_else_is_no_picture_is_no_video(first):
    with pytest.raises(UnreadableImageError) as caught:
        codec.decode(first + bytes(1000))
    assert not isinstance(caught.value, VideoError)
