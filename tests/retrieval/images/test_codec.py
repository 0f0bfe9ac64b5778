"""Decoding: every format to one upright RGB array, every fault to one family."""

import io
import struct
import tracemalloc
import warnings
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageCms, ImageFile

from app.retrieval.errors import (
    ImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    UnreadableImageError,
)
from app.retrieval.images import codec
from app.retrieval.settings import ImageSettings

# Teaches Pillow to write HEIC; the code under test does not need it.
pillow_heif.register_heif_opener()

RED, GREEN, BLUE, GREY = (200, 30, 40), (30, 160, 60), (30, 50, 190), (128, 128, 128)


def quadrants(height=48, width=64):
    """Draw red, green / blue, grey: every turn and flip shows."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = RED
    image[: height // 2, width // 2 :] = GREEN
    image[height // 2 :, : width // 2] = BLUE
    image[height // 2 :, width // 2 :] = GREY
    return image


def encode(image, file_format, *, mode=None, **options):
    buffer = io.BytesIO()
    picture = Pillow.fromarray(image)
    picture = picture.convert(mode) if mode else picture
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def assert_looks_like(image, expected, tolerance=14):
    """Compare away from the edges, where lossy formats ring."""
    assert image.shape == expected.shape
    assert image.dtype == np.uint8
    assert image.flags["C_CONTIGUOUS"]
    height, width = expected.shape[:2]
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            assert np.abs(image[y, x].astype(int) - expected[y, x]).max() <= tolerance


def png_header(width, height):
    def chunk(name, body):
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    start = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", start)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
    )


def webp_header(width, height):
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


VALID = {
    "jpeg": encode(quadrants(), "JPEG", quality=95),
    "png": encode(quadrants(), "PNG"),
    "webp": encode(quadrants(), "WEBP", quality=95),
    "tiff": encode(quadrants(), "TIFF"),
    "tiff_lzw": encode(quadrants(), "TIFF", compression="tiff_lzw"),
    "bmp": encode(quadrants(), "BMP"),
    "gif": encode(quadrants(), "GIF"),
    "heic": encode(quadrants(), "HEIF", quality=95),
}


@pytest.mark.parametrize("data", VALID.values(), ids=VALID)
def test_every_format_gives_the_same_picture(data):
    assert_looks_like(codec.decode(data), quadrants())


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_exactly_once(file_format, orientation):
    image = quadrants()
    expected = {
        1: image,
        2: np.fliplr(image),
        3: np.rot90(image, 2),
        4: np.flipud(image),
        5: image.transpose(1, 0, 2),
        6: np.rot90(image, -1),
        7: np.rot90(image, 2).transpose(1, 0, 2),
        8: np.rot90(image),
    }[orientation]
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    data = encode(quadrants(), file_format, exif=exif)
    assert_looks_like(codec.decode(data), expected, tolerance=40)
    reduced = codec.decode(data, max_side_px=32)
    assert_looks_like(reduced, expected[::2, ::2], tolerance=40)


def test_heic_is_turned_once_by_its_own_decoder():
    exif = Pillow.Exif()
    exif[0x0112] = 6
    data = encode(quadrants(), "HEIF", exif=exif.tobytes(), quality=95)
    assert b"irot" in data
    assert_looks_like(codec.decode(data), np.rot90(quadrants(), -1))


@pytest.mark.parametrize("mode", ["CMYK", "RGBA", "YCbCr", "RGBX"])
def test_colour_modes_become_rgb(mode):
    data = encode(quadrants(), "TIFF", mode=mode)
    assert_looks_like(codec.decode(data), quadrants())


def test_palette_becomes_rgb():
    buffer = io.BytesIO()
    Pillow.fromarray(quadrants()).quantize(16).save(buffer, "PNG")
    assert_looks_like(codec.decode(buffer.getvalue()), quadrants())


def test_lab_becomes_rgb():
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    transform = ImageCms.buildTransform(srgb, lab, "RGB", "LAB")
    picture = Pillow.fromarray(quadrants())
    buffer = io.BytesIO()
    transform.apply(picture).save(buffer, "TIFF")
    assert_looks_like(codec.decode(buffer.getvalue()), quadrants())


def test_adobe_cmyk_jpeg_is_not_a_negative():
    data = encode(quadrants(), "JPEG", mode="CMYK", quality=95)
    assert b"Adobe" in data
    assert_looks_like(codec.decode(data), quadrants(), tolerance=30)


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_tones(file_format):
    deep = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(32, axis=0)
    image = codec.decode(encode(deep, file_format))
    expected = np.linspace(0, 255, 64)
    assert np.abs(image[5, :, 0] - expected).max() <= 1
    assert (image[..., 0] == image[..., 2]).all()


def test_one_bit_becomes_black_and_white():
    image = codec.decode(encode(quadrants(), "PNG", mode="1"))
    assert set(np.unique(image)) <= {0, 255}


def test_float_tiff_is_scaled_by_its_range():
    unit = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(32, axis=0)
    assert codec.decode(encode(unit, "TIFF"))[0, -1].tolist() == [255, 255, 255]


def test_transparency_is_laid_on_white():
    clear = np.dstack([quadrants(), np.full((48, 64), 255, np.uint8)])
    clear[:24, :32, 3] = 0
    image = codec.decode(encode(clear, "PNG"))
    assert image[5, 5].tolist() == [255, 255, 255]
    assert image[40, 50].tolist() == list(GREY)


def swapped_profile():
    """An sRGB profile whose red and blue primaries have changed places."""
    profile = bytearray(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile).replace(
        "sRGB".encode("utf-16-be"), "XXXX".encode("utf-16-be")
    )


def test_profile_is_converted_to_srgb():
    data = encode(quadrants(), "PNG", icc_profile=swapped_profile())
    red_becomes = codec.decode(data)[5, 5].astype(int)
    assert red_becomes[2] > red_becomes[0] + 100


@pytest.mark.parametrize("profile", [b"no profile at all", swapped_profile()[:200]])
def test_broken_profile_is_ignored(profile):
    data = encode(quadrants(), "PNG", icc_profile=profile)
    assert_looks_like(codec.decode(data), quadrants(), tolerance=0)


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "TIFF"])
def test_the_first_frame_counts(file_format):
    other = [Pillow.fromarray(255 - quadrants()) for _ in range(2)]
    data = encode(quadrants(), file_format, save_all=True, append_images=other)
    assert_looks_like(codec.decode(data), quadrants())


def test_phone_photo_is_reduced_while_decoding():
    photo = np.tile(quadrants(480, 640), (3, 3, 1))
    data = codec.encode_jpeg(photo)
    assert codec.decode(data).shape == (1440, 1920, 3)
    reduced = codec.decode(data, max_side_px=800)
    assert reduced.shape == (600, 800, 3)
    exact = codec.resize_to_long_side(photo, 800)
    assert np.abs(reduced.astype(int) - exact).mean() < 4
    with pytest.raises(ValueError, match="max_side_px"):
        codec.decode(data, max_side_px=0)


def test_reducing_never_enlarges():
    assert codec.decode(VALID["png"], max_side_px=9000).shape == (48, 64, 3)


@pytest.mark.parametrize("header", [png_header, webp_header])
def test_huge_header_is_refused_without_the_memory(header):
    tracemalloc.start()
    with pytest.raises(ImageTooLargeError) as caught:
        codec.decode(header(30_000, 30_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (caught.value.amount, caught.value.unit) == (900_000_000, "pixels")
    assert peak < 1_000_000


def test_byte_ceiling_is_checked_first(tmp_path):
    limits = ImageSettings(max_bytes=100)
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(ImageSettings().max_bytes + 1)
    for attempt in (
        lambda: codec.decode(VALID["png"], settings=limits),
        lambda: codec.read(path),
    ):
        with pytest.raises(ImageTooLargeError) as caught:
            attempt()
        assert caught.value.unit == "bytes"


def test_one_pixel_is_too_small():
    with pytest.raises(ImageTooSmallError) as caught:
        codec.decode(encode(quadrants(2, 2)[:1, :1], "PNG"))
    assert caught.value.size == (1, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"This is a label, not a picture.",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>',
        b"8BPS\0\x01" + bytes(60),
        encode(quadrants(), "PPM"),
        encode(quadrants(), "ICO"),
        VALID["jpeg"][:640],
        VALID["png"][:90],
        VALID["heic"][:-400],
        VALID["webp"][:90],
    ],
    ids="empty text eps svg psd ppm ico jpeg png heic webp".split(),  # noqa: SIM905 - a list would be longer than the line
)
def test_what_is_no_whole_picture_is_unreadable(data):
    with pytest.raises(UnreadableImageError):
        codec.decode(data)


def decode_or_refuse(data):
    """Decode hostile bytes: a picture or an ImageError, no third way."""
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        try:
            image = codec.decode(data, settings=ImageSettings(max_pixels=100_000))
        except ImageError:
            image = None
    assert not leaked
    assert image is None or image.shape[2] == 3


@given(st.sampled_from(sorted(VALID)), st.data())
@hypothesis_settings(max_examples=150)
def test_mutilated_files_raise_only_our_errors(name, data):
    mutilated = bytearray(VALID[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, min(len(mutilated) - 1, 400)))
        mutilated[place] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(mutilated)))
    decode_or_refuse(bytes(mutilated[:end]))


@given(st.sampled_from([v[:12] for v in VALID.values()]), st.binary(max_size=200))
@hypothesis_settings(max_examples=100)
def test_random_bytes_raise_only_our_errors(magic, rest):
    decode_or_refuse(magic + rest)
    decode_or_refuse(rest)


def test_decoding_leaves_pillow_and_warnings_as_they_were():
    before = (ImageFile.LOAD_TRUNCATED_IMAGES, Pillow.MAX_IMAGE_PIXELS)
    formats, filters = set(Pillow.OPEN), list(warnings.filters)
    for data in VALID.values():
        decode_or_refuse(data[:-20])
    assert before == (ImageFile.LOAD_TRUNCATED_IMAGES, Pillow.MAX_IMAGE_PIXELS)
    assert (set(Pillow.OPEN), list(warnings.filters)) == (formats, filters)


def test_encoded_jpeg_comes_back_without_metadata():
    data = codec.encode_jpeg(quadrants(), quality=95)
    assert_looks_like(codec.decode(data), quadrants())
    assert b"Exif" not in data


def test_resize_keeps_the_shape_and_enlarges_only_when_told():
    image = quadrants(300, 400)
    assert codec.resize_to_long_side(image, 100).shape == (75, 100, 3)
    assert codec.resize_to_long_side(image, 800) is image
    assert codec.resize_to_long_side(image, 800, enlarge=True).shape == (600, 800, 3)
    assert codec.resize_to_long_side(image[:3], 20).shape == (1, 20, 3)
    with pytest.raises(ValueError, match="side_px"):
        codec.resize_to_long_side(image, 0)


def test_missing_file_says_so(tmp_path):
    with pytest.raises(FileNotFoundError):
        codec.read(tmp_path / "nowhere.jpg")


def test_a_lock_that_cannot_be_taken_is_no_fault_of_the_picture(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    settings = ImageSettings(heavy_bytes=0, heavy_lock=tmp_path / "file" / "lock")
    with pytest.raises(OSError, match="file"):
        codec.decode(VALID["png"], settings=settings)
