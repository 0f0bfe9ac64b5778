"""Sets of rows, sent to the database as one JSON document.

One statement that reads such a set writes thousands of rows at once: a statement of its
own for each takes many times as long, most of all where the database is another
process.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine


def row_set(
    session: Session,
    types: Mapping[str, TypeEngine[Any]],
    rows: Sequence[Sequence[Any]],
) -> FromClause:
    """Return rows as something that a statement selects from.

    Parameters
    ----------
    types : mapping of str to TypeEngine
        Of the columns, by their names: text, numbers, JSON.
    rows : sequence of sequence
        Values in the order of the columns. No moments: JSON knows none.
    """
    documents = [name for name, kind in types.items() if isinstance(kind, JSON)]
    if session.get_bind().dialect.name == "postgresql":
        sent = bindparam(None, _written(types, rows, ()), type_=Text())
        columns = (column(name, kind) for name, kind in types.items())
        told = func.json_to_recordset(cast(sent, JSON())).table_valued(*columns)
        return told.render_derived(with_types=True)
    # SQLite keeps documents as text: they come as we write them, in one piece.
    sent = bindparam(None, _written(types, rows, documents), type_=Text())
    each = func.json_each(sent).table_valued("value")
    return select(
        *(
            type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind).label(name)
            for name, kind in types.items()
        )
    ).subquery()


def number_set(session: Session, numbers: Sequence[int]) -> FromClause:
    """Return numbers as a set of rows of one column, ``id``."""
    return row_set(session, {"id": Integer()}, [(number,) for number in numbers])


def _written(
    types: Mapping[str, TypeEngine[Any]],
    rows: Sequence[Sequence[Any]],
    documents: Sequence[str],
) -> str:
    names = tuple(types)
    written = [dict(zip(names, row, strict=True)) for row in rows]
    for name in documents:
        for one in written:
            one[name] = json.dumps(one[name])
    return json.dumps(written, ensure_ascii=False)
