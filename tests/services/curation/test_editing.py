from dataclasses import replace

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Artwork, AuditEntry, ImageFeatures
from app.retrieval.errors import UnreadableImageError
from app.services.collection.labels import label_of, version_of
from app.services.collection.subjects import (
    NOTHING,
    SHOWS,
    UnknownSubjectError,
    keep_seen,
    subjects_of,
)
from app.services.curation.editing import (
    ChangedMeanwhileError,
    TakenAccessionError,
)
from app.services.curation.work_images import (
    RepeatedImageError,
    feature_maker,
    pictures_of,
)
from app.services.index.live import LiveIndex
from app.services.system import audit
from app.web.shell.current import search_service
from tests.support.fakes import draw_picture, photograph
from tests.support.hooks import listen, numbers_told
from tests.support.museum import encoded


def work_of(number):
    accession = f"1900.{number}"
    return db.session.scalars(
        select(Artwork).where(Artwork.accession == accession)
    ).one()


def named(number):
    """What a photo of a drawn picture is answered with."""
    query = search_service().search(encoded(photograph(draw_picture(number))))
    return [match.artwork.accession for match in query.proposals]


def actions():
    return [entry.action for entry in db.session.scalars(select(AuditEntry))]


def test_a_new_work_is_found_by_the_very_next_query(editor):
    assert named(30) == []
    work = editor.create("2026.1", {"title": " Hare ", "artist": "Dürer"})
    editor.add_image(work, encoded(draw_picture(30)))
    assert named(30) == ["2026.1"]
    assert (work.title, work.technique) == ("Hare", "")
    assert actions() == ["create", "images"]


def test_a_replaced_picture_is_found_and_the_old_one_is_not(editor):
    work = work_of(3)
    editor.replace_image(work.images[0], encoded(draw_picture(31)))
    assert named(31) == ["1900.3"]
    assert named(3) == []
    assert len(work.images) == 1


def test_a_withdrawn_work_is_gone_and_restored_is_back(editor):
    editor.withdraw(work_of(3))
    assert named(3) == []
    editor.restore(work_of(3))
    assert named(3) == ["1900.3"]


def test_doing_it_twice_changes_nothing(editor):
    assert editor.restore(work_of(3)) is None
    editor.withdraw(work_of(3))
    assert editor.withdraw(work_of(3)) is None
    assert actions() == ["withdraw"]


def test_an_accession_number_is_given_once(editor):
    editor.withdraw(work_of(3))
    with pytest.raises(TakenAccessionError):
        editor.create("1900.3 ", {})


@pytest.mark.parametrize("accession", ["", "  ", "x" * 256])
def test_an_accession_number_has_a_length(editor, accession):
    with pytest.raises(ValueError, match="1 to 255 characters"):
        editor.create(accession, {})


def test_an_edit_tells_what_it_changed(editor, curator):
    work = work_of(0)
    entry = editor.edit(work, {"title": "New", "artist": work.artist})
    assert entry is not None
    assert (entry.before, entry.after) == (
        {"title": "The Astronomer’s Table"},
        {"title": "New"},
    )
    assert (entry.user, entry.artwork, entry.subject) == (curator, work, "1900.0")
    assert editor.edit(work, label_of(work)) is None


def test_two_curators_do_not_overwrite_each_other(editor):
    work = work_of(0)
    seen = version_of(work)
    editor.edit(work, {"title": "Mine"}, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        editor.edit(work, {"title": "Yours"}, seen=seen)
    assert work.title == "Mine"


def test_pictures_keep_the_order_they_are_given(editor):
    work = work_of(0)
    for number in (40, 41):
        editor.add_image(work, encoded(draw_picture(number)))
    first, second, third = (image.sha256 for image in work.images)
    editor.move_image(work.images[2], -9)
    db.session.expire_all()
    assert [image.sha256 for image in work.images] == [third, first, second]
    assert editor.move_image(work.images[0], -1) is None
    editor.remove_image(work.images[1])
    db.session.expire_all()
    assert [image.sha256 for image in work.images] == [third, second]


def test_a_work_has_a_picture_once(editor):
    work = work_of(0)
    editor.add_image(work, encoded(draw_picture(40)))
    with pytest.raises(RepeatedImageError):
        editor.add_image(work, encoded(draw_picture(40)))


def test_what_is_no_picture_changes_nothing(editor):
    with pytest.raises(UnreadableImageError):
        editor.add_image(work_of(0), b"<svg>")
    assert actions() == []
    assert len(work_of(0).images) == 1


def test_without_an_index_features_wait_for_the_next_one(editor, publication):
    publication.searcher = None
    assert feature_maker(LiveIndex(publication)) is None
    editor._maker = None
    before = len(db.session.scalars(select(ImageFeatures)).all())
    editor.add_image(work_of(0), encoded(draw_picture(40)))
    assert len(work_of(0).images) == 2
    assert len(db.session.scalars(select(ImageFeatures)).all()) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda editor, work: editor.edit(work, {"title": "Other", "date": "1700"}),
        lambda editor, work: editor.withdraw(work),
        lambda editor, work: editor.add_image(work, encoded(draw_picture(40))),
        lambda editor, work: editor.replace_image(
            work.images[0], encoded(draw_picture(40))
        ),
        lambda editor, work: editor.remove_image(work.images[0]),
    ],
    ids=["edit", "withdraw", "add", "replace", "remove"],
)
def test_every_change_can_be_undone_and_that_too(editor, change):
    media = editor._media
    work = work_of(0)
    picture = work.images[0]
    media.write(picture.media_name, encoded(draw_picture(0)))

    def state():
        work = work_of(0)
        return label_of(work), work.is_withdrawn, pictures_of(work), named(0)

    before = state()
    entry = change(editor, work)
    after = state()
    assert after != before
    undone = editor.undo(entry)
    assert state() == before
    assert audit.is_undone(db.session(), entry)
    editor.undo(undone)
    assert state() == after
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(entry)


def test_undoing_a_creation_withdraws_the_work(editor):
    work = editor.create("2026.1", {})
    [entry] = db.session.scalars(select(AuditEntry))
    editor.undo(entry)
    assert work.is_withdrawn


def test_what_was_changed_since_is_not_undone(editor):
    work = work_of(0)
    entry = editor.edit(work, {"title": "First", "date": "1700"})
    editor.edit(work, {"title": "Second"})
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(entry)
    assert work.title == "Second"


def test_other_fields_do_not_stand_in_the_way_of_undoing(editor):
    work = work_of(0)
    entry = editor.edit(work, {"title": "First"})
    editor.edit(work, {"date": "1700"})
    editor.undo(entry)
    assert (work.title, work.date) == ("The Astronomer’s Table", "1700")


def test_changes_are_listed_the_newest_first_in_pages(editor, monkeypatch):
    monkeypatch.setattr(audit, "ENTRIES_PER_PAGE", 2)
    editor.edit(work_of(0), {"title": "1"})
    editor.edit(work_of(1), {"title": "2"})
    entry = editor.edit(work_of(0), {"title": "3"})
    editor.undo(entry)
    session = db.session()
    first = audit.list_entries(session)
    assert first is not None
    assert [one.after for one in first.entries] == [{"title": "1"}, {"title": "3"}]
    assert audit.undone_among(session, first) == {entry.id}
    assert (first.count, first.total) == (2, 4)
    assert audit.list_entries(session, 3) is None
    only = audit.list_entries(session, artwork=work_of(1))
    assert only is not None
    assert [one.subject for one in only.entries] == ["1900.1"]


def see(work, *subjects):
    """Let the program see something in each picture of a work."""
    keep_seen(db.session(), {image.id: subjects for image in work.images})
    db.session.commit()


def test_what_a_curator_states_is_audited_and_taken_back(editor, curator):
    work = work_of(0)
    see(work, "dog", "ship")
    entry = editor.edit(work, {SHOWS: "ship; cat"}, seen=version_of(work))
    assert subjects_of(work) == ["cat", "ship"]
    assert (entry.user, entry.before) == (curator, {SHOWS: ""})
    assert entry.after == {SHOWS: "cat; ship"}
    assert editor.edit(work, {SHOWS: "cat; ship"}) is None
    undone = editor.undo(entry)
    assert subjects_of(work) == ["dog", "ship"]
    editor.undo(undone)
    assert subjects_of(work) == ["cat", "ship"]
    editor.edit(work, {SHOWS: NOTHING})
    assert subjects_of(work) == []
    editor.edit(work, {SHOWS: ""})
    assert subjects_of(work) == ["dog", "ship"]


def test_two_curators_do_not_state_over_each_other(editor):
    work = work_of(0)
    seen = version_of(work)
    editor.edit(work, {SHOWS: "cat"}, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        editor.edit(work, {SHOWS: "dog"}, seen=seen)
    with pytest.raises(UnknownSubjectError):
        editor.edit(work, {SHOWS: "unicorn"})
    assert subjects_of(work) == ["cat"]


def test_a_picture_takes_what_is_seen_in_it_away_with_it(editor):
    work = work_of(0)
    see(work, "dog")
    editor.add_image(work, encoded(draw_picture(50)))
    see(work, "dog")
    keep_seen(db.session(), {work.images[1].id: ["ship"]})
    db.session.commit()
    assert subjects_of(work) == ["dog", "ship"]
    entry = editor.remove_image(work.images[0])
    assert subjects_of(work) == ["ship"]
    editor.undo(entry)
    # It is looked at again when the index is built next.
    assert work.images[0].seen_subjects is None
    assert subjects_of(work) == ["ship"]


def test_a_new_picture_is_looked_at_when_its_features_are_computed(editor):
    work = work_of(0)
    maker = editor._maker
    editor._maker = replace(
        maker, describe=lambda image: replace(maker.describe(image), subjects=("cat",))
    )
    editor.add_image(work, encoded(draw_picture(50)))
    assert subjects_of(work) == ["cat"]


def test_further_details_are_changed_and_given_back(editor):
    work = work_of(3)
    entry = editor.edit(work, {"title": "New", "details.Frame": "gilt"})
    assert work.details == {"Frame": "gilt"}
    editor.undo(entry)
    assert work.details == {}
    again = editor.edit(work, {"details.Frame": "gilt"})
    editor.edit(work, {"details.Frame": "oak"})
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(again)


def test_webhooks_are_told_of_each_change_and_of_taking_it_back(editor):
    listen(db.session())
    work = editor.create("2026.1", {"title": "Hare"})
    edited = editor.edit(work, {"title": "Rabbit"})
    assert editor.edit(work, {"title": "Rabbit"}) is None
    editor.add_image(work, encoded(draw_picture(30)))
    editor.withdraw(work)
    editor.restore(work)
    editor.undo(edited)
    told = numbers_told(db.session())
    assert [kind for kind, _ in told] == [
        *("work.added", "work.changed", "work.changed"),
        *("work.withdrawn", "work.added", "work.changed"),
    ]
    assert {number for _, numbers in told for number in numbers} == {"2026.1"}


def test_a_change_that_fails_is_told_to_nobody(editor):
    listen(db.session())
    with pytest.raises(TakenAccessionError):
        editor.create("1900.3", {"title": "Hare"})
    db.session.commit()
    assert numbers_told(db.session()) == []
