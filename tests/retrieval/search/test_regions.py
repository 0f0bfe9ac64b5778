import numpy as np

from app.retrieval.search.answers import Match
from app.retrieval.search.regions import with_region
from app.retrieval.types import GalleryItem
from app.retrieval.verification.polygons import contains
from tests.support.fakes import NO_MATCHES

SIZE = (480, 640)
OUTLINE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


def points(count, seed=0):
    return np.random.default_rng(seed).uniform(0.2, 0.4, (count, 4)).astype(np.float32)


def match_of(count, outline=None):
    item = GalleryItem("image", "work")
    return Match(0, item, NO_MATCHES, outline, points(count), coverage=0.0)


def test_a_plane_that_explains_the_points_keeps_its_outline():
    match = match_of(20, OUTLINE)
    assert with_region(match, points(24), SIZE) is match
    assert match.place is OUTLINE
    assert match.seen_points is match.points


def test_a_plane_that_explains_few_of_the_points_is_only_a_face():
    around = points(50, seed=1)
    match = with_region(match_of(20, OUTLINE), around, SIZE)
    assert match.outline is None
    assert match.place is match.region
    assert match.seen_points is around
    assert match.inlier_count == 20
    assert contains(match.region, around[:, :2]).mean() > 0.9


def test_without_an_outline_the_model_that_explains_more_is_surrounded():
    assert with_region(match_of(9), points(12), SIZE).region_points.shape == (12, 4)
    assert with_region(match_of(9), points(5), SIZE).region_points.shape == (9, 4)


def test_too_few_points_have_no_place():
    match = with_region(match_of(0), points(0), SIZE)
    assert match.place is None
    assert match.seen_points is match.points
