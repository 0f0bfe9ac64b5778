import zipfile
from io import BytesIO

import pytest

from app.retrieval.settings import ImageSettings
from app.services.importing.pictures.archive import Archive
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.pictures.names import PictureNames
from app.services.importing.pictures.source import PictureError, SourceError

LIMITS = ImageSettings(max_bytes=10_000)


def found(names, name, beside=""):
    try:
        return PictureNames(names, beside).find(name)
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
        ("../b.jpg", "picture_outside"),
        ("/etc/passwd", "picture_outside"),
        ("e\u0301.jpg", "set/\u00e9.jpg"),
    ],
)
def test_names_find_their_pictures(name, result):
    names = ["set/images/a.jpg", "set/b.jpg", "o/b.jpg", "set/\u00e9.jpg"]
    assert found([*names, "set/x/c.jpg", "o/c.jpg"], name, "set") == result


@pytest.fixture
def packed(tmp_path):
    def pack(**files):
        path = tmp_path / "works.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in files.items():
                file.writestr(name.replace("__", "/").replace("_", "."), data)
        return path

    return pack


def test_a_zip_file_holds_a_table_and_its_pictures(packed):
    path = packed(
        set__works_csv="No\n1\n", set__a_jpg=b"picture", set__b__c__notes_txt="x" * 50
    )
    archive = Archive(BytesIO(path.read_bytes()), LIMITS)
    assert archive.table_names[0] == "set/works.csv"
    assert archive.open_table().read() == b"No\n1\n"
    assert archive.read("a.jpg") == b"picture"
    with pytest.raises(PictureError):
        archive.read("b.jpg")


def test_bombs_and_what_is_none_are_refused(packed, tmp_path):
    with pytest.raises(SourceError, match="bombs"):
        Archive(BytesIO(packed(works_csv="a" * 3_000_000).read_bytes()), LIMITS)
    with pytest.raises(SourceError, match="no table"):
        Archive(BytesIO(packed(a_jpg=b"x").read_bytes()), LIMITS)
    plain = tmp_path / "plain.zip"
    plain.write_bytes(b"PK\3\4 not really")
    with pytest.raises(SourceError, match="damaged"):
        Archive(BytesIO(plain.read_bytes()), LIMITS)


def test_entries_that_lead_elsewhere_are_not_there(tmp_path):
    path = tmp_path / "works.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("works.csv", "No\n1\n")
        file.writestr("../a.jpg", b"x")
        link = zipfile.ZipInfo("b.jpg")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("inner.zip", b"PK")
        file.writestr("large.jpg", b"x" * 10_001)
    archive = Archive(BytesIO(path.read_bytes()), LIMITS)
    codes = []
    for name in ("a.jpg", "b.jpg", "inner.zip", "large.jpg"):
        with pytest.raises(PictureError) as refused:
            archive.read(name)
        codes.append(refused.value.remark.code)
    assert codes == [*["picture_missing"] * 3, "picture_large"]


def test_a_folder_gives_away_only_what_is_below_it(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"x")
    (tmp_path / "secret.jpg").write_bytes(b"s")
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    pictures = FolderPictures(folder, LIMITS)
    assert pictures.read("a.jpg") == b"x"
    with pytest.raises(PictureError, match="outside"):
        pictures.read("link.jpg")
