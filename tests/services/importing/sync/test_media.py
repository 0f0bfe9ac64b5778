"""Media of works that a source is asked for again and again."""

import pytest

from app.extensions import db
from app.models import MediaKind
from app.services.curation.work_media import MediaEditor, said_of
from app.services.importing.standards import documents
from app.web.shell import current
from tests.services.importing.importer import work
from tests.services.importing.standards.lido_records import wrapped
from tests.services.importing.standards.test_lido_media import record, resource
from tests.services.importing.sync.kept import Kept
from tests.support.recordings import make_recording

LIST = "https://museum.org/all.xml"
AUDIO = "https://museum.org/a.mp3"
PAGE = "https://museum.org/page"


class Museum:
    """Gives its list and its recordings away."""

    def __init__(self, title="Guide", **files):
        named = f"<lido:resourceDescription>{title}</lido:resourceDescription>"
        html = 'lido:formatResource="text/html"'
        text = wrapped(
            record(
                resource((AUDIO, ""), said=named), resource((PAGE, html), said=named)
            )
        )
        self.files = {LIST: text.replace(b"https://museum.org/a.jpg", b""), **files}

    def read(self, address):
        return self.files[address]

    def copy(self, address, file):
        file.write(self.files[address])


@pytest.fixture
def kept(importer, monkeypatch):
    monkeypatch.setattr(documents, "PAUSES", ())
    return Kept(importer, LIST)


@pytest.fixture
def synced(kept):
    kept.sync(Museum(**{AUDIO: make_recording("mp3")}))
    return kept


def titles():
    return [one.title for one in work("KG 1").media if not one.is_removed]


def test_recordings_and_links_come_once(synced):
    assert [one.kind for one in work("KG 1").media] == [MediaKind.AUDIO, MediaKind.LINK]
    assert synced.sync(Museum()) is None


def test_what_a_curator_took_away_or_said_stays_so(synced):
    heard, page = work("KG 1").media
    editor = MediaEditor(db.session(), current.media().recordings, None)
    editor.remove(page)
    editor.edit(heard, said_of("de", "Ours", "Spoken"))
    synced.sync(Museum("New guide"))
    assert titles() == ["Ours"]


def test_what_the_source_says_anew_is_taken_over(synced):
    synced.sync(Museum("New guide"))
    assert titles() == ["New guide", "New guide"]
