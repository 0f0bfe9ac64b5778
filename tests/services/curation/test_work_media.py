"""Audio, video and links of works: added, said otherwise, removed, taken back."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Artwork, AuditEntry, MediaKind, PendingDeletion, WorkMedia
from app.services.collection.content.media import shown_media
from app.services.curation.work_media import (
    AddressError,
    MediaChangedError,
    MediaEditor,
    safe_address,
    said_of,
)
from app.services.media.folder import FolderStore
from app.services.operations import retention
from app.services.system import deletions
from app.web.shell import current
from tests.support.hooks import listen, numbers_told
from tests.support.recordings import make_recording

SAID = said_of("de", "Der Tisch", "Hier hören Sie …")


@pytest.fixture
def work(in_app):
    return db.session.get_one(Artwork, 1)


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "recordings")


@pytest.fixture
def editor(work, store):
    return MediaEditor(db.session(), store, None)


@pytest.fixture
def recording(editor, work):
    file = BytesIO(make_recording("mp3"))
    return editor.add_recording(work, MediaKind.AUDIO, file, SAID)


def last_entry():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def titles(work):
    return [one.title for one in shown_media(work)]


def test_a_recording_is_kept_with_what_is_said_of_it(recording, work, store):
    assert store.exists(recording.media_name)
    assert (recording.language, recording.mimetype) == ("de", "audio/mpeg")
    assert titles(work) == ["Der Tisch"]
    assert last_entry().action == "media"


def test_lines_end_as_in_files_whatever_a_form_sends():
    assert said_of("de", "", " Eins\r\n\r\nZwei\r ")["transcript"] == "Eins\n\nZwei"


def test_adding_is_taken_back_and_that_too(recording, editor, work, store):
    undone = editor.undo(last_entry())
    assert titles(work) == []
    assert store.exists(recording.media_name)
    editor.undo(undone)
    assert titles(work) == ["Der Tisch"]


def test_a_removed_recording_comes_back_as_it_was(recording, editor, work):
    entry = editor.remove(recording)
    assert titles(work) == []
    editor.undo(entry)
    [back] = shown_media(work)
    assert (back.id, back.transcript) == (recording.id, SAID["transcript"])


def test_an_edit_is_taken_back_unless_something_changed_since(recording, editor, work):
    first = editor.edit(recording, said_of("en", "Table", "x"))
    assert editor.edit(recording, said_of("en", "Table", "x")) is None
    editor.edit(recording, said_of("en", "The table", "x"))
    with pytest.raises(MediaChangedError):
        editor.undo(first)
    editor.undo(last_entry())
    assert titles(work) == ["Table"]


def test_what_is_deleted_for_good_does_not_come_back(recording, editor, work, store):
    name = recording.media_name
    entry = editor.remove(recording)
    assert editor.delete_for_good(recording) == 0
    assert not store.exists(name)
    db.session.expire_all()
    with pytest.raises(MediaChangedError):
        editor.undo(entry)
    assert titles(work) == []


def test_media_are_put_in_another_order(recording, editor, work):
    link = editor.add_link(work, "https://example.org/", said_of("", "Page", ""))
    editor.move(link, -1)
    assert titles(work) == ["Page", "Der Tisch"]
    assert editor.move(link, -1) is None
    editor.undo(last_entry())
    assert titles(work) == ["Der Tisch", "Page"]


@pytest.mark.parametrize(
    "address",
    [
        *("http://example.org/", "javascript:alert(1)", "//example.org", "https://"),
        *("https://exa mple.org/", "ftp://example.org", "https://[", ""),
        f"https://example.org/{'x' * 2000}",
    ],
)
def test_only_https_is_linked(editor, work, address):
    with pytest.raises(AddressError):
        editor.add_link(work, address, SAID)
    assert titles(work) == []
    assert safe_address(" https://example.org/a?b ") == "https://example.org/a?b"


def test_the_recordings_of_a_deleted_work_are_deleted(app, recording, work, editor):
    editor.remove(recording)
    name = recording.media_name
    db.session.delete(work)
    db.session.commit()
    assert db.session.scalar(select(func.count(WorkMedia.id))) == 0
    [note] = db.session.scalars(select(PendingDeletion))
    assert (note.area, note.name) == ("recordings", name)
    with app.app_context():
        current.media().recordings.write(name, b"x")
        assert deletions.run_due(db.session(), current.media()) == 0
        assert not current.media().recordings.exists(name)


def test_files_that_no_row_names_are_swept(app, recording, monkeypatch):
    kept = current.media().recordings
    kept.write(recording.media_name, b"x")
    kept.write("ab/stray.mp3", b"x")
    monkeypatch.setattr(retention, "STRAY_AFTER", retention.STRAY_AFTER * -1)
    retention.run(current.folders(), current.media(), 30, is_confirmed=True)
    assert [one.name for one in kept.list()] == [recording.media_name]


def test_webhooks_are_told_that_its_work_has_changed(work, editor):
    listen(db.session())
    file = BytesIO(make_recording("mp3"))
    editor.add_recording(work, MediaKind.AUDIO, file, SAID)
    assert numbers_told(db.session()) == [("work.changed", [work.accession])]
