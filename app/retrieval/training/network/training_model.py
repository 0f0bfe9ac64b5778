"""Keras model whose training step is that of fine-tuning, on any of Keras' backends."""

from collections.abc import Mapping
from typing import Any

from app.retrieval.runtime.keras import keras, layers, ops
from app.retrieval.training.network.losses import (
    class_loss,
    feature_loss,
    pair_loss,
    relation_loss,
    soft_label_loss,
)
from app.retrieval.training.plan import FineTuning

PAIRS, CLASSES, FEATURES, RELATIONS = "pairs", "classes", "features", "relations"


class TrainingModel(keras.Model):
    """Network with the losses of fine-tuning and the memory that they need.

    Keras' own training step calls it, so gradients are taken as the backend takes them.

    Parameters
    ----------
    network : keras.Model
        Of :func:`app.retrieval.descriptors.network.build_network`.
    recipe : FineTuning
    work_count : int
        Pictures that are trained on: rows of the memory.
    taught : mapping of str to int
        Lengths of a teacher's pooled features by name; empty without a teacher.
    """

    def __init__(
        self,
        network: keras.Model,
        recipe: FineTuning,
        work_count: int,
        taught: Mapping[str, int],
    ) -> None:
        super().__init__(name="training")
        self.recipe = recipe
        self.taught = tuple(taught)
        classes = network.get_layer("classes")
        outputs = {
            "descriptors": network.output["descriptor"],
            "logits": classes.output[0],
        }
        if taught:
            pooled = layers.GlobalAveragePooling2D(dtype="float32")(classes.input)
            for name, length in taught.items():
                # Only while training: what a student needs to say is in its maps.
                said = layers.Dense(length, dtype="float32", name=f"says_{name}")
                outputs[name] = said(pooled)
        self.inner = keras.Model(network.input, outputs)
        self.memory = self.add_weight(
            name="memory",
            shape=(work_count, outputs["descriptors"].shape[-1]),
            initializer="zeros",
            trainable=False,
            dtype="float32",
        )
        names = (PAIRS, CLASSES, *([FEATURES, RELATIONS] if taught else []))
        self.means = {name: keras.metrics.Mean(name) for name in names}
        self.built = True

    def call(self, pictures: Any, training: bool | None = None) -> Any:
        """Run the network on (B, H, W, 3) pictures."""
        return self.inner(pictures, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Weigh and add up the losses of two photos of each of B works.

        Parameters
        ----------
        x : (2B, H, W, 3)
        y : dict
            ``rows`` (B,) of the memory, ``targets`` (2B, K) of the classes,
            ``remembers``, whether the memory takes part, and a teacher's features
            (2B, F) by name.
        y_pred : dict
            Of `call`.
        sample_weight, training
            As Keras passes them.
        """
        descriptors = y_pred["descriptors"]
        recipe = self.recipe
        pairs = pair_loss(
            descriptors,
            # What is remembered changes below, before gradients are taken.
            ops.copy(self.memory),
            y["rows"],
            y["remembers"],
            temperature=recipe.temperature,
        )
        if self.taught:
            losses = self._taught_losses(y, y_pred)
            weights = {
                CLASSES: recipe.label_weight,
                FEATURES: recipe.feature_weight,
                RELATIONS: recipe.relation_weight,
            }
        else:
            losses = {CLASSES: class_loss(y_pred["logits"], y["targets"])}
            weights = {CLASSES: recipe.class_weight}
        total = pairs
        for name, loss in losses.items():
            total = total + weights[name] * loss
        for name, loss in {PAIRS: pairs, **losses}.items():
            self.means[name].update_state(loss)
        half = ops.shape(y["rows"])[0]
        seen = ops.stop_gradient(descriptors[half:])
        self.memory.assign(
            ops.scatter_update(ops.copy(self.memory), y["rows"][:, None], seen)
        )
        return total

    def _taught_losses(self, y: Any, y_pred: Any) -> dict[str, Any]:
        features = [feature_loss(y_pred[name], y[name]) for name in self.taught]
        # The later views are the plainer ones: what a photo shows beside the work has
        # no relation to what the teacher saw.
        half = ops.shape(y["rows"])[0]
        related = ops.concatenate([y[name][half:] for name in self.taught], axis=1)
        return {
            CLASSES: soft_label_loss(y_pred["logits"], y["targets"]),
            FEATURES: sum(features) / len(features),
            RELATIONS: relation_loss(
                y_pred["descriptors"][half:], related / len(self.taught) ** 0.5
            ),
        }
