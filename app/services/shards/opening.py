"""Opening of the way to shards that the settings name: the one place that does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.services.shards.engine import FeatureWorkers, ShardConnection

if TYPE_CHECKING:
    from app.services.shards.dask import DaskEngine

_kept: "dict[str, DaskEngine]" = {}


def open_shards(config: Mapping[str, Any]) -> ShardConnection | None:
    """Return the way to the shards, or None; nothing is asked yet.

    Parameters
    ----------
    config : mapping
        With the settings ``MORELLI_SHARDS_URL``, whose packages were looked for when
        it was read, and ``MORELLI_SHARDS_DEADLINE_MS``.
    """
    engine = _open_engine(config)
    if engine is None:
        return None
    return ShardConnection(engine, config["MORELLI_SHARDS_DEADLINE_MS"] / 1000)


def open_feature_workers(config: Mapping[str, Any]) -> FeatureWorkers | None:
    """Return the way to workers that compute features, or None; as `open_shards`."""
    engine = _open_engine(config)
    if engine is None:
        return None
    from app.services.shards.feature_workers import DaskFeatureWorkers

    return DaskFeatureWorkers(engine)


def _open_engine(config: Mapping[str, Any]) -> "DaskEngine | None":
    """Return the one connection of this process to a scheduler, for all threads."""
    url = config["MORELLI_SHARDS_URL"]
    if url and url not in _kept:
        # Only here: nobody else needs the package.
        from app.services.shards.dask import DaskEngine

        _kept[url] = DaskEngine(url)
    return _kept.get(url)
