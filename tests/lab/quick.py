"""Methods that need no network, for a museum of so many works."""

import cv2
import numpy as np

from app.lab.methods import HashMethod, WordMethod
from app.lab.vector_method import VectorMethod
from app.retrieval.settings import RetrievalSettings
from tests.support.fakes import fake_vocabulary

WORKS = 24


def see_blocks(cache):
    """Colours of 4 × 4 blocks: two vectors, the picture and its brightness."""
    blocks = cv2.resize(cache.image, (4, 4), interpolation=cv2.INTER_AREA)
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
