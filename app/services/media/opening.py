"""Opening of the media stores that the settings name: the one place that does."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.configuration.load import ConfigurationError, Folders
from app.retrieval.runtime.extras import Extra, install_command
from app.services.media.folder import FolderStore
from app.services.media.store import MediaStore

if TYPE_CHECKING:
    from app.services.media.s3 import Bucket

_kept: "dict[str, Bucket]" = {}
OF_FILES = (
    *("works", "queries", "comparisons", "evaluations", "imports", "site"),
    "recordings",
)
OF_FOLDERS = ("generations", "maps", "shards")
"""Fields of `MediaStores`; in a bucket they lie as in the instance folder."""


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
    site : MediaStore
        The museum's logo, and the icons made of it.
    recordings : MediaStore
        Audio and video of the works.
    generations, maps, shards : MediaStore or None
        Indexes and maps, for servers to fetch, and shards of indexes, for the workers
        that hold them; None where there is one server.
    """

    works: MediaStore
    queries: MediaStore
    comparisons: MediaStore
    evaluations: MediaStore
    imports: MediaStore
    site: MediaStore
    recordings: MediaStore
    generations: MediaStore | None = None
    maps: MediaStore | None = None
    shards: MediaStore | None = None


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
        roots = (getattr(folders, name) for name in OF_FILES)
        return MediaStores(*map(FolderStore, roots))
    try:
        # Only here: one machine needs no package for buckets.
        from app.services.media import s3
    except ImportError as error:
        command = install_command(Extra.CLUSTER)
        reason = f"its packages are not installed ({error}); run: {command}"
        raise ConfigurationError("MORELLI_MEDIA_URL", url, reason) from error
    # Made once, that all threads share its connections.
    bucket = _kept.setdefault(url, s3.Bucket(url))
    roots = (getattr(folders, name) for name in (*OF_FILES, *OF_FOLDERS))
    prefixes = (root.relative_to(folders.instance).as_posix() for root in roots)
    return MediaStores(*(s3.S3Store(bucket, prefix) for prefix in prefixes))
