"""Measure the channels that find the nearest descriptors, in galleries of any size.

    python -m bench.vectors --works 44000 [--url postgresql+psycopg://…|milvus://…]

The descriptors of the live index are joined by invented ones that are mixed from them,
as in `bench.scale`. Without an address exact search and Annoy are measured; with one,
the engine there, in tables of its own that stay, so that a second run only measures.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from app.commands.shared import run_explained
from app.configuration.databases import parse_vectors_url
from app.factory import create_app
from app.retrieval.files.arrays import map_array
from app.retrieval.gallery.gallery import DESCRIPTORS_FILE
from app.retrieval.gallery.nearest import AnnoyIndex, ExactIndex, Index
from app.retrieval.gallery.shared import SharedIndex
from app.retrieval.gallery.tuning import Sample, choose_search_k
from app.retrieval.gallery.writer import CHOSEN_RECALL, photo_like
from app.retrieval.generations.registry import GenerationRegistry
from app.retrieval.runtime.threads import limit_threads
from app.retrieval.settings import GallerySettings
from app.retrieval.types import FloatArray, VectorArray
from app.services.vectors.opening import open_vectors
from app.services.vectors.store import StoredGeneration, VectorStore
from app.web.shell.current import folders
from bench.measure import print_figures
from bench.scale import PARENTS, mix_descriptors

BATCH = 10_000
NEAREST = 10
"""Neighbours that matter most: a work in a photo is among the first."""
ADDED = 100
"""New images of a change."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the measurement; return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--works", type=int, default=44_000, metavar="N")
    parser.add_argument("--url", type=parse_vectors_url, default="", metavar="ADDRESS")
    parser.add_argument(
        "--server",
        type=int,
        metavar="PID",
        help="the engine's first process, where its CPU time is to be measured",
    )
    parser.add_argument("--sample", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    return run_explained(lambda: run(options))


def run(options: argparse.Namespace) -> int:
    """Invent a gallery, and measure the channels over it."""
    limit_threads(1)  # as a server process has
    with create_app().app_context():
        generation = GenerationRegistry(folders().generations).current()
    if generation is None:
        print("There is no index to invent descriptors from.", file=sys.stderr)
        return 1
    rng = np.random.default_rng(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "descriptors.npy"
        real = map_array(generation.path / DESCRIPTORS_FILE)
        np.save(path, invent(real, options.works + ADDED, rng))
        every = map_array(path)
        rows = every[: options.works]
        queries = photo_like(rows, rng, options.sample)
        exact = ExactIndex(rows)
        sample = Sample(exact, queries)
        if store := open_vectors(options.url):
            with closing(store):
                measure_engine(store, every, sample, queries, options.server)
        else:
            title = f"Exact search among {options.works:,}"
            print_figures(title, ask(exact, sample, queries))
            measure_annoy(rows, Path(folder), sample, queries)
    return 0


def invent(real: VectorArray, total: int, rng: np.random.Generator) -> VectorArray:
    """Mix descriptors from real ones, and put them after those: (total, D) float16."""
    invented = np.empty((total, real.shape[1]), np.float16)
    given = min(total, len(real))
    invented[:given] = real[:given]
    for start in range(given, total, BATCH):
        some = invented[start : start + BATCH]
        parents = rng.integers(len(real), size=(len(some), PARENTS))
        some[:] = mix_descriptors(real[parents].astype(np.float32))
    return invented


def measure_annoy(
    rows: VectorArray, folder: Path, sample: Sample, queries: FloatArray
) -> None:
    """Grow a forest as a build does, and ask it."""
    settings, path = GallerySettings(), folder / "index.ann"
    begun = time.perf_counter()
    forest = AnnoyIndex.build(rows, path, n_trees=settings.n_trees, seed=settings.seed)
    built = time.perf_counter() - begun
    tuning = photo_like(rows, np.random.default_rng(settings.seed))
    effort = choose_search_k(forest, ExactIndex(rows), tuning, target=CHOSEN_RECALL)
    print_figures(
        f"Annoy among {len(rows):,}",
        {
            "growing, s": built,
            "bytes an image": path.stat().st_size / len(rows),
            "search_k": effort,
            **ask(forest, sample, queries),
        },
    )


def measure_engine(
    store: VectorStore,
    every: VectorArray,
    sample: Sample,
    queries: FloatArray,
    server: int | None,
) -> None:
    """Put the gallery into an engine, ask it, change it, and ask again."""
    works = len(every) - ADDED
    model = f"bench{works}"
    ids = [f"image {number}" for number in range(len(every))]
    whole = StoredGeneration(f"{model} whole", model, ids[:works], every[:works])
    used = cpu_of(server)
    begun = time.perf_counter()
    store.put(whole, {})
    figures: dict[str, float | str] = {
        "putting, indexing and tuning, s": time.perf_counter() - begun,
        "the same, CPU s of the engine": used(),
    }
    positions = {one: number for number, one in enumerate(ids[:works])}
    index = SharedIndex(
        store.open(whole.name, model), ExactIndex(every[:works]), positions.get
    )
    used = cpu_of(server)
    figures |= ask(index, sample, queries)
    figures["CPU ms a query, of the engine"] = 1000 * used() / (3 * len(queries))
    if fault := index.fault():
        raise RuntimeError(fault)
    changed = StoredGeneration(f"{model} changed", model, ids, every)
    begun = time.perf_counter()
    store.put(changed, {whole.name: whole.image_ids})
    figures[f"putting {ADDED} more and tuning, s"] = time.perf_counter() - begun
    found = sum(
        ids[number] in store.open(changed.name, model).nearest(row, NEAREST)
        for number, row in enumerate(every[works:].astype(np.float32), works)
    )
    figures["share of them that is found at once"] = found / ADDED
    begun = time.perf_counter()
    store.put(whole, {})
    figures["going back, s"] = time.perf_counter() - begun
    print_figures(f"{type(store).__name__} among {works:,}", figures)


def ask(index: Index, sample: Sample, queries: FloatArray) -> dict[str, float | str]:
    """Measure recall and time of a channel; every query is asked three times."""
    recall = sample.recall_of(index)
    seconds, process = [], time.process_time()
    for query in np.concatenate([queries, queries]):
        begun = time.perf_counter()
        index.nearest(query, 50)
        seconds.append(time.perf_counter() - begun)
    own = (time.process_time() - process) / len(seconds)
    return {
        "recall of the 100 nearest": f"{recall:.4f}",
        "CPU ms a query, of this process": 1000 * own,
        "ms a query, median": 1000 * float(np.median(seconds)),
        "ms a query, 95 of 100": 1000 * float(np.quantile(seconds, 0.95)),
    }


def cpu_of(process: int | None) -> Callable[[], float]:
    """Start counting the CPU seconds of a process and of all below it.

    Those that end meanwhile are counted by their parents.
    """
    tick = os.sysconf("SC_CLK_TCK")

    def used() -> float:
        if process is None:
            return float("nan")
        parents, ticks = {}, {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                number, _, fields = stat.read_text().partition(" (")
            except OSError:
                continue  # it has ended
            values = fields.rpartition(") ")[2].split()
            parents[int(number)] = int(values[1])
            ticks[int(number)] = sum(map(int, values[11:15]))
        below, more = set[int](), {process}
        while more:
            below |= more
            more = {one for one, parent in parents.items() if parent in below} - below
        return sum(ticks[one] for one in below) / tick

    begun = used()
    return lambda: used() - begun


if __name__ == "__main__":
    sys.exit(main())
