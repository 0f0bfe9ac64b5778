import pytest

from app.models import SentPicture
from app.retrieval.images.encoded import FileFault
from app.services.importing.messages import Remark
from app.services.importing.pictures.numbers import numbers_in, plain_number
from app.services.importing.pictures.sent import SentPictures
from app.services.importing.pictures.source import PictureError
from app.services.importing.records import Record


def sent(*names, faults=""):
    return SentPictures(
        SentPicture(name=name, sha256=name, width=9, height=9, faults=faults)
        for name in names
    )


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("IM-24.jpg", ("im_24",)),
        ("IM-24 (2).JPG", ("im_24_(2)", "im_24")),
        ("IM-24 verso.jpg", ("im_24_verso", "im_24")),
        ("IM_24_2.jpg", ("im_24_2",)),
        ("a/IM.24_b.tif", ("im_24_b", "im_24", "a")),
        ("IM-24/front.jpg", ("front", "im_24")),
        ("1999.12.3.jpg", ("1999_12_3",)),
    ],
)
def test_numbers_stand_in_the_names_of_files_and_folders(name, numbers):
    assert numbers_in(name) == numbers


def test_separators_of_numbers_are_all_alike():
    spellings = ("IM/24.7", "im 24-7", "IM_24:7", " IM. 24, 7 ")
    assert {plain_number(one) for one in spellings} == {"im_24_7"}


def test_a_sent_picture_is_found_by_name_with_what_is_said_of_it():
    pictures = sent("scans/hare.jpg", faults="truncated")
    found = pictures.find("D:\\masters\\hare.tif")
    assert found.sha256 == "scans/hare.jpg"
    assert found.faults == (FileFault.TRUNCATED,)
    assert pictures.find("fox.tif") is None
    with pytest.raises(PictureError):
        sent("a/hare.jpg", "b/hare.jpg").find("hare")


def test_a_record_gets_what_carries_its_number_beside_what_it_names():
    pictures = sent("A-1.jpg", "A-1_2.jpg", "B-1.jpg")
    record = Record(2, "A/1", images=["a-1.tif"])
    pictures.complete(record)
    assert record.images == ["a-1.tif", "A-1_2.jpg"]
    bare = Record(3, "B.1")
    pictures.complete(bare)
    assert bare.images == ["B-1.jpg"]
    faulty = Record(4, "B.1", fault=Remark("no_accession"))
    pictures.complete(faulty)
    assert faulty.images == []
