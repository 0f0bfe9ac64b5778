"""Trees of class folders, and an extractor that needs no network."""

import cv2
import numpy as np

from app.lab.labelled import Extractor
from app.retrieval.images.codec import encode_jpeg
from tests.support.fakes import FakeDescriptor, draw_picture

TINTS = {"blue": 2, "green": 1, "red": 0}
"""Classes, and the channel that is bright in them."""
MEMBERS = 8


def tinted(label, seed):
    """Draw a picture that has something of its class's colour."""
    picture = draw_picture(seed, height=96, width=128).copy()
    picture[..., TINTS[label]] = 128 + picture[..., TINTS[label]] // 2
    return picture


def write_tree(folder, members=MEMBERS):
    """Write classes of pictures, and a stray file beside them."""
    for number, label in enumerate(TINTS):
        (folder / label).mkdir(parents=True)
        for member in range(members):
            picture = encode_jpeg(tinted(label, 100 * number + member))
            (folder / label / f"image_{member:04}.jpg").write_bytes(picture)
    (folder / "notes.txt").write_text("no class")
    return folder


def fake_extractor(*_):
    """Look at blocks of colour, finely and coarsely."""

    def activate(image):
        small = cv2.resize(image, (4, 4), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32).ravel()

    descriptor = FakeDescriptor()
    return Extractor(
        "fake", lambda image: descriptor.describe(image).descriptor, activate
    )


class FakeLearnt:
    """Compares the mean colours of `FakeDescriptor`: knows the classes of a tree."""

    name = "learnt"

    def score(self, query, candidates):
        means = candidates.reshape(len(candidates), -1, 3).mean(axis=1)
        return -np.linalg.norm(means - query.reshape(-1, 3).mean(axis=0), axis=1)
