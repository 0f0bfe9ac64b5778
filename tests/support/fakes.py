"""Stand-ins that work: a small model without a network, and pictures to search.

Everything is deterministic and fast, and behaves like the real thing: pictures that
look alike get similar descriptors, and local features are real RootSIFT.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from app.retrieval.descriptors.style import COLOUR_LENGTH, TEXTURE_LENGTH, Style
from app.retrieval.local import rootsift
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.model import Model
from app.retrieval.settings import LocalSettings
from app.retrieval.training.components.vocabulary import learn_vocabulary
from app.retrieval.types import (
    ClassEvidence,
    Description,
    GalleryFeatures,
    GalleryItem,
    Image,
    Verification,
)
from app.retrieval.verification.decision import FLAT, ROUND, Decision, LogisticRule

BLOCKS = 8
WORDS = 200
NO_MATCHES = Verification(np.zeros((0, 2), np.int32), np.zeros(0, np.bool_), None)


class FakeDescriptor:
    """Describes a picture by the colours of 8 x 8 blocks: no network, no weights."""

    dimension = BLOCKS * BLOCKS * 3

    def describe(self, image: Image) -> Description:
        blocks = cv2.resize(image, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
        values = blocks.astype(np.float32).ravel()
        values -= values.mean()
        if not values.any():  # featureless: any fixed direction will do
            values[0] = 1
        length = np.linalg.norm(values)
        brightness = np.asarray(blocks.mean(axis=2) / 255, dtype=np.float32)
        return Description(
            np.asarray(values / length, dtype=np.float32),
            (ClassEvidence("bright", 1.0, brightness),),
        )


class FakeSemantics(FakeDescriptor):
    """Describes a reference image in the same way, and sees the same in every one."""

    def describe_reference(self, image: Image) -> Description:
        return replace(self.describe(image), subjects=("dog", "ship"))


def fake_decision() -> Decision:
    """A hand-written rule: 12 undisputed inliers are *found*, fewer if blocks agree."""
    return Decision(
        LogisticRule(
            -9.0,
            {
                **dict.fromkeys(FLAT, 0.0),
                "inlier_share": 1.0,
                "log_margin": 4.0,
                "coverage": 1.0,
                "agreement": 7.0,
            },
        ),
        LogisticRule(-20.0, dict.fromkeys(ROUND, 0.0)),
        found_threshold=0.8,
        uncertain_threshold=0.3,
        false_accept_rate=0.01,
        true_accept_rate=0.99,
    )


@cache
def fake_vocabulary() -> Vocabulary:
    """Visual words learnt from pictures that no test gallery holds."""
    descriptors = [
        rootsift.extract(draw_picture(seed), side_px=320, count=200).descriptors
        for seed in range(10_000, 10_020)
    ]
    rng = np.random.default_rng(0)
    return learn_vocabulary(descriptors, rng=rng, word_count=WORDS, iterations=3)


@cache
def fake_model() -> Model:
    """A whole model with a block-mean descriptor; opens in a second, once."""
    return Model(
        "fake", FakeDescriptor(), fake_vocabulary(), fake_decision(), fake_style()
    )


def fake_style() -> Style:
    """Likeness of colours and brushwork, mixed at random but always the same."""
    length = COLOUR_LENGTH + TEXTURE_LENGTH
    projection = np.random.default_rng(1).normal(size=(24, length))
    return Style(np.zeros(length, np.float32), projection.astype(np.float32))


def draw_picture(seed: int, *, height: int = 240, width: int = 320) -> Image:
    """Draw a picture full of corners, unlike that of any other seed."""
    rng = np.random.default_rng(seed)
    picture = np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    for _ in range(60):
        x, y = (int(v) for v in rng.integers(0, (width, height)))
        w, h = (int(v) for v in rng.integers(8, 60, 2))
        colour = [int(v) for v in rng.integers(0, 256, 3)]
        if rng.random() < 0.5:
            cv2.rectangle(picture, (x, y), (x + w, y + h), colour, -1)
        else:
            cv2.ellipse(picture, (x, y), (w, h), float(w), 0, 360, colour, -1)
    return np.asarray(cv2.GaussianBlur(picture, (3, 3), 0), np.uint8)


def photograph(picture: Image, seed: int = 0) -> Image:
    """Hang a picture on a grey wall and take it from slightly aside."""
    height, width = picture.shape[:2]
    rng = np.random.default_rng(seed)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    place = np.array([width / 4, height / 4], np.float32)
    shifts = rng.uniform(-width / 20, width / 20, (4, 2)).astype(np.float32)
    homography = cv2.getPerspectiveTransform(corners, corners + place + shifts)
    photo = cv2.warpPerspective(
        picture,
        homography,
        (width * 3 // 2, height * 3 // 2),
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(128, 128, 128),
    )
    return np.asarray(photo, np.uint8)


@cache
def features_of(seed: int) -> GalleryFeatures:
    """Features of a drawn picture, extracted once."""
    return fake_model().reference_features(draw_picture(seed), LocalSettings())


def fake_collection(
    count: int, *, first: int = 0
) -> Iterator[tuple[GalleryItem, GalleryFeatures]]:
    """Features of drawn pictures; number i is image ``image-i`` of ``work-i``."""
    for seed in range(first, first + count):
        yield GalleryItem(f"image-{seed}", f"work-{seed}"), features_of(seed)
