"""Array types with their shapes, and the records that modules hand on."""

from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""An upright picture: (H, W, 3), RGB, sRGB."""

FloatArray: TypeAlias = NDArray[np.float32]
VectorArray: TypeAlias = NDArray[np.float16] | NDArray[np.float32]
"""Vectors of a gallery: of half precision in files, which holds all of them that
`keep_half` made."""
BoolArray: TypeAlias = NDArray[np.bool_]


def no_numbers() -> FloatArray:
    """Return the vector of length 0."""
    return np.zeros(0, np.float32)


def keep_half(vector: FloatArray) -> FloatArray:
    """Round numbers to half precision: what a gallery and the database keep of them."""
    return vector.astype(np.float16).astype(np.float32)


def no_points() -> FloatArray:
    """Return no pairs of positions: (0, 4)."""
    return np.zeros((0, 4), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """Keypoints of one picture and their RootSIFT descriptors.

    Attributes
    ----------
    xy : (M, 2) float32
        Positions, x right and y down, in pixels of the *resized* picture.
    descriptors : (M, 128) uint8
        RootSIFT, quantised: ``round(512 * sqrt(sift / sum(sift)))`` clipped to 255.
    size : tuple of int
        (height, width) in pixels of the resized picture that ``xy`` refers to.
    """

    xy: FloatArray
    descriptors: NDArray[np.uint8]
    size: tuple[int, int]

    def __post_init__(self) -> None:
        count = len(self.xy)
        if self.xy.shape != (count, 2) or self.descriptors.shape != (count, 128):
            raise ValueError(
                "xy must be (M, 2) and descriptors (M, 128), got "
                f"{self.xy.shape} and {self.descriptors.shape}"
            )

    def __len__(self) -> int:
        return len(self.xy)

    def subset(self, rows: BoolArray) -> "LocalFeatures":
        """Return some of the keypoints, marked in (M,) bool, of the same picture."""
        return LocalFeatures(self.xy[rows], self.descriptors[rows], self.size)

    @classmethod
    def empty(cls, size: tuple[int, int] = (1, 1)) -> "LocalFeatures":
        """No keypoints at all: what a blank wall gives."""
        return cls(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), size)


@dataclass(frozen=True, slots=True, eq=False)
class CodedFeatures:
    """Local features of a reference image as a gallery keeps them: 32 bytes each.

    Attributes
    ----------
    xy : (M, 2) uint16
        Positions as of `LocalFeatures`, in steps of 1 / `STEPS_PER_PX` pixel.
    codes : (M, 16) uint8
        Of the descriptors, see ``app.retrieval.local.product_quantiser``.
    words : (M,) int32
        Visual word of each descriptor.
    signatures : (M,) uint64
        Within the word.
    size : tuple of int
        (height, width) in pixels of the resized picture that ``xy`` refers to.
    """

    xy: NDArray[np.uint16]
    codes: NDArray[np.uint8]
    words: NDArray[np.int32]
    signatures: NDArray[np.uint64]
    size: tuple[int, int]

    STEPS_PER_PX: ClassVar[int] = 64

    def __post_init__(self) -> None:
        count = len(self.xy)
        shapes = {
            "xy": (self.xy.shape, (count, 2)),
            "codes": (self.codes.shape, (count, 16)),
            "words": (self.words.shape, (count,)),
            "signatures": (self.signatures.shape, (count,)),
        }
        for name, (found, needed) in shapes.items():
            if found != needed:
                raise ValueError(f"{name} must be {needed}, got {found}")

    def __len__(self) -> int:
        return len(self.xy)

    @classmethod
    def empty(cls, size: tuple[int, int] = (1, 1)) -> "CodedFeatures":
        """No keypoints at all: what a blank wall gives."""
        return cls(
            np.zeros((0, 2), np.uint16),
            np.zeros((0, 16), np.uint8),
            np.zeros(0, np.int32),
            np.zeros(0, np.uint64),
            size,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ClassEvidence:
    """Class that the network saw in a picture, and where.

    Attributes
    ----------
    label : str
    probability : float in [0, 1]
    activation_map : (h, w) float32 in [0, 1]
        The class activation map, covering the picture (padding removed).
    """

    label: str
    probability: float
    activation_map: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """Global description of one picture by the network.

    Attributes
    ----------
    descriptor : (D,) float32
        Unit length.
    classes : tuple of ClassEvidence
        The classes whose maps weighted the descriptor, most probable first.
    feature_means : (C,) float32
        Of the network's feature maps over the picture.
    subjects : tuple of str
        Keys of what is seen in a reference image by the semantic network, see
        ``app.retrieval.descriptors.subjects``; of a photo nobody asks.
    """

    descriptor: FloatArray
    classes: tuple[ClassEvidence, ...] = ()
    feature_means: FloatArray = field(default_factory=no_numbers)
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """Candidate of a shortlist.

    Attributes
    ----------
    position : int
        Row in the gallery.
    similarity : float
        Higher is better. Cosine in [-1, 1] from the global channel, an
        unbounded tf-idf score >= 0 from the local channel.
    """

    position: int
    similarity: float


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """Homography between two pictures, and the matches that it explains.

    Attributes
    ----------
    matches : (Q, 2) int32
        Rows of the query's (column 0) and the candidate's (column 1) keypoints.
    inliers : (Q,) bool
        Which matches the homography explains.
    homography : (3, 3) float64 or None
        Query pixels to candidate pixels (both resized); None when no plausible
        one was found.
    """

    matches: NDArray[np.int32]
    inliers: BoolArray
    homography: NDArray[np.float64] | None

    @property
    def inlier_count(self) -> int:
        """Number of matches that agree with the homography."""
        return int(np.count_nonzero(self.inliers))

    @property
    def inlier_share(self) -> float:
        """Inliers per match, in [0, 1]; 0 without matches."""
        return self.inlier_count / len(self.matches) if len(self.matches) else 0.0


@dataclass(frozen=True, slots=True)
class GalleryItem:
    """One reference image of the gallery, known by opaque ids, and the work it shows.

    Several images may show one work.
    """

    image_id: str
    work_id: str


@dataclass(frozen=True, slots=True, eq=False)
class GalleryFeatures:
    """Features of one reference image: global descriptors, local features, style.

    Attributes
    ----------
    descriptor : (D,) float32
        Unit length; as the other vectors, of numbers that half precision holds.
    local_features : CodedFeatures
    style : (S,) float32
        Unit length, see ``app.retrieval.descriptors.style``; S is 0 with a model that
        has none.
    semantic : (E,) float32
        Unit length, see ``app.retrieval.descriptors.semantic``; E is 0 with a model
        that has none.
    picture : bytes
        Grey copy that photos are compared with, see ``app.retrieval.images.grey_copy``.
    subjects : tuple of str, or None
        Keys of what is seen in it, see ``app.retrieval.descriptors.subjects``, once
        computed; None with a model that has no semantic part. A gallery does not keep
        them.
    """

    descriptor: FloatArray
    local_features: CodedFeatures
    style: FloatArray = field(default_factory=no_numbers)
    semantic: FloatArray = field(default_factory=no_numbers)
    picture: bytes = b""
    subjects: tuple[str, ...] | None = None
