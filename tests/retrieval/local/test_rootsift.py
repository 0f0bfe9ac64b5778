import cv2
import numpy as np
import pytest

from app.retrieval.local.rootsift import (
    PLACE_PX,
    extract,
    extract_query,
    mirrored,
    root_sift,
)
from tests.retrieval.textures import textured

both = pytest.mark.parametrize("extract", [extract, extract_query])


@both
def test_features_are_capped_and_lie_inside_the_resized_picture(extract):
    features = extract(textured(1, (300, 900)), side_px=450, count=50)
    assert features.size == (150, 450)
    assert len(features) == 50
    assert features.xy.dtype == np.float32
    assert features.descriptors.dtype == np.uint8
    assert (features.xy >= 0).all()
    assert (features.xy <= [450, 150]).all()


@both
def test_a_small_picture_is_not_enlarged(extract):
    assert extract(textured(1, (60, 80)), side_px=640, count=9).size == (60, 80)


@both
@pytest.mark.parametrize("size", [(1, 1), (3, 900), (200, 300)])
def test_a_picture_without_texture_has_no_features(size, extract):
    features = extract(np.full((*size, 3), 127, np.uint8), side_px=640, count=500)
    assert len(features) == 0
    assert features.descriptors.shape == (0, 128)


@both
def test_a_faint_picture_still_has_features(extract):
    faint = (120 + textured(2) / 10).astype(np.uint8)
    assert len(extract(faint, side_px=640, count=500)) > 50


@both
def test_features_do_not_depend_on_the_number_of_threads(extract):
    image = textured(3)
    threads = cv2.getNumThreads()
    found = []
    for number in (1, 4):
        cv2.setNumThreads(number)
        found.append(extract(image, side_px=640, count=120))
    cv2.setNumThreads(threads)
    np.testing.assert_array_equal(found[0].xy, found[1].xy)
    np.testing.assert_array_equal(found[0].descriptors, found[1].descriptors)


def test_fewer_features_are_the_first_of_more():
    image = textured(4)
    few, many = (extract(image, side_px=640, count=n) for n in (40, 90))
    np.testing.assert_array_equal(few.xy, many.xy[:40])


def test_a_photo_with_room_for_all_has_the_features_of_a_reference_image():
    image = textured(5)
    reference, query = (
        f(image, side_px=640, count=9000) for f in (extract, extract_query)
    )
    assert 0 < len(reference) < 9000
    one, other = (
        sorted(zip(map(tuple, f.xy.tolist()), map(bytes, f.descriptors), strict=True))
        for f in (query, reference)
    )
    assert one == other


def test_a_place_has_one_feature_before_any_has_two():
    image = textured(5)
    features = extract(image, side_px=640, count=9000)
    places = [tuple(place) for place in (features.xy // PLACE_PX).tolist()]
    first = len(set(places))
    assert first < len(places)
    assert len(set(places[:first])) == first
    strongest_first = extract_query(image, side_px=640, count=9000).xy.tolist()
    ranks = [strongest_first.index(xy) for xy in features.xy[:first].tolist()]
    assert ranks == sorted(ranks)


def test_a_photo_without_room_keeps_some_of_its_features_as_they_are():
    image = textured(5)
    few, many = (extract_query(image, side_px=640, count=n) for n in (40, 9000))
    kept, known = (
        {
            (*xy, descriptor.tobytes())
            for xy, descriptor in zip(f.xy, f.descriptors, strict=True)
        }
        for f in (few, many)
    )
    assert len(kept) == 40
    assert kept < known


def test_root_sift_by_hand():
    sift = np.zeros((3, 128), np.float32)
    sift[0, :16] = 10  # a sixteenth each: 512 * sqrt(1 / 16)
    sift[1, 0] = 7  # everything in one bin: clipped
    expected = np.zeros((3, 128), np.uint8)
    expected[0, :16] = 128
    expected[1, 0] = 255
    np.testing.assert_array_equal(root_sift(sift), expected)


@both
def test_nonsense_sizes_are_refused(extract):
    with pytest.raises(ValueError, match="side_px"):
        extract(textured(1), side_px=0, count=10)


def test_mirrored_features_are_those_of_the_mirror_image():
    picture = textured(1, (300, 400))
    own = extract_query(picture, side_px=400, count=300)
    turned = np.ascontiguousarray(picture[:, ::-1])
    expected = extract_query(turned, side_px=400, count=300)
    mirror = mirrored(own)
    apart = np.linalg.norm(mirror.xy[:, None] - expected.xy[None], axis=2)
    nearest = apart.argmin(axis=1)
    assert np.median(apart.min(axis=1)) < 1
    bytes_apart = mirror.descriptors.astype(int) - expected.descriptors[nearest]
    assert np.median(np.linalg.norm(bytes_apart, axis=1)) < 60
    assert np.array_equal(mirrored(mirror).descriptors, own.descriptors)
