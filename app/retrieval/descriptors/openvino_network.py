"""Networks in OpenVINO: read, compiled when they are needed, run."""

import mmap
from functools import cached_property
from pathlib import Path

import numpy as np

from app.retrieval.descriptors.manifest import FULL_PRECISION, HALF_PRECISION
from app.retrieval.descriptors.results import DESCRIPTOR, PROBABILITIES, Results
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


class OpenVINONetwork:
    """Network of an OpenVINO graph, which holds little between pictures.

    Compiled when it is first needed (about 0.1 s), for a batch of one: what is computed
    of a picture then never depends on which others it was computed with, to the last
    bit, and a batch of eight was only 4 % faster. A height and width that the model
    leaves open stay open: one network for each frame's size would take 35 MB more, and
    be 3 % faster.

    Parameters
    ----------
    path : Path
        ``….xml``, with its weights beside it as ``.bin``. One input (B, H, W, 3).
    threads : int, >= 1
        That one picture may use.
    precision : str
        As OpenVINO spells it; bfloat16 where this CPU is faster with it.
    all_classes : bool
        Whether results have `PROBABILITIES`, which are computed anyway.

    Raises
    ------
    RuntimeError, ValueError
        If a file is broken, or is no network that describes.
    """

    def __init__(
        self, path: Path, *, threads: int, precision: str, all_classes: bool
    ) -> None:
        self._threads = threads
        self._precision = precision
        self._weights = map_file(path.with_suffix(".bin"))
        model = read_model(path, self._weights)
        self.dimension = model.output(DESCRIPTOR).partial_shape[1].get_length()
        if all_classes:
            add_probabilities(model)
        model.reshape([1, *list(model.input().partial_shape)[1:]])
        self._model: Model | None = model

    def run(self, picture: Image) -> Results:
        """Run the network on one (H, W, 3) uint8 picture; results without the batch."""
        is_first = self._model is not None
        outputs = self._network(picture[None])
        # The arrays belong to the network and change with its next picture.
        results = {
            name: np.array(outputs[output][0])
            for output in outputs
            for name in output.get_names()
        }
        # Maps, 3 to 8 MB, and what was read of the file to put weights in order. Both
        # come back when they are needed, for at most 2 % of the time.
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
        halves = self._precision == HALF_PRECISION and has_bfloat16()
        compiled = Core().compile_model(
            pixels.build(),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": HALF_PRECISION
                if halves
                else FULL_PRECISION,
                "INFERENCE_NUM_THREADS": self._threads,
                "NUM_STREAMS": 1,
            },
        )
        self._model = None  # what was read of it, 1 MB, is not needed any more
        return compiled


def has_bfloat16() -> bool:
    """Tell whether this CPU calculates with bfloat16 faster than with float32."""
    core = Core()
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def read_model(path: Path, weights: mmap.mmap) -> Model:
    """Read a graph whose weights stay where they are mapped."""
    shared = Tensor(np.frombuffer(weights, np.uint8), shared_memory=True)
    return Core().read_model(path.read_bytes(), shared)


def map_file(path: Path) -> mmap.mmap:
    """Map a file; OpenVINO wants pages that may be written, and writes none."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)


def add_probabilities(model: Model) -> None:
    """Let a graph also return what its most probable classes are chosen from."""
    node = model.output("class_probabilities").get_node()
    while node.get_type_name() != "Softmax":
        node = node.input_value(0).get_node()
    [added] = model.add_outputs(node.output(0))
    added.tensor.set_names({PROBABILITIES})
