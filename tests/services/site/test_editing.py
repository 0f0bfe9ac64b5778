"""Changes of the site are written down, undone, and never lost to another's."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import AuditEntry, MuseumSite
from app.services.curation.editing import ChangedMeanwhileError
from app.services.site import editing
from app.services.site.editing import (
    PageFields,
    PageText,
    SiteEditor,
    TakenSlugError,
    TooManyPagesError,
    find_page,
    list_pages,
)
from app.services.site.profile import read_profile

pytestmark = pytest.mark.usefixtures("in_app")

IMPRINT = PageFields(
    "imprint", position=1, texts={"de": PageText(title="Impressum", text="Haus")}
)


@pytest.fixture
def editor():
    return SiteEditor(db.session(), None)


def revision():
    return read_profile(db.session()).revision


def entries():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def test_a_change_is_written_down_with_how_it_was(editor):
    editor.change({"name": "House", "kiosk_seconds": 0}, 0)
    [entry] = entries()
    assert (entry.before, entry.after) == ({"name": "Morelli"}, {"name": "House"})
    assert revision() == 1


def test_what_is_as_it_was_is_no_change(editor):
    assert editor.change({"name": "Morelli", "languages": []}, 0) is None
    assert entries() == []
    assert revision() == 0


def test_what_is_as_the_program_has_it_is_not_kept(editor):
    editor.change({"name": "House"}, 0)
    editor.change({"name": "Morelli", "is_listed": False}, 1)
    profile = db.session.scalars(select(MuseumSite.profile)).one()
    assert profile == {"is_listed": False}


def test_who_has_seen_an_older_site_changes_nothing(editor):
    editor.change({"name": "House"}, 0)
    with pytest.raises(ChangedMeanwhileError):
        editor.change({"name": "Another"}, 0)
    assert read_profile(db.session()).name == "House"
    assert len(entries()) == 1


def test_a_change_is_taken_back_once(editor):
    editor.change({"name": "House", "greeting": {"en": "Hi"}}, 0)
    editor.undo(entries()[0])
    profile = read_profile(db.session())
    assert (profile.name, profile.greeting, profile.revision) == ("Morelli", {}, 2)
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(entries()[0])
    editor.undo(entries()[1])
    assert read_profile(db.session()).name == "House"


def test_a_change_that_was_changed_again_is_not_taken_back(editor):
    editor.change({"name": "House"}, 0)
    editor.change({"is_listed": False}, 1)
    editor.change({"name": "Other"}, 2)
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(entries()[0])
    editor.undo(entries()[1])
    profile = read_profile(db.session())
    assert (profile.name, profile.is_listed) == ("Other", True)


def test_a_page_is_written_changed_deleted_and_all_is_taken_back(editor):
    editor.add_page(IMPRINT, 0)
    page = find_page(db.session(), "imprint")
    changed = replace(IMPRINT, slug="legal", in_header=True)
    assert editor.edit_page(page, IMPRINT, 1) is None
    editor.edit_page(page, changed, 1)
    editor.delete_page(page, 2)
    assert list_pages(db.session()) == []
    written, edited, deleted = entries()
    editor.undo(deleted)
    page = find_page(db.session(), "legal")
    assert page is not None
    assert page.in_header
    editor.undo(edited)
    assert find_page(db.session(), "legal") is None
    page = find_page(db.session(), "imprint")
    assert page is not None
    assert page.texts == IMPRINT.texts
    editor.undo(written)
    assert list_pages(db.session()) == []
    assert revision() == 6


def test_no_two_pages_have_the_same_name(editor):
    editor.add_page(IMPRINT, 0)
    with pytest.raises(TakenSlugError):
        editor.add_page(IMPRINT, 1)
    editor.add_page(PageFields("visit"), 1)
    with pytest.raises(TakenSlugError):
        editor.edit_page(find_page(db.session(), "visit"), IMPRINT, 2)
    assert revision() == 2


def test_a_deleted_page_whose_name_is_taken_does_not_come_back(editor):
    editor.add_page(IMPRINT, 0)
    editor.delete_page(find_page(db.session(), "imprint"), 1)
    editor.add_page(IMPRINT, 2)
    with pytest.raises(ChangedMeanwhileError):
        editor.undo(entries()[1])
    assert len(list_pages(db.session())) == 1


def test_pages_are_bounded(editor, monkeypatch):
    monkeypatch.setattr(editing, "MOST_PAGES", 1)
    editor.add_page(IMPRINT, 0)
    with pytest.raises(TooManyPagesError):
        editor.add_page(PageFields("visit"), 1)


@pytest.mark.parametrize("act", ["add", "edit", "delete"])
def test_pages_too_are_changed_by_who_has_seen_them(editor, act):
    editor.add_page(IMPRINT, 0)
    page = find_page(db.session(), "imprint")
    acts = {
        "add": lambda: editor.add_page(PageFields("visit"), 0),
        "edit": lambda: editor.edit_page(page, replace(IMPRINT, position=4), 0),
        "delete": lambda: editor.delete_page(page, 0),
    }
    with pytest.raises(ChangedMeanwhileError):
        acts[act]()
    assert [one.position for one in list_pages(db.session())] == [1]
