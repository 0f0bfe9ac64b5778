"""What is kept of visits: taken along, exported, and gone in time."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Favourite, VisitLink, VisitNote, now
from app.services.accounts import accounts
from app.services.media.folder import FolderStore
from app.services.operations import retention
from app.services.search.history import Owner
from app.services.system.mail import Outbox
from app.services.visits import favourites, keeping, links
from app.web.shell.current import folders, media
from tests.support.visits import work_of

pytestmark = pytest.mark.usefixtures("in_app")

ANNA = Owner(visitor="anna")
DAY = date(2026, 11, 20)
TABLES: tuple[Any, ...] = (VisitNote, VisitLink, Favourite)


@pytest.fixture
def user():
    return accounts.create_confirmed("anna@example.org", None)


def keep_something(owner, *, day=DAY, numbers=(0,)):
    for number in numbers:
        note = VisitNote(**owner.columns, day=day, artwork_id=work_of(number).id)
        db.session.add(note)
        favourites.keep(owner, work_of(number))
    links.share(owner, day, now() + timedelta(days=1))
    db.session.commit()


def counts(owner=None):
    statements = [select(func.count(table.id)) for table in TABLES]
    if owner is not None:
        statements = [
            statement.where(owner.condition(table))
            for statement, table in zip(statements, TABLES, strict=True)
        ]
    return [db.session.scalar(statement) for statement in statements]


def test_an_account_takes_along_what_its_browser_kept(user):
    account = Owner(user.id)
    keep_something(account, numbers=(0, 1))
    keep_something(ANNA, numbers=(1, 2))
    keep_something(ANNA, day=DAY - timedelta(days=1), numbers=(0,))
    accounts.adopt_queries(user, "anna")
    db.session.commit()
    assert counts(ANNA) == [0, 0, 0]
    assert counts(account) == [4, 3, 3]  # works 0, 1, 2, and 0 of the day before


def test_nobody_elses_is_taken_along(user):
    keep_something(Owner(visitor="ben"))
    accounts.adopt_queries(user, "anna")
    assert counts(Owner(user.id)) == [0, 0, 0]


def test_all_goes_with_the_account(user):
    keep_something(Owner(user.id))
    keep_something(ANNA)
    outbox = Outbox(folders().mail)
    accounts.erase(user, FolderStore(folders().queries), outbox)
    assert counts() == counts(ANNA) == [1, 1, 1]


def test_visits_are_forgotten_and_favourites_are_not():
    keep_something(ANNA)
    keep_something(Owner(visitor="ben"))
    assert keeping.has_notes(ANNA)
    keeping.forget_visits(ANNA)
    assert counts(ANNA) == [0, 0, 1]
    assert not keeping.has_notes(ANNA)
    assert counts() == [1, 1, 2]


def test_what_is_old_goes_but_for_an_accounts_favourites(user):
    for owner in (ANNA, Owner(user.id)):
        keep_something(owner)
    for table in TABLES:
        for row in db.session.scalars(select(table)):
            row.created_at = now() - timedelta(days=31)
    keep_something(Owner(visitor="ben"))
    db.session.commit()
    retention.run(folders(), media(), 30, is_confirmed=True)
    assert counts() == [1, 1, 2]
    assert counts(Owner(user.id)) == [0, 0, 1]


def test_a_link_that_ended_goes():
    keep_something(ANNA)
    link = db.session.scalars(select(VisitLink)).one()
    link.expires_at = now() - timedelta(seconds=1)
    db.session.commit()
    retention.run(folders(), media(), 30, is_confirmed=True)
    assert counts() == [1, 0, 1]


def test_an_export_names_works_and_gives_no_secret_away():
    keep_something(ANNA)
    keep_something(Owner(visitor="ben"), numbers=(5,))
    sections = {
        name: read(db.session()) for name, read in keeping.export_sections(ANNA).items()
    }
    [note] = sections["visits.json"]
    assert (note["day"], note["accession"]) == ("2026-11-20", "1900.0")
    assert note["is_taken_out"] is False
    [link] = sections["visit_links.json"]
    assert set(link) == {"day", "made_at", "ends_at"}
    [favourite] = sections["favourites.json"]
    assert favourite["title"] == "The Astronomer’s Table"
