"""Vectors in Milvus: one collection for a model, one that names whole generations.

For tens of millions of images: it spreads a collection over many machines. It has no
transactions. So ids that are there already are asked for before any are put, which may
be done again at any time; a generation is named when all are there, indexed and found,
and is no more before the first of its rows is removed.

Facts about Milvus and its client that shape this module: it is the inner product of
unit vectors that is indexed, as a picture may have the descriptor zero; rows that are
not indexed yet are compared one by one, so the effort is measured when all are; the
client brings pandas, writes to the log, and reads a file ``.env`` unless it is told not
to.
"""

import logging
import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np

os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")

import grpc
from pymilvus import DataType, MilvusClient, MilvusException

from app.configuration.databases import mask_password
from app.retrieval.errors import NeighboursAwayError
from app.retrieval.types import FloatArray
from app.services.vectors.store import (
    PREFIX,
    REST_SECONDS,
    Patience,
    StoredGeneration,
    choose_effort,
    effort_for,
    not_there,
    table_of,
)

ANSWER_SECONDS = 5.0
"""For one request of a search."""
PUT_SECONDS = 600.0
"""For one request of putting."""
STUCK_SECONDS = 3600.0
"""After which an index that does not grow is not waited for; segments are large."""
INDEX_POLL_SECONDS = 0.5
KNOWN_SECONDS = 5.0
"""How long a generation that was there is taken to be there."""
EDGES, BUILD_EFFORT = 32, 128
MOST_EFFORT = 16_384
BATCH = 1000
ID_BYTES = 1100
"""An accession number of 255 letters, and a hash."""
GENERATIONS = "morelli_vector_generations"

# What it has to say is said by who asks.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


class MilvusStore:
    """Store in Milvus; see :mod:`app.services.vectors.store`.

    Parameters
    ----------
    url : str
        As the setting ``MORELLI_VECTORS_URL`` has it.
    rest_seconds : float
    """

    def __init__(self, url: str, *, rest_seconds: float = REST_SECONDS) -> None:
        self._parts = urlsplit(url)
        self._lock = threading.Lock()
        self._client: MilvusClient | None = None
        errors = (MilvusException, grpc.RpcError, grpc.FutureTimeoutError)
        self.patience = Patience(mask_password(url), errors, rest_seconds)

    @property
    def client(self) -> Any:
        """The client, made by whoever asks first: it does not survive a fork."""
        with self._lock:
            if self._client is None:
                parts = self._parts
                scheme = "https" if parts.scheme == "milvuss" else "http"
                user, password = unquote(parts.username or ""), parts.password or ""
                self._client = MilvusClient(
                    f"{scheme}://{parts.hostname}:{parts.port}",
                    user=user,
                    password=unquote(password),
                    db_name=parts.path.strip("/"),
                    timeout=ANSWER_SECONDS,
                )
            return self._client

    def put(
        self, generation: StoredGeneration, kept: Mapping[str, Collection[str]]
    ) -> None:
        """See :meth:`VectorStore.put`."""
        table = table_of(generation.model_id)
        with self.patience.asking():
            self._make_generations()
            if self.effort_of(generation.name) is not None:
                return
            self._forget_others({generation.name, *kept})
            self._fill(table, generation)
            wanted = set(generation.image_ids).union(*kept.values())
            self._remove_others(table, wanted)
        effort = choose_effort(
            generation,
            lambda effort: _MilvusNeighbours(self, table, None, effort),
            MOST_EFFORT,
        )
        row = {"name": generation.name, "model_id": generation.model_id}
        with self.patience.asking():
            self.client.upsert(
                GENERATIONS,
                [{**row, "effort": effort, "unused": [0.0, 1.0]}],
                timeout=PUT_SECONDS,
            )
            self.client.flush(GENERATIONS, timeout=PUT_SECONDS)

    def open(self, name: str, model_id: str) -> "_MilvusNeighbours":
        """See :meth:`VectorStore.open`."""
        return _MilvusNeighbours(self, table_of(model_id), name, None)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def effort_of(self, name: str) -> int | None:
        """Look up the effort of a generation; None if it is not there."""
        found = self.client.query(
            GENERATIONS,
            ids=[name],
            output_fields=["effort"],
            consistency_level="Strong",
            timeout=ANSWER_SECONDS,
        )
        return int(found[0]["effort"]) if found else None

    def _make_generations(self) -> None:
        if self.client.has_collection(GENERATIONS):
            return
        schema = self.client.create_schema(enable_dynamic_field=False)
        schema.add_field("name", DataType.VARCHAR, is_primary=True, max_length=64)
        schema.add_field("model_id", DataType.VARCHAR, max_length=64)
        schema.add_field("effort", DataType.INT64)
        # A collection must have a vector.
        schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)
        self.client.create_collection(
            GENERATIONS, schema=schema, timeout=PUT_SECONDS, consistency_level="Strong"
        )
        self._index(GENERATIONS, "unused", "FLAT", {})

    def _index(
        self, table: str, field: str, kind: str, params: Mapping[str, int]
    ) -> None:
        index = self.client.prepare_index_params()
        index.add_index(field, index_type=kind, metric_type="IP", params=params)
        self.client.create_index(table, index, timeout=PUT_SECONDS)
        self.client.load_collection(table, timeout=PUT_SECONDS)

    def _fill(self, table: str, generation: StoredGeneration) -> None:
        """Put the rows that are not there yet, and wait until all are indexed."""
        client, dimension = self.client, generation.descriptors.shape[1]
        if not client.has_collection(table):
            schema = client.create_schema(enable_dynamic_field=False)
            schema.add_field(
                "image_id", DataType.VARCHAR, is_primary=True, max_length=ID_BYTES
            )
            schema.add_field("descriptor", DataType.FLOAT_VECTOR, dim=dimension)
            client.create_collection(table, schema=schema, timeout=PUT_SECONDS)
        if not client.list_indexes(table):
            # Of a collection that was killed before; it is asked for its ids.
            params = {"M": EDGES, "efConstruction": BUILD_EFFORT}
            self._index(table, "descriptor", "HNSW", params)
        client.load_collection(table, timeout=PUT_SECONDS)
        there = set(self._ids_in(table))
        missing = (
            {"image_id": image_id, "descriptor": row.astype(np.float32)}
            for image_id, row in generation.lacking(there)
        )
        while rows := list(islice(missing, BATCH)):
            client.upsert(table, rows, timeout=PUT_SECONDS)
        client.flush(table, timeout=PUT_SECONDS)
        self._wait_for_index(table)

    def _wait_for_index(self, table: str) -> None:
        """Wait until all rows are indexed; give up when that does not go on."""
        before, end = -1, 0.0
        while True:
            index = self.client.describe_index(
                table, "descriptor", timeout=ANSWER_SECONDS
            )
            pending = int(index["pending_index_rows"])
            if not pending and index["state"] == "Finished":
                return
            if pending != before:
                before, end = pending, time.monotonic() + STUCK_SECONDS
            elif time.monotonic() > end:
                raise NeighboursAwayError(
                    f"{self.patience.what} does not index {pending} descriptors"
                )
            time.sleep(INDEX_POLL_SECONDS)

    def _ids_in(self, table: str) -> Iterator[str]:
        iterator = self.client.query_iterator(
            table,
            batch_size=BATCH,
            output_fields=["image_id"],
            consistency_level="Strong",
        )
        try:
            while rows := iterator.next():
                yield from (row["image_id"] for row in rows)
        finally:
            iterator.close()

    def _forget_others(self, names: Collection[str]) -> None:
        """Let no generation but these be there any more."""
        rows = self.client.query(
            GENERATIONS,
            filter="effort >= 0",
            output_fields=["name", "model_id"],
            consistency_level="Strong",
        )
        others = [row["name"] for row in rows if row["name"] not in names]
        if others:
            self.client.delete(GENERATIONS, ids=others, timeout=PUT_SECONDS)

    def _remove_others(self, table: str, wanted: Collection[str]) -> None:
        """Remove the rows of a model that are in no generation, and other models."""
        gone = (one for one in list(self._ids_in(table)) if one not in wanted)
        while ids := list(islice(gone, BATCH)):
            self.client.delete(table, ids=ids, timeout=PUT_SECONDS)
        rows = self.client.query(
            GENERATIONS,
            filter="effort >= 0",
            output_fields=["model_id"],
            consistency_level="Strong",
        )
        tables = {table, *(table_of(row["model_id"]) for row in rows)}
        for one in self.client.list_collections():
            if one.startswith(PREFIX) and one not in tables:
                self.client.drop_collection(one, timeout=PUT_SECONDS)


class _MilvusNeighbours:
    """Neighbours in a collection.

    Parameters
    ----------
    store : MilvusStore
    table : str
    name : str or None
        Generation that must be there as a whole; None while it is put there.
    effort : int or None
        None: the one that is written down.
    """

    def __init__(
        self, store: MilvusStore, table: str, name: str | None, effort: int | None
    ) -> None:
        self._store = store
        self._table = table
        self._name = name
        self._effort = effort
        self._known_until = 0.0

    def nearest(self, descriptor: FloatArray, count: int) -> Sequence[str]:
        """See :meth:`Neighbours.nearest`."""
        with self._store.patience.asking():
            # Milvus wants an effort of the count at least.
            effort = max(effort_for(self._known_effort(), count, MOST_EFFORT), count)
            [hits] = self._store.client.search(
                self._table,
                [descriptor],
                anns_field="descriptor",
                limit=count,
                # Milvus wants an effort of the count at least.
                search_params={
                    "metric_type": "IP",
                    "params": {"ef": max(effort, count)},
                },
                timeout=ANSWER_SECONDS,
            )
            return list(hits.ids)

    def check(self) -> None:
        """See :meth:`Neighbours.check`."""
        with self._store.patience.asking():
            self._known_until = 0.0
            self._known_effort()

    def _known_effort(self) -> int:
        if self._name is not None and time.monotonic() > self._known_until:
            try:
                self._effort = self._store.effort_of(self._name)
            except MilvusException as error:
                if "collection not found" not in str(error):
                    raise
                self._effort = None  # nothing was ever put there
            self._known_until = time.monotonic() + KNOWN_SECONDS
        if self._effort is None:
            self._known_until = 0.0
            raise not_there(self._name, self._store.patience.what)
        return self._effort
