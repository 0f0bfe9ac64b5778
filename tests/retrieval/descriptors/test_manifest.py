import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.retrieval.descriptors.manifest import FORMAT, MANIFEST_FILE, ModelManifest
from app.retrieval.descriptors.pooling import CAM, JOINED
from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)

BUNDLED = Path(__file__).resolve().parents[3] / "models" / "default"
MANIFEST = ModelManifest(
    name="tiny",
    backbone="morelli",
    layer="stage4_conv3",
    stride=16,
    frames=((32, 32), (32, 48), (48, 32)),
    dimension=8,
    classes=("Divisionism", "Rococo"),
    training={"recipe": {"seed": 3}},
)


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    MANIFEST.write(tmp_path)
    assert ModelManifest.read(tmp_path) == MANIFEST


def test_joined_poolings_are_written_down(tmp_path):
    joined = replace(MANIFEST, pooling=JOINED)
    joined.write(tmp_path)
    assert ModelManifest.read(tmp_path).pooling == JOINED
    with pytest.raises(ValueError, match="pooling"):
        replace(MANIFEST, pooling="by guess")


def test_a_folder_of_before_poolings_could_be_chosen_is_read(tmp_path):
    MANIFEST.write(tmp_path)
    path = tmp_path / MANIFEST_FILE
    facts = json.loads(path.read_text())
    del facts["pooling"]
    path.write_text(json.dumps({**facts, "format": 1}))
    manifest = ModelManifest.read(tmp_path)
    assert manifest == MANIFEST
    assert (manifest.pooling, manifest.format) == (CAM, FORMAT)
    assert ModelManifest.read(BUNDLED).dimension == 512


def test_a_folder_without_manifest_says_what_makes_one(tmp_path):
    with pytest.raises(MissingArtefactError, match=r"train\.py --out"):
        ModelManifest.read(tmp_path)


def test_a_manifest_of_another_format_is_refused(tmp_path):
    MANIFEST.write(tmp_path)
    facts = json.loads((tmp_path / MANIFEST_FILE).read_text())
    (tmp_path / MANIFEST_FILE).write_text(json.dumps({**facts, "format": 99}))
    with pytest.raises(IncompatibleArtefactError, match="99"):
        ModelManifest.read(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2}', '{"format": 1, "frames": 3}']
)
def test_a_broken_manifest_is_called_damaged(tmp_path, text):
    (tmp_path / MANIFEST_FILE).write_text(text)
    with pytest.raises(DamagedArtefactError):
        ModelManifest.read(tmp_path)
