"""Curators add recordings and links; visitors hear and follow them."""

import re
from io import BytesIO

import pytest
from flask import request
from sqlalchemy import select

from app.extensions import db
from app.models import MediaKind, WorkMedia
from app.retrieval.runtime.extras import Extra
from tests.support.extras import leave_out
from tests.support.people import logged_in
from tests.support.recordings import make_recording

PAGE, WORK = "/curate/works/1/content", "/works/1900.0"
ENGLISH = {"Accept-Language": "en"}
SAID = {"title": "Gespräch", "language": "de", "transcript": "Guten Tag."}


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


def media_of(app):
    with app.app_context():
        return list(db.session.scalars(select(WorkMedia)))


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


def test_without_the_extra_the_page_offers_none_and_takes_none(
    app, curator, monkeypatch
):
    sentence = (
        "This server takes no audio and video: its extra “video” is not installed"
    )
    offered = curator.browser.get(PAGE).text
    assert 'name="recording"' in offered
    assert sentence not in offered
    data = make_recording("mp3")
    leave_out(monkeypatch, Extra.VIDEO)
    page = curator.browser.get(PAGE).text
    assert sentence in page
    assert 'name="recording"' not in page
    assert "Add a link" in page
    assert sentence in told(curator, record(curator, data))
    assert media_of(app) == []


def test_a_recording_needs_a_transcript(app, curator):
    assert "Please write down what is said" in told(
        curator, record(curator, transcript="  ")
    )
    assert media_of(app) == []


def test_a_language_is_understood_by_its_name(app, curator):
    told(curator, record(curator, language="Arabic"))
    [one] = media_of(app)
    assert one.language == "ar"
    assert "Arabic ·" in curator.browser.get(PAGE).text


def test_for_a_language_that_is_not_known_no_recording_is_lost(app, curator):
    page = told(curator, record(curator, language="Germanisch"))
    assert "Germanisch is no language that is known" in page
    assert "Visitors can play it now" in page
    [one] = media_of(app)
    assert (one.language, one.title) == ("", "Gespräch")
    address = f"/curate/works/1/media/{one.id}"
    curator.post(address, page=PAGE, **SAID)
    changed = {**SAID, "title": "Rede", "language": "xx"}
    answer = curator.post(address, page=PAGE, **changed)
    assert "xx is no language that is known" in told(curator, answer)
    [one] = media_of(app)
    assert (one.language, one.title) == ("de", "Rede")


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
