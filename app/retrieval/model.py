"""Model: everything learnt that a search needs, opened from one folder.

::

    model.json         what it is, how it was trained
    descriptor.xml     the network, photo to global descriptor (OpenVINO)
    descriptor.onnx    the same (OpenCV); may be missing
    descriptor.bin     the weights of both
    vocabulary.npz     visual words
    semantic.*         a network that knows what things are; may be missing
    style.npz          how likeness is seen; may be missing
    similarity.npz     how two works compare, learnt for curators; may be missing
    decision.json      how evidence becomes a probability and an answer
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.descriptors.manifest import ModelManifest, training_command
from app.retrieval.descriptors.semantic import (
    SEMANTIC_FILES,
    SemanticDescriptor,
    has_semantic_part,
)
from app.retrieval.descriptors.style import Style
from app.retrieval.errors import MissingArtefactError
from app.retrieval.images.grey_copy import encode_copy
from app.retrieval.local import rootsift
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.runtime.threads import limit_threads
from app.retrieval.settings import LocalSettings
from app.retrieval.types import (
    Description,
    FloatArray,
    GalleryFeatures,
    Image,
    keep_half,
    no_numbers,
)
from app.retrieval.verification.decision import Decision

VOCABULARY_FILE = "vocabulary.npz"
STYLE_FILE = "style.npz"
DECISION_FILE = "decision.json"
FEATURE_FILES = ("descriptor.xml", "descriptor.bin", VOCABULARY_FILE)
"""What the features and visual words of a picture depend on, beside the manifest."""
FEATURES_FORMAT = b"coded features"
"""Names how a picture's features are kept: galleries that keep others are old."""


class Describer(Protocol):
    """Protocol of whatever turns a picture into a global descriptor."""

    def describe(self, image: Image) -> Description:
        """Describe one (H, W, 3) uint8 RGB picture, with an explanation."""
        ...


class SemanticDescriber(Describer, Protocol):
    """Protocol of whatever describes what a picture shows."""

    def describe_reference(self, image: Image) -> Description:
        """Describe one (H, W, 3) uint8 RGB reference image."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything learnt that a search needs.

    Attributes
    ----------
    model_id : str
        Names the content of the network and the visual words, and so whatever is
        computed with them. The decision is left out: learning new thresholds must
        not make an index useless.
    descriptor : Describer
    vocabulary : Vocabulary
    decision : Decision
    style : Style or None
        Without it, works are alike whose descriptors are.
    semantic : SemanticDescriber or None
        Without it, only the global descriptor proposes what geometry did not find.
    """

    model_id: str
    descriptor: Describer
    vocabulary: Vocabulary
    decision: Decision
    style: Style | None = None
    semantic: SemanticDescriber | None = None

    @classmethod
    def open(cls, model_dir: Path, *, threads: int = 1) -> "Model":
        """Open a model folder, and fix the threads of this process.

        Parameters
        ----------
        model_dir : Path
        threads : int, >= 1
            For the network, OpenCV and BLAS: see
            :func:`app.retrieval.runtime.threads.limit_threads`.

        Raises
        ------
        ArtefactError
            If a file is missing, damaged or of another format.
        """
        model_id = model_id_of(model_dir)
        style_path = model_dir / STYLE_FILE
        limit_threads(threads)
        return cls(
            model_id,
            Descriptor.open(model_dir, threads=threads),
            Vocabulary.load(model_dir / VOCABULARY_FILE),
            Decision.load(model_dir / DECISION_FILE),
            Style.load(style_path) if style_path.is_file() else None,
            SemanticDescriptor.open(model_dir, threads=threads)
            if has_semantic_part(model_dir)
            else None,
        )

    def reference_features(
        self, image: Image, settings: LocalSettings
    ) -> GalleryFeatures:
        """Compute all that a gallery keeps of one reference image.

        Parameters
        ----------
        image : (H, W, 3) uint8, RGB
        settings : LocalSettings
        """
        description = self.descriptor.describe(image)
        semantics = None
        if self.semantic is not None:
            semantics = self.semantic.describe_reference(image)
        return GalleryFeatures(
            keep_half(description.descriptor),
            self.vocabulary.code(
                rootsift.extract(
                    image,
                    side_px=settings.reference_side_px,
                    count=settings.reference_features,
                )
            ),
            keep_half(self.style_of(image, description, semantics)),
            no_numbers() if semantics is None else keep_half(semantics.descriptor),
            picture=encode_copy(image),
            subjects=None if semantics is None else semantics.subjects,
        )

    def style_of(
        self,
        image: Image,
        description: Description,
        semantics: Description | None = None,
    ) -> FloatArray:
        """Describe the style of a picture.

        Parameters
        ----------
        image : (H, W, 3) uint8, RGB
        description : Description
            Of the same picture by the global descriptor.
        semantics : Description, optional
            The same by the semantic descriptor, where the model has one, which then is
            what the style was learnt on. Computed if it is not given.

        Returns
        -------
        style : (S,) float32
            S = 0 where none was learnt.
        """
        if self.style is None:
            return no_numbers()
        if self.semantic is not None:
            description = semantics or self.semantic.describe(image)
        return self.style.describe(image, description)


def model_id_of(model_dir: Path) -> str:
    """Name the content of a model folder: see `Model`.

    Raises
    ------
    MissingArtefactError
        If one of the files that features depend on is not there.
    """
    optional = [
        *([STYLE_FILE] if (model_dir / STYLE_FILE).is_file() else []),
        *(SEMANTIC_FILES if has_semantic_part(model_dir) else []),
    ]
    digest = hashlib.sha256(FEATURES_FORMAT)
    facts = ModelManifest.read(model_dir).facts_of_features()
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for name in (*FEATURE_FILES, *optional):
        path = model_dir / name
        if not path.is_file():
            raise MissingArtefactError(path, training_command(model_dir))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
