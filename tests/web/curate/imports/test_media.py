"""Recordings and links of our own tables, on the pages of imports."""

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import WorkMedia
from app.services.collection.exporting import MEDIA_COLUMNS
from app.services.importing import sources
from app.services.system.links.connections import LinkError, Refusal
from tests.services.importing.media.museum import RecordingWeb
from tests.support.people import logged_in
from tests.support.recordings import make_recording
from tests.web.curate.imports.test_pages import begin, look_through

TABLE = f"""accession,title,{",".join(MEDIA_COLUMNS)}
1,Hare,audio,de,Tour,Hallo,https://museum.org/a.mp3,
1,Hare,video,en,Film,,https://museum.org/player,
1,Hare,audio,en,Gone,Gone,https://museum.org/gone.mp3,
1,Hare,audio,en,Text,Text,https://museum.org/text.mp3,
1,Hare,link,fr,Plus,,https://museum.org/more,
"""


class Web(RecordingWeb):
    def copy(self, address, file):
        if address.endswith("player"):
            raise LinkError(Refusal.PAGE)
        super().copy(address, file)


@pytest.fixture
def curator(app, monkeypatch):
    files = {"a.mp3": make_recording("mp3"), "text.mp3": b"no recording"}
    web = Web({f"https://museum.org/{name}": data for name, data in files.items()})
    monkeypatch.setattr(sources, "LinkReader", lambda *_, **__: web)
    return logged_in(app, "curator@example.org", "curator")


def test_the_pages_say_what_would_come_and_why_something_did_not(app, curator):
    worker = app.extensions[BACKGROUND]
    mapping = begin(curator, TABLE)
    page = curator.browser.get(mapping).text
    for column, name in (
        ("media.kind", "Audio, video or link: kind"),
        ("media.file", "Audio or video: file"),
    ):
        assert f'<option value="{column}" selected>{name}</option>' in page
    shown = look_through(curator, worker, mapping, fetches="on")
    page = curator.browser.get(shown).text
    assert "4 recordings would be brought in." in page
    assert "The recording Film has no transcript." in page
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    page = curator.browser.get(shown).text
    assert "would be brought in" not in page
    assert "The site does not give the recording away." in page
    assert "This is no recording in a format that browsers play." in page
    with app.app_context():
        kinds = [one.kind.value for one in db.session.query(WorkMedia)]
        assert kinds == ["audio", "link", "link"]


def test_nothing_is_fetched_where_that_is_not_wanted(app, curator):
    worker = app.extensions[BACKGROUND]
    shown = look_through(curator, worker, begin(curator, TABLE))
    page = curator.browser.get(shown).text
    assert "would be brought in" not in page
    assert "is not fetched, as was chosen" in page
