"""Following of what another server made: the live index and the shown map."""

from app.configuration.load import Folders
from app.services.index.publishing import followed_indexes, published_indexes
from app.services.map.publishing import followed_maps, published_maps
from app.services.media.following import Follower
from app.services.media.opening import MediaStores


def follower_of(media: MediaStores, folders: Folders) -> Follower:
    """Return who follows for this process; where there is one server, nothing."""
    followed = []
    if indexes := published_indexes(media, folders):
        followed.append(followed_indexes(indexes))
    if maps := published_maps(media, folders):
        followed.append(followed_maps(maps))
    return Follower(followed)
