import numpy as np
import pytest

from app.models import Artwork, ReferenceImage
from app.retrieval.evaluation.asking import LabelledPhoto
from app.retrieval.images.codec import encode_jpeg
from app.retrieval.simulation.photo import PROFILES
from app.services.evaluation import labelled_photos
from app.services.evaluation.labelled_photos import (
    LabelsError,
    PhotoFault,
    draw_references,
    open_photos,
    read_labels,
    simulate_photos,
    simulate_walls,
)
from tests.support.fakes import draw_picture

ACCESSIONS = {"A-1", "A-2", "B 3/é"}


@pytest.fixture
def write_labels(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "photos.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def works(session, media):
    """Three works with a picture each, the second with two."""
    for number in range(3):
        work = Artwork(accession=f"A-{number}")
        for position in range(2 if number == 1 else 1):
            name = f"{number}{position}.jpg"
            picture = encode_jpeg(draw_picture(10 * number + position))
            media.write(name, picture)
            work.images.append(
                ReferenceImage(
                    position=position,
                    sha256=name * 8,
                    media_name=name,
                    width=320,
                    height=240,
                )
            )
        session.add(work)
    session.commit()
    return {f"A-{number}" for number in range(3)}


def test_rows_become_labels(write_labels, tmp_path):
    path = write_labels(
        "kind,photo,references\nphone,in/1.jpg,A-1|B 3/é\n,2.jpg, NONE \n"
    )
    (first, second), faults = read_labels(path, ACCESSIONS)
    assert not faults
    assert first.photo == tmp_path / "in" / "1.jpg"
    assert first.works == {"A-1", "B 3/é"}
    assert (first.kind, first.line) == ("phone", 2)
    assert second.works == frozenset()
    assert second.kind == "photo"


def test_the_number_of_a_merged_work_stands_for_the_kept_one(write_labels):
    path = write_labels(
        "photo,references,kind,in_view\n1.jpg,old-1,phone,old-2\n2.jpg,old-3,phone,\n"
    )
    merged = {"OLD-1": "A-1", "OLD-2": "A-2", "OLD-3": "gone"}
    [label], [fault] = read_labels(path, ACCESSIONS, merged)
    assert label.works == {"A-1"}
    assert label.in_view == {"A-2"}
    assert "no work old-3" in str(fault)


def test_what_else_is_in_view_may_be_told(write_labels):
    path = write_labels(
        "photo,references,kind,in_view\n1.jpg,A-1,x,A-2| C-9\n2.jpg,NONE,x,\n"
    )
    (first, second), _ = read_labels(path, ACCESSIONS)
    assert first.works == {"A-1"}
    assert first.in_view == {"A-2", "C-9"}
    assert second.in_view == frozenset()


def test_an_old_encoding_is_read(write_labels):
    path = write_labels("photo,references,kind\n1.jpg,B 3/é,x\n", encoding="cp1252")
    labels, _ = read_labels(path, ACCESSIONS)
    assert labels[0].works == {"B 3/é"}


def test_rows_that_cannot_be_used_are_named(write_labels):
    path = write_labels(
        "photo,references,kind\n1.jpg,A-9|A-8,x\n,A-1,x\n3.jpg,,x\n4.jpg\n5.jpg,A-1,x\n"
    )
    labels, faults = read_labels(path, ACCESSIONS)
    assert [label.photo.name for label in labels] == ["5.jpg"]
    assert [str(fault) for fault in faults] == [
        "line 2, 1.jpg: the collection has no work A-8 or A-9",
        "line 3, no photo: the column photo is blank",
        "line 4, 3.jpg: the column references is blank (write NONE for no work)",
        "line 5, 4.jpg: the column references is blank (write NONE for no work)",
    ]


def test_of_several_works_those_in_the_collection_count(write_labels):
    path = write_labels("photo,references,kind\n1.jpg,A-1|A-9,x\n")
    labels, faults = read_labels(path, ACCESSIONS)
    assert labels[0].works == {"A-1"}
    assert not faults


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("photo,kind\n1.jpg,x\n", "does not name references")],
)
def test_a_list_without_its_columns_is_refused(write_labels, text, reason):
    with pytest.raises(LabelsError, match=reason):
        read_labels(write_labels(text), ACCESSIONS)


def test_a_list_is_read_as_every_other_table(write_labels, tmp_path):
    path = write_labels(
        "sep=;\r\nPhoto;References;Kind\r\nday\\1.jpg;a-1 | B 3/É;ok\r\n", "utf-16"
    )
    [label], faults = read_labels(path, ACCESSIONS)
    assert not faults
    assert label.photo == tmp_path / "day" / "1.jpg"
    assert label.works == {"A-1", "B 3/é"}
    assert label.line == 3


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(LabelsError, match=r"nowhere\.csv cannot be used: No such"):
        read_labels(tmp_path / "nowhere.csv", ACCESSIONS)


def test_photos_that_cannot_be_opened_are_named(write_labels, tmp_path):
    (tmp_path / "good.jpg").write_bytes(encode_jpeg(draw_picture(1)))
    (tmp_path / "text.jpg").write_text("no picture")
    path = write_labels(
        "photo,references,kind\ngone.jpg,A-1,x\ntext.jpg,A-1,x\ngood.jpg,A-1,x\n"
    )
    gone, text, good = open_photos(
        read_labels(path, ACCESSIONS)[0], lambda _: {}, ACCESSIONS
    )
    assert str(gone) == "line 2, gone.jpg: No such file or directory"
    assert isinstance(text, PhotoFault)
    assert isinstance(good, LabelledPhoto)
    assert good.image.shape == (240, 320, 3)


def test_references_are_first_pictures_of_findable_works(session, works):
    references = draw_references(session, works - {"A-2"})
    assert references == [("A-0", "00.jpg"), ("A-1", "10.jpg")]


def test_a_sample_is_repeatable_and_not_larger_than_asked(session, works):
    samples = [draw_references(session, works, sample=2, seed=s) for s in (0, 0, 3)]
    assert samples[0] == samples[1] == sorted(samples[0])
    assert [len(sample) for sample in samples] == [2, 2, 2]
    assert len(draw_references(session, works, sample=9)) == 3


def test_a_simulated_photo_depends_on_its_work_and_the_seed_alone(
    session, media, works
):
    references = draw_references(session, works)
    profile = PROFILES["mild"]
    *_, third = simulate_photos(references, media, profile, seed=1)
    (alone,) = simulate_photos(references[2:], media, profile, seed=1)
    (other,) = simulate_photos(references[2:], media, profile, seed=2)
    assert isinstance(third, LabelledPhoto)
    assert isinstance(alone, LabelledPhoto)
    assert isinstance(other, LabelledPhoto)
    np.testing.assert_array_equal(alone.image, third.image)
    assert not np.array_equal(alone.image, other.image)
    assert (alone.name, alone.kind, alone.works) == ("A-2", "mild", frozenset({"A-2"}))


def test_a_lost_picture_is_named(session, media, works):
    (media.root / "00.jpg").unlink()
    references = draw_references(session, works)
    fault, *rest = simulate_photos(references, media, PROFILES["mild"])
    assert str(fault) == "A-0, 00.jpg: No such file or directory"
    assert len(rest) == 2


def walls_of(session, media, works):
    """Walls with works whose pictures are all there."""
    walls = list(simulate_walls(draw_references(session, works), media))
    assert not [wall for wall in walls if isinstance(wall, PhotoFault)]
    return [wall for wall in walls if isinstance(wall, LabelledPhoto)]


def test_works_hang_on_walls_together_each_on_one(session, media, works):
    walls = walls_of(session, media, works)
    assert {work for wall in walls for work in wall.in_view} == works
    assert sum(len(wall.in_view) for wall in walls) == len(works)
    assert all(wall.works <= wall.in_view for wall in walls)
    assert {wall.kind for wall in walls} == {"wall"}


def test_what_is_small_on_a_wall_need_not_be_named(session, media, works, monkeypatch):
    monkeypatch.setattr(labelled_photos, "LEAST_AREA_SHARE", 1.0)
    walls = walls_of(session, media, works)
    assert {wall.works for wall in walls} == {frozenset()}


def test_a_lost_picture_is_no_wall(session, media, works):
    references = draw_references(session, works)
    for _, name in references:
        (media.root / name).unlink()
    assert all(
        isinstance(wall, PhotoFault) for wall in simulate_walls(references, media)
    )
