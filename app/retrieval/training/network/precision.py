"""Choice of a network's precision: bfloat16 where descriptors stay the same."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.retrieval.descriptors.global_descriptor import Descriptor
from app.retrieval.descriptors.manifest import (
    FULL_PRECISION,
    HALF_PRECISION,
    ModelManifest,
)
from app.retrieval.descriptors.openvino_network import has_bfloat16
from app.retrieval.types import Image

LEAST_COSINE = 0.99
"""Between a picture's descriptors in bfloat16 and in float32, for every picture. Where
the class that is just among the top ones changes with the rounding it is about 0.996;
two photos of one work have some 0.9."""
PICTURES = 256


def choose_precision(
    manifest: ModelManifest, model_dir: Path, pictures: Sequence[Image]
) -> ModelManifest:
    """Allow bfloat16 if it gives the same descriptors, and write that down.

    Parameters
    ----------
    manifest : ModelManifest
    model_dir : Path
        With the exported network; its ``model.json`` is written.
    pictures : sequence of (H, W, 3) uint8
        To compare on; `PICTURES` of them, spread over all, are enough.

    Returns
    -------
    manifest : ModelManifest
        With float32 also where this CPU has no bfloat16 to compare with.
    """
    pictures = pictures[:: -(-len(pictures) // PICTURES)]
    described = []
    for precision in (FULL_PRECISION, HALF_PRECISION):
        manifest = replace(manifest, precision=precision)
        manifest.write(model_dir)
        described.append(Descriptor.open(model_dir).describe_many(pictures))
    cosines = (described[0] * described[1]).sum(axis=1)
    if not has_bfloat16() or cosines.min() < LEAST_COSINE:
        manifest = replace(manifest, precision=FULL_PRECISION)
        manifest.write(model_dir)
    return manifest
