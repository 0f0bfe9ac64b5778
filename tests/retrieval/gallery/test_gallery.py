import numpy as np
import pytest

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.writer import GalleryWriter, photo_like
from app.retrieval.settings import GallerySettings, ShortlistSettings
from app.retrieval.types import (
    CodedFeatures,
    GalleryFeatures,
    GalleryItem,
    LocalFeatures,
)
from tests.support.fakes import fake_collection, fake_vocabulary

COUNT = 12


@pytest.fixture(scope="module")
def collection():
    return list(fake_collection(COUNT))


@pytest.fixture(scope="module")
def gallery(collection):
    return Gallery.build(collection, fake_vocabulary())


def write(folder, collection):
    folder.mkdir()
    writer = GalleryWriter(
        folder, fake_vocabulary(), GallerySettings(n_trees=5, forest_from=0)
    )
    for item, features in collection:
        writer.add(item, features)
    writer.finish(lambda _: None)
    return Gallery.open(folder, fake_vocabulary())


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_every_image_finds_itself_first_through_both_channels(gallery):
    for position in range(COUNT):
        descriptor = gallery.descriptors[position]
        features = gallery.local_features[position]
        assert gallery.search_global(descriptor, 1)[0].position == position
        assert gallery.search_local(features, ShortlistSettings())[0].position == (
            position
        )


def test_a_gallery_on_disk_answers_like_one_in_memory(tmp_path, collection, gallery):
    mapped = write(tmp_path / "gallery", collection)
    assert list(mapped.items) == list(gallery.items)
    np.testing.assert_array_equal(mapped.descriptors, gallery.descriptors)
    np.testing.assert_array_equal(mapped.styles, gallery.styles)
    np.testing.assert_array_equal(mapped.semantics, gallery.semantics)
    assert [mapped.picture_of(i) for i in range(COUNT)] == [
        features.picture for _, features in collection
    ]
    features = gallery.local_features[3]
    assert mapped.search_local(features, ShortlistSettings()) == gallery.search_local(
        features, ShortlistSettings()
    )
    for descriptor in photo_like(gallery.descriptors, np.random.default_rng(1), 10):
        ours = [hit.position for hit in mapped.search_global(descriptor, 5)]
        truth = [hit.position for hit in gallery.search_global(descriptor, 5)]
        assert ours == truth


def test_two_writings_of_one_collection_are_equal_byte_by_byte(tmp_path, collection):
    write(tmp_path / "one", collection)
    write(tmp_path / "two", iter(collection))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_mask_marks_all_images_of_a_work_and_ignores_unknown_ones(collection):
    images = [
        (GalleryItem(f"image-{i}", f"work-{i // 2}"), features)
        for i, (_, features) in enumerate(collection[:6])
    ]
    gallery = Gallery.build(images, fake_vocabulary())
    assert gallery.work_count == 3
    mask = gallery.mask_of({"work-1", "elsewhere"})
    assert mask is not None
    assert mask.tolist() == [False, False, True, True, False, False]
    assert gallery.mask_of(["elsewhere"]) is None


def test_masked_positions_are_never_found(gallery):
    mask = gallery.mask_of(["work-3"])
    near = gallery.search_global(gallery.descriptors[3], COUNT, excluded=mask)
    shared = gallery.search_local(
        gallery.local_features[3], ShortlistSettings(), excluded=mask
    )
    assert 3 not in {hit.position for hit in (*near, *shared)}
    assert len(near) == COUNT - 1


def test_similarities_are_cosines_of_the_asked_positions(gallery):
    similarities = gallery.similarities(gallery.descriptors[4], [4, 2])
    expected = gallery.descriptors[[4, 2]] @ gallery.descriptors[4]
    np.testing.assert_allclose(similarities, expected, rtol=1e-6)
    assert gallery.similarities(gallery.descriptors[4], []).shape == (0,)


def test_an_image_is_most_like_itself_in_style(gallery):
    for position in range(COUNT):
        style = gallery.style_of(position)
        assert gallery.search_style(style, 1)[0].position == position
    mask = gallery.mask_of(["work-3"])
    alike = gallery.search_style(gallery.style_of(3), COUNT, excluded=mask)
    assert 3 not in {hit.position for hit in alike}


def test_positions_are_looked_up_by_image_id(gallery):
    assert gallery.position_of("image-7") == 7
    assert gallery.position_of("elsewhere") is None


def test_an_image_may_not_occur_twice(collection):
    with pytest.raises(ValueError, match="twice"):
        Gallery.build([collection[0], collection[0]], fake_vocabulary())


def test_a_gallery_of_blank_pictures_finds_nothing_locally(tmp_path):
    blank = GalleryFeatures(np.eye(4, dtype=np.float32)[0], CodedFeatures.empty())
    gallery = write(tmp_path / "blank", [(GalleryItem("i", "w"), blank)])
    features = LocalFeatures(
        np.zeros((1, 2), np.float32), np.zeros((1, 128), np.uint8), (9, 9)
    )
    assert gallery.search_local(features, ShortlistSettings()) == ()
    assert gallery.search_global(blank.descriptor, 5)[0].position == 0


def test_photo_like_descriptors_have_unit_length_and_are_no_gallery_rows(gallery):
    queries = photo_like(gallery.descriptors, np.random.default_rng(0), 50)
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, rtol=1e-5)
    nearest = (queries @ gallery.descriptors.T).max(axis=1)
    assert 0.7 < np.median(nearest) < 0.99
