import pytest

from app.models import Artwork
from app.services.words.numbers import has_number, works_by_number


def found(session, number, **options):
    works = works_by_number(session, number, 5, **options)
    return [work.accession for work in works]


@pytest.mark.parametrize("typed", ["1982.23/4", "1982 23 4", "1982-23-4 ", "1982234"])
def test_numbers_are_found_however_they_are_written(collection, typed):
    assert found(collection, typed) == ["1982.23/4", "1982.23/40"]


def test_what_begins_with_it_comes_after_the_number_itself(collection):
    assert found(collection, "1900") == ["1900.1", "1900.2"]
    assert found(collection, "im") == ["IM-0024"]
    assert found(collection, "") == found(collection, "/.") == []
    assert found(collection, "1982", room="Hall") == []


@pytest.mark.parametrize(
    "column",
    ["Audioguide", "Audio guide no.", "Stop", "Número de audioguía", "Führungsnummer"],
)
def test_numbers_of_a_gallery_guide_come_from_the_columns_of_the_museum(
    collection, column
):
    [work] = collection.query(Artwork).filter_by(accession="IM-0024")
    work.details = {column: "114", "Height": "115"}
    collection.commit()
    assert found(collection, "114") == ["IM-0024"]
    assert found(collection, "115") == []
    assert has_number(work, "114", collection)
    assert not has_number(work, "11", collection)
