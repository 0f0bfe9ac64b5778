"""Global descriptors of pictures, computed by the network of a model folder.

Neither Keras nor TensorFlow is needed here. The graph was written by
:func:`app.retrieval.descriptors.network.export`; preprocessing of values, pooling and
whitening are inside it, so all that is left to do is to frame the picture.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.retrieval.descriptors.graph import Graph
from app.retrieval.descriptors.manifest import ModelManifest
from app.retrieval.descriptors.results import Results
from app.retrieval.images.letterbox import Framed, choose_frame, crop_map, frame
from app.retrieval.types import ClassEvidence, Description, FloatArray, Image

GRAPH_FILE = "descriptor.xml"


class Descriptor:
    """Network of a model folder, which makes global descriptors of pictures.

    Made by `open`; safe to use from several threads, which take turns.
    """

    def __init__(self, manifest: ModelManifest, graph: Graph) -> None:
        self.manifest = manifest
        self._graph = graph

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
        graph = Graph.open(
            model_dir / GRAPH_FILE,
            manifest.dimension,
            threads=threads,
            precision=manifest.precision,
        )
        return cls(manifest, graph)

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
                results["class_indices"],
                results["class_probabilities"],
                results["class_activation_maps"],
                strict=True,
            )
        )
        maps = crop_map(results["feature_maps"], framed.box, self.manifest.stride)
        means = maps.mean(axis=(0, 1), dtype=np.float32)
        return Description(results["descriptor"], classes, means)

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
            descriptors[position] = self._run(image)[1]["descriptor"]
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
        feature_maps = np.asarray(results["feature_maps"], np.float32)
        return feature_maps, np.asarray(results["class_activation_maps"], np.float32)

    def _run(self, image: Image) -> tuple[Framed, Results]:
        size = choose_frame((image.shape[0], image.shape[1]), self.manifest.frames)
        framed = frame(image, size)
        return framed, self._graph.run(framed.image)
