"""Labels in visitors' photos: what is looked at, what it costs, what it names."""

import numpy as np
import pytest

from app.extensions import db
from app.models import Query
from app.retrieval.errors import MissingArtefactError
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.verification.evidence import Verdict
from app.services.collection.works import find_work
from app.services.labels import service as labels_service
from app.services.labels.reading import LabelReading, SeenText, Sign
from app.services.labels.recognition import Line
from app.services.labels.service import LabelService
from app.services.labels.shown import shown_works
from app.services.operations import retention
from app.web.shell.current import folders, media, search_service

pytestmark = pytest.mark.usefixtures("in_app")
BOX = np.array([[10, 10], [90, 10], [90, 30], [10, 30]], np.float32)


def line(text, down=0.0):
    return Line(text, 0.99, BOX + np.array([0, down], np.float32))


class FakeReader:
    """Reads what it is told to, whatever is in a photo."""

    def __init__(self, *labels):
        self.labels = [[line(text) for text in label] for label in labels]
        self.asked = 0

    def read(self, image):
        self.asked += 1
        return self.labels


ASTRONOMER = ("Ada Bright", "The Astronomer’s Table", "c. 1668")


@pytest.fixture
def labels(monkeypatch):
    """Make a service whose reader reads the given labels in every photo."""
    monkeypatch.setattr(labels_service, "may_have_text", lambda _photo: True)

    def make(*texts, site=""):
        reader = FakeReader(*texts)
        service = LabelService(lambda: reader, site)
        search_service().labels = service
        return reader

    return make


def test_a_work_that_was_found_needs_no_label(labels, photo):
    reader = labels(ASTRONOMER)
    query = search_service().search(photo)
    assert query.verdict is Verdict.FOUND
    assert (query.reading, reader.asked) == (None, 0)


def test_a_label_is_read_where_no_work_was_found(labels, unknown_photo):
    labels(ASTRONOMER)
    query = search_service().search(unknown_photo)
    assert query.verdict is Verdict.NOT_FOUND, "a label proves no picture"
    assert query.is_read
    [(read, artwork)] = shown_works(query)
    assert artwork.accession == "1900.0"
    assert read.signs == (Sign.TITLE, Sign.ARTIST, Sign.DATE)
    assert len(read.outline) == 4
    assert db.session.get(Query, query.id).reading["lines"] == list(ASTRONOMER)


def test_two_labels_give_both_works(labels, unknown_photo):
    labels(ASTRONOMER, ("1900.3",))
    query = search_service().search(unknown_photo)
    assert [work.accession for _, work in shown_works(query)] == ["1900.0", "1900.3"]


def test_text_that_names_nothing_is_kept_and_claims_nothing(labels, unknown_photo):
    labels(("No photography", "Please keep a distance"))
    query = search_service().search(unknown_photo)
    assert not query.is_read
    assert query.reading["works"] == []


def test_a_photo_without_text_is_not_read(unknown_photo, monkeypatch):
    reader = FakeReader(ASTRONOMER)
    monkeypatch.setattr(labels_service, "may_have_text", lambda _photo: False)
    search_service().labels = LabelService(lambda: reader)
    assert search_service().search(unknown_photo).reading is None
    assert reader.asked == 0


def test_networks_that_cannot_be_opened_stop_no_search(labels, unknown_photo, tmp_path):
    labels()
    opened = []

    def fail():
        opened.append(1)
        raise MissingArtefactError(tmp_path, "pip install")

    search_service().labels = LabelService(fail)
    for _ in range(2):
        assert search_service().search(unknown_photo).reading is None
    assert len(opened) == 1, "tried again and again"
    assert str(tmp_path) in search_service().labels.fault


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("https://art.example.org/works/1900.3", ["1900.3"]),
        ("https://elsewhere.example.org/works/1900.3", []),
        ("1900.3", ["1900.3"]),
        ("19003", []),
        ("WIFI:S:Museum;;", []),
    ],
)
def test_a_code_leads_to_its_work(code, named):
    service = LabelService(FakeReader, "https://art.example.org")
    seen = SeenText((), (code,), (100, 100))
    reading = service.understand(seen, db.session())
    assert [work.accession for work in reading.works] == named
    assert all(work.signs == (Sign.CODE,) and work.is_sure for work in reading.works)


def test_a_changed_catalogue_is_known_after_a_minute(labels, monkeypatch):
    labels()
    service = search_service().labels
    seen = SeenText(((line("A quite new title"), line("Ada Bright")),), (), (100, 100))
    assert service.understand(seen, db.session()).works == ()
    work = find_work("1900.0")
    work.title = "A quite new title"
    db.session.commit()
    assert service.understand(seen, db.session()).works == ()
    monkeypatch.setattr(labels_service, "PATIENCE_SECONDS", 0.0)
    [read] = service.understand(seen, db.session()).works
    assert read.accession == "1900.0"


def test_what_was_read_goes_with_the_photo(labels, unknown_photo):
    labels(ASTRONOMER)
    query = search_service().search(unknown_photo)
    query.created_at = query.created_at.replace(year=query.created_at.year - 1)
    db.session.commit()
    retention.run(folders(), media(), 30, is_confirmed=True)
    db.session.expire_all()
    assert db.session.get(Query, query.id).reading is None


def test_without_photos_no_line_is_kept(make_app, unknown_photo, monkeypatch):
    monkeypatch.setattr(labels_service, "may_have_text", lambda _photo: True)
    with make_app(MORELLI_RETENTION_DAYS="0").app_context():
        search_service().labels = LabelService(lambda: FakeReader(ASTRONOMER))
        reading = search_service().search(unknown_photo).reading
    assert reading["lines"] == []
    assert [work["accession"] for work in reading["works"]] == ["1900.0"]


def test_what_was_read_can_be_kept_and_read_back(labels, unknown_photo):
    labels(ASTRONOMER, ("Room 4",))
    packed = search_service().search(unknown_photo).reading
    reading = LabelReading.unpacked(packed)
    assert reading.packed(keeps_lines=True) == packed
    assert reading.is_sure


def test_the_looks_of_a_photo_decide_whether_it_is_read(image_of_a_label):
    reader = FakeReader(ASTRONOMER)
    service = LabelService(lambda: reader)
    plain = np.full((480, 640, 3), 180, np.uint8)
    assert service.look(PreparedPhoto(plain)) is None
    assert reader.asked == 0
    seen = service.look(PreparedPhoto(image_of_a_label))
    assert [one.text for one in seen.labels[0]] == list(ASTRONOMER)
