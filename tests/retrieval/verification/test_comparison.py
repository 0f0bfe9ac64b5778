import cv2
import numpy as np
import pytest

from app.retrieval.verification.comparison import compare
from app.retrieval.verification.evidence import BlockState
from tests.retrieval.textures import TILTED, seen, textured

WORK = textured(1, (240, 320))
TO_PICTURE = np.linalg.inv(TILTED)
PHOTO_SIZE = (400, 500)


def grey(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def compared(shown, *, reference=WORK):
    return compare(grey(seen(shown, TILTED, PHOTO_SIZE)), grey(reference), TO_PICTURE)


def with_other(place, seed=9):
    """Paint something else over part of the work; place in shares."""
    top, bottom, left, right = place
    changed = WORK.copy()
    rows = slice(round(240 * top), round(240 * bottom))
    columns = slice(round(320 * left), round(320 * right))
    changed[rows, columns] = textured(seed, (240, 320))[rows, columns]
    return changed


def box_of(outline):
    return *outline.min(axis=0), *outline.max(axis=0)


def test_the_work_itself_agrees():
    comparison = compared(WORK)
    assert comparison.agreement > 0.97
    assert comparison.comparable > 0.97
    assert comparison.difference == 0
    assert comparison.outlines == ()


def test_another_work_does_not_agree():
    comparison = compared(textured(2, (240, 320)))
    assert comparison.agreement < 0.25
    assert comparison.outlines == ()  # nothing around it agrees


def test_another_object_is_outlined():
    comparison = compared(with_other((0.3, 0.6, 0.4, 0.7)))
    assert comparison.agreement > 0.8
    assert comparison.difference == pytest.approx(0.09, abs=0.06)
    (outline,) = comparison.outlines
    assert box_of(outline) == pytest.approx((0.4, 0.3, 0.7, 0.6), abs=0.06)


def test_an_object_that_is_gone_is_outlined():
    without = WORK.copy()
    without[80:150, 120:210] = (128, 128, 128)
    (outline,) = compared(without).outlines
    assert box_of(outline) == pytest.approx((0.375, 1 / 3, 0.66, 0.625), abs=0.07)


def test_light_and_contrast_do_not_matter():
    shade = np.linspace(0.35, 1, 320)[None, :, None]
    dark = (WORK * shade * 0.6 + 40).astype(np.uint8)
    comparison = compared(dark)
    assert comparison.agreement > 0.9
    assert comparison.outlines == ()


def test_glare_is_hidden_and_no_difference():
    shiny = WORK.copy()
    cv2.circle(shiny, (160, 120), 45, (255, 255, 255), cv2.FILLED)
    comparison = compared(cv2.GaussianBlur(shiny, (0, 0), 3))
    assert np.count_nonzero(comparison.blocks == BlockState.HIDDEN) > 20
    assert comparison.agreement > 0.85


def test_what_stands_before_the_edge_is_no_difference():
    photo = seen(WORK, TILTED, PHOTO_SIZE)
    cv2.circle(photo, (197, 230), 45, (40, 60, 50), cv2.FILLED)  # a head, from below
    comparison = compare(grey(photo), grey(WORK), TO_PICTURE)
    assert comparison.agreement < 0.95
    assert comparison.outlines == ()


def test_a_head_above_shoulders_of_another_tone_is_no_difference():
    photo = seen(WORK, TILTED, PHOTO_SIZE)
    cv2.circle(photo, (197, 198), 32, (90, 90, 90), cv2.FILLED)
    cv2.ellipse(photo, (197, 276), (60, 48), 0, 0, 360, (20, 20, 24), cv2.FILLED)
    comparison = compare(grey(photo), grey(WORK), TO_PICTURE)
    assert comparison.agreement < 0.98
    assert comparison.outlines == ()


def test_what_the_photo_does_not_show_is_hidden():
    photo = seen(WORK, TILTED, PHOTO_SIZE)[:, :170]
    comparison = compare(grey(photo), grey(WORK), TO_PICTURE)
    assert (comparison.blocks[:, -8:] == BlockState.HIDDEN).all()
    assert comparison.agreement > 0.95
    assert comparison.comparable < 0.7


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_has_nothing_to_compare(level):
    blank = np.full((240, 320), level, np.uint8)
    comparison = compare(blank, blank, np.eye(3))
    assert comparison.comparable == comparison.agreement == comparison.difference == 0


def test_a_photo_that_shows_nothing_of_it():
    away = np.array([[1, 0, 5000], [0, 1, 5000], [0, 0, 1.0]])
    comparison = compare(grey(WORK), grey(WORK), away)
    assert (comparison.blocks == BlockState.HIDDEN).all()
    assert comparison.agreement == comparison.difference == 0


@pytest.mark.parametrize("size", [(160, 20), (20, 160), (40, 40), (320, 213)])
def test_pictures_of_any_shape(size):
    picture = grey(textured(3, size))
    comparison = compare(picture, picture, np.eye(3))
    assert comparison.blocks.ndim == 2
    assert comparison.agreement > 0.9


def test_a_photo_much_larger_than_the_picture():
    large = cv2.resize(grey(WORK), None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC)
    reduce = np.array([[1 / 6, 0, -5 / 12], [0, 1 / 6, -5 / 12], [0, 0, 1]])
    assert compare(large, grey(WORK), reduce).agreement > 0.97
