"""Our own exports come back: as they are, and after a spreadsheet had the table."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import event

from app.extensions import db
from app.models import Artwork, TermCode
from app.services.collection import exporting
from app.services.collection.labels import label_of
from app.services.collection.spreadsheets import BYTE_ORDER_MARK
from app.services.collection.vocabulary.codes import codes_by_column

FACTS: dict[str, dict[str, Any]] = {
    "000123": {"title": "Dürer’s “Hare”; one, two", "date": "1-2"},
    "1900.10": {"title": "May 1890", "artist": "=SUM(A1)", "date": "May 1890"},
    "1982.23/4": {"title": "Two\nlines", "date": "550–525 B.C.", "location": "007"},
    "198000000000": {"title": "'already", "technique": "1/2", "rights": "TRUE"},
    "8": {
        "title": "Hare",
        "details": {
            "title@de": "Hase",
            "story@de": "Eins.\n\n*Zwei*, drei",
            "story@ar": "أرنب",
            "Provenienz@fr": "Prague",
        },
    },
    "-7": {"title": "1.0", "details": {"Height": "3,50", "=x": "12:30", "No": "0012"}},
}


@pytest.fixture
def works(in_app):
    for accession, facts in FACTS.items():
        db.session.add(Artwork(accession=accession, **facts))
    db.session.commit()
    return described()


def described():
    found = db.session.query(Artwork).filter(Artwork.accession.in_(list(FACTS)))
    return {
        one.accession: (
            label_of(one),
            dict(one.details),
            (one.earliest_year, one.latest_year),
        )
        for one in found
    }


def forget():
    for work in db.session.query(Artwork):
        db.session.delete(work)
    db.session.commit()


def had_by_a_spreadsheet(text, delimiter):
    """Write a table as Excel does after it was opened and saved."""
    rows = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    for row in rows:
        writer.writerow([changed(cell) for cell in row])
    return BYTE_ORDER_MARK + file.getvalue()


def changed(cell):
    """Return what becomes of a cell: numbers lose zeros, dates their words."""
    try:
        return f"{float(cell):.11G}"
    except ValueError:
        return {"TRUE": "WAHR", "May 1890": "Mai 90", "1-2": "01. Feb"}.get(cell, cell)


def test_the_table_comes_back_as_it_is(works, importer):
    text = "".join(exporting.table(db.session(), str))
    forget()
    importer.bring_in(text)
    assert described() == works


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_table_comes_back_after_a_spreadsheet_had_it(works, importer, delimiter):
    text = had_by_a_spreadsheet("".join(exporting.table(db.session(), str)), delimiter)
    assert "WAHR" not in text
    forget()
    importer.bring_in(text)
    assert described() == works


@pytest.fixture
def coded(works):
    work = db.session.query(Artwork).filter_by(accession="000123").one()
    work.artist, work.details = "Dürer", {"location_tgn": "7007567"}
    other = db.session.query(Artwork).filter_by(accession="8").one()
    other.artist, other.details = "Dürer", {"artist_ulan": "500000001"}
    db.session.add(
        TermCode(field="artist", text="Dürer", authority="ulan", code="500115493")
    )
    db.session.commit()
    return codes()


def codes():
    db.session.expire_all()
    found = db.session.query(Artwork).order_by(Artwork.accession)
    return {one.accession: codes_by_column(one) for one in found}


def test_codes_come_back_whole_where_no_term_has_them(coded, importer):
    text = "".join(exporting.table(db.session(), str))
    forget()
    db.session.query(TermCode).delete()
    db.session.commit()
    importer.bring_in(text)
    assert {name: said for name, said in codes().items() if said} == {
        "000123": {"artist_ulan": "500115493", "location_tgn": "7007567"},
        "8": {"artist_ulan": "500000001"},
    }


def test_an_unchanged_table_gives_no_work_the_codes_of_its_terms(coded, importer):
    before = described()
    importer.bring_in("".join(exporting.table(db.session(), str)))
    assert codes() == coded
    assert described() == before


def test_the_codes_of_a_batch_of_works_are_read_at_once(coded, importer):
    for work in db.session.query(Artwork).filter_by(artist=""):
        work.artist = "Dürer"
    db.session.commit()
    text = "".join(exporting.table(db.session(), str))
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT") and "term_code" in statement:
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    importer.bring_in(text)
    event.remove(db.engine, "before_cursor_execute", note)
    # By the dry run, and as it is recorded.
    assert 1 <= len(asked) <= 2
