"""What webhooks are told of edits of many works."""

from app.models import Artwork
from app.services.curation.bulk import changing, drafts, telling, writing
from app.services.curation.bulk.operations import (
    BulkOperation,
    OperationKind,
    presence_operation,
)
from tests.support.hooks import listen, numbers_told, told

SET = BulkOperation(OperationKind.SET, "technique", "Oil on canvas")


def written(session, works, operation):
    edit = drafts.draft(session, works, operation, None)
    assert writing.begin(session, edit, None) is None
    session.expire_all()
    return edit


def test_webhooks_are_told_of_an_edit_of_many_works_once(session, works, monkeypatch):
    listen(session)
    monkeypatch.setattr(changing, "BATCH", 2)
    edit = written(session, works, SET)
    writing.begin_undo(session, edit, None)
    page = f"curate/bulk/{edit.id}"
    every = [f"W.{number}" for number in range(4)]
    assert numbers_told(session) == [("work.changed", every)] * 2
    assert {(data["count"], data["path"]) for _, data in told(session)} == {(4, page)}


def test_what_an_undo_left_alone_is_not_told(session, works):
    edit = written(session, works, SET)
    session.get_one(Artwork, works[0]).technique = "Ink"
    session.commit()
    listen(session)
    writing.begin_undo(session, edit, None)
    [(kind, data)] = told(session)
    numbers = [one["accession"] for one in data["works"]]
    assert (kind, data["count"]) == ("work.changed", 3)
    assert numbers == ["W.1", "W.2", "W.3"]


def test_a_whole_collection_is_not_written_into_a_message(session, works, monkeypatch):
    listen(session)
    monkeypatch.setattr(telling, "MOST_NAMED", 3)
    written(session, works, SET)
    [(kind, data)] = told(session)
    assert (kind, data["count"], data["works"]) == ("work.changed", 4, [])


def test_works_that_an_undo_leaves_alone_are_not_told(session, works):
    listen(session)
    edit = written(session, works, SET)
    session.get_one(Artwork, works[1]).technique = "Fresco"
    session.commit()
    writing.begin_undo(session, edit, None)
    _, data = told(session)[-1]
    assert data["count"] == 3
    assert [one["accession"] for one in data["works"]] == ["W.0", "W.2", "W.3"]


def test_withdrawn_together_works_are_told_as_withdrawn(session, works):
    listen(session)
    edit = written(session, works[:1], presence_operation(OperationKind.WITHDRAW))
    writing.begin_undo(session, edit, None)
    kinds = [("work.withdrawn", ["W.0"]), ("work.added", ["W.0"])]
    assert numbers_told(session) == kinds


def test_an_edit_that_changes_nothing_is_told_to_nobody(session, works):
    listen(session)
    edit = drafts.draft(session, works, SET, None)
    for number in works:
        session.get_one(Artwork, number).technique = SET.value
    session.commit()
    writing.begin(session, edit, None)
    assert told(session) == []
