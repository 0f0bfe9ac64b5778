"""Fine-tuning a network through its own pooling, so that two photos of a work agree.

Stopped at any moment it goes on from its last checkpoint. Small pictures first, large
ones last: early on everything is to be learnt and steps are cheap, in the end detail
counts.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import TrainingError
from app.retrieval.images.letterbox import frame
from app.retrieval.runtime.keras import keras, tf
from app.retrieval.training.assessment import recalls
from app.retrieval.training.data.photos import PairBatch, pair_stream
from app.retrieval.training.data.pictures import PictureBank
from app.retrieval.training.network import checkpoints
from app.retrieval.training.network.losses import class_loss, pair_loss
from app.retrieval.types import FloatArray, Image

ASSESSMENT_STEPS = 250
"""Steps between two checkpoints, each with recall on held-out works."""
EMBEDDING_BATCH = 64


@dataclass(frozen=True, slots=True)
class FineTuning:
    """The recipe.

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
    """Where a training stands.

    Attributes
    ----------
    step, steps : int
    share : float in [0, 1]
        Done of what the recipe allows, by steps or by minutes.
    side_px : int
    losses : mapping of str to float
        ``pairs`` and ``classes``, averaged over the last steps.
    pictures_per_second : float
    seconds_left : float
    recalls : mapping of str to float
        Of held-out works; empty except after an assessment.
    """

    step: int
    steps: int
    share: float
    side_px: int
    losses: Mapping[str, float]
    pictures_per_second: float
    seconds_left: float
    recalls: Mapping[str, float] = field(default_factory=dict)


class FineTuner:
    """One training of one network.

    Parameters
    ----------
    network : keras.Model
        Of :func:`app.retrieval.descriptors.network.build_network`.
    bank : PictureBank
        Pictures of all works.
    trained_on : (T,) int64
        Positions in the bank that may be learnt from.
    targets : (T, K) float32
        Their classes: see :class:`app.retrieval.training.data.works.Classes`.
    gallery_count : int
        The first so many pictures are the gallery of assessments.
    queries : sequence of Image
        Simulated photos of held-out works.
    relevant : (Q,) int
        Positions of those works.
    recipe : FineTuning
    seed : int
    folder : Path
        Of the checkpoints.
    """

    def __init__(
        self,
        network: keras.Model,
        bank: PictureBank,
        trained_on: NDArray[np.int64],
        targets: FloatArray,
        gallery_count: int,
        queries: Sequence[Image],
        relevant: NDArray[np.int64],
        recipe: FineTuning,
        *,
        seed: int,
        folder: Path,
    ) -> None:
        self.network = network
        self.bank = bank
        self.trained_on = trained_on
        self.targets = targets
        self.gallery_count = gallery_count
        self.queries = queries
        self.relevant = relevant
        self.recipe = recipe
        self.seed = seed
        self.checkpoint = folder / "checkpoint.npz"
        self.step = 0
        self.elapsed_seconds = 0.0
        self.history: list[dict[str, float]] = []
        logits = network.get_layer("classes").output[0]
        self._model = keras.Model(network.input, [network.output["descriptor"], logits])
        self._optimizer = keras.optimizers.AdamW(
            recipe.learning_rate, weight_decay=recipe.weight_decay, global_clipnorm=1.0
        )
        self._optimizer.build(self._model.trainable_variables)
        dimension = network.output["descriptor"].shape[-1]
        self._memory = tf.Variable(
            tf.zeros((len(trained_on), dimension)), trainable=False
        )
        self._train_step = tf.function(self._one_step, jit_compile=False)
        self._embed_batch = tf.function(
            lambda pictures: self._model(pictures, training=False)[0],
            jit_compile=False,
        )

    def run(self, report: Callable[[TrainingProgress], None]) -> None:
        """Train until the recipe is done, from the last checkpoint if there is one.

        Raises
        ------
        TrainingError
            If the loss becomes infinite or no number.
        """
        self._resume()
        recipe = self.recipe
        pairs = pair_stream(
            self.bank,
            self.trained_on,
            pair_count=recipe.pair_count,
            seed=self.seed,
        )
        with pairs as batch_of:
            started = time.monotonic() - self.elapsed_seconds
            first_step, resumed_at = self.step, self.elapsed_seconds
            recent = np.zeros(2)
            while (share := self._share()) < 1:
                side_px = self._side_px(share)
                self._optimizer.learning_rate.assign(self._learning_rate(share))
                batch = batch_of(self.step, side_px)
                losses = self._learn(batch, share >= recipe.memory_from)
                weight = max(0.05, 1 / (self.step - first_step + 1))
                recent += weight * (losses - recent)
                self.step += 1
                self.elapsed_seconds = time.monotonic() - started
                share = self._share()
                is_due = self.step % ASSESSMENT_STEPS == 0 or share >= 1
                found: Mapping[str, float] = self.assess(side_px) if is_due else {}
                pace = (self.elapsed_seconds - resumed_at) / (self.step - first_step)
                report(
                    TrainingProgress(
                        self.step,
                        recipe.steps,
                        share,
                        side_px,
                        {"pairs": float(recent[0]), "classes": float(recent[1])},
                        len(batch.pictures) / pace,
                        min(
                            (recipe.steps - self.step) * pace,
                            recipe.minutes * 60 - self.elapsed_seconds,
                        ),
                        found,
                    )
                )
                if is_due:
                    self.history.append(
                        {"step": self.step, "pairs": float(recent[0]), **found}
                    )
                    self._save()

    def embed(self, pictures: Sequence[Image], side_px: int) -> FloatArray:
        """Describe pictures with the network as it is: (N, D) float32."""
        parts = []
        for start in range(0, len(pictures), EMBEDDING_BATCH):
            framed = [
                frame(picture, (side_px, side_px)).image
                for picture in pictures[start : start + EMBEDDING_BATCH]
            ]
            parts.append(self._embed_batch(tf.cast(np.stack(framed), tf.float32)))
        return np.concatenate(parts)

    def assess(self, side_px: int) -> Mapping[str, float]:
        """Find the photos of held-out works among all works of the gallery."""
        if not len(self.queries):
            return {}
        gallery = self.embed([self.bank[i] for i in range(self.gallery_count)], side_px)
        return recalls(self.embed(self.queries, side_px), gallery, self.relevant)

    def _learn(self, batch: PairBatch, remembers: bool) -> NDArray[np.float64]:
        rows = np.searchsorted(self.trained_on, batch.positions)
        targets = np.concatenate([self.targets[rows]] * 2)
        losses = self._train_step(
            tf.cast(batch.pictures, tf.float32),
            tf.constant(rows, tf.int32),
            tf.constant(targets),
            tf.constant(remembers),
        )
        if not np.isfinite(losses).all():
            raise TrainingError(
                f"the loss is {float(losses[0])} at step {self.step}; "
                "try a lower learning rate"
            )
        return np.asarray(losses, np.float64)

    def _one_step(self, pictures: Any, rows: Any, targets: Any, remembers: Any) -> Any:
        with tf.GradientTape() as tape:
            descriptors, logits = self._model(pictures, training=True)
            pairs = pair_loss(
                descriptors,
                self._memory,
                rows,
                remembers,
                temperature=self.recipe.temperature,
            )
            classes = class_loss(logits, targets)
            loss = pairs + self.recipe.class_weight * classes
        variables = self._model.trainable_variables
        self._optimizer.apply(tape.gradient(loss, variables), variables)
        half = tf.shape(rows)[0]
        self._memory.scatter_nd_update(rows[:, None], descriptors[half:])
        return tf.stack([pairs, classes])

    def _share(self) -> float:
        by_steps = self.step / self.recipe.steps if self.recipe.steps else 1.0
        return max(by_steps, self.elapsed_seconds / 60 / self.recipe.minutes)

    def _side_px(self, share: float) -> int:
        return [side for start, side in self.recipe.sides_px if share >= start][-1]

    def _learning_rate(self, share: float) -> float:
        rising = min(1.0, (share + 1e-3) / 0.03)
        falling = 0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2
        return self.recipe.learning_rate * rising * falling

    def _variables(self) -> list[Any]:
        return [*self._model.variables, *self._optimizer.variables, self._memory]

    def _save(self) -> None:
        facts = {
            "step": self.step,
            "elapsed_seconds": self.elapsed_seconds,
            "history": self.history,
        }
        arrays = [np.asarray(variable) for variable in self._variables()]
        checkpoints.save(self.checkpoint, facts, arrays)

    def _resume(self) -> None:
        if not self.checkpoint.exists():
            return
        facts, arrays = checkpoints.load(self.checkpoint)
        for variable, array in zip(self._variables(), arrays, strict=True):
            variable.assign(array)
        self.step = facts["step"]
        self.elapsed_seconds = facts["elapsed_seconds"]
        self.history = facts["history"]
