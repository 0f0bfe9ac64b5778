"""Opening of the media stores that the settings name: the one place that does."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from app.configuration.load import ConfigurationError, Folders
from app.services.media.folder import FolderStore
from app.services.media.store import MediaStore

if TYPE_CHECKING:
    from app.services.media.s3 import Connection

_kept: "dict[str, Connection]" = {}
CLUSTER_PACKAGES = "requirements-cluster.txt"


@dataclass(frozen=True, slots=True)
class MediaStores:
    """Media stores of an instance, by what is in them.

    Attributes
    ----------
    works : MediaStore
        Pictures of the works.
    queries : MediaStore
        Photos that visitors asked about.
    comparisons : MediaStore
        Comparisons of methods with their photos, for a day.
    evaluations : MediaStore
        Photos of evaluations, and ZIP files that wait for theirs.
    imports : MediaStore
        Catalogues that were sent to be imported, until they are.
    """

    works: MediaStore
    queries: MediaStore
    comparisons: MediaStore
    evaluations: MediaStore
    imports: MediaStore


def open_stores(url: str, folders: Folders) -> MediaStores:
    """Return the stores; nothing is asked of them yet.

    Parameters
    ----------
    url : str
        The setting ``MORELLI_MEDIA_URL``; empty: folders of the instance.

    Raises
    ------
    ConfigurationError
        If the packages for a bucket are not installed.
    """
    if not url:
        return MediaStores(*(FolderStore(root) for root in _roots(folders)))
    try:
        # Only here: one machine needs no package for buckets.
        from app.services.media import s3
    except ImportError as error:
        reason = f"it needs the packages of {CLUSTER_PACKAGES} ({error})"
        raise ConfigurationError("MORELLI_MEDIA_URL", url, reason) from error
    # Made once, that all threads share its open connections.
    connection = _kept.setdefault(url, s3.Connection(url))
    prefixes = (root.relative_to(folders.instance) for root in _roots(folders))
    return MediaStores(*(s3.S3Store(connection, one.as_posix()) for one in prefixes))


def _roots(folders: Folders) -> Iterator[Path]:
    return (getattr(folders, one.name) for one in fields(MediaStores))
