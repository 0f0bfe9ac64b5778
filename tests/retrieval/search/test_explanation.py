import cv2
import numpy as np
import pytest

from app.retrieval.search.explanation import (
    attention,
    draw_heat,
    encode_attention,
    rectify,
    subjects_seen,
)
from app.retrieval.types import ClassEvidence, Description
from tests.support.pictures import artwork, warp

SIZE = (300, 400)
MAPPING = [[0.7, 0.1, 60], [-0.05, 0.65, 70], [0.0001, 0.0002, 1]]


def test_a_photographed_work_is_set_upright_again():
    work = artwork()
    photo = warp(work, MAPPING, (420, 560))
    corners = np.array([[0, 0, 1], [400, 0, 1], [400, 300, 1], [0, 300, 1]])
    mapped = corners @ np.transpose(MAPPING)
    outline = mapped[:, :2] / mapped[:, 2:] / (560, 420)
    rectified = rectify(photo, outline.astype(np.float32), SIZE)
    difference = np.abs(rectified.astype(float) - work)[10:-10, 10:-10]
    assert difference.mean() < 8
    # Shifted by two pixels it would already be worse.
    assert (
        difference.mean() < np.abs(rectified[:, 2:].astype(float) - work[:, :-2]).mean()
    )


def test_what_lies_outside_the_photo_is_grey():
    outline = np.array([[-1, 0], [1, 0], [1, 1], [-1, 1]], np.float32)
    rectified = rectify(np.zeros((10, 10, 3), np.uint8), outline, (20, 40))
    assert (rectified[:, :18] == 128).all()
    assert (rectified[3:-3, 23:-3] == 0).all()


def evidence(probability, *values):
    return ClassEvidence("a", probability, np.array([values], np.float32))


def seen_as(**probabilities):
    blank = np.zeros((1, 1), np.float32)
    return Description(
        np.ones(1, np.float32),
        tuple(
            ClassEvidence(label.replace("_", " "), share, blank)
            for label, share in probabilities.items()
        ),
    )


def test_what_was_seen_is_named_in_words_that_people_use():
    seen = seen_as(dust_jacket=0.4, schooner=0.1, gown=0.06, comic_book=0.03)
    assert subjects_seen(seen) == ("people", "dress", "water", "ship")
    # As sure beside the others, but hardly seen.
    assert subjects_seen(seen_as(dust_jacket=0.4, schooner=0.04)) == ()


def test_classes_of_a_museum_are_no_subjects():
    assert subjects_seen(seen_as(Cubism=0.9, Claude_Monet=0.1)) == ()
    assert subjects_seen(seen_as(dust_jacket=0.9)) == ()
    assert subjects_seen(seen_as()) == ()


def test_attention_by_hand():
    seen = Description(
        np.ones(1, np.float32), (evidence(0.5, 1, 0), evidence(0.25, 0, 1))
    )
    np.testing.assert_array_equal(attention(seen), [[255, 128]])


@pytest.mark.parametrize("classes", [(), (evidence(0.5, 0, 0),)])
def test_who_saw_nothing_shows_nothing(classes):
    assert attention(Description(np.ones(1, np.float32), classes)) is None


def test_the_heat_is_where_the_attention_was():
    grey = np.zeros((4, 8), np.uint8)
    grey[:, 6:] = 255
    heat = cv2.imdecode(
        np.frombuffer(draw_heat(encode_attention(grey), (600, 1280)), np.uint8),
        cv2.IMREAD_UNCHANGED,
    )
    assert heat is not None
    assert heat.shape == (150, 320, 4)
    assert heat[:, :100, 3].max() == 0
    assert heat[:, -20:, 3].min() > 150
