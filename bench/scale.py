"""Measure a collection of any size: building its index, its memory, its answers.

    python -m bench.scale --works 44000

The works of the instance are joined by invented ones, whose features are mixed from
those of the real: their visual words and their nearness are those of pictures, but no
two are the same. Photos of the real works are asked among them.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from tqdm import tqdm

from app.commands.shared import Workplace, run_explained
from app.configuration.load import ROOT
from app.factory import create_app
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import validate
from app.retrieval.types import (
    CodedFeatures,
    FloatArray,
    GalleryFeatures,
    GalleryItem,
    keep_half,
)
from app.services.index import features as index_features
from app.services.system import database
from bench.measure import folder_size_mb, peak_memory_mb, print_figures

FLIPPED = 0.47
"""Share of a signature's bits that differ from those of the feature it is drawn from:
then 3 of 100 are near enough to vote, as among real works that share a word."""
PARENTS = 4
"""Real works that the features of an invented one are mixed from; works without a
parent in common are then as far from each other as real ones are."""


class Inventor:
    """Invents features like those of some real works.

    Parameters
    ----------
    real : sequence of GalleryFeatures
        At least one.
    rng : numpy.random.Generator
    """

    def __init__(
        self, real: Sequence[GalleryFeatures], rng: np.random.Generator
    ) -> None:
        self._real = real
        self._rng = rng

    def invent(self) -> GalleryFeatures:
        """Return the features of a work that never was."""
        parents = [
            self._real[number]
            for number in self._rng.integers(len(self._real), size=PARENTS)
        ]
        return GalleryFeatures(
            keep_half(mix_descriptors(np.stack([p.descriptor for p in parents]))),
            self._mix([p.local_features for p in parents]),
            parents[0].style,
            parents[0].semantic,
            parents[0].picture,
        )

    def _mix(self, parents: Sequence[CodedFeatures]) -> CodedFeatures:
        """Draw from the features of different works, and make others of them."""
        size, count = parents[0].size, len(parents[0])
        if not count:
            return CodedFeatures.empty(size)
        drawn = self._rng.integers(sum(map(len, parents)), size=count)
        codes, words, signatures = (
            np.concatenate([getattr(parent, name) for parent in parents])[drawn]
            for name in ("codes", "words", "signatures")
        )
        flips = self._rng.random((count, 64)) < FLIPPED
        limits = np.array([size[1], size[0]]) * CodedFeatures.STEPS_PER_PX
        return CodedFeatures(
            self._rng.integers(0, limits, (count, 2), np.uint16),
            codes,
            words,
            signatures ^ np.packbits(flips, axis=1).view("<u8")[:, 0],
            size,
        )


def mix_descriptors(parents: FloatArray) -> FloatArray:
    """Return what lies between P descriptors: (…, P, D) to (…, D), unit length."""
    return unit_length(parents.sum(axis=-2))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--works", type=int, default=44_000, metavar="N")
    parser.add_argument("--queries", type=Path, metavar="CSV", help="labelled photos")
    parser.add_argument("--sample", type=int, default=100, metavar="N")
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="where the index is built for the moment; 44,000 works need 4 GB",
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Build a large index and ask it, each in a process of its own."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        build(Path(folder), options.works, np.random.default_rng(options.seed))
        command = [sys.executable, "-m", "bench.query", "--generations", folder]
        command += ["--sample", str(options.sample)]
        if options.queries:
            command += ["--queries", str(options.queries.resolve())]
        return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own interpreter


def build(folder: Path, count: int, rng: np.random.Generator) -> None:
    """Build, examine and publish an index of real and invented works."""
    app = create_app()
    with app.app_context():
        database.check()
        work = Workplace.of_current_app()
        key = index_features.features_key(work.model.model_id, work.settings.local)
        real = list(index_features.gallery_items(work.session, key))
    inventor = Inventor([features for _, features in real], rng)

    def invented() -> Iterator[tuple[GalleryItem, GalleryFeatures]]:
        for number in range(count - len(real)):
            yield (
                GalleryItem(f"invented {number}", f"invented {number}"),
                (inventor.invent()),
            )

    # Each step is told when it begins, so the next one's beginning is its end.
    steps: list[tuple[str, float]] = []
    items = tqdm(chain(real, invented()), "Adding works", count)
    generation = Store(folder).build(
        items,
        work.model,
        examine=lambda gallery: validate(gallery, work.model, settings=work.settings),
        settings=work.settings,
        progress=lambda step: steps.append((step, time.perf_counter())),
    )
    ends = [begun for _, begun in steps[1:]] + [time.perf_counter()]
    manifest = generation.manifest
    print_figures(
        f"Building an index of {manifest.works:,} works",
        {
            **{
                f"{step}, s": end - begun
                for (step, begun), end in zip(steps, ends, strict=True)
            },
            "all, s": ends[-1] - steps[0][1],
            "peak memory, MB": peak_memory_mb(),
            "on disk, MB": folder_size_mb(generation.path),
            **{
                f"examination, {k}": f"{v:.3f}" for k, v in manifest.examination.items()
            },
        },
    )


if __name__ == "__main__":
    sys.exit(main())
