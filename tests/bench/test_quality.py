"""The comparison end to end, over drawn works and networks that know nothing."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from app.retrieval.framing import frame_sizes
from app.retrieval.images import encode_jpeg
from bench import quality
from bench.poolings import choose_works
from tests.fakes import draw_picture

BUNDLED = Path(__file__).resolve().parents[2] / "models" / "default"
WORKS = 60
PUBLISHED = ("vgg16", "resnet152", "densenet121")


@pytest.fixture
def museum(tmp_path):
    """Drawn works, and the bundled model looking at them through small frames."""
    with (tmp_path / "catalogue.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["accession", "image", "title", "artist", "school"])
        for number in range(WORKS):
            picture = encode_jpeg(draw_picture(number))
            (tmp_path / f"{number}.jpg").write_bytes(picture)
            hand, school = f"hand {number % 3}", f"school {number % 2}"
            writer.writerow([f"A-{number}", f"{number}.jpg", "", hand, school])
    shutil.copytree(BUNDLED, tmp_path / "model")
    manifest = tmp_path / "model" / "model.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    facts.update(frames=frame_sizes(96, 16), dimension=24)
    facts["training"]["seed"] = 0
    manifest.write_text(json.dumps(facts), encoding="utf-8")
    return tmp_path


@pytest.fixture
def collection(museum):
    works = choose_works(museum / "catalogue.csv", museum, None, 0)
    return quality.Collection(works, [3, 10, 20, 40], seed=0)


def test_what_needs_no_network_is_scored(collection):
    rows = dict(quality.plain_rows(BUNDLED, collection))
    assert list(rows) == ["colour histogram", "style"]
    histogram = rows["colour histogram"]
    assert len(histogram) == 2 * 3 + 2
    assert all(0 <= figure <= 1 for figure in histogram)
    assert histogram[2] == 1, "mild photos of four works, the first hundred of sixty"
    assert all(0 <= figure <= 1 for figure in rows["style"][-2:])


def test_the_settings_tried_are_those_the_model_can_have():
    from app.retrieval.model_manifest import ModelManifest

    names = [name for name, _ in quality.variants(ModelManifest.read(BUNDLED))]
    assert "N_C = 57" in names
    assert "320 px" in names


@pytest.mark.slow
@pytest.mark.parametrize("backbone", PUBLISHED)
def test_published_networks_run_with_weights_from_a_file(museum, backbone, capsys):
    import keras

    make = {
        "vgg16": keras.applications.VGG16,
        "resnet152": keras.applications.ResNet152,
        "densenet121": keras.applications.DenseNet121,
    }[backbone]
    keras.utils.set_random_seed(5)
    weights = museum / f"{backbone}_notop.weights.h5"
    make(weights=None, include_top=False).save_weights(weights)
    collection = quality.Collection(
        choose_works(museum / "catalogue.csv", museum, 30, 0), [1, 5, 9], seed=0
    )
    from app.retrieval.model_manifest import ModelManifest

    manifest = ModelManifest.read(museum / "model")
    target = museum / "published"
    quality.write_published(backbone, str(weights), manifest, target, seed=0)
    rows = dict(quality.network_rows(backbone, target, collection, ("sum", "R-MAC")))
    assert list(rows) == [f"{backbone}, sum", f"{backbone}, R-MAC"]
    for figures in rows.values():
        assert figures[2] == figures[5] == 1, "thirty works are fewer than a hundred"
        assert figures[0] >= 1 / 3, "a mild photo resembles its work to any network"


@pytest.mark.slow
def test_weights_that_do_not_fit_are_named(museum, capsys):
    weights = museum / "broken.h5"
    weights.write_bytes(b"no weights")
    arguments = ["--catalogue", str(museum / "catalogue.csv"), "--images", str(museum)]
    status = quality.main(
        [*arguments, "--weights", f"vgg16={weights}", "--works", "12"]
    )
    assert status == 2
    assert "broken.h5" in capsys.readouterr().err
