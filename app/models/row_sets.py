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
    if session.get_bind().dialect.name == "postgresql":
        named = [dict(zip(types, row, strict=True)) for row in rows]
        sent = bindparam(None, json.dumps(named), type_=Text())
        columns = (column(name, kind) for name, kind in types.items())
        told = func.json_to_recordset(cast(sent, JSON())).table_valued(*columns)
        return told.render_derived(with_types=True)
    sent = bindparam(None, json.dumps(rows), type_=Text())
    each = func.json_each(sent).table_valued("value")
    return select(
        *(
            type_coerce(func.json_extract(each.c.value, f"$[{at}]"), kind).label(name)
            for at, (name, kind) in enumerate(types.items())
        )
    ).subquery()


def number_set(session: Session, numbers: Sequence[int]) -> FromClause:
    """Return numbers as a set of rows of one column, ``id``."""
    return row_set(session, {"id": Integer()}, [(number,) for number in numbers])
