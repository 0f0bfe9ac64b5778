"""Networks in OpenCV, where OpenVINO is not installed: loaded when they are needed.

OpenCV takes twice the time of OpenVINO, and nothing needs to be installed for it.
Results are the same but for the rounding of float32.
"""

from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from app.retrieval.descriptors.results import DESCRIPTOR, PROBABILITIES, Results
from app.retrieval.types import Image

TRIAL_SIDE_PX = 64
"""Of the picture that a network is tried with when it is opened."""


class OpenCVNetwork:
    """Network of an ONNX graph, whose weights are those of OpenVINO's.

    Tried when it is opened, and loaded when it is first needed (20 to 70 ms). Its
    weights are held as float32, and its maps until the next picture: OpenCV gives back
    neither. Uses as many threads as :func:`app.retrieval.runtime.threads.limit_threads`
    gives this process.

    Parameters
    ----------
    path : Path
        ``….onnx``, with its weights beside it. One input (1, H, W, 3), any H and W.
    all_classes : bool
        Whether results have `PROBABILITIES`, which are computed anyway.

    Raises
    ------
    cv2.error, ValueError
        If a file is broken, or is no network that describes.
    """

    def __init__(self, path: Path, *, all_classes: bool) -> None:
        self._path = path
        self._all_classes = all_classes
        network = self._load()
        if DESCRIPTOR not in network.getUnconnectedOutLayersNames():
            raise ValueError(f"it has no output {DESCRIPTOR!r}")
        blank = np.zeros((TRIAL_SIDE_PX, TRIAL_SIDE_PX, 3), np.uint8)
        [self.dimension] = _forward(network, blank)[DESCRIPTOR].shape

    def run(self, picture: Image) -> Results:
        """Run the network on one (H, W, 3) uint8 picture; results without the batch."""
        results = _forward(self._network, picture)
        if not self._all_classes:
            results.pop(PROBABILITIES, None)
        return results

    @cached_property
    def _network(self) -> cv2.dnn.Net:
        return self._load()

    def _load(self) -> cv2.dnn.Net:
        # The engine before this one wants to know sizes of pictures when it loads.
        return cv2.dnn.readNetFromONNX(str(self._path), cv2.dnn.ENGINE_NEW)


def _forward(network: cv2.dnn.Net, picture: Image) -> Results:
    names = network.getUnconnectedOutLayersNames()
    network.setInput(picture[None].astype(np.float32))
    # The arrays belong to the network and change with its next picture.
    return {
        name: np.array(output[0])
        for name, output in zip(names, network.forward(names), strict=True)
    }
