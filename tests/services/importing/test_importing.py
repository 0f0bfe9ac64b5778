"""Whole imports: looked through, recorded, imported again, taken back."""

import csv
import io
import zipfile
from collections import Counter

import numpy as np
import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import (
    Artwork,
    AuditEntry,
    ImageFeatures,
    ImportRow,
    Relation,
    RowState,
    TaskState,
    now,
)
from app.services.collection import exporting
from app.services.collection.labels import set_facts
from app.services.collection.spreadsheets import BYTE_ORDER_MARK
from app.services.collection.subjects import NOTHING, SHOWS, subjects_of
from app.services.curation.merging.merger import Merger
from app.services.importing import messages, recording, runs
from app.services.importing.columns.kept import propose_reading
from app.services.importing.diff import Policy
from app.services.importing.sources import SourceKind
from app.services.media.folder import FolderStore
from app.services.system import tasks
from app.services.system.links.circuit_breaker import PATIENCE
from app.services.system.links.connections import LinkError, Refusal
from app.services.system.tasks import TaskHandle
from tests.services.importing.importer import rows_of, work
from tests.support.fakes import draw_picture
from tests.support.hooks import listen, told
from tests.support.museum import encoded

TABLE = (
    "Inv No;Title;Artist;Note\n"
    "A.1;Hare;Dürer;\n"
    'A.2;"Two\nlines";Ada;a|b\n'
    ";Nobody's;;\n"
)


def pack(table, *pictures, names=()):
    """Return a ZIP file with a table and drawn pictures, by their numbers."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("works.csv", table)
        for number in pictures:
            data = encoded(draw_picture(number))
            archive.writestr(f"pictures/{number}.jpg", data)
        for name, data in names:
            archive.writestr(name, data)
    return file.getvalue()


def state_of(run):
    return run.task.state


def exported():
    return "".join(exporting.table(db.session(), str))


def test_the_dry_run_tells_of_every_row_and_changes_nothing(importer):
    before = exported()
    run = importer.plan(TABLE)
    assert rows_of(run) == [
        (2, "A.1", "created", []),
        (3, "A.2", "created", []),
        (5, "", "failed", ["no_accession"]),
    ]
    assert run.counts == {"created": 2, "failed": 1, "remarked": 1}
    assert exported() == before
    assert run.is_dry


def test_rows_are_recorded_with_all_that_they_say(importer):
    run = importer.bring_in(TABLE)
    assert run.counts == {"created": 2, "failed": 1, "remarked": 1}
    assert (work("A.1").artist, work("A.1").details) == ("Dürer", {})
    assert work("A.2").title == "Two\nlines"
    assert work("A.2").details == {"Note": "a|b"}
    entries = db.session.scalars(select(AuditEntry)).all()
    assert {(one.action, one.run_id) for one in entries} == {("create", run.id)}
    assert not any(FolderStore(importer.folders.imports).list())


def test_importing_again_changes_nothing(importer):
    importer.bring_in(TABLE)
    before, entries = exported(), db.session.query(AuditEntry).count()
    again = importer.bring_in(TABLE)
    assert again.counts == {"unchanged": 2, "failed": 1, "remarked": 1}
    assert exported() == before
    assert db.session.query(AuditEntry).count() == entries


def test_what_changed_is_named_and_a_blank_cell_clears(importer):
    importer.bring_in(TABLE)
    run = importer.plan(TABLE.replace("Hare;Dürer", "Hare;").replace("a|b", "c"))
    assert [(state, codes) for _, _, state, codes in rows_of(run)[:2]] == [
        ("updated", ["changed"]),
        ("updated", ["changed"]),
    ]
    importer.record(run)
    assert work("A.1").artist == ""
    assert work("A.2").details == {"Note": "c"}


def test_policies_for_works_that_are_there(importer):
    importer.bring_in(TABLE)
    other = TABLE.replace("Hare", "Rabbit") + "A.3;New;;\n"
    states = {
        policy: [row[2] for row in rows_of(importer.plan(other, policy=policy))]
        for policy in Policy
    }
    assert states == {
        Policy.UPDATE: ["updated", "unchanged", "failed", "created"],
        Policy.SKIP: ["skipped", "skipped", "failed", "created"],
        Policy.CREATE: ["failed", "failed", "failed", "created"],
    }
    importer.bring_in(other, policy=Policy.SKIP)
    assert work("A.1").title == "Hare"
    assert work("A.3").title == "New"


def test_a_withdrawn_work_comes_back_and_that_is_said(importer):
    importer.bring_in(TABLE)
    work("A.1").withdrawn_at = now()
    db.session.commit()
    run = importer.plan(TABLE)
    assert rows_of(run)[0] == (2, "A.1", "updated", ["restored"])
    importer.record(run)
    assert not work("A.1").is_withdrawn
    importer.undo(run)
    assert work("A.1").is_withdrawn


def test_rows_of_one_number_are_views_or_a_fault(importer):
    table = (
        "accession,title,image\n1,Hare,1.jpg\n1,,2.jpg\n1,Hare,1.jpg\n1,Rabbit,3.jpg\n"
    )
    run = importer.bring_in(pack(table, 1, 2, 3))
    assert rows_of(run) == [
        (2, "1", "created", []),
        (3, "1", "updated", ["new_pictures"]),
        (4, "1", "skipped", ["repeats"]),
        (5, "1", "failed", ["contradicts"]),
    ]
    assert len(work("1").images) == 2


def test_pictures_come_with_a_zip_file_and_are_found(importer):
    table = "accession,title,image\n1,Hare,1.jpg\n2,Fox,2.jpg\n3,Cat,none.jpg\n"
    run = importer.bring_in(pack(table, 1, 2))
    assert rows_of(run)[2] == (4, "3", "created", ["picture_missing"])
    assert state_of(run) is TaskState.DONE
    for number in "12":
        [image] = work(number).images
        assert len(image.features) == 1
        assert (importer.folders.works / image.media_name).exists()
    assert (importer.folders.generations / "CURRENT").exists()
    again = importer.bring_in(pack(table, 1, 2))
    assert [row[2] for row in rows_of(again)] == ["unchanged"] * 3


def test_nearly_the_same_picture_is_proposed_after_an_import(importer):
    brighter = np.clip(draw_picture(1).astype(int) + 12, 0, 255).astype(np.uint8)
    files = [("near.jpg", encoded(brighter)), ("other.jpg", encoded(draw_picture(80)))]
    table = "accession,title,image\n1,Hare,near.jpg\n2,Fox,other.jpg\n"
    importer.bring_in(pack(table, names=files))
    proposed = db.session.scalars(select(Relation)).all()
    pairs = [{one.artwork.accession, one.other.accession} for one in proposed]
    assert pairs == [{"1", "1900.1"}]
    assert proposed[0].kind == "duplicate"


def test_broken_and_repeated_pictures_are_named(importer):
    table = "accession,title,image\n1,Hare,1.jpg\n2,Fox,1.jpg\n3,Cat,bad.jpg\n"
    data = pack(table, 1, names=[("bad.jpg", b"\xff\xd8\xff nothing")])
    planned = importer.plan(data)
    codes = [row[3] for row in rows_of(planned)]
    assert codes == [[], ["same_picture"], ["picture_broken"]]
    recorded = importer.record(planned)
    assert [row[3][-1:] for row in rows_of(recorded)][1:] == codes[1:]


def test_an_export_comes_back_as_it_was(importer, monkeypatch):
    table = 'accession,title,image,Größe,=sum\n1,"=1+1",1.jpg,"a\nb","\'x"\n'
    importer.bring_in(pack(table, 1))
    keeping_works = db.session.scalars(select(Artwork)).all()
    keeping_works[2].withdrawn_at = now()
    set_facts(keeping_works[0], {SHOWS: "dog; ship"})
    set_facts(keeping_works[1], {SHOWS: NOTHING})
    db.session.commit()
    before = exported()
    again = importer.bring_in(before)
    assert set(again.counts) == {"unchanged", "remarked"}
    assert exported() == before
    # And into an empty collection, with the pictures as they lie in the media folder.
    pictures = [
        (image.media_name, (importer.folders.works / image.media_name).read_bytes())
        for one in keeping_works
        for image in one.images
    ]
    for one in keeping_works:
        db.session.delete(one)
    db.session.commit()
    for path in importer.folders.works.rglob("*.jpg"):
        path.unlink()
    run = importer.bring_in(pack(before, names=pictures))
    assert run.counts["created"] == len(keeping_works)
    assert exported() == before
    kept = importer.folders.works / pictures[0][0]
    assert kept.read_bytes() == pictures[0][1]


def test_what_an_import_states_stands_and_is_taken_back(importer):
    importer.bring_in(TABLE)
    text = exported().removeprefix(BYTE_ORDER_MARK)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    [row] = [row for row in rows if row["accession"] == "A.1"]
    run = importer.bring_in(written({**row, "shows": "Ship; dog"}))
    assert run.counts["updated"] == 1
    assert subjects_of(work("A.1")) == ["dog", "ship"]
    # An export from before there was the column leaves what was stated alone.
    older = {name: value for name, value in row.items() if name != "shows"}
    assert importer.bring_in(written(older)).counts["unchanged"] == 1
    assert work("A.1").stated_subjects == "dog; ship"
    importer.undo(run)
    assert work("A.1").stated_subjects == ""
    assert subjects_of(work("A.1")) == []


def written(row):
    """Write a table of one row."""
    file = io.StringIO()
    writer = csv.DictWriter(file, row)
    writer.writeheader()
    writer.writerow(row)
    return file.getvalue()


def test_a_whole_import_is_taken_back(importer):
    importer.bring_in(TABLE)
    before = exported()
    changed = TABLE.replace("Hare", "Rabbit").replace("a|b", "c") + "A.3;New;;\n"
    run = importer.bring_in(changed)
    importer.undo(run)
    assert run.counts == {"undone": 3, "failed": 1, "remarked": 1}
    assert work("A.3").is_withdrawn
    db.session.delete(work("A.3"))
    db.session.commit()
    assert exported() == before


def test_what_was_changed_since_stays_and_is_named(importer):
    importer.bring_in(TABLE)
    changed = TABLE.replace("Hare", "Rabbit").replace("lines", "rows")
    run = importer.bring_in(changed)
    work("A.1").title = "Leveret"
    db.session.commit()
    importer.undo(run)
    assert rows_of(run)[:2] == [
        (2, "A.1", "updated", ["not_undone"]),
        (3, "A.2", "undone", []),
    ]
    assert (work("A.1").title, work("A.2").title) == ("Leveret", "Two\nlines")


def test_a_stopped_import_goes_on_where_it_was(importer, monkeypatch):
    monkeypatch.setattr(recording, "BATCH_ROWS", 2)
    table = "No;Title\n" + "".join(f"{n};Work {n}\n" for n in range(7))
    run = importer.plan(table, columns={"No": "accession", "Title": "title"})
    progress, told = TaskHandle.progress, []

    def pausing(handle, done, total, step=""):
        told.append((done, total, step))
        if step == recording.WORKS and done == 4 and told.count((4, 7, step)) == 1:
            tasks.pause(handle.context.session, handle.task)
        progress(handle, done, total, step)

    monkeypatch.setattr(TaskHandle, "progress", pausing)
    importer.record(run)
    assert state_of(run) is TaskState.PAUSED
    assert Counter(row[2] for row in rows_of(run)) == {"created": 4, "pending": 3}
    tasks.go_on(db.session(), run.task)
    importer.work_off()
    assert state_of(run) is TaskState.DONE
    assert run.counts["created"] == 7
    assert db.session.query(AuditEntry).count() == 7


def test_a_batch_that_broke_off_leaves_no_trace_and_is_done_again(
    importer, monkeypatch
):
    monkeypatch.setattr(recording, "BATCH_ROWS", 2)
    table = "No;Title\n" + "".join(f"{n};Work {n}\n" for n in range(5))
    run = importer.plan(table, columns={"No": "accession", "Title": "title"})
    flawless = recording.Recorder._name_others

    def failing(self, rows, *args):
        if any(row.accession == "3" for row in rows):
            raise RuntimeError("killed")
        flawless(self, rows, *args)

    monkeypatch.setattr(recording.Recorder, "_name_others", failing)
    importer.record(run)
    assert state_of(run) is TaskState.FAILED
    assert [row[2] for row in rows_of(run)] == ["created"] * 2 + ["pending"] * 3
    monkeypatch.setattr(recording.Recorder, "_name_others", flawless)
    tasks.go_on(db.session(), run.task)
    importer.work_off()
    assert [row[2] for row in rows_of(run)] == ["created"] * 5
    assert db.session.query(AuditEntry).count() == 5


def test_a_few_pictures_are_announced_and_the_index_is_left(importer):
    table = "accession,title,image\n1,Hare,1.jpg\n"
    importer.bring_in(pack(table, 1))
    live = (importer.folders.generations / "CURRENT").read_text()
    importer.bring_in(pack(table.replace("1", "2"), 2))
    assert (importer.folders.generations / "CURRENT").read_text() == live
    assert work("2").revision > work("1").revision
    assert db.session.query(ImageFeatures).count() == 9


def test_a_mapping_is_kept_for_the_next_file_of_its_kind(importer):
    header = "Nr,Wer,Was\n1,Ada,Hare\n"
    chosen = {"Nr": "accession", "Wer": "artist", "Was": "title"}
    importer.plan(header, columns=chosen)
    kept = propose_reading(db.session(), ["Nr", "Wer", "Was"])
    assert kept.columns == chosen


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"No": "title"}, "no_accession"),
        ({"No": "accession", "Title": "accession"}, "accessions"),
        ({"No": "image", "Title": "image"}, "pictures"),
    ],
)
def test_a_mapping_that_makes_no_work_is_refused(importer, columns, code):
    with pytest.raises(runs.UnusableMappingError) as refused:
        importer.plan("No,Title\n1,2\n", columns=columns, accession_from="")
    assert refused.value.code == code


def test_what_was_not_recorded_can_be_discarded(importer):
    run = importer.plan(TABLE)
    runs.discard(db.session(), run, FolderStore(importer.folders.imports))
    assert db.session.query(ImportRow).count() == 0
    assert not any(FolderStore(importer.folders.imports).list())
    recorded = importer.bring_in(TABLE)
    with pytest.raises(runs.NotNowError):
        runs.discard(db.session(), recorded, FolderStore(importer.folders.imports))


def test_what_is_no_table_fails_with_a_sentence(importer):
    run = importer.plan(TABLE)
    for path in importer.folders.imports.glob("[!.]*"):
        path.unlink()
    importer.record(run)
    assert state_of(run) is TaskState.FAILED
    assert "not there any more" in run.task.fault


class FakeWeb:
    """Gives away pictures by address, and counts how often."""

    def __init__(self, **pictures):
        self.pictures = pictures
        self.asked = []

    def read(self, address):
        self.asked.append(address)
        name = address.rpartition("/")[2]
        if name not in self.pictures:
            raise LinkError(Refusal.UNREACHABLE)
        return self.pictures[name]


ADDRESSES = "No;Title;Picture\n1;Hare;http://m.org/a\n2;Fox;http://m.org/b\n"


def test_pictures_are_fetched_once_and_what_failed_again(importer):
    web = FakeWeb(a=encoded(draw_picture(70)))
    importer.use_web(web)
    columns = {"No": "accession", "Title": "title", "Picture": "image"}
    planned = importer.plan(ADDRESSES, columns=columns)
    assert rows_of(planned)[0] == (2, "1", "created", ["to_fetch"])
    assert web.asked == []
    run = importer.record(planned)
    assert [row[3] for row in rows_of(run)] == [[], ["picture_refused"]]
    assert len(work("1").images) == 1
    assert work("1").details == {"Picture": "http://m.org/a"}
    web.asked.clear()
    importer.bring_in(ADDRESSES, columns=columns)
    assert web.asked == ["http://m.org/b"]
    # What failed is no change before it is there; once it is, it is one.
    again = importer.plan(ADDRESSES, columns=columns)
    assert [row[2:] for row in rows_of(again)] == [
        ("unchanged", []),
        ("unchanged", ["to_fetch"]),
    ]
    web.pictures["b"] = encoded(draw_picture(72))
    states = [row[2] for row in rows_of(importer.record(again))]
    assert states == ["unchanged", "updated"]
    assert len(work("2").images) == 1
    web.asked.clear()
    importer.bring_in(ADDRESSES, columns=columns, fetches=False)
    assert web.asked == []


def test_nothing_is_fetched_where_that_is_switched_off(importer):
    importer.app.config["MORELLI_LINKS"] = False
    columns = {"No": "accession", "Title": "title", "Picture": "image"}
    run = importer.bring_in(ADDRESSES, columns=columns)
    assert [row[3] for row in rows_of(run)] == [["links_off"]] * 2
    again = importer.plan(ADDRESSES, columns=columns)
    assert [row[2:] for row in rows_of(again)] == [("unchanged", ["links_off"])] * 2


def test_a_host_that_is_down_does_not_hold_an_import_up(importer):
    web = FakeWeb()
    importer.use_web(web)
    rows = "".join(f"{number};Hare;http://m.org/{number}\n" for number in range(100))
    columns = {"No": "accession", "Title": "title", "Picture": "image"}
    run = importer.bring_in(f"No;Title;Picture\n{rows}", columns=columns)
    assert [row[2:] for row in rows_of(run)] == [("created", ["picture_refused"])] * 100
    # A few more than in a row, for several are asked at the same time.
    assert len(web.asked) < 2 * PATIENCE


def test_a_table_beside_its_pictures_in_a_folder_on_the_server(importer, tmp_path):
    shared = tmp_path / "shared" / "set"
    (shared / "pictures").mkdir(parents=True)
    (shared / "pictures" / "1.jpg").write_bytes(encoded(draw_picture(71)))
    (shared / "works.csv").write_text("accession,title,image\n1,Hare,1.jpg\n")
    importer.app.config["MORELLI_IMPORT_FOLDER"] = tmp_path / "shared"
    begun = runs.begin(
        db.session(), SourceKind.FOLDER, "set/works.csv", "works.csv", None
    )
    importer.record(importer.look_through(begun))
    assert len(work("1").images) == 1
    assert (shared / "works.csv").exists()


def test_a_work_that_was_merged_stays_merged(importer):
    importer.bring_in("Inv No;Title\nA.1;Hare\nA.2;Hare\n")
    Merger(db.session(), None).merge(work("A.1"), work("A.2"), {})
    run = importer.plan("Inv No;Title\nA.1;Hare\nA.2;A young hare\n")
    importer.record(run)
    meant = select(ImportRow).filter_by(run_id=run.id, accession="A.2")
    row = db.session.scalars(meant).one()
    assert row.state == RowState.SKIPPED
    assert [str(one) for one in messages.read(row.message)] == [
        "The work was merged into A.1, and is left as it is."
    ]
    assert work("A.2").is_withdrawn
    assert work("A.2").title == "Hare"


def test_webhooks_are_told_of_an_import_once_and_of_taking_it_back(importer):
    listen(db.session())
    run = importer.bring_in(TABLE)
    importer.undo(run)
    (kind, recorded), (undoing, undone) = told(db.session())
    assert (kind, undoing) == ("import.recorded", "import.undone")
    assert recorded["rows"]["created"] == 2
    assert undone["rows"]["undone"] == 2
    assert recorded["path"] == undone["path"] == f"curate/imports/{run.id}"
