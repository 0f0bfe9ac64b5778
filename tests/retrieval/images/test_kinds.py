"""Every kind of file in the table of docs/formats.md, and the faults that are said."""

import io
import struct

import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image as Pillow

from app.retrieval.errors import (
    FormatSwitchedOffError,
    ImageError,
    UnreadableImageError,
)
from app.retrieval.images import codec
from app.retrieval.images.decoders.jpeg_xl import read_header, size_of
from app.retrieval.images.encoded import FileFault
from app.retrieval.runtime.extras import Extra
from app.retrieval.settings import ImageSettings
from tests.support.extras import leave_out
from tools.decoders import encoding
from tools.decoders.drawn_files import drawn_files

pillow_heif.register_heif_opener()
REFUSED = ("JPEG XR", "JPEG-LS")
FILES = drawn_files()
CUT = [name for name in FILES if "without" in name]


@pytest.mark.parametrize("name", [name for name in FILES if name not in REFUSED])
def test_the_pixels_are_right(name):
    file = FILES[name]
    read = codec.decode_file(file.data)
    assert file.is_shown_by(read.image)
    assert read.faults == ((FileFault.TRUNCATED,) if name in CUT else ())


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_decoder_is_kept_for_is_refused(name):
    with pytest.raises(UnreadableImageError, match="JPEG XL"):
        codec.decode(FILES[name].data)


@pytest.mark.parametrize(
    "name", [name for name in FILES if name.startswith(("JPEG XL", "TIFF, LZW"))]
)
def test_without_the_extra_what_needs_it_says_so(name, monkeypatch):
    leave_out(monkeypatch, Extra.FORMATS)
    with pytest.raises(
        FormatSwitchedOffError, match="extra “formats” is not installed"
    ):
        codec.decode(FILES[name].data)


def test_without_the_extra_the_usual_files_are_read(monkeypatch):
    leave_out(monkeypatch, Extra.FORMATS)
    for kind in ("JPEG", "PNG", "WebP", "HEIF"):
        assert codec.decode(encoding.by_pillow(kind)).shape == encoding.PICTURE.shape
    plain = codec.decode(encoding.tiff(encoding.PICTURE))
    assert (plain == encoding.PICTURE).all()
    # A reduced copy that cannot be read is not missed.
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(encoding.PICTURE, photometric="rgb", metadata=None)
        writer.write(
            encoding.SMALL, photometric="rgb", subfiletype=1, compression="lzw"
        )
    assert (codec.decode(file.getvalue()) == encoding.PICTURE).all()


@pytest.mark.parametrize("name", ["TIFF, deflate", "TIFF, tiles", "JPEG XL"])
def test_reducing_gives_the_wanted_side(name):
    assert codec.decode(FILES[name].data, max_side_px=60).shape == (40, 60, 3)


@pytest.mark.parametrize(
    "name", [name for name in FILES if name.startswith(("TIFF, t", "JPEG XL", "AVIF"))]
)
def test_half_of_a_file_is_no_picture(name):
    with pytest.raises(ImageError):
        codec.decode(FILES[name].data[:200])


def test_a_truncated_picture_is_shown_as_far_as_it_goes_but_not_less_than_half():
    data = encoding.tiff(encoding.PICTURE, compression="lzw", rowsperstrip=8)
    most = codec.decode_file(data[: int(len(data) * 0.7)])
    assert most.faults == (FileFault.TRUNCATED,)
    assert most.image[-1].max() == 0
    for kind in ("JPEG", "PNG"):
        with pytest.raises(UnreadableImageError):
            codec.decode(encoding.truncated(encoding.by_pillow(kind), 0.75))


def test_a_larger_page_that_cannot_be_shown_is_said():
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(encoding.SMALL, photometric="rgb", metadata=None)
        mosaic = encoding.DEEP_GREY
        writer.write(mosaic, photometric=32803, metadata=None)  # a raw file's
    read = codec.decode_file(file.getvalue())
    assert read.image.shape == encoding.SMALL.shape
    assert read.faults == (FileFault.REDUCED,)
    small = codec.decode_file(file.getvalue(), max_side_px=60)
    assert small.faults == ()
    assert codec.is_reduced(file.getvalue(), settings=ImageSettings(), max_side_px=100)


def test_the_largest_level_under_the_ceiling_is_used_and_said():
    data = encoding.pages(encoding.PICTURE, encoding.SMALL, marks=(0, 1))
    limits = ImageSettings(max_pixels=60 * 40)
    read = codec.decode_file(data, settings=limits, max_side_px=100)
    assert read.image.shape == encoding.SMALL.shape
    assert read.faults == (FileFault.REDUCED,)


def test_of_a_multi_picture_jpeg_the_largest_counts():
    small = Pillow.fromarray(encoding.SMALL)
    data = encoding.by_pillow(
        "MPO",
        small,
        quality=90,
        save_all=True,
        append_images=[Pillow.fromarray(encoding.PICTURE)],
    )
    assert codec.decode(data).shape == encoding.PICTURE.shape


@pytest.mark.parametrize(
    ("width", "height"), [(16, 24), (120, 80), (17, 1000), (800, 800), (640, 480)]
)
@pytest.mark.parametrize("boxed", [False, True])
def test_the_size_of_a_jpeg_xl_is_in_its_header(width, height, boxed):
    pixels = np.zeros((height, width, 3), np.uint8)
    data = imagecodecs.jpegxl_encode(pixels, effort=1, usecontainer=boxed)
    assert size_of(bytes(data)) == (width, height)


def test_of_an_animated_jpeg_xl_the_first_frame_counts_and_its_channels_are_known():
    frames = np.stack([encoding.PICTURE, 255 - encoding.PICTURE])
    data = bytes(imagecodecs.jpegxl_encode(frames, lossless=True))
    assert np.array_equal(codec.decode(data), encoding.PICTURE)
    layers = np.dstack([encoding.DEEP, encoding.DEEP_GREY])
    deep = bytes(imagecodecs.jpegxl_encode(layers, lossless=True))
    header = read_header(deep)
    assert (header.bits, header.extra_channels) == (16, 1)
    assert read_header(data).extra_channels == 0


def test_a_tile_that_is_larger_than_its_place_is_not_decoded():
    whole = bytearray(
        encoding.tiff(encoding.PICTURE, compression="jpeg", tile=(32, 48))
    )
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = b"\xff\xf0\xff\xf0"
    with pytest.raises(UnreadableImageError):
        codec.decode(bytes(whole))


def test_tags_with_endless_values_are_refused_before_they_are_read():
    data = bytearray(encoding.tiff(encoding.PICTURE, rowsperstrip=8))
    [start] = struct.unpack_from("<I", data, 4)
    [entries] = struct.unpack_from("<H", data, start)
    for at in range(start + 2, start + 2 + 12 * entries, 12):
        tag, kind, _, where = struct.unpack_from("<HHII", data, at)
        if tag in (273, 279):  # where the strips are, and how long
            struct.pack_into("<HHII", data, at, tag, kind, 9_000_000, where)
    with pytest.raises(UnreadableImageError, match="too many pieces"):
        codec.decode(bytes(data) + bytes(1_000_000))


def test_directories_that_lead_in_a_circle_end():
    data = bytearray(encoding.pages(encoding.PICTURE, encoding.SMALL))
    [start] = struct.unpack_from("<I", data, 4)
    [entries] = struct.unpack_from("<H", data, start)
    struct.pack_into("<I", data, start + 2 + 12 * entries, start)
    assert codec.decode(bytes(data)).shape == encoding.PICTURE.shape


def test_a_larger_picture_beside_the_primary_one_of_a_heic_is_said():
    several = pillow_heif.from_pillow(Pillow.fromarray(encoding.SMALL))
    several.add_from_pillow(Pillow.fromarray(encoding.PICTURE))
    file = io.BytesIO()
    several.save(file, primary_index=0, quality=90)
    read = codec.decode_file(file.getvalue())
    assert read.image.shape == encoding.SMALL.shape
    assert read.faults == (FileFault.REDUCED,)
    assert codec.decode_file(file.getvalue(), max_side_px=60).faults == ()
