import csv
import io
import json

import pytest

from app.extensions import db
from app.models import Artwork, MediaKind, ReferenceImage, WorkMedia, now
from app.services.collection import exporting
from app.services.collection.spreadsheets import ACTIVE, BYTE_ORDER_MARK, original

LABEL = {
    "title": 'A "quoted"\ntitle; with | and ,',
    "artist": "Dürer",
    "location": "Musée d’Orsay",
    "technique": "=HYPERLINK(1)",
    "rights": "'already",
}


@pytest.fixture
def works(in_app):
    for work in db.session.query(Artwork):
        db.session.delete(work)
    pictures = [
        ReferenceImage(
            sha256=c * 64, media_name=f"{c}.jpg", width=3, height=2, position=i
        )
        for i, c in enumerate("ab")
    ]
    db.session.add_all(
        [
            Artwork(
                accession="1",
                **LABEL,
                images=pictures,
                details={"Height": "3 cm"},
                stated_subjects="dog; ship",
                shows=" dog ship ",
            ),
            # What is only seen stays out of the table: imported, it would be stated.
            Artwork(
                accession="-2", shows=" cat ", withdrawn_at=now(), details={"=x": "@y"}
            ),
        ]
    )
    db.session.commit()


def rows_of(text):
    # Excel reads it as what it is by this.
    assert text.startswith(BYTE_ORDER_MARK)
    table = text.removeprefix(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(table, newline="")))


@pytest.mark.usefixtures("works")
def test_the_table_has_everything_and_comes_back_the_same():
    rows = rows_of("".join(exporting.table(db.session(), str)))
    read = [{original(k): original(v) for k, v in row.items()} for row in rows]
    assert list(read[0]) == [*exporting.EXPORTED, "=x", "Height"]
    assert [row["accession"] for row in read] == ["-2", "1", "1"]
    assert [row["image"] for row in read] == ["", "a.jpg", "b.jpg"]
    assert {name: read[1][name] for name in LABEL} == LABEL
    assert (read[1]["Height"], read[0]["=x"]) == ("3 cm", "@y")
    assert [row["shows"] for row in read] == ["", "dog; ship", "dog; ship"]
    assert read[0]["withdrawn"]
    assert not read[1]["withdrawn"]


@pytest.mark.usefixtures("works")
def test_years_stand_beside_the_date():
    db.session.query(Artwork).filter_by(accession="1").one().date = "550–525 B.C."
    db.session.query(Artwork).filter_by(accession="-2").one().date = "after 1200"
    db.session.commit()
    rows = rows_of("".join(exporting.table(db.session(), str)))
    years = [(row["earliest_year"], row["latest_year"]) for row in rows]
    assert years == [("1200", ""), ("-550", "-525"), ("-550", "-525")]
    works = json.loads("".join(exporting.json_lines(db.session())))
    assert [work["latest_year"] for work in works] == [None, -525]


@pytest.mark.usefixtures("works")
def test_no_cell_of_the_table_is_calculated():
    text = "".join(exporting.table(db.session(), str))
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if cell.startswith(ACTIVE)]


@pytest.mark.usefixtures("works")
def test_the_json_is_json():
    works = json.loads("".join(exporting.json_lines(db.session())))
    assert [work["accession"] for work in works] == ["-2", "1"]
    assert works[1]["title"] == LABEL["title"]
    assert [image["name"] for image in works[1]["images"]] == ["a.jpg", "b.jpg"]


def test_an_empty_collection_is_an_empty_file(in_app):
    for work in db.session.query(Artwork):
        db.session.delete(work)
    db.session.commit()
    assert rows_of("".join(exporting.table(db.session(), str))) == []
    assert json.loads("".join(exporting.json_lines(db.session()))) == []


@pytest.mark.usefixtures("works")
def test_works_are_read_in_batches(monkeypatch):
    monkeypatch.setattr(exporting, "BATCH_WORKS", 1)
    works = exporting.all_works(db.session(), withdrawn=True)
    assert [work.accession for work in works] == ["-2", "1"]
    assert [work.accession for work in exporting.all_works(db.session())] == ["1"]


def test_texts_in_languages_are_columns_and_media_stand_in_json(in_app):
    work = db.session.get_one(Artwork, 1)
    work.details = {"story@de": "Lang", "story@ar": "قصة"}
    link = {"address": "https://example.org/", "title": "Page", "language": "en"}
    work.media = [WorkMedia(kind=MediaKind.LINK, **link)]
    db.session.commit()
    [header, row, *_] = csv.reader(
        io.StringIO("".join(exporting.table(db.session(), str)))
    )
    said = dict(zip(header, row, strict=True))
    assert (said["story@de"], said["story@ar"]) == ("Lang", "قصة")
    exported = json.loads("".join(exporting.json_lines(db.session())))
    [media] = exported[0]["media"]
    assert (media["kind"], media["address"]) == ("link", "https://example.org/")
