import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.collection.spreadsheets import (
    ACTIVE,
    inert,
    is_changed,
    original,
    preserved,
)


def as_a_spreadsheet_would(cell):
    """Return what Excel writes of a cell, as far as numbers go."""
    try:
        return f"{float(cell.strip().replace(',', '')):.11G}"
    except ValueError:
        return cell


@given(st.text())
def test_an_inert_cell_is_text_and_can_be_taken_back(value):
    for cell in (inert(value), preserved(value)):
        assert not cell.startswith(ACTIVE)
        assert original(cell) == value


@given(st.text(alphabet="0123456789.,-+eE% ", max_size=20))
def test_numbers_come_back_as_they_were(value):
    assert original(as_a_spreadsheet_would(preserved(value))) == value


@pytest.mark.parametrize(
    "value",
    [
        *("000123", "1900.10", "1982.23/4", "1/2", "1-2", "12.05.1890", "1e5", "2E10"),
        *("198000000000", "12:30", "5 %", "(12)", "1,000", "€ 5", "TRUE", "wahr"),
        *("May 1890", "12. Mai 1890", "mars 1890", "-550", "=A1", "'x", "1890-05-12"),
    ],
)
def test_what_a_spreadsheet_would_change_is_made_inert(value):
    assert is_changed(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", "1650", "0", "WA-0001", "IM-0024", "c. 1650", "1650–55", "17th century"),
        *(
            "Landscape 7",
            "Room 12",
            "May",
            "a7/a7c5.jpg",
            "1890s",
            "Truth",
            "12 May Day",
        ),
    ],
)
def test_everything_else_stays(value):
    assert preserved(value) == value
