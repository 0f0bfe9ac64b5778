"""Backups: whole whatever happens meanwhile, and each file copied once."""

import stat
import threading

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, MediaKind, Query, ReferenceImage, WorkMedia
from app.services.media.store import StorageAwayError
from app.services.operations.backup import making, restoring, snapshot
from app.services.operations.backup.manifest import (
    AREAS,
    MANIFEST,
    BackupError,
    BackupManifest,
)
from app.services.system import deletions
from app.services.system.deletions import Area
from app.services.system.lock import AlreadyRunningError
from app.services.system.tasks import TaskContext
from app.web.shell.current import folders, media
from tests.support.away import AwayStore
from tests.support.backups import back_up, files_of, restore
from tests.support.full_disk import files_of_at_most
from tests.support.killing import die, is_killed
from tests.support.waiting import WAIT_SECONDS


def manifest_of(backups, made):
    return BackupManifest.read(backups.root / made.name)


def test_it_holds_all_files_and_reads_back_whole(app, backups, ask, photo):
    ask(photo)
    with app.app_context():
        media().site.write("0123/logo.png", b"logo")
        media().evaluations.write("7/1.jpg", b"photo")
        media().imports.write("catalogue.csv", b"accession")
        media().recordings.write("ab/abc.mp3", b"sound")
        media().recordings.write("ab/stray.mp3", b"of no work")
        work = db.session.scalars(select(Artwork).limit(1)).one()
        work.media.append(WorkMedia(kind=MediaKind.AUDIO, media_name="ab/abc.mp3"))
        db.session.commit()
    made = back_up(app, backups)
    manifest = restoring.verify(backups.root / made.name)
    paths = {tuple(path.split("/", 1)) for path in manifest.files if "/" in path}
    assert paths == set(files_of(app)) - {("recordings", "ab/stray.mp3")}
    assert {area for area, _ in paths} == set(AREAS)
    assert made.missing == []


def test_it_is_its_owners_alone(app, backups):
    made = back_up(app, backups)
    for path in (backups.root / made.name).rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    assert not stat.S_IMODE((backups.root / made.name).stat().st_mode) & 0o077


def test_photos_are_left_out_where_nobody_wants_them(app, backups, ask, photo):
    ask(photo)
    made = back_up(app, backups, photos=False)
    manifest = manifest_of(backups, made)
    assert not [path for path in manifest.files if path.startswith("queries/")]
    assert not manifest.photos


def test_settings_are_noted_and_secrets_are_not(make_app, backups):
    key = "0123456789abcdef" * 4
    app = make_app(MORELLI_SECRET_KEY=key, MORELLI_QUEUE=7)
    made = back_up(app, backups)
    text = (backups.root / made.name / MANIFEST).read_text()
    assert manifest_of(backups, made).settings["MORELLI_QUEUE"] == "7"
    assert key not in text


def test_what_did_not_change_is_not_copied_again(app, backups):
    back_up(app, backups)
    with app.app_context():
        media().works.write("aa/new.jpg", b"new")
        db.session.add(
            Artwork(
                accession="N-1",
                images=[
                    ReferenceImage(
                        sha256="0" * 64, media_name="aa/new.jpg", height=1, width=1
                    )
                ],
            )
        )
        media().works.write("aa/new.s.jpg", b"small")
        db.session.commit()
    second = later(app, backups)
    assert second.copied == 3  # the new picture, its small copy, the database
    old, new = (backups.root / name for name in backups.names())
    assert new.name == second.name
    same = next(iter(path for path in (old / "works").rglob("*.jpg")))
    assert same.stat().st_ino == (new / same.relative_to(old)).stat().st_ino
    whole = later(app, backups, full=True)
    assert whole.copied == whole.files


def later(app, backups, **options):
    """Make a backup when all others are a year older: of a day one is kept."""
    age(backups)
    return back_up(app, backups, **options)


def age(backups):
    """Let all backups be a year older; return their names."""
    for name in backups.names():
        aged = f"{int(name[:4]) - 1}{name[4:]}"
        (backups.root / name).rename(backups.root / aged)
    return backups.names()


def test_a_file_that_is_nowhere_is_named(app, backups):
    with app.app_context():
        name = db.session.scalars(select(ReferenceImage.media_name).limit(1)).one()
        media().works.delete(name)
    assert back_up(app, backups).missing == [f"works/{name}"]


def test_a_photo_that_is_deleted_meanwhile_is_named_by_no_row(
    app, backups, ask, photo, monkeypatch
):
    ask(photo)
    named_files, asked = snapshot.DatabaseMoment.named_files, []

    def name_and_delete(moment, *, photos):
        named = named_files(moment, photos=photos)
        asked.append(named["queries"])
        if len(asked) == 1:
            # Another photo was sent and deleted, just after the moment began.
            return {**named, "queries": {*named["queries"], "gone.jpg"}}
        return named

    monkeypatch.setattr(snapshot.DatabaseMoment, "named_files", name_and_delete)
    made = back_up(app, backups)
    assert len(asked) == 2
    assert made.missing == []


def test_killed_half_way_it_leaves_the_earlier_whole_and_is_swept(app, backups):
    back_up(app, backups)
    [first] = age(backups)

    def be_killed():
        with app.app_context():
            db.engine.dispose(close=False)
        back_up(app, backups, full=True, watch=lambda done, *_: done == 3 and die())

    assert is_killed(be_killed)
    assert [one.name for one in backups.root.glob(".*.staged")]
    restoring.verify(backups.root / first)
    assert backups.names() == [first]
    back_up(app, backups)
    assert not list(backups.root.glob(".*.staged"))


@pytest.mark.parametrize("length_bytes", [1_000, 60_000], ids=["pictures", "database"])
def test_a_full_disk_is_one_sentence_and_costs_no_earlier_backup(
    app, backups, length_bytes
):
    back_up(app, backups)
    [first] = age(backups)
    with (
        files_of_at_most(length_bytes),
        pytest.raises(BackupError, match=r"(No|no) backup was made"),
    ):
        back_up(app, backups, full=True)
    assert backups.names() == [first]
    restoring.verify(backups.root / first)


def test_stopped_by_hand_it_leaves_nothing_behind(app, backups):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(app, backups, watch=stop)
    assert [one.name for one in backups.root.iterdir()] == ["LOCK"]


def test_a_storage_that_is_away_makes_no_backup_without_pictures(
    app, backups, monkeypatch
):
    with app.app_context():
        stores = media()
    monkeypatch.setattr(type(stores.works), "list", AwayStore(stores.works).list)
    with pytest.raises(StorageAwayError):
        back_up(app, backups)
    assert backups.names() == []


def test_only_one_is_made_at_a_time(app, backups):
    with backups.alone(), pytest.raises(AlreadyRunningError):
        back_up(app, backups)


def test_a_clock_that_went_back_is_said(app, backups):
    made = back_up(app, backups)
    (backups.root / made.name).rename(backups.root / "29990101T000000Z")
    with pytest.raises(BackupError, match="clock"):
        back_up(app, backups)


def test_the_worker_makes_it(make_app, backups):
    app = make_app(MORELLI_BACKUP_FOLDER=backups.root)
    with app.app_context():
        making.run_job(TaskContext(db.session(), folders(), app.config))
    [name] = backups.names()
    assert not BackupManifest.read(backups.root / name).photos


def test_the_worker_stops_when_it_is_told(make_app, backups):
    app = make_app(MORELLI_BACKUP_FOLDER=backups.root)
    with app.app_context():
        context = TaskContext(db.session(), folders(), app.config)
        context.process.stopping.set()
        making.run_job(context)
    assert backups.names() == []


def test_the_key_goes_to_a_file_of_its_own(app, backups, tmp_path):
    path = tmp_path / "key"
    making.write_secret(path, app.config, backups)
    making.write_secret(path, app.config, backups)  # the same again is no fault
    assert path.read_text().strip() == app.config["SECRET_KEY"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="among the backups"):
        making.write_secret(backups.root / "key", app.config, backups)
    path.write_text("another")
    with pytest.raises(BackupError, match="another key"):
        making.write_secret(path, app.config, backups)


class Load(threading.Thread):
    """Curators and visitors who change things all the time.

    Every change writes its number to all works at once, so that a copy of two moments
    shows.
    """

    def __init__(self, app):
        super().__init__()
        self.app = app
        self.stopped = threading.Event()
        self.written = {}
        self.changes = 0
        self.faults = []

    def run(self):
        with self.app.app_context():
            try:
                while not self.stopped.is_set():
                    self.change()
            except Exception as error:  # noqa: BLE001 - told by the test itself
                self.faults.append(repr(error))
            finally:
                db.session.remove()

    def change(self):
        self.changes += 1
        number = self.changes
        name = f"{number % 256:02x}/{number:064x}.jpg"
        picture = ReferenceImage(
            sha256=f"{number:064x}", media_name=name, height=1, width=1, position=9
        )
        for path in (picture.thumbnail_name, name):
            self.written["works", path] = f"{path} {number}".encode()
            media().works.write(path, self.written["works", path])
        photo = f"{number:08x}.jpg"
        self.written["queries", photo] = f"photo {number}".encode()
        media().queries.write(photo, self.written["queries", photo])
        session = db.session()
        works = session.scalars(select(Artwork).order_by(Artwork.id)).all()
        for work in works:
            work.school = str(number)
        works[number % len(works)].images.append(picture)
        query = session.scalars(select(Query)).one()
        old = query.photo_name or ""
        query.photo_name = photo
        old_picture = f"{number - 3:064x}"
        for image in session.scalars(
            select(ReferenceImage).where(ReferenceImage.sha256 == old_picture)
        ):
            session.delete(image)
        deletions.commit_and_delete(session, Area.QUERIES, media().queries, [old])


def test_under_load_it_is_of_one_moment_and_names_no_file_that_it_lacks(
    app, backups, ask, photo, make_place
):
    ask(photo)
    before = files_of(app)
    load = Load(app)
    load.start()
    try:
        made = [later(app, backups) for _ in range(3)]
    finally:
        load.stopped.set()
        load.join(WAIT_SECONDS)
    assert load.faults == []
    assert load.changes > 5
    assert [one.missing for one in made] == [[], [], []]
    place = make_place()
    restore(place, backups.root / made[-1].name)
    with place.app_context():
        [moment] = db.session.scalars(select(Artwork.school).distinct())
        images = db.session.scalars(select(ReferenceImage)).all()
        photos = db.session.scalars(select(Query.photo_name)).all()
        named = {("works", one.media_name) for one in images}
        named |= {("works", one.thumbnail_name) for one in images}
        named |= {("queries", one) for one in photos if one is not None}
    assert 0 < int(moment) <= load.changes
    found = files_of(place)
    assert set(found) == named
    known = before | load.written
    assert found == {one: known[one] for one in named}
