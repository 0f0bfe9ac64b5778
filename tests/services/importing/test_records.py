import pytest

from app.services.collection.labels import COLUMNS
from app.services.importing.columns.formats import DETAILS
from app.services.importing.columns.made import number_from
from app.services.importing.columns.picture_cells import pictures_in
from app.services.importing.columns.reading import Reading, propose
from app.services.importing.records import (
    Record,
    read_records,
)
from app.services.importing.tables.reader import TableRow

READING = Reading(
    {"No": "accession", "Title": "title", "Bild": "image", "Note": DETAILS}
)


def read(reading=READING, **values):
    [record] = read_records([TableRow(2, values)], reading)
    return record


def test_fields_and_further_details_are_told_apart():
    record = read(No=" 7 ", Title=" Hare ", Bild="a.jpg", Note=" kept\nas it is ")
    assert (record.accession, record.label) == ("7", {"title": "Hare"})
    assert record.images == ["a.jpg"]
    assert record.details == {"Note": " kept\nas it is ", "Bild": "a.jpg"}
    assert Record.from_json(2, "7", record.to_json()) == record


def test_several_columns_may_make_one_field():
    reading = Reading({"No": "accession", "First": "artist", "Last": "artist"})
    assert read(reading, No="1", First="A", Last="B").label == {"artist": "A; B"}
    assert read(reading, No="1", First="", Last="B").label == {"artist": "B"}


@pytest.mark.parametrize(
    ("number", "code"), [("", "no_accession"), ("x" * 256, "long_accession")]
)
def test_a_row_needs_a_number_of_some_length(number, code):
    fault = read(No=number, Title="Hare").fault
    assert fault is not None
    assert fault.code == code


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", []),
        ("a, b.jpg", ["a, b.jpg"]),
        ("a.jpg|b.jpg\na.jpg", ["a.jpg", "b.jpg"]),
        ('[{"u": "http://x/1"}, {"u": "http://x/2"}]', ["http://x/1", "http://x/2"]),
        ('[{"image_url": "http://x/1"}, {"image_url": "http://x', ["http://x/1"]),
    ],
)
def test_pictures_of_a_cell(cell, names):
    assert pictures_in(cell) == names


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("http://www.wga.hu/html/p/palma/1/5apostle.html", "p/palma/1/5apostle"),
        ("https://x.org/Detail.aspx?item=92", "Detail?item=92"),
        ("pictures\\ge_001.jpg", "ge_001"),
        ("", ""),
    ],
)
def test_numbers_are_made_from_addresses_and_names(value, number):
    assert number_from(value) == number


def test_the_web_gallery_of_art_tells_where_its_pictures_are():
    reading = propose(
        [
            "AUTHOR",
            "BORN-DIED",
            "TITLE",
            "DATE",
            "TECHNIQUE",
            "LOCATION",
            "URL",
            "FORM",
            "TYPE",
            "SCHOOL",
            "TIMEFRAME",
        ]
    )
    record = read(reading, AUTHOR="GRECO, El", URL="http://w.hu/html/g/10.html")
    assert record.accession == "g/10"
    assert record.images == ["http://w.hu/art/g/10.jpg"]


def test_a_bad_moment_of_withdrawal_is_a_fault():
    reading = Reading({"accession": "accession", "withdrawn": "withdrawn"}, "ours")
    fault = read(reading, accession="1", withdrawn="yesterday").fault
    assert fault is not None
    assert fault.code == "no_date"
    assert (
        read(reading, accession="1", withdrawn="2026-01-02T03:04:05+00:00").fault
        is None
    )


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("Ship; dog", {"shows": "dog; ship"}),
        ("none", {"shows": "none"}),
        (" ", {"shows": ""}),
        (None, {}),
    ],
)
def test_what_a_work_is_stated_to_show_comes_with_our_own_export(cell, label):
    reading = propose([*COLUMNS, "shows", "withdrawn"])
    values = {"accession": "1", **({} if cell is None else {"shows": cell})}
    if cell is None:
        reading = propose([*COLUMNS, "withdrawn"])
    assert reading.format == "ours"
    record = read(reading, **values)
    assert record.fault is None
    assert {k: v for k, v in record.label.items() if k == "shows"} == label


def test_a_subject_that_there_is_none_of_is_a_fault():
    record = read(propose([*COLUMNS, "shows", "withdrawn"]), accession="1", shows="elf")
    assert record.fault is not None
    assert (record.fault.code, record.fault.facts) == ("no_subject", {"value": "elf"})


def test_another_museums_column_of_that_name_is_a_detail():
    record = read(propose(["Inv", "Shows"]), Inv="1", Shows="a hare")
    assert record.details == {"Shows (imported)": "a hare"}
    assert record.label == {}


def test_markup_in_a_cell_becomes_plain_text():
    record = read(
        No="1", Title="<em>Harbour</em> &amp; <i>fog</i>", Note="a<br>b &lt;c"
    )
    assert record.label["title"] == "Harbour & fog"
    assert record.details["Note"] == "a\nb <c"
    record = read(No="2", Title="<1900> R&D", Note=" a < b ")
    assert record.label["title"] == "<1900> R&D"
    assert record.details["Note"] == " a < b "


def test_values_that_a_system_joins_are_parted():
    columns = ("priref", "object_number", "title", "creator")
    row = TableRow(
        2, dict(zip(columns, ("1", "A 1", "Haven|Harbour", "Lind"), strict=True))
    )
    [record] = read_records([row], propose(columns))
    assert record.label["title"] == "Haven; Harbour"
