import numpy as np

from app.retrieval.types import Comparison


def compare(photo, picture, homography):
    return Comparison(1.0, 0.0, None, np.zeros((1, 1), np.int8))
