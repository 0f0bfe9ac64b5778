import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.search.near_duplicates import (
    Kinship,
    find_relatives,
    judge,
    share_inside,
)
from app.retrieval.settings import LocalSettings
from app.retrieval.types import GalleryItem
from tests.support.fakes import draw_picture, fake_collection, fake_model

SIZE = (240, 320)


def picture_of(name, image):
    features = fake_model().reference_features(image, LocalSettings())
    return GalleryItem(f"image-{name}", f"work-{name}"), features


@pytest.fixture(scope="module")
def gallery():
    """Works 0 to 5, and of work 0 a brighter scan and a detail."""
    scan = np.clip(draw_picture(0).astype(int) + 12, 0, 255).astype(np.uint8)
    return Gallery.build(
        [
            *fake_collection(6),
            picture_of("scan", scan),
            picture_of("detail", draw_picture(0)[40:180, 30:190]),
        ],
        fake_model().vocabulary,
    )


def relatives_of(gallery, image_id):
    found = find_relatives(gallery, gallery.position_of(image_id))
    return {one.item.work_id: one.kinship for one in found}


def test_a_picture_knows_its_scan_and_its_detail(gallery):
    assert relatives_of(gallery, "image-0") == {
        "work-scan": Kinship.DUPLICATE,
        "work-detail": Kinship.WHOLE,
    }


def test_a_detail_knows_the_whole(gallery):
    assert relatives_of(gallery, "image-detail")["work-0"] is Kinship.DETAIL


def test_a_picture_knows_its_mirror_image():
    mirror = np.ascontiguousarray(draw_picture(0)[:, ::-1])
    entries = [*fake_collection(6), picture_of("mirror", mirror)]
    gallery = Gallery.build(entries, fake_model().vocabulary)
    assert relatives_of(gallery, "image-0") == {"work-mirror": Kinship.MIRRORED}
    assert relatives_of(gallery, "image-mirror") == {"work-0": Kinship.MIRRORED}


def test_unlike_pictures_are_no_relatives(gallery):
    assert relatives_of(gallery, "image-3") == {}


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.95, 1.0, 0.8), Kinship.DUPLICATE),
        ((0.7, 1.0, 0.95), Kinship.VIEW),
        ((0.9, 1.0, 0.5), Kinship.DETAIL),
        ((0.9, 0.2, 0.9), Kinship.WHOLE),
        ((0.9, 0.5, 0.5), Kinship.VIEW),
        ((0.3, 1.0, 0.4), Kinship.VIEW),
    ],
)
def test_shares_make_the_kinship(shares, expected):
    assert judge(*shares) is expected


def test_half_of_a_picture_moved_out_is_outside():
    moved = np.array([[1, 0, 160], [0, 1, 0], [0, 0, 1]], float)
    assert share_inside(moved, SIZE, SIZE) == 0.5
    assert share_inside(np.diag([0.5, 0.5, 1]), SIZE, SIZE) == 1
    assert share_inside(np.diag([2.0, 2.0, 1]), SIZE, SIZE) == 0.25


def test_what_maps_to_the_horizon_is_not_inside():
    horizon = np.array([[1, 0, 0], [0, 1, 0], [-1 / 5, 0, 1]], float)
    assert share_inside(horizon, SIZE, SIZE) < 0.5
