import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.retrieval.descriptors.manifest import MANIFEST_FILE, ModelManifest
from app.retrieval.descriptors.pooling import JOINED
from app.retrieval.descriptors.semantic import SEMANTIC_FILES
from app.retrieval.errors import MissingArtefactError
from app.retrieval.model import (
    DECISION_FILE,
    FEATURE_FILES,
    FEATURES_FORMAT,
    STYLE_FILE,
    Model,
    model_id_of,
)
from app.retrieval.settings import LocalSettings
from app.retrieval.types import keep_half
from tests.support.fakes import draw_picture, fake_decision

BUNDLED = Path(__file__).resolve().parents[2] / "models" / "default"


@pytest.fixture
def model_dir(tmp_path):
    """The bundled model with a rule of our own."""
    for name in (*FEATURE_FILES, MANIFEST_FILE):
        shutil.copy(BUNDLED / name, tmp_path / name)
    fake_decision().save(tmp_path / DECISION_FILE)
    return tmp_path


def test_an_opened_model_describes_a_reference_image(model_dir):
    model = Model.open(model_dir)
    settings = LocalSettings(reference_features=50)
    features = model.reference_features(draw_picture(1), settings)
    assert features.descriptor.shape == (512,)
    assert np.linalg.norm(features.descriptor) == pytest.approx(1, abs=1e-3)
    assert len(features.local_features) == 50
    assert model.decision == fake_decision()


def test_the_semantic_part_is_optional_and_counts_in_the_id(model_dir):
    without = Model.open(model_dir)
    features = without.reference_features(draw_picture(1), LocalSettings())
    assert len(features.semantic) == len(features.style) == 0
    for name in (*SEMANTIC_FILES, STYLE_FILE):
        shutil.copy(BUNDLED / name, model_dir / name)
    model = Model.open(model_dir)
    assert model.model_id != without.model_id
    image = draw_picture(1)
    features = model.reference_features(image, LocalSettings())
    assert model.semantic is not None
    semantics = model.semantic.describe_reference(image)
    assert np.array_equal(features.semantic, keep_half(semantics.descriptor))
    description = model.descriptor.describe(image)
    style = model.style_of(image, description)
    assert np.array_equal(keep_half(style), features.style)
    assert np.array_equal(style, model.style_of(image, description, semantics))


def test_a_new_decision_keeps_the_id_and_other_words_change_it(model_dir):
    before = Model.open(model_dir).model_id
    decision = fake_decision().to_json().replace("-9.0", "-8.0")
    (model_dir / DECISION_FILE).write_text(decision)
    assert Model.open(model_dir).model_id == before
    manifest = ModelManifest.read(model_dir)
    replace(manifest, training={"figures": {"decision": 1.0}}).write(model_dir)
    assert Model.open(model_dir).model_id == before
    replace(manifest, stride=manifest.stride + 1).write(model_dir)
    assert Model.open(model_dir).model_id != before
    manifest.write(model_dir)
    words = model_dir / "vocabulary.npz"
    words.write_bytes(words.read_bytes() + b"\0")
    assert model_id_of(model_dir) != before


def test_a_folder_of_the_first_format_keeps_its_id(tmp_path):
    facts = {
        "name": "mine",
        "backbone": "morelli",
        "layer": "stage4_conv3",
        "stride": 16,
        "frames": [[224, 224]],
        "dimension": 256,
        "classes": ["one", "two"],
        "precision": "f32",
        "training": {},
        "format": 1,
    }
    # As the program named a folder that knew no other format.
    named = hashlib.sha256(FEATURES_FORMAT)
    named.update(json.dumps(facts, sort_keys=True).encode())
    for name in FEATURE_FILES:
        (tmp_path / name).write_text(name)
        named.update(hashlib.sha256(name.encode()).digest())
    path = tmp_path / MANIFEST_FILE
    path.write_text(json.dumps(facts | {"training": {"seed": 1}}))
    assert model_id_of(tmp_path) == named.hexdigest()[:16]
    manifest = ModelManifest.read(tmp_path)
    manifest.write(tmp_path)
    assert model_id_of(tmp_path) == named.hexdigest()[:16]
    replace(manifest, pooling=JOINED).write(tmp_path)
    assert model_id_of(tmp_path) != named.hexdigest()[:16]


@pytest.mark.parametrize("name", [*FEATURE_FILES, MANIFEST_FILE, DECISION_FILE])
def test_a_missing_file_is_named_with_the_command_that_makes_it(model_dir, name):
    (model_dir / name).unlink()
    with pytest.raises(MissingArtefactError, match=r"python train\.py") as caught:
        Model.open(model_dir)
    assert caught.value.path == model_dir / name


def test_a_process_needs_at_least_one_thread(model_dir):
    with pytest.raises(ValueError, match="at least 1"):
        Model.open(model_dir, threads=0)
