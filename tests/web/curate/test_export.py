import csv
import io

import pytest

from tests.support.people import logged_in


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def test_the_table_is_a_file_to_keep(curator):
    answer = curator.browser.get("/curate/export/works.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert 'filename="works.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 7
    assert rows[0]["title"] == "The Astronomer’s Table"


def test_the_json_has_the_same_works(curator):
    assert len(curator.browser.get("/curate/export/works.json").json) == 7


def test_the_page_leads_to_all_forms(curator):
    page = curator.browser.get("/curate/export/").text
    for address in (
        "/curate/export/works.csv",
        "/curate/export/works.json",
        "/iiif/collection.json",
    ):
        assert f'href="{address}"' in page
        assert curator.browser.get(address).status_code == 200
