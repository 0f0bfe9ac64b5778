"""Holding of a shard by a worker: from its own disk, fetched there if need be."""

import time
from collections.abc import Mapping

from app.configuration.load import Folders, read_settings
from app.retrieval.errors import (
    DamagedArtefactError,
    IncompatibleArtefactError,
    MissingArtefactError,
)
from app.retrieval.gallery.gallery import Gallery
from app.retrieval.generations.manifest import Manifest
from app.retrieval.local.vocabulary import Vocabulary
from app.retrieval.model import VOCABULARY_FILE, model_id_of
from app.retrieval.runtime.place import INDEX_COMMAND
from app.services.media.opening import MediaStores, open_stores
from app.services.media.published import Kind, Published

LOOK_SECONDS = 0.5


def published_shards(media: MediaStores, folders: Folders) -> Published | None:
    """Return the shards that all machines fetch; None where there is one machine."""
    if media.shards is None:
        return None
    return Published(Kind.SHARD, media.shards, folders.shards, kept=0)


def open_shard(environ: Mapping[str, str], name: str) -> Gallery:
    """Open a shard as the settings of this machine say.

    Parameters
    ----------
    environ : mapping of str to str
        With the settings ``MORELLI_…`` of this machine.
    name : str
        Of its folder below ``shards/`` of the instance folder, where it is fetched to
        from the bucket unless it is there.

    Raises
    ------
    ConfigurationError
        If a setting cannot be used.
    ArtefactError
        If the shard is not to be had, or cannot be used with this machine's model.
    StorageAwayError
        If the bucket does not answer.
    """
    values = read_settings(environ)
    folders = Folders(values["MORELLI_INSTANCE"])
    path = folders.shards / name
    media = open_stores(values["MORELLI_MEDIA_URL"], folders)
    published = published_shards(media, folders)
    try:
        # Another worker of this machine may be at it.
        while not path.exists() and published and not published.fetch(name):
            time.sleep(LOOK_SECONDS)
    except FileNotFoundError as error:
        raise MissingArtefactError(path, INDEX_COMMAND) from error
    manifest = Manifest.read(path)
    mine = model_id_of(values["MORELLI_MODEL"])
    if manifest.model_id != mine:
        raise IncompatibleArtefactError(
            path, f"model {mine}", f"model {manifest.model_id}", INDEX_COMMAND
        )
    manifest.check_lengths(path)
    vocabulary = Vocabulary.load(values["MORELLI_MODEL"] / VOCABULARY_FILE)
    try:
        return Gallery.open(path, vocabulary)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DamagedArtefactError(path, str(error), INDEX_COMMAND) from error
