"""Publishing of maps to all servers, where there are several."""

from app.configuration.load import Folders
from app.services.map.registry import KEPT_MAPS, MapError, MapRegistry
from app.services.media.following import Followed
from app.services.media.opening import MediaStores
from app.services.media.published import Kind, Published


def published_maps(media: MediaStores, folders: Folders) -> Published | None:
    """Return the maps that all servers share; None where there is one server."""
    if media.maps is None:
        return None
    return Published(Kind.MAP, media.maps, folders.maps, KEPT_MAPS)


def followed_maps(published: Published) -> Followed:
    """Return how this server follows them."""
    registry = MapRegistry(published.root)

    def shown() -> str | None:
        stored = registry.current()
        return stored.name if stored else None

    def show(name: str) -> None:
        stored = registry.find(name)
        if stored is None or not stored.is_whole:
            raise MapError(f"The map {name} is not whole.")
        registry.show(stored)

    return Followed(published, shown, show)
