import pytest
from sqlalchemy import func, select

from app.models import (
    Artwork,
    ArtworkWord,
    AuditEntry,
    BulkState,
    CollectionState,
    ReferenceImage,
    Task,
    Word,
    now,
)
from app.models.words import Part
from app.services.collection.labels import DETAIL
from app.services.collection.subjects import SHOWS, settle
from app.services.curation.bulk import changing, drafts, writing
from app.services.curation.bulk.operations import (
    BulkOperation,
    OperationError,
    OperationFault,
    OperationKind,
    presence_operation,
    subject_operation,
)
from app.services.system import audit
from tests.support.hooks import listen, told

SET = BulkOperation(OperationKind.SET, "technique", "Oil on canvas")


def there(found):
    assert found is not None
    return found


def at(session, work_id):
    return session.get_one(Artwork, work_id)


def said(session, name):
    asked = select(getattr(Artwork, name)).order_by(Artwork.accession)
    return list(session.scalars(asked))


def words_of(session, part):
    asked = select(Word.text).join(ArtworkWord).where(ArtworkWord.part == part)
    return sorted(set(session.scalars(asked)))


def written(session, works, operation):
    edit = drafts.draft(session, works, operation, None)
    assert writing.begin(session, edit, None) is None
    session.expire_all()
    return edit


def test_a_draft_says_what_would_change_and_writes_nothing(session, works):
    edit = drafts.draft(session, works, SET, None)
    assert edit.counts == {"chosen": 4, "changing": 4, "same": 0}
    first = edit.sample[0]
    assert (first["accession"], first["before"], first["after"]) == (
        "W.0",
        "oil",
        "Oil on canvas",
    )
    session.expire_all()
    assert said(session, "technique") == ["oil"] * 4


def test_an_edit_is_written_searched_and_taken_back(session, works):
    edit = written(session, works[:3], SET)
    assert edit.state == "written"
    assert said(session, "technique") == [*["Oil on canvas"] * 3, "oil"]
    assert "oil on canvas" in said(session, "search_text")[0]
    writing.begin_undo(session, edit, None)
    session.expire_all()
    assert edit.state == "undone"
    assert edit.counts["undone"] == 3
    assert said(session, "technique") == ["oil"] * 4
    assert "canvas" not in said(session, "search_text")[0]
    with pytest.raises(writing.EditNotPossibleError):
        writing.begin_undo(session, edit, None)


def test_what_somebody_changed_since_is_named_and_left_alone(session, works):
    edit = written(session, works, SET)
    at(session, works[1]).technique = "Tempera"
    at(session, works[2]).title = "Another field"
    session.commit()
    writing.begin_undo(session, edit, None)
    session.expire_all()
    assert said(session, "technique") == ["oil", "Tempera", "oil", "oil"]
    assert edit.counts["left"] == 1
    left = there(writing.left_alone(session, edit))
    assert [entry.subject for entry in left.entries] == ["W.1"]


def test_what_somebody_changed_before_it_was_written_is_passed_over(session, works):
    edit = drafts.draft(session, works, SET, None)
    at(session, works[2]).technique = "Tempera"
    at(session, works[2]).updated_at = now()
    session.commit()
    writing.begin(session, edit, None)
    session.expire_all()
    assert said(session, "technique")[2] == "Tempera"
    assert edit.passed_over == ["W.2"]
    assert edit.counts["changed"] == 3


def test_other_editors_notice_that_a_work_was_changed(session, works):
    before = at(session, works[0]).updated_at
    written(session, works[:1], SET)
    assert at(session, works[0]).updated_at > before


def test_words_and_sort_keys_follow(session, works):
    edit = written(session, works, BulkOperation(OperationKind.SET, "artist", "Bosch"))
    assert words_of(session, Part.ARTIST) == ["bosch"]
    assert words_of(session, Part.TITLE) == ["0", "1", "2", "3", "hare"]
    assert said(session, "artist_key") == ["bosch"] * 4
    writing.begin_undo(session, edit, None)
    session.expire_all()
    assert words_of(session, Part.ARTIST) == ["durer"]
    edit = written(
        session, works, BulkOperation(OperationKind.REPLACE, "title", "Rabbit", "Hare")
    )
    assert said(session, "title")[3] == "Rabbit 3"
    assert words_of(session, Part.TITLE) == ["0", "1", "2", "3", "rabbit"]
    assert words_of(session, Part.ARTIST) == ["durer"]


def test_a_text_in_a_language_is_set_and_emptied(session, works):
    name = f"{DETAIL}title@de"
    edit = written(
        session, works[:1], BulkOperation(OperationKind.SET, name, "Feldhase")
    )
    assert at(session, works[0]).details == {
        "story@en": "A hare.",
        "title@de": "Feldhase",
    }
    assert "feldhase" in words_of(session, Part.TITLE)
    writing.begin_undo(session, edit, None)
    session.expire_all()
    assert at(session, works[0]).details == {"story@en": "A hare."}
    assert "feldhase" not in words_of(session, Part.TITLE)
    written(session, works, BulkOperation(OperationKind.CLEAR, f"{DETAIL}story@en"))
    assert said(session, "details") == [{}] * 4


def test_only_blank_fields_are_filled(session, works):
    at(session, works[0]).location = "Room 1"
    session.commit()
    written(session, works, BulkOperation(OperationKind.FILL, "location", "Depot"))
    assert said(session, "location") == ["Room 1", "Depot", "Depot", "Depot"]


def test_a_subject_is_added_to_what_is_seen(session, works):
    image = ReferenceImage(
        sha256="0" * 64, media_name="a.jpg", width=1, height=1, seen_subjects=" dog "
    )
    work = at(session, works[0])
    work.images.append(image)
    settle(work)
    session.commit()
    edit = written(
        session, works[:2], subject_operation(OperationKind.ADD_SUBJECT, "cat")
    )
    assert said(session, "shows")[:2] == [" dog cat ", " cat "]
    writing.begin_undo(session, edit, None)
    session.expire_all()
    assert said(session, "shows")[:2] == [" dog ", ""]
    assert edit.operation["field"] == SHOWS


def test_withdrawn_works_lose_their_words_and_every_index_is_told(session, works):
    revision = select(CollectionState.revision)
    before = session.scalars(revision).one()
    edit = written(session, works[:2], presence_operation(OperationKind.WITHDRAW))
    assert [work.is_withdrawn for work in (at(session, one) for one in works)] == [
        True,
        True,
        False,
        False,
    ]
    assert (
        session.scalars(revision).one() == before + 1 == at(session, works[0]).revision
    )
    assert words_of(session, Part.TITLE) == ["2", "3", "hare"]
    writing.begin_undo(session, edit, None)
    session.expire_all()
    assert not any(at(session, one).is_withdrawn for one in works)
    assert words_of(session, Part.TITLE) == ["0", "1", "2", "3", "hare"]


def test_the_trail_has_one_entry_of_the_edit_and_one_with_each_work(session, works):
    edit = written(session, works, SET)
    summary = there(audit.list_entries(session))
    assert [entry.action for entry in summary.entries] == [audit.BULK_EDIT]
    assert summary.entries[0].bulk_edit_id == edit.id
    own = there(audit.list_entries(session, artwork=at(session, works[0])))
    assert own.entries[0].before == {"technique": "oil"}
    writing.begin_undo(session, edit, None)
    undone = audit.undone_among(session, summary)
    assert undone == {summary.entries[0].id}
    assert audit.is_undone(session, own.entries[0])


def test_what_takes_long_is_left_to_a_task(session, works, monkeypatch):
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    edit = drafts.draft(session, works, SET, None)
    task = there(writing.begin(session, edit, None))
    assert task.kind == writing.KIND
    assert said(session, "technique") == ["oil"] * 4
    assert session.scalars(select(func.count(Task.id))).one() == 1
    with pytest.raises(writing.EditNotPossibleError):
        writing.begin_undo(session, edit, None)


def test_a_writing_that_was_killed_goes_on_and_repeats_nothing(
    session, works, monkeypatch
):
    monkeypatch.setattr(changing, "BATCH", 1)
    edit = drafts.draft(session, works, SET, None)
    edit.state = BulkState.WRITING
    session.commit()

    class KilledError(Exception):
        pass

    def step(done, _total):
        session.commit()
        if done == 2:
            raise KilledError

    with pytest.raises(KilledError):
        changing.write(session, edit, None, step)
    assert said(session, "technique").count("Oil on canvas") == 2
    changing.write(session, edit, None, lambda *_: session.commit())
    session.expire_all()
    assert said(session, "technique") == ["Oil on canvas"] * 4
    assert edit.counts["changed"] == 4
    assert session.scalars(select(func.count(AuditEntry.id))).one() == 4


@pytest.mark.parametrize(
    ("do", "state", "wished"),
    [
        (changing.write, BulkState.WRITING, BulkState.UNDOING),
        (changing.undo, BulkState.UNDOING, BulkState.UNDONE),
    ],
)
def test_what_is_done_stops_where_somebody_wishes_something_else(
    session, works, monkeypatch, do, state, wished
):
    listen(session)
    edit = drafts.draft(session, works, SET, None)
    edit.state = BulkState.WRITING
    if do is changing.undo:
        changing.write(session, edit, None, lambda *_: session.commit())
        edit.state = state
    session.commit()
    events = len(told(session))
    monkeypatch.setattr(changing, "BATCH", 1)

    def step(_done, _total):
        edit.state = wished
        session.commit()

    do(session, edit, None, step)
    session.expire_all()
    assert edit.state is wished
    left = 1 if do is changing.write else 3
    assert said(session, "technique").count("Oil on canvas") == left
    assert len(told(session)) == events


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        (
            BulkOperation(OperationKind.SET, "accession", "1"),
            OperationFault.UNKNOWN_FIELD,
        ),
        (BulkOperation(OperationKind.CLEAR, DETAIL), OperationFault.UNKNOWN_FIELD),
        (BulkOperation(OperationKind.SET, "title"), OperationFault.NO_VALUE),
        (BulkOperation(OperationKind.REPLACE, "title"), OperationFault.NOTHING_SOUGHT),
        (
            BulkOperation(OperationKind.SET, "artist", "a" * 1001),
            OperationFault.TOO_LONG,
        ),
        (
            BulkOperation(OperationKind.REPLACE, "artist", "a" * 999, "r"),
            OperationFault.TOO_LONG,
        ),
        (
            subject_operation(OperationKind.ADD_SUBJECT, "unicorns"),
            OperationFault.UNKNOWN_SUBJECT,
        ),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_kept(
    session, works, operation, fault
):
    with pytest.raises(OperationError) as refused:
        drafts.draft(session, works, operation, None)
    assert refused.value.fault is fault


def test_an_old_draft_is_forgotten_and_a_written_edit_is_not(session, works):
    old = drafts.draft(session, works, SET, None)
    kept = written(session, works[:1], SET)
    for edit in (old, kept):
        edit.created_at = now() - 2 * drafts.DRAFTS_KEPT
    session.commit()
    numbers = old.id, kept.id
    drafts.draft(session, works, SET, None)
    session.expire_all()
    assert session.get(type(kept), numbers[0]) is None
    assert session.get(type(kept), numbers[1]) is not None
