"""Opening of the way to shards that the settings name: the one place that does."""

from collections.abc import Mapping
from typing import Any

from app.services.shards.engine import ShardConnection

_kept: dict[str, ShardConnection] = {}


def open_shards(config: Mapping[str, Any]) -> ShardConnection | None:
    """Return the way to the shards, or None; nothing is asked yet.

    Parameters
    ----------
    config : mapping
        With the settings ``MORELLI_SHARDS_URL``, whose packages were looked for when
        it was read, and ``MORELLI_SHARDS_DEADLINE_MS``.
    """
    url = config["MORELLI_SHARDS_URL"]
    if url and url not in _kept:
        # Only here: nobody else needs the package.
        from app.services.shards.dask import DaskEngine

        # Made once, that all threads share its connection.
        seconds = config["MORELLI_SHARDS_DEADLINE_MS"] / 1000
        _kept[url] = ShardConnection(DaskEngine(url), seconds)
    return _kept.get(url)
