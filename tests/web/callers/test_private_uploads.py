"""What is sent stays in memory: a photo tells where and when it was taken."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow
from PIL.ExifTags import Base
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

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
        "media",
        "turnstile",
    }
    assert not [path for path in made if path not in made_there and is_ours(path)]
    kept = list((instance / "media" / "queries").glob("*.jpg"))
    assert len(kept) == 2
    assert not [path for path in kept if b"at home" in path.read_bytes()]


def is_ours(path):
    """Tell a file from the templates that Jinja compiles, which tests keep."""
    return not path.name.startswith("__jinja2_")


def test_only_a_catalogue_is_put_on_the_instances_own_disk_without_a_name(app, made):
    curator = logged_in(app, "cora@example.org", "curator").browser
    table = b"accession,title\n" + b"A,B\n" * 200_000
    upload = FileStorage(BytesIO(table), "table.csv")
    answer = post(curator, "/curate/imports/", "/curate/imports/", file=upload)
    assert answer.status_code in (302, 303)
    imports = app.config["MORELLI_INSTANCE"] / "imports"
    assert {path for path in made if is_ours(path)} == {imports}
    [kept] = imports.iterdir()
    assert kept.read_bytes() == table
