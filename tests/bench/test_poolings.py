"""The comparison end to end, with a network that needs no weights."""

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest

from app.retrieval.comparison import POOLINGS
from app.retrieval.descriptor import GRAPH_FILE, Descriptor
from app.retrieval.images import encode_jpeg
from app.retrieval.model_manifest import ModelManifest
from app.retrieval.pooling import class_activation_maps
from app.retrieval.training.works import is_held_out
from bench import poolings
from tests.fakes import draw_picture

WORKS = 40
MANIFEST = ModelManifest(
    name="fake",
    backbone="morelli",
    layer="stage4_conv3",
    stride=16,
    frames=((64, 64), (48, 64), (64, 48)),
    dimension=8,
    classes=("one", "other"),
    training={"seed": 0},
)


class FakeNetwork:
    """Colours of 6 × 8 blocks, and what they lack of full brightness."""

    def maps(self, image):
        blocks = cv2.resize(image, (8, 6), interpolation=cv2.INTER_AREA)
        colours = blocks.astype(np.float32) / 255
        levels = (colours, 1 - colours, colours**2, (1 - colours) ** 2)
        maps = np.concatenate(levels, axis=2)
        return maps, class_activation_maps(maps, np.eye(12, 2, dtype=np.float32))


@pytest.fixture
def museum(tmp_path, monkeypatch):
    with (tmp_path / "catalogue.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["accession", "image", "title"])
        for number in range(WORKS):
            picture = encode_jpeg(draw_picture(number))
            (tmp_path / f"{number}.jpg").write_bytes(picture)
            writer.writerow([f"A-{number}", f"{number}.jpg", ""])
        writer.writerow(["A-99", "gone.jpg", ""])
    MANIFEST.write(tmp_path)
    monkeypatch.setattr(poolings, "make_untrained", lambda *_: None)
    monkeypatch.setattr(
        Descriptor, "open", classmethod(lambda _cls, _folder, threads: FakeNetwork())
    )
    return tmp_path


def test_the_table_has_every_pooling_with_and_without_training(museum, capsys):
    catalogue = ["--catalogue", str(museum / "catalogue.csv")]
    status = poolings.main(
        [*catalogue, "--images", str(museum), "--model", str(museum)]
    )
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    assert [line[:2] for line in lines[2:]] == [
        [network, name] for network in ("trained", "untrained") for name in POOLINGS
    ]
    assert all(0 <= float(figure) <= 1 for line in lines[2:] for figure in line[2:])


def test_only_works_that_training_never_saw_are_asked(museum, capsys):
    works = poolings.choose_works(museum / "catalogue.csv", museum, None, 0)
    held_out = sum(is_held_out(work, 0) for work in works)
    assert len(works) == WORKS
    assert 0 < held_out < WORKS
    catalogue = ["--catalogue", str(museum / "catalogue.csv")]
    poolings.main([*catalogue, "--images", str(museum), "--model", str(museum)])
    assert f"of {held_out} held out" in capsys.readouterr().out


def test_a_sample_of_works_is_repeatable(museum):
    draw = [poolings.choose_works(museum / "catalogue.csv", museum, 9, 1) for _ in "ab"]
    assert draw[0] == draw[1]
    assert len(draw[0]) == 9


def test_a_model_that_hides_its_training_is_refused(museum, capsys):
    replace(MANIFEST, training={}).write(museum)
    catalogue = ["--catalogue", str(museum / "catalogue.csv")]
    arguments = [*catalogue, "--images", str(museum), "--model", str(museum)]
    assert poolings.main(arguments) == 2
    assert "does not say which works" in capsys.readouterr().err


@pytest.mark.slow
def test_an_untrained_network_has_the_shape_of_the_trained_one(tmp_path):
    poolings.make_untrained(MANIFEST, tmp_path, seed=0)
    assert (tmp_path / GRAPH_FILE).exists()
    network = Descriptor.open(tmp_path)
    maps, cams = network.maps(draw_picture(1))
    assert maps.shape == (3, 4, 256)
    assert cams.shape == (2, 3, 4)
    assert network.dimension == 8
