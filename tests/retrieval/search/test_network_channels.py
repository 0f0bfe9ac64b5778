from dataclasses import replace

import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.search.answers import Match
from app.retrieval.search.engine import Engine
from app.retrieval.search.network_channels import NetworkView, ask_networks
from app.retrieval.search.trace import GLOBAL, SEMANTIC
from app.retrieval.settings import (
    RetrievalSettings,
    ShortlistSettings,
    VerificationSettings,
)
from app.retrieval.types import Description, GalleryItem, Hit
from tests.support.fakes import (
    NO_MATCHES,
    draw_picture,
    fake_collection,
    fake_model,
    photograph,
)

SIDES = np.eye(4, dtype=np.float32)


class FakeSemantic:
    """Sees in every picture the thing that it was told of."""

    def __init__(self, seen):
        self.seen = Description(seen)

    def describe(self, image):
        return self.seen

    describe_reference = describe


def gallery_of(*works):
    """Images whose semantic descriptors are the axes, of these works."""
    pairs = [
        (GalleryItem(f"image-{n}", work), replace(features, semantic=SIDES[n]))
        for n, (work, (_, features)) in enumerate(
            zip(works, fake_collection(len(works)), strict=True)
        )
    ]
    return Gallery.build(pairs, fake_model().vocabulary)


def match_of(gallery, position):
    none = np.zeros((0, 4), np.float32)
    return Match(position, gallery.items[position], NO_MATCHES, None, none, 0.0)


@pytest.fixture
def seen():
    towards = np.array([0.8, 0.5, 0.3, 0.1], np.float32)
    return towards / np.linalg.norm(towards)


def ask(gallery, seen, excluded=None):
    model = replace(fake_model(), semantic=FakeSemantic(seen), style=None)
    photo = PreparedPhoto(photograph(draw_picture(0)))
    return ask_networks(photo, model, gallery, ShortlistSettings(), excluded)


def test_both_networks_make_a_shortlist_without_what_is_excluded(seen):
    gallery = gallery_of("bust", "bull", "relief", "vessel")
    view = ask(gallery, seen, gallery.mask_of(["bust"]))
    assert set(view.shortlists) == {GLOBAL, SEMANTIC}
    assert [hit.position for hit in view.shortlists[SEMANTIC]] == [1, 2, 3]
    assert 0 not in [hit.position for hit in view.shortlists[GLOBAL]]


def test_the_margin_is_over_the_most_similar_other_work(seen):
    gallery = gallery_of("bust", "bull", "relief", "vessel")
    view = ask(gallery, seen)
    bust, bull = (view.compare(gallery, match_of(gallery, n)) for n in (0, 1))
    assert bust.semantic_similarity == pytest.approx(seen[0])
    assert bust.crowd == bull.crowd == 4
    assert bust.semantic_margin == pytest.approx(seen[0] - seen[1])
    assert bull.semantic_margin == pytest.approx(seen[1] - seen[0])


def test_the_most_similar_side_of_a_work_counts(seen):
    gallery = gallery_of("bust", "bull", "bull", "bust")
    compared = ask(gallery, seen).compare(gallery, match_of(gallery, 3))
    assert compared.semantic_similarity == pytest.approx(seen[0])
    assert compared.semantic_margin == pytest.approx(seen[0] - seen[1])


def test_the_most_similar_view_counts_for_the_global_descriptor():
    gallery = gallery_of("bust", "bull")
    descriptions = tuple(Description(gallery.descriptor_of(n)) for n in (0, 1))
    view = NetworkView(descriptions, None, {GLOBAL: (Hit(0, 1.0), Hit(1, 1.0))})
    compared = view.compare(gallery, match_of(gallery, 1))
    assert compared.similarity == pytest.approx(1, abs=1e-3)
    assert compared.semantic_similarity is None


def test_what_only_the_semantic_network_proposes_is_looked_at(seen):
    # The photo shows none of these: details say nothing, and nothing is found.
    gallery = gallery_of("bust", "bull", "relief", "vessel")
    model = replace(fake_model(), semantic=FakeSemantic(seen), style=None)
    traced = Engine(model, gallery).trace(PreparedPhoto(photograph(draw_picture(99))))
    bust = next(m for m in traced.candidates if m.item.work_id == "bust")
    assert bust.semantic_margin == pytest.approx(seen[0] - seen[1])
    assert traced.shortlists[SEMANTIC][0].position == 0


@pytest.mark.parametrize(("known", "around"), [(1, "vessel"), (0, "bust")])
def test_the_one_looked_around_is_what_the_semantic_network_puts_first(known, around):
    gallery = gallery_of("bust", "bull", "relief", "vessel")
    model = replace(fake_model(), semantic=FakeSemantic(SIDES[3]), style=None)
    few = VerificationSettings(around_count=1, around_known=known)
    engine = Engine(model, gallery, RetrievalSettings(verification=few))
    photo = PreparedPhoto(photograph(draw_picture(0)))
    candidates = engine.trace(photo, thorough=True).candidates
    looked = [one.item.work_id for one in candidates if one.crowd]
    assert looked == [around]
