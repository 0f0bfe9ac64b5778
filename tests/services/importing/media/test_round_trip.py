"""Audio, video and links come back whole, by table, LIDO and IIIF."""

import json

import pytest

from app.extensions import db
from app.models import AuditEntry, RowState, now
from app.retrieval.runtime.extras import Extra
from app.services.curation.work_media import MediaEditor, said_of
from app.services.importing import runs
from app.services.importing.diff import Policy
from app.services.importing.media.said import OTHER_MEDIA
from app.web.shell import current
from tests.services.importing.importer import rows_of, work
from tests.services.importing.media.museum import (
    LINKS,
    NUMBER,
    PLACE,
    RecordingWeb,
    described,
    equip,
    files,
    forget,
    lido_file,
    manifest,
    packed,
    table,
)
from tests.services.importing.test_own_exports import had_by_a_spreadsheet
from tests.support.extras import leave_out


@pytest.fixture
def told(importer):
    """What a museum has, and its recordings by their addresses."""
    equip()
    return described(), files()


FORMS = {
    "table": lambda _recordings: (table(), "works.csv"),
    "spreadsheet": lambda _recordings: (
        had_by_a_spreadsheet(table(), ";"),
        "works.csv",
    ),
    "zip": lambda recordings: (packed(recordings), "works.zip"),
    "lido": lambda _recordings: (lido_file(), "works.lido.xml"),
    "iiif": lambda _recordings: (json.dumps(manifest()), "manifest.json"),
}


def brought(importer, form, recordings):
    """Import an export where nothing is yet; return what is imported."""
    data, name = FORMS[form](recordings)
    web = {} if form == "zip" else recordings
    forget()
    importer.use_web(RecordingWeb(web))
    importer.bring_in(data, name)
    return data, name


def states(run):
    return {state for _line, number, state, _codes in rows_of(run) if number == NUMBER}


@pytest.mark.parametrize("form", FORMS)
def test_all_of_it_comes_back(told, importer, form):
    had, recordings = told
    assert [one["kind"] for one in had] == ["audio"] * 2 + ["video", "audio"] + [
        "link"
    ] * 2
    brought(importer, form, recordings)
    assert described() == had
    assert OTHER_MEDIA not in work(NUMBER).details


@pytest.mark.parametrize("form", FORMS)
def test_a_second_time_changes_nothing(told, importer, form):
    _had, recordings = told
    data, name = brought(importer, form, recordings)
    there = described()
    web = RecordingWeb(recordings)
    importer.use_web(web)
    run = importer.bring_in(data, name)
    assert states(run) == {"unchanged"}
    assert described() == there
    assert not [one for one in web.asked if one in recordings]


def test_the_same_from_somewhere_else_is_known_by_its_content(told, importer):
    had, recordings = told
    brought(importer, "iiif", recordings)
    moved = json.dumps(manifest()).replace(PLACE, "https://moved.example/")
    again = {
        one.replace(PLACE, "https://moved.example/"): data
        for one, data in files().items()
    }
    importer.use_web(RecordingWeb(again))
    importer.bring_in(moved, "manifest.json")
    assert [one["kind"] for one in described()].count("audio") == 3
    assert len(described()) == len(had)


def test_a_dry_run_says_how_many_come_and_fetches_none(told, importer):
    _had, recordings = told
    data = json.dumps(manifest())
    forget()
    web = RecordingWeb(recordings)
    importer.use_web(web)
    run = importer.plan(data, "manifest.json")
    assert runs.count_recordings(db.session(), run) == 4
    assert web.asked == []
    importer.record(run)
    assert len(web.asked) == 4


def test_works_that_are_there_get_them_and_lose_them_by_taking_it_back(told, importer):
    had, recordings = told
    data = table()
    for one in work(NUMBER).media:
        db.session.delete(one)
    db.session.commit()
    importer.use_web(RecordingWeb(recordings))
    run = importer.bring_in(data)
    assert states(run) == {"updated"}
    assert described() == had
    actions = [one.action for one in db.session.query(AuditEntry).filter_by(run=run)]
    assert set(actions) == {"media"}
    importer.undo(run)
    assert described() == []
    # They lie in the store until they are deleted for good, and need no fetching.
    web = RecordingWeb()
    importer.use_web(web)
    importer.bring_in(data)
    assert described() == had
    assert web.asked == []


def test_what_a_table_says_otherwise_is_taken_over(told, importer):
    data = table().replace("Der Tisch", "Ein Tisch")
    run = importer.bring_in(data)
    assert next(one["said"]["title"] for one in described()) == "Ein Tisch"
    assert len(described()) == 6
    assert "changed_media" in [code for *_, codes in rows_of(run) for code in codes]
    importer.undo(run)
    assert next(one["said"]["title"] for one in described()) == "Der Tisch"


def test_a_curators_own_recordings_and_words_stay(told, importer):
    data = json.dumps(manifest())
    editor = MediaEditor(db.session(), current.media().recordings, None)
    editor.add_link(work(NUMBER), "https://own.example/", said_of("", "Own", ""))
    silent = data.replace('"supplementing"', '"commenting"')
    importer.use_web(RecordingWeb())
    importer.bring_in(silent, "manifest.json")
    assert len(described()) == 7
    assert described()[0]["said"]["transcript"]


def test_what_cannot_be_had_stays_a_text_until_it_can(told, importer):
    had, recordings = told
    data = lido_file()
    forget()
    importer.use_web(RecordingWeb())
    run = importer.bring_in(data, "works.lido.xml")
    kept = work(NUMBER).details[OTHER_MEDIA].split("; ")
    assert sorted(kept) == sorted(
        f"{one['said']['title']} {address}".strip()
        for one, address in zip(had[:4], recordings, strict=True)
    )
    assert [one["said"]["title"] for one in described()] == list(LINKS.values())
    assert [codes.count("recording_refused") for *_, codes in rows_of(run)].count(
        4
    ) == 1
    assert states(importer.bring_in(data, "works.lido.xml")) == {"unchanged"}
    importer.use_web(RecordingWeb(recordings))
    importer.bring_in(data, "works.lido.xml")
    assert OTHER_MEDIA not in work(NUMBER).details
    assert sorted(one["file"] for one in described()) == sorted(
        one["file"] for one in had
    )


def test_without_the_extra_all_else_comes_and_it_is_said(told, importer, monkeypatch):
    _had, recordings = told
    data = table()
    forget()
    leave_out(monkeypatch, Extra.VIDEO)
    web = RecordingWeb(recordings)
    importer.use_web(web)
    run = importer.plan(data)
    assert runs.count_recordings(db.session(), run) == 0
    importer.record(run)
    assert web.asked == []
    assert [one["kind"] for one in described()] == ["link", "link"]
    assert "Der Tisch" in work(NUMBER).details[OTHER_MEDIA]
    codes = [code for *_, codes in rows_of(run) for code in codes]
    assert codes.count("recording_switched_off") == 4


def test_works_that_are_to_stay_as_they_are_get_nothing(told, importer):
    _had, recordings = told
    data = json.dumps(manifest()).replace(PLACE, "https://moved.example/")
    importer.use_web(RecordingWeb(recordings))
    run = importer.bring_in(data, "manifest.json", policy=Policy.SKIP)
    assert states(run) == {RowState.SKIPPED.value}
    assert len(described()) == 6


def test_withdrawn_works_have_theirs_too(told, importer):
    had, recordings = told
    work(NUMBER).withdrawn_at = now()
    db.session.commit()
    brought(importer, "zip", recordings)
    assert work(NUMBER).is_withdrawn
    assert described() == had
