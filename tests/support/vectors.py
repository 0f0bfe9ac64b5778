"""Real engines of nearest neighbours for tests, where their packages are there."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from app.retrieval.descriptors.whitening import unit_length
from app.retrieval.errors import NeighboursAwayError
from app.retrieval.gallery.nearest import ExactIndex
from app.retrieval.types import FloatArray
from app.services.vectors.store import StoredGeneration
from tests.support.redis import free_port
from tests.support.waiting import WAIT_SECONDS

MILVUS_PACKAGES = ("milvus", "pymilvus")
STARTED_SECONDS = 180
"""It unpacks its programs first."""


def missing_milvus() -> str:
    """Say which packages of Milvus are not installed; "" if all are."""
    return ", ".join(name for name in MILVUS_PACKAGES if find_spec(name) is None)


@contextmanager
def running_milvus(folder: Path) -> Iterator[str]:
    """Run a Milvus while the block runs; yield its address."""
    from pymilvus import MilvusClient, MilvusException

    port = free_port()
    # In a process of its own: it leaves files and sockets open.
    process = subprocess.Popen(
        [
            *(sys.executable, "-W", "ignore", "-c", "from milvus import main; main()"),
            *("--data", folder, "--proxy-port", str(port)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + STARTED_SECONDS
        while True:
            assert process.poll() is None
            try:
                MilvusClient(f"http://127.0.0.1:{port}", timeout=2).close()
                break
            except MilvusException:
                assert time.monotonic() < end
        yield f"milvus://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(WAIT_SECONDS)


def draw_generation(
    name: str, numbers: range, *, model_id: str = "fake"
) -> StoredGeneration:
    """Make a generation of the images of these numbers; each has its own descriptor."""
    rows = np.random.default_rng(7).normal(size=(numbers.stop, 16)).astype(np.float32)
    descriptors = unit_length(rows)[numbers.start :].astype(np.float16)
    ids = [f"1900.{number}/image ’{number}" for number in numbers]
    return StoredGeneration(name, model_id, ids, descriptors)


class FakeVectors:
    """A vector store in memory, which may be away."""

    def __init__(self) -> None:
        self.fault = ""
        self.generations: dict[str, StoredGeneration] = {}
        self.kept: set[str] = set()
        self.searches = 0

    def put(
        self, generation: StoredGeneration, kept: Mapping[str, Collection[str]]
    ) -> None:
        self.check()
        self.generations[generation.name] = generation
        self.kept = set(kept)

    def open(self, name: str, model_id: str) -> "FakeNeighbours":
        return FakeNeighbours(self, name)

    def check(self) -> None:
        if self.fault:
            raise NeighboursAwayError(self.fault)

    def close(self) -> None:
        """Nothing is open."""


class FakeNeighbours:
    """Exact search among what was put."""

    def __init__(self, store: FakeVectors, name: str) -> None:
        self._store = store
        self._name = name

    def nearest(self, descriptor: FloatArray, count: int) -> Sequence[str]:
        self.check()
        self._store.searches += 1
        held = self._store.generations[self._name]
        hits = ExactIndex(held.descriptors).nearest(descriptor, count)
        return [held.image_ids[hit.position] for hit in hits]

    def check(self) -> None:
        self._store.check()
        if self._name not in self._store.generations:
            raise NeighboursAwayError(f"index {self._name} is not there")
