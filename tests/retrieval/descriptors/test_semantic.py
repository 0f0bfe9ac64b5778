"""The bundled semantic network at work; its agreement with Keras is in training."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.descriptors.semantic import (
    SEMANTIC_FILES,
    SemanticDescriptor,
    SemanticManifest,
    has_semantic_part,
)
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.images.edits import Box, PhotoEdits
from app.retrieval.simulation.photo import PROFILES, perturb

BUNDLED = Path(__file__).resolve().parents[3] / "models" / "default"


@pytest.fixture(scope="module")
def descriptor():
    return SemanticDescriptor.open(BUNDLED)


@pytest.fixture(scope="module")
def pictures():
    return [work.image for work in generate_collection(4, seed=11)]


@pytest.fixture
def copied(tmp_path):
    for name in SEMANTIC_FILES:
        shutil.copy(BUNDLED / name, tmp_path / name)
    return tmp_path


def test_a_description_has_all_that_is_promised(descriptor, pictures):
    description = descriptor.describe(pictures[0])
    assert description.descriptor.shape == (descriptor.manifest.dimension,)
    assert description.descriptor.dtype == np.float32
    assert np.linalg.norm(description.descriptor) == pytest.approx(1, abs=1e-3)
    # The averages of three layers, of unit length each.
    assert np.linalg.norm(description.feature_means) == pytest.approx(3**0.5, abs=1e-3)
    probabilities = [one.probability for one in description.classes]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) <= 1
    for one in description.classes:
        assert one.label in descriptor.manifest.classes
        assert one.activation_map.shape == (9, 9)
        assert one.activation_map.min() >= 0
        assert one.activation_map.max() <= 1 + 1e-5


def test_a_description_is_the_same_again_to_the_last_bit(descriptor, pictures):
    once = descriptor.describe(pictures[1]).descriptor
    descriptor.describe(pictures[2])
    assert np.array_equal(once, descriptor.describe(pictures[1]).descriptor)


def test_a_photo_is_nearer_to_its_work_than_to_others(descriptor, pictures):
    photo = perturb(pictures[2], PROFILES["mild"], np.random.default_rng(0)).image
    gallery = [descriptor.describe_reference(one).descriptor for one in pictures]
    assert (np.array(gallery) @ descriptor.describe(photo).descriptor).argmax() == 2


def test_a_reference_is_the_whole_and_its_middle(descriptor, pictures):
    image = pictures[3]
    middle = PhotoEdits(crop=Box(0.175, 0.175, 0.825, 0.825)).apply(image)
    parts = [descriptor.describe(one).descriptor for one in (image, middle)]
    reference = descriptor.describe_reference(image)
    assert reference.descriptor == pytest.approx(unit_length(np.sum(parts, axis=0)))
    assert [one.label for one in reference.classes] == [
        one.label for one in descriptor.describe(image).classes
    ]


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (400, 20)])
def test_pictures_of_every_shape_are_described(descriptor, size):
    image = np.random.default_rng(1).integers(0, 256, (*size, 3)).astype(np.uint8)
    assert np.isfinite(descriptor.describe_reference(image).descriptor).all()


def test_a_folder_without_it_says_so(tmp_path):
    assert has_semantic_part(BUNDLED)
    assert not has_semantic_part(tmp_path)


@pytest.mark.parametrize("name", SEMANTIC_FILES)
def test_a_missing_file_is_named(copied, name):
    (copied / name).unlink()
    with pytest.raises(MissingArtefactError) as caught:
        SemanticDescriptor.open(copied)
    assert caught.value.path == copied / name


@pytest.mark.parametrize("name", ["semantic.json", "semantic.xml"])
def test_a_damaged_file_is_named(copied, name):
    (copied / name).write_text("{")
    with pytest.raises(DamagedArtefactError, match=name):
        SemanticDescriptor.open(copied)


def test_another_format_or_length_is_refused(copied):
    manifest = SemanticManifest.read(copied)
    facts = json.loads((copied / "semantic.json").read_text())
    (copied / "semantic.json").write_text(json.dumps({**facts, "format": 0}))
    with pytest.raises(IncompatibleArtefactError):
        SemanticDescriptor.open(copied)
    SemanticManifest(manifest.side_px, 8, manifest.classes).write(copied)
    with pytest.raises(DamagedArtefactError, match="not 8"):
        SemanticDescriptor.open(copied)
