"""An extended gallery against one that was built of the same images at once."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.overlay import GalleryOverlay
from app.retrieval.settings import ShortlistSettings
from tests.support.fakes import fake_collection, fake_vocabulary

COUNT = 12
IDS = [f"image-{number}" for number in range(COUNT)]
SHORTLIST = ShortlistSettings()


@cache
def collection():
    return list(fake_collection(COUNT))


@cache
def whole():
    return Gallery.build(collection(), fake_vocabulary())


def named(gallery, hits):
    return [gallery.items[hit.position].image_id for hit in hits]


def extended(base, hidden=(), added=()):
    gallery = Gallery.build([collection()[i] for i in base], fake_vocabulary())
    half = len(added) // 2  # in two steps
    changed = GalleryOverlay.over(gallery).extended(
        {IDS[i] for i in hidden}, [collection()[i] for i in added[:half]]
    )
    return changed.extended((), [collection()[i] for i in added[half:]])


@settings(max_examples=30)
@given(
    base=st.sets(st.integers(0, COUNT - 1), min_size=1),
    hidden=st.sets(st.integers(0, COUNT - 1)),
    query=st.integers(0, COUNT - 1),
)
def test_it_finds_what_a_gallery_of_the_shown_images_finds(base, hidden, query):
    """Half of what is hidden comes back as an addition, as a replaced image does."""
    added = {i for i in range(COUNT) if i not in base or (i in hidden and i % 2)}
    gallery = extended(sorted(base), hidden & base, sorted(added))
    shown = sorted((base - hidden) | added)
    truth = Gallery.build([collection()[i] for i in shown], fake_vocabulary())
    descriptor, features = whole().descriptors[query], whole().local_features[query]
    excluded = gallery.mask_of([])
    near = gallery.search_global(descriptor, COUNT, excluded=excluded)
    assert named(gallery, near) == named(truth, truth.search_global(descriptor, COUNT))
    style = whole().style_of(query)
    alike = gallery.search_style(style, COUNT, excluded=excluded)
    assert named(gallery, alike) == named(truth, truth.search_style(style, COUNT))
    voted = gallery.search_local(features, SHORTLIST, excluded=excluded)
    assert (IDS[query] in named(gallery, voted)) == (query in shown)
    assert gallery.work_ids == {collection()[i][0].work_id for i in shown}


@given(split=st.integers(1, COUNT - 1), query=st.integers(0, COUNT - 1))
@settings(max_examples=20)
def test_additions_score_as_if_they_had_been_there(split, query):
    """Word weights are those of the base, so only the order of equals may differ."""
    gallery = extended(range(split), (), range(split, COUNT))
    features = whole().local_features[query]
    hits = gallery.search_local(features, SHORTLIST)
    assert named(gallery, hits)[0] == IDS[query]
    base = Gallery.build(collection()[:split], fake_vocabulary())
    alone = base.search_local(features, SHORTLIST)
    scores = {
        gallery.items[hit.position].image_id: hit.similarity
        for hit in hits
        if hit.position < split
    }
    assert {
        base.items[hit.position].image_id: hit.similarity for hit in alone
    } == pytest.approx(scores)


def test_positions_features_and_descriptors_belong_together():
    gallery = extended(range(5), [2], range(5, COUNT))
    assert len(gallery) == COUNT
    for position, image_id in enumerate(IDS):
        expected = None if position == 2 else position
        assert gallery.position_of(image_id) == expected
        np.testing.assert_array_equal(
            gallery.descriptor_of(position), whole().descriptors[position]
        )
        np.testing.assert_array_equal(
            gallery.local_features_of(position).xy, whole().local_features[position].xy
        )
    np.testing.assert_allclose(
        gallery.similarities(whole().descriptors[4], [4, 11]),
        whole().similarities(whole().descriptors[4], [4, 11]),
        rtol=1e-6,
    )
    assert gallery.similarities(whole().descriptors[4], []).shape == (0,)


def test_a_replaced_image_is_the_new_one():
    item, _ = collection()[1]
    _, features = collection()[7]
    base = Gallery.build(collection()[:5], fake_vocabulary())
    before = GalleryOverlay.over(base)
    gallery = before.extended([item.image_id], [(item, features)])
    assert before.position_of(item.image_id) == 1
    assert gallery.added_count == 1
    position = gallery.position_of(item.image_id)
    assert position == 5
    np.testing.assert_array_equal(gallery.descriptor_of(5), features.descriptor)


def test_masks_hide_works_on_both_sides_and_what_is_hidden_anyway():
    gallery = extended(range(4), [1], range(4, 6))
    mask = gallery.mask_of([collection()[0][0].work_id, collection()[5][0].work_id])
    assert mask.tolist() == [True, True, False, False, False, True]
    assert extended(range(4)).mask_of(["elsewhere"]) is None


def test_an_addition_can_be_replaced_and_withdrawn_too():
    item, _ = collection()[7]
    gallery = extended(range(5), (), [7])
    replaced = gallery.extended([item.image_id], [(item, collection()[8][1])])
    assert replaced.position_of(item.image_id) == 6
    gone = replaced.extended([item.image_id], [])
    assert gone.position_of(item.image_id) is None
    near = gone.search_global(whole().descriptors[8], 9, excluded=gone.mask_of([]))
    assert item.image_id not in named(gone, near)
    assert item.work_id not in gone.work_ids
