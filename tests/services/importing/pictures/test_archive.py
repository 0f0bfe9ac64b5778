import zipfile
from io import BytesIO

import pytest

from app.retrieval.settings import ImageSettings
from app.services.importing.columns.finding import open_tables
from app.services.importing.pictures.archive import Archive
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.pictures.source import PictureError, SourceError
from app.services.importing.tables.choice import TableChoice
from app.services.importing.tables.faults import TableError

LIMITS = ImageSettings(max_bytes=10_000)


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


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_what_is_damaged_is_named_and_ends_nothing(method):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as written:
        written.writestr("works.csv", "No\n1\n")
        written.writestr("guide.mp3", bytes(range(256)) * 40)
        start = written.getinfo("guide.mp3").header_offset + 60
    data = bytearray(file.getvalue())
    data[start : start + 30] = b"x" * 30
    archive = Archive(BytesIO(data), ImageSettings(max_bytes=20_000))
    for give in (archive.read, lambda name: archive.copy(name, BytesIO(), 20_000)):
        with pytest.raises(PictureError) as caught:
            give("guide.mp3")
        assert caught.value.remark.code == "picture_broken"


def test_a_disk_that_is_full_is_no_fault_of_the_file(packed):
    class Full(BytesIO):
        def write(self, _data):
            raise OSError(28, "No space left on device")

    path = packed(works_csv="No\n1\n", guide_mp3=b"sound")
    archive = Archive(BytesIO(path.read_bytes()), LIMITS)
    folder = FolderPictures(path.parent, LIMITS)
    for give, name in ((archive.copy, "guide.mp3"), (folder.copy, "works.zip")):
        with pytest.raises(OSError, match="No space"):
            give(name, Full(), 10_000)


def test_entries_that_lead_elsewhere_are_not_there(tmp_path):
    path = tmp_path / "works.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("works.csv", "No\n1\n")
        file.writestr("../a.jpg", b"x")
        link = zipfile.ZipInfo("b.jpg")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("large.jpg", b"x" * 10_001)
    archive = Archive(BytesIO(path.read_bytes()), LIMITS)
    codes = []
    for name in ("a.jpg", "b.jpg", "large.jpg"):
        with pytest.raises(PictureError) as refused:
            archive.read(name)
        codes.append(refused.value.remark.code)
    assert codes == ["picture_missing", "picture_missing", "picture_large"]


def test_names_longer_than_any_files_are_not_there(tmp_path):
    folder = FolderPictures(tmp_path, LIMITS)
    long = f"{'x' * 300}.mp3"
    for give in (
        folder.remarks_on,
        folder.read,
        lambda name: folder.copy(name, BytesIO(), 10),
    ):
        with pytest.raises(PictureError) as caught:
            give(long)
        assert caught.value.remark.code == "picture_missing"


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


def zip_with_raw_names(*names: bytes) -> BytesIO:
    """A ZIP file whose names are these bytes, without the flag of UTF-8."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("works.csv", "No\n1\n")
        for number in range(len(names)):
            packed.writestr(f"{number}".rjust(40, "_"), bytes([number]))
    data = file.getvalue()
    for number, name in enumerate(names):
        place = f"{number}".rjust(40, "_").encode()
        padded = b"x" * (36 - len(name)) + name + b".jpg"
        data = data.replace(place, padded)
    return BytesIO(data)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Mu\u0308ller O\u0308de", "utf-8"),
        ("M\u00fcller \u00d6de", "cp850"),
        ("M\u00fcller \u00d6de", "cp1252"),
        ("Ch\u00e2teau d\u2019\u00e9t\u00e9", "mac_roman"),
        ("\u6d6e\u4e16\u7d75", "cp932"),
        ("\u0141\u00f3d\u017a", "cp852"),
        ("\u041f\u0435\u0439\u0437\u0430\u0436", "cp866"),
    ],
)
def test_names_in_older_code_pages_are_found(name, encoding):
    raw = name.encode(encoding)
    archive = Archive(zip_with_raw_names(raw, b"plain"), LIMITS)
    assert archive.read("x" * (36 - len(raw)) + name + ".jpg") == b"\0"
    assert archive.read("x" * 31 + "plain.jpg") == b"\1"


def test_a_picture_is_told_by_its_content_and_what_macs_leave_is_none(packed):
    path = packed(works_csv="No\n1\n", a_scan=b"picture", __MACOSX__b_jpg=b"x")
    archive = Archive(BytesIO(path.read_bytes()), LIMITS)
    assert archive.read("a.scan") == b"picture"
    with pytest.raises(PictureError):
        archive.read("b.jpg")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("works_xls", b"<html><table></table></html>", "web page"),
        ("works_xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office"),
        ("works_pdf", b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_no_table_inside_is_named(packed, name, data, said):
    data = packed(**{name: data}, a_jpg=b"x").read_bytes()
    archive = Archive(BytesIO(data), LIMITS)
    with pytest.raises(TableError, match=said):
        open_tables(archive.table_names, archive.open_table, TableChoice())


def test_tables_of_filemaker_are_tables(packed):
    archive = Archive(BytesIO(packed(works_mer=b'"No"\r"1"\r').read_bytes()), LIMITS)
    assert archive.table_names == ["works.mer"]
