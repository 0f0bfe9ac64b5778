from typing import Any

import pytest
from sqlalchemy import JSON, Integer, Text, select
from sqlalchemy.types import TypeEngine

from app.extensions import db
from app.models.row_sets import number_set, row_set

TYPES: dict[str, TypeEngine[Any]] = {"id": Integer(), "said": Text(), "facts": JSON()}


@pytest.fixture
def connected(in_app):
    return db.session()


def test_rows_come_back_as_they_were_sent(connected):
    rows = [
        (2, 'Quotes "and" \\ slashes\nand lines', {"story@en": ["Hare", 1, None]}),
        (1, "Дюрер 🐇", {}),
        (3, None, {"nested": {"a": "true"}}),
    ]
    sent = row_set(connected, TYPES, rows)
    found = connected.execute(select(sent.c.id, sent.c.said, sent.c.facts))
    assert sorted(tuple(row) for row in found) == sorted(rows)


def test_of_no_rows_nothing_is_selected(connected):
    assert connected.execute(select(row_set(connected, TYPES, []).c.id)).all() == []
    numbers = number_set(connected, [5, 7])
    assert sorted(connected.scalars(select(numbers.c.id))) == [5, 7]
