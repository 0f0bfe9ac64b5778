import datetime as dt
from io import BytesIO

import pytest

from app.services.importing.tables import workbook
from app.services.importing.tables.choice import TableChoice
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.opening import open_table
from tests.services.importing.tables.books import BLANK_END, ODS, ods, packed, xlsx

HEADER = ["No", "Title", "Year", "Acquired", "Height"]


def table_of(data, **choice):
    return open_table(lambda: BytesIO(data), TableChoice(**choice))


def rows_of(data, **choice):
    return [list(row.values.values()) for row in table_of(data, **choice).rows()]


def test_numbers_and_dates_are_as_the_sheet_shows_them():
    data = xlsx(
        [
            HEADER,
            [123, "Hare", 1890.0, dt.datetime(1990, 5, 3), 12.5],
            ["000124", "Fox", None, dt.datetime(1990, 5, 3, 12, 30), 0.1 + 0.2],
            [198000000123, True, 1891, None, None],
        ],
        formats={"A2": "000000"},
    )
    assert rows_of(data) == [
        ["000123", "Hare", "1890", "1990-05-03", "12.5"],
        ["000124", "Fox", "", "1990-05-03 12:30", "0.3"],
        ["198000000123", "TRUE", "1891", "", ""],
    ]


def test_decimals_that_a_sheet_shows_tell_works_apart():
    data = xlsx([HEADER, [1900.1], [1900.10], [12]], formats={"A3": "0.00"})
    assert [row[0] for row in rows_of(data)] == ["1900.1", "1900.10", "12"]
    cell = '<table:table-cell office:value-type="float" office:value="1900.1">'
    cells = "".join(
        f"{cell}<text:p>{text}</text:p></table:table-cell>"
        for text in ("1900,10", "1900.1", "1900.²")
    )
    head = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = "<table:table-row>{}</table:table-row>"
    heads = "".join(map(head.format, ("No", "Old", "Older")))
    rows = row.format(heads) + row.format(cells)
    data = ods(f'<table:table table:name="Works">{rows}</table:table>')
    assert rows_of(data) == [["1900.10", "1900.1", "1900.1"]]


def test_a_format_of_endless_decimals_is_no_way_to_write_a_number():
    data = xlsx([HEADER, [1900.1]], formats={"A2": "0." + "0" * 200})
    assert rows_of(data)[0][0] == "1900.1"


def test_signs_that_xml_does_not_hold_are_read_as_they_were_meant():
    data = xlsx([HEADER, ["1", "Hare_x000D_\nand Fox", "a_x0041_b"]])
    assert rows_of(data)[0][1:3] == ["Hare\nand Fox", "aAb"]
    # Signs of two halves, and half a one.
    data = xlsx([HEADER, ["1", "_xD83E__xDD8A_ Fox", "a_xD83E_b"]])
    assert rows_of(data)[0][1:3] == ["🦊 Fox", "a\N{REPLACEMENT CHARACTER}b"]


def test_what_a_formula_failed_to_say_is_not_blank_and_is_said():
    [row] = table_of(xlsx([HEADER, ["1", "#REF!", 1890, "########", "#12"]])).rows()
    assert row.values == {"No": "1", "Year": "1890", "Height": "#12"}
    assert [remark.code for remark in row.remarks] == ["cell_error", "cell_error"]


def test_sheets_are_chosen_and_hidden_ones_are_not_offered():
    other = [["Nr", "Titel"], ["7", "Hase"]]
    data = xlsx([HEADER, ["1"]], hidden={"Old"}, more={"Old": other, "New": other})
    assert table_of(data).sheets == ("Works", "New")
    assert rows_of(data, sheet="New") == [["7", "Hase"]]
    with pytest.raises(TableError, match="no sheet Gone"):
        table_of(data, sheet="Gone")


def test_the_header_is_found_below_lines_of_a_report():
    data = xlsx([["Object list"], ["Printed"], [], HEADER, ["1", "Hare"]])
    table = table_of(data)
    assert (table.choice.header_line, table.is_report) == (4, True)
    assert [row.line for row in table.rows()] == [5]


def test_a_row_that_is_short_in_the_file_is_blank_in_the_sheet():
    [row] = table_of(xlsx([HEADER, ["1", "Hare"]])).rows()
    assert row.values["Height"] == ""
    assert row.remarks == ()


def test_sheets_of_libreoffice_are_read():
    cell = (
        '<table:table-cell office:value-type="{}"{}><text:p>{}</text:p>{}'
        "</table:table-cell>"
    )
    row = "<table:table-row{}>{}</table:table-row>"
    header = "".join(
        cell.format("string", "", name, "") for name in ("No", "A", "B", "Made", "Note")
    )
    values = (
        cell.format("float", ' office:value="12"', "0012", "")
        + cell.format("string", ' table:number-columns-repeated="2"', "x", "")
        + cell.format("date", ' office:date-value="1990-05-03"', "03.05.90", "")
        + cell.format("string", "", "one", "<text:p>two</text:p>")
    )
    rows = row.format("", header) + row.format(
        ' table:number-rows-repeated="2"', values
    )
    sheet = f'<table:table table:name="Works">{rows}{BLANK_END}</table:table>'
    old = '<table:table table:name="Old" table:style-name="gone"></table:table>'
    table = table_of(ods(old + sheet))
    assert table.sheets == ("Works",)
    assert [(row.line, list(row.values.values())) for row in table.rows()] == [
        (2, ["0012", "x", "x", "1990-05-03", "one\ntwo"]),
        (3, ["0012", "x", "x", "1990-05-03", "one\ntwo"]),
    ]


@pytest.mark.parametrize("times", ["16384", "99999999"])
def test_cells_that_are_repeated_without_end_are_refused(times):
    row = (
        f'<table:table-row><table:table-cell table:number-columns-repeated="{times}">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )
    with pytest.raises(TableError, match="too wide"):
        table_of(ods(f'<table:table table:name="T">{row}</table:table>'))


def test_a_workbook_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_BYTES", 10_000)
    with pytest.raises(TableError, match="too much"):
        table_of(xlsx([HEADER, ["x" * 20_000]]))


def test_entities_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + ODS
    with pytest.raises(TableError, match="damaged"):
        table_of(ods('<table:table table:name="T"/>', bomb))


def test_a_damaged_workbook_and_other_documents_are_named():
    data = packed({"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<x/>"})
    with pytest.raises(TableError, match="damaged"):
        table_of(data)
    with pytest.raises(TableError, match="document"):
        table_of(packed({"word/document.xml": "<x/>"}))
