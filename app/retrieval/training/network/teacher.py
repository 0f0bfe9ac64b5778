"""Teacher networks: what a published network sees in the pictures that are trained on.

A teacher looks at every picture once, as it is, before training begins, so that a
training step costs no more than without one. What it says of the picture is then taught
for all simulated photos of it: what stands around a work in a photo is not to be
learnt.

References
----------
.. [1] Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015.
.. [2] Beyer et al., "Knowledge distillation: a good teacher is patient and consistent",
   CVPR 2022.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.files.arrays import save_arrays
from app.retrieval.images.letterbox import stretch
from app.retrieval.runtime.keras import keras, layers
from app.retrieval.training.network.efficientnet_lite import (
    NAME,
    SIDE_PX,
    build_efficientnet,
    class_names,
    load_published,
)
from app.retrieval.training.plan import Reporter
from app.retrieval.types import FloatArray, Image

BATCH = 32
TEXTURE_STAGE = 4
"""Stage whose maps are taught beside the last ones; counted from 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """Network that knows the classes which a student is to learn.

    Attributes
    ----------
    name : str
    network : keras.Model
        From (B, S, S, 3) pictures, 0–255, to a dict of ``probabilities`` (B, K) and
        of pooled features, (B, F) each.
    side_px : int
        S; pictures are stretched to it.
    classes : tuple of str
        Names of the K classes.
    """

    name: str
    network: keras.Model
    side_px: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Teaching:
    """What a teacher says of N pictures.

    Attributes
    ----------
    classes : tuple of str
    probabilities : (N, K) float32
    features : mapping of str to (N, F) float32
        Pooled features, less their mean over all pictures, of unit length. The first
        ones say how the pictures are related.
    """

    classes: tuple[str, ...]
    probabilities: FloatArray
    features: Mapping[str, FloatArray]


def open_efficientnet() -> Teacher:
    """Open EfficientNet-Lite2 with its published weights.

    Raises
    ------
    WeightsUnavailableError
        If one of the packages with weights and names is not there.
    """
    published = build_efficientnet()
    load_published(published)
    average = layers.GlobalAveragePooling2D(dtype="float32")
    outputs = {
        "probabilities": layers.Softmax(dtype="float32")(published.output["logits"]),
        "maps": average(published.output["maps"]),
        "texture": average(published.output["stages"][TEXTURE_STAGE]),
    }
    network = keras.Model(published.input, outputs, name="teacher")
    return Teacher(NAME, network, SIDE_PX, class_names())


TEACHERS: Mapping[str, Callable[[], Teacher]] = MappingProxyType(
    {NAME: open_efficientnet}
)
"""What opens a teacher, by its name."""


def ask_teacher(
    teacher: Teacher, pictures: Sequence[Image], folder: Path, reporter: Reporter
) -> Teaching:
    """Show pictures to a teacher, or take over what an earlier run wrote down.

    Parameters
    ----------
    teacher : Teacher
    pictures : sequence of (H, W, 3) uint8
        At least two.
    folder : Path
        Of this training; what the teacher said is kept there.
    reporter : Reporter
    """
    path = folder / f"teacher-{teacher.name}.npz"
    if not path.exists():
        save_arrays(path, **_look(teacher, pictures, reporter))
    with np.load(path, allow_pickle=False) as stored:
        said = {name: stored[name].astype(np.float32) for name in stored.files}
    probabilities = said.pop("probabilities")
    features = {
        name: unit_length(vectors - vectors.mean(axis=0))
        for name, vectors in said.items()
    }
    return Teaching(teacher.classes, probabilities, features)


def _look(
    teacher: Teacher, pictures: Sequence[Image], reporter: Reporter
) -> Mapping[str, FloatArray]:
    parts: dict[str, list[FloatArray]] = {name: [] for name in teacher.network.output}
    for start in range(0, len(pictures), BATCH):
        part = [stretch(p, teacher.side_px) for p in pictures[start : start + BATCH]]
        answers = teacher.network.predict_on_batch(np.stack(part).astype(np.float32))
        for name, vectors in answers.items():
            parts[name].append(np.asarray(vectors, np.float32))
        reporter.count(start + len(part), len(pictures), "Asking the teacher")
    return {name: np.concatenate(vectors) for name, vectors in parts.items()}
