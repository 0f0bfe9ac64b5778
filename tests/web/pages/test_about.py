"""The page about the search: figures of the live index, and none that are not there."""

import pytest

from app.extensions import db
from app.models import GenerationRecord


@pytest.fixture
def generation(in_app):
    one = GenerationRecord(
        name="generation-1",
        model_id="fake",
        works=7,
        images=7,
        examination={
            "hard_photos_asked": 40.0,
            "hard_photos_found": 0.85,
            "hard_photos_proposed": 0.95,
            "hard_photos_wrong": 0.025,
        },
    )
    db.session.add(one)
    db.session.commit()
    return one


def test_it_tells_how_many_works_and_how_good(client, generation):
    page = client.get("/about").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "which of 7 works" in page
    for fact in (
        "34 of 40 (71 to 93 %)",
        "38 of 40 (83 to 99 %)",
        "1 of 40 (0 to 13 %)",
        "generation-1",
    ):
        assert fact in page
    assert f"{generation.created_at:%Y}" in page
    for answer in ("Found", "Perhaps one of these", "Not in this collection"):
        assert answer in page


def test_an_index_that_was_not_measured_boasts_of_nothing(client, generation):
    generation.examination = {"self_found_local": 1.0}
    db.session.commit()
    page = client.get("/about").text
    assert "did not measure how often it is right" in page
    assert " of 40" not in page


def test_without_an_index_the_page_is_there(client, publication):
    publication.searcher = None
    page = client.get("/about")
    assert page.status_code == 200
    assert "Nothing is known of the present index" in page.text


def test_without_a_model_the_page_is_there(make_app, tmp_path):
    page = make_app(MORELLI_MODEL=tmp_path / "none").test_client().get("/about")
    assert page.status_code == 200
    assert "was learnt from simulated photos" not in page.text
