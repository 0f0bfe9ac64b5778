from io import BytesIO

import pytest

from app.services.importing.columns.finding import open_likeliest
from app.services.importing.tables.choice import TableChoice
from app.services.importing.tables.faults import TableError
from tests.services.importing.tables.books import xlsx

WORKS = [["Inv.-Nr.", "Titel"], ["KG 1", "Hof"]]
COVER = [["Inventory"], ["as of 2020"]]


def opened(data, **choice):
    return open_likeliest(lambda: BytesIO(data), TableChoice(**choice))


@pytest.mark.parametrize("first", [COVER, [], [["Notes"]]])
def test_the_sheet_that_tells_of_works_is_taken(first):
    data = xlsx(first, more={"Objects": WORKS, "Lists": [["Type"], ["Painting"]]})
    table = opened(data)
    assert table.choice.sheet == "Objects"
    assert table.columns == ("Inv.-Nr.", "Titel")


def test_of_sheets_that_tell_as_much_the_first_is_taken():
    assert opened(xlsx(WORKS, more={"Old": WORKS})).choice.sheet == "Works"
    assert opened(xlsx(COVER, more={"Old": COVER})).choice.sheet == "Works"


def test_a_sheet_that_is_chosen_is_taken():
    data = xlsx(COVER, more={"Objects": WORKS})
    assert opened(data, sheet="Works").choice.sheet == "Works"


def test_a_workbook_without_any_row_is_named():
    with pytest.raises(TableError, match="empty"):
        opened(xlsx([], more={"Objects": []}))
