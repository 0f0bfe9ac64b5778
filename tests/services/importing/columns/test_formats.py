import pytest

from app.services.collection.labels import COLUMNS
from app.services.importing.columns.formats import DETAILS
from app.services.importing.columns.reading import Reading, columns_hash, propose

HEADERS = {
    "wga": "AUTHOR;BORN-DIED;TITLE;DATE;TECHNIQUE;LOCATION;URL;FORM;TYPE;SCHOOL;"
    "TIMEFRAME",
    "moma": "Title;Artist;ConstituentID;ArtistBio;Nationality;BeginDate;EndDate;Gender;"
    "Date;Medium;Dimensions;CreditLine;AccessionNumber;Classification;Department;"
    "DateAcquired;Cataloged;ObjectID;URL;ImageURL;OnView",
    "met": "Object Number;Is Highlight;Object ID;Gallery Number;Department;Title;"
    "Culture;Artist Display Name;Object Date;Medium;Classification;"
    "Rights and Reproduction;Link Resource",
    "tate": "acno;title;artist;dateText;medium;dimensions;classification;movements;"
    "subjects;creditLine;thumbnailUrl;url",
    "carnegie": "title;creation_date;medium;accession_number;id;credit_line;web_url;"
    "classification;physical_location;images;creator",
    "estense": "Title;Author;Room;Image",
    "ours": ";".join((*COLUMNS, "withdrawn", "Medium")),
}
MEANT = {
    "wga": {"AUTHOR": "artist", "TECHNIQUE": "technique", "URL": "source"},
    "moma": {
        "AccessionNumber": "accession",
        "ImageURL": "image",
        "Medium": "technique",
    },
    "met": {"Object Number": "accession", "Artist Display Name": "artist"},
    "tate": {"acno": "accession", "dateText": "date", "thumbnailUrl": "image"},
    "carnegie": {"accession_number": "accession", "creator": "artist"},
    "estense": {"Author": "artist", "Room": "location", "Image": "image"},
    "ours": {"accession": "accession", "withdrawn": "withdrawn", "Medium": DETAILS},
}


@pytest.mark.parametrize("name", HEADERS)
def test_known_tables_are_known(name):
    columns = HEADERS[name].split(";")
    reading = propose(columns)
    assert reading.format == name
    assert set(reading.columns) == set(columns)
    assert MEANT[name].items() <= reading.columns.items()


@pytest.mark.parametrize(("name", "column"), [("wga", "URL"), ("estense", "Image")])
def test_where_no_column_holds_the_number_one_is_made(name, column):
    assert propose(HEADERS[name].split(";")).accession_from == column


def test_of_two_columns_for_one_field_the_first_counts():
    reading = propose([*HEADERS["moma"].split(";"), "ThumbnailURL"])
    assert reading.columns["ImageURL"] == "image"
    assert reading.columns["ThumbnailURL"] == DETAILS


def test_unknown_tables_are_guessed():
    reading = propose(["Inventarnummer", "Titel", "Künstler", "Masse", "Bild"])
    assert (reading.format, reading.accession_from) == ("", "")
    assert list(reading.columns.values()) == [
        "accession",
        "title",
        "artist",
        DETAILS,
        "image",
    ]


def test_details_never_take_the_names_of_our_own_columns():
    reading = propose(["Inv No", "Title", "Image", "Source"])
    assert reading.details == {"Image": "Image (imported)"}
    kept = Reading({"No": "accession", "Source": DETAILS})
    assert kept.details == {"Source": "Source (imported)"}


def test_a_reading_is_kept_and_found_by_its_header():
    reading = propose(HEADERS["tate"].split(";"))
    assert Reading.from_json(reading.to_json()) == reading
    assert columns_hash(["a", "b"]) != columns_hash(["ab"])
