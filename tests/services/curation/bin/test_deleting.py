from sqlalchemy import func, select

from app.extensions import db
from app.models import (
    Artwork,
    AuditEntry,
    DeletedWork,
    MediaKind,
    PendingDeletion,
    Query,
    ReferenceImage,
    WorkMedia,
    now,
)
from app.services.curation.bin.deleting import delete_works, ids_withdrawn_before
from app.services.curation.merging.merger import Merger
from app.services.system import deletions
from app.web.shell.current import media, search_service
from tests.support.fakes import draw_picture, photograph
from tests.support.museum import encoded


def work_of(number):
    accession = f"1900.{number}"
    return db.session.scalars(
        select(Artwork).where(Artwork.accession == accession)
    ).one()


def delete(*works, user=None):
    return delete_works(db.session(), media(), [work.id for work in works], user)


def search(number):
    return search_service().search(encoded(photograph(draw_picture(number))))


def versions(picture):
    return [picture, picture.replace(".jpg", ".s.jpg")]


def pictured(editor, accession, number):
    work = editor.create(accession, {"title": "Hare"})
    editor.add_image(work, encoded(draw_picture(number)))
    return work, work.images[0].media_name


def test_only_withdrawn_works_are_deleted(editor, curator):
    gone, there = work_of(3), work_of(4)
    editor.withdraw(gone)
    assert delete(gone, there, user=curator) == 1
    accessions = {*db.session.scalars(select(Artwork.accession))}
    assert "1900.3" not in accessions
    assert "1900.4" in accessions
    latest = select(AuditEntry).order_by(AuditEntry.id.desc())
    entry = db.session.scalars(latest.limit(1)).one()
    assert (entry.action, entry.user) == ("delete", curator)
    assert entry.subject.startswith("1900.3")


def test_its_pictures_are_deleted_in_all_sizes(editor):
    work, picture = pictured(editor, "2026.1", 30)
    store = media().works
    assert all(map(store.exists, versions(picture)))
    editor.withdraw(work)
    delete(work)
    assert not any(map(store.exists, versions(picture)))
    assert db.session.scalars(select(func.count(PendingDeletion.id))).one() == 0


def test_a_picture_that_was_taken_away_before_is_deleted_too(editor):
    work, picture = pictured(editor, "2026.1", 30)
    editor.remove_image(work.images[0])
    editor.withdraw(work)
    delete(work)
    assert not media().works.exists(picture)


def test_a_picture_that_another_work_has_stays(editor):
    work, picture = pictured(editor, "2026.1", 30)
    other, _ = pictured(editor, "2026.2", 30)
    editor.withdraw(work)
    delete(work)
    assert media().works.exists(picture)
    assert other.images[0].media_name == picture


def test_a_picture_that_an_undo_may_bring_back_stays(editor):
    work, picture = pictured(editor, "2026.1", 30)
    other, _ = pictured(editor, "2026.2", 30)
    entry = editor.remove_image(other.images[0])
    editor.withdraw(work)
    delete(work)
    editor.undo(entry)
    assert other.images[0].media_name == picture
    assert media().works.exists(picture)


def test_a_picture_that_came_again_before_the_file_was_gone_stays(editor):
    _, picture = pictured(editor, "2026.1", 30)
    deletions.note(db.session(), deletions.Area.WORKS, versions(picture))
    db.session.commit()
    assert deletions.run_due(db.session(), media()) == 0
    assert all(map(media().works.exists, versions(picture)))
    assert db.session.scalars(select(func.count(PendingDeletion.id))).one() == 0


def test_recordings_are_let_go_of(editor):
    work = work_of(3)
    media().recordings.write("ab/one.mp3", b"sound")
    recording = WorkMedia(
        artwork=work, kind=MediaKind.AUDIO, title="x", media_name="ab/one.mp3"
    )
    db.session.add(recording)
    editor.withdraw(work)
    delete(work)
    assert not media().recordings.exists("ab/one.mp3")
    assert db.session.scalars(select(WorkMedia)).all() == []


def test_no_ghost_is_left_in_an_index_that_was_built_before(editor):
    assert [match.artwork.accession for match in search(3).matches] == ["1900.3"]
    work = work_of(3)
    # As an import does whose undoing a server has not heard of: in one transaction.
    work.withdrawn_at = now()
    db.session.commit()
    delete(work)
    query = search(3)
    assert query.matches == []
    assert "1900.3" not in [accession for accession, _ in query.similar]


def test_a_work_of_the_same_number_is_found_again(editor):
    editor.withdraw(work_of(3))
    delete(work_of(3))
    pictured(editor, "1900.3", 30)
    assert [match.artwork.accession for match in search(30).matches] == ["1900.3"]
    assert search(3).matches == []


def test_an_old_answer_stays_without_the_work(editor):
    query_id = search(3).id
    editor.withdraw(work_of(3))
    delete(work_of(3))
    db.session.expire_all()
    query = db.session.get_one(Query, query_id)
    assert (query.verdict.value, query.matches) == ("found", [])


def test_after_a_merge_its_pictures_stay_with_the_kept_work(editor, curator):
    kept, first = pictured(editor, "2026.1", 30)
    gone, second = pictured(editor, "2026.2", 31)
    Merger(db.session(), curator).merge(kept, gone, {})
    delete(gone)
    assert all(map(media().works.exists, (first, second)))
    names = select(ReferenceImage.media_name).where(
        ReferenceImage.artwork_id == kept.id
    )
    assert {*db.session.scalars(names)} == {first, second}
    assert [match.artwork.accession for match in search(31).matches] == ["2026.1"]


def test_many_are_deleted_in_batches(in_app, monkeypatch):
    monkeypatch.setattr("app.services.curation.bin.deleting.BATCH", 3)
    works = [Artwork(accession=f"D.{n}", withdrawn_at=now()) for n in range(8)]
    db.session.add_all(works)
    db.session.commit()
    ids = ids_withdrawn_before(db.session(), now())
    assert len(ids) == 8
    assert delete_works(db.session(), media(), ids, None) == 8
    assert len(db.session.scalars(select(DeletedWork)).all()) == 8
    assert ids_withdrawn_before(db.session(), now()) == []
