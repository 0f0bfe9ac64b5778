"""Recognition of the letters of a line.

The network gives for every eighth pixel of a line 48 pixels high which character it
sees; repeats are one character, and a class of its own says *none* (Graves et al., ICML
2006).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from app.retrieval.types import FloatArray, Image
from app.services.labels.detection import network_values
from app.services.labels.networks import Network

HEIGHT_PX = 48
WIDTHS_PX = 128, 192, 320, 512, 768, 1024
"""Lines are filled up to the next of these: for each that it meets first, the network
is prepared anew, and keeps 5 MB for good. For the same reason lines are read one by
one, which takes no longer than four at a time."""
UPRIGHT = 1.5
"""How much higher than wide a box is that is turned: its line runs downwards."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Line of text in a photo.

    Attributes
    ----------
    text : str
    score : float in [0, 1]
        Mean of its characters.
    corners : (4, 2) float32
        As of `detect`.
    """

    text: str
    score: float
    corners: FloatArray

    @property
    def height(self) -> float:
        """Of its letters with their surroundings, in pixels."""
        return float(np.linalg.norm(self.corners[3] - self.corners[0]))


class Recogniser:
    """Reader of single lines.

    Parameters
    ----------
    network : Network
    characters : sequence of str
        Its classes without *none*, which is the first, and the space, the last.
    """

    def __init__(self, network: Network, characters: Sequence[str]) -> None:
        self._network = network
        self._characters = np.array(["", *characters, " "])

    def read(self, image: Image, boxes: FloatArray) -> list[Line]:
        """Read lines.

        Parameters
        ----------
        image : (H, W, 3) uint8, RGB
        boxes : (N, 4, 2) float32
            As of `detect`.

        Returns
        -------
        lines : list of Line
            In the order of the boxes; those in which nothing was read are left out.
        """
        read = []
        for box in boxes:
            cut = _straightened(image, box)
            [classes] = self._network(_framed(cut, _width(cut))[None])
            read.append(self._decoded(classes))
        return [
            Line(text.strip(), score, box)
            for (text, score), box in zip(read, boxes, strict=True)
            if text.strip()
        ]

    def _decoded(self, classes: FloatArray) -> tuple[str, float]:
        best = classes.argmax(axis=1)
        is_new = np.ones(len(best), bool)
        is_new[1:] = best[1:] != best[:-1]
        kept = is_new & (best > 0)
        scores = classes.max(axis=1)[kept]
        text = "".join(self._characters[best[kept]])
        return text, float(scores.mean()) if len(scores) else 0.0


def _straightened(image: Image, box: FloatArray) -> Image:
    """Cut a line out of a photo and set it upright."""
    width = max(1, round(float(np.linalg.norm(box[1] - box[0]))))
    height = max(1, round(float(np.linalg.norm(box[3] - box[0]))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    cut = cv2.warpPerspective(
        image,
        cv2.getPerspectiveTransform(box, target),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    upright = np.rot90(cut) if height >= UPRIGHT * width else cut
    return np.asarray(upright, np.uint8)


def _width(cut: Image) -> int:
    """Return the width of a line for the network, in pixels."""
    own = round(cut.shape[1] * HEIGHT_PX / cut.shape[0])
    return next((width for width in WIDTHS_PX if own <= width), WIDTHS_PX[-1])


def _framed(cut: Image, width: int) -> FloatArray:
    """Bring a line to (3, 48, width) float32, zero where it ends before."""
    own = min(width, max(1, round(cut.shape[1] * HEIGHT_PX / cut.shape[0])))
    scaled = cv2.resize(cut[..., ::-1], (own, HEIGHT_PX))
    framed = np.zeros((3, HEIGHT_PX, width), np.float32)
    framed[:, :, :own] = network_values(np.asarray(scaled, np.uint8))
    return framed
