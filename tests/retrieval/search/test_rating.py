"""Rating with a comparison that says what a test wants, or with the real one."""

from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.local import rootsift
from app.retrieval.search import rating
from app.retrieval.search.candidate_pool import CandidatePool
from app.retrieval.search.rating import Rater
from app.retrieval.settings import RetrievalSettings
from app.retrieval.verification.evidence import Comparison, Verdict
from tests.support.fakes import draw_picture, fake_collection, fake_model, photograph

COUNT = 8
SETTINGS = RetrievalSettings()
SIDE_PX = SETTINGS.local.query_side_px
REGION = np.array([[0.2, 0.2], [0.4, 0.2], [0.3, 0.5]], np.float32)
SAME = Comparison(1.0, 1.0, 0.0, (), np.ones((3, 3), np.int8))
DIFFERENT = replace(SAME, difference=0.1, outlines=(REGION,))


@pytest.fixture(scope="module")
def gallery():
    return Gallery.build(fake_collection(COUNT), fake_model().vocabulary)


def rater_of(gallery, image):
    photo = PreparedPhoto(image)
    return Rater(photo, gallery, fake_model().decision, SETTINGS)


def verified(gallery, image, positions):
    pool = CandidatePool(gallery, SETTINGS.verification)
    photo = PreparedPhoto(image).resized(SIDE_PX)
    features = rootsift.extract_query(photo, side_px=SIDE_PX, count=700)
    pool.verify(features, positions)
    return pool.matches


def says(monkeypatch, *comparisons):
    """Let comparisons turn out like this, one after another; count them."""
    left = list(comparisons)
    monkeypatch.setattr(rating, "compare", lambda *_: left.pop(0))
    return left


def test_a_work_that_looks_the_same_is_found(gallery):
    photo = photograph(draw_picture(3))
    first, *others = rater_of(gallery, photo).rate(verified(gallery, photo, range(4)))
    assert first.item.work_id == "work-3"
    assert first.verdict is Verdict.FOUND
    assert first.comparison.agreement > 0.8
    assert not first.is_different
    assert all(other.verdict is Verdict.NOT_FOUND for other in others)


def test_a_work_that_differs_is_never_found_however_probable(gallery, monkeypatch):
    photo = photograph(draw_picture(3))
    matches = verified(gallery, photo, [3])
    says(monkeypatch, DIFFERENT)
    [match] = rater_of(gallery, photo).rate(matches)
    assert match.probability > fake_model().decision.found_threshold
    assert match.verdict is Verdict.UNCERTAIN


def test_a_painted_over_work_is_seen_to_differ(gallery):
    picture = draw_picture(3)
    picture[80:170, 110:200] = draw_picture(50)[80:170, 110:200]
    photo = photograph(picture)
    [match] = rater_of(gallery, photo).rate(verified(gallery, photo, [3]))
    assert match.is_different
    outline = match.comparison.outlines[0]
    middle = outline.mean(axis=0)
    np.testing.assert_allclose(middle, [155 / 320, 125 / 240], atol=0.1)


def test_a_version_is_no_rival_of_the_work_itself(gallery, monkeypatch):
    photo = photograph(draw_picture(3))
    [match] = verified(gallery, photo, [3])
    item = replace(match.item, work_id="version")
    version = replace(match, position=4, item=item)
    says(monkeypatch, SAME, DIFFERENT)
    first, second = rater_of(gallery, photo).rate([match, version])
    assert (first.item.work_id, first.verdict) == ("work-3", Verdict.FOUND)
    assert (second.item.work_id, second.is_different) == ("version", True)
    assert second.verdict is not Verdict.FOUND


def test_an_outline_that_is_a_little_off_is_set_right_on_the_pixels(gallery):
    photo = photograph(draw_picture(3))
    [match] = verified(gallery, photo, [3])
    off = np.array([[1, 0, 4.0], [0, 1, -3.0], [0, 0, 1]])
    shifted = replace(
        match.verification, homography=off @ match.verification.homography
    )
    away = match.outline + np.array([0.012, -0.012], np.float32)
    moved = replace(match, verification=shifted, outline=away)
    [rated] = rater_of(gallery, photo).rate([moved])
    distance = np.abs(rated.outline - match.outline).max()
    assert distance < 0.25 * np.abs(away - match.outline).max()
    assert rated.comparison.agreement > 0.9


def test_each_reference_image_is_compared_once(gallery, monkeypatch):
    photo = photograph(draw_picture(3))
    matches = verified(gallery, photo, [3])
    left = says(monkeypatch, SAME, SAME)
    rater = rater_of(gallery, photo)
    one, other = rater.rate(matches), rater.rate(matches)
    assert len(left) == 1
    assert one[0].comparison is other[0].comparison


def test_what_was_compared_stays_so_when_stronger_works_come(gallery):
    rows = [[draw_picture(i) for i in row] for row in ((0, 1, 2, 3), (4, 5, 6, 7))]
    wall = np.vstack([np.hstack(row) for row in rows])
    matches = verified(gallery, wall, range(COUNT))
    rater = rater_of(gallery, wall)
    [weakest] = rater.rate(matches[-1:])
    assert weakest.comparison is not None
    rated = {match.position: match for match in rater.rate(matches)}
    assert rated[weakest.position].comparison is weakest.comparison


def test_without_a_grey_copy_there_is_nothing_to_compare():
    pairs = [(item, replace(f, picture=b"")) for item, f in fake_collection(2)]
    bare = Gallery.build(pairs, fake_model().vocabulary)
    photo = photograph(draw_picture(1))
    [match] = rater_of(bare, photo).rate(verified(bare, photo, [1]))
    assert match.comparison is None
    assert match.verdict is Verdict.FOUND


def with_inliers(match, count):
    """The match with its first inliers alone, which is not compared."""
    return replace(match, points=match.points[:count], outline=None)


@pytest.mark.parametrize(("inliers", "first"), [(8, "work-2"), (9, "work-3")])
def test_a_few_chance_inliers_do_not_outdo_what_the_channels_put_first(
    gallery, inliers, first
):
    photo = photograph(draw_picture(3))
    strong, *weak = verified(gallery, photo, [3, 1, 2])
    matches = [with_inliers(strong, inliers), *weak]
    promising = ["work-2", "work-1"]
    # So that these few are not enough for *perhaps*.
    strict = replace(
        fake_model().decision, found_threshold=1.0, uncertain_threshold=1.0
    )
    rater = Rater(PreparedPhoto(photo), gallery, strict, SETTINGS)
    rated = rater.rate(matches, promising)
    assert all(match.verdict is Verdict.NOT_FOUND for match in rated)
    assert rated[0].item.work_id == first
    if first == "work-2":
        assert [match.item.work_id for match in rated] == [*promising, "work-3"]
