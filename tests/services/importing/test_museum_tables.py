"""Tables as museums really hand them in: each stands for a kind of its own."""

import io
import zipfile

import pytest

from app.extensions import db
from app.models import Artwork
from app.services.collection import exporting
from app.services.importing import runs
from app.services.importing.pictures.source import SourceError
from app.services.importing.sources import ImportContext, opened
from tests.services.importing.importer import rows_of, work
from tests.support.fakes import draw_picture
from tests.support.museum import encoded


def pack(tables, pictures=()):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
        for number, name in enumerate(pictures):
            archive.writestr(name, encoded(draw_picture(number)))
    return file.getvalue()


def states(run):
    return [(accession, state, codes) for _, accession, state, codes in rows_of(run)]


def test_the_line_that_tells_excel_the_separator_is_no_header(importer):
    table = "sep=;\r\nInventarnummer;Titel;Künstler\r\n0012;Äpfel;Görtz\r\n"
    importer.bring_in(table.encode("cp1252"))
    assert (work("0012").title, work("0012").artist) == ("Äpfel", "Görtz")


def test_the_header_below_lines_of_a_report_is_found(importer):
    table = (
        "Object list;;;\nPrinted 12.03.2024 14:05;;;\n;;;\n"
        "Inventory No.;Title;Artist;Date\nRH-1;Wall;Roe;c. 1910\nRH-2;Gate;Roe;1911\n"
        "Total: 2 records;;;\n"
    )
    run = importer.bring_in(table)
    assert states(run) == [
        ("RH-1", "created", []),
        ("RH-2", "created", []),
        ("", "failed", ["report_line"]),
    ]


@pytest.mark.parametrize(
    ("encoding", "title", "artist"),
    [
        ("cp1250", "Żniwa pod Łodzią", "Józef Ślęzak"),
        ("cp1251", "Весна. Берег реки", "Иван Соколов"),
        ("cp932", "富士山の夕暮れ", "山田花子"),
    ],
)
def test_tables_of_other_languages_are_recorded_with_their_letters(
    importer, encoding, title, artist
):
    table = f"Inv.-Nr.;Titel;Artist\n1;{title};{artist}\n2;{artist};{title}\n"
    importer.bring_in(table.encode(encoding))
    assert (work("1").title, work("1").artist) == (title, artist)


def test_what_protects_numbers_from_a_spreadsheet_is_taken_off(importer):
    table = (
        "Accession number,Title,Date\n"
        '"=""000123""",Formula,"=""1890"""\n="000124",Bare,1891\n'
        "'000125,Apostrophe,'90s\n1.98E+11,Exponent,1892\n"
    )
    run = importer.bring_in(table)
    assert states(run) == [
        ("000123", "created", []),
        ("000124", "created", []),
        ("000125", "created", []),
        ("1.98E+11", "created", ["exponent"]),
    ]
    assert (work("000123").date, work("000125").date) == ("1890", "'90s")


def test_marks_with_a_backslash_cost_no_row(importer):
    table = (
        '"accession","title","artist"\n"BQ-1","\\"Jo\\", seated","Hale"\n'
        '"BQ-2","C:\\pictures","Hale"\n"BQ-3","The \\"Swan\\"","Hale"\n'
    )
    importer.bring_in(table)
    assert [work(f"BQ-{number}").title for number in (1, 2, 3)] == [
        '"Jo", seated',
        "C:\\pictures",
        'The "Swan"',
    ]


def test_every_row_that_is_lost_is_named(importer):
    table = 'accession,title\n1,Hare\n2,"never closed\n3,Fox\n4,Owl\n'
    run = importer.plan(table)
    assert states(run) == [
        ("1", "created", []),
        ("", "failed", ["broken_row"]),
        ("3", "created", []),
        ("4", "created", []),
    ]


def test_a_long_cell_is_read(importer):
    long = "Sold, Paris; by descent. " * 8_000
    importer.bring_in(f'accession,title,provenance\n1,Hare,"{long}"\n2,Fox,none\n')
    assert work("1").details["provenance"] == long
    assert work("2").title == "Fox"


def test_signs_that_nobody_sees_are_taken_out_of_numbers(importer):
    run = importer.bring_in(
        "\ufeffaccession,title\n\u200bIV-1,Zero\nIV-2\u00a0,Blank\n\ufeffIV-3,Mark\n"
        "IV-4\u200e,Direction\nIV\u20116,Hyphen\n"
    )
    assert states(run) == [
        ("IV-1", "created", ["invisible"]),
        ("IV-2", "created", []),
        ("IV-3", "created", ["invisible"]),
        ("IV-4", "created", ["invisible"]),
        ("IV\u20116", "created", []),
    ]


def test_a_short_row_clears_nothing(importer):
    importer.bring_in("accession,title,artist,note\nA,Hare,Dürer,kept\n")
    run = importer.bring_in("accession,title,artist,note\nA,Rabbit\nB,New,Ada\n")
    assert [codes for _, _, codes in states(run)] == [
        ["short_row", "changed"],
        ["short_row"],
    ]
    found = work("A")
    assert (found.title, found.artist, found.details) == (
        "Rabbit",
        "Dürer",
        {"note": "kept"},
    )


def test_several_pictures_in_a_cell_are_all_found(importer):
    table = (
        "accession,title,artist,image\n"
        'SP-1,A,x,a1.jpg; a2.jpg\nSP-2,B,x,"b1.jpg, b2.jpg"\nSP-3,C,x,c1.jpg|c2.jpg\n'
        "SP-4,D,x,\"['d1.jpg', 'd2.jpg']\"\n"
        'SP-5,E,x,"[""e1.jpg"", ""e2.jpg""]"\nSP-6,F,x,"{""id"": 7}"\n'
    )
    names = [f"{letter}{number}.jpg" for letter in "abcde" for number in (1, 2)]
    run = importer.bring_in(pack({"objects.csv": table}, names))
    assert [len(work(f"SP-{number}").images) for number in range(1, 7)] == [
        *[2] * 5,
        0,
    ]
    assert states(run)[5] == ("SP-6", "created", ["no_picture_in_cell"])


def test_columns_about_the_picture_contradict_nothing(importer):
    table = (
        "object_number,title,creator,image,photographer,reproduction_date,sequence\n"
        "RP 1,Baker,Vos,a.jpg,Studio A,2011-03-02,1\n"
        "RP 1,Baker,Vos,b.jpg,Studio B,2019-07-15,2\n"
        "RP 1,Miller,Vos,c.jpg,Studio B,2019-07-15,3\n"
    )
    run = importer.bring_in(pack({"pictures.csv": table}, ["a.jpg", "b.jpg", "c.jpg"]))
    assert states(run) == [
        ("RP 1", "created", []),
        ("RP 1", "updated", ["new_pictures"]),
        ("RP 1", "failed", ["contradicts"]),
    ]
    first, second = work("RP 1").images
    assert first.about == {
        "photographer": "Studio A",
        "reproduction_date": "2011-03-02",
        "sequence": "1",
    }
    assert second.about["photographer"] == "Studio B"
    assert work("RP 1").details == {"image (imported)": "a.jpg"}


def test_what_is_said_of_a_picture_is_kept_exported_and_changed(importer):
    table = "No;Titel;Bild;Fotograf\nA;Hase;a.jpg;Ada\nA;Hase;b.jpg;Eve\n"
    reading = {"columns": COLUMNS_OF_PICTURES}
    importer.bring_in(pack({"t.csv": table}, ["a.jpg", "b.jpg"]), **reading)
    before = "".join(exporting.table(db.session(), str))
    assert "picture.Fotograf" in before
    run = importer.bring_in(before)
    assert not run.counts.get("updated")
    changed = table.replace("Eve", "Max")
    run = importer.bring_in(pack({"t.csv": changed}, ["a.jpg", "b.jpg"]), **reading)
    assert states(run)[1] == ("A", "updated", ["described"])
    assert [image.about["Fotograf"] for image in work("A").images] == ["Ada", "Max"]
    importer.undo(run)
    assert "".join(exporting.table(db.session(), str)) == before


COLUMNS_OF_PICTURES = {
    "No": "accession",
    "Titel": "title",
    "Bild": "image",
    "Fotograf": "about_picture",
}


OBJECTS = (
    "objectid,accessioned,accessionnum,title,displaydate,medium,attribution\n"
    "1,1,1937.1.1,Panel 1,c. 1301,tempera,Anonymous\n"
    "2,1,1937.1.2,Panel 2,c. 1302,tempera,Anonymous\n"
)
PICTURES = (
    "uuid,iiifurl,viewtype,sequence,depictstmsobjectid\n"
    "a,https://iiif.example.org/a,alternate,1,1\n"
    "b,https://iiif.example.org/b,primary,0,1\n"
)
TERMS = "termid,objectid,term\n" + "".join(
    f"{number},{number % 2 + 1},a rather long term\n" for number in range(99)
)
TABLES = {"d/objects.csv": OBJECTS, "d/pictures.csv": PICTURES, "d/terms.csv": TERMS}


def test_a_table_of_pictures_is_joined_to_the_one_of_works(importer):
    run = importer.plan(pack(TABLES), fetches=False)
    with opened(run, ImportContext.of(importer.app.config)) as source:
        assert source.table is not None
        assert source.table.choice.file == "d/objects.csv"
        assert source.table.choice.pictures == "d/pictures.csv"
        assert set(source.files) == set(TABLES)
    importer.record(run)
    assert states(run)[0][0] == "1937.1.1"
    page = runs.list_rows(db.session(), run)
    assert page is not None
    first, second = page.entries
    assert first.values["images"] == [
        "https://iiif.example.org/b/full/max/0/default.jpg",
        "https://iiif.example.org/a/full/max/0/default.jpg",
    ]
    assert "images" not in second.values


def test_where_no_column_is_surely_the_number_none_is_made_of_names(importer):
    table = "Bezug;Titel;Bild\nx;Hafen;IMG_4021.jpg\n"
    with pytest.raises(runs.UnusableMappingError):
        importer.plan(table)


def test_headers_of_the_sites_languages_are_known(importer):
    table = (
        "Numéro d’inventaire;Titre;Artiste;Datation;Localisation;Image\n"
        "INV. 1887;Le port;Marthe Lind;vers 1880;Salle 3;IMG_4021.jpg\n"
    )
    importer.bring_in(pack({"catalogue.csv": table}, ["IMG_4021.jpg"]))
    found = work("INV. 1887")
    assert (found.title, found.location, len(found.images)) == ("Le port", "Salle 3", 1)


def test_our_own_export_comes_back_after_a_spreadsheet_cut_it(importer):
    importer.bring_in(
        pack({"t.csv": "accession,image,title\nA,a.jpg,Hare\n"}, ["a.jpg"])
    )
    [picture] = work("A").images
    table = (
        "accession,image,title,location\r\n"
        f"A,{picture.media_name},'-5 degrees,Room 7\r\n"
        '"\'=""000123""",,Formula,Room 7\r\n\'\'000125,,Apostrophe,Room 7\r\n'
    )
    run = importer.bring_in(table)
    assert run.mapping["format"] == "ours"
    assert [row[0] for row in states(run)] == ["A", "000123", "000125"]
    assert (work("A").title, len(work("A").images)) == ("-5 degrees", 1)


def test_apostrophes_of_titles_stay(importer):
    importer.bring_in("accession,title,artist\n1,'s-Hertogenbosch,'t Hooft\n")
    assert (work("1").title, work("1").artist) == ("'s-Hertogenbosch", "'t Hooft")
    before = "".join(exporting.table(db.session(), str))
    importer.bring_in(before)
    assert "".join(exporting.table(db.session(), str)) == before


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"%PDF-1.7\n", "works.csv", "PDF"),
        (b"{\\rtf1\\ansi hello}", "works.csv", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "works.xls", "old Office"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "works.xls", "web page"),
        (b'[{"a": 1}]', "works.csv", "JSON"),
        (b"<?xml version='1.0'?><records/>", "works.csv", "XML"),
        (b"\x1f\x8b\x08\x00", "works.csv.gz", "packed"),
        (b"SQLite format 3\0", "works.db", "database"),
        (b"\xff\xd8\xff\xe0", "works.jpg", "picture"),
    ],
)
def test_what_is_no_table_is_named_for_what_it_is(importer, data, name, sentence):
    with pytest.raises(SourceError, match=sentence):
        importer.plan(data, name)


def test_lines_of_old_macs_and_wide_tables_stay_right(importer):
    importer.bring_in(
        "accession;title;artist\rOM-1;Café;René\rOM-2;Eté;René\r".encode("mac-roman")
    )
    assert work("OM-1").title == "Café"
    names = ";".join(f"field {number}" for number in range(130))
    values = ";".join(f"v{number}" for number in range(130))
    importer.bring_in(f"accession;title;{names}{';' * 470}\nCC;T;{values}{';' * 470}\n")
    assert len(work("CC").details) == 130


def test_empty_rows_and_lines_in_cells_stay_right(importer):
    importer.bring_in(
        'accession;title\r\nER-1;"Two\nlines"\r\n;\r\n\r\n   ;  \r\nER-2;Two\r\n;\r\n'
    )
    assert work("ER-1").title == "Two\nlines"
    assert db.session.query(Artwork).filter(Artwork.accession.like("ER-%")).count() == 2
