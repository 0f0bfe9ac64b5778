"""QR codes in photos, and the accession numbers in them."""

import cv2
import numpy as np
import pytest
import qrcode
import zxingcpp

from app.services.labels.codes import numbers_of, read_codes
from app.services.labels.copies import small_copy

SITE = "https://art.example.org"


def codes_in(grey):
    return read_codes(grey, small_copy(grey))


def photo_of(text):
    code = np.array(qrcode.make(text).convert("L").resize((200, 200)))
    image = np.full((480, 640), 170, np.uint8)
    image[140:340, 220:420] = code
    return image


def test_a_code_is_read():
    assert codes_in(photo_of(f"{SITE}/works/1900.3")) == [f"{SITE}/works/1900.3"]


def turned(image, degrees):
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.9)
    return cv2.warpAffine(image, turn, (width, height), borderValue=(170,))


@pytest.mark.parametrize("degrees", [15, 90, 180, 270])
def test_a_code_is_read_whichever_way_it_hangs(degrees):
    assert codes_in(turned(photo_of("1900.3"), degrees)) == ["1900.3"]


@pytest.mark.parametrize("degrees", [0, 12, 90, 180, 270])
@pytest.mark.parametrize("name", ["Code128", "Code39", "DataMatrix"])
def test_what_inventories_print_is_read_whichever_way_it_hangs(name, degrees):
    kind = getattr(zxingcpp.BarcodeFormat, name)
    drawn = zxingcpp.create_barcode("1900.3", kind).to_image(scale=3)
    code = np.asarray(drawn, np.uint8)[:300]
    image = np.full((640, 640), 170, np.uint8)
    image[160 : 160 + code.shape[0], 40 : 40 + code.shape[1]] = code
    assert codes_in(turned(image, degrees)) == ["1900.3"]


def test_where_there_is_none_none_is_read():
    assert codes_in(np.full((480, 640), 170, np.uint8)) == []


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (f"{SITE}/works/1900.3", "1900.3"),
        (f"{SITE}/works/M%C3%BC/12%2F3?from=label", "Mü/12/3"),
        (" 1900.3 ", "1900.3"),
    ],
)
def test_own_pages_and_plain_numbers_count(code, number):
    assert numbers_of([code], SITE) == [number]


def test_pages_of_others_do_not():
    assert numbers_of(["https://other.example.org/works/1900.3"], SITE) == []
    assert numbers_of([f"{SITE}.evil.example/works/1900.3"], SITE) == []
    assert numbers_of([f"{SITE}/works/1900.3"], "") == []
