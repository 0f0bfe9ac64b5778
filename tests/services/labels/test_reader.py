"""Detection and recognition: their geometry with small networks, and the real ones."""

import cv2
import numpy as np
import pytest

from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.services.labels.detection import detect, prepared
from app.services.labels.networks import (
    DETECTION_FILE,
    models_folder,
    open_network,
)
from app.services.labels.reader import LabelReader
from app.services.labels.recognition import HEIGHT_PX, WIDTHS_PX, Recogniser
from tests.support.sheltered import Shelter


def network_that_sees(corners):
    """Make a detection network that finds one polygon, in pixels of a small photo.

    Small ones are not enlarged, so that these are the network's pixels, too.
    """

    def network(batch):
        scores = np.zeros(batch.shape[2:], np.float32)
        cv2.fillConvexPoly(scores, np.round(corners).astype(np.int32), 0.9)
        return scores[None, None]

    return network


def test_a_line_is_found_where_it_is_and_grown_again():
    shrunk = np.array([[100, 100], [300, 100], [300, 120], [100, 120]], np.float32)
    image = np.zeros((320, 480, 3), np.uint8)
    [box] = detect(image, network_that_sees(shrunk))
    # A rectangle of 200 by 20 is grown by 1.6 times its area over its perimeter.
    grown = 1.6 * 200 * 20 / (2 * 220)
    expected = shrunk + grown * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    assert np.abs(box - expected).max() < 3


def test_the_corners_of_a_tilted_line_begin_at_its_start():
    line = cv2.boxPoints(((240, 160), (200, 24), 15))
    image = np.zeros((320, 480, 3), np.uint8)
    [box] = detect(image, network_that_sees(line))
    assert box[0, 0] < box[1, 0], "starts at the left"
    assert box[1, 1] > box[0, 1], "and goes down"
    assert box[3, 1] > box[0, 1], "the last corner is below the first"


def test_specks_and_unsure_places_are_no_lines():
    speck = np.array([[10, 10], [11, 10], [11, 11], [10, 11]], np.float32)
    image = np.zeros((320, 480, 3), np.uint8)
    assert len(detect(image, network_that_sees(speck))) == 0
    assert detect(image, lambda b: b[:, :1] * 0 + 0.4).shape == (0, 4, 2)


def test_the_network_sees_blue_first():
    image = np.zeros((100, 150, 3), np.uint8)
    image[..., 0] = 255  # red
    batch, size = prepared(image)
    assert size == (100, 150)
    assert batch[0, :, 99, 149].tolist() == [-1, -1, 1]
    assert not batch[0, :, 100:].any(), "grey below the picture"


def test_pictures_of_all_shapes_are_seen_in_a_few():
    # For each shape that it meets, the network keeps memory for good.
    shapes = set()
    for width in range(200, 1300, 50):
        for height in range(200, 1300, 50):
            batch, (seen_height, seen_width) = prepared(
                np.zeros((height, width, 3), np.uint8)
            )
            shapes.add(batch.shape)
            assert seen_width / seen_height == pytest.approx(width / height, rel=0.05)
    assert len(shapes) <= 5


def classes_of(*numbers, count=4):
    """Return what a recognition network says, one class after another."""
    scores = np.full((len(numbers), count), 0.01, np.float32)
    scores[np.arange(len(numbers)), numbers] = 0.9
    return scores


def test_repeats_are_one_character_and_nothing_parts_them():
    def network(batch):
        assert batch.shape[2] == HEIGHT_PX
        # none, a, a, none, a, b, space
        said = classes_of(0, 1, 1, 0, 1, 2, 3)
        return np.stack([said] * len(batch))

    boxes = np.array([[[0, 0], [100, 0], [100, 20], [0, 20]]], np.float32)
    image = np.zeros((40, 120, 3), np.uint8)
    [line] = Recogniser(network, "ab").read(image, boxes)
    assert line.text == "aab"
    assert line.score == pytest.approx(0.9)
    assert line.height == pytest.approx(20)


def test_lines_in_which_nothing_is_read_are_left_out():
    boxes = np.array([[[0, 0], [100, 0], [100, 20], [0, 20]]], np.float32)
    image = np.zeros((40, 120, 3), np.uint8)
    reader = Recogniser(lambda b: np.stack([classes_of(0, 3, 0)] * len(b)), "ab")
    assert reader.read(image, boxes) == []


def test_lines_of_all_lengths_are_read_in_a_few_widths():
    seen = set()

    def network(batch):
        seen.add(batch.shape)
        return np.stack([classes_of(1)] * len(batch))

    image = np.zeros((40, 1000, 3), np.uint8)
    boxes = [[[0, 0], [w, 0], [w, 20], [0, 20]] for w in range(20, 1000, 7)]
    Recogniser(network, "ab").read(image, np.array(boxes, np.float32))
    assert seen == {(1, 3, HEIGHT_PX, width) for width in WIDTHS_PX}


def test_lines_of_all_lengths_come_back_in_the_order_of_their_boxes():
    def network(batch):
        # Wider lines are seen as b: what is black says nothing, what is white is seen.
        seen = (batch[:, 0] > 0).any(axis=1).sum(axis=1)
        return np.stack([classes_of(2 if width > 150 else 1) for width in seen])

    image = np.full((400, 400, 3), 255, np.uint8)
    tops, widths = [0, 30, 60, 90, 120], [300, 20, 310, 30, 300]
    boxes = [
        [[0, y], [w, y], [w, y + 20], [0, y + 20]]
        for y, w in zip(tops, widths, strict=True)
    ]
    lines = Recogniser(network, "ab").read(image, np.array(boxes, np.float32))
    assert "".join(line.text for line in lines) == "babab"


def test_a_missing_or_broken_network_is_told(tmp_path):
    with pytest.raises(MissingArtefactError, match=r"labels\.in"):
        open_network(tmp_path / DETECTION_FILE)
    (tmp_path / DETECTION_FILE).write_bytes(b"no network")
    with pytest.raises(DamagedArtefactError):
        open_network(tmp_path / DETECTION_FILE)


@pytest.mark.slow
def test_the_real_networks_read_a_label(image_of_a_label):
    folder = models_folder()
    if folder is None:
        pytest.skip("requirements-labels.txt is not installed")
    [label] = LabelReader.open(folder).read(image_of_a_label)
    read = [line.text.replace(" ", "") for line in label]
    assert read == ["AdaBright", "TheAstronomer'sTable", "c.1668", "Oiloncanvas"]
    assert all(line.score > 0.9 for line in label)


OPENING = """
import sys
import numpy as np
from app.services.labels.networks import models_folder
from app.services.labels.reader import LabelReader

LabelReader.open(models_folder()).read(np.zeros((96, 128, 3), np.uint8))
print("loaded:", *(name for name in {never} if name in sys.modules))
"""
NEVER = ["rapidocr", "requests", "shapely", "omegaconf", "scipy", "torch"]


@pytest.mark.slow
def test_reading_loads_models_only_and_reaches_nobody(tmp_path):
    if models_folder() is None:
        pytest.skip("requirements-labels.txt is not installed")
    shelter = Shelter(tmp_path)
    said = shelter.run("-c", OPENING.format(never=NEVER))
    assert said.split() == ["loaded:"]
    assert shelter.escapes() == []
