import dataclasses

import numpy as np
import pytest

from app.retrieval.files.packed_bytes import PackedBytes
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.item_store import ItemStore
from app.retrieval.gallery.nearest import AnnoyIndex, ExactIndex
from app.retrieval.generations.validation import FLOORS, Validation, validate
from app.retrieval.local.feature_store import FeatureStore
from app.retrieval.local.inverted_index import InvertedIndex
from app.retrieval.types import GalleryItem
from tests.support.fakes import (
    FakeDescriptor,
    draw_picture,
    fake_collection,
    fake_model,
)

COUNT = 5
FOREST = "annoy_recall_at_100"


def picture_of(image_id):
    return draw_picture(int(image_id.removeprefix("image-")))


@pytest.fixture(scope="module")
def collection():
    return list(fake_collection(COUNT))


def assemble(collection, *, descriptors=None, searched=None, order=None):
    """A gallery whose parts need not fit together."""
    model = fake_model()
    if descriptors is None:
        descriptors = np.stack([f.descriptor for _, f in collection])
    coded = [features.local_features for _, features in collection]
    store = FeatureStore.pack(coded, model.vocabulary.quantiser)
    indexed = coded if order is None else [coded[i] for i in order]
    return Gallery(
        ItemStore.pack(item for item, _ in collection),
        descriptors,
        store,
        ExactIndex(descriptors if searched is None else searched),
        InvertedIndex.build(indexed, model.vocabulary),
        np.stack([features.style for _, features in collection]),
        np.stack([features.semantic for _, features in collection]),
        PackedBytes.pack(features.picture for _, features in collection),
    )


def test_a_sound_gallery_passes_with_all_figures(collection):
    gallery = assemble(collection)
    examination = validate(gallery, fake_model(), picture_of=picture_of)
    assert examination.failures == ()
    assert examination.figures == dict.fromkeys(FLOORS.keys() - {FOREST}, 1.0)


def test_a_forest_is_compared_with_exact_search(collection, tmp_path):
    gallery = assemble(collection)
    path = tmp_path / "index.ann"
    forest = AnnoyIndex.build(gallery.descriptors, path, n_trees=2, seed=0)
    gallery.index = forest
    assert validate(gallery, fake_model()).figures[FOREST] == 1.0


def test_without_pictures_no_photos_are_simulated(collection):
    figures = validate(assemble(collection), fake_model()).figures
    assert "simulated_photos_named" not in figures


def test_postings_in_another_order_fail_the_local_self_queries(collection):
    shuffled = assemble(collection, order=[*range(1, COUNT), 0])
    examination = validate(shuffled, fake_model())
    assert examination.figures["self_found_local"] == 0
    assert any("self_found_local" in failure for failure in examination.failures)


def test_descriptors_that_are_no_unit_vectors_fail(collection):
    descriptors = np.stack([f.descriptor for _, f in collection])
    descriptors[3] = np.nan
    examination = validate(assemble(collection, descriptors=descriptors), fake_model())
    assert examination.figures["unit_length"] == 0
    assert any("unit_length" in failure for failure in examination.failures)


def test_pictures_of_other_works_fail_the_simulated_photos(collection):
    examination = validate(
        assemble(collection), fake_model(), picture_of=lambda _: draw_picture(99)
    )
    assert examination.figures["simulated_photos_named"] == 0


def test_a_blank_picture_among_many_passes(collection):
    (item, features), *_ = collection
    many = [
        (dataclasses.replace(item, image_id=f"copy-{i}"), features) for i in range(60)
    ]
    descriptors = np.stack([features.descriptor for _, features in many])
    descriptors[7] = 0
    examination = validate(assemble(many, descriptors=descriptors), fake_model())
    assert examination.failures == ()


def test_placeholders_for_missing_pictures_pass(collection):
    (item, features), *_ = collection
    copies = [
        (dataclasses.replace(item, image_id=f"copy-{i}"), features) for i in range(60)
    ]
    assert validate(assemble([*collection[1:], *copies]), fake_model()).failures == ()


def test_a_figure_that_is_not_a_number_fails():
    assert Validation.judge({"unit_length": float("nan")}).failures


def test_an_index_over_other_descriptors_fails(collection):
    other = np.random.default_rng(0).normal(size=(COUNT, FakeDescriptor.dimension))
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    examination = validate(
        assemble(collection, searched=other.astype(np.float32)), fake_model()
    )
    assert any("self_found_global" in failure for failure in examination.failures)


def test_a_photo_may_be_named_after_a_copy_of_the_same_picture(collection):
    item, features = collection[0]
    copies = [
        (GalleryItem(f"{item.image_id}/{i}", f"copy-{i}"), features) for i in range(8)
    ]
    gallery = assemble([*copies, (item, features)])

    def picture(image_id):
        return picture_of(image_id.split("/")[0])

    figures = validate(gallery, fake_model(), picture_of=picture).figures
    assert figures["simulated_photos_named"] == 1.0
