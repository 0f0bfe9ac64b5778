"""Manifest of a model folder, ``model.json``.

Written by training, read by whatever runs the model. The weights are elsewhere; here
is what one must know to feed them and to read their answers.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.retrieval.descriptors.pooling import CAM, JOINED
from app.retrieval.errors import IncompatibleArtefactError, reading
from app.retrieval.runtime.place import TRAIN_COMMAND

FORMAT = 2
"""Raised whenever an older program could not use the folder, or would misread it."""
FORMATS = (1, FORMAT)
"""That can be read: before 2 there was no ``pooling``."""
MANIFEST_FILE = "model.json"
HALF_PRECISION, FULL_PRECISION = "bf16", "f32"
"""As OpenVINO spells them."""


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """Manifest of one model: architecture, input shapes, classes, origin.

    Attributes
    ----------
    name : str
    backbone, layer : str
        Network and layer whose feature maps describe a picture.
    stride : int
        Pixels per position of the feature maps.
    frames : tuple of (height, width)
        The shapes in pixels that pictures are fitted into.
    dimension : int
        Length of a descriptor.
    classes : tuple of str
        Names of the classes, in the order of the class head.
    precision : str
        ``bf16`` where the network may be run in bfloat16 on a CPU that is faster with
        it, because its descriptors stay the same; otherwise ``f32``.
    pooling : str
        What descriptors are made of: `CAM` or `JOINED` of
        :mod:`app.retrieval.descriptors.pooling`.
    training : mapping
        How it came about: ``seed``, ``data``, ``recipe``, ``figures``. For people;
        measurements read the seed, which says what was held out.
    format : int
    """

    name: str
    backbone: str
    layer: str
    stride: int
    frames: tuple[tuple[int, int], ...]
    dimension: int
    classes: tuple[str, ...]
    precision: str = FULL_PRECISION
    pooling: str = CAM
    training: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT

    def __post_init__(self) -> None:
        if self.precision not in (HALF_PRECISION, FULL_PRECISION):
            raise ValueError(
                f"precision must be {HALF_PRECISION} or {FULL_PRECISION}, "
                f"got {self.precision!r}"
            )
        if self.pooling not in (CAM, JOINED):
            raise ValueError(
                f"pooling must be {CAM!r} or {JOINED!r}, got {self.pooling!r}"
            )

    def write(self, model_dir: Path) -> None:
        """Write ``model.json`` into the folder."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (model_dir / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")

    def facts_of_features(self) -> Mapping[str, Any]:
        """Return what features depend on; the same whichever format was read.

        Not the figures of the training, which a renewed decision brings anew. What has
        no other pooling than all had in format 1 is told as it was then: indexes and
        features of the time are called by it.
        """
        facts = asdict(self) | {"training": {}}
        if self.pooling == CAM:
            del facts["pooling"]
            facts["format"] = 1
        return facts

    @classmethod
    def read(cls, model_dir: Path) -> "ModelManifest":
        """Read ``model.json`` of the folder.

        Raises
        ------
        MissingArtefactError
            If there is none.
        IncompatibleArtefactError
            If it has another format.
        DamagedArtefactError
            If it is not such a file.
        """
        path, fault = model_dir / MANIFEST_FILE, "it is not a model's description ({})"
        with reading_facts(path, FORMATS, fault) as facts:
            facts["format"] = FORMAT
            facts["frames"] = tuple(
                (int(height), int(width)) for height, width in facts["frames"]
            )
            facts["classes"] = tuple(facts["classes"])
            return cls(**facts)


@contextmanager
def reading_facts(
    path: Path, formats: Sequence[int], fault: str
) -> Iterator[dict[str, Any]]:
    """Read a JSON file of a model folder, and make of it what the block makes.

    Parameters
    ----------
    path : Path
    formats : sequence of int
        Of which the file must have one, the newest last.
    fault : str
        As of :func:`app.retrieval.errors.reading`; of what the block raises as well.

    Raises
    ------
    MissingArtefactError, IncompatibleArtefactError, DamagedArtefactError
    """
    command = training_command(path.parent)
    with reading(path, command, fault):
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if facts["format"] not in formats:
            raise IncompatibleArtefactError(
                path, f"format {formats[-1]}", f"format {facts['format']}", command
            )
        yield facts


def training_command(model_dir: Path) -> str:
    """Say what makes the folder (again)."""
    return f"{TRAIN_COMMAND} --out {model_dir}"
