"""Scales of deep pixels: which value is black, and which white."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

CEILINGS = (1.0, 255.0, 65535.0)
"""Usual values of white where no header says it: of floats, and of wide integers."""
BAND_ROWS = 256


@dataclass(frozen=True, slots=True)
class Scale:
    """Scale of pixels.

    Attributes
    ----------
    black, white : float
        Values between which grey lies; white below black is an inverse picture.
    """

    black: float
    white: float

    @classmethod
    def of(
        cls, pixels: NDArray[Any], bits: int | None = None, *, is_inverse: bool = False
    ) -> Self:
        """Return the scale of pixels by their type, and where that says little by them.

        Parameters
        ----------
        pixels : (H, W, …)
            Of wide integers and floats white is the smallest usual ceiling that holds
            the brightest one; integers that are below zero anywhere take their whole
            range.
        bits : int, optional
            Of a sample, where fewer than its type has.
        is_inverse : bool
            Whether zero is white.
        """
        kind, depth = pixels.dtype.kind, bits or 8 * pixels.dtype.itemsize
        if kind == "b":
            black, white = 0.0, 1.0
        elif kind == "u" and depth <= 16:
            black, white = 0.0, float(2**depth - 1)
        else:
            black, white = _measured(pixels, depth)
        return cls(white, black) if is_inverse else cls(black, white)

    def to_eight_bits(self, pixels: NDArray[Any]) -> NDArray[np.uint8]:
        """Return pixels as uint8, from black to white."""
        if pixels.dtype == np.uint8 and (self.black, self.white) == (0, 255):
            return np.ascontiguousarray(pixels, np.uint8)
        if pixels.dtype == np.uint16 and (self.black, self.white) == (0, 65535):
            return (pixels >> 8).astype(np.uint8)
        # Floats of 32 bits hold 24 bits of an integer.
        is_wide = pixels.dtype.itemsize > 4 or pixels.dtype in (np.uint32, np.int32)
        share: NDArray[Any] = pixels.astype(np.float64 if is_wide else np.float32)
        np.subtract(share, self.black, out=share)
        np.multiply(share, 255 / (self.white - self.black), out=share)
        np.nan_to_num(share, copy=False, nan=0, posinf=255, neginf=0)
        np.rint(share, out=share)
        return np.asarray(share.clip(0, 255, out=share), np.uint8)


def _measured(pixels: NDArray[Any], depth: int) -> tuple[float, float]:
    low, peak = 0.0, 0.0
    for top in range(0, len(pixels), BAND_ROWS):
        band = pixels[top : top + BAND_ROWS]
        if pixels.dtype.kind == "f":
            band = np.nan_to_num(band, posinf=0, neginf=0)
        low, peak = min(low, float(band.min())), max(peak, float(band.max()))
    if pixels.dtype.kind == "f":
        return 0.0, next((c for c in CEILINGS if peak <= c), peak)
    if low < 0:
        return float(-(2 ** (depth - 1))), float(2 ** (depth - 1) - 1)
    full = float(2 ** (depth - (pixels.dtype.kind == "i")) - 1)
    ceilings = (*(c for c in CEILINGS[1:] if c < full), full)
    white = next(c for c in ceilings if peak <= c)
    # Of a range that is hardly used, the part that is.
    return 0.0, white if peak > white / 256 else max(peak, 1.0)
