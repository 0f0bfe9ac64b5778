"""A Dask scheduler and its workers, as docs/scaling.md starts them."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

from app.configuration.load import ROOT
from tests.support.waiting import WAIT_SECONDS

ANSWERING_SECONDS = 25.0


@contextmanager
def process(*words, environ=None):
    """Run a module of Python until the block ends."""
    running = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait(timeout=WAIT_SECONDS)


def wait_until(holds):
    """Wait for what other processes do."""
    ends = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


@contextmanager
def scheduler(folder):
    """Run a scheduler; yields its address."""
    note = folder / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(note))
    with process("distributed.cli.dask_scheduler", *words, "--no-dashboard"):
        wait_until(note.exists)
        yield json.loads(note.read_text())["address"]


def worker(name, url, instance, *words):
    """Run a worker that finds its files in an instance folder."""
    own = ("--name", name, "--no-nanny", "--memory-limit", "0", "--no-dashboard")
    return process(
        *("distributed.cli.dask_worker", url, *own, *words, "--host", "127.0.0.1"),
        environ={"MORELLI_INSTANCE": str(instance)},
    )
