"""Reader of the labels in a photo: from pixels to the lines of each label."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from app.retrieval.types import FloatArray, Image
from app.services.labels.detection import detect
from app.services.labels.lines import labels_of
from app.services.labels.networks import (
    DETECTION_FILE,
    RECOGNITION_FILE,
    OpenedNetwork,
    open_network,
)
from app.services.labels.recognition import HEIGHT_PX, Line, Recogniser

logger = logging.getLogger(__name__)

MOST_LINES = 24
"""Read in one photo, those with the largest letters: two labels with a story each."""
MOST_WIDTH_PX = 8_000
"""Of all lines together, as the network takes them: 0.6 s of one core. A wall text is
not read to its end."""
MIN_SCORE = 0.6
"""Of a line, below which what was read is noise."""


class Reader(Protocol):
    """What reads labels; see `LabelReader` and `SharedReader`."""

    def read(self, image: Image) -> list[list[Line]]:
        """Read the labels in a photo, (H, W, 3) uint8 RGB, upright.

        May raise a `LabelReaderError`.
        """


class LabelReader:
    """The two networks, opened; threads take turns.

    Parameters
    ----------
    detection, recognition : OpenedNetwork
    characters : sequence of str
        What the second can read.
    """

    def __init__(
        self,
        detection: OpenedNetwork,
        recognition: OpenedNetwork,
        characters: Sequence[str],
    ) -> None:
        self._networks = detection, recognition
        self._recogniser = Recogniser(recognition, characters)
        self._turn = threading.Lock()

    @classmethod
    def open(cls, folder: Path, *, threads: int = 1) -> Self:
        """Open the networks in the package's folder of models; takes some 2 seconds.

        Raises
        ------
        MissingArtefactError, DamagedArtefactError
            If one of them cannot be used.
        """
        detection, _ = open_network(folder / DETECTION_FILE, threads=threads)
        recognition, characters = open_network(
            folder / RECOGNITION_FILE, threads=threads
        )
        return cls(detection, recognition, characters)

    def read(self, image: Image) -> list[list[Line]]:
        """Read the labels in a photo.

        Parameters
        ----------
        image : (H, W, 3) uint8, RGB, upright

        Returns
        -------
        labels : list of list of Line
            As of `labels_of`.
        """
        with self._turn:
            try:
                boxes = detect(image, self._networks[0])
                lines = self._recogniser.read(image, boxes[_affordable(boxes)])
            finally:
                for network in self._networks:
                    network.rest()
        return labels_of([line for line in lines if line.score >= MIN_SCORE])


def _affordable(boxes: FloatArray) -> NDArray[np.int64]:
    """Return the rows of the lines that there is time for, the largest first."""
    heights = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    widths = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    largest = np.argsort(-heights, kind="stable")[:MOST_LINES]
    taken = np.cumsum(HEIGHT_PX * widths[largest] / np.maximum(heights[largest], 1))
    return np.asarray(largest[taken <= MOST_WIDTH_PX], np.int64)
