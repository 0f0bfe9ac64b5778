"""A gallery in shards against one that holds everything."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.retrieval.errors import ShardAwayError
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.item_store import ItemStore
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.gallery.shards.asking import Shards
from app.retrieval.gallery.shards.sharded import ShardedGallery
from app.retrieval.settings import ShortlistSettings
from tests.support.fakes import fake_collection, fake_vocabulary
from tests.support.shards import cut, kill

COUNT = 12
SHORTLIST = ShortlistSettings()


@cache
def collection():
    return list(fake_collection(COUNT))


@cache
def in_three():
    return cut(collection(), fake_vocabulary(), [5, 1, 6])


@cache
def whole():
    return in_three()[2]


def query(number):
    return whole().descriptors[number], whole().local_features[number]


@settings(max_examples=15, deadline=None)
@given(
    number=st.integers(0, COUNT - 1),
    count=st.integers(1, COUNT),
    excluded=st.sets(st.integers(0, COUNT - 1)),
)
def test_it_finds_what_one_gallery_finds(number, count, excluded):
    sharded, truth = in_three()[0], whole()
    mask = sharded.mask_of([f"work-{one}" for one in excluded])
    np.testing.assert_array_equal(mask, truth.mask_of(f"work-{i}" for i in excluded))
    descriptor, features = query(number)
    assert sharded.search_global(descriptor, count, excluded=mask) == (
        truth.search_global(descriptor, count, excluded=mask)
    )
    style = truth.style_of(number)
    assert sharded.search_style(style, count, excluded=mask) == (
        truth.search_style(style, count, excluded=mask)
    )
    assert sharded.search_local(features, SHORTLIST, excluded=mask) == (
        truth.search_local(features, SHORTLIST, excluded=mask)
    )
    counted = np.arange(len(features)) % 3 > 0
    votes, true_votes = (g.vote(features, SHORTLIST) for g in (sharded, truth))
    assert votes.shortlist(count, counted=counted, excluded=mask) == (
        true_votes.shortlist(count, counted=counted, excluded=mask)
    )


def test_semantic_descriptors_are_searched_too():
    described = [
        (item, type(f)(**{**vars_of(f), "semantic": f.descriptor}))
        for item, f in collection()
    ]
    sharded, _, truth = cut(described, fake_vocabulary(), [4, 8])
    for number in (0, 3, 4, 11):
        wanted = truth.semantic_of(number)
        found = sharded.search_semantic(wanted, 5)
        assert found == truth.search_semantic(wanted, 5)
        np.testing.assert_array_equal(sharded.semantic_of(number), wanted)


def vars_of(features):
    return {name: getattr(features, name) for name in features.__slots__}


def test_of_equal_images_the_first_comes_first():
    item, features = collection()[0]
    copies = [(type(item)(f"image-{i}", f"work-{i}"), features) for i in range(6)]
    sharded, _, truth = cut(copies, fake_vocabulary(), [2, 4])
    found = sharded.search_global(features.descriptor, 4)
    assert found == truth.search_global(features.descriptor, 4)
    assert [hit.position for hit in found] == [0, 1, 2, 3]


@pytest.mark.parametrize("position", [0, 4, 5, 6, 11])
def test_what_is_held_of_an_image_is_the_same(position):
    sharded, truth = in_three()[0], whole()
    mine, own = sharded.local_features_of(position), truth.local_features_of(position)
    np.testing.assert_array_equal(mine.xy, own.xy)
    np.testing.assert_array_equal(mine.descriptors, own.descriptors)
    assert mine.size == own.size
    assert sharded.picture_of(position) == truth.picture_of(position)
    for name in ("descriptor_of", "style_of", "semantic_of"):
        np.testing.assert_array_equal(
            getattr(sharded, name)(position), getattr(truth, name)(position)
        )
    assert sharded.items[position] == truth.items[position]
    image_id = sharded.items[position].image_id
    assert sharded.position_of(image_id) == position


def test_candidates_are_fetched_in_one_question_to_each_shard():
    sharded, copies, _ = cut(collection(), fake_vocabulary(), [6, 6])
    photo = sharded.for_one_photo()
    assert photo.fetch([7, 1, 3, 7]) == [7, 1, 3, 7]
    for position in (7, 1, 3):
        photo.local_features_of(position)
        photo.picture_of(position)
    assert [len(own[0].asked) for own in copies] == [1, 1]
    np.testing.assert_allclose(
        sharded.similarities(whole().descriptors[2], [1, 9]),
        whole().similarities(whole().descriptors[2], [1, 9]),
        rtol=1e-6,
    )


def test_one_copy_of_each_shard_is_enough():
    sharded, copies, truth = cut(collection(), fake_vocabulary(), [5, 1, 6])
    kill(*(own[number % 2] for number, own in enumerate(copies)))
    descriptor, features = query(7)
    assert sharded.search_global(descriptor, 9) == truth.search_global(descriptor, 9)
    photo = sharded.for_one_photo()
    assert photo.search_local(features, SHORTLIST) == (
        truth.search_local(features, SHORTLIST)
    )
    assert photo.missing == ()
    assert sharded.away() == ()


def test_a_photo_goes_without_a_dead_shard_and_says_so():
    sharded, copies, truth = cut(collection(), fake_vocabulary(), [5, 7])
    kill(*copies[1])
    photo = sharded.for_one_photo()
    found = photo.search_global(query(7)[0], COUNT)
    assert {hit.position for hit in found} == set(range(5))
    assert photo.missing == ("shard 2",)
    assert photo.fetch([2, 7]) == [2]
    with pytest.raises(ShardAwayError, match="shard 2"):
        photo.picture_of(7)
    assert sharded.away() == ("shard 2",)
    # Each photo for itself: what one went without is none of the next one's.
    assert sharded.for_one_photo().missing == ()
    assert len(truth) == len(photo)


def test_whoever_wants_all_gets_all_or_an_error():
    sharded, copies, _ = cut(collection(), fake_vocabulary(), [5, 7])
    kill(*copies[0])
    with pytest.raises(ShardAwayError, match="shard 1"):
        sharded.search_global(query(7)[0], 3)
    with pytest.raises(ShardAwayError, match="shard 1"):
        sharded.local_features_of(0)
    assert len(sharded.local_features_of(5)) > 0


def test_changes_lie_over_shards_as_over_one_gallery():
    sharded, _, truth = cut(collection()[:9], fake_vocabulary(), [4, 5])
    hidden, added = ["image-2", "image-7"], collection()[9:]
    over, over_one = (
        GalleryOverlay.over(gallery).extended(hidden, added)
        for gallery in (sharded, truth)
    )
    mask = over.mask_of(["work-0"])
    descriptor, features = query(10)
    assert over.search_global(descriptor, 9, excluded=mask) == (
        over_one.search_global(descriptor, 9, excluded=mask)
    )
    assert over.search_local(features, SHORTLIST, excluded=mask) == (
        over_one.search_local(features, SHORTLIST, excluded=mask)
    )
    assert over.work_ids == over_one.work_ids
    photo = over.for_one_photo()
    assert photo.fetch([10, 3, 9]) == [10, 3, 9]
    np.testing.assert_array_equal(
        photo.local_features_of(10).xy, over_one.local_features_of(10).xy
    )


def test_a_photo_over_changes_goes_without_a_dead_shard_too():
    sharded, copies, _ = cut(collection()[:9], fake_vocabulary(), [4, 5])
    kill(*copies[0])
    photo = GalleryOverlay.over(sharded).extended([], collection()[9:]).for_one_photo()
    found = photo.search_local(query(10)[1], SHORTLIST)
    assert found[0].position == 10
    assert photo.missing == ("shard 1",)
    assert photo.fetch([1, 5, 10]) == [5, 10]


def test_lengths_that_do_not_fit_are_refused():
    gallery = Gallery.build(collection()[:2], fake_vocabulary())
    items = ItemStore.pack(gallery.items)
    weights = gallery.inverted_index.word_weights
    with pytest.raises(ValueError, match="2 images and 1 shards"):
        ShardedGallery(items, ["a"], [3], Shards([[]], 1), gallery.vocabulary, weights)
