from pathlib import PurePosixPath

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.models import Artwork, Generation, ImageFeatures, ReferenceImage, now
from app.retrieval.errors import EmptyGalleryError
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import examine
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.settings import LocalSettings, RetrievalSettings
from app.retrieval.types import GalleryFeatures, LocalFeatures
from app.services.catalogue import CatalogueRow
from app.services.collection.pictures import record_catalogue
from app.services.index import building
from app.services.index.building import (
    PictureFault,
    compute_features,
    features_key,
    find_pending,
    gallery_items,
    pack_features,
    publish_generation,
    unpack_features,
)
from tests.support.fakes import draw_picture, fake_model

SETTINGS = RetrievalSettings()
KEY = features_key("fake", SETTINGS.local)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="module")
def images_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(encode_jpeg(draw_picture(number)))
    return folder


@pytest.fixture
def record(session, images_dir, media):
    def record(numbers):
        rows = [
            CatalogueRow(2, f"A-{n}", PurePosixPath(f"{n}.jpg"), {"title": f"No. {n}"})
            for n in numbers
        ]
        list(record_catalogue(session, rows, images_dir, media, workers=2))

    return record


@pytest.fixture
def compute(session, media):
    def compute(settings=SETTINGS.local):
        pending = find_pending(session, features_key("fake", settings))
        return list(
            compute_features(session, pending, media, fake_model(), settings, workers=2)
        )

    return compute


@pytest.fixture
def publish(session, media, tmp_path):
    def publish():
        store = Store(tmp_path / "generations")
        return publish_generation(
            session, store, media, fake_model(), SETTINGS, progress=lambda _: None
        )

    return publish


def test_features_come_back_as_they_went():
    features = fake_model().reference_features(draw_picture(1), LocalSettings())
    kept = unpack_features(pack_features(1, KEY, features))
    assert np.array_equal(kept.descriptor, features.descriptor)
    assert np.array_equal(kept.style, features.style)
    assert np.array_equal(kept.local_features.xy, features.local_features.xy)
    assert np.array_equal(
        kept.local_features.descriptors, features.local_features.descriptors
    )
    assert kept.local_features.size == features.local_features.size


def test_a_picture_without_texture_has_features_too(rng):
    bare = GalleryFeatures(rng.random(4, np.float32), LocalFeatures.empty((9, 7)))
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
    media.path(lost.media_name).unlink()
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


def test_two_works_may_have_the_same_picture(session, images_dir, media, compute):
    rows = [CatalogueRow(2, name, PurePosixPath("0.jpg"), {}) for name in "AB"]
    list(record_catalogue(session, rows, images_dir, media, workers=1))
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
    monkeypatch.setattr(building, "BATCH_LOADED", 1)
    record(range(3))
    compute()
    items = gallery_items(session, KEY)
    works = [next(items)[0].work_id]
    remove_pictures(session, "A-1")
    works += [item.work_id for item, _ in items]
    assert works == ["A-0", "A-2"]


def test_pictures_that_go_before_the_examination_do_not_fail_it(
    session, record, compute, publish, monkeypatch
):
    record(range(6))
    compute()

    def examine_later(*arguments, **options):
        remove_pictures(session, "A-1")
        return examine(*arguments, **options)

    monkeypatch.setattr("app.services.index.building.examine", examine_later)
    examination = publish().examination
    assert examination["simulated_photos_named"] == 1.0


def remove_pictures(session, accession):
    """Take a work's pictures away, as a curator does while an index is built."""
    with Session(session.get_bind()) as curator:
        work = select(Artwork.id).where(Artwork.accession == accession)
        curator.execute(
            delete(ReferenceImage).where(ReferenceImage.artwork_id.in_(work))
        )
        curator.commit()


def test_a_published_index_is_recorded(session, record, compute, publish):
    record(range(6))
    compute()
    generation = publish()
    assert session.scalars(select(Generation)).one() is generation
    assert (generation.works, generation.images) == (6, 6)
    assert generation.examination["simulated_photos_named"] == 1.0


def test_publishing_again_keeps_the_same_index(record, compute, publish):
    record(range(6))
    compute()
    first = publish().name
    assert publish().name == first


def test_an_empty_collection_is_not_published(publish):
    with pytest.raises(EmptyGalleryError):
        publish()
