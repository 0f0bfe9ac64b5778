import json

import pytest

from app.retrieval.descriptors.manifest import MANIFEST_FILE, ModelManifest
from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)

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
    "text", ["", "{", "[]", '{"format": 1}', '{"format": 1, "frames": 3}']
)
def test_a_broken_manifest_is_called_damaged(tmp_path, text):
    (tmp_path / MANIFEST_FILE).write_text(text)
    with pytest.raises(DamagedArtefactError):
        ModelManifest.read(tmp_path)
