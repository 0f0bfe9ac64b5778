"""Whitening, learnt from a collection and applied to every descriptor.

Sum-pooled features of a network burst: a few strong channels dominate every cosine.
Whitening turns them into uncorrelated directions of equal weight and drops the
weakest, which is the step that helps off-the-shelf features most.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray


def unit_length(vectors: NDArray[np.floating]) -> FloatArray:
    """Scale vectors to Euclidean length 1; a zero vector stays zero.

    Parameters
    ----------
    vectors : (..., D) floating

    Returns
    -------
    unit : (..., D) float32
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(
        np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0),
        dtype=np.float32,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """Whitening as it was learnt: ``x -> projection @ (x - mean)``.

    Attributes
    ----------
    mean : (C,) float32
    projection : (D, C) float32
        Rows are directions divided by a standard deviation, strongest first.
    """

    mean: FloatArray
    projection: FloatArray

    def __post_init__(self) -> None:
        if self.projection.ndim != 2 or self.mean.shape != self.projection.shape[1:]:
            raise ValueError(
                "mean must be (C,) and projection (D, C), got "
                f"{self.mean.shape} and {self.projection.shape}"
            )

    def apply(self, vectors: FloatArray) -> FloatArray:
        """Whiten vectors; lengths are left as they fall.

        Parameters
        ----------
        vectors : (..., C) float32

        Returns
        -------
        whitened : (..., D) float32
        """
        if vectors.shape[-1:] != self.mean.shape:
            raise ValueError(
                f"vectors must be (..., {len(self.mean)}), got {vectors.shape}"
            )
        return np.asarray((vectors - self.mean) @ self.projection.T, dtype=np.float32)


def learn_whitening(
    vectors: FloatArray,
    dimension: int,
    *,
    regularisation: float = 0.01,
    power: float = 1.0,
) -> Whitening:
    """Learn PCA-whitening from sample vectors.

    Parameters
    ----------
    vectors : (N, C) float32, N >= 2
        Usually of unit length.
    dimension : int, 1 to C
        Directions to keep, D.
    regularisation : float in [0, 1]
        Shrinkage of the covariance's eigenvalues towards their mean. With few
        samples the smallest eigenvalues are far too small, and dividing by them
        would blow noise up; a share of the mean puts a floor under them. 0 is
        plain PCA-whitening and needs more than D samples.
    power : float in [0, 1]
        How far directions are evened out: 1 whitens them, 0 only rotates. In between,
        strong directions keep some of their say, as they should where the collection
        that is learnt from is not of the kind that will be asked.

    Returns
    -------
    whitening : Whitening
        The same for the same input: the sign of each direction, which PCA leaves
        open, is chosen so that its largest entry is positive.

    Raises
    ------
    ValueError
        If the samples do not span ``dimension`` directions and
        ``regularisation`` is 0, or an argument is out of range.

    References
    ----------
    .. [1] Jégou and Chum, "Negative evidences and co-occurrences in image
       retrieval: the benefit of PCA and whitening", ECCV 2012.
    .. [2] Ledoit and Wolf, "A well-conditioned estimator for large-dimensional
       covariance matrices", Journal of Multivariate Analysis 2004 (shrinkage
       towards a multiple of the identity).
    """
    if vectors.ndim != 2 or len(vectors) < 2:
        raise ValueError(f"vectors must be (N, C) with N >= 2, got {vectors.shape}")
    if not 1 <= dimension <= vectors.shape[1]:
        raise ValueError(f"dimension must be 1 to {vectors.shape[1]}, got {dimension}")
    if not 0 <= regularisation <= 1:
        raise ValueError(f"regularisation must be in [0, 1], got {regularisation}")
    if not 0 <= power <= 1:
        raise ValueError(f"power must be in [0, 1], got {power}")
    samples = vectors.astype(np.float64)
    mean = samples.mean(axis=0)
    samples -= mean
    variances, directions = np.linalg.eigh(samples.T @ samples / (len(samples) - 1))
    variances = np.maximum(variances[::-1], 0)
    directions = directions.T[::-1][:dimension]
    shrunk = (1 - regularisation) * variances + regularisation * variances.mean()
    shrunk = shrunk[:dimension]
    # Rounding leaves tiny positive numbers where the true variance is zero.
    if shrunk[-1] <= np.finfo(np.float64).eps * len(mean) * shrunk[0]:
        raise ValueError(
            f"{len(vectors)} vectors do not span {dimension} directions; "
            "use more of them, or a regularisation above 0"
        )
    projection = _signed(directions) / shrunk[:, None] ** (power / 2)
    return Whitening(mean.astype(np.float32), projection.astype(np.float32))


def learn_paired_whitening(
    pairs: tuple[FloatArray, FloatArray],
    mean: FloatArray,
    dimension: int,
    *,
    regularisation: float = 0.2,
) -> Whitening:
    """Learn whitening from pairs of vectors of the same thing.

    PCA evens out all that varies; here it is only what varies between a work and a
    photo of it. Of what is left the directions are kept in which works differ most.

    Parameters
    ----------
    pairs : tuple of (N, C) float32, N >= 2
        Row by row of the same thing, usually of unit length.
    mean : (C,) float32
        To be taken off what is whitened.
    dimension : int, 1 to C
        Directions to keep, D.
    regularisation : float in (0, 1]
        Shrinkage of the differences' covariance towards a multiple of the identity.

    Returns
    -------
    whitening : Whitening
        The same for the same input, with the signs of `learn_whitening`.

    References
    ----------
    .. [1] Mikolajczyk and Matas, "Improving descriptors for fast tree matching by
       optimal linear projection", ICCV 2007.
    .. [2] Radenović, Tolias and Chum, "Fine-tuning CNN image retrieval with no human
       annotation", TPAMI 2018.
    """
    first, second = (part.astype(np.float64) for part in pairs)
    if first.ndim != 2 or first.shape != second.shape or len(first) < 2:
        raise ValueError(
            "pairs must be two times (N, C) with N >= 2, got "
            f"{first.shape} and {second.shape}"
        )
    if not 1 <= dimension <= first.shape[1]:
        raise ValueError(f"dimension must be 1 to {first.shape[1]}, got {dimension}")
    if not 0 < regularisation <= 1:
        raise ValueError(f"regularisation must be in (0, 1], got {regularisation}")
    differences = first - second
    covariance = differences.T @ differences / len(differences)
    floor = regularisation * np.trace(covariance) / len(covariance)
    covariance = (1 - regularisation) * covariance + floor * np.eye(len(covariance))
    variances, directions = np.linalg.eigh(covariance)
    evened = (directions / np.sqrt(np.maximum(variances, np.finfo(float).tiny))).T
    samples = (np.concatenate([first, second]) - mean) @ evened.T
    strongest = np.linalg.eigh(samples.T @ samples)[1].T[::-1][:dimension]
    return Whitening(mean, np.asarray(_signed(strongest @ evened), np.float32))


def _signed(projection: NDArray[np.float64]) -> NDArray[np.float64]:
    """Choose the sign of each direction so that its largest entry is positive."""
    largest = np.abs(projection).argmax(axis=1)
    signs = np.sign(projection[np.arange(len(projection)), largest])
    return np.asarray(projection * signs[:, None])
