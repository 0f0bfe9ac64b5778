"""Global descriptors of pictures, computed by a model folder's network in OpenVINO.

Neither Keras nor TensorFlow is needed here. The graph was written by
:func:`app.retrieval.descriptors.network.export`; preprocessing of values, pooling and
whitening are inside it, so all that is left to do is to frame the picture.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.descriptors.manifest import (
    FULL_PRECISION,
    HALF_PRECISION,
    ModelManifest,
    training_command,
)
from app.retrieval.errors import DamagedArtefactError, MissingArtefactError
from app.retrieval.images.letterbox import Framed, choose_frame, crop_map, frame
from app.retrieval.runtime.openvino import (
    CompiledModel,
    Core,
    Model,
    PrePostProcessor,
    Type,
)
from app.retrieval.types import ClassEvidence, Description, FloatArray, Image

GRAPH_FILE = "descriptor.xml"


class Descriptor:
    """Network of a model folder, which makes global descriptors of pictures.

    It is compiled when it is first needed (about 0.1 s), for a batch of one: a
    picture's descriptor then never depends on which others it was computed with, to
    the last bit, and a batch of eight was only 4 % faster. One network of open height
    and width serves all frames: one for each would take 35 MB more, and be 3 % faster.

    Made by `open`; safe to use from several threads, which take turns.
    """

    def __init__(self, manifest: ModelManifest, graph: Model, threads: int) -> None:
        self.manifest = manifest
        self._graph = graph
        self._threads = threads
        self._turn = Lock()

    @classmethod
    def open(cls, model_dir: Path, *, threads: int = 1) -> "Descriptor":
        """Open the network of a model folder.

        Parameters
        ----------
        model_dir : Path
        threads : int, >= 1
            That one picture may use.

        Raises
        ------
        MissingArtefactError
            If ``model.json`` or the network's files are not there.
        IncompatibleArtefactError
            If the folder has a format of another version.
        DamagedArtefactError
            If a file is broken, or is not such a network.
        """
        manifest = ModelManifest.read(model_dir)
        path = model_dir / GRAPH_FILE
        command = training_command(model_dir)
        for needed in (path, path.with_suffix(".bin")):
            if not needed.is_file():
                raise MissingArtefactError(needed, command)
        try:
            graph = Core().read_model(path)
            dimension = graph.output("descriptor").partial_shape[1]
        except RuntimeError as error:
            fault = str(error).strip().splitlines()[-1]
            raise DamagedArtefactError(path, fault, command) from error
        if dimension != manifest.dimension:
            fault = f"descriptors are {dimension} long, not {manifest.dimension}"
            raise DamagedArtefactError(path, fault, command)
        return cls(manifest, graph, threads)

    def describe(self, image: Image) -> Description:
        """Describe one picture and say what the network saw where.

        Parameters
        ----------
        image : (H, W, 3) uint8
            RGB, upright.

        Returns
        -------
        description : Description
            ``descriptor`` (D,) float32 of unit length; zero if the network saw no
            class at all. Activation maps cover the picture.
        """
        framed, results = self._run(image)
        classes = tuple(
            ClassEvidence(
                self.manifest.classes[int(index)],
                float(probability),
                crop_map(activation_map, framed.box, self.manifest.stride),
            )
            for index, probability, activation_map in zip(
                results["class_indices"][0],
                results["class_probabilities"][0],
                results["class_activation_maps"][0],
                strict=True,
            )
        )
        maps = crop_map(results["feature_maps"][0], framed.box, self.manifest.stride)
        means = maps.mean(axis=(0, 1), dtype=np.float32)
        return Description(results["descriptor"][0], classes, means)

    def describe_many(self, images: Sequence[Image]) -> FloatArray:
        """Describe several pictures without explanations.

        Parameters
        ----------
        images : sequence of (H, W, 3) uint8
            RGB, of any sizes.

        Returns
        -------
        descriptors : (B, D) float32
            The same as `describe` gives one by one.
        """
        descriptors = np.empty((len(images), self.manifest.dimension), np.float32)
        for position, image in enumerate(images):
            descriptors[position] = self._run(image)[1]["descriptor"][0]
        return descriptors

    def maps(self, image: Image) -> tuple[FloatArray, FloatArray]:
        """Compute the maps that the descriptor is pooled from.

        Returns
        -------
        feature_maps : (h, w, C) float32
        class_activation_maps : (N, h, w) float32 in [0, 1]
            Both of the framed picture, filling included, as the graph pools them.
        """
        results = self._run(image)[1]
        feature_maps = np.asarray(results["feature_maps"][0], np.float32)
        return feature_maps, np.asarray(results["class_activation_maps"][0], np.float32)

    def _run(self, image: Image) -> tuple[Framed, dict[str, NDArray[Any]]]:
        size = choose_frame((image.shape[0], image.shape[1]), self.manifest.frames)
        framed = frame(image, size)
        with self._turn:
            outputs = self._network(framed.image[None])
            # The arrays belong to the network and change with its next picture.
            results = {
                name: np.array(outputs[output])
                for output in outputs
                for name in output.get_names()
            }
        return framed, results

    @cached_property
    def _network(self) -> CompiledModel:
        graph = self._graph.clone()
        graph.reshape([1, -1, -1, 3])
        pixels = PrePostProcessor(graph)
        pixels.input().tensor().set_element_type(Type.u8)
        return Core().compile_model(
            pixels.build(),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": self._precision(),
                "INFERENCE_NUM_THREADS": self._threads,
                "NUM_STREAMS": 1,
            },
        )

    def _precision(self) -> str:
        if self.manifest.precision == HALF_PRECISION and has_bfloat16():
            return HALF_PRECISION
        return FULL_PRECISION


def has_bfloat16() -> bool:
    """Tell whether this CPU calculates with bfloat16 faster than with float32."""
    core = Core()
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
