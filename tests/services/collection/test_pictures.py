import io
import unicodedata
from pathlib import PurePosixPath

import numpy as np
import pytest
from PIL import Image as Pillow
from sqlalchemy import func, select

from app.models import Artwork, ReferenceImage
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.settings import ImageSettings
from app.services.catalogue import CatalogueRow, RowFault
from app.services.collection.pictures import (
    Recorded,
    keep_picture,
    record_catalogue,
    store_picture,
)
from app.services.system.media import STAGING


def picture(seed, size=(40, 60)):
    rng = np.random.default_rng(seed)
    return encode_jpeg(rng.integers(0, 256, (*size, 3), dtype=np.uint8))


def row(line, accession, image, **label):
    return CatalogueRow(line, accession, PurePosixPath(image), {"title": "", **label})


@pytest.fixture
def images_dir(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(picture(number))
    return folder


@pytest.fixture
def record(session, images_dir, media):
    def record(*rows, settings=ImageSettings()):  # noqa: B008 - frozen
        outcomes = record_catalogue(
            session, rows, images_dir, media, workers=2, settings=settings
        )
        return list(outcomes)

    return record


def test_works_and_pictures_are_recorded(record, session, media):
    outcomes = record(row(2, "A", "0.jpg", title="X"), row(3, "B", "1.jpg"))
    assert outcomes == [Recorded.NEW_WORK, Recorded.NEW_WORK]
    work = session.scalar(select(Artwork).where(Artwork.accession == "A"))
    (image,) = work.images
    assert (work.title, image.width, image.height) == ("X", 60, 40)
    assert media.path(image.media_name).exists()
    assert media.path(image.thumbnail_name).exists()


def test_recording_twice_changes_nothing(record, session, media):
    rows = row(2, "A", "0.jpg", title="X"), row(3, "B", "1.jpg")
    record(*rows)
    before = {path: path.stat().st_mtime_ns for path in media.root.rglob("*.jpg")}
    assert record(*rows) == [Recorded.UNCHANGED] * 2
    assert session.scalar(select(func.count(ReferenceImage.id))) == 2
    assert before == {p: p.stat().st_mtime_ns for p in media.root.rglob("*.jpg")}


def test_a_changed_label_is_updated_and_an_absent_column_kept(record, session):
    record(row(2, "A", "0.jpg", title="Old", artist="Dürer"))
    assert record(row(2, "A", "0.jpg", title="New")) == [Recorded.CHANGED]
    work = session.scalars(select(Artwork)).one()
    assert (work.title, work.artist) == ("New", "Dürer")


def test_further_views_follow_the_first(record, session):
    outcomes = record(row(2, "A", "0.jpg", title="X"), row(3, "A", "1.jpg"))
    assert outcomes == [Recorded.NEW_WORK, Recorded.NEW_VIEW]
    work = session.scalars(select(Artwork)).one()
    assert work.title == "X"
    assert [image.position for image in work.images] == [0, 1]


def test_the_same_bytes_under_two_names_are_one_view(record, session, images_dir):
    (images_dir / "copy.jpg").write_bytes((images_dir / "0.jpg").read_bytes())
    assert record(row(2, "A", "0.jpg"), row(3, "A", "copy.jpg"))[1] == (
        Recorded.UNCHANGED
    )
    assert session.scalar(select(func.count(ReferenceImage.id))) == 1


def test_unusable_pictures_are_named_and_the_rest_recorded(record, images_dir):
    (images_dir / "text.jpg").write_text("no picture")
    (images_dir / "cut.jpg").write_bytes(picture(9)[:500])
    outcomes = record(
        row(2, "A", "text.jpg"),
        row(3, "B", "none.jpg"),
        row(4, "C", "cut.jpg"),
        row(5, "D", "0.jpg"),
    )
    assert all(isinstance(outcome, RowFault) for outcome in outcomes[:3])
    assert str(outcomes[1]) == "line 3, B: picture none.jpg: No such file or directory"
    assert outcomes[3] == Recorded.NEW_WORK


def test_a_picture_over_the_ceiling_is_named(record):
    (outcome,) = record(row(2, "A", "0.jpg"), settings=ImageSettings(max_bytes=100))
    assert "at most 100" in outcome.reason


def test_a_lost_file_is_made_again(record, session, media):
    record(row(2, "A", "0.jpg"))
    path = media.path(session.scalars(select(ReferenceImage)).one().media_name)
    path.unlink()
    record(row(2, "A", "0.jpg"))
    assert path.exists()


def test_a_full_disk_keeps_what_was_committed(record, session, media, monkeypatch):
    record(row(2, "A", "0.jpg"))

    def full(_name, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(media, "write", full)
    with pytest.raises(OSError, match="No space left"):
        record(row(2, "A", "0.jpg"), row(3, "B", "1.jpg"))
    session.rollback()
    assert session.scalars(select(Artwork.accession)).all() == ["A"]


def test_a_file_name_typed_on_a_mac_is_found(record, images_dir):
    decomposed = unicodedata.normalize("NFD", "é.jpg")
    (images_dir / decomposed).write_bytes(picture(5))
    assert record(row(2, "A", "é.jpg")) == [Recorded.NEW_WORK]


def test_the_stored_picture_is_upright_small_and_bare(media):
    exif = Pillow.Exif()
    exif[0x0112] = 6  # to be turned by 90°
    exif[0x010F] = "Camera with a serial number"
    buffer = io.BytesIO()
    Pillow.new("RGB", (2000, 1000), "red").save(buffer, "JPEG", exif=exif)
    stored = store_picture(buffer.getvalue(), media, settings=ImageSettings())
    assert (stored.width, stored.height) == (800, 1600)
    with Pillow.open(media.path(stored.media_name)) as kept:
        assert kept.size == (800, 1600)
        assert not kept.getexif()
    with Pillow.open(media.path(stored.thumbnail_name)) as small:
        assert max(small.size) == 320
    assert not list((media.root / STAGING).iterdir())


def test_a_picture_that_was_stored_before_keeps_its_name_and_its_bytes(media):
    data, sha256 = picture(1), "ab" * 32
    kept = keep_picture(data, sha256, media, settings=ImageSettings())
    assert media.path(f"ab/{sha256}.jpg").read_bytes() == data
    assert media.path(f"ab/{sha256}.s.jpg").exists()
    assert (kept.height, kept.width) == (40, 60)


def test_what_says_where_it_was_taken_is_not_kept_as_it_is(media):
    file = io.BytesIO()
    exif = Pillow.Exif()
    exif[0x010E] = "secret"
    Pillow.new("RGB", (60, 40)).save(file, "JPEG", exif=exif)
    sha256 = "cd" * 32
    keep_picture(file.getvalue(), sha256, media, settings=ImageSettings())
    assert b"secret" not in media.path(f"cd/{sha256}.jpg").read_bytes()
