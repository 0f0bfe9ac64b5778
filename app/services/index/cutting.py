"""Cutting of the collection into shards: an index that one server need not hold.

The pictures are read from the database in their order, shard after shard. A run that is
killed leaves the shards that it finished, and the next one goes on after them; nothing
is live before all are there.
"""

import logging
from functools import partial
from itertools import pairwise

from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.models import GenerationRecord
from app.retrieval.errors import EmptyGalleryError
from app.retrieval.gallery.shards.cut import Shard, is_cut, read_shards
from app.retrieval.generations.registry import Generation
from app.retrieval.generations.shards import CutStore, ShardStore
from app.retrieval.generations.validation import validate
from app.retrieval.model import Model
from app.retrieval.runtime.place import INDEX_COMMAND
from app.retrieval.settings import RetrievalSettings
from app.services.index.features import (
    features_key,
    load_in_order,
    searchable_rows,
    weigh_all_words,
)
from app.services.index.publishing import IndexRecorder, reference_picture
from app.services.media.opening import MediaStores
from app.services.shards.holding import published_shards

logger = logging.getLogger(__name__)


def cut_index(
    session: Session,
    folders: Folders,
    media: MediaStores,
    model: Model,
    shard_count: int,
) -> GenerationRecord:
    """Build, examine and publish an index of all pictures that have features, cut.

    Parameters
    ----------
    session, folders, media, model
        As of :func:`app.services.index.building.build_index`.
    shard_count : int, > 0
        Fewer are made where there are fewer pictures.

    Raises
    ------
    EmptyGalleryError
        If no picture has features.
    GenerationRejectedError
        If a shard failed its examination; the old index stays live.
    StoreBusyError, StoreWriteError
        If it cannot be built here now.
    """
    settings = RetrievalSettings()
    recorder = IndexRecorder(session, folders, media)
    rows = searchable_rows(session, features_key(model.model_id, settings.local))
    if not rows:
        raise EmptyGalleryError(INDEX_COMMAND)
    weights = weigh_all_words(session, rows, len(model.vocabulary))
    store = ShardStore(folders.shards)
    published = published_shards(media, folders)
    shards: list[Shard] = []
    for start, stop in pairwise(edges(len(rows), shard_count)):
        own = rows[start:stop]
        shard = store.build_shard(
            [item for item, _ in own],
            (features for _, features in load_in_order(session, own)),
            model,
            word_weights=weights,
            examine=lambda gallery: validate(
                gallery,
                model,
                settings=settings,
                picture_of=partial(reference_picture, session, media.works),
            ),
            settings=settings,
        )
        if published is not None:
            published.upload(folders.shards / shard.folder)
        shards.append(shard)
        logger.info("shard %s: pictures %d to %d", shard.folder, start, stop)
    indexes = CutStore(folders.generations)
    live = indexes.publish_cut(
        [item for item, _ in rows],
        shards,
        model,
        word_weights=weights,
        settings=settings,
        share=recorder.share,
    )
    record = recorder.end(live)
    kept = {name for one in indexes.kept() for name in _shards_of(one)}
    store.keep_only(kept)
    if published is not None:
        published.keep_only(kept)
    return record


def edges(count: int, shard_count: int) -> list[int]:
    """Return where each shard starts, and where the last one ends; none is empty."""
    shards = min(count, shard_count)
    return [number * count // shards for number in range(shards + 1)]


def _shards_of(generation: Generation) -> list[str]:
    if not is_cut(generation.path):
        return []
    return [shard.folder for shard in read_shards(generation.path)]
