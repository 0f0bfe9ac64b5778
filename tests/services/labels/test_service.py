"""Labels in visitors' photos: what is looked at, what it costs, what it names."""

import numpy as np
import pytest
from flask import current_app
from sqlalchemy import update

from app.extensions import db
from app.models import Artwork
from app.retrieval.images.prepared import PreparedPhoto
from app.retrieval.verification.evidence import Verdict
from app.services.labels import service as labels_service
from app.services.labels.copies import SIDE_PX
from app.services.labels.reading import LabelReading, ReadWork, SeenText, Sign
from app.services.labels.recognition import Line
from app.services.labels.service import LabelService
from app.services.labels.shown import lines_read, reading_of, shown_works
from app.services.labels.wire import LabelReaderError
from app.services.operations import retention
from app.web.shell.current import SEARCH, folders, media, search_service

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
        service = LabelService(reader, site)
        current_app.extensions[SEARCH].labels = service
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
    assert np.array(read.outline).shape == (4, 2)
    db.session.expire_all()
    assert reading_of(query) == LabelReading.unpacked(query.reading or {})
    assert lines_read(query) == ASTRONOMER


def test_two_labels_give_both_works(labels, unknown_photo):
    labels(ASTRONOMER, ("1900.3",))
    query = search_service().search(unknown_photo)
    assert [work.accession for _, work in shown_works(query)] == ["1900.0", "1900.3"]


def test_text_that_names_nothing_is_kept_and_claims_nothing(labels, unknown_photo):
    labels(("No photography", "Please keep a distance"))
    query = search_service().search(unknown_photo)
    assert not query.is_read
    assert lines_read(query) == ("No photography", "Please keep a distance")
    assert shown_works(query) == []


def test_a_photo_without_text_is_not_read(unknown_photo, monkeypatch):
    reader = FakeReader(ASTRONOMER)
    monkeypatch.setattr(labels_service, "may_have_text", lambda _photo: False)
    current_app.extensions[SEARCH].labels = LabelService(reader)
    assert search_service().search(unknown_photo).reading is None
    assert reader.asked == 0


def test_what_looks_like_text_in_one_size_only_is_not_read(
    image_of_a_label, monkeypatch
):
    reader = FakeReader(ASTRONOMER)
    service = LabelService(reader)
    assert service.look(PreparedPhoto(image_of_a_label)) is not None
    monkeypatch.setattr(
        labels_service, "may_have_text", lambda copy: max(copy.shape) == SIDE_PX
    )
    assert service.look(PreparedPhoto(image_of_a_label)) is None
    assert reader.asked == 1


def test_a_reader_that_fails_stops_no_search_and_is_asked_again(labels, unknown_photo):
    reader = labels(ASTRONOMER)
    service = current_app.extensions[SEARCH].labels

    def fail(_image):
        raise LabelReaderError("nobody answers")

    reader.read = fail
    assert search_service().search(unknown_photo).reading is None
    assert service.fault == "nobody answers"
    del reader.read
    assert search_service().search(unknown_photo).is_read
    assert service.fault is None


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
    service = LabelService(FakeReader(), "https://art.example.org")
    seen = SeenText((), (code,), (100, 100))
    reading = service.understand(seen, db.session())
    assert [work.accession for work in reading.works] == named
    assert all(work.signs == (Sign.CODE,) and work.is_sure for work in reading.works)


def test_a_changed_catalogue_is_known_after_a_minute(monkeypatch):
    service = LabelService(FakeReader())
    seen = SeenText(((line("A quite new title"), line("Ada Bright")),), (), (100, 100))
    assert service.understand(seen, db.session()).works == ()
    changed = update(Artwork).where(Artwork.accession == "1900.0")
    db.session.execute(changed.values(title="A quite new title"))
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
    assert query.reading is None


def test_without_photos_no_line_is_kept(make_app, unknown_photo, monkeypatch):
    monkeypatch.setattr(labels_service, "may_have_text", lambda _photo: True)
    with make_app(MORELLI_RETENTION_DAYS="0").app_context():
        current_app.extensions[SEARCH].labels = LabelService(FakeReader(ASTRONOMER))
        query = search_service().search(unknown_photo)
        assert lines_read(query) == ()
        assert [work.accession for _, work in shown_works(query)] == ["1900.0"]


def test_what_was_read_can_be_kept_and_read_back():
    works = [
        ReadWork("1900.3", False, (Sign.TITLE,), [[0.1, 0.2]] * 4),
        ReadWork("1900.0", True, (Sign.CODE,)),
        ReadWork("1900.3", False, (Sign.TITLE,)),
    ]
    reading = LabelReading.of(works, ["a line"])
    assert [work.accession for work in reading.works] == ["1900.0", "1900.3"]
    assert LabelReading.unpacked(reading.packed(keeps_lines=True)) == reading
    assert LabelReading.unpacked(reading.packed(keeps_lines=False)).lines == ()


def test_the_looks_of_a_photo_decide_whether_it_is_read(image_of_a_label):
    reader = FakeReader(ASTRONOMER)
    service = LabelService(reader)
    plain = np.full((480, 640, 3), 180, np.uint8)
    assert service.look(PreparedPhoto(plain)) is None
    assert reader.asked == 0
    assert service.look(PreparedPhoto(image_of_a_label)) is not None
    assert reader.asked == 1
