import json

import cv2
import numpy as np
import pytest

from app.models import Query, QueryMatch, ReferenceImage
from app.retrieval.images.codec import decode
from app.retrieval.images.quality import QualityIssue
from app.retrieval.search.explanation import encode_attention
from app.retrieval.verification.evidence import BlockState, Comparison, Verdict
from app.services.media.folder import FolderStore
from app.services.search.evidence import (
    BLOCK_SIGNS,
    POINT_COUNT,
    PhotoRemark,
    Spread,
    faults_of,
    heat_map,
    pack_comparison,
    pack_points,
    rectified_photo,
    remarks_of,
    shows_nothing,
    spread_of,
)
from app.web.shell.current import folders, search_service
from tests.support.fakes import draw_picture
from tests.support.museum import encoded


@pytest.fixture
def asked(in_app, photo):
    return search_service().search(photo)


def photos():
    return FolderStore(folders().queries)


def test_no_points_are_no_evidence():
    assert pack_points(np.zeros((0, 4), np.float32)) == []
    assert spread_of([]) is Spread.PART


def test_every_part_of_the_work_has_its_say():
    crowd = np.full((200, 4), 0.1, np.float32)
    alone = np.array([[0.5, 0.5, 1.0, 0.9]], np.float32)
    chosen = pack_points(np.concatenate([crowd, alone]))
    assert len(chosen) == POINT_COUNT
    assert [0.5, 0.5, 1.0, 0.9] in chosen[:2]


@pytest.mark.parametrize(
    ("shares", "spread"),
    [([0.5], Spread.PART), ([0.1, 0.5], Spread.MUCH), ([0.1, 0.5, 1.0], Spread.WHOLE)],
)
def test_the_spread_is_told_in_three_words(shares, spread):
    points = [[0, 0, u, v] for u in shares for v in shares]
    assert spread_of(points) is spread


def test_an_answer_keeps_where_details_agree(asked):
    match = asked.matches[0]
    assert 20 < len(match.points) <= POINT_COUNT
    # The outline maps the work's corners into the photo; details must agree with it.
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    homography = cv2.getPerspectiveTransform(
        corners, np.array(match.outline, np.float32)
    )
    points = np.array(match.points, np.float32)
    mapped = cv2.perspectiveTransform(points[None, :, 2:], homography)[0]
    assert np.abs(mapped - points[:, :2]).max() < 0.03


def test_a_comparison_is_kept_as_plain_values():
    outline = np.array([[0.25, 0.1], [0.5, 0.1], [0.5, 1 / 3]], np.float32)
    states = np.array([[-1, 0, 1], [2, 2, 1]], np.int8)
    packed = pack_comparison(
        Comparison(0.8, np.float64(0.66667), 0.125, (outline,), states)
    )
    assert json.loads(json.dumps(packed)) == {
        "agreement": 0.667,
        "difference": 0.125,
        "outlines": [[[0.25, 0.1], [0.5, 0.1], [0.5, 0.3333]]],
        "blocks": ["? =", "xx="],
    }
    assert pack_comparison(None) is None


def test_every_state_of_a_block_has_its_own_sign():
    assert len(set(BLOCK_SIGNS.values())) == len(BLOCK_SIGNS) == len(BlockState)


def test_an_answer_keeps_what_was_wrong_with_the_photo(asked):
    assert QualityIssue.DARK not in faults_of(asked)
    assert asked.quality["work_share"] == pytest.approx(4 / 9, abs=0.1)
    black = cv2.imencode(".png", np.zeros((300, 400, 3), np.uint8))[1].tobytes()
    assert faults_of(search_service().search(black)) == [QualityIssue.BLACK]
    assert not shows_nothing(asked)


@pytest.mark.parametrize(("level", "fault"), [(4, "black"), (150, "blank")])
def test_for_a_photo_that_shows_nothing_no_work_is_proposed(in_app, level, fault):
    rng = np.random.default_rng(3)
    noise = level + rng.integers(0, 2, (300, 400, 1)) * (fault == "black") * 12
    image = np.broadcast_to(noise.astype(np.uint8), (300, 400, 3))
    query = search_service().search(cv2.imencode(".png", image)[1].tobytes())
    assert shows_nothing(query)
    assert fault in query.quality["faults"]
    assert query.verdict is Verdict.NOT_FOUND
    assert query.probability == 0
    assert not query.matches
    assert not query.similar


def test_a_part_of_a_work_is_told_as_a_part(in_app):
    whole, part = draw_picture(0), draw_picture(0)[:, :250]
    told = [remarks_of(search_service().search(encoded(one))) for one in (whole, part)]
    assert told == [[], [PhotoRemark.CROPPED]]


def test_answers_from_before_photos_were_measured_have_no_faults():
    assert faults_of(Query(quality={})) == []


def test_the_rectified_photo_lies_over_the_works_own_picture(asked):
    image = decode(rectified_photo(asked.matches[0], photos()) or b"")
    work = draw_picture(0)
    assert image.shape == work.shape
    inner = slice(20, -20)
    error = np.abs(image[inner, inner].astype(float) - work[inner, inner])
    assert np.median(error) < 12


@pytest.mark.parametrize("lost", ["row", "file", "outline", "picture"])
def test_without_photo_outline_or_picture_nothing_is_rectified(asked, lost):
    match = asked.matches[0]
    if lost == "row":
        asked.photo_name = None
    elif lost == "file":
        (photos().root / asked.photo_name).unlink()
    elif lost == "outline":
        match.outline = None
    else:
        match.image = None
    assert rectified_photo(match, photos()) is None


def test_a_large_picture_is_not_shown_larger_than_a_screen(asked):
    match = QueryMatch(
        query=asked,
        outline=asked.matches[0].outline,
        image=ReferenceImage(width=4000, height=1000),
    )
    assert decode(rectified_photo(match, photos()) or b"").shape == (225, 900, 3)


def test_the_heat_map_has_the_shape_of_its_photo(asked):
    asked.activation_map = encode_attention(np.full((6, 8), 200, np.uint8))
    heat = cv2.imdecode(
        np.frombuffer(heat_map(asked) or b"", np.uint8), cv2.IMREAD_UNCHANGED
    )
    assert heat is not None
    assert heat.shape[1] / heat.shape[0] == pytest.approx(4 / 3, abs=0.01)
    asked.activation_map = None
    assert heat_map(asked) is None
