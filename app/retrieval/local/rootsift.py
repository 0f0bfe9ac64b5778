"""Local features of a picture: SIFT keypoints with RootSIFT descriptors.

Local features find a small, tilted, framed painting in a cluttered photo, which a
single descriptor of the whole photo cannot. Matching them is the business of
``inverted_index`` (coarse) and ``verification`` (exact).
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.types import FloatArray, Image, LocalFeatures

QUANTISATION = 512.0
"""Length of a RootSIFT vector in uint8 steps: a bin of a quarter of all gradients
reaches the ceiling of 255, and few do."""
CONTRAST_THRESHOLD = 0.01
"""Weakest accepted keypoint. Lowe's 0.03 (OpenCV: 0.04) leaves a blurred or faint
picture with hardly any; the count, not the contrast, is what limits a good one."""
PLACE_PX = 2
"""Side of a place."""
MIN_SIDE_PX = 16
"""Below this SIFT's scale space has no room for a keypoint and its surroundings."""

HISTOGRAMS = (4, 4, 8)
"""Rows, columns and directions of a SIFT descriptor, as OpenCV orders them."""


def extract(image: Image, *, side_px: int, count: int) -> LocalFeatures:
    """Find the strongest keypoints of a reference image and describe them.

    Strength is response times size. By response alone, nearly all keypoints of a
    painting are a few pixels large, and those are what blur, distance and noise
    destroy first. Of several at one place (SIFT repeats a keypoint for each of its
    orientations) the strongest goes before all others, the rest after them: half as
    many keypoints then find nearly as much.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    side_px : int, > 0
        Long side to which the picture is reduced. A smaller picture stays as it
        is: SIFT doubles it itself, and enlarging it further adds no detail.
    count : int, > 0
        Keypoints kept at most.

    Returns
    -------
    local_features : LocalFeatures
        Strongest first; empty for a picture without texture. The same picture
        gives the same features, whatever the number of threads.

    Raises
    ------
    ValueError
        If ``side_px`` or ``count`` is not positive.

    References
    ----------
    .. [1] Lowe, "Distinctive image features from scale-invariant keypoints",
       IJCV 2004.
    """
    grey = _reduced(image, side_px, count)
    if min(grey.shape) < MIN_SIDE_PX:
        return LocalFeatures.empty(grey.shape)
    sift = cv2.SIFT.create(contrastThreshold=CONTRAST_THRESHOLD)
    keypoints = sift.detect(grey, None)
    if not keypoints:
        return LocalFeatures.empty(grey.shape)
    order = _one_per_place_first(keypoints, _by_strength(keypoints))
    strongest = [keypoints[i] for i in order[:count]]
    kept, histograms = sift.compute(grey, strongest)
    return _local_features(kept, np.asarray(histograms, np.float32), grey.shape)


def extract_query(image: Image, *, side_px: int, count: int) -> LocalFeatures:
    """Find the keypoints of a photo with the largest response and describe them.

    In one scale space, where `extract` makes two: to choose among keypoints before
    they are described is left to OpenCV, which goes by response alone. A photo keeps
    every second of its keypoints or more, so that it matters little which are left
    out. A keypoint that both functions keep has the same descriptor.

    Parameters
    ----------
    image, side_px, count
        As of `extract`.

    Returns
    -------
    local_features : LocalFeatures
        As of `extract`, strongest first.

    Raises
    ------
    ValueError
        As of `extract`.
    """
    grey = _reduced(image, side_px, count)
    if min(grey.shape) < MIN_SIDE_PX:
        return LocalFeatures.empty(grey.shape)
    sift = cv2.SIFT.create(nfeatures=count, contrastThreshold=CONTRAST_THRESHOLD)
    keypoints, histograms = sift.detectAndCompute(grey, None)
    if not keypoints:
        return LocalFeatures.empty(grey.shape)
    # Keypoints that tie at OpenCV's cut have all been kept.
    order = _by_strength(keypoints)[:count]
    kept = [keypoints[i] for i in order]
    described = np.asarray(histograms, np.float32)[order]
    return _local_features(kept, described, grey.shape)


def _reduced(image: Image, side_px: int, count: int) -> NDArray[np.uint8]:
    if side_px <= 0 or count <= 0:
        raise ValueError(f"side_px and count must be > 0, got {side_px} and {count}")
    resized = resize_to_long_side(image, side_px)
    return np.asarray(cv2.cvtColor(resized, cv2.COLOR_RGB2GRAY), np.uint8)


def _by_strength(keypoints: Sequence[cv2.KeyPoint]) -> NDArray[np.intp]:
    """Order keypoints totally, so that ties at a cut fall the same way every time."""
    facts = np.array(
        [(-k.response * k.size, k.pt[1], k.pt[0], k.size, k.angle) for k in keypoints]
    )
    return np.lexsort(facts.T[::-1])


def _one_per_place_first(
    keypoints: Sequence[cv2.KeyPoint], order: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Move those that lie where an earlier one does to the end of an order."""
    places = np.array([keypoints[i].pt for i in order]) // PLACE_PX
    _, firsts = np.unique(places, axis=0, return_index=True)
    is_first = np.zeros(len(order), np.bool_)
    is_first[firsts] = True
    return np.concatenate([order[is_first], order[~is_first]])


def _local_features(
    keypoints: Sequence[cv2.KeyPoint], histograms: FloatArray, size: tuple[int, int]
) -> LocalFeatures:
    xy = np.array([k.pt for k in keypoints], dtype=np.float32)
    return LocalFeatures(xy, root_sift(histograms), size)


def root_sift(sift: FloatArray) -> NDArray[np.uint8]:
    """Turn SIFT histograms into RootSIFT, quantised to bytes.

    The dot product of two RootSIFT vectors is the Hellinger kernel of the two
    histograms, so that Euclidean distance between them compares histograms as it
    should.

    Parameters
    ----------
    sift : (M, 128) float32, >= 0

    Returns
    -------
    descriptors : (M, 128) uint8
        Length about 512. An all-zero histogram stays zero.

    References
    ----------
    .. [1] Arandjelović and Zisserman, "Three things everyone should know to
       improve object retrieval", CVPR 2012.
    """
    mass = np.maximum(sift.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    roots = np.rint(QUANTISATION * np.sqrt(sift / mass))
    return np.asarray(np.minimum(roots, 255), dtype=np.uint8)


def mirrored(features: LocalFeatures) -> LocalFeatures:
    """Return the features of a picture's mirror image, without its pixels.

    A keypoint's patch is turned to its orientation first, so mirroring it exchanges the
    two sides of that: rows of the histograms, and directions in them.

    Parameters
    ----------
    features : LocalFeatures
    """
    histograms = features.descriptors.reshape(-1, *HISTOGRAMS)
    directions = -np.arange(HISTOGRAMS[2]) % HISTOGRAMS[2]
    turned = histograms[:, ::-1][..., directions].reshape(-1, 128)
    xy = features.xy.copy()
    xy[:, 0] = features.size[1] - 1 - xy[:, 0]
    return LocalFeatures(xy, np.ascontiguousarray(turned), features.size)
