"""Opening of the vector store that the settings name: the one place that does."""

from app.configuration.load import ConfigurationError
from app.retrieval.runtime.extras import Extra, install_command
from app.services.vectors.store import VectorStore

SETTING = "MORELLI_VECTORS_URL"

_kept: dict[str, VectorStore] = {}


def open_vectors(url: str) -> VectorStore | None:
    """Return the vector store; nothing is asked of it yet.

    Parameters
    ----------
    url : str
        The setting ``MORELLI_VECTORS_URL``; empty: none, an index finds by itself.

    Raises
    ------
    ConfigurationError
        If the packages for it are not installed.
    """
    # Made once, that all threads share its connections.
    if url and url not in _kept:
        try:
            _kept[url] = _make(url)
        except ImportError as error:
            command = install_command(Extra.CLUSTER)
            reason = f"its packages are not installed ({error}); run: {command}"
            raise ConfigurationError(SETTING, url, reason) from error
    return _kept.get(url)


def _make(url: str) -> VectorStore:
    # Only here: whoever uses the one needs no package of the other.
    if url.startswith("milvus"):
        from app.services.vectors.milvus import MilvusStore

        return MilvusStore(url)
    from app.services.vectors.pgvector import PgVectorStore

    return PgVectorStore(url)
