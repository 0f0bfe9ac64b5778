"""Services, folders and limits of the present application, for views."""

from typing import cast

from flask import current_app

from app.configuration import load
from app.configuration.load import Folders
from app.retrieval.settings import ImageSettings
from app.services.collection.tiles import TileCache
from app.services.index.live import LiveIndex
from app.services.map.reading import MapReader
from app.services.media.opening import MediaStores, open_stores
from app.services.search.service import SearchService
from app.services.system.links.fetching import LinkReader
from app.services.words.vocabulary import LabelVocabulary

INDEX = "morelli.index"
"""Key of the live index among the application's extensions."""
SEARCH = "morelli.search"
"""Key of the search service among the application's extensions."""
LINKS = "morelli.links"
"""Key of what fetches pictures by their address; None where that is switched off."""
WORDS = "morelli.words"
"""Key of the vocabulary among the application's extensions."""
MAP = "morelli.map"
"""Key of what reads the map of the collection."""
TILES = "morelli.tiles"
"""Key of the derivatives of works' pictures that are kept."""


def search_service() -> SearchService:
    """Return the application's search service."""
    return cast(SearchService, current_app.extensions[SEARCH])


def live_index() -> LiveIndex:
    """Return the application's live index."""
    return cast(LiveIndex, current_app.extensions[INDEX])


def link_reader() -> LinkReader | None:
    """Return what fetches pictures by their address, unless that is switched off."""
    return cast(LinkReader | None, current_app.extensions[LINKS])


def map_reader() -> MapReader:
    """Return what reads the map of the collection."""
    return cast(MapReader, current_app.extensions[MAP])


def vocabulary() -> LabelVocabulary:
    """Return the words of all labels."""
    return cast(LabelVocabulary, current_app.extensions[WORDS])


def tile_cache() -> TileCache:
    """Return the derivatives of works' pictures that are kept."""
    return cast(TileCache, current_app.extensions[TILES])


def folders() -> Folders:
    """Return where the instance keeps its files."""
    return Folders(current_app.config["MORELLI_INSTANCE"])


def media() -> MediaStores:
    """Return where pictures, photos and what else all servers share are."""
    return open_stores(current_app.config["MORELLI_MEDIA_URL"], folders())


def image_settings() -> ImageSettings:
    """Return what is accepted as a photo."""
    return load.image_settings(current_app.config)


def viewfinder_rate() -> str:
    """Return how many frames of viewfinders one network address may ask for."""
    return str(current_app.config["MORELLI_VIEWFINDER_RATE"])


def search_rate() -> str:
    """Return how many searches one network address may ask for."""
    return str(current_app.config["MORELLI_SEARCH_RATE"])
