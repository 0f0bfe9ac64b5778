"""Visitors in the way."""

import cv2
import numpy as np
import pytest

from app.retrieval.simulation.occlusion import occlude

OUTLINE = np.array([[40.0, 30], [260, 40], [250, 200], [50, 190]])


# A colour that no occluder has, so that what differs is what is hidden.
PHOTO = np.full((240, 320, 3), (0, 255, 0), np.uint8)


def hidden_share(covered):
    work = cv2.fillConvexPoly(np.zeros((240, 320), np.uint8), OUTLINE.astype(int), 1)
    return (covered != PHOTO).any(axis=2)[work == 1].mean()


@pytest.mark.parametrize("wanted", [0.0, 0.1, 0.25])
def test_wanted_share_of_the_work_is_hidden(wanted):
    shares = [
        hidden_share(occlude(PHOTO, OUTLINE, wanted, np.random.default_rng(seed)))
        for seed in range(12)
    ]
    assert max(shares) < wanted + 0.04
    assert np.median(shares) > wanted - 0.04
    assert (PHOTO == (0, 255, 0)).all()
