"""The collection, as a program reads it."""

import pytest

from app.extensions import db
from app.models import Artwork, MediaKind, WorkMedia, now
from tests.support.museum import WORKS, accession_of

LIST = "/api/v1/works"


def accessions(answer):
    return [work["accession"] for work in answer.json["works"]]


@pytest.fixture
def odd_work(in_app):
    """A work whose number is made of slashes and spaces."""
    db.session.add(Artwork(accession="1982.23/4 a?", title="Étude"))
    db.session.commit()


def test_all_works_are_listed_without_a_token_or_a_cookie(client):
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert answer.json["total"] == WORKS
    assert set(accessions(answer)) == {accession_of(n) for n in range(WORKS)}
    assert "Set-Cookie" not in answer.headers


def test_a_work_tells_its_label_and_pictures(client):
    work = client.get(f"{LIST}/1900.0").json
    assert work["title"] == "The Astronomer’s Table"
    assert (work["technique"], work["school"]) == ("Oil on canvas", "Dutch")
    assert work["url"] == "/works/1900.0"
    [image] = work["images"]
    for address in (image["url"], image["thumbnail_url"]):
        with client.get(address) as picture:
            assert picture.content_type == "image/jpeg"


def test_similar_works_come_with_a_work(client):
    similar = client.get(f"{LIST}/1900.0").json["similar"]
    assert similar
    assert "1900.0" not in [work["accession"] for work in similar]


def test_the_list_is_followed_page_by_page(client):
    seen, address = [], f"{LIST}?per_page=3&order=accession"
    while address:
        answer = client.get(address)
        seen += accessions(answer)
        assert answer.json["pages"] == 3
        address = answer.json["next"]
    assert seen == [accession_of(n) for n in range(WORKS)]
    assert client.get(f"{LIST}?page=4&per_page=3").status_code == 404


def test_words_facets_and_order_are_kept_on_the_next_page(client, in_app):
    for number in range(3):
        db.session.add(
            Artwork(accession=f"X{number}", title=f"Été {number}", school="A & B=é?")
        )
    db.session.commit()
    asked = {"q": "ete", "school": "A & B=é?", "order": "title", "per_page": 2}
    first = client.get(LIST, query_string=asked)
    assert accessions(first) == ["X0", "X1"]
    assert accessions(client.get(first.json["next"])) == ["X2"]


def test_accents_and_capitals_do_not_matter(client, odd_work):
    assert accessions(client.get(f"{LIST}?q=ETUDE")) == ["1982.23/4 a?"]


def test_an_accession_number_may_hold_slashes(client, odd_work):
    for written in ("1982.23/4%20a%3F", "1982.23%2F4%20a%3F"):
        assert client.get(f"{LIST}/{written}").json["title"] == "Étude"


def test_nothing_found_is_an_empty_page(client):
    answer = client.get(f"{LIST}?q=nothing-like-it").json
    assert (answer["works"], answer["total"], answer["pages"]) == ([], 0, 1)


def test_a_withdrawn_work_is_gone(client, in_app):
    work = db.session.query(Artwork).filter_by(accession="1900.0").one()
    work.withdrawn_at = now()
    db.session.commit()
    assert client.get(f"{LIST}/1900.0").status_code == 404
    assert "1900.0" not in accessions(client.get(LIST))


@pytest.mark.parametrize(
    "asked",
    [
        "page=0",
        "page=x",
        "per_page=0",
        "per_page=201",
        "per_page=1e2",
        "order=price",
        "order=",
        "artits=Ada",
        "q=a&q=b",
        f"q={'a' * 201}",
        f"artist={'a' * 1_001}",
    ],
)
def test_what_makes_no_sense_is_refused_in_words(client, asked):
    answer = client.get(f"{LIST}?{asked}")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "bad_request"
    name = asked.partition("=")[0]
    assert f"“{name}”" in answer.json["error"]["message"]


def test_an_unknown_work_is_not_there(client):
    answer = client.get(f"{LIST}/1900.99")
    assert answer.status_code == 404
    assert answer.json["error"]["code"] == "not_found"


def test_without_an_index_a_work_has_no_similar_ones(client, publication):
    publication.searcher = None
    assert client.get(f"{LIST}/1900.0").json["similar"] == []


def test_spaces_around_words_do_not_count(client):
    padded = "+" * 9 + "a" * 200 + "+" * 9
    assert client.get(f"{LIST}?q={padded}").status_code == 200
    assert accessions(client.get(f"{LIST}?artist=+Ada+Bright+")) == ["1900.0"]
    assert client.get(f"{LIST}?school=++").json["total"] == WORKS


def test_a_refusal_is_in_the_language_of_the_reader(client):
    asked = f"{LIST}?per_page=201"
    german = client.get(asked, headers={"Accept-Language": "de"}).json
    assert german["error"]["message"] == "„per_page“ muss eine Zahl von 1 bis 200 sein."


def test_one_work_takes_no_parameter(client):
    assert client.get(f"{LIST}/1900.0?page=1").status_code == 400


def test_a_work_tells_what_it_shows_and_is_found_by_it(client, in_app):
    for accession, shows, stated in (
        ("1900.0", " dog ship ", "dog; ship"),
        ("1900.1", " ship ", ""),
    ):
        work = db.session.query(Artwork).filter_by(accession=accession).one()
        work.shows, work.stated_subjects = shows, stated
    db.session.commit()
    answer = client.get(f"{LIST}?shows=ship&order=accession&per_page=1")
    assert answer.json["total"] == 2
    [first] = answer.json["works"]
    assert (first["shows"], first["shows_stated"]) == (["dog", "ship"], True)
    [second] = client.get(answer.json["next"]).json["works"]
    assert (second["shows"], second["shows_stated"]) == (["ship"], False)
    assert accessions(client.get(f"{LIST}?shows=dog")) == ["1900.0"]
    assert client.get(f"{LIST}/1900.2").json["shows"] == []


def test_what_no_work_can_show_is_refused_with_what_it_can(client):
    refused = client.get(f"{LIST}?shows=unicorn")
    assert refused.status_code == 400
    assert "big_cat" in refused.json["error"]["message"]


def test_years_stand_beside_the_date_and_narrow_the_list(client, in_app):
    db.session.add(Artwork(accession="bc", date="550–525 B.C."))
    db.session.commit()
    work = client.get(f"{LIST}/bc").json
    assert (work["earliest_year"], work["latest_year"]) == (-550, -525)
    assert accessions(client.get(f"{LIST}?to_year=-500")) == ["bc"]
    assert "bc" not in accessions(client.get(f"{LIST}?from_year=1"))
    assert accessions(client.get(f"{LIST}?century=-6")) == ["bc"]


@pytest.mark.parametrize("year", ["", "x", "1e3", "--1", "9999", "١٦٥٠", "-9999999999"])
def test_what_is_no_year_is_refused(client, year):
    answer = client.get(f"{LIST}?from_year={year}")
    assert answer.status_code == 400
    assert "1650" in answer.json["error"]["message"]


def test_a_work_tells_its_texts_in_all_languages_and_its_media(client, in_app):
    work = db.session.get_one(Artwork, 1)
    work.details = {"story@ar": "*قصة*", "story": "Once", "Value": "9 million"}
    link = {"address": "https://example.org/", "title": "Page", "language": "en"}
    work.media = [WorkMedia(kind=MediaKind.LINK, **link)]
    db.session.commit()
    told = client.get("/api/v1/works/1900.0").json
    assert told["texts"] == [
        {
            "field": "story",
            "name": "Story",
            "language": "ar",
            "direction": "rtl",
            "value": "*قصة*",
            "html": "<p><em>قصة</em></p>",
        },
        {
            "field": "story",
            "name": "Story",
            "language": "",
            "direction": "auto",
            "value": "Once",
            "html": "<p>Once</p>",
        },
    ]
    assert told["media"] == [
        {
            "kind": "link",
            "language": "en",
            "title": "Page",
            "transcript": "",
            "url": "https://example.org/",
            "format": "",
            "seconds": None,
        }
    ]
