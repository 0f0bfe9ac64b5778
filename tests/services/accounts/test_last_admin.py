"""Somebody stays who may look after accounts, also when two change them at once."""

from threading import Thread

import pytest

from app.extensions import db
from app.services.accounts import accounts
from app.services.accounts.last_admin import LastAdminError, spare_last_admin
from app.services.media.folder import FolderStore
from app.services.system.mail import Outbox
from tests.support.people import with_account
from tests.support.waiting import ended


def account(email):
    user = accounts.find(email)
    assert user is not None
    return user


@pytest.fixture
def admins(app):
    return [with_account(app, f"{name}@example.org", "admin") for name in "ab"]


@pytest.fixture
def erase(tmp_path):
    photos, outbox = FolderStore(tmp_path), Outbox(tmp_path / "mail")
    return lambda user: accounts.erase(user, photos, outbox)


def test_only_the_last_admin_who_can_log_in_is_spared(app, admins):
    first, second = (admin.email for admin in admins)
    with app.app_context():
        spare_last_admin(db.session(), account(first))
        account(second).active = False
        db.session.commit()
        spare_last_admin(db.session(), account(second))  # lets nobody in any more
        with pytest.raises(LastAdminError):
            spare_last_admin(db.session(), account(first))


def test_a_site_without_admins_loses_visitors_all_the_same(app, erase):
    anna = with_account(app)
    with app.app_context():
        erase(account(anna.email))
    assert anna.account() is None


@pytest.mark.parametrize("act", ["demote", "erase"])
def test_two_admins_cannot_shut_out_each_other_at_once(app, admins, erase, act):
    first, second = (admin.email for admin in admins)
    outcome = []

    def shut_out_first():
        with app.app_context():
            try:
                if act == "erase":
                    erase(account(first))
                else:
                    accounts.revoke(account(first), "admin")
                    db.session.commit()
            except LastAdminError:
                outcome.append("spared")

    with app.app_context():
        accounts.revoke(account(second), "admin")  # not committed yet
        other = Thread(target=shut_out_first)
        other.start()
        other.join(0.2)  # seconds; it waits for us
        assert other.is_alive()
        db.session.commit()
        ended(other)
    assert outcome == ["spared"]
    assert admins[0].account().has_role("admin")
