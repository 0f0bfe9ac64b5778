import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, AuditEntry, Relation, now
from tests.support.people import logged_in

PAGE = "/curate/merging/"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def pair(app):
    """Two works that the survey takes for one: the astronomer's table and 1900.3."""
    with app.app_context():
        first, other = (
            db.session.scalars(select(Artwork).where(Artwork.accession == number)).one()
            for number in ("1900.0", "1900.3")
        )
        other.title = "Table"
        other.rights = "CC0"
        relation = Relation(
            artwork=first, other=other, kind="duplicate", inlier_count=200
        )
        db.session.add(relation)
        db.session.commit()
        return first.id, other.id


def work(app, number):
    with app.app_context():
        return db.session.scalars(
            select(Artwork).where(Artwork.accession == number)
        ).one()


def checked(page):
    return re.findall(r'name="take\.([^"]+)" value="([^"]+)" checked', page)


def test_the_page_shows_what_differs_and_chooses_the_longer(curator, pair):
    page = curator.browser.get(f"{PAGE}{pair[0]}/{pair[1]}").text
    assert "The Astronomer’s Table" in page
    assert ("title", "kept") in checked(page)
    assert ("rights", "other") in checked(page)
    care = curator.browser.get("/curate/care/?kind=duplicate").text
    assert f'href="{PAGE}{pair[0]}/{pair[1]}"' in care


def test_a_pair_is_merged_as_chosen_and_taken_back(app, curator, client, pair):
    address = f"{PAGE}{pair[0]}/{pair[1]}"
    page = curator.browser.get(address).text
    seen = dict(re.findall(r'name="(seen_\w+)" value="([^"]+)"', page))
    said = {"take.title": "other", "take.rights": "other", "take.artist": "kept"}
    answer = curator.post(address, **said, **seen)
    assert answer.status_code == 303
    kept = work(app, "1900.0")
    assert (kept.title, kept.rights, kept.artist) == ("Table", "CC0", "Ada Bright")
    assert "1900.3 is merged" in curator.browser.get(answer.location).text
    with app.app_context():
        [entry] = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "merge")
        )
        number = entry.id
    curator.post(f"/curate/changes/{number}/undo", page="/curate/changes/")
    assert work(app, "1900.0").title == "The Astronomer’s Table"
    assert not work(app, "1900.3").is_withdrawn
    assert client.get("/works/1900.3").status_code == 200


def test_what_changed_meanwhile_is_chosen_again(app, curator, pair):
    address = f"{PAGE}{pair[0]}/{pair[1]}"
    answer = curator.post(address, seen_kept="2020-01-01", seen_gone="2020-01-01")
    assert answer.location == address
    assert "changed meanwhile" in curator.browser.get(address).text
    assert not work(app, "1900.3").is_withdrawn


@pytest.mark.parametrize(
    ("address", "tail"),
    [
        ("/works/{}", ""),
        ("/api/v1/works/{}", ""),
        ("/iiif/works/{}/manifest.json", ""),
        ("/records/{}/lido.xml", ""),
        ("/records/{}/linked-art.json", ""),
    ],
)
def test_the_number_of_a_merged_work_leads_to_the_kept_one(
    app, curator, client, pair, address, tail
):
    asked = address.format("1900.3") + tail
    assert client.get(asked).status_code == 200
    page = curator.browser.get(f"{PAGE}{pair[0]}/{pair[1]}").text
    seen = dict(re.findall(r'name="(seen_\w+)" value="([^"]+)"', page))
    curator.post(f"{PAGE}{pair[0]}/{pair[1]}", **seen)
    answer = client.get(asked)
    assert answer.status_code == 301
    assert answer.location == address.format("1900.0") + tail
    # A merge can be taken back: no browser may remember it for good.
    assert "no-cache" in answer.headers["Cache-Control"]
    assert client.get(asked, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("ids", ["1/1", "1/999", "99999999999/1", "0/1"])
def test_there_is_no_page_for_what_cannot_be_merged(curator, ids):
    assert curator.browser.get(f"{PAGE}{ids}").status_code == 404


def test_many_are_previewed_merged_and_taken_back_in_one_go(app, curator):
    with app.app_context():
        for number in range(20):
            works = [
                Artwork(accession=f"{name}.{number}", title=f"Hare {number}")
                for name in ("A", "B")
            ]
            works[1].artist = "Dürer"
            db.session.add_all(works)
            db.session.flush()
            db.session.add(Relation(artwork=works[0], other=works[1], kind="duplicate"))
        db.session.commit()
    page = curator.browser.get(f"{PAGE}?kind=duplicate&prefix=A.").text
    ticked = re.findall(r'name="pair" value="(\d+-\d+)" checked', page)
    [seen] = re.findall(r'name="seen" value="([^"]+)"', page)
    assert len(ticked) == 20
    answer = curator.post(PAGE, pair=ticked, seen=seen, fields="longer")
    assert answer.location == "/curate/changes/"
    trail = curator.browser.get("/curate/changes/").text
    assert "20 pairs are merged" in trail
    assert work(app, "A.7").artist == "Dürer"
    assert work(app, "B.7").is_withdrawn
    curator.post(f"/curate/works/{work(app, 'B.3').id}/restore", page=PAGE)
    with app.app_context():
        [entry] = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "merge_all")
        )
        number = entry.id
    curator.post(f"/curate/changes/{number}/undo", page="/curate/changes/")
    assert "19 of 20 merges" in curator.browser.get("/curate/changes/").text
    assert work(app, "A.7").artist == ""
    assert not work(app, "B.7").is_withdrawn


def test_two_works_are_named_by_their_numbers(curator, pair):
    def led(kept, other):
        asked = {"kept": kept, "other": other}
        return curator.browser.get(f"{PAGE}pair", query_string=asked).location

    assert led(" 1900.0 ", "1900.3") == f"{PAGE}{pair[0]}/{pair[1]}"
    assert led("1900.0", "nowhere") == PAGE
    assert "There is no work nowhere on show." in curator.browser.get(PAGE).text
    assert led("1900.0", "1900.0") == PAGE
    assert "the same work" in curator.browser.get(PAGE).text


def test_what_contradicts_itself_is_not_ticked(app, curator, pair):
    page = curator.browser.get(PAGE).text
    assert f'value="{pair[0]}-{pair[1]}">' in page
    assert "are these two works?" in page


def test_what_changed_since_the_preview_is_passed_over(app, curator, pair):
    value = f"{pair[0]}-{pair[1]}"
    answer = curator.post(PAGE, pair=value, seen="2020-01-01", fields="longer")
    assert "passed over" in curator.browser.get(answer.location).text
    assert not work(app, "1900.3").is_withdrawn
    answer = curator.post(PAGE, seen=now().isoformat(), fields="longer")
    assert "No pair was chosen" in curator.browser.get(answer.location).text


@pytest.mark.parametrize("value", ["x", "1", "1-x", "1-2-3", "1-99999999999", "1-999"])
def test_nonsense_is_refused(curator, value):
    assert curator.post(PAGE, pair=value, seen=now().isoformat()).status_code == 400


def test_visitors_merge_nothing(app, client, pair):
    person = logged_in(app, "anna@example.org")
    for browser in (client, person.browser):
        for address in (PAGE, f"{PAGE}{pair[0]}/{pair[1]}"):
            assert browser.get(address).status_code in (302, 403)
            assert browser.post(address).status_code in (302, 400, 401, 403)
    assert not work(app, "1900.3").is_withdrawn
