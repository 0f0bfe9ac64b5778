import csv

import pytest

from app.retrieval.images import encode_jpeg
from app.retrieval.model_manifest import ModelManifest
from tests.fakes import draw_picture

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def few_photos(monkeypatch):
    """Ask no more photos than a decision can be learnt from."""
    monkeypatch.setattr("app.retrieval.training.knowledge.DECISION_PHOTOS", 24)


@pytest.fixture
def museum(tmp_path):
    with (tmp_path / "works.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["accession", "image", "title"])
        for number in range(20):
            name = f"{number}.jpg"
            (tmp_path / name).write_bytes(encode_jpeg(draw_picture(number)))
            writer.writerow([f"W-{number}", name, f"Work {number}"])
    return tmp_path


def arguments_for(museum, *more):
    catalogue, out = str(museum / "works.csv"), str(museum / "models" / "mine")
    where = ["--catalogue", catalogue, "--images", str(museum), "--out", out]
    return [*where, "--build", str(museum / "build"), "--side", "96", *more]


def test_without_a_network_the_bundled_model_is_taken(museum, monkeypatch, capsys):
    import train
    from app.retrieval import backbone

    def unreachable(**_):
        raise Exception("URL fetch failure on https://example.org")  # noqa: TRY002

    published = backbone.Backbone(
        ("block5_conv3",),
        "block5_conv3",
        16,
        backbone.BACKBONES["vgg16"].build,
        unreachable,
    )
    monkeypatch.setattr(
        backbone, "BACKBONES", {**backbone.BACKBONES, "vgg16": published}
    )
    arguments = arguments_for(museum, "--backbone", "vgg16", "--weights", "imagenet")
    assert train.main(arguments) == 0
    said = capsys.readouterr()
    assert "URL fetch failure" in said.err
    assert "Going on with the bundled model" in said.err
    assert "Traceback" not in said.err
    assert ModelManifest.read(museum / "models" / "mine").backbone == "morelli"


def test_a_weights_file_that_is_not_there_is_one_sentence(museum, capsys):
    import train

    assert train.main(arguments_for(museum, "--weights", "nowhere.npz")) == 2
    assert "no such file" in capsys.readouterr().err
    assert not (museum / "models" / "mine").exists()


def test_a_catalogue_that_is_not_there_is_one_sentence(museum, capsys):
    import train

    (museum / "works.csv").unlink()
    assert train.main(arguments_for(museum)) == 2
    assert "cannot be read" in capsys.readouterr().err
