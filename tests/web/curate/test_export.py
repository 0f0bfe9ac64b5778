import csv
import io

import pytest

from app.extensions import db
from app.models import Artwork, now
from app.services.collection.spreadsheets import BYTE_ORDER_MARK
from tests.support.people import logged_in


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def test_the_table_is_a_file_to_keep(curator):
    answer = curator.browser.get("/curate/export/works.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert 'filename="works.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix(BYTE_ORDER_MARK))))
    assert len(rows) == 7
    assert rows[0]["title"] == "The Astronomer’s Table"


def test_the_json_has_the_same_works(curator):
    assert len(curator.browser.get("/curate/export/works.json").json) == 7


def test_the_page_leads_to_all_forms(curator):
    page = curator.browser.get("/curate/export/").text
    for address in (
        "/curate/export/works.csv",
        "/curate/export/works.json",
        "/curate/export/works.lido.xml",
        "/curate/export/works.linked-art.json",
        "/iiif/collection.json",
    ):
        assert f'href="{address}"' in page
        assert curator.browser.get(address).status_code == 200


def test_lido_of_no_work_would_not_be_valid_and_is_not_sent(app, curator):
    with app.app_context():
        for work in db.session.query(Artwork):
            work.withdrawn_at = now()
        db.session.commit()
    answer = curator.browser.get("/curate/export/works.lido.xml")
    assert (answer.status_code, answer.location) == (303, "/curate/export/")
    assert "No work is on show" in curator.browser.get("/curate/export/").text


def test_works_are_named_by_the_address_that_was_asked_and_that_is_said(curator):
    lido = curator.browser.get("/curate/export/works.lido.xml")
    assert lido.text.count(">http://localhost/iiif/images/") == 7
    described = curator.browser.get("/curate/export/works.linked-art.json").json
    assert len(described["@graph"]) == 7
    assert "MORELLI_PUBLIC_URL" in curator.browser.get("/curate/export/").text


def test_nothing_is_said_where_the_public_address_is_set(make_app):
    app = make_app(MORELLI_PUBLIC_URL="http://localhost")
    curator = logged_in(app, "curator@example.org", "curator")
    assert "MORELLI_PUBLIC_URL" not in curator.browser.get("/curate/export/").text
