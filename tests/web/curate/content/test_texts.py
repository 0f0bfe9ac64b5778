"""Curators write texts in languages and add recordings; visitors get them."""

import re
from io import BytesIO

import pytest
from flask import request
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, MediaKind, WorkMedia
from tests.support.people import logged_in
from tests.support.recordings import make_recording

PAGE, WORK = "/curate/works/1/content", "/works/1900.0"
ENGLISH = {"Accept-Language": "en"}
SAID = {"title": "Gespräch", "language": "de", "transcript": "Guten Tag."}


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def visitor(app):
    return app.test_client()


def write(curator, text, field="story", language="de", **more):
    fields = {"new-field": field, "new-language": language, "new-text": text, **more}
    return curator.post(PAGE, **fields)


def record(curator, data=None, **said):
    file = (BytesIO(make_recording("mp3") if data is None else data), "talk.mp3")
    fields = {"kind": "audio", "recording": file, **SAID, **said}
    return curator.post("/curate/works/1/recordings", page=PAGE, **fields)


def told(curator, answer):
    assert answer.status_code == 303
    return curator.browser.get(answer.location).text


def status(browser, address):
    with browser.get(address) as answer:
        return answer.status_code


def details(app):
    with app.app_context():
        return db.session.get_one(Artwork, 1).details


def media_of(app):
    with app.app_context():
        return list(db.session.scalars(select(WorkMedia)))


def test_a_story_is_shown_in_the_visitors_language(curator, visitor):
    write(curator, "Die *lange* Geschichte.")
    write(curator, "قصة طويلة", language="ar")
    german = visitor.get(WORK, headers={"Accept-Language": "de-CH,de"}).text
    assert 'lang="de" dir="ltr"' in german
    assert "Die <em>lange</em> Geschichte." in german
    arabic = visitor.get(WORK, headers={"Accept-Language": "ar"}).text
    assert 'lang="ar" dir="rtl"' in arabic
    assert "قصة طويلة" in arabic
    english = visitor.get(WORK, headers=ENGLISH).text
    assert "In German" in english
    assert "in=ar#texts" in english
    asked = visitor.get(f"{WORK}?in=ar", headers=ENGLISH).text
    assert "قصة طويلة" in asked


def test_markup_of_a_story_does_nothing(curator, visitor):
    write(curator, "<script>alert(1)</script>[x](javascript:alert(1))")
    page = visitor.get(WORK).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_language_that_is_not_known_is_refused_and_nothing_is_lost(app, curator):
    answer = write(curator, "Lang und gut", language="germanisch")
    assert answer.status_code == 422
    assert "is no language that is known" in answer.text
    assert "Lang und gut" in answer.text
    assert details(app) == {}


def test_a_language_is_written_as_the_standard_does(app, curator):
    write(curator, "x", language="PT_br")
    assert details(app) == {"story@pt-BR": "x"}


def test_a_title_in_another_language_heads_the_page_and_is_found(curator, visitor):
    assert write(curator, "x", field="title", language="").status_code == 422
    write(curator, "Der Tisch des Astronomen", field="title")
    page = visitor.get(WORK, headers={"Accept-Language": "de"}).text
    assert "<h1>Der Tisch des Astronomen</h1>" in page
    assert "Der Tisch des Astronomen" not in visitor.get(WORK, headers=ENGLISH).text
    assert "1900.0" in visitor.get("/works/?q=astronomen").text
    found = visitor.get("/api/v1/suggestions?q=astronomn").json["suggestions"]
    assert found[0]["work"]["accession"] == "1900.0"


def test_an_own_field_is_hidden_until_a_curator_shows_it(app, curator, visitor):
    write(curator, "9 Mio.", field="other", **{"new-name": "Versicherungswert"})
    assert details(app) == {"Versicherungswert@de": "9 Mio."}
    assert "hidden from visitors" in curator.browser.get(PAGE).text
    assert "9 Mio." not in visitor.get(WORK).text


def test_a_text_is_changed_emptied_and_brought_back(app, curator):
    write(curator, "Eins")
    told(curator, curator.post(PAGE, **{"text:story@de": "Zwei"}))
    assert details(app) == {"story@de": "Zwei"}
    told(curator, curator.post(PAGE, **{"text:story@de": "  "}))
    assert details(app) == {}
    trail = curator.browser.get("/curate/changes/").text
    newest = re.findall(r"/curate/changes/\d+/undo", trail)[0]
    curator.post(newest, page="/curate/changes/")
    assert details(app) == {"story@de": "Zwei"}


def test_texts_may_be_long_but_not_without_end(app, curator):
    long = "Wörter " * 14_000
    for language in ("de", "fr", "es", "it", "nl", "pt"):
        assert write(curator, long, language=language).status_code == 303
    texts = {f"text:story@{tag}": f"{long}!" for tag in ("de", "fr", "es", "it", "nl")}
    assert curator.post(PAGE, **texts).status_code == 303
    assert details(app)["story@nl"].endswith("!")
    endless = write(curator, "x" * 100_001, language="pl")
    assert endless.status_code == 422
    assert "100000 characters at most" in endless.text


def test_what_nobody_touched_stays_as_the_table_has_it(app, curator):
    with app.app_context():
        db.session.get_one(Artwork, 1).details = {
            "Notiz": " a\r\nb ",
            "story@de": "Eins",
        }
        db.session.commit()
    curator.post(PAGE, **{"text:Notiz": "a\r\nb", "text:story@de": "Zwei"})
    assert details(app) == {"Notiz": " a\r\nb ", "story@de": "Zwei"}


def test_a_field_and_language_that_is_there_is_not_overwritten(app, curator):
    write(curator, "Eins")
    answer = write(curator, "Zwei")
    assert answer.status_code == 422
    assert "Zwei" in answer.text
    assert details(app) == {"story@de": "Eins"}


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(app, curator):
    write(curator, "Eins")
    [old] = re.findall(r'name="seen" value="([^"]+)"', curator.browser.get(PAGE).text)
    curator.post(PAGE, **{"text:story@de": "Zwei"})
    answer = curator.post(PAGE, seen=old, **{"text:story@de": "Drei"})
    assert answer.status_code == 422
    assert "Drei" in answer.text
    assert details(app) == {"story@de": "Zwei"}


def test_a_recording_is_played_in_parts(app, curator, visitor):
    assert "Visitors can play it now" in told(curator, record(curator))
    [one] = media_of(app)
    assert (one.kind, one.language, one.title) == (MediaKind.AUDIO, "de", "Gespräch")
    page = visitor.get(WORK, headers=ENGLISH).text
    [address] = re.findall(r'<audio controls preload="none" src="([^"]+)"', page)
    assert "Guten Tag." in page
    with visitor.get(address) as whole:
        assert whole.mimetype == "audio/mpeg"
        data = whole.data
    with visitor.get(address, headers={"Range": "bytes=10-19"}) as part:
        assert (part.status_code, part.data) == (206, data[10:20])


def test_a_recording_needs_a_transcript(app, curator):
    assert "Please write down what is said" in told(
        curator, record(curator, transcript="  ")
    )
    assert media_of(app) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<html>", "no recording in a format that browsers play"),
        (b"\x1aE\xdf\xa3" + b"x" * 99, "damaged or breaks off"),
    ],
)
def test_what_is_no_recording_is_refused(app, curator, data, sentence):
    assert sentence in told(curator, record(curator, data))
    assert media_of(app) == []


def test_a_recording_that_is_too_large_is_refused(make_app):
    app = make_app(MORELLI_MAX_RECORDING_MB=1, MORELLI_MAX_UPLOAD_MB=1)
    curator = logged_in(app, "curator@example.org", "curator")
    large = {"CONTENT_LENGTH": "1100000"}
    answer = curator.browser.post(
        "/curate/works/1/recordings", data={"kind": "audio"}, environ_overrides=large
    )
    assert answer.status_code == 413
    assert "at most 1 MB are accepted" in answer.text


def test_a_recording_may_be_larger_than_a_photo(make_app):
    app = make_app(MORELLI_MAX_RECORDING_MB=3, MORELLI_MAX_UPLOAD_MB=1)
    limits = {}
    for address in ("/curate/works/1/recordings", "/curate/works/1/links"):
        with app.test_request_context(address, method="POST"):
            for one in app.before_request_funcs[None]:
                if one.__name__ == "raise_limit":
                    one()
            limits[address] = request.max_content_length
    assert list(limits.values()) == [3_000_000, 1_000_000]


def test_what_is_removed_or_withdrawn_no_visitor_hears(app, curator, visitor):
    record(curator)
    [one] = media_of(app)
    address = f"/media/recordings/{one.media_name}"
    assert status(visitor, address) == 200
    curator.post("/curate/works/1/withdraw", page="/curate/works/1")
    assert status(visitor, address) == 404
    assert status(curator.browser, address) == 200
    curator.post("/curate/works/1/restore", page="/curate/works/1")
    curator.post(f"/curate/works/1/media/{one.id}/remove", page=PAGE)
    assert status(visitor, address) == 404
    curator.post(f"/curate/works/1/media/{one.id}/delete", page=PAGE)
    assert status(curator.browser, address) == 404
    assert media_of(app) == []


def test_a_removed_recording_is_brought_back_under_changes(app, curator, visitor):
    record(curator)
    [one] = media_of(app)
    curator.post(f"/curate/works/1/media/{one.id}/remove", page=PAGE)
    trail = curator.browser.get("/curate/changes/").text
    assert "Audio, video or links changed" in trail
    newest = re.findall(r"/curate/changes/\d+/undo", trail)[0]
    curator.post(newest, page="/curate/changes/")
    assert "Gespräch" in visitor.get(WORK).text


def test_media_of_another_work_are_not_reached(curator, app):
    record(curator)
    [one] = media_of(app)
    for wish in ("", "/remove", "/later"):
        address = f"/curate/works/2/media/{one.id}{wish}"
        assert curator.post(address, page=PAGE).status_code == 404


@pytest.mark.parametrize("address", ["http://example.org/", "javascript:alert(1)"])
def test_only_https_is_linked(app, curator, address):
    sent = curator.post("/curate/works/1/links", page=PAGE, link=address, title="x")
    assert "A link begins with https://" in told(curator, sent)
    assert media_of(app) == []


def test_a_link_is_shown_by_its_name(curator, visitor):
    link = {"link": "https://example.org/a", "title": "Das Restaurierungsprojekt"}
    curator.post("/curate/works/1/links", page=PAGE, **link)
    page = visitor.get(WORK).text
    assert 'href="https://example.org/a" rel="noopener noreferrer external"' in page
    assert "Das Restaurierungsprojekt" in page


@pytest.mark.parametrize("role", [None, "admin"])
def test_who_may_write(app, role):
    if role is None:
        assert app.test_client().post(PAGE).status_code == 401
        person = logged_in(app, "anna@example.org")
        assert person.browser.get(PAGE).status_code == 403
    else:
        assert (
            logged_in(app, "ada@example.org", role).browser.get(PAGE).status_code == 200
        )


def test_only_this_page_may_ask_for_the_microphone(curator):
    policy = curator.browser.get(PAGE).headers["Permissions-Policy"]
    assert "microphone=(self)" in policy
    other = curator.browser.get("/curate/works/").headers["Permissions-Policy"]
    assert "microphone=()" in other
