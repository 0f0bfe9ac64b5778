import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, now
from app.services.collection import browsing


def test_a_works_page_has_its_label_and_pictures(client):
    page = client.get("/works/1900.0").text
    for fact in ("The Astronomer’s Table", "Ada Bright", "Oil on canvas", "Room 12"):
        assert fact in page
    assert 'src="/media/works/' in page


def test_a_works_page_shows_what_looks_alike(client):
    page = client.get("/works/1900.0").text
    assert "Works that look alike" in page
    assert page.count('href="/works/1900.') == 6


def test_a_work_without_a_label_still_has_a_page(client):
    page = client.get("/works/1900.2").text
    assert "Untitled" in page
    assert "1900.2" in page


def test_an_accession_number_may_hold_slashes_and_spaces(client, in_app):
    db.session.add(Artwork(accession="Inv. 1982.23//4 ü", title="A Slashed Canvas"))
    db.session.commit()
    address = next(
        part.split('"')[0]
        for part in client.get("/works/").text.split('href="')
        if "1982" in part.split('"')[0]
    )
    assert "A Slashed Canvas" in client.get(address).text


def test_a_withdrawn_work_is_gone_for_visitors(client, in_app):
    work = db.session.scalars(
        select(Artwork).where(Artwork.accession == "1900.0")
    ).one()
    work.withdrawn_at = now()
    db.session.commit()
    assert client.get("/works/1900.0").status_code == 404
    assert "The Astronomer" not in client.get("/works/").text


def test_an_unknown_work_is_not_there(client):
    answer = client.get("/works/1900.99")
    assert answer.status_code == 404
    assert "Nothing hangs here" in answer.text


def test_the_list_is_paged(client, in_app, monkeypatch):
    monkeypatch.setattr(browsing, "WORKS_PER_PAGE", 3)
    first, last = client.get("/works/").text, client.get("/works/?page=3").text
    assert "Page 1 of 3" in first
    assert 'rel="prev"' not in first
    assert "Page 3 of 3" in last
    assert 'rel="next"' not in last


@pytest.mark.parametrize("page", ["0", "-1", "2", "99999999999999999999", "x"])
def test_a_page_that_does_not_exist_is_not_there(client, page):
    assert client.get(f"/works/?page={page}").status_code == 404


def test_an_empty_collection_has_one_empty_page(client, in_app):
    for work in db.session.scalars(select(Artwork)):
        db.session.delete(work)
    db.session.commit()
    assert "0 works" in client.get("/works/").text
    assert client.get("/").status_code == 200


def test_the_list_is_narrowed_by_words_and_values(client):
    page = client.get("/works/?q=astronomer&school=Dutch&order=date").text
    assert "1 work<" in page
    assert "The Astronomer’s Table" in page
    assert "Landscape 3" not in page
    assert 'value="astronomer"' in page
    assert 'name="school" value="Dutch"' in page
    assert 'href="/works/?q=astronomer&amp;order=date"' in page  # without the school


def test_no_match_says_what_to_do(client):
    assert "Try fewer words" in client.get("/works/?q=nowhere").text


def test_nonsense_in_the_address_is_passed_over(client):
    assert client.get("/works/?order=nonsense&colour=red").status_code == 200
    assert client.get(f"/works/?q={'x' * 5000}").status_code == 200


def test_what_is_searched_for_cannot_break_out_of_the_page(client):
    page = client.get('/works/?q="><script>alert(1)</script>&artist=<b>').text
    assert "<script>alert" not in page
    assert "<b>" not in page


def test_all_values_of_a_facet_lead_to_their_works(client):
    page = client.get("/facets/artist?q=astronomer").text
    assert "All artists" in page
    assert 'href="/works/?q=astronomer&amp;artist=Ada+Bright"' in page


@pytest.mark.parametrize("address", ["/facets/title", "/facets/artist?page=2"])
def test_other_facets_are_not_there(client, address):
    assert client.get(address).status_code == 404


def test_a_label_leads_to_works_that_have_the_same(client):
    page = client.get("/works/1900.0").text
    assert 'href="/works/?technique=Oil+on+canvas"' in page
    assert 'href="/works/?artist=Ada+Bright"' in page


def test_works_are_narrowed_by_what_they_show(client, in_app):
    work = db.session.query(Artwork).filter_by(accession="1900.0").one()
    work.shows = " big_cat hoofed ship plant "
    db.session.commit()
    page = client.get("/works/?shows=big_cat").text
    assert "1 work<" in page
    assert "Shows: Lion, tiger or leopard" in page
    values = client.get("/facets/shows").text
    # By letters as they are read, not by their keys.
    assert values.index("Lion, tiger") < values.index("Ship or boat")
    assert values.index("Flowers, fruit") < values.index("Horses, cattle")
    assert 'href="/works/?shows=ship"' in values
    assert "recognised by the program" in client.get("/works/1900.0").text
    assert "Shows" not in client.get("/works/1900.2").text


def test_works_are_narrowed_to_years(client, in_app):
    db.session.add(Artwork(accession="bc", title="Kouros", date="550–525 B.C."))
    db.session.commit()
    page = client.get("/works/?to=-500").text
    assert "Kouros" in page
    assert "1 work" in page
    assert "500 B.C." in page
    assert "Kouros" not in client.get("/works/?from=1&to=").text
    assert "600–501 B.C." in client.get("/works/").text
    assert "600–501 B.C." in client.get("/facets/century").text


@pytest.mark.parametrize("year", ["x", "99999999999", "1e3", "−5"])
def test_what_is_no_year_is_passed_over(client, year):
    assert client.get("/works/", query_string={"from": year}).status_code == 200


def test_a_work_without_a_picture_leaves_no_hole(client, in_app):
    db.session.add(
        Artwork(accession="bare", title="Nothing to see", location="Room 12")
    )
    db.session.commit()
    assert "There is no picture of this work yet." in client.get("/works/bare").text
    stand = '<span class="no-picture" aria-hidden="true">Nothing to see</span>'
    for page in ("/works/?q=nothing+to+see", "/works/1900.0"):
        assert stand in client.get(page).text
