"""Links to answers: made and taken back by the owner, good for whoever has them."""

import re

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Query
from tests.support.people import TOKEN

LINK = re.compile(r'data-link="(/shared/[^"]+)"')


@pytest.fixture
def answered(ask, photo):
    return ask(photo).location


def post(client, address, page):
    token = TOKEN.findall(client.get(page).text)[0]
    return client.post(address, data={"csrf_token": token})


@pytest.fixture
def link(client, answered):
    assert f'action="{answered}/share"' in client.get(answered).text
    assert post(client, f"{answered}/share", answered).status_code == 303
    page = client.get(answered).text
    assert f'action="{answered}/unshare"' in page
    [link] = LINK.findall(page)
    return link


def test_the_link_shows_answer_and_pictures_to_anybody(app, link):
    stranger = app.test_client()
    page = stranger.get(link).text
    assert "The Astronomer’s Table" in page
    assert "Somebody shared this answer" in page
    pictures = set(re.findall(rf'"({re.escape(link)}/[^"]+)"', page))
    assert pictures == {
        f"{link}/photo.jpg",
        f"{link}/rectified/0.jpg",
    }
    for picture in pictures:
        with stranger.get(picture) as response:
            assert response.status_code == 200


def test_the_link_gives_nothing_else_away(app, link, answered):
    page = app.test_client().get(link).text
    assert answered.removeprefix("/queries/") not in page
    assert "/queries/" not in page
    assert "<form" not in page.partition("</main>")[0]
    assert app.test_client().get(answered).status_code == 404


def test_the_secret_is_long_and_not_the_answers_id(link, answered):
    assert len(link.removeprefix("/shared/")) == 43
    assert answered.removeprefix("/queries/") not in link


def test_no_search_engine_lists_it_and_no_browser_keeps_it(app, link):
    for address in (link, f"{link}/photo.jpg"):
        with app.test_client().get(address) as response:
            assert "noindex" in response.headers["X-Robots-Tag"]
            assert response.headers["Cache-Control"] == "no-store"
    assert 'name="robots" content="noindex' in app.test_client().get(link).text


def test_a_link_taken_back_leads_nowhere_and_never_comes_again(
    app, client, answered, link
):
    assert post(client, f"{answered}/unshare", answered).status_code == 303
    for address in (link, f"{link}/photo.jpg", f"{link}/rectified/0.jpg"):
        assert app.test_client().get(address).status_code == 404
    post(client, f"{answered}/share", answered)
    assert app.test_client().get(link).status_code == 404


def test_sharing_twice_keeps_the_link(client, answered, link):
    post(client, f"{answered}/share", answered)
    assert LINK.findall(client.get(answered).text) == [link]


@pytest.mark.parametrize("action", ["share", "unshare"])
def test_nobody_else_shares_or_takes_back(app, answered, action):
    stranger = app.test_client()
    token = TOKEN.findall(stranger.get("/").text)[0]
    data = {"csrf_token": token}
    assert stranger.post(f"{answered}/{action}", data=data).status_code == 404


@pytest.mark.parametrize("action", ["share", "unshare", "feedback"])
def test_other_sites_change_nothing_in_the_owners_name(
    client, in_app, answered, action
):
    assert client.post(f"{answered}/{action}").status_code == 400
    assert client.get(f"{answered}/{action}").status_code in (404, 405)
    query = db.session.scalars(select(Query)).one()
    assert query.share_token is None
    assert query.feedback is None


@pytest.mark.parametrize("token", ["", "x", "None", "%00", "a" * 5000])
def test_guesses_lead_nowhere(client, answered, token):
    assert client.get(f"/shared/{token}").status_code == 404


def test_the_copied_address_is_the_public_one(client, answered, link, app):
    session = client.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
    lies = {"Host": "evil.example", "Cookie": f"morelli={session}"}
    page = app.test_client(use_cookies=False).get(answered, headers=lies).text
    assert f'value="{app.config["PUBLIC_URL"]}{link}"' in page
    assert "evil.example" not in page


def test_a_shared_answer_without_its_photo_is_still_an_answer(app, in_app, link):
    query = db.session.scalars(select(Query)).one()
    query.photo_name = None
    db.session.commit()
    assert "The Astronomer’s Table" in app.test_client().get(link).text
    assert app.test_client().get(f"{link}/photo.jpg").status_code == 404
