import pytest

from app.extensions import db
from app.models import Feedback, Query
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import accounts
from app.services.accounts.administration import (
    AccountAdmin,
    OwnAccountError,
    Standing,
    asked_by,
    find_users,
)
from app.services.accounts.last_admin import LastAdminError
from app.services.media.folder import FolderStore
from app.services.system import audit
from app.services.system.mail import Outbox

pytestmark = pytest.mark.usefixtures("in_app")


def account(email, *roles):
    user = accounts.create_confirmed(email, None)
    for role in roles:
        accounts.grant(user, role)
    db.session.commit()
    return user


def query(user, verdict=Verdict.FOUND):
    return Query(
        verdict=verdict,
        probability=0.9,
        width=1,
        height=1,
        model_id="m",
        generation="g",
        user=user,
    )


@pytest.fixture
def ada(in_app):
    return account("ada@example.org", "admin")


@pytest.fixture
def bob(in_app):
    return account("bob_50%@Example.org")


@pytest.fixture
def door(ada):
    return AccountAdmin(db.session(), ada)


def emails(text="", standing=Standing.ALL):
    page = find_users(db.session(), text, standing)
    assert page is not None
    return [user.email for user in page.entries]


def actions():
    page = audit.list_entries(db.session(), by_admins=True)
    assert page is not None
    return [entry.action for entry in page.entries]


def test_accounts_are_found_by_a_part_of_their_address(ada, bob):
    assert emails() == [bob.email, ada.email]
    assert emails("EXAMPLE") == [bob.email, ada.email]
    assert emails("bob_50%") == [bob.email]
    assert emails("bob%50") == []
    assert find_users(db.session(), "", Standing.ALL, 2) is None


def test_accounts_are_sorted_out(ada, bob, door):
    door.lock(bob)
    assert emails(standing=Standing.ADMIN) == [ada.email]
    assert emails(standing=Standing.LOCKED) == [bob.email]
    assert emails(standing=Standing.UNCONFIRMED) == []


def test_what_was_asked_is_counted(bob):
    right = query(bob)
    right.feedback = Feedback(is_right=True)
    db.session.add_all([right, query(bob, Verdict.NOT_FOUND), query(None)])
    db.session.commit()
    asked = asked_by(db.session(), bob)
    assert asked.total == 2
    assert asked.verdicts[Verdict.UNCERTAIN] == 0
    assert (asked.confirmed, asked.refused) == (1, 0)


def test_every_change_is_written_down_once(bob, door):
    assert door.grant(bob, "curator")
    assert not door.grant(bob, "curator")
    assert door.revoke(bob, "curator")
    assert not door.revoke(bob, "curator")
    assert door.lock(bob)
    assert not door.lock(bob)
    assert door.unlock(bob)
    assert actions() == [
        "account_unlock",
        "account_lock",
        "account_revoke",
        "account_grant",
    ]


def test_curators_do_not_see_what_names_people(bob, door):
    door.grant(bob, "curator")
    page = audit.list_entries(db.session())
    assert page is not None
    assert page.entries == []


def test_a_locked_account_has_no_session_to_come_back_to(bob, door):
    before = bob.fs_uniquifier
    door.lock(bob)
    door.unlock(bob)
    assert bob.fs_uniquifier != before


def test_nobody_shuts_out_himself(ada, door, tmp_path):
    account("eva@example.org", "admin")
    with pytest.raises(OwnAccountError):
        door.lock(ada)
    with pytest.raises(OwnAccountError):
        door.revoke(ada, "admin")
    with pytest.raises(OwnAccountError):
        door.delete(ada, FolderStore(tmp_path), Outbox(tmp_path))
    assert actions() == []


@pytest.mark.parametrize("act", ["lock", "revoke", "delete"])
def test_the_last_admin_stays(act, tmp_path):
    """Two admins act on each other; who comes second was an admin when he began."""
    ada, eva = (account(f"{n}@example.org", "admin") for n in ("ada", "eva"))
    accounts.revoke(eva, "admin")
    db.session.commit()
    door = AccountAdmin(db.session(), eva)
    acts = {
        "lock": lambda: door.lock(ada),
        "revoke": lambda: door.revoke(ada, "admin"),
        "delete": lambda: door.delete(ada, FolderStore(tmp_path), Outbox(tmp_path)),
    }
    with pytest.raises(LastAdminError):
        acts[act]()
    assert emails(standing=Standing.ADMIN) == [ada.email]
    assert ada.active


def test_who_was_deleted_is_named_nowhere(bob, door, tmp_path):
    door.lock(bob)
    door.delete(bob, FolderStore(tmp_path), Outbox(tmp_path))
    page = audit.list_entries(db.session(), by_admins=True)
    assert page is not None
    assert [entry.action for entry in page.entries] == [
        "account_delete",
        "account_lock",
    ]
    assert not any("bob" in entry.subject for entry in page.entries)
    assert not any("account" in entry.after for entry in page.entries)
