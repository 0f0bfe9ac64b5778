"""Training samples: decoded pictures, split into trained-on and held-out ones."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.drawings.collection import generate_collection
from app.retrieval.errors import ImageError
from app.retrieval.images.codec import read
from app.retrieval.training.data.pictures import SIDE_PX, PictureBank
from app.retrieval.training.data.works import TrainingWork, is_held_out
from app.retrieval.training.plan import Reporter, TrainingPlan
from app.retrieval.types import Image

GENERATOR_SEED = 1
"""Added to the plan's."""
MAX_QUERIES = 250
"""Held-out works that are photographed for assessments while training runs."""
_KEPT = "kept.json"


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Decoded pictures of the works and generated ones, and how they are split."""

    works: tuple[TrainingWork, ...]
    """Those whose picture can be used; the first pictures of the bank."""
    bank: PictureBank
    """Pictures of the works, then those without labels, then generated ones."""
    held_out: NDArray[np.int64]
    """(H,) positions of works that are never trained on."""
    trained_on: NDArray[np.int64]
    """(T,) positions of all others, those of no work included."""

    @property
    def gallery(self) -> list[Image]:
        """Pictures of all works."""
        return [self.bank[position] for position in range(len(self.works))]

    @property
    def examined(self) -> NDArray[np.int64]:
        """Some of the held-out works, spread evenly over the collection."""
        step = max(1, -(-len(self.held_out) // MAX_QUERIES))
        return self.held_out[::step]

    @property
    def labelled(self) -> tuple[TrainingWork, ...]:
        """The works that are trained on, without pictures of no work."""
        return tuple(self.works[i] for i in self.trained_on if i < len(self.works))


def prepare_samples(
    plan: TrainingPlan, works: Sequence[TrainingWork], folder: Path, reporter: Reporter
) -> Samples:
    """Decode all pictures, or take over what an earlier run put into the folder.

    A picture that cannot be used is named and left out.
    """
    listing = folder / _KEPT
    if not listing.exists():
        kept: list[int] = []
        bank = PictureBank.pack(_pictures(plan, works, kept, reporter), folder)
        listing.write_text(json.dumps(kept), encoding="utf-8")
    kept = json.loads(listing.read_text(encoding="utf-8"))
    bank = PictureBank(folder)
    usable = tuple(works[i] for i in kept)
    held_out = np.flatnonzero([is_held_out(work, plan.seed) for work in usable])
    return Samples(usable, bank, held_out, np.setdiff1d(np.arange(len(bank)), held_out))


def _pictures(
    plan: TrainingPlan,
    works: Sequence[TrainingWork],
    kept: list[int],
    reporter: Reporter,
) -> Iterator[Image]:
    for number, work in enumerate(works):
        reporter.count(number + 1, len(works), "Reading pictures")
        try:
            picture = read(work.image_path, max_side_px=2 * SIDE_PX)
        except (ImageError, OSError) as error:
            reporter.say(f"{work.accession} is left out: {error}")
            continue
        kept.append(number)
        yield picture
    for number, path in enumerate(plan.pictures):
        reporter.count(number + 1, len(plan.pictures), "Reading unlabelled pictures")
        try:
            yield read(path, max_side_px=2 * SIDE_PX)
        except (ImageError, OSError) as error:
            reporter.say(f"{path.name} is left out: {error}")
    generated = generate_collection(plan.generated, plan.seed + GENERATOR_SEED)
    for number, synthetic in enumerate(generated):
        reporter.count(number + 1, plan.generated, "Drawing pictures")
        yield synthetic.image
