"""What a view needs of the application that it runs in."""

from typing import cast

from flask import current_app

from app.config import Folders
from app.services.search import SearchService

SEARCH = "morelli.search"
"""Key of the search service among the application's extensions."""


def search_service() -> SearchService:
    """Return the application's search service."""
    return cast(SearchService, current_app.extensions[SEARCH])


def folders() -> Folders:
    """Return where the instance keeps its files."""
    return Folders(current_app.config["MORELLI_INSTANCE"])


def search_rate() -> str:
    """Return how many searches one network address may ask for."""
    return str(current_app.config["MORELLI_SEARCH_RATE"])
