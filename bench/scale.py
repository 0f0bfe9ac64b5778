"""Measure a collection of any size: building its index, its memory, its answers.

    python -m bench.scale --works 44000

The works of the instance are joined by invented ones, whose features are mixed from
those of the real: their visual words and their nearness are those of pictures, but no
two works are the same. Photos of the real works are asked among them.
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
from numpy.typing import NDArray
from tqdm import tqdm

from app.commands.shared import Workplace, run_explained
from app.configuration.load import ROOT
from app.factory import create_app
from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.generations.store import Store
from app.retrieval.generations.validation import validate
from app.retrieval.local.product_quantiser import CODE_BYTES
from app.retrieval.local.vocabulary import Vocabulary
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

PARENTS = 4
"""Real works that the descriptor of an invented one is mixed from; works without a
parent in common are then as far from each other as real ones are."""
CHUNK = 1 << 16
"""Local features that are signed at a time."""
VARIANTS = 4
"""Invented local features per real one, which the invented works draw theirs from."""


class Inventor:
    """Invents features like those of some real works.

    Local features are mixed within a visual word: each part of a code comes from any
    real feature of that word, and the mixture is assigned and signed as a photo's is.
    As many of a word are then near enough to vote for each other as among real works
    (6 of 100 within 24 bits), and a work still finds itself.

    Parameters
    ----------
    real : sequence of GalleryFeatures
        At least one.
    vocabulary : Vocabulary
        That their local features are coded with.
    rng : numpy.random.Generator
    """

    def __init__(
        self,
        real: Sequence[GalleryFeatures],
        vocabulary: Vocabulary,
        rng: np.random.Generator,
    ) -> None:
        self._real = real
        self._rng = rng
        self._codes = mix_codes([one.local_features for one in real], rng)
        self._words = np.empty(len(self._codes), np.int32)
        self._signatures = np.empty(len(self._codes), np.uint64)
        for start in range(0, len(self._codes), CHUNK):
            part = slice(start, start + CHUNK)
            descriptors = vocabulary.quantiser.decode(self._codes[part])
            words = vocabulary.assign(descriptors)
            self._words[part] = words[:, 0]
            self._signatures[part] = vocabulary.signatures(descriptors, words)[:, 0]

    def invent(self) -> GalleryFeatures:
        """Return the features of a work that never was."""
        parents = [
            self._real[number]
            for number in self._rng.integers(len(self._real), size=PARENTS)
        ]
        return GalleryFeatures(
            keep_half(mix_descriptors(np.stack([p.descriptor for p in parents]))),
            self._draw(parents[0].local_features),
            parents[0].style,
            parents[0].semantic,
            parents[0].picture,
        )

    def _draw(self, like: CodedFeatures) -> CodedFeatures:
        """Draw as many local features as a work has, at places of their own."""
        if not len(like):
            return CodedFeatures.empty(like.size)
        drawn = self._rng.integers(len(self._codes), size=len(like))
        limits = np.array([like.size[1], like.size[0]]) * CodedFeatures.STEPS_PER_PX
        return CodedFeatures(
            self._rng.integers(0, limits, (len(like), 2), np.uint16),
            self._codes[drawn],
            self._words[drawn],
            self._signatures[drawn],
            like.size,
        )


def mix_codes(
    real: Sequence[CodedFeatures], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Mix codes within visual words: N features of works to (N * VARIANTS, 16)."""
    words = np.concatenate([one.words for one in real])
    order = np.argsort(words, kind="stable")
    words = np.repeat(words[order], VARIANTS)
    codes = np.concatenate([one.codes for one in real])[order]
    first, last = (np.searchsorted(words, words, side) for side in ("left", "right"))
    bounds = first[:, None] // VARIANTS, last[:, None] // VARIANTS
    donors = rng.integers(*bounds, size=(len(words), CODE_BYTES), dtype=np.int64)
    return np.asarray(codes[donors, np.arange(CODE_BYTES)])


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
    inventor = Inventor([features for _, features in real], work.model.vocabulary, rng)

    def invented() -> Iterator[tuple[GalleryItem, GalleryFeatures]]:
        for number in range(count - len(real)):
            yield (
                GalleryItem(f"invented {number}", f"invented {number}"),
                inventor.invent(),
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
