"""Graphs of a model folder: opened and run by OpenVINO, or by OpenCV without it."""

from importlib.metadata import version
from pathlib import Path
from threading import Lock

import cv2

from app.retrieval.descriptors.manifest import FULL_PRECISION, training_command
from app.retrieval.descriptors.opencv_network import OpenCVNetwork
from app.retrieval.descriptors.results import Network, Results
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.runtime.extras import Extra, is_installed
from app.retrieval.runtime.place import CONVERT_COMMAND
from app.retrieval.types import Image

if is_installed(Extra.OPENVINO):
    # Here, so that the processes of a server share what it takes in memory.
    from app.retrieval.descriptors.openvino_network import OpenVINONetwork

WEIGHTS_SUFFIX, ONNX_SUFFIX = ".bin", ".onnx"
"""Of the files beside a graph: its weights, and the graph for OpenCV."""


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
        has_openvino = is_installed(Extra.OPENVINO)
        read = path if has_openvino else path.with_suffix(ONNX_SUFFIX)
        command = training_command(path.parent)
        for needed in (path, path.with_suffix(WEIGHTS_SUFFIX)):
            if not needed.is_file():
                raise MissingArtefactError(needed, command)
        if not read.is_file():
            raise MissingArtefactError(read, f"{CONVERT_COMMAND} {path.parent}")
        try:
            network: Network
            if has_openvino:
                network = OpenVINONetwork(
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


def engine_name() -> str:
    """Name the engine that runs networks here, with its version."""
    if is_installed(Extra.OPENVINO):
        return f"OpenVINO {version('openvino')}"
    return f"OpenCV {cv2.__version__}"


def _fault(error: Exception) -> str:
    """Say in a line what an engine says in several."""
    if isinstance(error, cv2.error):
        return error.err.splitlines()[0].strip("> :")
    return str(error).strip().splitlines()[-1]
