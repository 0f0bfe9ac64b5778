"""What is said where only a part of the collection could be searched."""

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from app.retrieval.verification.evidence import Verdict
from app.services.index.searcher import Searcher
from app.services.search.data_export import description
from tests.support.fakes import draw_picture, fake_model, features_of, photograph
from tests.support.museum import accession_of, encoded, museum_item
from tests.support.people import logged_in
from tests.support.shards import cut, kill


@pytest.fixture
def copies(publication):
    """Search works 0 to 3 and 4 to 6 of the museum in a shard each."""
    collection = [(museum_item(number), features_of(number)) for number in range(7)]
    sharded, copies, _ = cut(collection, fake_model().vocabulary, [4, 3])
    publication.searcher = Searcher(fake_model(), sharded, "generation-2")
    return copies


@pytest.fixture
def in_missing_shard():
    """A photo of work 5."""
    return encoded(photograph(draw_picture(5), seed=5))


def the_query():
    return db.session.scalars(select(Query)).one()


@pytest.mark.usefixtures("copies")
def test_with_all_shards_it_is_as_ever(ask, client, in_app, unknown_photo):
    page = ask(unknown_photo, follow_redirects=True).text
    assert "Not in this collection" in page
    assert the_query().is_complete
    assert "shards_away" not in client.get("/readyz").json


def test_one_copy_of_a_shard_is_enough(copies, ask_api, in_missing_shard):
    kill(copies[1][0])
    answer = ask_api(in_missing_shard).json
    assert (answer["decision"], answer["complete"]) == ("found", True)


def test_nothing_that_was_not_searched_is_said_to_be_missing(
    copies, ask, in_app, in_missing_shard
):
    kill(*copies[1])
    page = ask(in_missing_shard, follow_redirects=True).text
    assert "Only a part was searched" in page
    assert "only a part of the collection could be searched just now" in page
    assert "Not in this collection" not in page
    assert "No longer in the collection" not in page
    assert 'id="feedback"' not in page
    query = the_query()
    assert query.verdict is Verdict.UNCERTAIN
    assert query.is_open
    assert not query.is_complete
    assert description(query)["is_of_whole_collection"] is False


def test_what_was_found_is_found_and_there_may_be_more(copies, ask, in_app, photo):
    kill(*copies[1])
    page = ask(photo, follow_redirects=True).text
    assert the_query().verdict is Verdict.FOUND
    assert the_query().proposals[0].artwork.accession == accession_of(0)
    assert "Only a part of the collection could be searched just now" in page
    assert "Only a part was searched" not in page


def test_programs_are_told(copies, ask_api, in_missing_shard):
    kill(*copies[1])
    answer = ask_api(in_missing_shard).json
    assert answer["complete"] is False
    assert answer["decision"] == "uncertain"
    assert answer["matches"] == []


def test_the_history_says_so(copies, ask, client, in_missing_shard):
    kill(*copies[1])
    ask(in_missing_shard)
    assert "Only a part was searched" in client.get("/history").text


def test_monitors_and_admins_are_told_which_shard_is_away(copies, app, client):
    kill(*copies[1])
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["shards_away"] == ["shard 2"]
    admin = logged_in(app, "ada@example.org", "admin")
    page = admin.browser.get("/admin/health/").text
    assert "no worker answers for shard 2" in page


def test_a_works_page_is_there_without_its_shard(copies, client):
    kill(*copies[0])
    assert client.get(f"/works/{accession_of(0)}").status_code == 200
