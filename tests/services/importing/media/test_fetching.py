"""Recordings that cannot be had, or are otherwise than they were called."""

import json
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, ImportRow
from app.services.collection.exporting import MEDIA_COLUMNS
from app.services.importing import messages
from app.services.importing.media.said import OTHER_MEDIA
from app.services.system import tasks
from app.services.system.links.connections import LinkError, Refusal
from app.web.shell import current
from tests.services.importing.importer import work
from tests.services.importing.media.museum import RecordingWeb
from tests.support.recordings import make_recording

ADDRESS = "https://museum.org/guide"


def table(*media, number="X.1"):
    names = [name.removeprefix("media.") for name in MEDIA_COLUMNS]
    lines = [",".join(("accession", "title", *MEDIA_COLUMNS))]
    for one in media:
        cells = [json.dumps(one.get(name, "")) for name in names]
        lines.append(",".join((number, "Hare", *cells)))
    return "\n".join(lines)


def said(run):
    rows = db.session.scalars(select(ImportRow).where(ImportRow.run_id == run.id))
    return [remark for row in rows for remark in messages.read(row.message)]


def bring(importer, data, kind="audio", **more):
    importer.use_web(RecordingWeb({ADDRESS: data} if data else {}))
    return importer.bring_in(table({"kind": kind, "address": ADDRESS, **more}))


@pytest.mark.parametrize(
    ("data", "code", "fault"),
    [
        (b"", "recording_refused", None),
        (b"%PDF-1.7 no recording", "recording_unusable", "format"),
        (make_recording("mp3")[:200], "recording_unusable", "broken"),
    ],
)
def test_why_one_was_not_taken_is_said_and_where_it_is_stays(
    importer, data, code, fault
):
    run = bring(importer, data, title="Guide")
    [remark] = [one for one in said(run) if one.is_fault]
    assert (remark.code, remark.facts.get("fault")) == (code, fault)
    assert work("X.1").details == {OTHER_MEDIA: f"Guide {ADDRESS}"}
    assert not list(current.media().recordings.list())


def test_a_video_without_a_picture_is_audio(importer):
    bring(importer, make_recording("mp4"), kind="video", transcript="Spoken")
    [one] = work("X.1").media
    assert (one.kind, one.mimetype) == ("audio", "audio/mp4")
    bring(importer, b"", kind="video", transcript="Spoken")
    assert len(work("X.1").media) == 1


def test_a_page_where_a_video_is_played_is_a_link(importer):
    class Player(RecordingWeb):
        def copy(self, address, file):
            raise LinkError(Refusal.PAGE)

    importer.use_web(Player())
    video = {"kind": "video", "address": ADDRESS, "title": "Film"}
    importer.bring_in(table(video))
    [link] = work("X.1").media
    assert (link.kind, link.address, link.title) == ("link", ADDRESS, "Film")
    run = importer.bring_in(table(video))
    assert [one.code for one in said(run)] == []


def test_a_disk_that_is_full_is_no_fault_of_the_recording(importer):
    class Full(RecordingWeb):
        def copy(self, address, file):
            raise OSError(28, "No space left on device")

    importer.use_web(Full())
    run = importer.bring_in(table({"kind": "audio", "address": ADDRESS}))
    assert run.task.state.value == "failed"
    assert "No space left" in run.task.fault
    assert not said(run)


@pytest.mark.parametrize(
    ("media", "code"),
    [
        ({"kind": "sound", "address": ADDRESS}, "no_media_kind"),
        ({"kind": "audio", "title": "Nowhere"}, "no_media_place"),
        ({"kind": "link", "address": "http://museum.org/"}, "no_media_place"),
        ({"kind": "audio", "file": "guide.mp3"}, "recording_missing"),
    ],
)
def test_rows_that_say_too_little_are_named(importer, media, code):
    importer.use_web(RecordingWeb())
    run = importer.plan(table(media))
    assert [one.code for one in said(run)] == [code]
    importer.record(run)
    assert work("X.1").media == []


def test_a_file_of_a_zip_is_found_by_its_name_and_bounded(importer):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        text = table({"kind": "audio", "file": "D:/guides/Guide.mp3", "title": "G"})
        written.writestr("works.csv", text)
        written.writestr("guide.mp3", make_recording("mp3"))
    importer.app.config["MORELLI_MAX_RECORDING_MB"] = 0
    run = importer.plan(file.getvalue(), "works.zip")
    importer.record(run)
    assert "recording_large" in [one.code for one in said(run)]
    importer.app.config["MORELLI_MAX_RECORDING_MB"] = 10
    importer.bring_in(file.getvalue(), "works.zip")
    [one] = work("X.1").media
    assert (one.title, one.source) == ("G", "D:/guides/Guide.mp3")
    assert OTHER_MEDIA not in work("X.1").details


def test_addresses_are_left_alone_where_that_is_switched_off(importer):
    importer.app.config["MORELLI_LINKS"] = False
    run = importer.bring_in(table({"kind": "audio", "address": ADDRESS}))
    assert "recording_links_off" in [one.code for one in said(run)]
    assert work("X.1").details[OTHER_MEDIA] == ADDRESS


def test_addresses_are_left_alone_where_that_is_chosen(importer):
    web = RecordingWeb({ADDRESS: make_recording("mp3")})
    importer.use_web(web)
    data = table({"kind": "audio", "address": ADDRESS})
    run = importer.bring_in(data, fetches=False)
    assert [one.code for one in said(run)] == ["recording_left"]
    assert web.asked == []
    assert work("X.1").details[OTHER_MEDIA] == ADDRESS


def test_a_recording_that_several_rows_name_is_fetched_once(importer):
    web = RecordingWeb({ADDRESS: make_recording("mp3")})
    importer.use_web(web)
    titles = {"1.jpg": "Guide", "2.jpg": "", "3.jpg": "The guide"}
    rows = [
        f"X.1,Hare,{image},audio,{title},{ADDRESS}" for image, title in titles.items()
    ]
    head = "accession,title,image,media.kind,media.title,media.address"
    importer.bring_in("\n".join((head, *rows)))
    assert web.asked == [ADDRESS]
    [one] = work("X.1").media
    assert [file.name for file in current.media().recordings.list()] == [one.media_name]
    assert one.title == "The guide"


def test_an_import_that_broke_off_fetches_only_what_it_has_not(importer):
    class Filling(RecordingWeb):
        room = 5

        def copy(self, address, file):
            if len(self.asked) >= self.room:
                raise OSError(28, "No space left on device")
            super().copy(address, file)

    files = {f"{ADDRESS}{number}": make_recording("mp3") for number in range(6)}
    lines = [
        table(
            {"kind": "audio", "address": one, "transcript": "x"}, number=f"X.{number}"
        )
        for number, one in enumerate(files)
    ]
    data = "\n".join([lines[0], *(one.split("\n")[1] for one in lines[1:])])
    web = Filling(files)
    importer.use_web(web)
    run = importer.bring_in(data)
    assert run.task.state.value == "failed"
    had = {number for number in range(6) if works_of(f"X.{number}")}
    assert 0 < len(had) < 6
    web.asked, web.room = [], 99
    tasks.go_on(db.session(), run.task)
    importer.work_off()
    assert run.task.state.value == "done"
    assert len(web.asked) == 6 - len(had)
    assert all(len(work(f"X.{number}").media) == 1 for number in range(6))


def works_of(accession):
    return db.session.scalars(select(Artwork).filter_by(accession=accession)).all()
