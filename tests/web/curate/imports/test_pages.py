import io
import re
import zipfile

import pytest

from app.background import BACKGROUND
from app.extensions import db
from app.models import Artwork, ImportRow, ImportRun, IndexFault, RowState
from app.retrieval.settings import ImageSettings
from app.services.importing import one_pass, runs
from app.services.importing.columns.kept import propose_reading
from app.services.importing.one_pass import open_beside
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.sources import ImportContext
from app.services.media.folder import FolderStore
from tests.services.importing.tables.books import xlsx
from tests.support.people import TOKEN, logged_in

TABLE = "Inv No;Title;Artist\nA.1;<b>Hare;Dürer\nA.2;Fox;Ada\n;Nobody’s;\n"


@pytest.fixture
def curator(app):
    return logged_in(app, "curator@example.org", "curator")


@pytest.fixture
def worker(app):
    return app.extensions[BACKGROUND]


def begin(curator, data=TABLE, name="works.csv", **fields):
    """Send a catalogue; return the address of the import's mapping."""
    data = data.encode() if isinstance(data, str) else data
    sent = {"file": (io.BytesIO(data), name), **fields}
    return curator.post("/curate/imports/", **sent).location


def look_through(curator, worker, mapping, **fields):
    """Send the mapping as it is proposed; return the address of the report."""
    page = curator.browser.get(mapping).text
    chosen = dict(
        re.findall(r'name="(column-\d+)">.*?value="([^"]+)" selected', page, re.DOTALL)
    )
    shown = curator.post(mapping, **{**chosen, "policy": "update", **fields}).location
    worker.work_off()
    return shown


def count(app, model):
    with app.app_context():
        return db.session.query(model).count()


def test_a_catalogue_is_looked_through_recorded_and_taken_back(app, curator, worker):
    works = count(app, Artwork)
    mapping = begin(curator)
    page = curator.browser.get(mapping).text
    assert "<option selected>utf-8</option>" in page
    assert '<option value=";" selected>semicolon</option>' in page
    assert "The table begins in row 1." in page
    assert "&lt;b&gt;Hare" in page
    shown = look_through(curator, worker, mapping)
    page = curator.browser.get(shown).text
    assert "nothing has been changed yet" in page
    assert "It has no accession number." in page
    assert "A.2" in page
    assert count(app, Artwork) == works
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    page = curator.browser.get(shown).text
    assert "Recorded" in page
    assert "Dürer" in app.test_client().get("/works/A.1").text
    assert "curator@example.org" in curator.browser.get("/curate/changes/").text
    curator.post(f"{shown}/undo", page=shown)
    worker.work_off()
    assert "Taken back" in curator.browser.get(shown).text
    assert app.test_client().get("/works/A.1").status_code == 404


def test_an_import_from_a_shell_is_shown_and_taken_back(app, curator, worker, tmp_path):
    table = tmp_path / "shell.csv"
    table.write_text("accession,image,title\nA.1,a.jpg,Hare\n")
    with app.app_context():
        found, source = open_beside(table, FolderPictures(tmp_path, ImageSettings()))
        reading = propose_reading(db.session(), found.columns)
        run = one_pass.begin(db.session(), table, reading)
        import_context = ImportContext.of(app.config)
        assert (
            len(list(one_pass.record_source(db.session(), run, source, import_context)))
            == 1
        )
        unfinished = curator.browser.get("/curate/imports/1").text
        one_pass.end(db.session(), run)
    assert "Being recorded" in unfinished
    assert "shell.csv" in curator.browser.get("/curate/imports/").text
    page = curator.browser.get("/curate/imports/1").text
    assert "The picture a.jpg is not there." in page
    assert "Recorded" in page
    assert curator.browser.get("/curate/imports/1/state").json["words"] == "Recorded"
    assert curator.browser.get("/curate/imports/1/mapping").status_code == 303
    curator.post("/curate/imports/1/undo", page="/curate/imports/1")
    worker.work_off()
    assert "Taken back" in curator.browser.get("/curate/imports/1").text
    assert app.test_client().get("/works/A.1").status_code == 404


def test_pictures_that_the_index_lacks_are_named(app, curator, worker):
    shown = look_through(curator, worker, begin(curator))
    with app.app_context():
        db.session.add(IndexFault(image_id=3, reason="it is cut short"))
        db.session.commit()
    assert "it is cut short" not in curator.browser.get(shown).text
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    page = curator.browser.get(shown).text
    assert "Pictures that cannot be read: 1" in page
    assert "it is cut short" in page


def test_rows_are_filtered_and_paged(curator, worker, monkeypatch):
    monkeypatch.setattr(runs, "ROWS_PER_PAGE", 2)
    shown = look_through(curator, worker, begin(curator))
    failed = curator.browser.get(f"{shown}?which=failed").text
    assert "no accession number" in failed
    # With what is around it: tokens of forms hold any three letters by chance.
    assert " A.1 " in curator.browser.get(shown).text
    assert " A.1 " not in failed
    assert "Row 4" in curator.browser.get(f"{shown}?page=2").text
    for query in ("?page=3", "?which=nonsense"):
        assert curator.browser.get(shown + query).status_code == 404


def test_progress_is_told_to_scripts(app, curator, worker):
    shown = look_through(curator, worker, begin(curator))
    facts = curator.browser.get(f"{shown}/state").json
    assert (facts["state"], facts["done"], facts["total"]) == ("done", 3, 3)
    assert "1 row cannot be used" in facts["step"]
    mapping = begin(curator)
    waiting = curator.post(mapping, **{"column-0": "accession", "column-1": "title"})
    page = curator.browser.get(waiting.location).text
    assert "Waiting" in page
    assert 'http-equiv="refresh"' in page
    for wish, state in (
        ("pause", "paused"),
        ("go-on", "waiting"),
        ("cancel", "cancel"),
    ):
        curator.post(f"{waiting.location}/{wish}", page=waiting.location)
        told = curator.browser.get(f"{waiting.location}/state").json["state"]
        assert told.startswith(state)


def test_a_mapping_without_a_number_is_refused_and_kept_as_chosen(curator):
    mapping = begin(curator, "Nr,Was\n1,Hare\n")
    page = curator.post(mapping, **{"column-0": "details", "column-1": "title"})
    assert page.status_code == 422
    assert "No column holds the accession number." in page.text
    assert '<option value="details" selected>' in page.text
    assert '<option value="title" selected>' in page.text


def test_a_mapping_is_offered_again(curator, worker):
    table = "Nr,Was\n1,Hare\n"
    mapping = begin(curator, table)
    curator.post(mapping, **{"column-0": "accession", "column-1": "artist"})
    page = curator.browser.get(begin(curator, table)).text
    assert '<option value="artist" selected>' in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("", "Please choose a file."),
        ("\n", "The file is empty."),
        (b"PK\3\4 no archive", "is no ZIP file, or is damaged"),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once(app, curator, data, sentence):
    name = "works.csv" if data else ""
    address = begin(curator, data, name)
    assert address == "/curate/imports/"
    assert sentence in curator.browser.get(address).text
    assert count(app, ImportRun) == 0
    assert not any(FolderStore(app.config["MORELLI_INSTANCE"] / "imports").list())


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("ftp://example.org/manifest", "begins with http"),
        ("http://127.0.0.1/manifest.json", None),
    ],
)
def test_addresses_are_fetched_from_the_public_web_only(
    app, curator, worker, address, sentence
):
    made = curator.post("/curate/imports/", manifest=address)
    if sentence:
        assert sentence in curator.browser.get(made.location).text
        return
    shown = look_through(curator, worker, made.location)
    assert "could not be fetched" in curator.browser.get(shown).text
    assert count(app, ImportRow) == 0


def test_a_folder_on_the_server_is_offered_only_if_one_is_set(
    make_app, curator, tmp_path
):
    assert 'name="shared"' not in curator.browser.get("/curate/imports/").text
    made = curator.post("/curate/imports/", shared="works.csv")
    assert "MORELLI_IMPORT_FOLDER" in curator.browser.get(made.location).text
    shared = tmp_path / "shared"
    (shared / "set").mkdir(parents=True)
    (shared / "set" / "works.csv").write_text(TABLE)
    (tmp_path / "secret.csv").write_text(TABLE)
    app = make_app(MORELLI_IMPORT_FOLDER=shared)
    other = logged_in(app, "other@example.org", "curator")
    assert "set/works.csv" in other.browser.get("/curate/imports/").text
    made = other.post("/curate/imports/", shared="set/works.csv")
    shown = look_through(other, app.extensions[BACKGROUND], made.location)
    assert "A.2" in other.browser.get(shown).text
    for name in ("../secret.csv", str(tmp_path / "secret.csv"), "set"):
        made = other.post("/curate/imports/", shared=name)
        assert "There is no such file" in other.browser.get(made.location).text


def test_a_large_catalogue_is_accepted_but_not_one_over_the_limit(make_app):
    app = make_app(MORELLI_MAX_UPLOAD_MB=1, MORELLI_MAX_IMPORT_MB=2)
    person = logged_in(app, "curator@example.org", "curator")
    rows = "".join(f"{number},{'x' * 1_000}\n" for number in range(1_500))
    assert send_raw(person, f"Inv No,Title\n{rows}").location.endswith("mapping")
    refused = send_raw(person, f"Inv No,Title\n{rows}{rows}")
    assert refused.status_code == 413
    assert "at most 2 MB" in refused.text


def send_raw(person, table):
    """Send a form as one piece, as large ones leave temporary files behind."""
    [token, *_] = TOKEN.findall(person.browser.get("/curate/imports/").text)
    parts = (("csrf_token", token), ('file"; filename="works.csv', table))
    body = "".join(
        f'--end\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts
    )
    return person.browser.post(
        "/curate/imports/",
        data=f"{body}--end--\r\n".encode(),
        content_type="multipart/form-data; boundary=end",
    )


def test_an_import_that_was_not_recorded_is_discarded(app, curator, worker):
    shown = look_through(curator, worker, begin(curator))
    curator.post(f"{shown}/discard", page=shown)
    assert curator.browser.get(shown).status_code == 404
    assert count(app, ImportRow) == 0


def test_what_comes_too_late_is_said(curator, worker):
    shown = look_through(curator, worker, begin(curator))
    curator.post(f"{shown}/undo", page=shown)
    assert "too late" in curator.browser.get(shown).text
    curator.post(f"{shown}/start", page=shown)
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    curator.post(f"{shown}/discard", page=shown)
    assert "too late" in curator.browser.get(shown).text
    assert "Recorded" in curator.browser.get(shown).text


def test_a_zip_file_shows_which_pictures_are_missing(app, curator, worker):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("works.csv", "accession,title,image\n1,Hare,../a.jpg\n")
    shown = look_through(curator, worker, begin(curator, file.getvalue(), "a.zip"))
    assert "is not there" in curator.browser.get(f"{shown}?which=remarked").text
    with app.app_context():
        states = [row.state for row in db.session.query(ImportRow)]
    assert states == [RowState.CREATED]


def test_an_unknown_import_is_not_there(curator):
    for path in ("", "/mapping", "/state"):
        assert curator.browser.get(f"/curate/imports/9{path}").status_code == 404


def test_a_guessed_encoding_is_said_and_can_be_changed(curator, worker, app):
    data = "Inv No;Title\nA.1;Łódź\nA.2;Plain\n".encode("cp1250")
    mapping = begin(curator, data)
    page = curator.browser.get(mapping).text
    assert "The encoding is a guess." in page
    assert "Łódź" not in page
    table = mapping.replace("mapping", "table")
    assert curator.post(table, encoding="cp1250", page=mapping).location == mapping
    page = curator.browser.get(mapping).text
    assert "Łódź" in page
    assert "The encoding is a guess." not in page
    shown = look_through(curator, worker, mapping)
    assert "Łódź" in curator.browser.get(shown).text


def test_where_the_table_begins_is_shown_and_can_be_changed(curator):
    data = "Object list;;\nInv No;Title;Artist\nNr;Titel;Name\nA.1;Hare;Ada\n"
    mapping = begin(curator, data)
    assert "it begins in row 2." in curator.browser.get(mapping).text
    table = mapping.replace("mapping", "table")
    curator.post(table, header_line="3", page=mapping)
    page = curator.browser.get(mapping).text
    assert "it begins in row 3." in page
    assert '<label for="column-0">Nr</label>' in page


def test_of_several_tables_and_sheets_one_is_chosen(curator):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("works.csv", "Inv No;Title;Artist\nA.1;Hare;Ada\n")
        archive.writestr("old.csv", "Inv No;Name\nA.1;Rabbit\n")
    mapping = begin(curator, packed.getvalue(), "works.zip")
    page = curator.browser.get(mapping).text
    assert "<option selected>works.csv</option>" in page
    table = mapping.replace("mapping", "table")
    curator.post(table, file="old.csv", page=mapping)
    page = curator.browser.get(mapping).text
    assert "<option selected>old.csv</option>" in page
    assert "Rabbit" in page
    refused = curator.post(table, file="gone.csv", page=mapping)
    assert refused.location == mapping
    assert "holds no table gone.csv" in curator.browser.get(mapping).text


def test_a_workbook_is_read_and_its_sheet_chosen(curator):
    data = xlsx([["Inv No", "Title"], ["A.1", "Hare"]], more={"New": [["No"], ["7"]]})
    mapping = begin(curator, data, "works.xlsx")
    page = curator.browser.get(mapping).text
    assert "<option selected>Works</option>" in page
    assert "Hare" in page
    curator.post(mapping.replace("mapping", "table"), sheet="New", page=mapping)
    assert "<option selected>New</option>" in curator.browser.get(mapping).text


def test_where_no_column_is_surely_the_number_the_page_asks(curator):
    page = curator.browser.get(begin(curator, "Bild;Titel\na.jpg;Hafen\n")).text
    assert "No column is surely the accession number." in page


LANGUAGES = "Inv No;Titel_de;Titel_en;Notiz\nA.9;Hase;Hare;Ein Tier\n"


def as_shown(page):
    """Return the form as a browser would send it."""
    columns = re.findall(
        r'name="(column-\d+)">.*?value="([^"]+)" selected', page, re.DOTALL
    )
    languages = re.findall(r'name="(language-\d+)"[^>]*? value="([^"]*)"', page)
    return {**dict(columns), **dict(languages), "policy": "update"}


def test_columns_say_their_field_and_language(app, curator, worker):
    mapping = begin(curator, LANGUAGES)
    sent = as_shown(curator.browser.get(mapping).text)
    assert [sent[f"column-{n}"] for n in range(4)] == [
        *("accession", "title", "title"),
        "details",
    ]
    assert [sent[f"language-{n}"] for n in range(4)] == ["", "de", "en", ""]
    chosen = {**sent, "column-3": "story", "language-3": "DE_at"}
    shown = curator.post(mapping, **chosen).location
    worker.work_off()
    curator.post(f"{shown}/start", page=shown)
    worker.work_off()
    with app.app_context():
        work = db.session.query(Artwork).filter_by(accession="A.9").one()
        assert work.title == "Hase"
        assert work.details == {
            "title@de": "Hase",
            "title@en": "Hare",
            "story@de-AT": "Ein Tier",
        }
    # The next table of these columns is read alike.
    again = as_shown(curator.browser.get(begin(curator, LANGUAGES)).text)
    assert (again["column-3"], again["language-3"]) == ("story", "de-AT")


def test_a_language_that_is_not_known_is_refused(curator):
    mapping = begin(curator, LANGUAGES)
    sent = as_shown(curator.browser.get(mapping).text)
    page = curator.post(mapping, **{**sent, "language-3": "deutschlich"})
    assert page.status_code == 422
    assert "A language that was filled in is not known" in page.text


def test_the_list_names_each_import_and_counts_its_rows(curator, worker):
    look_through(curator, worker, begin(curator))
    page = curator.browser.get("/curate/imports/").text
    line = page.partition("<cite>works.csv</cite>")[2].partition("</a>")[0]
    assert re.search(r"New: \d", line)
