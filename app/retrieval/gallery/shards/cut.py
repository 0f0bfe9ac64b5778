"""Cut of a gallery: which shards it is made of, in a folder that servers open.

The folder holds what a server needs to know of all images, their ids, which it maps,
and the names of the shards' own folders; these lie where the workers are.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from app.retrieval.gallery.gallery import ITEMS_FOLDER
from app.retrieval.gallery.item_store import ItemStore, ItemStoreWriter
from app.retrieval.gallery.shards.asking import Shards
from app.retrieval.gallery.shards.sharded import ShardedGallery
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.types import FloatArray, GalleryItem

CUT_FILE = "shards.json"
WEIGHTS_FILE = "word_weights.npy"


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard of a cut.

    Attributes
    ----------
    folder : str
        Name of its folder, which follows from its content.
    images : int
    """

    folder: str
    images: int


def is_cut(folder: Path) -> bool:
    """Tell whether a generation is cut into shards."""
    return (folder / CUT_FILE).exists()


def write_cut(
    folder: Path,
    items: Iterable[GalleryItem],
    shards: Sequence[Shard],
    word_weights: FloatArray,
) -> None:
    """Write the folder of a cut; the same parts give the same bytes."""
    ids = folder / ITEMS_FOLDER
    ids.mkdir()
    writer = ItemStoreWriter(ids)
    for item in items:
        writer.append(item)
    writer.finish()
    text = json.dumps([asdict(shard) for shard in shards])
    (folder / CUT_FILE).write_text(text, encoding="utf-8")
    np.save(folder / WEIGHTS_FILE, word_weights)


def read_shards(folder: Path) -> tuple[Shard, ...]:
    """Read which shards a cut has.

    Raises
    ------
    OSError, ValueError, LookupError, TypeError
        If the file is missing or is not what it claims to be.
    """
    text = (folder / CUT_FILE).read_text(encoding="utf-8")
    return tuple(Shard(**one) for one in json.loads(text))


def open_cut(
    folder: Path,
    vocabulary: Vocabulary,
    connect: Callable[[Sequence[Shard]], Shards],
) -> ShardedGallery:
    """Open a cut gallery.

    Parameters
    ----------
    folder : Path
    vocabulary : Vocabulary
        The one that the shards were written with.
    connect : callable
        Finds the copies of the shards.

    Raises
    ------
    OSError, ValueError, LookupError, TypeError
        If a file is missing or is not what it claims to be.
    """
    shards = read_shards(folder)
    names = [f"shard {number} of {len(shards)}" for number in range(1, len(shards) + 1)]
    return ShardedGallery(
        ItemStore.open(folder / ITEMS_FOLDER),
        names,
        [shard.images for shard in shards],
        connect(shards),
        vocabulary,
        np.load(folder / WEIGHTS_FILE),
    )
