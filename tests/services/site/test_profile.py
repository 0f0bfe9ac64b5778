"""The profile is read once for each revision, by whatever process changed it."""

import pytest
from sqlalchemy import event

from app.extensions import db
from app.services.site.editing import PageFields, PageText, SiteEditor
from app.services.site.profile import (
    DEFAULT,
    ProfileReader,
    SiteProfile,
    profile_of,
    read_profile,
    values_of,
)

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def statements():
    """The statements that are sent to the database."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def editor():
    return SiteEditor(db.session(), None)


def test_nothing_is_set_at_first():
    assert read_profile(db.session()) == DEFAULT


def test_an_unchanged_profile_costs_one_statement(editor, statements):
    editor.change({"name": "House"}, 0)
    reader = ProfileReader()
    assert reader.current(db.session()).name == "House"
    statements.clear()
    assert reader.current(db.session()).name == "House"
    assert len(statements) == 1


def test_every_reader_sees_what_another_process_changed(editor):
    reader, other = ProfileReader(), ProfileReader()
    for name in ("House", "Other house"):
        editor.change({"name": name}, read_profile(db.session()).revision)
        assert reader.current(db.session()).name == name
        assert other.current(db.session()).name == name
        assert other.last_known.name == name


def test_a_database_of_an_earlier_day_is_believed(editor):
    editor.change({"name": "House"}, 0)
    reader = ProfileReader()
    reader.last_known = SiteProfile(name="Later", revision=7)
    assert reader.current(db.session()).name == "House"


def test_pages_are_in_their_order(editor):
    for revision, (slug, position) in enumerate([("b", 2), ("a", 2), ("c", 1)]):
        texts = {"en": PageText(title=slug.upper(), text="")}
        editor.add_page(PageFields(slug, position=position, texts=texts), revision)
    pages = read_profile(db.session()).pages
    assert [page.slug for page in pages] == ["c", "b", "a"]
    assert pages[0].titles == {"en": "C"}


def test_a_profile_is_kept_as_it_is():
    profile = SiteProfile(
        name="House",
        logo_size=(3, 4),
        languages=("de",),
        language="de",
        greeting={"de": "Hallo"},
        embedding=("https://a.org",),
        is_listed=False,
    )
    assert profile_of(values_of(profile)) == profile


def test_what_a_newer_version_wrote_is_passed_over():
    assert profile_of({"name": "House", "moon": "full"}).name == "House"


@pytest.mark.parametrize(
    ("language", "chosen"), [("fr", "fr"), ("es", "de"), ("nl", "de")]
)
def test_a_text_is_in_the_visitors_language_or_the_sites(language, chosen):
    texts = {"fr": "Bonjour", "de": "Hallo", "en": "Hello"}
    profile = SiteProfile(language="de")
    assert profile.in_language(texts, language) == (chosen, texts[chosen])


def test_any_text_is_better_than_none():
    assert DEFAULT.in_language({"it": "Ciao"}, "fr") == ("it", "Ciao")
    assert DEFAULT.in_language({}, "fr") is None
