"""Descriptors of published indexes in the engine that all servers share."""

import logging
from collections.abc import Iterable

from app.retrieval.errors import NeighboursAwayError
from app.retrieval.files.arrays import map_array
from app.retrieval.gallery.gallery import DESCRIPTORS_FILE, ITEMS_FOLDER
from app.retrieval.gallery.item_store import ItemStore
from app.retrieval.generations.registry import Generation
from app.retrieval.runtime.place import INDEX_COMMAND
from app.services.vectors.store import StoredGeneration, VectorStore

logger = logging.getLogger(__name__)


def put_descriptors(
    vectors: VectorStore, generation: Generation, kept: Iterable[Generation]
) -> None:
    """Put a generation's descriptors into the engine, before servers look for them.

    If that fails the index is published all the same: servers say so, and compare all
    descriptors for themselves until it is built again.

    Parameters
    ----------
    vectors : VectorStore
    generation : Generation
        Whole, and not live yet.
    kept : iterable of Generation
        All that are on this server, and may be in use.
    """
    others = {one.name: _ids_of(one) for one in kept if one.name != generation.name}
    descriptors = map_array(generation.path / DESCRIPTORS_FILE)
    model_id = generation.manifest.model_id
    ids = _ids_of(generation)
    try:
        vectors.put(
            StoredGeneration(generation.name, model_id, ids, descriptors), others
        )
    except NeighboursAwayError as error:
        logger.warning(
            "index %s is searched without the engine: %s; "
            "once it is there again, run: %s",
            generation.name,
            error,
            INDEX_COMMAND,
        )


def _ids_of(generation: Generation) -> list[str]:
    return list(ItemStore.open(generation.path / ITEMS_FOLDER).image_ids)
