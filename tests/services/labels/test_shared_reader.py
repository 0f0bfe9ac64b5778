"""The one reader of labels of a machine: started, shared, killed, gone."""

import gc
import os
import signal
import threading
import time
from pathlib import Path
from socket import AF_UNIX, socket
from uuid import uuid4

import numpy as np
import pytest

from app.retrieval.errors import MissingArtefactError
from app.services.labels import shared_reader
from app.services.labels.networks import models_folder
from app.services.labels.reader_process import serve
from app.services.labels.recognition import Line
from app.services.labels.shared_reader import SharedReader
from app.services.labels.wire import LabelReaderError, address_of
from bench.measure import memory_mb
from tests.support.waiting import WAIT_SECONDS

PHOTO = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
CORNERS = np.array([[1, 2], [9.5, 2], [9.5, 4.25], [1, 4.25]], np.float32)


class FakeReader:
    """Reads the sum of a photo's values, and counts."""

    asked = 0

    def read(self, image):
        self.asked += 1
        return [[Line(f"sum «{image.sum()}»", 0.875, CORNERS)]]


class Served:
    """A reader in a thread, in place of the process."""

    def __init__(self, reader, *, idle_seconds=WAIT_SECONDS):
        self.name = f"morelli-test-{uuid4().hex}"
        read_end, self.write_end = os.pipe()
        starter = os.fdopen(read_end, "rb")

        def run():
            with starter:
                serve(self.name, lambda: reader, starter, idle_seconds=idle_seconds)

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def end(self):
        os.close(self.write_end)
        self.thread.join(WAIT_SECONDS)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def none_is_started(monkeypatch, request):
    """Start no real process, but in tests that are about it."""
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setattr(SharedReader, "_start", lambda *_: None)
        monkeypatch.setattr(shared_reader, "START_SECONDS", WAIT_SECONDS)


def test_photos_and_lines_arrive_as_they_are():
    served = Served(FakeReader())
    [[line]] = SharedReader(served.name).read(PHOTO[:, ::-1])
    assert line.text == f"sum «{PHOTO.sum()}»"
    assert line.score == 0.875
    np.testing.assert_array_equal(line.corners, CORNERS)
    served.end()


def test_all_who_ask_are_answered_by_one():
    reader = FakeReader()
    served = Served(reader)
    read = []
    asking = [
        threading.Thread(
            target=lambda: read.append(SharedReader(served.name).read(PHOTO))
        )
        for _ in range(8)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(WAIT_SECONDS)
    assert (len(read), reader.asked) == (8, 8)
    served.end()


def test_a_second_one_of_the_same_name_ends_at_once():
    served = Served(FakeReader())
    SharedReader(served.name).read(PHOTO)
    with Path(os.devnull).open("rb") as nobody:
        serve(served.name, FakeReader, nobody)
    SharedReader(served.name).read(PHOTO)
    served.end()


def test_it_ends_when_nobody_asks():
    served = Served(FakeReader(), idle_seconds=0.05)
    served.thread.join(WAIT_SECONDS)
    assert not served.thread.is_alive()
    os.close(served.write_end)


def test_a_network_that_cannot_be_opened_is_told():
    name = f"morelli-test-{uuid4().hex}"
    read_end, write_end = os.pipe()

    def fail():
        raise MissingArtefactError(Path("det.onnx"), "pip install")

    def run():
        with os.fdopen(read_end, "rb") as starter:
            serve(name, fail, starter)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    with pytest.raises(LabelReaderError, match="pip install"):
        SharedReader(name).read(PHOTO)
    os.close(write_end)
    thread.join(WAIT_SECONDS)


def test_one_that_does_not_start_is_left_alone_for_a_while(monkeypatch):
    monkeypatch.setattr(shared_reader, "START_SECONDS", 0.1)
    starts = []
    monkeypatch.setattr(SharedReader, "_start", lambda *_: starts.append(1))
    reader = SharedReader(f"morelli-test-{uuid4().hex}")
    for _ in range(2):
        with pytest.raises(LabelReaderError):
            reader.read(PHOTO)
    tried = len(starts)
    assert tried
    with pytest.raises(LabelReaderError):
        reader.read(PHOTO)
    assert len(starts) == tried


def test_an_address_where_nobody_accepts_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(shared_reader, "START_SECONDS", 0.2)
    name = f"morelli-test-{uuid4().hex}"
    refused = []

    def read():
        try:
            SharedReader(name).read(PHOTO)
        except LabelReaderError as error:
            refused.append(error)

    with socket(AF_UNIX) as taken, socket(AF_UNIX) as waiting:
        taken.bind(address_of(name))
        taken.listen(0)
        waiting.connect(address_of(name))
        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        thread.join(WAIT_SECONDS)
        assert refused


def test_a_process_that_cannot_be_started_is_a_label_that_is_not_read(monkeypatch):
    def fail(*_):
        raise BlockingIOError("too many processes")

    monkeypatch.setattr(SharedReader, "_start", fail)
    with pytest.raises(LabelReaderError):
        SharedReader(f"morelli-test-{uuid4().hex}").read(PHOTO)


@pytest.mark.slow
@pytest.mark.usefixtures("a_module_that_fails")
def test_a_process_that_fails_as_it_starts_is_not_started_over_and_over():
    reader = SharedReader(f"morelli-test-{uuid4().hex}")
    started = time.monotonic()
    with pytest.raises(LabelReaderError):
        reader.read(PHOTO)
    assert time.monotonic() - started < shared_reader.START_SECONDS / 2


@pytest.fixture
def a_module_that_fails(monkeypatch):
    monkeypatch.setattr(shared_reader, "MODULE", "app.programs.nothing")


@pytest.fixture
def real():
    """A shared reader that starts the real process, under a name of its own."""
    if models_folder() is None:
        pytest.skip("requirements-labels.txt is not installed")
    reader = SharedReader(f"morelli-test-{uuid4().hex}")
    yield reader
    reader.close()


@pytest.mark.slow
def test_a_killed_process_is_started_anew(real, image_of_a_label):
    [label] = real.read(image_of_a_label)
    first = real._process.pid
    os.kill(first, signal.SIGKILL)
    assert [line.text for line in real.read(image_of_a_label)[0]] == [
        line.text for line in label
    ]
    assert real._process.pid != first


MOST_GROWTH = 1.1
"""Of the process from the first photos to the last ones."""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_shapes_of_photos(real, image_of_a_label):
    held = []
    for height in range(300, 720, 60):
        real.read(image_of_a_label[:height, : 960 - height // 2])
        real.read(np.ascontiguousarray(image_of_a_label[:height].transpose(1, 0, 2)))
        held.append(memory_mb(real._process.pid)["Rss"])
    assert held[-1] < MOST_GROWTH * held[1]


@pytest.mark.slow
def test_the_process_ends_with_the_reader_that_started_it(image_of_a_label):
    if models_folder() is None:
        pytest.skip("requirements-labels.txt is not installed")
    reader = SharedReader(f"morelli-test-{uuid4().hex}")
    assert reader.read(image_of_a_label)
    process = reader._process
    assert process is not None
    del reader
    gc.collect()
    assert process.returncode == 0
