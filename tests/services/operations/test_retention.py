"""What goes when it is old, what stays, and what nobody will ever ask for."""

import logging
import os
import time
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from app.extensions import db
from app.models import Artwork, Feedback, Query, QueryMatch, User, now
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import accounts
from app.services.importing import runs
from app.services.importing.sources import SourceKind
from app.services.media.folder import FolderStore
from app.services.operations import retention
from app.services.system import deletions
from app.services.system.lock import AlreadyRunningError, exclusively
from app.services.system.mail import KEPT_SECONDS, Outbox
from app.services.system.tasks import TaskContext
from app.web.shell.current import folders, media, search_service
from tests.support.away import AwayStore

pytestmark = pytest.mark.usefixtures("in_app")
DAYS = 30


@pytest.fixture
def photos():
    return FolderStore(folders().queries)


def age(path, seconds):
    """Let a file look as if it was last written so long ago."""
    then = time.time() - seconds
    os.utime(path, (then, then))


def add(photos, days, **fields):
    """Keep a search that is so many days old, with its photo."""
    query_id = str(uuid.uuid4())
    photos.write(f"{query_id}.jpg", b"photo")
    age((photos.root / f"{query_id}.jpg"), days * 86_400)
    query = Query(
        id=query_id,
        created_at=now() - timedelta(days=days),
        verdict=Verdict.NOT_FOUND,
        probability=0.2,
        photo_name=f"{query_id}.jpg",
        activation_map=b"map",
        seen=["ship"],
        visitor="anna",
        width=4,
        height=3,
        model_id="model",
        generation="generation",
        **fields,
    )
    db.session.add(query)
    db.session.commit()
    return query


def run(days=DAYS):
    cleared = retention.run(folders(), media(), days)
    db.session.expire_all()
    return cleared


def test_old_photos_go_and_their_answers_belong_to_nobody(photos):
    old = add(photos, DAYS + 1, share_token="secret")
    young = add(photos, DAYS - 1, share_token="other")
    cleared = run()
    assert (cleared.photos, cleared.answers, cleared.faults) == (1, 1, 0)
    assert (old.photo_name, old.activation_map, old.seen) == (None, None, None)
    assert (old.visitor, old.user_id, old.share_token) == (None, None, None)
    assert old.probability == 0.2  # stays for the statistics
    assert (young.activation_map, young.seen) == (b"map", ["ship"])
    assert (young.visitor, young.share_token) == ("anna", "other")
    assert [path.name for path in photos.root.glob("*.jpg")] == [young.photo_name]
    assert run().photos == 0


def test_an_old_search_of_an_account_goes_and_the_account_stays(photos):
    anna = accounts.create_confirmed("anna@example.org", None)
    query = add(photos, DAYS + 1, user_id=anna.id)
    query.feedback = Feedback(is_right=True)
    db.session.commit()
    run()
    assert query.user_id is None
    assert query.feedback.is_right
    assert db.session.get(User, anna.id) is not None


def test_many_photos_go_batch_by_batch(photos, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        add(photos, DAYS + 1)
    assert run().photos == 5
    assert list(photos.root.glob("*.jpg")) == []


def test_a_photo_that_cannot_be_deleted_is_tried_again_and_stops_nothing(
    photos, caplog
):
    stuck, other = add(photos, DAYS + 1), add(photos, DAYS + 1)
    name = stuck.photo_name
    path = photos.root / name
    path.unlink()
    path.mkdir()  # which cannot be unlinked
    cleared = run()
    assert (cleared.photos, cleared.faults) == (1, 1)
    assert name in caplog.text
    assert (stuck.photo_name, other.photo_name) == (None, None)
    path.rmdir()
    photos.write(name, b"photo")
    assert deletions.run_due(db.session(), media()) == 0
    assert list(photos.list()) == []


def test_zero_days_let_go_of_every_photo_and_leave_the_answer_for_a_day(photos):
    fresh, old = add(photos, 0), add(photos, 2)
    assert run(days=0).photos == 2
    assert (fresh.photo_name, fresh.activation_map) == (None, None)
    assert fresh.visitor == "anna"
    assert old.visitor is None


def test_with_zero_days_no_photo_is_ever_stored(make_app, photo):
    app = make_app(MORELLI_RETENTION_DAYS="0")
    with app.app_context():
        query = search_service().search(photo, attributes={"visitor": "anna"})
        assert query.verdict is Verdict.FOUND
        assert query.is_stored
        assert (query.photo_name, query.activation_map) == (None, None)
        assert not folders().queries.exists()


def test_photos_that_no_answer_points_to_go_after_an_hour(photos):
    query = add(photos, 1)
    for name, seconds in (("stray", 3_700), ("on-its-way", 60)):
        photos.write(f"{name}.jpg", b"photo")
        age((photos.root / f"{name}.jpg"), seconds)
    assert run().strays == 1
    assert {path.name for path in photos.root.glob("*.jpg")} == {
        query.photo_name,
        "on-its-way.jpg",
    }


def test_catalogues_that_no_import_names_go_too():
    sent = FolderStore(folders().imports)
    for name in ("named.zip", "stray.zip"):
        sent.write(name, b"PK")
        age(sent.root / name, 3_700)
    runs.begin(db.session(), SourceKind.ZIP, "named.zip", "works.zip", None)
    assert run().strays == 1
    assert [file.name for file in sent.list()] == ["named.zip"]


def test_the_rest_is_done_though_the_storage_is_away(photos):
    old = add(photos, DAYS + 1)
    photos.write("stray.jpg", b"photo")
    age(photos.root / "stray.jpg", 3_700)
    away = AwayStore(photos)
    stores = replace(media(), queries=away)
    cleared = retention.run(folders(), stores, DAYS, is_confirmed=True)
    db.session.expire_all()
    assert (cleared.photos, cleared.strays) == (0, 0)
    assert cleared.faults
    assert db.session.get_one(Query, old.id).photo_name is None
    assert retention.GUARD.last_run(folders().instance) is not None
    away.is_away = False
    assert deletions.run_due(db.session(), stores) == 0
    assert run().strays == 1
    assert list(photos.list()) == []


def test_accounts_never_confirmed_and_old_mails_go_too():
    late = now() - accounts.UNCONFIRMED_KEPT - timedelta(hours=1)
    user = accounts.create_confirmed("anna@example.org", None)
    db.session.execute(update(User).values(confirmed_at=None, created_at=late))
    db.session.commit()
    folders().mail.mkdir()
    mail = folders().mail / "old.eml"
    mail.write_text("To: anna@example.org\n\nA link.", encoding="utf-8")
    age(mail, KEPT_SECONDS + 60)
    user_id = user.id
    run()
    assert db.session.get(User, user_id) is None
    assert not mail.exists()


def test_the_workers_job_obeys_the_days_that_are_set(photos, caplog):
    old = add(photos, 8)
    context = TaskContext(
        db.session(), folders(), {"MORELLI_MEDIA_URL": "", "MORELLI_RETENTION_DAYS": 7}
    )
    caplog.set_level(logging.INFO)
    with exclusively(folders().instance / retention.LOCK, db.engine):
        retention.run_job(context)  # somebody does it by hand
    assert (photos.root / old.photo_name).exists()
    retention.run_job(context)
    db.session.expire_all()
    assert old.photo_name is None
    assert "1 old photos" in caplog.text


def test_two_never_run_at_once(photos):
    old = add(photos, DAYS + 1)
    with (
        exclusively(folders().instance / retention.LOCK, db.engine),
        pytest.raises(AlreadyRunningError),
    ):
        run()
    assert (photos.root / old.photo_name).exists()


def test_where_works_and_details_lay_goes_with_the_photo(photos):
    old, young = add(photos, DAYS + 1), add(photos, DAYS - 1)
    work = db.session.query(Artwork).first()
    for query in (old, young):
        match = QueryMatch(
            artwork=work,
            rank=0,
            verdict=Verdict.FOUND,
            probability=0.9,
            similarity=0.9,
            inlier_count=1,
            outline=[[0, 0], [1, 0], [1, 1], [0, 1]],
            region=[[0, 0], [1, 0], [1, 1]],
            points=[[0.1, 0.2, 0.3, 0.4]],
            comparison={"agreement": 1, "difference": 0, "outlines": [], "blocks": []},
        )
        query.matches = [match]
    db.session.commit()
    run()
    [gone] = old.matches
    assert (gone.outline, gone.region, gone.points) == (None, None, [])
    assert gone.comparison is None
    assert old.matches[0].inlier_count == 1  # stays for the statistics
    assert young.matches[0].outline is not None
    assert young.matches[0].region is not None
    assert young.matches[0].points == [[0.1, 0.2, 0.3, 0.4]]
    assert young.matches[0].comparison is not None


def in_files(text):
    """Tell which files of the database hold a text."""
    files = folders().instance.glob("morelli.db*")
    return [path.name for path in files if text.encode() in path.read_bytes()]


@pytest.mark.sqlite(reason="its files, which lie in the instance folder")
def test_a_deleted_address_is_in_no_file_of_the_database():
    address = "anna.archer@example.org"
    user = accounts.create_confirmed(address, "hash-of-anna")
    db.session.commit()
    assert in_files(address)
    accounts.erase(user, FolderStore(folders().queries), Outbox(folders().mail))
    assert in_files(address) == in_files("hash-of-anna") == []


@pytest.mark.sqlite(reason="its write-ahead log")
def test_what_a_reader_keeps_in_the_log_is_said_and_goes_at_the_next_deletion(caplog):
    address = "anna.archer@example.org"
    user = accounts.create_confirmed(address, None)
    db.session.commit()
    with db.engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.execute(text("SELECT count(*) FROM user")).one()
        accounts.erase(user, FolderStore(folders().queries), Outbox(folders().mail))
        assert in_files(address)
    assert "write-ahead log for now" in caplog.text
    run()
    assert in_files(address) == []
