"""Imports from the shell: read, judged and recorded in one pass."""

from dataclasses import replace

import pytest

from app.extensions import db
from app.models import AuditEntry, ImportRow, ImportRun, Task, TaskState
from app.retrieval.runtime.extras import Extra
from app.retrieval.settings import ImageSettings
from app.services.importing import diff, judging, one_pass, recording
from app.services.importing.columns.kept import propose_reading
from app.services.importing.one_pass import open_beside
from app.services.importing.pictures.folder import FolderPictures
from app.services.importing.sources import ImportContext
from app.services.system.lock import INDEXING_LOCK, exclusively
from tests.services.importing.importer import rows_of, work
from tests.support.extras import leave_out
from tests.support.fakes import draw_picture
from tests.support.hooks import listen, told
from tests.support.museum import encoded
from tools.decoders import encoding

HEADER = "accession,image,title,artist\n"
TABLE = HEADER + "1,1.jpg,Hare,Ada\n2,2.jpg,Fox,\n"


class Shell:
    """Does what the command does, but for the index."""

    def __init__(self, app, folder):
        self.import_context = replace(
            ImportContext.of(app.config), limits=ImageSettings()
        )
        self.table = folder / "works.csv"
        self.images = folder / "images"
        self.images.mkdir()
        for number in range(1, 4):
            data = encoded(draw_picture(60 + number))
            (self.images / f"{number}.jpg").write_bytes(data)

    def begin(self, text):
        self.table.write_text(text)
        pictures = FolderPictures(self.images, ImageSettings())
        table, source = open_beside(self.table, pictures)
        reading = propose_reading(db.session(), table.columns)
        run = one_pass.begin(db.session(), self.table, reading)
        return run, one_pass.record_source(
            db.session(), run, source, self.import_context
        )

    def bring_in(self, text):
        run, rows = self.begin(text)
        list(rows)
        said = rows_of(run)
        one_pass.end(db.session(), run)
        return said


@pytest.fixture
def shell(importer, tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    return Shell(importer.app, folder)


def test_rows_are_recorded_with_their_pictures_and_written_down(shell):
    assert shell.bring_in(TABLE) == [(2, "1", "created", []), (3, "2", "created", [])]
    assert (work("1").title, work("1").artist) == ("Hare", "Ada")
    assert len(work("2").images) == 1
    entries = db.session.query(AuditEntry).all()
    assert [(one.action, one.user) for one in entries] == [("create", None)] * 2
    [run] = db.session.query(ImportRun).all()
    assert {entry.run_id for entry in entries} == {run.id}
    assert run.counts == {"created": 2, "remarked": 0}


def test_every_row_is_judged_once(shell, monkeypatch):
    judged = []

    def judge(record, *args):
        judged.append(record.number)
        return diff.judge(record, *args)

    monkeypatch.setattr(judging, "judge", judge)
    shell.bring_in(TABLE)
    assert judged == [2, 3]


def test_it_is_announced_and_compared_like_any_other_import(shell):
    shell.bring_in(TABLE)
    assert work("1").revision == work("2").revision == 1
    [task] = db.session.query(Task).all()
    assert task.kind == "comparison"


def test_what_cannot_be_used_is_said_and_the_rest_recorded(shell):
    (shell.images / "3.jpg").write_text("no picture")
    table = (
        f"{TABLE},1.jpg,Nobody's,\n3,none.jpg,Cat,\n4,3.jpg,Dog,\n1,1.jpg,Hare,Ada\n"
        "1,2.jpg,Rabbit,\n1,3.jpg,,\n5,../9.jpg,Cow,\n"
    )
    assert shell.bring_in(table)[2:] == [
        (4, "", "failed", ["no_accession"]),
        (5, "3", "created", ["picture_missing"]),
        (6, "4", "created", ["picture_broken"]),
        (7, "1", "skipped", ["repeats"]),
        (8, "1", "failed", ["contradicts"]),
        (9, "1", "unchanged", ["picture_broken"]),
        (10, "5", "created", ["picture_missing"]),
    ]


def test_a_picture_that_the_server_was_installed_without_is_said(shell, monkeypatch):
    (shell.images / "3.jpg").write_bytes(
        encoding.tiff(encoding.PICTURE, compression="lzw")
    )
    leave_out(monkeypatch, Extra.FORMATS)
    said = shell.bring_in(f"{TABLE}3,3.jpg,Dog,\n")
    assert said[-1] == (4, "3", "created", ["picture_switched_off"])


def test_further_rows_are_further_views(shell):
    said = shell.bring_in(TABLE + "1,3.jpg,,\n")
    assert said[-1] == (4, "1", "updated", ["new_pictures"])
    assert [image.position for image in work("1").images] == [0, 1]


def test_a_blank_cell_clears_and_an_absent_column_stays(shell):
    shell.bring_in(TABLE)
    said = shell.bring_in(HEADER + "1,1.jpg,Hare,\n")
    assert said == [(2, "1", "updated", ["changed"])]
    assert work("1").artist == ""
    shell.bring_in("accession,image,artist\n1,1.jpg,Eve\n")
    assert (work("1").title, work("1").artist) == ("Hare", "Eve")


def test_what_changed_nothing_leaves_no_trace(shell):
    shell.bring_in(TABLE)
    assert [row[2] for row in shell.bring_in(TABLE)] == ["unchanged"] * 2
    assert db.session.query(ImportRun).count() == 1
    assert db.session.query(ImportRow).count() == 2
    assert work("1").revision == 1


def test_a_killed_import_is_gone_on_with_and_says_what_became_of_rows(
    shell, monkeypatch
):
    monkeypatch.setattr(recording, "BATCH_ROWS", 1)
    monkeypatch.setattr(one_pass, "BATCH_ROWS", 1)
    run, rows = shell.begin(TABLE)
    next(rows)
    rows.close()
    again, rows = shell.begin(TABLE)
    assert again is run
    list(rows)
    assert [row[2] for row in rows_of(run)] == ["created", "created"]
    one_pass.end(db.session(), run)
    assert run.counts == {"created": 2, "remarked": 0}
    assert db.session.query(AuditEntry).count() == 2


def test_what_was_mended_after_a_kill_is_taken_as_it_is_now(shell):
    _, rows = shell.begin(TABLE.replace("2.jpg", "late.jpg"))
    assert [row.state.value for row in rows] == ["created"] * 2
    (shell.images / "late.jpg").write_bytes(encoded(draw_picture(69)))
    _, rows = shell.begin(HEADER + "0,3.jpg,New,\n1,1.jpg,Hare,Ada\n2,late.jpg,Fox,\n")
    list(rows)
    assert len(work("2").images) == 1
    assert work("0").title == "New"


def test_the_same_is_not_said_twice_after_a_kill(shell):
    table = TABLE.replace("2.jpg", "1.jpg")
    run, rows = shell.begin(table)
    list(rows)
    before = rows_of(run)
    assert before[1] == (3, "2", "created", ["same_picture"])
    _, rows = shell.begin(table)
    list(rows)
    assert rows_of(run)[1] == before[1]


def test_what_a_killed_one_had_not_recorded_does_not_wait_for_ever(shell, monkeypatch):
    def kill(*_args):
        raise InterruptedError

    _, rows = shell.begin(TABLE)
    with monkeypatch.context() as patch:
        patch.setattr(recording.Recorder, "_obey", kill)
        with pytest.raises(InterruptedError):
            next(rows)
    db.session.rollback()
    assert shell.bring_in(HEADER + "1,1.jpg,Hare,Ada\n")[0][2] == "created"
    [run] = db.session.query(ImportRun).all()
    assert run.counts == {"created": 1, "remarked": 0}


def test_a_finished_one_is_not_gone_on_with(shell):
    shell.bring_in(TABLE)
    run, _ = shell.begin(TABLE)
    assert run.id == 2


def test_it_is_taken_back_as_a_whole(shell, importer):
    shell.bring_in(TABLE)
    [run] = db.session.query(ImportRun).all()
    importer.undo(run)
    assert run.counts == {"undone": 2, "remarked": 0}
    assert work("1").is_withdrawn


def test_what_a_shell_may_be_recording_is_not_taken_back(shell, importer):
    run, rows = shell.begin(TABLE)
    next(rows)
    with exclusively(importer.folders.instance / INDEXING_LOCK, db.engine):
        importer.undo(run)
    assert run.task.state is TaskState.WAITING  # until the shell has ended
    assert not work("1").is_withdrawn
    run.task.ready_at = None  # it is tried again after some seconds
    db.session.commit()
    importer.work_off()
    assert work("1").is_withdrawn


def test_a_mapping_of_the_pages_is_good_for_the_shell(shell, importer):
    columns = {"Nr": "accession", "Wer": "artist", "Bild": "image"}
    importer.plan("Nr,Wer,Bild\n9,Ada,1.jpg\n", columns=columns)
    shell.bring_in("Nr,Wer,Bild\n1,Eve,1.jpg\n")
    assert work("1").artist == "Eve"


def test_webhooks_are_told_of_what_a_shell_records_if_it_changes_anything(shell):
    listen(db.session())
    shell.bring_in(TABLE)
    shell.bring_in(TABLE)
    [(kind, data)] = told(db.session())
    assert (kind, data["rows"]) == ("import.recorded", {"created": 2})
