"""Poolings of feature maps to one vector, as in the retrieval literature.

All in NumPy and one picture at a time: the reference that the network's own graph is
tested against, and the other methods that it is compared with. Feature maps are
(h, w, C) float32 activations after a ReLU, so never negative.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from types import MappingProxyType

import numpy as np

from app.retrieval.descriptors.whitening import Whitening, learn_whitening, unit_length
from app.retrieval.types import FloatArray

CAM, JOINED = "CAM", "CAM + GeM + mean"
"""Poolings that a model's descriptor can be made of: keys of `POOLINGS`."""
PLAIN_WEIGHT = 2.0
"""Length of each plain vector in `join`, beside class vectors of length one. With 1
more hard photos are found at once, and fewer similar works have the same artist."""


def sum_pool(feature_maps: FloatArray) -> FloatArray:
    """Add up each channel (SPoC without its centre prior): (C,) float32.

    References
    ----------
    .. [1] Babenko and Lempitsky, "Aggregating deep convolutional features for image
       retrieval", ICCV 2015.
    """
    _check(feature_maps)
    return np.asarray(feature_maps.sum(axis=(0, 1)), dtype=np.float32)


def mac(feature_maps: FloatArray) -> FloatArray:
    """Take the maximum of each channel: (C,) float32.

    References
    ----------
    .. [1] Tolias, Sicre and Jégou, "Particular object retrieval with integral
       max-pooling of CNN activations", ICLR 2016.
    """
    _check(feature_maps)
    return np.asarray(feature_maps.max(axis=(0, 1)), dtype=np.float32)


def gem(feature_maps: FloatArray, *, power: float = 3.0) -> FloatArray:
    """Take the generalised mean of each channel: (C,) float32.

    Power 1 is the mean; the larger the power, the nearer to the maximum.

    References
    ----------
    .. [1] Radenović, Tolias and Chum, "Fine-tuning CNN image retrieval with no human
       annotation", TPAMI 2018 (power 3 before learning).
    """
    _check(feature_maps)
    # A float64 detour: cubes of small activations leave float32's range.
    powers = np.power(np.maximum(feature_maps, 1e-6, dtype=np.float64), power)
    return np.asarray(powers.mean(axis=(0, 1)) ** (1 / power), dtype=np.float32)


def channel_weights(feature_maps: FloatArray) -> FloatArray:
    """Weigh channels by how rarely they are active, as inverse document frequency does.

    With ``Q_k`` the share of positions where channel k is positive:
    ``C_k = log(sum_n Q_n / Q_k)``, and 0 for a channel that is nowhere active.

    Parameters
    ----------
    feature_maps : (h, w, C) float32

    Returns
    -------
    weights : (C,) float32, >= 0

    References
    ----------
    .. [1] Kalantidis, Mellina and Osindero, "Cross-dimensional weighting for
       aggregated deep convolutional features", ECCV Workshops 2016.
    """
    _check(feature_maps)
    active = np.count_nonzero(feature_maps > 0, axis=(0, 1)).astype(np.float64)
    ratio = np.divide(active.sum(), active, out=np.ones_like(active), where=active > 0)
    return np.asarray(np.log(ratio), dtype=np.float32)


def crow(feature_maps: FloatArray) -> FloatArray:
    """Sum with spatial and channel weights (CroW): (C,) float32.

    The spatial weight is the total activation S of a position, ``(S / |S|) ** 0.5``
    with |S| the Euclidean norm over positions (a = b = 2 in the paper).

    References
    ----------
    .. [1] Kalantidis, Mellina and Osindero, ECCV Workshops 2016.
    """
    _check(feature_maps)
    activity = feature_maps.sum(axis=2)
    spatial = np.sqrt(unit_length(activity.reshape(-1))).reshape(activity.shape)
    pooled = np.tensordot(spatial, feature_maps, axes=2)
    return np.asarray(pooled * channel_weights(feature_maps), dtype=np.float32)


def rmac_regions(height: int, width: int) -> tuple[tuple[int, int, int, int], ...]:
    """Lay square regions over a feature map, on three scales.

    At level l the side is ``2 * min(height, width) / (l + 1)``, rounded down, with l
    regions along the short side and l + m along the long one, where m in 1 … 6 (0
    for a square map) brings the overlap of neighbours at level 1 closest to 40 %.

    Returns
    -------
    regions : tuple of (top, left, height, width)
        The whole map comes first; it is not square unless the map is.

    References
    ----------
    .. [1] Tolias, Sicre and Jégou, ICLR 2016, section 3.2. The whole map as a first
       region is the habit of the authors' and later implementations.
    """
    if height < 1 or width < 1:
        raise ValueError(f"a feature map must have positions, got {(height, width)}")
    short, long = min(height, width), max(height, width)
    extra = 0
    if long > short:
        overlaps = 1 - (long - short) / (np.arange(1, 7) * short)
        extra = 1 + int(np.abs(overlaps - 0.4).argmin())
    regions = [(0, 0, height, width)]
    for level in (1, 2, 3):
        side = 2 * short // (level + 1)
        if side == 0:
            break  # the map is smaller than the grid
        rows = _starts(height, side, level + (extra if height > width else 0))
        columns = _starts(width, side, level + (extra if width > height else 0))
        regions += [(top, left, side, side) for top, left in product(rows, columns)]
    return tuple(regions)


def rmac_vectors(feature_maps: FloatArray) -> FloatArray:
    """Take the maximum of each channel in each region of `rmac_regions`.

    Returns
    -------
    region_vectors : (R, C) float32
        Not normalised; `aggregate` makes one descriptor of them (R-MAC).
    """
    _check(feature_maps)
    regions = rmac_regions(*feature_maps.shape[:2])
    return np.stack(
        [mac(feature_maps[y : y + h, x : x + w]) for y, x, h, w in regions],
    )


def class_activation_maps(feature_maps: FloatArray, weights: FloatArray) -> FloatArray:
    """Show where the network saw each class, between 0 and 1.

    Equation 1 of [2]_: ``CAM_c = sum_k conv_k * w_(k,c)``, with ``w`` the weights of
    a linear classifier on globally average-pooled ``conv``. Then, as the authors'
    code does, divided by its maximum and negative evidence set to 0. A map without
    any positive value is all zero: the class is nowhere.

    Parameters
    ----------
    feature_maps : (h, w, C) float32
        Of the layer that the classifier pools.
    weights : (C, n) float32
        One column per class.

    Returns
    -------
    cams : (n, h, w) float32 in [0, 1]

    References
    ----------
    .. [1] Zhou et al., "Learning deep features for discriminative localization",
       CVPR 2016.
    .. [2] Jimenez, Alvarez and Giró-i-Nieto, "Class-weighted convolutional features
       for visual instance search", BMVC 2017.
    """
    _check(feature_maps)
    if weights.ndim != 2 or len(weights) != feature_maps.shape[2]:
        raise ValueError(
            f"weights must be ({feature_maps.shape[2]}, n), got {weights.shape}"
        )
    raw = np.moveaxis(feature_maps @ weights, 2, 0)
    positive = np.maximum(raw, 0)
    peaks = positive.max(axis=(1, 2), keepdims=True)
    return np.asarray(
        np.divide(positive, peaks, out=np.zeros_like(positive), where=peaks > 0),
        dtype=np.float32,
    )


def cam_pool(feature_maps: FloatArray, cams: FloatArray) -> FloatArray:
    """Pool once per class, weighted by where the class is and by channel rarity.

    Equations 2 to 4 of [1]_. Sum-pooling with spatial weights,
    ``F_k^c = sum_ij conv_k(i, j) * CAM_c(i, j)``; the share of active positions
    ``Q_k`` and channel weights ``C_k = log(sum_n Q_n / Q_k)`` as in
    `channel_weights`; the class vector is ``[C_1 F_1^c, …, C_K F_K^c]``.

    Parameters
    ----------
    feature_maps : (h, w, C) float32
        Of the layer that describes; it need not be the one the CAMs come from.
    cams : (n, h, w) float32 in [0, 1]

    Returns
    -------
    class_vectors : (n, C) float32
        Not normalised; `aggregate` makes one descriptor of them.

    References
    ----------
    .. [1] Jimenez, Alvarez and Giró-i-Nieto, BMVC 2017, section 3.
    """
    _check(feature_maps)
    if cams.ndim != 3 or cams.shape[1:] != feature_maps.shape[:2]:
        raise ValueError(
            f"cams must be (n, {feature_maps.shape[:2]}), got {cams.shape}"
        )
    pooled = np.tensordot(cams, feature_maps, axes=2)
    return np.asarray(pooled * channel_weights(feature_maps), dtype=np.float32)


def join(class_vectors: FloatArray, plain_vectors: FloatArray) -> FloatArray:
    """Join class vectors, summed up, with poolings that know no classes.

    Class vectors tell works apart, poolings of the whole picture tell what is in them;
    whitened together they do both. All get unit length, and plain ones `PLAIN_WEIGHT`.

    Parameters
    ----------
    class_vectors : (n, C) float32
        Of `cam_pool`.
    plain_vectors : (m, C) float32
        Of the same maps: see `plain_pool`.

    Returns
    -------
    joined : (1, (1 + m) * C) float32
        Not normalised; `aggregate` makes a descriptor of it.
    """
    classes = unit_length(unit_length(class_vectors).sum(axis=0))
    return np.concatenate([classes, *PLAIN_WEIGHT * unit_length(plain_vectors)])[None]


def plain_pool(feature_maps: FloatArray) -> FloatArray:
    """Pool as `gem` does and to the mean, for `join`: (2, C) float32."""
    means = sum_pool(feature_maps) / (feature_maps.shape[0] * feature_maps.shape[1])
    return np.stack([gem(feature_maps), means])


def aggregate(vectors: FloatArray, whitening: Whitening) -> FloatArray:
    """Make one descriptor of several vectors of one picture.

    L2 → PCA-whitening → L2 → sum → L2: the offline aggregation of class vectors in
    [1]_ and of region vectors in R-MAC. A zero vector (a class seen nowhere) has no
    direction and adds nothing.

    Parameters
    ----------
    vectors : (n, C) float32
    whitening : Whitening

    Returns
    -------
    descriptor : (D,) float32
        Unit length; zero if all vectors are.

    References
    ----------
    .. [1] Jimenez, Alvarez and Giró-i-Nieto, BMVC 2017, section 3.3.
    """
    vectors = unit_length(vectors[np.any(vectors != 0, axis=1)])
    whitened = unit_length(whitening.apply(vectors))
    return unit_length(whitened.sum(axis=0))


def learn_aggregation(lessons: Sequence[FloatArray], dimension: int) -> Whitening:
    """Learn the whitening of `aggregate` from the vectors (n, C) of several pictures.

    A zero vector teaches nothing, and only ``dimension`` directions are kept.
    """
    vectors = np.concatenate(lessons)
    seen = vectors[np.any(vectors != 0, axis=1)]
    return learn_whitening(unit_length(seen), dimension)


POOLINGS: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = (
    MappingProxyType(
        {
            "sum": lambda maps, _: sum_pool(maps)[None],
            "MAC": lambda maps, _: mac(maps)[None],
            "GeM": lambda maps, _: gem(maps)[None],
            "CroW": lambda maps, _: crow(maps)[None],
            "R-MAC": lambda maps, _: rmac_vectors(maps),
            CAM: cam_pool,
            JOINED: lambda maps, cams: join(cam_pool(maps, cams), plain_pool(maps)),
        }
    )
)
"""All methods in one form, the project's own last: from (h, w, C) feature maps and
(n, h, w) class activation maps to vectors for `aggregate`, of C numbers each; those of
`JOINED` have three times as many."""


def _starts(length: int, side: int, count: int) -> list[int]:
    """Spread ``count`` windows of ``side`` evenly from first to last position."""
    step = (length - side) / (count - 1) if count > 1 else 0.0
    return [int(index * step) for index in range(count)]


def _check(feature_maps: FloatArray) -> None:
    if feature_maps.ndim != 3 or 0 in feature_maps.shape[:2]:
        raise ValueError(f"feature_maps must be (h, w, C), got {feature_maps.shape}")
