"""The museum that never was: repeatable, varied, full of texture, well labelled."""

import itertools
import subprocess
import sys

import cv2
import numpy as np
import pytest

from app.retrieval.drawings import collection
from app.retrieval.drawings.collection import STYLES, draw_work, generate_collection
from app.retrieval.drawings.styles.artists import ARTISTS
from app.retrieval.drawings.styles.canvas import colourise, fractal, ridge
from tests.support.pictures import artwork, artworks, photograph
from tests.support.waiting import SCRIPT_SECONDS


def keypoint_count(image):
    return len(cv2.SIFT.create(500).detect(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)))


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_repeatable_and_full_of_texture(style):
    size = (240, 320)
    image, again, other = (
        draw_work(np.random.default_rng(seed), style, size) for seed in (5, 5, 6)
    )
    assert image.shape == (*size, 3)
    assert image.dtype == np.uint8
    assert np.array_equal(image, again)
    assert np.abs(image.astype(int) - other).mean() > 5
    assert keypoint_count(image) >= 150


@pytest.fixture(scope="module")
def works():
    return list(generate_collection(2, seed=4))


def test_works_begin_alike_in_collections_of_any_size(works):
    first = next(generate_collection(1, seed=4))
    other = next(generate_collection(1, seed=5))
    assert (first.accession, first.title) == (works[0].accession, works[0].title)
    assert np.array_equal(first.image, works[0].image)
    assert not np.array_equal(first.image[:99, :99], other.image[:99, :99])


def test_works_are_of_stated_size_and_their_labels_own_up(works):
    for work in works:
        assert 700 <= max(work.image.shape[:2]) <= 1000
        assert min(work.image.shape[:2]) >= 450
        assert "invented" in work.school
    assert len({work.accession for work in works}) == len(works)


def test_artists_take_turns_through_the_styles():
    styles = [artist.style for artist in ARTISTS]
    assert styles == [*STYLES, *STYLES]
    assert len({artist.name for artist in ARTISTS}) == len(ARTISTS)


def test_titles_are_unique_far_beyond_the_demonstration():
    titles = {collection._title(number) for number in range(1200)}
    assert len(titles) == 1200


def test_unknown_style_is_refused():
    with pytest.raises(ValueError, match="rococo"):
        draw_work(np.random.default_rng(0), "rococo", (200, 200))


def test_no_two_works_can_be_confused():
    # Coarse colours alone already tell the works of one style and artist apart.
    tiny = [
        cv2.resize(image, (16, 12), interpolation=cv2.INTER_AREA).astype(int)
        for image in artworks(2 * len(STYLES), size=(150, 200))
    ]
    apart = [np.abs(a - b).mean() for a, b in itertools.combinations(tiny, 2)]
    assert min(apart) > 4


def test_drawing_is_the_same_in_every_process():
    code = (
        "import sys; from tests.support.pictures import artwork; "
        "sys.stdout.buffer.write(artwork(1, size=(120, 160)).tobytes())"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=SCRIPT_SECONDS
    )
    assert elsewhere.stdout == artwork(1, size=(120, 160)).tobytes()


def test_pictures_for_tests_are_shared_and_protected():
    assert artwork(0) is artwork(0)
    assert photograph(0).image is photograph(0).image
    with pytest.raises(ValueError, match="read-only"):
        artwork(0)[0, 0] = 0


def test_noise_and_ridges_fill_their_range():
    rng = np.random.default_rng(0)
    for values in (fractal((50, 70), rng), ridge(90, rng)):
        assert values.dtype == np.float32
        assert (values.min(), values.max()) == (0, 1)


def test_colourise_hits_its_stops():
    stops = np.array([[0.0, 10, 20], [100, 110, 120], [200, 210, 220]])
    values = np.array([[0.0, 0.5, 1.0]], np.float32)
    assert np.abs(colourise(values, stops)[0] - stops).max() <= 1
