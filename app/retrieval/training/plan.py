"""Training plan: settings of a training run, and the protocol of its reporter."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from app.retrieval.descriptors.backbone import BACKBONES
from app.retrieval.descriptors.network import TOP_CLASSES
from app.retrieval.images.letterbox import frame_sizes
from app.retrieval.training.data.works import TrainingWork

CATALOGUE, CLUSTERS, IMAGENET_CLASSES = "catalogue", "clusters", "imagenet"


@dataclass(frozen=True, slots=True)
class FineTuning:
    """Recipe of fine-tuning."""

    steps: int
    """At most; 0 leaves the network as it is."""
    minutes: float = math.inf
    """At most, over all runs together."""
    pair_count: int = 64
    """Works per step, two photos each."""
    sides_px: tuple[tuple[float, int], ...] = ((0.0, 128), (0.4, 160), (0.75, 208))
    """From which share of the whole on, pictures have which side."""
    learning_rate: float = 2e-3
    """The greatest: it rises over the first 3 % and falls to a fiftieth of itself along
    a cosine."""
    weight_decay: float = 1e-4
    temperature: float = 0.06
    """Of :func:`app.retrieval.training.network.losses.pair_loss`."""
    class_weight: float = 0.1
    """Of the classes' cross-entropy beside the pairs' loss."""
    label_weight: float = 1.0
    """Of the divergence from a teacher's classes, which stands in for ``class_weight``
    where there is a teacher."""
    feature_weight: float = 2.0
    """Of the distance from a teacher's pooled features."""
    relation_weight: float = 20.0
    """Of the difference from how a teacher's pictures are related."""
    memory_from: float = 0.4
    """Share of the whole from which on photos are told from remembered works too. From
    the start on, the network would just run away from what it remembers: tried, all
    descriptors drifted together and the loss stood still."""


FURTHER = FineTuning(
    steps=0,
    sides_px=((0.0, 160), (0.5, 208)),
    learning_rate=4e-4,
    memory_from=0.05,
)
"""Recipe for a network that begins with trained weights: what it knows is not to be
shaken, and it tells works apart well enough to be shown all of them."""


@dataclass(frozen=True, slots=True)
class RoundPhotos:
    """Works in the round and real photos of them, to learn the decision from."""

    references: tuple[tuple[str, Path], ...]
    """Work id and picture, one for each side that there is a picture of."""
    photos: tuple[tuple[Path, frozenset[str]], ...]
    """Photo, and the works that it shows; none for a stranger."""


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Progress of fine-tuning."""

    step: int
    share: float
    """Done of what the recipe allows, by steps or by minutes: in [0, 1]."""
    side_px: int
    losses: Mapping[str, float]
    """``pairs`` and ``classes``, with a teacher ``features`` and ``relations`` too,
    averaged over the last steps."""
    pictures_per_second: float
    seconds_left: float
    recalls: Mapping[str, float]
    """Of held-out works; empty except after an assessment."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """One training; the network is described as for ``build_network``."""

    name: str
    """Of the model."""
    backbone: str
    layer: str
    weights: str
    """To start from: see :func:`app.retrieval.descriptors.backbone.build_backbone`."""
    classes: str
    """`CATALOGUE`, `CLUSTERS` or `IMAGENET_CLASSES`."""
    dimension: int
    """Of a descriptor of class vectors."""
    side_px: int
    """Of the square frame of the finished model."""
    joined_dimension: int | None = None
    """Of a descriptor of joined poolings; None for the same."""
    top_classes: int = TOP_CLASSES
    extra_convolution: int = 0
    teacher: str | None = None
    """Network whose classes, features and relations are taught: see
    :mod:`app.retrieval.training.network.teacher`. Its classes replace ``classes``."""
    pictures: tuple[Path, ...] = ()
    """Pictures without labels to learn from beside the collection."""
    generated: int = 0
    """Generated pictures to learn from beside the collection."""
    fine_tuning: FineTuning = FineTuning(steps=0)
    kept_share: float = 0.0
    """Of the weights that fine-tuning began with, in what it ends with: see
    :func:`app.retrieval.training.network.finetune.interpolate`."""
    vocabulary_path: Path | None = None
    """Visual words to take over; learnt from the collection if None."""
    round_photos: RoundPhotos | None = None
    """Without them works in the round are never *found*."""
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
            [self.teacher, *map(str, self.pictures)],
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
