"""Fine-tuning a network through its own pooling, so that two photos of a work agree.

Stopped at any moment it goes on from its last checkpoint. Small pictures first, large
ones last: early on everything is to be learnt and steps are cheap, in the end detail
counts.
"""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from app.retrieval.errors import TrainingError
from app.retrieval.files.arrays import save_arrays
from app.retrieval.images.letterbox import frame
from app.retrieval.runtime.keras import keras
from app.retrieval.training.assessment import recalls, simulate_queries
from app.retrieval.training.data.photos import PairBatch, pair_stream
from app.retrieval.training.network.training_model import TrainingModel
from app.retrieval.training.plan import TrainingPlan, TrainingProgress
from app.retrieval.training.samples import Samples
from app.retrieval.types import FloatArray, Image

ASSESSMENT_STEPS = 250
"""Steps between two checkpoints, each with recall on held-out works."""
EMBEDDING_BATCH = 64


class FineTuner:
    """Fine-tuning of one network.

    Parameters
    ----------
    network : keras.Model
        Of :func:`app.retrieval.descriptors.network.build_network`.
    plan : TrainingPlan
    samples : Samples
    targets : (T, K) float32
        Of the pictures that are trained on: see
        :class:`app.retrieval.training.data.works.Classes`.
    folder : Path
        Of the checkpoint.
    taught : mapping of str to (T, F) float32
        Features of a teacher, as in
        :class:`app.retrieval.training.network.teacher.Teaching`; empty without one.
    """

    def __init__(
        self,
        network: keras.Model,
        plan: TrainingPlan,
        samples: Samples,
        targets: FloatArray,
        folder: Path,
        taught: Mapping[str, FloatArray] = MappingProxyType({}),
    ) -> None:
        self.network = network
        self.recipe = plan.fine_tuning
        self.seed = plan.seed
        self.samples = samples
        self.targets = targets
        self.taught = taught
        self.checkpoint = folder / "checkpoint.npz"
        self.queries = simulate_queries(
            samples.bank, samples.examined, "hard", seed=plan.seed
        )
        self.step = 0
        self.elapsed_seconds = 0.0
        self.history: list[dict[str, float]] = []
        self._model = TrainingModel(
            network,
            plan.fine_tuning,
            len(samples.trained_on),
            {name: vectors.shape[1] for name, vectors in taught.items()},
        )
        self._optimizer = keras.optimizers.AdamW(
            self.recipe.learning_rate,
            weight_decay=self.recipe.weight_decay,
            global_clipnorm=1.0,
        )
        self._optimizer.build(self._model.trainable_variables)
        # TensorFlow's compiler takes longer than it saves on a CPU; JAX has no other.
        is_compiled = keras.backend.backend() == "jax"
        self._model.compile(self._optimizer, jit_compile=is_compiled)

    def run(self, report: Callable[[TrainingProgress], None]) -> None:
        """Train until the recipe is done, from the last checkpoint if there is one.

        Raises
        ------
        TrainingError
            If the loss becomes infinite or no number.
        """
        self._resume()
        recipe, samples = self.recipe, self.samples
        with pair_stream(
            samples.bank, samples.trained_on, recipe.pair_count, self.seed
        ) as batch_of:
            started = time.monotonic() - self.elapsed_seconds
            first_step, resumed_at = self.step, self.elapsed_seconds
            recent: dict[str, float] = {}
            while (share := self._share()) < 1:
                side_px = self._side_px(share)
                self._optimizer.learning_rate.assign(self._learning_rate(share))
                batch = batch_of(self.step, side_px)
                losses = self._learn(batch, share >= recipe.memory_from)
                weight = max(0.05, 1 / (self.step - first_step + 1))
                for name, loss in losses.items():
                    before = recent.get(name, loss)
                    recent[name] = before + weight * (loss - before)
                self.step += 1
                self.elapsed_seconds = time.monotonic() - started
                share = self._share()
                is_due = self.step % ASSESSMENT_STEPS == 0 or share >= 1
                found: Mapping[str, float] = self.assess(side_px) if is_due else {}
                pace = (self.elapsed_seconds - resumed_at) / (self.step - first_step)
                report(
                    TrainingProgress(
                        self.step,
                        share,
                        side_px,
                        dict(recent),
                        len(batch.pictures) / pace,
                        min(
                            (recipe.steps - self.step) * pace,
                            recipe.minutes * 60 - self.elapsed_seconds,
                        ),
                        found,
                    )
                )
                if is_due:
                    self.history.append({"step": self.step, **recent, **found})
                    self._save()

    def embed(self, pictures: Sequence[Image], side_px: int) -> FloatArray:
        """Describe pictures with the network as it is: (N, D) float32."""
        parts = []
        for start in range(0, len(pictures), EMBEDDING_BATCH):
            framed = [
                frame(picture, (side_px, side_px)).image
                for picture in pictures[start : start + EMBEDDING_BATCH]
            ]
            batch = np.stack(framed).astype(np.float32)
            parts.append(self._model.predict_on_batch(batch)["descriptors"])
        return np.concatenate(parts)

    def assess(self, side_px: int) -> Mapping[str, float]:
        """Find the photos of held-out works among all works of the gallery."""
        if not self.queries:
            return {}
        gallery = self.embed(self.samples.gallery, side_px)
        return recalls(
            self.embed(self.queries, side_px), gallery, self.samples.examined
        )

    def _learn(self, batch: PairBatch, remembers: bool) -> Mapping[str, float]:
        """Take one step; return its losses by name."""
        rows = np.searchsorted(self.samples.trained_on, batch.positions)
        twice = np.concatenate([rows, rows])
        answers = {
            "rows": rows.astype(np.int32),
            "targets": self.targets[twice],
            "remembers": np.array(remembers),
            **{name: vectors[twice] for name, vectors in self.taught.items()},
        }
        self._model.reset_metrics()
        losses = self._model.train_on_batch(
            batch.pictures.astype(np.float32), answers, return_dict=True
        )
        total = float(losses.pop("loss"))
        if not math.isfinite(total):
            raise TrainingError(
                f"the loss is {total} at step {self.step}; try a lower learning rate"
            )
        return {name: float(loss) for name, loss in losses.items()}

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
        return [*self._model.variables, *self._optimizer.variables]

    def _save(self) -> None:
        facts = {
            "step": self.step,
            "elapsed_seconds": self.elapsed_seconds,
            "history": self.history,
        }
        variables: dict[str, Any] = {
            f"{number:05}": np.asarray(variable)
            for number, variable in enumerate(self._variables())
        }
        save_arrays(self.checkpoint, facts=np.array(json.dumps(facts)), **variables)

    def _resume(self) -> None:
        if not self.checkpoint.exists():
            return
        with np.load(self.checkpoint, allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            for number, variable in enumerate(self._variables()):
                variable.assign(stored[f"{number:05}"])
        self.step = facts["step"]
        self.elapsed_seconds = facts["elapsed_seconds"]
        self.history = facts["history"]


def interpolate(
    before: Sequence[FloatArray], after: Sequence[FloatArray], kept_share: float
) -> list[FloatArray]:
    """Take weights between those before and after fine-tuning.

    What was learnt from few pictures is in the difference, and what was known of many
    in the start; in between there is mostly more of both than at either end.

    Parameters
    ----------
    before, after : sequence of float32 arrays
        Of the same shapes.
    kept_share : float in [0, 1]
        1 is before, 0 is after.

    References
    ----------
    .. [1] Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
    """
    return [
        kept_share * start + (1 - kept_share) * end
        for start, end in zip(before, after, strict=True)
    ]
