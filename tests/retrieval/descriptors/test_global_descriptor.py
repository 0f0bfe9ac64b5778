"""The bundled network at work; its agreement with Keras is in test_network."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.simulation.photo import PROFILES, perturb

BUNDLED = Path(__file__).resolve().parents[3] / "models" / "default"


@pytest.fixture(scope="module")
def descriptor():
    return Descriptor.open(BUNDLED)


@pytest.fixture(scope="module")
def pictures():
    return [work.image for work in generate_collection(4, seed=11)]


@pytest.fixture
def copied(tmp_path):
    return Path(shutil.copytree(BUNDLED, tmp_path / "model"))


def test_descriptors_have_unit_length_and_the_promised_dimension(descriptor, pictures):
    descriptors = descriptor.describe_many(pictures)
    assert descriptors.shape == (len(pictures), descriptor.manifest.dimension)
    assert np.linalg.norm(descriptors, axis=1) == pytest.approx(1, abs=1e-3)


def test_nothing_gives_no_descriptors(descriptor):
    assert descriptor.describe_many([]).shape == (0, descriptor.manifest.dimension)


def test_company_changes_nothing_to_the_last_bit(descriptor, pictures):
    together = descriptor.describe_many(pictures)
    alone = [descriptor.describe(picture).descriptor for picture in pictures[::-1]]
    assert np.array_equal(together, alone[::-1])


def test_a_photo_is_nearer_to_its_work_than_to_most_others(descriptor, pictures):
    photo = perturb(pictures[2], PROFILES["mild"], np.random.default_rng(0)).image
    query, *gallery = descriptor.describe_many([photo, *pictures])
    assert (np.array(gallery) @ query).argmax() == 2


@pytest.mark.parametrize("size", [(60, 80), (80, 60), (70, 70), (1, 1), (20, 400)])
def test_pictures_of_every_shape_are_described(descriptor, size):
    image = np.random.default_rng(1).integers(0, 256, (*size, 3)).astype(np.uint8)
    assert np.isfinite(descriptor.describe_many([image])).all()


def test_a_blank_picture_is_described_without_complaint(descriptor):
    description = descriptor.describe(np.full((90, 120, 3), 128, np.uint8))
    assert np.isfinite(description.descriptor).all()


def test_maps_of_the_likeliest_classes_cover_the_picture(descriptor, pictures):
    wide = pictures[0][:100, :400]
    classes = descriptor.describe(wide).classes
    probabilities = [seen.probability for seen in classes]
    assert probabilities == sorted(probabilities, reverse=True)
    assert {seen.label for seen in classes} <= set(descriptor.manifest.classes)
    rows, columns = classes[0].activation_map.shape
    assert columns > 2 * rows
    assert all(
        seen.activation_map.min() >= 0 and seen.activation_map.max() <= 1.01
        for seen in classes
    )


def test_maps_for_other_poolings_fit_each_other(descriptor, pictures):
    feature_maps, cams = descriptor.maps(pictures[0])
    assert feature_maps.shape[:2] == cams.shape[1:]
    assert feature_maps.min() >= 0 < feature_maps.max()


@pytest.mark.parametrize("name", ["model.json", "descriptor.xml", "descriptor.bin"])
def test_a_missing_file_is_named_with_the_command_that_makes_it(copied, name):
    (copied / name).unlink()
    with pytest.raises(MissingArtefactError, match=r"train\.py") as caught:
        Descriptor.open(copied)
    assert caught.value.path == copied / name


def test_a_graph_cut_short_is_called_damaged(copied):
    path = copied / "descriptor.xml"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DamagedArtefactError, match="damaged"):
        Descriptor.open(copied)


def test_weights_cut_short_are_called_damaged(copied):
    path = copied / "descriptor.bin"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DamagedArtefactError, match="damaged"):
        Descriptor.open(copied)
