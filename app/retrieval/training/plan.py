"""What a training is to do: one record, from which everything else follows."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Protocol

from app.retrieval.descriptors.backbone import BACKBONES
from app.retrieval.descriptors.network import TOP_CLASSES
from app.retrieval.images.letterbox import frame_sizes
from app.retrieval.training.data.works import TrainingWork
from app.retrieval.training.network.finetune import FineTuning, TrainingProgress

CATALOGUE, CLUSTERS, IMAGENET_CLASSES = "catalogue", "clusters", "imagenet"


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """One training.

    Attributes
    ----------
    name : str
        Of the model.
    backbone, layer : str
        See ``BACKBONES``.
    weights : str
        To start from: see :func:`app.retrieval.descriptors.backbone.build_backbone`.
    classes : str
        ``"catalogue"``, ``"clusters"`` or ``"imagenet"``.
    dimension : int
        Length of a descriptor.
    side_px : int
        Side of the square frame of the finished model.
    top_classes, extra_convolution : int
        See :func:`app.retrieval.descriptors.network.build_network`.
    generated : int
        Generated pictures to learn from beside the collection.
    fine_tuning : FineTuning
    vocabulary_path : Path or None
        Visual words to take over; learnt from the collection if None.
    seed : int
        Of everything that chance decides.
    """

    name: str
    backbone: str
    layer: str
    weights: str
    classes: str
    dimension: int
    side_px: int
    top_classes: int = TOP_CLASSES
    extra_convolution: int = 0
    generated: int = 0
    fine_tuning: FineTuning = field(default_factory=lambda: FineTuning(steps=0))
    vocabulary_path: Path | None = None
    seed: int = 0

    @property
    def frames(self) -> tuple[tuple[int, int], ...]:
        """Shapes that the finished model fits pictures into."""
        return frame_sizes(self.side_px, BACKBONES[self.backbone].stride)

    @property
    def is_trained(self) -> bool:
        """Whether the network itself is trained, and its classes with it."""
        return self.fine_tuning.steps > 0

    def fingerprint(self, works: Sequence[TrainingWork]) -> str:
        """Name what decides how fine-tuning runs: equal ones can go on from each other.

        What comes after it may differ, and so may the time it is given.
        """
        learning = asdict(replace(self.fine_tuning, steps=0, minutes=0))
        essence = [
            [self.backbone, self.layer, self.weights, self.classes, self.dimension],
            [self.top_classes, self.extra_convolution, self.generated, self.seed],
            learning,
            [[work.accession, *work.label.values()] for work in works],
        ]
        return hashlib.sha256(json.dumps(essence).encode()).hexdigest()[:12]


class Reporter(Protocol):
    """Where training says what it does."""

    def say(self, text: str) -> None:
        """Tell a person one sentence."""
        ...

    def count(self, done: int, total: int, what: str) -> None:
        """Tell how far a stage of countable steps is."""
        ...

    def step(self, progress: TrainingProgress) -> None:
        """Tell how fine-tuning stands."""
        ...
