"""Training plan: the settings from which all else follows, and whom to report to."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Protocol

from app.retrieval.descriptors.backbone import BACKBONES
from app.retrieval.descriptors.network import TOP_CLASSES
from app.retrieval.images.letterbox import frame_sizes
from app.retrieval.training.data.works import TrainingWork

CATALOGUE, CLUSTERS, IMAGENET_CLASSES = "catalogue", "clusters", "imagenet"


@dataclass(frozen=True, slots=True)
class FineTuning:
    """Recipe of fine-tuning.

    Attributes
    ----------
    steps : int
        At most; 0 leaves the network as it is.
    minutes : float
        At most, over all runs together.
    pair_count : int
        Works per step, two photos each.
    sides_px : tuple of (float, int)
        From which share of the whole on, pictures have which side.
    learning_rate : float
        The greatest: it rises over the first 3 % and falls to a fiftieth of itself
        along a cosine.
    weight_decay : float
    temperature : float
        Of :func:`app.retrieval.training.network.losses.pair_loss`.
    class_weight : float
        Weight of the classes' cross-entropy beside the pairs'.
    memory_from : float
        Share of the whole from which on photos are told from remembered works too.
        From the start on, the network would just run away from what it remembers:
        tried, all descriptors drifted together and the loss stood still.
    """

    steps: int
    minutes: float = math.inf
    pair_count: int = 64
    sides_px: tuple[tuple[float, int], ...] = ((0.0, 128), (0.4, 160), (0.75, 208))
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    temperature: float = 0.06
    class_weight: float = 0.1
    memory_from: float = 0.4


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Progress of fine-tuning.

    Attributes
    ----------
    share : float in [0, 1]
        Done of what the recipe allows, by steps or by minutes.
    losses : mapping of str to float
        ``pairs`` and ``classes``, averaged over the last steps.
    recalls : mapping of str to float
        Of held-out works; empty except after an assessment.
    """

    step: int
    share: float
    side_px: int
    losses: Mapping[str, float]
    pictures_per_second: float
    seconds_left: float
    recalls: Mapping[str, float] = field(default_factory=dict)


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
