import csv
import io
import json
import re
from io import BytesIO

import pytest
from sqlalchemy import select

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, Lane, Task, TaskState, now
from app.services.system import tasks
from tests.support.fakes import draw_picture
from tests.support.mapped import make_map
from tests.support.museum import encoded
from tests.support.people import TOKEN, logged_in

PAGE = "/curate/compare/"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


def ask(curator, **fields):
    [token, *_] = TOKEN.findall(curator.browser.get(PAGE).text)
    return curator.browser.post(PAGE, data={"csrf_token": token, **fields})


def asked_about_a_photo(curator, photo):
    return compared(curator, photo=(BytesIO(photo), "photo.jpg"))


def compared(curator, **fields):
    """Ask, and let the worker compare."""
    answer = ask(curator, **fields)
    assert curator.app.extensions[BACKGROUND].work_off() == 1
    return answer


def heads(page):
    return re.findall(r'<th scope="col"><strong>([^<]+)</strong>', page)


def test_a_photo_is_asked_of_all_methods(app, curator, photo):
    make_map(app)
    answer = asked_about_a_photo(curator, photo)
    assert answer.status_code == 303
    page = curator.browser.get(answer.location).text
    assert heads(page) == [
        "The whole search",
        "Descriptor",
        "Style",
        "Details",
        "SSIM",
        "SSIM ÷ Euclid",
        "Colours",
        "pHash",
    ]
    assert "The Astronomer’s Table" in page
    assert "of 8" in page
    assert page.count(" ms</span>") == 8
    assert "first 100 in order" in page
    with curator.browser.get(f"{answer.location}/photo.jpg") as kept:
        assert kept.mimetype == "image/jpeg"


def test_until_it_is_compared_the_page_says_what_it_waits_for(app, curator, photo):
    with app.app_context():
        before = tasks.enqueue(
            db.session(), "evaluation", {"name": "March"}, None, Lane.SHORT
        )
        before_id = before.id
    where = ask(curator, photo=(BytesIO(photo), "photo.jpg")).location
    page = curator.browser.get(where).text
    assert "Comparing methods by a photo" in page
    assert "1 task is before it." in page
    assert "no worker is running" in page
    assert '<meta http-equiv="refresh" content="5">' in page
    assert curator.browser.get(f"{where}/comparison.csv").status_code == 404
    with app.app_context():
        tasks.cancel(db.session(), db.session.get_one(Task, before_id))
    app.extensions[BACKGROUND].work_off()
    assert heads(curator.browser.get(where).text)[0] == "The whole search"


def test_a_comparison_that_fails_says_why(curator, photo, publication):
    publication.searcher = None
    where = asked_about_a_photo(curator, photo).location
    page = curator.browser.get(where).text
    assert "precompute_descriptors" in page
    assert "Go on" in page


def test_a_photo_that_is_gone_meanwhile_fails_the_comparison(app, curator, photo):
    where = ask(curator, photo=(BytesIO(photo), "photo.jpg")).location
    for held in (app.config["MORELLI_INSTANCE"] / "comparisons").glob("held-*"):
        held.unlink()
    app.extensions[BACKGROUND].work_off()
    assert "not there any more" in curator.browser.get(where).text


def test_a_comparison_that_was_kept_before_a_kill_is_not_made_again(
    app, curator, photo
):
    where = asked_about_a_photo(curator, photo).location
    before = curator.browser.get(f"{where}/comparison.json").data
    with app.app_context():
        db.session.query(Task).update({"state": TaskState.WAITING})
        db.session.commit()
    assert app.extensions[BACKGROUND].work_off() == 1
    assert curator.browser.get(f"{where}/comparison.json").data == before


def test_without_a_map_there_are_no_plain_measures(curator, photo):
    page = curator.browser.get(asked_about_a_photo(curator, photo).location).text
    assert "pHash" not in heads(page)
    assert "SSIM" in heads(page)


def test_a_work_is_asked_about_as_if_it_were_not_there(curator):
    assert 'value="1900.0"' in curator.browser.get(f"{PAGE}?work=1900.0").text
    answer = compared(curator, work=" 1900.0 ")
    page = curator.browser.get(answer.location).text
    assert "Asked about The Astronomer’s Table, Ada Bright, c. 1668" in page
    assert 'data-same="1900.0"' not in page
    assert 'data-same="1900.4"' in page
    assert curator.browser.get(f"{answer.location}/photo.jpg").status_code == 404


def test_the_works_page_leads_there(app, curator):
    page = curator.browser.get("/curate/works/1").text
    assert 'href="/curate/compare/?work=1900.0"' in page


def test_it_can_be_taken_away(curator, photo):
    where = asked_about_a_photo(curator, photo).location
    table = curator.browser.get(f"{where}/comparison.csv")
    assert table.mimetype == "text/csv"
    assert "attachment" in table.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(table.text)))
    best = next(row for row in rows if row["method"] == "engine")
    assert (best["rank"], best["accession"]) == ("1", "1900.0")
    assert best["title"] == "The Astronomer’s Table"
    facts = json.loads(curator.browser.get(f"{where}/comparison.json").data)
    assert facts["asked"] == {"photo": True}
    assert facts["model_id"] == "fake"
    assert facts["columns"][0]["works"][0]["accession"] == "1900.0"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a photo"),
        ({"work": "nothing"}, "No work with a picture has this number."),
        ({"photo": (BytesIO(b"nonsense"), "a.jpg")}, "not a picture"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(curator, fields, words):
    answer = ask(curator, **fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_tiny_photo_is_refused_in_words(curator):
    tiny = encoded(draw_picture(0)[:8, :8])
    assert ask(curator, photo=(BytesIO(tiny), "photo.jpg")).status_code == 422


def test_a_work_withdrawn_since_is_not_shown(app, curator, photo):
    where = asked_about_a_photo(curator, photo).location
    with app.app_context():
        wanted = select(Artwork).where(Artwork.accession == "1900.0")
        db.session.scalars(wanted).one().withdrawn_at = now()
        db.session.commit()
    page = curator.browser.get(where).text
    assert "Astronomer" not in page
    assert "withdrawn" in page
    assert "Astronomer" not in curator.browser.get(f"{where}/comparison.csv").text
    again = asked_about_a_photo(curator, photo).location
    assert 'data-same="1900.0"' not in curator.browser.get(again).text


def test_where_no_photo_is_kept_none_is_written(make_app, photo):
    app = make_app(MORELLI_RETENTION_DAYS="0")
    curator = logged_in(app, "curator@example.org", "curator")
    assert "looked at and not kept" in curator.browser.get(PAGE).text
    where = asked_about_a_photo(curator, photo).location
    assert curator.browser.get(where).status_code == 200
    assert curator.browser.get(f"{where}/photo.jpg").status_code == 404
    folder = app.config["MORELLI_INSTANCE"] / "comparisons"
    assert [path.suffix for path in folder.glob("*.*") if path.is_file()] == [".json"]


def test_a_damaged_map_costs_its_columns_only(app, curator, photo):
    stored = make_map(app)
    (stored.path / "hashes.npy").write_bytes(b"nonsense")
    page = curator.browser.get(asked_about_a_photo(curator, photo).location).text
    assert "pHash" not in heads(page)


def test_titles_cannot_break_out_of_the_table(curator):
    page = curator.browser.get(compared(curator, work="1900.0").location).text
    assert "<script>alert" not in page
    assert " style=" not in page


def test_unknown_comparisons_are_nowhere(curator):
    nowhere = f"{PAGE}00000000-0000-4000-8000-000000000000"
    for end in ("", "/photo.jpg", "/comparison.csv", "/comparison.json"):
        assert curator.browser.get(nowhere + end).status_code == 404
