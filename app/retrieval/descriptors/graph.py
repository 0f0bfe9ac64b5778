"""OpenVINO graphs of a model folder: opened, compiled when they are needed, run."""

from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.manifest import FULL_PRECISION, training_command
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.runtime.openvino import (
    CompiledModel,
    Core,
    Model,
    PrePostProcessor,
    Type,
)
from app.retrieval.types import Image

Results = dict[str, NDArray[Any]]
"""What a graph computes of one picture, by the names of its outputs."""


class Graph:
    """Network from one picture to named arrays.

    Compiled when it is first needed (about 0.1 s), for a batch of one: what is computed
    of a picture then never depends on which others it was computed with, to the last
    bit, and a batch of eight was only 4 % faster. A height and width that the model
    leaves open stay open: one network for each frame's size would take 35 MB more, and
    be 3 % faster.

    Safe to use from several threads, which take turns.

    Parameters
    ----------
    model : openvino.Model
        With one input (B, H, W, 3).
    threads : int, >= 1
        That one picture may use.
    precision : str
        As OpenVINO spells it.
    """

    def __init__(
        self, model: Model, threads: int, precision: str = FULL_PRECISION
    ) -> None:
        self._model = model
        self._threads = threads
        self._precision = precision
        self._turn = Lock()

    def run(self, picture: Image) -> Results:
        """Run the network on one (H, W, 3) uint8 picture; results without the batch."""
        with self._turn:
            outputs = self._network(picture[None])
            # The arrays belong to the network and change with its next picture.
            return {
                name: np.array(outputs[output][0])
                for output in outputs
                for name in output.get_names()
            }

    @cached_property
    def _network(self) -> CompiledModel:
        model = self._model.clone()
        model.reshape([1, *list(model.input().partial_shape)[1:]])
        pixels = PrePostProcessor(model)
        pixels.input().tensor().set_element_type(Type.u8)
        return Core().compile_model(
            pixels.build(),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": self._precision,
                "INFERENCE_NUM_THREADS": self._threads,
                "NUM_STREAMS": 1,
            },
        )


def read_graph(path: Path, dimension: int) -> Model:
    """Read a graph, and see that its descriptors have the length that is expected.

    Parameters
    ----------
    path : Path
        ``….xml``, with its weights beside it as ``.bin``.
    dimension : int

    Raises
    ------
    MissingArtefactError
        If one of the files is not there.
    DamagedArtefactError
        If a file is broken, or is not such a network.
    """
    command = training_command(path.parent)
    for needed in (path, path.with_suffix(".bin")):
        if not needed.is_file():
            raise MissingArtefactError(needed, command)
    try:
        model = Core().read_model(path)
        found = model.output("descriptor").partial_shape[1]
    except RuntimeError as error:
        fault = str(error).strip().splitlines()[-1]
        raise DamagedArtefactError(path, fault, command) from error
    if found != dimension:
        fault = f"descriptors are {found} long, not {dimension}"
        raise DamagedArtefactError(path, fault, command)
    return model
