from pathlib import PurePosixPath

import pytest

from app.services.catalogue import (
    MissingColumnsError,
    UnreadableCatalogueError,
    read_catalogue,
    relative_path,
)

HEADER = "accession,image,title,artist"


@pytest.fixture
def read(tmp_path):
    def read(*lines, encoding="utf-8"):
        path = tmp_path / "catalogue.csv"
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return read_catalogue(path)

    return read


def test_a_plain_catalogue_is_read(read):
    catalogue = read(HEADER, "A-1,a.jpg,La Pietà,Anonymous")
    (row,) = catalogue.rows
    assert (row.line, row.accession, row.image) == (2, "A-1", PurePosixPath("a.jpg"))
    assert row.label == {"title": "La Pietà", "artist": "Anonymous"}
    assert not catalogue.faults


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "cp850"])
def test_separator_and_encoding_are_found(read, separator, encoding):
    lines = (HEADER, "A-1,a.jpg,Junger Hase,Dürer")
    catalogue = read(
        *(line.replace(",", separator) for line in lines), encoding=encoding
    )
    assert catalogue.separator == separator
    assert catalogue.rows[0].label["artist"] == "Dürer"


def test_headers_may_stand_in_any_order_and_case(read):
    catalogue = read(" TITLE ;Accession;shelf;IMAGE", "Still life;A-1;12;a.jpg")
    assert catalogue.rows[0].accession == "A-1"
    assert catalogue.rows[0].label == {"title": "Still life"}


def test_a_missing_column_names_what_was_found(read):
    with pytest.raises(MissingColumnsError, match=r"no column image.*title, inventory"):
        read("accession,title,inventory", "A-1,Still life,9")


def test_a_column_twice_is_refused(read):
    with pytest.raises(UnreadableCatalogueError, match="two columns named title"):
        read("accession,image,title,Title")


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_an_empty_file_is_refused(read, lines):
    with pytest.raises(UnreadableCatalogueError, match="empty"):
        read(*lines)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UnreadableCatalogueError, match="No such file"):
        read_catalogue(tmp_path / "none.csv")


def test_an_unknown_encoding_is_refused(tmp_path):
    (tmp_path / "c.csv").write_text(HEADER)
    with pytest.raises(UnreadableCatalogueError, match="unknown encoding: klingon"):
        read_catalogue(tmp_path / "c.csv", encoding="klingon")


def test_quoted_newlines_and_separators_are_kept(read):
    catalogue = read(HEADER, 'A-1,a.jpg,"Two\nlines, one ""title""",X', "A-2,b.jpg,Y,")
    assert catalogue.rows[0].label["title"] == 'Two\nlines, one "title"'
    assert catalogue.rows[1].line == 4


def test_blank_lines_are_passed_over_and_counted(read):
    assert read(HEADER, "", "A-1,a.jpg,X,Y").rows[0].line == 3


def test_an_open_quotation_mark_does_not_swallow_the_file(read):
    catalogue = read(HEADER, 'A-1,a.jpg,"Open,X', "A-2,b.jpg,Y,", 'A-3,c.jpg,"Z",')
    assert catalogue.faults[0].line == 2
    assert "up to line" in catalogue.faults[0].reason
    assert not {"A-1"} & {row.accession for row in catalogue.rows}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",a.jpg,X,Y", "the accession is blank"),
        ("A-1,,X,Y", "the image is blank"),
        ("A-1,../a.jpg,X,Y", "outside the folder"),
        ("A-1,a.jpg,X,Y,Z", "it has 5 fields"),
        (f"{'A' * 256},a.jpg,X,Y", "more than 255 characters"),
        ("A-1,a.jpg,X\0,Y", "zero byte"),
    ],
)
def test_an_unusable_row_is_named_and_the_rest_is_read(read, line, reason):
    catalogue = read(HEADER, line, "A-2,b.jpg,Y,Z")
    assert [row.accession for row in catalogue.rows] == ["A-2"]
    (fault,) = catalogue.faults
    assert fault.line == 2
    assert reason in fault.reason


def test_a_broken_character_is_named_with_its_line(tmp_path):
    path = tmp_path / "c.csv"
    text = f"{HEADER}\nA-1,a.jpg,Musée,Dürer\nA-2,b.jpg,Caf\udce9,X\n"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    catalogue = read_catalogue(path)
    assert str(catalogue.faults[0]) == (
        "line 3, A-2: the title holds bytes that are not text in utf-8"
    )


def test_several_rows_of_one_accession_are_several_views(read):
    catalogue = read(HEADER, "A-1,a.jpg,X,Y", "A-1,b.jpg,X,Y", "A-1,c.jpg,,")
    assert [str(row.image) for row in catalogue.rows] == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_contradicting_row_is_named_and_the_first_kept(read):
    catalogue = read(HEADER, "A-1,a.jpg,X,Y", "A-1,b.jpg,Other,Y")
    assert [str(row.image) for row in catalogue.rows] == ["a.jpg"]
    assert str(catalogue.faults[0]) == (
        "line 3, A-1: line 2 has the same accession with another title "
        "('X' there, 'Other' here)"
    )


def test_a_repeated_row_is_named(read):
    catalogue = read(HEADER, "A-1,a.jpg,X,Y", "A-1,a.jpg,X,Y")
    assert "it repeats line 2" in catalogue.faults[0].reason


@pytest.mark.parametrize(
    "text",
    ["/etc/passwd", "..\\a.jpg", "b/../../a.jpg", "C:\\a.jpg", "\\\\nas\\a", "", "."],
)
def test_paths_out_of_the_folder_are_refused(text):
    assert relative_path(text) is None


def test_windows_paths_are_understood():
    assert relative_path("rooms\\1\\a.jpg") == PurePosixPath("rooms/1/a.jpg")
