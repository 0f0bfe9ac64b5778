"""What a catalogue names, for training and measurements."""

import unicodedata

import pytest

from app.services.evaluation.listing import list_views
from app.services.importing.pictures.source import SourceError

HEADER = "accession,image,title,artist"


@pytest.fixture
def listed(tmp_path):
    def listed(*lines, pictures="abc"):
        for name in pictures:
            (tmp_path / f"{name}.jpg").write_bytes(b"a picture")
        path = tmp_path / "works.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return list_views(path, tmp_path)

    return listed


def test_works_come_with_their_pictures_and_labels(listed, tmp_path):
    [view] = listed(HEADER, "A-1,a.jpg,La Pietà,Anonymous").views
    assert (view.accession, view.path) == ("A-1", tmp_path / "a.jpg")
    assert view.label == {"title": "La Pietà", "artist": "Anonymous"}


def test_columns_may_stand_in_any_order_case_and_language(listed):
    [view] = listed(" TITEL ;Inventarnummer;registry;BILD", "Hase;A-1;12;a.jpg").views
    assert (view.accession, view.label) == ("A-1", {"title": "Hase"})


def test_further_views_have_the_label_of_the_first(listed):
    views = listed(HEADER, "A-1,a.jpg,X,Y", "A-1,b.jpg,,").views
    assert [view.path.name for view in views] == ["a.jpg", "b.jpg"]
    assert views[0].label == views[1].label


def test_what_cannot_be_used_is_named_with_its_line(listed):
    listing = listed(
        HEADER,
        "A-1,a.jpg,X,Y",
        "A-1,b.jpg,Other,Y",
        "A-1,a.jpg,X,Y",
        ",c.jpg,X,Y",
        "A-2,none.jpg,X,Y",
        "A-3,../z.jpg,X,Y",
        "A-4,c.jpg,X,Y,Z",
    )
    assert [view.path.name for view in listing.views] == ["a.jpg"]
    starts = [fault.split(".")[0] for fault in listing.faults]
    assert starts[0].startswith("line 3, A-1: Row 2 has the same accession number")
    assert starts[1] == "line 4, A-1: It repeats row 2"
    assert starts[2] == "line 5, no accession: It has no accession number"
    assert starts[3] == "line 6, A-2: The picture none"
    assert "is not there" in listing.faults[4]
    assert listing.faults[5].startswith("line 8, no accession: It has 5 fields")


def test_a_file_name_typed_on_a_mac_is_found(listed, tmp_path):
    decomposed = unicodedata.normalize("NFD", "é.jpg")
    (tmp_path / decomposed).write_bytes(b"a picture")
    [view] = listed(HEADER, "A-1,é.jpg,X,Y").views
    assert view.path.name == decomposed


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "is empty"),
        (["title,artist", "X,Y"], "the accession number and the picture"),
        (["accession,title", "1,X"], "no column for the picture"),
    ],
)
def test_what_names_no_works_is_refused(listed, lines, sentence):
    with pytest.raises(SourceError, match=sentence):
        listed(*lines)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        list_views(tmp_path / "none.csv", tmp_path)
