"""Product quantiser: a local descriptor as sixteen bytes.

Each of the sixteen cells of a SIFT descriptor, a histogram of eight directions, is
replaced by the most similar of 256 histograms. What is lost is a fifth of a
descriptor's length, less than a change of light or angle takes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CODE_BYTES = 16
PART_LENGTH = 8
CENTRES = 256
"""Per part, so that a code is a byte."""


@dataclass(frozen=True, eq=False)
class ProductQuantiser:
    """Codes of local descriptors, byte by byte.

    Attributes
    ----------
    codebooks : (16, 256, 8) uint8
        Per part of a descriptor, the histograms that stand for others.

    References
    ----------
    .. [1] Jégou, Douze and Schmid, "Product quantization for nearest neighbor search",
       IEEE TPAMI 33(1), 2011.
    """

    codebooks: NDArray[np.uint8]

    def __post_init__(self) -> None:
        needed = (CODE_BYTES, CENTRES, PART_LENGTH)
        if self.codebooks.shape != needed:
            raise ValueError(f"codebooks must be {needed}, got {self.codebooks.shape}")

    def encode(self, descriptors: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Code descriptors (M, 128) uint8: (M, 16) uint8."""
        codes = np.empty((len(descriptors), CODE_BYTES), np.uint8)
        values = descriptors.astype(np.float32)
        for part, centres in enumerate(self.codebooks.astype(np.float32)):
            own = values[:, part * PART_LENGTH : (part + 1) * PART_LENGTH]
            # Sums of products of bytes: exact in float32, whatever the order.
            distances = -2 * (own @ centres.T) + np.einsum("cd,cd->c", centres, centres)
            codes[:, part] = distances.argmin(axis=1)
        return codes

    def decode(self, codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the descriptors (M, 128) uint8 that codes (M, 16) uint8 stand for."""
        parts = self.codebooks[np.arange(CODE_BYTES), codes]
        return parts.reshape(len(codes), CODE_BYTES * PART_LENGTH)
