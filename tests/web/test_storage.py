"""The site with its pictures in a bucket: there, away, and there again."""

import re
import socket
from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Artwork, PendingDeletion, Query
from app.retrieval.generations.registry import GenerationRegistry
from app.services.media.folder import FolderStore
from app.services.media.opening import open_stores
from app.services.system import deletions
from app.web.shell import current as shell
from app.web.shell.current import folders, media
from tests.support.away import AwayStore
from tests.support.fakes import draw_picture
from tests.support.museum import encoded, original_of
from tests.support.people import TOKEN, Person, logged_in, program_of

WORK = f"{original_of(0)[:2]}/{original_of(0)}"
PICTURE = f"/media/works/{WORK}.jpg"


@pytest.fixture
def app(make_app, bucket):
    """Everything is in a bucket, and nothing in the folder."""
    app = make_app(MORELLI_MEDIA_URL=bucket)
    with app.app_context():
        own = FolderStore(folders().works)
        for file in own.list():
            media().works.write(file.name, own.read(file.name))
            own.delete(file.name)
    return app


@pytest.fixture
def silent():
    """A setting of a storage that does not answer."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"s3://bucket?endpoint=http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def away(make_app, silent, endpoint):
    return make_app(MORELLI_MEDIA_URL=silent)


def ask(person, photo, **options):
    token = TOKEN.findall(person.browser.get("/").text)[0]
    fields = {"csrf_token": token, "photo": (BytesIO(photo), "photo.jpg")}
    return person.browser.post("/queries", data=fields, **options)


def waiting(app):
    with app.app_context():
        return deletions.waiting(db.session()).count


def test_pictures_come_from_the_bucket_through_this_site_alone(app):
    browser = app.test_client()
    for suffix in ("", ".s", ".m"):
        answer = browser.get(f"/media/works/{WORK}{suffix}.jpg")
        assert answer.status_code == 200
        assert answer.data.startswith(b"\xff\xd8\xff")
        assert answer.content_length == len(answer.data)
        assert "immutable" in answer.headers["Cache-Control"]
    assert browser.get(f"/media/works/00/{'0' * 64}.jpg").status_code == 404
    assert browser.get(f"/media/works/00/{'0' * 64}.m.jpg").status_code == 404


def test_parts_and_known_pictures_are_answered_as_such(app):
    browser = app.test_client()
    whole = browser.get(PICTURE)
    known = browser.get(PICTURE, headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    part = browser.get(PICTURE, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    beyond = browser.get(PICTURE, headers={"Range": "bytes=9999999-"})
    assert beyond.status_code == 416
    since = {"If-Modified-Since": whole.headers["Last-Modified"]}
    assert browser.get(PICTURE, headers=since).status_code == 304
    head = browser.head(PICTURE)
    assert (head.data, head.content_length) == (b"", len(whole.data))


def test_a_photo_is_kept_shown_and_gone_with_its_search(app, photo):
    anna = Person(app)
    address = ask(anna, photo).location
    assert anna.browser.get(f"{address}/photo.jpg").data.startswith(b"\xff\xd8\xff")
    assert anna.browser.get(f"{address}/photo.s.jpg").status_code == 200
    assert anna.browser.get(f"{address}/rectified/0.jpg").status_code == 200
    with app.app_context():
        name = db.session.scalars(select(Query.photo_name)).one() or ""
        assert media().queries.exists(name)
        assert not any(FolderStore(folders().queries).list())
    anna.post(f"{address}/delete")
    with app.app_context():
        assert not media().queries.exists(name)
    assert waiting(app) == 0


def test_a_curator_adds_a_picture_and_another_server_shows_it(
    app, make_app, bucket, tmp_path
):
    curator = logged_in(app, "eva@example.org", "curator")
    fields = {"picture": (BytesIO(encoded(draw_picture(77))), "new.jpg")}
    curator.post("/curate/works/1/pictures/", page="/curate/works/1", **fields)
    with app.app_context():
        work = db.session.get_one(Artwork, 1)
        assert len(work.images) == 2
        name = work.images[1].media_name
    other = make_app(MORELLI_MEDIA_URL=bucket).test_client()
    assert other.get(f"/media/works/{name}").status_code == 200


def test_a_search_is_answered_though_its_photo_cannot_be_kept(away, photo):
    anna = Person(away)
    page = ask(anna, photo, follow_redirects=True).text
    assert "The Astronomer" in page
    assert "Your photo could not be kept" in page
    with away.app_context():
        assert db.session.scalars(select(Query.photo_name)).one() is None
        # It may have been taken all the same.
        assert db.session.scalar(select(func.count(PendingDeletion.id))) == 1
    assert waiting(away) == 0


def test_a_picture_that_cannot_be_had_now_is_promised_for_later(away):
    for address in (PICTURE, f"/media/works/{WORK}.m.jpg"):
        answer = away.test_client().get(address)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_programs_are_told_in_a_word(app, photo, cable):
    program = program_of(logged_in(app))
    fields = {"photo": (BytesIO(photo), "photo.jpg")}
    own = program.post("/api/v1/search", data=fields).json["query_id"]
    cable.is_away = True
    answer = program.get(f"/api/v1/queries/{own}/photo")
    assert answer.status_code == 503
    assert answer.json["error"]["code"] == "storage_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert program.delete(f"/api/v1/queries/{own}").status_code == 202
    assert program.get(f"/api/v1/queries/{own}").status_code == 404
    assert waiting(app) == 1


def test_a_change_that_needs_a_picture_fails_with_a_sentence(away):
    curator = logged_in(away, "eva@example.org", "curator")
    fields = {"picture": (BytesIO(encoded(draw_picture(77))), "new.jpg")}
    address = curator.post(
        "/curate/works/1/pictures/", page="/curate/works/1", **fields
    ).location
    assert "the storage does not answer" in curator.browser.get(address).text
    with away.app_context():
        assert len(db.session.get_one(Artwork, 1).images) == 1


def test_no_earlier_index_is_live_here_that_the_others_cannot_be_told_of(
    away, monkeypatch
):
    switched = []
    monkeypatch.setattr(
        GenerationRegistry, "roll_back", lambda _self, name: switched.append(name)
    )
    curator = logged_in(away, "eva@example.org", "curator")
    answer = curator.post("/curate/index/0123456789abcdef/live", page="/curate/index/")
    assert answer.status_code == 503
    assert switched == []


@pytest.fixture
def cable(app, monkeypatch):
    """The photos' storage, whose cable can be pulled out."""
    with app.app_context():
        store = AwayStore(media().queries)
        store.is_away = False

    def opened(url, folders):
        stores = open_stores(url, folders)
        return type(stores)(
            **{
                name: store if name == "queries" else getattr(stores, name)
                for name in stores.__slots__
            }
        )

    monkeypatch.setattr("app.web.shell.current.open_stores", opened)
    return store


def test_a_visitor_is_told_what_is_gone_and_what_will_be(app, photo, cable):
    anna = Person(app)
    address = ask(anna, photo).location
    ask(anna, photo)
    cable.is_away = True
    told = anna.browser.get(anna.post(f"{address}/delete").location).text
    assert "1 photo will be gone as soon as the storage answers" in told
    told = anna.browser.get(anna.post("/history/delete").location).text
    assert "1 search is deleted, with its answer." in told
    assert "1 photo will be gone" in told
    with app.app_context():
        assert db.session.scalar(select(func.count(Query.id))) == 0
        names = db.session.scalars(select(PendingDeletion.name)).all()
    assert len(names) == 2

    admin = logged_in(app, "ada@example.org", "admin")
    page = admin.browser.get("/admin/health/").text
    assert "2 photos wait to be deleted from the storage since" in page
    cable.is_away = False
    with app.app_context():
        assert deletions.run_due(db.session(), shell.media()) == 0
        assert not any(cable.exists(name) for name in names)
    assert waiting(app) == 0
    page = admin.browser.get("/admin/health/").text
    assert not re.search("wait.? to be deleted", page)


def test_an_account_is_deleted_though_the_storage_is_away(app, photo, cable):
    anna = logged_in(app)
    ask(anna, photo)
    cable.is_away = True
    answer = anna.post("/account/delete", password=anna.password)
    assert "1 photo will be gone" in anna.browser.get(answer.location).text
    assert anna.account() is None
    assert waiting(app) == 1


def test_own_data_are_not_sent_without_their_photos(app, photo, cable):
    anna = Person(app)
    ask(anna, photo)
    cable.is_away = True
    answer = anna.browser.get("/history/searches.zip")
    assert answer.status_code == 503
    assert "cannot be reached right now" in answer.text
