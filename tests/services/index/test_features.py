import numpy as np
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.models import Artwork, ImageFeatures, ReferenceImage, now
from app.retrieval.settings import LocalSettings, RetrievalSettings
from app.retrieval.types import CodedFeatures, GalleryFeatures
from app.services.index import features as index_features
from app.services.index.computing import ComputesHere
from app.services.index.features import (
    compute_features,
    features_key,
    find_pending,
    gallery_items,
    pack_features,
    unpack_features,
)
from app.services.shards.computing import PictureFault
from tests.support.fakes import draw_picture, fake_model
from tests.support.recorded import record_work

SETTINGS = RetrievalSettings()
KEY = features_key("fake", SETTINGS.local)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def record(session, media):
    def record(numbers):
        for number in numbers:
            record_work(session, media, f"A-{number}", draw_picture(number))

    return record


@pytest.fixture
def compute(session, media):
    def compute(settings=SETTINGS.local):
        pending = find_pending(session, features_key("fake", settings))
        computer = ComputesHere(fake_model(), media, workers=2)
        return list(compute_features(session, pending, "fake", settings, computer))

    return compute


def test_features_come_back_as_they_went():
    features = fake_model().reference_features(draw_picture(1), LocalSettings())
    kept = unpack_features(pack_features(1, KEY, features))
    assert np.array_equal(kept.descriptor, features.descriptor)
    assert np.array_equal(kept.style, features.style)
    assert np.array_equal(kept.semantic, features.semantic)
    assert kept.picture == features.picture
    assert np.array_equal(kept.local_features.xy, features.local_features.xy)
    for name in ("codes", "words", "signatures"):
        one, other = (getattr(f.local_features, name) for f in (kept, features))
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype
    assert kept.local_features.size == features.local_features.size


def test_a_picture_without_texture_has_features_too(rng):
    bare = GalleryFeatures(rng.random(4, np.float32), CodedFeatures.empty((9, 7)))
    kept = unpack_features(pack_features(1, KEY, bare)).local_features
    assert (len(kept), kept.size) == (0, (9, 7))


def test_every_picture_is_computed_once(session, record, compute):
    record(range(3))
    assert compute() == [None] * 3
    assert compute() == []
    assert session.scalar(select(func.count(ImageFeatures.id))) == 3


def test_only_what_is_new_is_computed(record, compute):
    record(range(3))
    compute()
    record([3])
    assert compute() == [None]


def test_features_of_other_settings_do_not_count(record, compute):
    record([0])
    compute()
    assert compute(LocalSettings(reference_features=100)) == [None]


def test_a_lost_picture_is_named_and_the_rest_computed(session, media, record, compute):
    record(range(2))
    lost = session.scalars(select(ReferenceImage)).first()
    (media.root / lost.media_name).unlink()
    faults = [fault for fault in compute() if fault]
    assert [type(fault) for fault in faults] == [PictureFault]
    assert lost.media_name in str(faults[0])
    assert session.scalar(select(func.count(ImageFeatures.id))) == 1


def test_the_gallery_does_not_depend_on_the_order_of_recording(
    session, record, compute
):
    for number in (4, 0, 3, 1):
        record([number])
        compute()
    works = [item.work_id for item, _ in gallery_items(session, KEY)]
    assert works == ["A-0", "A-1", "A-3", "A-4"]


def test_two_works_may_have_the_same_picture(session, media, compute):
    for name in "AB":
        record_work(session, media, name, draw_picture(0))
    compute()
    (first, _), (second, _) = gallery_items(session, KEY)
    assert first.image_id != second.image_id


def test_withdrawn_works_are_left_out(session, record, compute):
    record(range(2))
    compute()
    session.execute(update(Artwork).where(Artwork.id == 1).values(withdrawn_at=now()))
    session.commit()
    assert [item.work_id for item, _ in gallery_items(session, KEY)] == ["A-1"]


def test_a_picture_that_goes_while_they_are_read_is_left_out(
    session, record, compute, monkeypatch
):
    monkeypatch.setattr(index_features, "BATCH_LOADED", 1)
    record(range(3))
    compute()
    items = gallery_items(session, KEY)
    works = [next(items)[0].work_id]
    remove_pictures(session, "A-1")
    works += [item.work_id for item, _ in items]
    assert works == ["A-0", "A-2"]


def remove_pictures(session, accession):
    """Take a work's pictures away, as a curator does while an index is built."""
    with Session(session.get_bind()) as curator:
        work = select(Artwork.id).where(Artwork.accession == accession)
        curator.execute(
            delete(ReferenceImage).where(ReferenceImage.artwork_id.in_(work))
        )
        curator.commit()
