"""Test collection: works of a catalogue or drawn ones, and photos of them."""

import argparse
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.commands.shared import say
from app.lab.errors import LabError
from app.retrieval.drawings.collection import generate_collection
from app.retrieval.drawings.styles.artists import ARTISTS
from app.retrieval.errors import ImageError
from app.retrieval.images.codec import read
from app.retrieval.simulation.photo import Profile, perturb
from app.retrieval.training.data.works import TrainingWork, is_held_out
from app.retrieval.types import Image
from app.services.evaluation.listing import CatalogueView, list_views
from app.services.operations import demonstration

PICTURE_SIDE_PX = 640
"""References are read at this size; no method here looks at more."""
DRAWN_WORKS = 6 * len(ARTISTS)
"""As many of every hand as likeness is measured with."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Works with their pictures, always in the same order, each accession number once.

    The seed is that of the photos.
    """

    works: tuple[TrainingWork, ...]
    seed: int

    def __len__(self) -> int:
        return len(self.works)

    def held_out(self, training_seed: int) -> tuple[int, ...]:
        """Positions of the works that training with this seed has not seen."""
        unseen = tuple(
            position
            for position, work in enumerate(self.works)
            if is_held_out(work, training_seed)
        )
        if not 0 < len(unseen) < len(self) - 1:
            raise LabError(
                f"Of {len(self):,} works {len(unseen):,} are kept from training, and "
                "the others teach the whitening: both are needed. Use more works."
            )
        return unseen

    def files(self) -> list[Path]:
        """Paths of the pictures."""
        return [work.image_path for work in self.works]

    def picture(self, position: int) -> Image:
        """Read the picture of a work."""
        path = self.works[position].image_path
        try:
            return read(path, max_side_px=PICTURE_SIDE_PX)
        except ImageError as error:
            raise LabError(
                f"{path} cannot be used: {error} Take the work out of the catalogue."
            ) from error

    def photo(
        self,
        position: int,
        profile: Profile,
        *,
        strength: float = 1.0,
        exactly: bool = False,
    ) -> Image:
        """Photograph a work, the same way whatever else is; see `perturb`."""
        accession = self.works[position].accession
        rng = np.random.default_rng([self.seed, zlib.crc32(accession.encode())])
        image = self.picture(position)
        return perturb(image, profile, rng, strength=strength, exactly=exactly).image

    def labels(self, name: str) -> list[str]:
        """Return what the catalogue says of each work; "" means unknown."""
        return [work.label.get(name, "") for work in self.works]


def add_arguments(
    parser: argparse.ArgumentParser, otherwise: str = "works are drawn"
) -> None:
    """Let a command's user choose the collection."""
    parser.add_argument(
        "--catalogue",
        type=Path,
        metavar="CSV",
        help=f"table of works; without it, {otherwise}",
    )
    parser.add_argument("--images", type=Path, metavar="DIR", help="their pictures")
    parser.add_argument(
        "--works",
        type=int,
        metavar="N",
        help=f"N works chosen at random, or N drawn ones (otherwise {DRAWN_WORKS})",
    )
    parser.add_argument("--seed", type=int, default=0, help="of choice and photos")


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Collection]:
    """Open the collection that the options name, for as long as the block runs."""
    if bool(options.catalogue) != bool(options.images):
        raise LabError("--catalogue and --images go together: give both, or neither.")
    if options.works is not None and options.works < 1:
        raise LabError("--works must be at least 1.")
    if options.catalogue:
        works = choose(options.catalogue, options.images, options.works, options.seed)
        yield Collection(works, options.seed)
        return
    with tempfile.TemporaryDirectory() as parent:
        yield Collection(draw(Path(parent), options.works), options.seed)


def choose(
    catalogue: Path, images: Path, count: int | None, seed: int
) -> tuple[TrainingWork, ...]:
    """Take the works of a catalogue whose picture is there, or some of them.

    Of a work with several pictures the first counts.
    """
    views: dict[str, CatalogueView] = {}
    for view in list_views(catalogue, images).views:
        views.setdefault(view.accession, view)
    if not views:
        raise LabError(
            f"None of the pictures that {catalogue} names is in {images}. Name the "
            "folder that its column image starts from with --images."
        )
    works = [
        TrainingWork(view.accession, view.path, view.label) for view in views.values()
    ]
    chosen = np.random.default_rng(seed).permutation(len(works))[:count]
    return tuple(works[number] for number in sorted(chosen.tolist()))


def draw(parent: Path, count: int | None) -> tuple[TrainingWork, ...]:
    """Draw works into a folder; the first of more works are always the same."""
    count = count or DRAWN_WORKS
    say(f"Drawing {count:,} works …")
    folder = parent / "drawn"
    demonstration.draw_collection(
        folder, generate_collection(count, demonstration.WORKS_SEED)
    )
    catalogue = folder / demonstration.CATALOGUE_FILE
    return choose(catalogue, folder / demonstration.IMAGES_FOLDER, None, 0)


def describe(options: argparse.Namespace) -> dict[str, object]:
    """Say in a report's settings which collection it was."""
    return {
        "catalogue": options.catalogue or "drawn by this program",
        "works": options.works or ("all" if options.catalogue else DRAWN_WORKS),
        "seed": options.seed,
    }
