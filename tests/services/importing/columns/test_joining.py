from io import BytesIO

import pytest

from app.services.importing.columns.finding import open_tables
from app.services.importing.columns.joining import JoinKey, find_key
from app.services.importing.columns.reading import propose
from app.services.importing.tables.choice import TableChoice
from app.services.importing.tables.faults import TableError
from app.services.importing.tables.opening import open_table

WORKS = "Inv No;Object ID;Title\nA.1;1;Hare\nA.2;2.0;Fox\n;3;Owl\n"
PICTURES = "object_id,file,sequence\n1,b.jpg,2\n1,a.jpg,1\n2,c.jpg,\n9,z.jpg,\n"
BY_NUMBER = "Inventory number;image\na.1;n.jpg\n"
TERMS = "term_id;object_id;term\n" + "1;1;a rather long term\n" * 90


def table_of(text):
    return open_table(lambda: BytesIO(text.encode()))


def opened(choice=None, **files):
    return open_tables(
        list(files), lambda name: BytesIO(files[name].encode()), choice or TableChoice()
    )


def test_pictures_are_joined_by_the_key_that_both_have():
    table = opened(works=WORKS, pictures=PICTURES, terms=TERMS)
    assert table.choice.pictures == "pictures"
    found = [row.values[table.columns[-1]] for row in table.rows()]
    assert found == ["a.jpg\nb.jpg", "c.jpg", ""]
    assert not any(row.remarks for row in table.rows())
    reading = propose(table.columns)
    assert reading.columns[table.columns[-1]] == "image"
    assert table.columns[-1] not in reading.details


def test_accession_numbers_join_too():
    key = find_key(table_of(WORKS), table_of(BY_NUMBER))
    assert key == JoinKey("Inv No", "Inventory number", "image")


def test_a_table_without_pictures_or_key_is_not_joined():
    assert find_key(table_of(WORKS), table_of(TERMS)) is None
    assert find_key(table_of(WORKS), table_of("No;file\nx;1.jpg\n")) is None


def test_the_tables_are_chosen_by_whoever_knows():
    files = {"works": WORKS, "pictures": PICTURES, "other": BY_NUMBER}
    none = opened(TableChoice(file="works", pictures="-"), **files)
    assert none.columns == ("Inv No", "Object ID", "Title")
    other = opened(TableChoice(file="works", pictures="other"), **files)
    assert [row.values[other.columns[-1]] for row in other.rows()] == ["n.jpg", "", ""]
    with pytest.raises(TableError, match="no table gone"):
        opened(TableChoice(file="gone"), **files)


def test_the_table_of_works_is_found_among_larger_ones():
    assert opened(terms=TERMS, works=WORKS).choice.file == "works"
