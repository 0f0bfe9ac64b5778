"""Semantic descriptor: pictures described by a network that knows a thousand things.

The global descriptor is learnt so that two photos of *one* flat work agree; a statue
seen from another side is a stranger to it. A network that was taught on ImageNet what
things are sees a bull in both. It proposes, geometry disposes.

Optional in a model folder::

    semantic.json      input, classes, and where the weights come from
    semantic.xml       the network, photo to descriptor (OpenVINO)
    semantic.onnx      the same (OpenCV); may be missing
    semantic.bin       the weights of both
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

from app.retrieval.descriptors.graph import Graph
from app.retrieval.descriptors.manifest import reading_facts
from app.retrieval.descriptors.results import PROBABILITIES, Results
from app.retrieval.descriptors.subjects import SubjectReader
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.images.edits import Box, PhotoEdits
from app.retrieval.images.letterbox import stretch
from app.retrieval.types import ClassEvidence, Description, Image

FORMAT = 1
"""Raised whenever an older program could not use the files, or would misread them."""
SEMANTIC_MANIFEST_FILE = "semantic.json"
SEMANTIC_GRAPH_FILE = "semantic.xml"
MIDDLE = Box(0.175, 0.175, 0.825, 0.825)
"""Of a reference image."""
SEMANTIC_FILES = (SEMANTIC_MANIFEST_FILE, SEMANTIC_GRAPH_FILE, "semantic.bin")


@dataclass(frozen=True, slots=True)
class SemanticManifest:
    """Manifest of the semantic descriptor, ``semantic.json``.

    Attributes
    ----------
    side_px : int
        Of the square that pictures are stretched to.
    dimension : int
        Length of a descriptor.
    classes : tuple of str
        Names of the classes, in the order of the class head.
    origin : mapping of str to str
        Where weights and names come from, and under which licence. For people.
    format : int
    """

    side_px: int
    dimension: int
    classes: tuple[str, ...]
    origin: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def write(self, model_dir: Path) -> None:
        """Write ``semantic.json`` into the folder."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (model_dir / SEMANTIC_MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, model_dir: Path) -> "SemanticManifest":
        """Read ``semantic.json`` of the folder.

        Raises
        ------
        MissingArtefactError
            If there is none.
        IncompatibleArtefactError
            If it has another format.
        DamagedArtefactError
            If it is not such a file.
        """
        path = model_dir / SEMANTIC_MANIFEST_FILE
        fault = "it is not a semantic descriptor's manifest ({})"
        with reading_facts(path, (FORMAT,), fault) as facts:
            facts["classes"] = tuple(facts["classes"])
            return cls(**facts)


class SemanticDescriptor:
    """Network of a model folder that makes semantic descriptors of pictures.

    Pictures are stretched to one square instead of being letterboxed, as those were
    that it was taught on: that finds as many works in the round, takes one shape, and
    leaves no filling to pool around.

    Made by `open`; safe to use from several threads, which take turns.
    """

    def __init__(self, manifest: SemanticManifest, graph: Graph) -> None:
        self.manifest = manifest
        self._graph = graph

    @classmethod
    def open(cls, model_dir: Path, *, threads: int = 1) -> "SemanticDescriptor":
        """Open the semantic network of a model folder; it is compiled when it is asked.

        Parameters
        ----------
        model_dir : Path
        threads : int, >= 1
            That one picture may use.

        Raises
        ------
        MissingArtefactError
            If one of `SEMANTIC_FILES` is not there.
        IncompatibleArtefactError
            If they have a format of another version.
        DamagedArtefactError
            If a file is broken, or is not such a network.
        """
        manifest = SemanticManifest.read(model_dir)
        path = model_dir / SEMANTIC_GRAPH_FILE
        graph = Graph.open(path, manifest.dimension, threads=threads, all_classes=True)
        return cls(manifest, graph)

    def describe(self, image: Image) -> Description:
        """Describe what one picture shows.

        Parameters
        ----------
        image : (H, W, 3) uint8
            RGB, upright.

        Returns
        -------
        description : Description
            ``descriptor`` (E,) float32 of unit length; ``classes`` of ImageNet, most
            probable first, whose maps (h, w) cover the picture; ``feature_means``
            (A,) float32, those of three layers, of unit length each, for the style.
        """
        return self._description(self._run(image))

    def describe_reference(self, image: Image) -> Description:
        """Describe a reference image: as a whole, and its middle where the work is.

        What stands around a work in its reference image may not be in a photo of it.
        With the middle added to the references more objects are found in photos from
        other sides and from nearby; photos themselves are better asked as a whole.

        Parameters
        ----------
        image : (H, W, 3) uint8
            RGB, upright.

        Returns
        -------
        description : Description
            As of `describe`; the descriptor is the sum of both, of unit length, and
            ``subjects`` are those that are seen in both.
        """
        whole = self._run(image)
        middle = self._run(PhotoEdits(crop=MIDDLE).apply(image))
        both = unit_length(whole["descriptor"] + middle["descriptor"])
        views = (whole[PROBABILITIES], middle[PROBABILITIES])
        return replace(
            self._description(whole),
            descriptor=both,
            subjects=self._subject_reader.read(views),
        )

    @cached_property
    def _subject_reader(self) -> SubjectReader:
        return SubjectReader.of(self.manifest.classes)

    def _run(self, image: Image) -> Results:
        return self._graph.run(stretch(image, self.manifest.side_px))

    def _description(self, results: Results) -> Description:
        classes = tuple(
            ClassEvidence(
                self.manifest.classes[int(index)], float(probability), activation_map
            )
            for index, probability, activation_map in zip(
                results["class_indices"],
                results["class_probabilities"],
                results["class_activation_maps"],
                strict=True,
            )
        )
        return Description(results["descriptor"], classes, results["feature_means"])


def has_semantic_part(model_dir: Path) -> bool:
    """Tell whether a model folder has a semantic descriptor."""
    return (model_dir / SEMANTIC_MANIFEST_FILE).is_file()
