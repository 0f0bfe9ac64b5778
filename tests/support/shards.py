"""Shards in this process: copies that answer, die, hang, and come back."""

import threading
from concurrent.futures import Future
from typing import Any

import numpy as np

from app.retrieval.gallery.gallery import Gallery
from app.retrieval.gallery.item_store import ItemStore
from app.retrieval.gallery.shards.asking import Shards
from app.retrieval.gallery.shards.sharded import ShardedGallery
from app.retrieval.types import (
    GalleryFeatures,
    GalleryItem,
    LocalFeatures,
    keep_half,
)

FEATURES = 50
"""Of each image whose features are made at random."""
SOON = 0.2
"""A deadline that tests wait for."""


class FakeCopy:
    """Copy of a shard that answers at once, unless it is told otherwise."""

    def __init__(self, name, gallery):
        self.name = name
        self.gallery = gallery
        self.is_dead = False
        self.hangs = False
        self.dies_after = None
        self.asked = []

    def ask(self, question):
        self.asked.append(question)
        if self.dies_after is not None and len(self.asked) > self.dies_after:
            self.is_dead = True
        future: Future[Any] = Future()
        if self.is_dead:
            future.set_exception(ConnectionError("it was killed"))
        elif not self.hangs:
            future.set_result(question.answered_by(self.gallery))
        return future


class SlowCopy(FakeCopy):
    """Copy that answers in a thread of its own, after a while."""

    seconds = 0.05

    def ask(self, question):
        future: Future[Any] = Future()
        answer = super().ask(question)
        timer = threading.Timer(
            self.seconds, lambda: future.set_result(answer.result(timeout=1))
        )
        timer.daemon = True
        timer.start()
        return future


def cut(collection, vocabulary, lengths, *, make=FakeCopy, deadline_seconds=5.0):
    """Cut a collection into shards of some lengths, two copies each.

    Returns the sharded gallery, the copies by shard, and one gallery of everything.
    """
    whole = Gallery.build(collection, vocabulary)
    weights = whole.inverted_index.word_weights
    copies, start = [], 0
    for number, length in enumerate(lengths):
        part = Gallery.build(
            collection[start : start + length], vocabulary, word_weights=weights
        )
        copies.append([make(f"shard {number + 1}, copy {c}", part) for c in "ab"])
        start += length
    sharded = ShardedGallery(
        ItemStore.pack(item for item, _ in collection),
        [f"shard {number + 1}" for number in range(len(lengths))],
        lengths,
        Shards(copies, deadline_seconds),
        vocabulary,
        weights,
    )
    return sharded, copies, whole


def kill(*copies):
    """Let copies answer no more."""
    for copy in copies:
        copy.is_dead = True


def coded_at_random(model, count):
    """Make features at random, in a model's words."""
    for number in range(count):
        rng = np.random.default_rng(number)
        descriptor = rng.normal(size=16).astype(np.float32)
        local = LocalFeatures(
            rng.uniform(0, 300, (FEATURES, 2)).astype(np.float32),
            rng.integers(0, 256, (FEATURES, 128)).astype(np.uint8),
            (320, 320),
        )
        yield (
            GalleryItem(f"image-{number}", f"work-{number}"),
            GalleryFeatures(
                keep_half(descriptor / np.linalg.norm(descriptor)),
                model.vocabulary.code(local),
            ),
        )
