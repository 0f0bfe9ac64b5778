"""``flask accounts …`` on an instance of its own."""

import pytest
from alembic import command
from sqlalchemy import select

from app.extensions import db
from app.factory import create_app
from app.models import AuditEntry
from app.services.accounts import accounts, second_factor
from app.services.system import database
from tests.support.people import CHEAP_HASHING, Person, with_account

pytestmark = pytest.mark.usefixtures("known_tables")


@pytest.fixture
def app(tmp_path):
    app = create_app(
        {
            "MORELLI_INSTANCE": tmp_path / "instance",
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASHING,
        }
    )
    with app.app_context():
        database.upgrade()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def run(app, *words, typed=""):
    return app.test_cli_runner().invoke(args=["accounts", *words], input=typed)


def roles(app, email):
    with app.app_context():
        [user] = [user for user in accounts.all_accounts() if user.email == email]
        return sorted(role.name for role in user.roles)


def test_the_first_administrator_chooses_a_password_that_the_rules_accept(app):
    tried = ("short", "password123", "long enough for us")
    typed = "".join(f"{password}\n" * 2 for password in tried)
    result = run(app, "create-admin", "Boss@Example.org", typed=typed)
    assert result.exit_code == 0
    assert "at least 10 characters" in result.output
    assert "one of the first that somebody would try" in result.output
    assert "boss@example.org is an administrator." in result.output
    assert "nobody sends them" in result.output
    assert roles(app, "boss@example.org") == ["admin"]
    boss = Person(app, "boss@example.org", "long enough for us")
    assert boss.log_in().status_code == 302


def test_the_first_administrator_may_choose_the_password_by_a_link(app):
    result = run(app, "create-admin", "boss@example.org", "--link")
    [link] = [line for line in result.output.splitlines() if line.startswith("http")]
    boss = Person(app, "boss@example.org", "long enough for us")
    path = link.removeprefix("http://localhost:8000")
    fields = {"password": boss.password, "password_confirm": boss.password}
    assert boss.post(path, **fields).status_code == 302
    assert boss.log_in().status_code == 302


def test_a_new_museum_may_begin_with_an_administrator(tmp_path):
    app = create_app({"MORELLI_INSTANCE": tmp_path / "new"})
    result = run(app, "create-admin", "boss@example.org", "--link")
    assert result.exit_code == 0
    assert roles(app, "boss@example.org") == ["admin"]


def test_an_older_database_is_not_touched_unasked(app):
    with app.app_context():
        command.downgrade(database.alembic_config(), "-1")
    result = run(app, "create-admin", "boss@example.org", "--link")
    assert result.exit_code == 2
    assert "flask --app wsgi upgrade" in result.output


def test_an_account_that_is_there_is_promoted_and_keeps_its_password(app):
    anna = with_account(app)
    result = run(app, "create-admin", anna.email)
    assert result.exit_code == 0
    assert roles(app, anna.email) == ["admin"]
    assert anna.log_in().status_code == 302


def test_what_is_no_address_is_refused(app):
    result = run(app, "create-admin", "boss")
    assert result.exit_code == 2
    assert "is not an e-mail address" in result.output


def test_roles_are_given_and_taken(app):
    anna = with_account(app)
    assert "is curator now" in run(app, "grant", anna.email, "curator").output
    assert "Nothing to do" in run(app, "grant", anna.email, "curator").output
    assert roles(app, anna.email) == ["curator"]
    assert run(app, "revoke", anna.email, "curator").exit_code == 0
    assert roles(app, anna.email) == []


def test_nobody_is_made_king(app):
    anna = with_account(app)
    assert run(app, "grant", anna.email, "king").exit_code == 2
    assert run(app, "grant", "ben@example.org", "admin").exit_code == 2


def test_the_list_shows_what_accounts_may_do(app):
    with_account(app, "boss@example.org", "admin", "curator")
    Person(app, "new@example.org").register()
    lines = run(app, "list").output.splitlines()
    assert lines == [
        "boss@example.org\tadmin, curator",
        "new@example.org\tnot confirmed",
    ]


def test_the_operator_finds_the_mails_that_nobody_sends(app):
    Person(app, "new@example.org").register()
    result = run(app, "mails")
    assert "nobody sends them" in result.output
    assert "new@example.org\tPlease confirm your e-mail address" in result.output


def test_the_operator_finds_somebodys_lines_in_the_log(app, caplog):
    stranger = Person(app, "anna@example.org")
    stranger.browser.environ_base["REMOTE_ADDR"] = "2001:db8::17"
    stranger.log_in(password="wrong")
    [record] = [one for one in caplog.records if one.name == "morelli.security"]
    result = run(app, "hash", "Anna@Example.org", "2001:db8::1")
    assert result.output.splitlines() == [
        f"Anna@Example.org\taccount={record.account}",
        f"2001:db8::1\tnetwork={record.network}",
    ]


def test_the_last_administrator_stays_in_the_shell_too(app):
    boss = with_account(app, "boss@example.org", "admin")
    result = run(app, "revoke", boss.email, "admin")
    assert result.exit_code == 2
    assert "Make another one first" in result.output
    assert roles(app, boss.email) == ["admin"]
    run(app, "create-admin", "eva@example.org", "--link")
    assert run(app, "revoke", boss.email, "admin").exit_code == 0


def test_somebody_is_invited_from_the_shell(app):
    result = run(app, "invite", "Eva@Example.org", "admin", "--link")
    [link] = [line for line in result.output.splitlines() if line.startswith("http")]
    eva = Person(app, "eva@example.org")
    path = link.removeprefix("http://localhost:8000")
    fields = {"password": eva.password, "password_confirm": eva.password}
    assert eva.post(path, **fields).status_code == 303
    assert roles(app, eva.email) == ["admin"]


def test_an_invitation_from_the_shell_goes_by_mail_too(app):
    result = run(app, "invite", "eva@example.org", "curator")
    assert "is on its way to eva@example.org" in result.output
    assert "nobody sends them" in result.output
    eva = Person(app, "eva@example.org")
    assert "/account/invitation/" in eva.mailed_link()
    assert run(app, "invite", "nonsense", "curator").exit_code == 2


def test_a_lost_second_factor_is_reset_and_its_owner_told(app):
    anna = with_account(app)
    assert "Nothing to do" in run(app, "reset-second-factor", anna.email).output
    with app.app_context():
        [user] = accounts.all_accounts()
        user.tf_totp_secret, user.tf_primary_method = "secret", second_factor.APP
        db.session.commit()
    result = run(app, "reset-second-factor", anna.email)
    assert result.output == f"{anna.email} has no second factor.\n"
    assert anna.log_in().headers["Location"] == "/"
    [mail] = anna.mails()
    assert "removed all second factors" in mail.get_content()
    with app.app_context():
        [entry] = db.session.scalars(select(AuditEntry))
        assert (entry.action, entry.user_id) == ("account_second_factor", None)
    assert run(app, "reset-second-factor", "ben@example.org").exit_code == 2
