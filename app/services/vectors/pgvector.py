"""Vectors in PostgreSQL with pgvector: one table for a model, an HNSW index over it.

Facts about pgvector 0.8 that shape this module: an index by cosine leaves out the
descriptor zero, which a picture may have, so it is the inner product of unit vectors
that is indexed; an index scan inspects at most 1,000 rows (``hnsw.ef_search``) unless
it is iterative, and then goes on until it has the rows that were asked for; making,
filling and indexing a table are one transaction, so whatever dies in it leaves nothing.
"""

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from app.configuration.databases import mask_password
from app.retrieval.types import FloatArray, VectorArray
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

CONNECT_SECONDS = 2
ANSWER_MS = 5000
"""For a search; an engine that takes longer is away."""
EDGES, BUILD_EFFORT = 32, 64
"""Of a row in the HNSW index, and rows inspected for them: descriptors are whitened,
near to nothing but their own kind, and with pgvector's 16 edges 44,000 rows are found
60 % of at an effort where 32 find 77 %."""
MOST_EF = 1000
"""What pgvector takes as ``hnsw.ef_search``."""
MOST_EFFORT = 20_000
BATCH = 1000
LOCK = 6_013_205
"""Advisory lock of who puts a generation."""
NO_TABLE = "42P01"
"""SQLSTATE of a table that does not exist."""
GENERATIONS = "morelli_vector_generations"
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_END = struct.pack(">h", -1)


class PgVectorStore:
    """Store in a PostgreSQL database; see :class:`~app.services.vectors.store`.

    Parameters
    ----------
    url : str
        As the setting ``MORELLI_VECTORS_URL`` has it.
    rest_seconds : float
    """

    def __init__(self, url: str, *, rest_seconds: float = REST_SECONDS) -> None:
        self._engine: Engine = create_engine(
            make_url(url),
            pool_size=2,
            max_overflow=6,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "morelli vectors",
                # A prepared one would be planned for any limit, without the index.
                "prepare_threshold": None,
            },
        )
        dbapi: Any = self._engine.dialect.dbapi
        self.patience = Patience(
            # What is copied is sent by the driver itself.
            mask_password(url),
            (SQLAlchemyError, dbapi.Error),
            rest_seconds,
        )

    def put(
        self, generation: StoredGeneration, kept: Mapping[str, Collection[str]]
    ) -> None:
        """See :meth:`VectorStore.put`; one transaction for all but the measurement."""
        with self.patience.asking():
            if self._effort_of(generation.name) is not None:
                return
            with self._engine.begin() as connection:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                _make_tables(connection, generation)
                _fill(connection, generation)
                _remove_others(connection, generation, kept)
        table = table_of(generation.model_id)
        effort = choose_effort(
            generation,
            lambda effort: _PgNeighbours(self, table, None, effort),
            MOST_EFFORT,
        )
        with self.patience.asking(), self._engine.begin() as known:
            known.execute(
                text(
                    f"INSERT INTO {GENERATIONS} (name, model_id, effort)"  # noqa: S608 - our own names
                    " VALUES (:name, :model_id, :effort) ON CONFLICT (name)"
                    " DO UPDATE SET effort = excluded.effort"
                ),
                {
                    "name": generation.name,
                    "model_id": generation.model_id,
                    "effort": effort,
                },
            )

    def open(self, name: str, model_id: str) -> "_PgNeighbours":
        """See :meth:`VectorStore.open`."""
        return _PgNeighbours(self, table_of(model_id), name, None)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _effort_of(self, name: str) -> int | None:
        """Look up the effort of a generation; None if it is not there."""
        with self._engine.connect() as connection:
            is_made = text("SELECT to_regclass(:name) IS NOT NULL")
            if not connection.scalar(is_made, {"name": GENERATIONS}):
                return None
            found = text(f"SELECT effort FROM {GENERATIONS} WHERE name = :name")  # noqa: S608 - our own name
            effort: int | None = connection.scalar(found, {"name": name})
            return effort


class _PgNeighbours:
    """Neighbours in a table.

    Parameters
    ----------
    store : PgVectorStore
    table : str
    name : str or None
        Generation that must be there as a whole; None while it is put there.
    effort : int or None
        None: the one that is written down.
    """

    def __init__(
        self, store: PgVectorStore, table: str, name: str | None, effort: int | None
    ) -> None:
        self._store = store
        self._table = table
        self._name = name
        self._effort = effort

    def nearest(self, descriptor: FloatArray, count: int) -> Sequence[str]:
        """See :meth:`Neighbours.nearest`."""
        store = self._store
        with (
            store.patience.asking(),
            store._engine.begin() as connection,
        ):
            effort = effort_for(self._effort_in(connection), count, MOST_EFFORT)
            found = connection.execute(
                text(
                    # Inside, rows come in about the right order.
                    "WITH near AS MATERIALIZED (SELECT image_id, descriptor <#> "  # noqa: S608 - our own name
                    f"CAST(:descriptor AS halfvec) AS apart FROM {self._table} "
                    "ORDER BY apart LIMIT :effort) "
                    # Sorted as it is, no more rows than the count would be fetched.
                    "SELECT image_id FROM near ORDER BY apart + 0 LIMIT :count"
                ),
                {
                    "descriptor": _text_of(descriptor),
                    "effort": effort if effort > MOST_EF else count,
                    "count": count,
                },
            )
            return list(found.scalars())

    def check(self) -> None:
        """See :meth:`Neighbours.check`."""
        store = self._store
        with (
            store.patience.asking(),
            store._engine.begin() as connection,
        ):
            self._effort_in(connection)

    def _effort_in(self, connection: Connection) -> int:
        """Prepare a transaction for searching; return the effort.

        One statement, that a search is two trips.
        """
        written = (
            f"(SELECT effort FROM {GENERATIONS} WHERE name = :name)"  # noqa: S608 - our own name
            if self._effort is None
            else "CAST(:effort AS integer)"
        )
        statement = text(
            f"SELECT effort FROM (SELECT {written} AS effort) AS one, LATERAL ("  # noqa: S608 - our own name
            " SELECT set_config('hnsw.ef_search',"
            f"  least(coalesce(effort, 1), {MOST_EF})::text, true),"
            " set_config('hnsw.iterative_scan', 'relaxed_order', true),"
            " set_config('hnsw.max_scan_tuples', '2000000000', true),"
            " set_config('hnsw.scan_mem_multiplier', '16', true),"
            f" set_config('statement_timeout', '{ANSWER_MS}', true)) AS set"
        )
        try:
            effort = connection.scalar(
                statement, {"name": self._name, "effort": self._effort}
            )
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != NO_TABLE:
                raise
            effort = None  # nothing was ever put there
        if effort is None:
            raise not_there(self._name, self._store.patience.what)
        return int(effort)


def _make_tables(connection: Connection, generation: StoredGeneration) -> None:
    dimension = generation.descriptors.shape[1]
    table = table_of(generation.model_id)
    for statement in (
        "CREATE EXTENSION IF NOT EXISTS vector",
        f"CREATE TABLE IF NOT EXISTS {GENERATIONS} (name text PRIMARY KEY,"
        " model_id text NOT NULL, effort integer NOT NULL)",
        f"CREATE TABLE IF NOT EXISTS {table} (image_id text PRIMARY KEY,"
        f" descriptor halfvec({dimension}) NOT NULL)",
    ):
        connection.execute(text(statement))


def _fill(connection: Connection, generation: StoredGeneration) -> None:
    """Add the rows that are not there yet, then index them if it is the first time."""
    table = table_of(generation.model_id)
    _list_ids(connection, "wanted", generation.image_ids)
    known = text(f"SELECT image_id FROM {table} JOIN wanted USING (image_id)")  # noqa: S608 - our own name
    there = set(connection.scalars(known))
    _copy(
        connection,
        f"{table} (image_id, descriptor)",
        _packed(generation.lacking(there)),
    )
    connection.execute(
        text(
            f"CREATE INDEX IF NOT EXISTS {table}_nearest ON {table} USING hnsw"
            f" (descriptor halfvec_ip_ops)"
            f" WITH (m = {EDGES}, ef_construction = {BUILD_EFFORT})"
        )
    )
    connection.execute(text(f"ANALYZE {table}"))


def _remove_others(
    connection: Connection,
    generation: StoredGeneration,
    kept: Mapping[str, Collection[str]],
) -> None:
    """Forget generations that are not kept, and what is only theirs."""
    table = table_of(generation.model_id)
    connection.execute(
        text(f"DELETE FROM {GENERATIONS} WHERE NOT name = ANY(:names)"),  # noqa: S608 - our own name
        {"names": [generation.name, *kept]},
    )
    for ids in kept.values():
        _list_ids(connection, "wanted", ids)
    connection.execute(
        text(
            f"DELETE FROM {table} WHERE NOT EXISTS"  # noqa: S608 - our own name
            f" (SELECT FROM wanted WHERE wanted.image_id = {table}.image_id)"
        )
    )
    connection.execute(text("DROP TABLE wanted"))
    in_use = connection.scalars(text(f"SELECT DISTINCT model_id FROM {GENERATIONS}"))  # noqa: S608 - our own name
    tables = {table, *map(table_of, in_use)}
    made = connection.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    )
    for one in made:
        if one.startswith(PREFIX) and one not in tables:
            connection.execute(text(f'DROP TABLE "{one}"'))


def _list_ids(connection: Connection, table: str, ids: Iterable[str]) -> None:
    """Add ids to a table that lasts as long as the transaction."""
    connection.execute(
        text(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} (image_id text)"
            " ON COMMIT DROP"
        )
    )
    _copy(connection, table, (_field(one.encode(), columns=1) for one in ids))
    connection.execute(text(f"ANALYZE {table}"))


def _copy(connection: Connection, target: str, rows: Iterable[bytes]) -> None:
    """Send rows in PostgreSQL's binary form."""
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {target} FROM STDIN (FORMAT binary)"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_HEADER)
        packed = iter(rows)
        while some := b"".join(islice(packed, BATCH)):
            copy.write(some)
        copy.write(_END)


def _packed(rows: Iterable[tuple[str, VectorArray]]) -> Iterator[bytes]:
    """Rows of id and descriptor: a halfvec is its length, zero, and its numbers."""
    for image_id, row in rows:
        numbers = row.astype(">f2").tobytes()
        length = struct.pack(">ihh", 4 + len(numbers), len(row), 0)
        yield _field(image_id.encode(), columns=2) + length + numbers


def _field(data: bytes, *, columns: int) -> bytes:
    return struct.pack(">hi", columns, len(data)) + data


def _text_of(descriptor: FloatArray) -> str:
    return f"[{','.join(map(str, descriptor.astype(np.float16).tolist()))}]"
