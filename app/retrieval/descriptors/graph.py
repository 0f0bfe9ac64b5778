"""Graphs of a model folder: opened and run by OpenVINO, or by OpenCV without it."""

import logging
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import cv2

from app.retrieval.descriptors.manifest import FULL_PRECISION, training_command
from app.retrieval.descriptors.opencv_network import OpenCVNetwork
from app.retrieval.descriptors.results import Network, Results
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.runtime.extras import Extra, is_installed
from app.retrieval.runtime.place import CONVERT_COMMAND
from app.retrieval.types import Image

if TYPE_CHECKING:
    from app.retrieval.descriptors.openvino_network import OpenVINONetwork

logger = logging.getLogger(__name__)

WEIGHTS_SUFFIX, ONNX_SUFFIX = ".bin", ".onnx"
"""Of the files beside a graph: its weights, and the graph for OpenCV."""
_OPENCV_PLACE = re.compile(r"^OpenCV\(.*: error: \(-?\d+:[^)]*\)|in function '.*'")
"""Where in its code OpenCV found a fault, and its kind."""


class Graph:
    """Network from one picture to named arrays.

    Made by `open`; safe to use from several threads, which take turns.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._turn = Lock()

    @classmethod
    def open(
        cls,
        path: Path,
        dimension: int,
        *,
        threads: int = 1,
        precision: str = FULL_PRECISION,
        all_classes: bool = False,
    ) -> "Graph":
        """Open a graph, and see that its descriptors have the length that is expected.

        Parameters
        ----------
        path : Path
            ``….xml``, with its weights beside it as ``.bin``, and as ``.onnx`` what
            OpenCV reads in its place. One input (B, H, W, 3).
        dimension : int
        threads : int, >= 1
            That one picture may use; in OpenCV those of the process.
        precision : str
            That OpenVINO may calculate with; OpenCV has only float32.
        all_classes : bool
            Whether results have `PROBABILITIES`, of all classes (C,), beside those of
            the few most probable ones. They are computed anyway.

        Raises
        ------
        MissingArtefactError
            If one of the files is not there.
        DamagedArtefactError
            If a file is broken, or is not such a network.
        """
        openvino_network = load_openvino()
        read = path if openvino_network else path.with_suffix(ONNX_SUFFIX)
        command = training_command(path.parent)
        for needed in (path, path.with_suffix(WEIGHTS_SUFFIX)):
            if not needed.is_file():
                raise MissingArtefactError(needed, command)
        if not read.is_file():
            raise MissingArtefactError(read, f"{CONVERT_COMMAND} {path.parent}")
        try:
            network: Network
            if openvino_network:
                network = openvino_network(
                    path,
                    threads=threads,
                    precision=precision,
                    all_classes=all_classes,
                )
            else:
                network = OpenCVNetwork(read, all_classes=all_classes)
        except (RuntimeError, ValueError, cv2.error) as error:
            raise DamagedArtefactError(read, _fault(error), command) from error
        if network.dimension != dimension:
            fault = f"descriptors are {network.dimension} long, not {dimension}"
            raise DamagedArtefactError(read, fault, command)
        return cls(network)

    def run(self, picture: Image) -> Results:
        """Run the network on one (H, W, 3) uint8 picture; results without the batch."""
        with self._turn:
            return self._network.run(picture)


def load_openvino() -> "type[OpenVINONetwork] | None":
    """Load OpenVINO; None where it is not installed, or is broken.

    To be called before processes part, which then share what it takes in memory.
    """
    return _try_openvino() if is_installed(Extra.OPENVINO) else None


def engine_name() -> str:
    """Name the engine that runs networks here, with its version."""
    if load_openvino():
        return f"OpenVINO {version('openvino')}"
    return f"OpenCV {cv2.__version__}"


@cache
def _try_openvino() -> "type[OpenVINONetwork] | None":
    try:
        from app.retrieval.descriptors.openvino_network import OpenVINONetwork
        from app.retrieval.runtime.openvino import load_plugin

        load_plugin()
    except (ImportError, RuntimeError) as error:
        # Half of a package, or one for another system: a museum is better served late.
        logger.warning(
            "OpenVINO is installed but cannot be loaded, so that OpenCV runs the "
            "networks, which takes twice as long: %s",
            _fault(error),
        )
        return None
    return OpenVINONetwork


def _fault(error: Exception) -> str:
    """Say in a line what an engine says in several."""
    said = str(error)
    if isinstance(error, cv2.error):
        # Its attributes are the class's own, and so those of any error before.
        said = _OPENCV_PLACE.sub("", said).strip("> :\n").partition("\n")[0]
    lines = said.strip().splitlines() or [type(error).__name__]
    return lines[-1].rstrip(":")
