"""OpenVINO graphs of a model folder: opened, compiled when they are needed, run."""

import mmap
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.manifest import FULL_PRECISION, training_command
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.runtime.memory import give_back_libraries
from app.retrieval.runtime.openvino import (
    CompiledModel,
    Core,
    Model,
    PrePostProcessor,
    Tensor,
    Type,
)
from app.retrieval.types import Image

PROBABILITIES = "probabilities"
Results = dict[str, NDArray[Any]]
"""What a graph computes of one picture, by the names of its outputs."""


class Graph:
    """Network from one picture to named arrays, which holds little between pictures.

    Compiled when it is first needed (about 0.1 s), for a batch of one: what is computed
    of a picture then never depends on which others it was computed with, to the last
    bit, and a batch of eight was only 4 % faster. A height and width that the model
    leaves open stay open: one network for each frame's size would take 35 MB more, and
    be 3 % faster.

    Made by `open`; safe to use from several threads, which take turns.
    """

    def __init__(
        self, model: Model, weights: mmap.mmap, threads: int, precision: str
    ) -> None:
        self._model: Model | None = model
        self._weights = weights
        self._threads = threads
        self._precision = precision
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
            ``….xml``, with its weights beside it as ``.bin``. One input (B, H, W, 3).
        dimension : int
        threads : int, >= 1
            That one picture may use.
        precision : str
            As OpenVINO spells it.
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
        command = training_command(path.parent)
        weights_path = path.with_suffix(".bin")
        for needed in (path, weights_path):
            if not needed.is_file():
                raise MissingArtefactError(needed, command)
        try:
            weights = _map_file(weights_path)
            shared = Tensor(np.frombuffer(weights, np.uint8), shared_memory=True)
            model = Core().read_model(path.read_bytes(), shared)
            found = model.output("descriptor").partial_shape[1]
            if all_classes:
                _add_probabilities(model)
        except (RuntimeError, ValueError) as error:
            fault = str(error).strip().splitlines()[-1]
            raise DamagedArtefactError(path, fault, command) from error
        if found != dimension:
            fault = f"descriptors are {found} long, not {dimension}"
            raise DamagedArtefactError(path, fault, command)
        model.reshape([1, *list(model.input().partial_shape)[1:]])
        return cls(model, weights, threads, precision)

    def run(self, picture: Image) -> Results:
        """Run the network on one (H, W, 3) uint8 picture; results without the batch."""
        with self._turn:
            is_first = self._model is not None
            outputs = self._network(picture[None])
            # The arrays belong to the network and change with its next picture.
            results = {
                name: np.array(outputs[output][0])
                for output in outputs
                for name in output.get_names()
            }
            # Maps, 3 to 8 MB, and what was read of the file to put weights in order.
            # Both come back when they are needed, for at most 2 % of the time.
            self._network.release_memory()
            self._weights.madvise(mmap.MADV_DONTNEED)
            if is_first:
                # Compiling ran through 40 MB of code that nothing else needs.
                give_back_libraries()
        return results

    @cached_property
    def _network(self) -> CompiledModel:
        pixels = PrePostProcessor(self._model)
        pixels.input().tensor().set_element_type(Type.u8)
        compiled = Core().compile_model(
            pixels.build(),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": self._precision,
                "INFERENCE_NUM_THREADS": self._threads,
                "NUM_STREAMS": 1,
            },
        )
        self._model = None  # what was read of it, 1 MB, is not needed any more
        return compiled


def _add_probabilities(model: Model) -> None:
    """Let a graph also return what its most probable classes are chosen from."""
    node = model.output("class_probabilities").get_node()
    while node.get_type_name() != "Softmax":
        node = node.input_value(0).get_node()
    [added] = model.add_outputs(node.output(0))
    added.tensor.set_names({PROBABILITIES})


def _map_file(path: Path) -> mmap.mmap:
    """Map a file; OpenVINO wants pages that may be written, and writes none."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
