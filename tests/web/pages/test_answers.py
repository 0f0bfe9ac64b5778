"""The answer as a page: what it tells, and who may see its pictures."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import GenerationRecord, Query, now
from app.retrieval.generations.calibration import Calibration, TriedAnswer
from app.retrieval.verification.evidence import Verdict
from app.web.shell.current import folders
from tests.support.people import TOKEN, Person


def the_query():
    return db.session.scalars(select(Query)).one()


def sources(page):
    """Addresses of all pictures of the visitor's photo."""
    found = re.findall(r'(?:src|href)="(/queries/[^"]+\.(?:jpg|png))"', page)
    return sorted(set(found))


def test_the_evidence_is_told_in_words_and_pictures(ask, in_app, photo):
    page = ask(photo, follow_redirects=True).text
    match = the_query().matches[0]
    assert f"{match.inlier_count} details of your photo lie exactly where" in page
    assert page.count("<line ") == min(len(match.points), 40)
    assert 'type="range"' in page
    assert sources(page) == [
        f"/queries/{the_query().id}/photo.jpg",
        f"/queries/{the_query().id}/rectified/0.jpg",
    ]


DIFFERENT = {
    "agreement": 0.9,
    "difference": 0.06,
    "outlines": [[[0.5, 0.25], [0.75, 0.25], [0.75, 0.5]]],
    "blocks": ["===", "=xx", "?= "],
}


def test_a_difference_is_outlined_on_both_pictures(ask, in_app, client, photo):
    address = ask(photo).location
    match = the_query().matches[0]
    match.comparison = DIFFERENT
    db.session.commit()
    match.verdict = the_query().verdict = Verdict.UNCERTAIN
    db.session.commit()
    page = client.get(address).text
    assert page.count("Same composition, but it differs here") == 2
    assert "of 1,000 answers this sure" not in page, "not that it is this work"
    width, height = match.image.width, match.image.height
    points = f"{width / 2:.1f},{height / 4:.1f} {width * 3 / 4:.1f},{height / 4:.1f}"
    assert page.count(f'class="line" points="{points}') == 2
    assert page.count('class="disagrees" d="M1.5 1.5h2v1h-2z"') == 2
    (folders().queries / the_query().photo_name).unlink()
    assert client.get(address).text.count(f'class="line" points="{points}') == 1


def test_a_work_that_agrees_is_not_said_to_differ(ask, in_app, client, photo):
    address = ask(photo).location
    the_query().matches[0].comparison = DIFFERENT | {"outlines": []}
    db.session.commit()
    assert "Same composition" not in client.get(address).text


def test_the_evidence_can_be_seen_by_its_owner_only(ask, app, client, photo):
    page = ask(photo, follow_redirects=True).text
    for address in sources(page):
        picture = client.get(address)
        assert picture.status_code == 200, address
        assert picture.mimetype.startswith("image/")
        assert picture.cache_control.private
        picture.close()
        assert app.test_client().get(address).status_code == 404, address


@pytest.mark.parametrize("path", ["rectified/7.jpg", "rectified/-1.jpg"])
def test_pictures_of_matches_that_there_are_not(ask, client, photo, path):
    assert client.get(f"{ask(photo).location}/{path}").status_code == 404


@pytest.mark.parametrize("is_noted", [True, False])
def test_a_deleted_photo_leaves_a_page_without_broken_pictures(
    ask, in_app, client, photo, is_noted
):
    address = ask(photo).location
    (folders().queries / the_query().photo_name).unlink()
    if is_noted:
        the_query().photo_name = None
        the_query().created_at = now() - timedelta(days=31)
        db.session.commit()
    page = client.get(address).text
    assert "Your photo is not kept any more" in page
    assert "<line " in page
    for source in sources(page):
        assert client.get(source).status_code == 200
    assert client.get(f"{address}/rectified/0.jpg").status_code == 404


def test_where_no_photo_is_ever_kept_the_answer_says_so(make_app, photo):
    person = Person(make_app(MORELLI_RETENTION_DAYS="0"))
    token = TOKEN.findall(person.browser.get("/").text)[0]
    fields = {"csrf_token": token, "photo": (BytesIO(photo), "photo.jpg")}
    page = person.browser.post("/queries", data=fields, follow_redirects=True).text
    assert "The Astronomer’s Table" in page
    assert "Your photo was looked at and not kept." in page
    assert sources(page) == []
    assert "kept for a day, without their photos" in person.browser.get("/history").text


def test_each_of_several_works_has_evidence_of_its_own(ask, photo_of_two):
    page = ask(photo_of_two, follow_redirects=True).text
    assert page.count('<details class="why">') == 2
    assert {"rectified/0.jpg", "rectified/1.jpg"} <= {
        "/".join(address.split("/")[-2:]) for address in sources(page)
    }


def test_what_to_try_follows_from_the_photo(ask, in_app, client, unknown_photo):
    address = ask(unknown_photo).location
    the_query().quality = {"faults": ["blurred", "glare"]}
    db.session.commit()
    page = client.get(address).text
    assert page.index("Your photo is blurred") < page.index("Lights are mirrored")
    assert "As far as can be measured" not in page
    the_query().quality = {"faults": []}
    db.session.commit()
    page = client.get(address).text
    assert "As far as can be measured your photo is good" in page
    assert "Your photo is blurred" not in page


def test_what_the_network_saw_is_named_beside_where_it_looked(
    ask, in_app, client, unknown_photo
):
    address = ask(unknown_photo).location
    the_query().seen = ["ship", "big_cat"]
    db.session.commit()
    page = client.get(address).text
    assert "What it took this for: Ship or boat, Lion, tiger or leopard." in page
    the_query().seen = []
    db.session.commit()
    assert "What it took this for" not in client.get(address).text


def test_an_answer_from_before_photos_were_measured_praises_nothing(
    ask, in_app, client, unknown_photo
):
    address = ask(unknown_photo).location
    the_query().quality = {}
    the_query().activation_map = None
    db.session.commit()
    page = client.get(address).text
    assert "As far as can be measured" not in page
    assert "Where the network looked" not in page
    assert client.get(f"{address}/heat.png").status_code == 404


def test_a_work_that_was_withdrawn_is_not_shown_again(ask, in_app, client, photo):
    address = ask(photo).location
    work = the_query().matches[0].artwork
    work.withdrawn_at = the_query().created_at
    db.session.commit()
    page = client.get(address).text
    assert work.images[0].media_name not in page
    assert "<line " not in page


def test_the_answer_is_announced(ask, photo):
    page = ask(photo, follow_redirects=True).text
    assert re.search(r'role="status">\s*Your photo shows The Astronomer', page)
    assert re.search(r"<h1 [^>]*data-heading", page)


def test_at_most_five_proposals_are_shown(ask, in_app, client, photo):
    address = ask(photo).location
    query = the_query()
    query.verdict = Verdict.UNCERTAIN
    db.session.commit()
    assert client.get(address).text.count("Yes, this is it:") == 1


def try_index(*, right, versions=0):
    """Record that the index was tried, with so many answers that were very sure."""
    answers = [TriedAnswer(0.999, True)] * right
    answers += [TriedAnswer(0.999, False, is_of_version=True)] * versions
    record = GenerationRecord(name="generation-1", model_id="m", works=7, images=7)
    record.examination = dict(Calibration.of(answers).figures)
    db.session.add(record)
    db.session.commit()


def test_it_tells_how_often_answers_as_sure_were_right(ask, in_app, client, photo):
    try_index(right=36, versions=2)
    address = ask(photo).location
    page = client.get(address).text.replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "Of answers as sure as this, 36 of 38 were right when this collection was "
        "tried with hard simulated photos (83 to 99 %). 2 of the others named works "
        "of which the photos showed other versions."
    ) in page
    assert page.index("details of your photo lie") < page.index("36 of 38")
    the_query().verdict = Verdict.UNCERTAIN
    db.session.commit()
    assert "36 of 38" not in client.get(address).text, "another work fits as well"


def test_among_several_works_it_is_told_of_the_first(ask, in_app, photo_of_two):
    try_index(right=12)
    page = ask(photo_of_two, follow_redirects=True).text
    assert len(the_query().proposals) == 2
    assert page.count("12 of 12 were right") == 1
    assert "other version" not in page


def test_of_an_index_that_was_not_tried_no_share_is_told(ask, photo):
    assert "Of answers as sure" not in ask(photo, follow_redirects=True).text
