"""Networks that find and read text, out of the optional package ``rapidocr``.

Of the package nothing but its two models is used: its program brings Shapely, Requests
and a logger, and downloads a model that it misses into its own folder. What surrounds
the networks is little, and is in `detection` and `recognition`.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.types import FloatArray

if TYPE_CHECKING:
    from app.retrieval.runtime.openvino import CompiledModel

PACKAGE = "rapidocr"
DETECTION_FILE = "PP-OCRv6_det_small.onnx"
RECOGNITION_FILE = "PP-OCRv6_rec_small.onnx"
REMEDY = "Install what requirements/labels.in names."

Network: TypeAlias = Callable[[FloatArray], FloatArray]
"""A batch in, (N, 3, H, W) float32; the network's one output out."""


def models_folder() -> Path | None:
    """Return where the package keeps its models; None where it is not installed.

    The package is looked up and not imported.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "models"
    files = DETECTION_FILE, RECOGNITION_FILE
    return folder if all((folder / name).is_file() for name in files) else None


class OpenedNetwork:
    """A network, compiled. Not to be shared between threads.

    Parameters
    ----------
    compiled : CompiledModel
    """

    def __init__(self, compiled: "CompiledModel") -> None:
        self._compiled = compiled

    def __call__(self, batch: FloatArray) -> FloatArray:
        """Run it; see `Network`."""
        outputs = self._compiled(batch, share_inputs=True)
        return np.asarray(outputs[0], np.float32)

    def rest(self) -> None:
        """Give back what it holds for its intermediate results."""
        self._compiled.release_memory()


def open_network(path: Path, *, threads: int = 1) -> tuple[OpenedNetwork, list[str]]:
    """Open one of the two networks.

    Parameters
    ----------
    path : Path
        Of an ONNX file.
    threads : int, >= 1

    Returns
    -------
    network : OpenedNetwork
    characters : list of str
        What the network can read, in the order of its classes; empty for detection.

    Raises
    ------
    MissingArtefactError, DamagedArtefactError
        If the file is not there, or is no network.
    """
    if not path.is_file():
        raise MissingArtefactError(path, REMEDY)
    from app.retrieval.runtime.openvino import Core  # which is optional

    core = Core()
    try:
        model = core.read_model(path)
        options = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
        compiled = core.compile_model(model, "CPU", options)
    except RuntimeError as error:  # what OpenVINO raises for all that it cannot read
        raise DamagedArtefactError(path, str(error).splitlines()[0], REMEDY) from error
    facts = model.get_rt_info()
    characters: list[str] = []
    if "framework" in facts and "character" in facts["framework"]:
        characters = facts["framework"]["character"].value.splitlines()
    return OpenedNetwork(compiled), characters
