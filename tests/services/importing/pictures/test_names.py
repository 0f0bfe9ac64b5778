import pytest

from app.services.importing.pictures.names import PictureNames
from app.services.importing.pictures.source import PictureError


def found(names, name, beside=""):
    try:
        return PictureNames(names, beside).find(name).name
    except PictureError as error:
        return error.remark.code


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("a.jpg", "set/images/a.jpg"),
        ("images/a.jpg", "set/images/a.jpg"),
        ("IMAGES\\A.JPG", "set/images/a.jpg"),
        ("b.jpg", "set/b.jpg"),
        ("c.jpg", "picture_ambiguous"),
        ("x/c.jpg", "set/x/c.jpg"),
        ("d.jpg", "picture_missing"),
        ("/etc/passwd", "picture_missing"),
        ("e\u0301.jpg", "set/\u00e9.jpg"),
        ("", "picture_missing"),
        ("..", "picture_missing"),
        ("C:\\", "picture_missing"),
    ],
)
def test_names_find_their_pictures(name, result):
    names = ["set/images/a.jpg", "set/b.jpg", "o/b.jpg", "set/\u00e9.jpg"]
    assert found([*names, "set/x/c.jpg", "o/c.jpg"], name, "set") == result


@pytest.mark.parametrize(
    "name",
    [
        "pn_0001",
        "pn_0001.tif",
        "PN_0001.JPG",
        " pn_0001.jpg ",
        "\\\\nas01\\images\\2020\\pn_0001.jpg",
        "D:\\Bilder\\pn_0001.jpg",
        "/Volumes/Archive/pn_0001.tiff",
        "/srv/media/pn_0001.jpg",
        "file:///C:/scans/pn_0001",
        "../scans/pn_0001.jpg",
        "scans/pn_0001.jpg",
    ],
)
def test_a_picture_is_found_however_it_was_called_elsewhere(name):
    names = PictureNames(["pn_0001.jpg", "pn_0002.jpg", "objects.csv"])
    assert names.find(name) == ("pn_0001.jpg", False)


def test_numbers_with_points_are_no_endings():
    names = ["1999.12.3.jpg", "1999.12.4.jpg", "1999.12.jpg"]
    assert found(names, "1999.12.3") == "1999.12.3.jpg"
    assert found(names, "1999.12") == "1999.12.jpg"
    assert found(names, "1999.12.5") == "picture_missing"


def test_a_note_beside_a_picture_is_no_picture():
    assert found(["a.xml", "a.txt", "a.jpg"], "a") == "a.jpg"
    assert found(["a.txt"], "a") == "picture_missing"


def test_two_candidates_are_both_named():
    names = PictureNames(["x/a.jpg", "y/a.tif", "b.png"])
    with pytest.raises(PictureError) as refused:
        names.find("a")
    assert refused.value.remark.code == "picture_ambiguous"
    assert refused.value.remark.facts["found"] == "x/a.jpg, y/a.tif"


def test_folders_that_disagree_are_other_pictures():
    names = ["1/front.jpg"]
    assert found(names, "2/front.jpg") == "picture_missing"
    assert found(names, "box/1/front.jpg") == "1/front.jpg"


def test_of_a_foreign_path_most_folders_count_and_other_ones_are_said():
    names = PictureNames(["scans/2020/a.jpg", "scans/2021/a.jpg", "scans/b.jpg"])
    assert names.find("D:\\2021\\a.jpg") == ("scans/2021/a.jpg", False)
    assert names.find("D:\\Bilder\\b.jpg") == ("scans/b.jpg", True)
    with pytest.raises(PictureError):
        names.find("D:\\2022\\a.jpg")
