from itertools import pairwise

import numpy as np
import pytest

from app.models import Artwork, ReferenceImage
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.measures.learnt import LearntSimilarity
from app.services.comparing.methods import (
    RANKS,
    ComparedMethod,
    compare,
    learnt_similarity,
)
from app.services.curation.work_images import read_thumbnails
from app.services.index.features import gallery_item
from app.services.map.appearances import Appearance, Appearances
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import accession_of, make_searcher, original_of

COUNT = 14


@pytest.fixture(scope="module")
def searcher():
    return make_searcher(range(COUNT))


@pytest.fixture(scope="module")
def looks():
    seen = [Appearance.of(draw_picture(number)) for number in range(COUNT)]
    return Appearances(
        [accession_of(number) for number in range(COUNT)],
        np.stack([look.bits for look in seen]),
        np.stack([look.colours for look in seen]).astype(np.float16),
    )


def learnt(model_id="fake"):
    """Nearer is more alike: what any training would find first."""
    size = 192
    return LearntSimilarity(
        model_id,
        np.eye(size, dtype=np.float32),
        np.zeros(size, np.float32),
        np.concatenate([np.ones((size, 1)), np.zeros((size, 1))]).astype(np.float32),
        np.zeros(1, np.float32),
        np.array([-1], np.float32),
        np.array(0, np.float32),
    )


def thumbnails(items):
    return [draw_picture(int(item.work_id.rpartition(".")[2])) for item in items]


@pytest.fixture(scope="module")
def columns(searcher, looks):
    """What all methods say to a picture of work 3, a little grainy."""
    grain = np.random.default_rng(0).integers(-2, 3, draw_picture(3).shape)
    picture = np.clip(draw_picture(3) + grain, 0, 255).astype(np.uint8)
    found = compare(
        searcher,
        picture,
        excluded={accession_of(5)},
        thumbnails=thumbnails,
        looks=looks,
        similarity=learnt(),
    )
    return {column.method: column for column in found}


def test_all_methods_answer_in_their_order(columns):
    assert list(columns) == list(ComparedMethod)


@pytest.mark.parametrize("method", ComparedMethod)
def test_every_method_knows_a_picture_that_is_a_little_grainy(columns, method):
    assert columns[method].works[0] == accession_of(3)


@pytest.mark.parametrize("method", ComparedMethod)
def test_a_column_is_what_it_says(columns, method):
    column = columns[method]
    assert 1 <= len(column.works) == len(column.scores) <= RANKS
    assert len(set(column.works)) == len(column.works)
    assert (
        all(a >= b for a, b in pairwise(column.scores))
        or method is ComparedMethod.ENGINE
    )
    assert accession_of(5) not in column.works
    assert column.milliseconds > 0


def test_what_needs_the_network_counts_its_time(columns):
    describing = columns[ComparedMethod.DESCRIPTOR].milliseconds
    for method in (
        ComparedMethod.STYLE,
        ComparedMethod.LEARNT,
        ComparedMethod.SSIM,
        ComparedMethod.SSIM_EUCLID,
    ):
        # Without the network each takes a hundredth of it; a busy machine is uneven.
        assert columns[method].milliseconds > 0.1 * describing


def test_a_photo_on_a_wall_is_found_by_the_search_and_its_details(searcher, looks):
    found = compare(
        searcher,
        photograph(draw_picture(0)),
        excluded=(),
        thumbnails=thumbnails,
        looks=looks,
        similarity=None,
    )
    first = {column.method: column.works[0] for column in found}
    assert ComparedMethod.LEARNT not in first
    assert (
        first[ComparedMethod.ENGINE] == first[ComparedMethod.WORDS] == accession_of(0)
    )


def test_works_that_are_not_in_the_index_are_not_named_by_their_looks(looks):
    few = make_searcher(range(4))
    found = compare(
        few,
        draw_picture(9),
        excluded=(),
        thumbnails=thumbnails,
        looks=looks,
        similarity=None,
    )
    findable = {accession_of(number) for number in range(4)}
    assert all(set(column.works) <= findable for column in found)


def test_without_map_similarity_and_pictures_their_columns_are_left_out(searcher):
    found = compare(
        searcher,
        draw_picture(1),
        excluded=(),
        thumbnails=lambda items: [None for _ in items],
        looks=None,
        similarity=None,
    )
    assert [column.method for column in found] == [
        ComparedMethod.ENGINE,
        ComparedMethod.DESCRIPTOR,
        ComparedMethod.STYLE,
        ComparedMethod.WORDS,
    ]


def test_small_pictures_are_read_by_what_the_index_calls_them(session, media):
    for number in range(3):
        image = ReferenceImage(
            sha256=original_of(number),
            media_name=f"{number}.jpg",
            width=320,
            height=240,
        )
        if number != 1:
            media.write(image.thumbnail_name, encode_jpeg(draw_picture(number)))
        session.add(Artwork(accession=accession_of(number), images=[image]))
    session.commit()
    items = [gallery_item(accession_of(n), original_of(n)) for n in (2, 1, 0, 7)]
    pictures = read_thumbnails(session, media, items)
    assert [picture is not None for picture in pictures] == [True, False, True, False]
    assert pictures[0] is not None
    assert np.abs(pictures[0].astype(int) - draw_picture(2)).mean() < 4


def test_a_learnt_similarity_is_used_with_its_own_model_only(tmp_path, caplog):
    assert learnt_similarity(tmp_path, "fake") is None
    assert not caplog.records
    learnt().save(tmp_path / "similarity.npz")
    assert learnt_similarity(tmp_path, "fake") is not None
    assert learnt_similarity(tmp_path, "other") is None
    (tmp_path / "similarity.npz").write_bytes(b"nonsense")
    assert learnt_similarity(tmp_path, "fake") is None
    assert len(caplog.records) == 2
