import pytest
import time_machine
from sqlalchemy import select

from app.extensions import db
from app.models import AuditEntry, Invitation, now
from app.services.accounts import accounts, invitations
from app.services.accounts.invitations import LIFETIME, InvitationUsedError
from app.services.media.folder import FolderStore
from app.services.system import audit
from app.services.system.mail import Outbox

pytestmark = pytest.mark.usefixtures("in_app")
EMAIL = "eva@example.org"


@pytest.fixture
def ada(in_app):
    user = accounts.create_confirmed("ada@example.org", None)
    accounts.grant(user, "admin")
    db.session.commit()
    return user


@pytest.fixture
def new(ada):
    return invite(ada)


def invite(inviter, role="curator"):
    made = invitations.invite(db.session(), EMAIL, role, inviter)
    db.session.commit()
    return made


def found(made):
    return invitations.find(db.session(), made.secret)


def trail():
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.action, entry.subject) for entry in entries]


def test_a_link_is_found_by_its_secret_of_which_only_a_hash_is_kept(new):
    assert found(new) is new.invitation
    assert new.secret not in new.invitation.token_hash
    assert new.secret not in repr(new)
    assert invitations.find(db.session(), new.invitation.token_hash) is None
    assert invitations.find(db.session(), "") is None


def test_it_makes_an_account_that_may_what_it_says_once(new):
    user = invitations.join(db.session(), new.invitation, "hash")
    db.session.commit()
    assert (user.email, user.password) == (EMAIL, "hash")
    assert user.confirmed_at is not None
    assert user.has_role("curator")
    assert not user.has_role("admin")
    assert found(new) is None
    assert trail() == [("account_invite", EMAIL), ("account_join", EMAIL)]


def test_it_is_used_by_one_only_also_of_two_at_once(new):
    invitation = invitations.find(db.session(), new.secret)
    assert invitation is not None
    invitations.join(db.session(), invitation, "hash")
    db.session.commit()
    with pytest.raises(InvitationUsedError):
        invitations.join(db.session(), Invitation(id=1, email=EMAIL, role="admin"), "x")
    account = accounts.find(EMAIL)
    assert account is not None
    assert not account.has_role("admin")


def test_it_expires(new):
    with time_machine.travel(now()) as clock:
        clock.shift(LIFETIME.total_seconds() - 60)
        assert found(new) is not None
        clock.shift(61)
        assert found(new) is None
        assert invitations.has_expired(new.invitation)
        with pytest.raises(InvitationUsedError):
            invitations.join(db.session(), new.invitation, "hash")


def test_it_can_be_revoked(new, ada):
    invitations.revoke(db.session(), new.invitation, ada)
    db.session.commit()
    assert found(new) is None
    assert trail()[-1] == ("account_uninvite", EMAIL)
    assert invitations.list_all(db.session()) == []


def test_another_one_voids_the_one_before(new, ada):
    again = invite(ada, "admin")
    assert found(new) is None
    assert invitations.list_all(db.session()) == [found(again)]


@pytest.mark.parametrize("end", ["lock", "demote", "erase"])
def test_it_is_worth_what_its_inviter_is(new, ada, tmp_path, end):
    other = accounts.create_confirmed("other@example.org", None)
    accounts.grant(other, "admin")
    if end == "lock":
        ada.active = False
    elif end == "demote":
        accounts.revoke(ada, "admin")
    else:
        accounts.erase(ada, FolderStore(tmp_path), Outbox(tmp_path))
    db.session.commit()
    assert found(new) is None


def test_one_from_the_shell_has_no_inviter():
    assert found(invite(None)) is not None


def test_an_account_that_a_stranger_registered_is_not_taken_over(new):
    stranger = accounts.create_confirmed(EMAIL, "the stranger's")
    stranger.confirmed_at = None
    db.session.commit()
    assert invitations.holder_of(new.invitation) is None
    user = invitations.join(db.session(), new.invitation, "hash")
    db.session.commit()
    assert user.password == "hash"
    assert user.fs_uniquifier != stranger.fs_uniquifier


def test_an_account_that_there_is_keeps_its_password(new):
    holder = accounts.create_confirmed(EMAIL, "its own")
    db.session.commit()
    assert invitations.holder_of(new.invitation) is holder
    with pytest.raises(InvitationUsedError):
        invitations.join(db.session(), new.invitation, "hash")
    assert holder.password == "its own"
    invitations.take_role(db.session(), new.invitation, holder)
    db.session.commit()
    assert holder.has_role("curator")
    assert found(new) is None


def test_who_never_came_is_forgotten(new):
    with time_machine.travel(now()) as clock:
        invitations.forget_expired(db.session())
        assert found(new) is not None
        clock.shift(LIFETIME.total_seconds() + 60)
        invitations.forget_expired(db.session())
        db.session.commit()
    assert invitations.list_all(db.session()) == []
    assert trail() == [("account_invite", "")]


def test_who_came_and_went_is_named_nowhere(new, ada, tmp_path):
    user = invitations.join(db.session(), new.invitation, "hash")
    db.session.commit()
    invite(ada)
    accounts.erase(user, FolderStore(tmp_path), Outbox(tmp_path))
    assert EMAIL not in str(trail())
    assert invitations.list_all(db.session()) == []
    page = audit.list_entries(db.session(), by_admins=True)
    assert page is not None
    assert len(page.entries) == 3
