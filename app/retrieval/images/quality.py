"""Photo quality: blur, glare, darkness, distance and missing parts, measured.

Works need no names for this, so it also helps with a photo of something unknown. The
thresholds come from simulated photos of 60 paintings (hung in frames, tilted, with
noise and JPEG) beside 69 real photos that were all recognised; each says what it lets
through.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from app.retrieval.images.codec import resize_to_long_side
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.types import FloatArray, Image

BLUR_SIDE_PX = 512
"""Long side at which blur is measured, so that equal smears measure equal."""
LIGHT_SIDE_PX = 256
REBLUR_PX = 9
"""Length of the second blur (Crete 2007)."""
BLANK = 0.5
"""Mean step between neighbours, in grey values, up to which there is no edge to be
sharp or blurred: an even wall."""
STEP_RANK = 99.5
"""Percentile of the steps: one in two hundred is more than dust, and less than a work
that fills a fiftieth of the photo."""
EVEN = 3.0
"""That step, in grey values, up to which a photo shows an even surface: a wall with the
noise of the sensor, a lens that a finger covers."""
BURNT = 250
"""Grey value from which all three channels count as burnt out."""

TOO_BLURRED = 0.42
"""Exceeded by a third of the photos blurred by half of what ``perturbations`` can do,
by 68 % at three quarters and 75 % at all of it; by none without blur, and by three of
the real ones."""
TOO_MUCH_GLARE = 0.012
"""Exceeded by a quarter of the photos with reflections at three quarters and by 42 % at
full strength; by 7 % without any (white grounds), and by one of the real ones."""
TOO_DARK = 60.0
"""Undercut by 12 % of the photos at 45 % of the right exposure, by half at 30 % and by
all at 20 %; by none that is rightly exposed."""
BLACK = 20.0
"""Undercut where next to no light fell on the sensor: a finger, a pocket, a cap."""
TOO_FEW_PX = 320
"""Long side of a photo below which details are missing: the local channel looks at 400
pixels, and cameras send over a thousand. Thumbnails of web pages are smaller."""
TOO_SMALL = 0.12
"""Share of the photo. Of photos of a smaller work, six in ten are known as such by its
frame; none of a larger one, and one of the real ones, is taken for one."""
CUT_OFF = 0.03
"""How far a corner may lie outside the photo, as a share of its side."""


class QualityIssue(StrEnum):
    """Fault of a photo that its visitor can mend, the gravest first."""

    BLACK = "black"
    BLANK = "blank"
    TINY = "tiny"
    DARK = "dark"
    BLURRED = "blurred"
    GLARE = "glare"
    SMALL = "small"
    CUT_OFF = "cut_off"


NOTHING = frozenset((QualityIssue.BLACK, QualityIssue.BLANK))
"""Faults of photos that show nothing: no likeness to anything means anything."""


@dataclass(frozen=True, slots=True)
class PhotoQuality:
    """Measurements of a photo's quality.

    Attributes
    ----------
    blur : float in [0, 1]
        Share of the edges that a further blur leaves as they are; 0 for a blank one.
    glare : float in [0, 1]
        Share of the photo that is burnt out to white, in patches that touch no border:
        lamps mirrored in varnish or glass. Windows and white walls reach the border.
    lightness : float in [0, 255]
        Grey value that a tenth of the photo exceeds. The brightest tenth, because a
        dark painting hangs on some wall.
    work_share : float in [0, 1] or None
        Share of the photo that the work, or whatever looks like its frame, takes up.
        None where nothing does.
    side_px : int
        Long side of the photo.
    step : float in [0, 255]
        Step between neighbours, in grey values, that few of them exceed.
    is_cut_off : bool
        Whether a part of the work lies outside the photo; only known of a work that
        was recognised.
    """

    blur: float
    glare: float
    lightness: float
    work_share: float | None
    side_px: int
    step: float
    is_cut_off: bool

    @property
    def faults(self) -> tuple[QualityIssue, ...]:
        """What is wrong with the photo, the gravest first."""
        is_small = self.work_share is not None and self.work_share < TOO_SMALL
        judged = (
            (QualityIssue.BLACK, self.lightness < BLACK),
            (QualityIssue.BLANK, self.lightness >= BLACK and self.step <= EVEN),
            (QualityIssue.TINY, self.side_px < TOO_FEW_PX),
            (QualityIssue.DARK, BLACK <= self.lightness < TOO_DARK),
            (QualityIssue.BLURRED, self.blur > TOO_BLURRED),
            (QualityIssue.GLARE, self.glare > TOO_MUCH_GLARE),
            (QualityIssue.SMALL, is_small),
            (QualityIssue.CUT_OFF, self.is_cut_off),
        )
        return tuple(fault for fault, holds in judged if holds)

    @property
    def shows_nothing(self) -> bool:
        """Whether there is nothing in the photo that could be recognised."""
        return not NOTHING.isdisjoint(self.faults)


def measure(photo: PreparedPhoto, outline: FloatArray | None = None) -> PhotoQuality:
    """Measure a photo, in about 10 ms on one core.

    Parameters
    ----------
    photo : PreparedPhoto
    outline : (4, 2) float, optional
        Corners of the most likely work, as shares of the photo's width and height.
        Without one, the frame in the photo counts.

    Returns
    -------
    quality : PhotoQuality
    """
    small = photo.resized(LIGHT_SIDE_PX)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    return PhotoQuality(
        blur=measure_blur(photo.resized(BLUR_SIDE_PX)),
        glare=measure_glare(small),
        lightness=float(np.percentile(grey, 90)),
        work_share=_work_share(photo, outline),
        side_px=max(photo.image.shape[:2]),
        step=measure_step(photo.resized(BLUR_SIDE_PX)),
        is_cut_off=outline is not None
        and bool((outline < -CUT_OFF).any() or (outline > 1 + CUT_OFF).any()),
    )


def measure_blur(image: Image) -> float:
    """Measure blur: the share of edges that blurring once more leaves as they are.

    A sharp picture loses most of its steps between neighbours, a blurred one hardly
    any: unlike the variance of the Laplacian, that does not depend on how much there
    is to see. Of both directions the more blurred one counts, for hands that shake.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    blur : float in [0, 1]

    References
    ----------
    .. [1] Crete et al., "The blur effect: perception and estimation with a new
       no-reference perceptual blur metric", SPIE 6492, 2007.
    """
    grey = _grey(image)
    left = [0.0]
    for axis, kernel in ((1, (REBLUR_PX, 1)), (0, (1, REBLUR_PX))):
        steps = np.abs(np.diff(grey, axis=axis))
        smooth = np.abs(np.diff(cv2.blur(grey, kernel), axis=axis))
        if steps.size and steps.mean() > BLANK:
            lost = np.maximum(0, steps - smooth).sum()
            left.append(1 - float(lost / steps.sum()))
    return max(left)


def measure_step(image: Image) -> float:
    """Measure how much neighbours differ where there is most to see.

    Not on average: a small work on a wide wall is something.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB
    """
    grey = cv2.GaussianBlur(_grey(image), (3, 3), 0)  # noise is no detail
    steps = (np.abs(np.diff(grey, axis=axis)) for axis in (0, 1))
    return max(float(np.percentile(s, STEP_RANK)) if s.size else 0.0 for s in steps)


def measure_glare(image: Image) -> float:
    """Measure how much of a small picture is burnt out away from its borders.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB

    Returns
    -------
    glare : float in [0, 1]
    """
    soft = cv2.GaussianBlur(image, (3, 3), 0)  # a noisy white is white
    burnt = (soft.min(axis=2) >= BURNT).astype(np.uint8)
    _, patches = cv2.connectedComponents(burnt)
    borders = (patches[0], patches[-1], patches[:, 0], patches[:, -1])
    ground = np.unique(np.concatenate([[0], *borders]))
    return float(np.mean(~np.isin(patches, ground)))


def _grey(image: Image) -> FloatArray:
    small = resize_to_long_side(image, BLUR_SIDE_PX)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _work_share(photo: PreparedPhoto, outline: FloatArray | None) -> float | None:
    if outline is not None:
        x, y = outline.clip(0, 1).T.astype(np.float64)
        area = np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))
        return float(abs(area) / 2)
    if photo.frame is None:
        return None
    left, top, right, bottom = photo.frame
    return (right - left) * (bottom - top)
