import re
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, Query, QueryMatch, now
from app.retrieval.verification.evidence import Verdict
from app.web.shell.current import folders
from tests.support.databases import refuse
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import LABELS, encoded
from tests.support.people import logged_in


def the_query():
    return db.session.scalars(select(Query)).one()


def test_the_first_page_asks_for_a_photo_without_needing_a_script(client):
    page = client.get("/")
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    assert re.search(r'<input[^>]+type="file"[^>]+name="photo"', page.text)
    assert "<script>" not in page.text


def test_a_photo_leads_to_the_works_label(ask, client, in_app, photo):
    sent = ask(photo)
    assert sent.status_code == 303
    assert sent.location == f"/queries/{the_query().id}"
    answer = client.get(sent.location).text
    assert "Your photo shows The Astronomer’s Table, Ada Bright, c. 1668." in answer
    for fact in ("Found", "Oil on canvas", "Dutch", "Room 12", "1900.0"):
        assert fact in answer


def test_a_photo_is_turned_and_cropped_as_the_form_says(ask, in_app, photo_of_two):
    ask(photo_of_two, turn="1", crop="0,0,1,0.5")
    query = the_query()
    assert (query.width, query.height) == (360, 480)
    assert query.visitor


@pytest.mark.parametrize(
    "fields",
    [
        {"turn": "4"},
        {"turn": "a"},
        {"crop": "0,0,1"},
        {"crop": "0,0,0,0"},
        {"crop": "0,0,nan,1"},
        {"crop": "0,0,1,1,1"},
    ],
)
def test_edits_that_make_no_sense_are_refused(ask, in_app, photo, fields):
    answer = ask(photo, **fields)
    assert answer.status_code == 400
    assert "cannot be turned or cropped like this" in answer.text
    assert db.session.scalars(select(Query)).first() is None


def test_the_outline_is_drawn_on_the_photo(ask, in_app, photo):
    answer = ask(photo, follow_redirects=True).text
    query = the_query()
    assert f'viewBox="0 0 {query.width} {query.height}"' in answer
    [points] = re.findall(r'class="line" points="([^"]+)"', answer)
    corners = [[float(v) for v in point.split(",")] for point in points.split()]
    assert len(corners) == 4
    for (x, y), (share_x, share_y) in zip(
        corners, query.matches[0].outline, strict=True
    ):
        assert abs(x - share_x * query.width) < 0.1
        assert abs(y - share_y * query.height) < 0.1


REGION = [[0.2, 0.3], [0.5, 0.2], [0.7, 0.5], [0.6, 0.8], [0.3, 0.7]]


def test_a_work_that_is_no_plane_has_a_region_and_no_slider(ask, client, in_app, photo):
    flat = ask(photo, follow_redirects=True).text
    query = the_query()
    [match] = query.matches
    match.outline, match.region = None, REGION
    db.session.commit()
    answer = client.get(f"/queries/{query.id}").text
    [points] = re.findall(r'class="line" points="([^"]+)"', answer)
    assert len(points.split()) == len(REGION)
    assert "the part of it that was recognised" in answer
    assert ("data-comparison" in flat, "data-comparison" in answer) == (True, False)
    assert 'class="points"' in answer
    assert client.get(f"/queries/{query.id}/rectified/0.jpg").status_code == 404
    assert "lie exactly where" in flat
    assert "about the same side" in answer


def test_evidence_for_a_sculpture_is_of_one_side(ask, client, in_app, photo):
    ask(photo)
    query = the_query()
    query.matches[0].artwork.type = "Skulptur"
    db.session.commit()
    assert "about the same side" in client.get(f"/queries/{query.id}").text


def test_the_photo_in_the_answer_can_be_seen(ask, client, photo):
    answer = ask(photo, follow_redirects=True).text
    [address] = re.findall(r'src="(/queries/[^"]+/photo.jpg)"', answer)
    picture = client.get(address)
    assert picture.status_code == 200
    assert picture.mimetype == "image/jpeg"
    picture.close()


def test_several_works_in_one_photo_are_all_outlined_and_listed(ask, photo_of_two):
    answer = ask(photo_of_two, follow_redirects=True).text
    assert "2 works in your photo" in answer
    assert answer.count('<polygon class="line"') == 2
    assert 'href="/works/1900.0"' in answer
    assert 'href="/works/1900.4"' in answer


def test_several_works_are_numbered_from_left_to_right(ask, in_app, client):
    shown = (4, 0, 2)
    views = [photograph(draw_picture(n), seed=n) for n in shown]
    address = ask(encoded(np.hstack(views))).location
    page = client.get(address).text
    names = [f"1900.{number}" for number in shown]
    listed = re.findall(
        r'<span class="number">(\d)</span> .*?href="/works/(.*?)"', page
    )
    assert listed == [(str(at), name) for at, name in enumerate(names, 1)]
    drawn = re.findall(r'<a href="#work-(\d)" aria-label="(\d): (.*?)"', page)
    assert [(one, two) for one, two, _ in drawn] == [(n, n) for n in "123"]
    titles = [words for _, _, words in drawn]
    assert titles[1].startswith(LABELS[0]["title"])
    assert titles[0].startswith("Landscape 4")
    assert re.findall(r'<li id="work-(\d)"', page) == ["1", "2", "3"]


def test_all_works_that_were_found_are_named(ask, in_app, client, photo):
    address = ask(photo).location
    query = the_query()
    works = db.session.scalars(select(Artwork).order_by(Artwork.accession)).all()
    for rank, work in enumerate(works[1:7], 1):
        kept = {"probability": 0.99, "inlier_count": 90, "similarity": None}
        where = [[0.1 * rank, 0], [0.1 * rank + 0.1, 0], [0.1 * rank, 0.1]]
        match = QueryMatch(rank=rank, artwork=work, verdict=Verdict.FOUND, **kept)
        match.outline = where if rank < 6 else None
        query.matches.append(match)
    db.session.commit()
    page = client.get(address).text
    assert "7 works in your photo" in page
    assert page.count("<li id=") == 7
    assert page.count('<a href="#work-') == 6, "one has no place in the photo"


def test_an_unknown_work_gets_advice_and_look_alikes(ask, in_app, unknown_photo):
    answer = ask(unknown_photo, follow_redirects=True).text
    assert "Not in this collection" in answer
    assert "Step closer" in answer
    assert "<polygon" not in answer
    assert the_query().verdict is Verdict.NOT_FOUND


def test_a_featureless_photo_is_answered_and_not_refused(ask, grey_photo):
    answer = ask(grey_photo, follow_redirects=True)
    assert answer.status_code == 200
    assert "There is nothing to recognise in this photo" in answer.text


def test_a_photo_that_shows_nothing_is_told_as_that(ask, in_app):
    black = encoded(np.zeros((300, 400, 3), np.uint8))
    page = ask(black, follow_redirects=True).text
    assert "There is nothing to recognise in this photo" in page
    assert "Your photo is nearly black." in page
    assert "We do not know this one" not in page
    assert "%" not in page.partition("<main")[2].partition("</main>")[0]
    assert "Yes, it is not from here" not in page, "nobody can say"
    assert "Title or artist" in page


def test_a_video_is_refused_as_one(ask):
    answer = ask(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(2000))
    assert answer.status_code == 422
    assert "This is a video." in answer.text


def test_an_uncertain_answer_says_perhaps(ask, in_app, client, photo):
    ask(photo)
    query = the_query()
    query.verdict = query.matches[0].verdict = Verdict.UNCERTAIN
    query.matches[0].probability = 0.42
    db.session.commit()
    answer = client.get(f"/queries/{query.id}").text
    assert "Perhaps one of these" in answer
    assert "that is not certain" in answer
    assert "of 100 answers this sure, about 42 are right" in answer
    assert "<polygon" not in answer


def test_a_tie_is_told_as_a_tie(ask, in_app, client, photo):
    ask(photo)
    the_query().verdict = Verdict.UNCERTAIN  # although the match itself is certain
    db.session.commit()
    answer = client.get(f"/queries/{the_query().id}").text
    assert "so does another work" in answer
    assert "of 1,000 answers" not in answer


def test_an_answer_nobody_asked_for_is_not_there(client):
    assert client.get(f"/queries/{uuid4()}").status_code == 404
    assert client.get("/queries/1").status_code == 404


def test_an_old_answer_names_a_withdrawn_work_without_a_link(
    ask, in_app, client, photo
):
    ask(photo)
    db.session.scalars(
        select(Artwork).where(Artwork.accession == "1900.0")
    ).one().withdrawn_at = now()
    db.session.commit()
    answer = client.get(f"/queries/{the_query().id}").text
    assert "The Astronomer’s Table" in answer
    assert "withdrawn from the collection" in answer
    assert 'href="/works/1900.0"' not in answer


def test_an_old_answer_survives_the_deletion_of_its_work(ask, in_app, client, photo):
    ask(photo)
    db.session.delete(the_query().matches[0].artwork)
    db.session.commit()
    answer = client.get(f"/queries/{the_query().id}")
    assert answer.status_code == 200
    assert "no longer in the collection" in answer.text


def test_an_old_answer_survives_the_deletion_of_its_photo(ask, in_app, client, photo):
    ask(photo)
    (folders().queries / the_query().photo_name).unlink()
    the_query().photo_name = None
    the_query().created_at = now() - timedelta(days=31)
    db.session.commit()
    assert (
        "Your photo is not kept any more"
        in client.get(f"/queries/{the_query().id}").text
    )


def test_an_answer_that_cannot_be_stored_is_shown_at_once(ask, in_app, photo):
    refuse(db.session(), "INSERT", "query")
    answer = ask(photo)
    assert answer.status_code == 200
    assert "The Astronomer’s Table" in answer.text
    assert "could not be saved" in answer.text


def test_the_host_header_gets_into_nothing(ask, ask_api, client, photo):
    lies = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = ask_api(photo, headers=lies)
    address = ask(photo).headers["Location"]
    cookie = client.get_cookie("morelli")
    client.set_cookie(cookie.key, cookie.value, domain="evil.example")
    page = client.get(address, headers=lies)
    assert page.status_code == 200
    assert "evil.example" not in answer.text + page.text
    assert "evil.example" not in str(page.headers)


def test_nobody_but_who_asked_sees_an_answer(app, ask, client, photo):
    address = ask(photo).headers["Location"]
    assert client.get(address).status_code == 200
    assert app.test_client().get(address).status_code == 404
    assert logged_in(app).browser.get(address).status_code == 404
