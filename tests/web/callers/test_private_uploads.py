"""What is sent stays in memory: a photo tells where and when it was taken."""

import os
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image as Pillow
from PIL.ExifTags import Base
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.services.media.folder import STAGING
from tests.support.people import TOKEN, logged_in


@pytest.fixture
def made(monkeypatch):
    """Where files were made since; ``tempfile`` asks for all of its own so."""
    found, open_file = [], os.open

    def note(path, flags, *rest, **options):
        if flags & (os.O_CREAT | os.O_TMPFILE & ~os.O_DIRECTORY):
            found.append(Path(path))
        return open_file(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", note)
    return found


def post(client, address, page, **fields):
    """Send a form whose body is put together in memory, unlike the client's own."""
    [token, *_] = TOKEN.findall(client.get(page).text)
    boundary, body = encode_multipart({"csrf_token": token, **fields})
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(address, data=body, content_type=kind)


def test_a_photo_touches_no_disk_before_it_is_encoded_again(app, client, photo, made):
    """Its place and time are in it; what is sent is in memory, whatever its size."""
    exif = Pillow.Exif()
    exif[Base.ImageDescription] = "at home"
    file = BytesIO()
    Pillow.open(BytesIO(photo)).save(file, "JPEG", exif=exif)
    sent = file.getvalue() + bytes(5_000_000)
    assert b"at home" in sent
    for address, status in (
        ("/queries", 303),
        ("/api/v1/search", 200),
        ("/frames", 200),
    ):
        upload = FileStorage(BytesIO(sent), "photo.jpg")
        assert post(client, address, "/", photo=upload).status_code == status
    instance = app.config["MORELLI_INSTANCE"]
    made_there = [path for path in made if path.is_relative_to(instance)]
    assert {path.relative_to(instance).parts[0] for path in made_there} == {
        *("media", "turnstile", "limits"),
    }
    assert not [path for path in made if path not in made_there and is_ours(path)]
    kept = list((instance / "media" / "queries").glob("*.jpg"))
    assert len(kept) == 2
    assert not [path for path in kept if b"at home" in path.read_bytes()]


def is_ours(path):
    """Tell a file from templates that Jinja compiles for tests, and from counters."""
    return not path.name.startswith("__jinja2_") and path.parent.name != "limits"


def test_only_a_catalogue_is_put_on_the_instances_own_disk_without_a_name(app, made):
    curator = logged_in(app, "cora@example.org", "curator").browser
    table = b"accession,title\n" + b"A,B\n" * 200_000
    upload = FileStorage(BytesIO(table), "table.csv")
    answer = post(curator, "/curate/imports/", "/curate/imports/", file=upload)
    assert answer.status_code in (302, 303)
    imports = app.config["MORELLI_INSTANCE"] / "imports"
    # While it is sent it has no name; then it is staged, and gets its own.
    nameless, staged = (path for path in made if is_ours(path))
    assert (nameless, staged.parent) == (imports, imports / STAGING)
    [kept] = imports.glob("[!.]*")
    assert kept.read_bytes() == table


def test_who_sent_what_the_server_let_go_is_asked_to_come_back(client):
    """The form is not there, which must not be taken for a fault in it."""
    server = {"gunicorn.socket": SimpleNamespace(is_overloaded=True)}
    page = client.post("/queries", environ_overrides=server)
    answer = client.post("/api/v1/search", environ_overrides=server)
    for one in (page, answer):
        assert one.status_code == 503
        assert int(one.headers["Retry-After"]) > 0
    assert "Many large photos are being sent" in page.text
    assert 'type="file"' in page.text
    assert answer.json["error"]["code"] == "too_many_uploads"
