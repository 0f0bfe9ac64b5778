"""A small museum, and methods that need no network."""

import csv

import cv2
import numpy as np
import pytest

from app.lab.collection import Collection, choose
from app.lab.methods import HashMethod, WordMethod
from app.lab.notebook import Notebook
from app.lab.report import ReportFolder
from app.lab.vector_method import VectorMethod
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.settings import RetrievalSettings
from tests.fakes import draw_picture, fake_vocabulary

WORKS = 24


@pytest.fixture(scope="session")
def museum(tmp_path_factory):
    """A catalogue of works by three hands, and their pictures beside it."""
    folder = tmp_path_factory.mktemp("museum")
    with (folder / "works.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["accession", "image", "title", "artist", "school"])
        for number in range(WORKS):
            picture = encode_jpeg(draw_picture(number))
            (folder / f"{number}.jpg").write_bytes(picture)
            hand, school = f"hand {number % 3}", f"school {number // 16}"
            writer.writerow([f"A-{number}", f"{number}.jpg", "", hand, school])
        writer.writerow(["A-0", "1.jpg", "another view", "", ""])
        writer.writerow(["A-99", "gone.jpg", "", "", ""])
    return folder


@pytest.fixture
def notebook(tmp_path):
    report = ReportFolder(tmp_path / "noted", "A test", {})
    with Notebook(report, ()) as notebook:
        yield notebook


@pytest.fixture
def works(museum):
    return Collection(choose(museum / "works.csv", museum, None, 0), seed=3)


def see_blocks(glance):
    """Colours of 4 × 4 blocks: two vectors, the picture and its brightness."""
    blocks = cv2.resize(glance.image, (4, 4), interpolation=cv2.INTER_AREA)
    colours = blocks.astype(np.float32).ravel() / 255
    return np.stack([colours, np.repeat(colours.reshape(-1, 3).mean(axis=1), 3)])


def quick_methods():
    """Two of vectors, one of bits."""
    return [
        VectorMethod("blocks", "Whitened.", see_blocks, dimension=8),
        VectorMethod("plain blocks", "Not whitened.", see_blocks),
        HashMethod(),
    ]


def all_methods():
    """One of every kind that needs no network."""
    return [*quick_methods(), WordMethod(fake_vocabulary(), RetrievalSettings())]
