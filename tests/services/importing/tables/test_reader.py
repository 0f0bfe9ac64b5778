from io import BytesIO

import pytest

from app.services.importing.tables.faults import TableError
from app.services.importing.tables.opening import open_table


def table_of(text, encoding="utf-8"):
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return open_table(lambda: BytesIO(data))


def test_letters_that_were_spoilt_before_are_said():
    spoilt = "No;Künstler\n1;Jörg Müller\n2;Ãlafur\n".encode().decode(
        "cp1252", "ignore"
    )
    first, *_ = table_of(spoilt).rows()
    [remark] = first.remarks
    assert remark.code == "garbled"
    assert "Jörg Müller" in str(remark)
    whole = "No;Künstler\n1;Jörg Müller\n2;Ãlafur Â ÅØ\n3;ÎÏÐÑ\n"
    assert [row.remarks for row in table_of(whole).rows()] == [(), (), ()]


def test_lines_and_repeated_values_of_filemaker_are_read_as_they_are_meant():
    table = table_of('"No","Title","Artist"\r"1","Harbour\x0bin fog","Lind\x1dBerg"\r')
    [row] = table.rows()
    assert row.values == {"No": "1", "Title": "Harbour\nin fog", "Artist": "Lind; Berg"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    text = separator.join(["No", "Title, or name" if separator != "," else "Title"])
    table = table_of(f"{text}\n" + separator.join(["1", "Hare"]))
    assert (table.choice.separator, len(table.columns)) == (separator, 2)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16", "utf-16-le"]
)
def test_accents_are_read_whoever_wrote_them(encoding):
    text = "No;Museum;Artist\n1;Musée d’Orsay;Dürer\n".replace(
        "’", "'" if encoding == "cp850" else "’"
    )
    table = table_of(text, encoding)
    [row] = table.rows()
    assert row.values["Artist"] == "Dürer"
    assert row.values["Museum"].startswith("Musée d")
    assert table.columns[0] == "No"


def test_accents_that_come_late_in_a_long_file_decide_too():
    rows = "".join(f"{number};{'x' * 90}\n" for number in range(2_000))
    table = table_of(f"No;Title\n{rows}7;G\u00e9rard\n", "cp1252")
    assert list(table.rows())[-1].values["Title"] == "Gérard"


def test_quoted_newlines_belong_to_their_cell_and_lines_are_counted():
    table = table_of('No,Note\n1,"a\nb|c"\n2,d\n')
    first, second = table.rows()
    assert first.values["Note"] == "a\nb|c"
    assert (first.line, second.line) == (2, 4)


def test_rows_that_cannot_be_read_are_named_and_the_rest_is_read():
    table = table_of('No,Title\n1,a,b\n2,"x"y\n3,\0\n\n4,fine\n')
    found = [(row.line, row.fault and row.fault.code) for row in table.rows()]
    assert found == [
        (2, "extra_fields"),
        (3, "broken_row"),
        (4, "zero_byte"),
        (6, None),
    ]


def test_bytes_that_are_no_text_are_named_with_their_column():
    data = "No,Title\n1,Dürer\n2,Müsée\n3,".encode() + b"\xe9\n"
    faults = [row.fault for row in table_of(data).rows() if row.fault]
    assert [(one.code, one.facts["column"]) for one in faults] == [
        ("not_text", "Title")
    ]


def test_columns_without_a_name_or_with_the_same_get_their_own():
    table = table_of("No,,Note,Note\n1,2,3,4\n")
    assert table.columns == ("No", "Column 2", "Note", "Note (column 4)")


@pytest.mark.parametrize("data", [b"", b"\n \n", b'"never closed'])
def test_what_is_no_table_is_refused(data):
    with pytest.raises(TableError):
        table_of(data)
