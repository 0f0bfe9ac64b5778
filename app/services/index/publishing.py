"""Publishing of indexes to all servers, where there are several."""

from app.configuration.load import Folders
from app.retrieval.generations.registry import KEPT_GENERATIONS, GenerationRegistry
from app.services.media.following import Followed
from app.services.media.opening import MediaStores
from app.services.media.published import Kind, Published


def published_indexes(media: MediaStores, folders: Folders) -> Published | None:
    """Return the indexes that all servers share; None where there is one server."""
    if media.generations is None:
        return None
    return Published(
        Kind.INDEX, media.generations, folders.generations, KEPT_GENERATIONS
    )


def followed_indexes(published: Published) -> Followed:
    """Return how this server follows them: as if it were told to roll back."""
    registry = GenerationRegistry(published.root)
    return Followed(published, registry.current_name, registry.roll_back)
