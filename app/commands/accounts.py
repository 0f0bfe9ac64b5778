"""``flask accounts …``: the first administrator, roles, waiting mails.

There is no account and no password to begin with: whoever has a shell on the server
makes the first one here.
"""

from collections.abc import Callable

import click
from flask import current_app, url_for
from flask.cli import AppGroup
from flask_security import hash_password
from flask_security.recoverable import generate_reset_password_token

from app.commands.shared import DONE, FAILED, explained, say
from app.extensions import db
from app.models import User
from app.services.accounts import accounts
from app.services.system.database import check, prepare
from app.services.system.mail import read
from app.services.system.mail_server import recipient
from app.web.account.mail import mailer

group = AppGroup("accounts", help="Look after accounts and what they may do.")
roles = click.argument("role", type=click.Choice(list(accounts.ROLES)))
email = click.argument("email")


@group.command("create-admin")
@email
@click.option("--link", is_flag=True, help="Print a link instead of asking.")
@explained
def create_admin(email: str, link: bool) -> int:
    """Make an administrator, asking for the password, or promote an account."""
    prepare()
    security = current_app.extensions["security"]
    try:
        address = security.mail_util.validate(email)
    except ValueError:
        say(f"{email} is not an e-mail address.")
        return FAILED
    user = accounts.find(address)
    if user is None:
        password = None if link else ask_password(address)
        user = accounts.create_confirmed(address, password)
    accounts.grant(user, "admin")
    db.session.commit()
    print(f"{user.email} is an administrator.")
    if link:
        token = generate_reset_password_token(user)
        print("Open this link within two hours to choose a password:")
        print(url_for("security.reset_password", token=token, _external=True))
    tell_about_mail()
    return DONE


def ask_password(address: str) -> str:
    """Ask twice for a password that our rules accept; return its hash."""
    security = current_app.extensions["security"]
    while True:
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        faults, password = security.password_util.validate(given, True, email=address)
        if not faults:
            return str(hash_password(password))
        say(" ".join(map(str, faults)))


@group.command("list")
@explained
def show_all() -> int:
    """List the accounts with their roles."""
    check()
    for user in accounts.all_accounts():
        facts = sorted(role.name for role in user.roles)
        if user.confirmed_at is None:
            facts.append("not confirmed")
        if not user.active:
            facts.append("closed")
        print(f"{user.email}\t{', '.join(facts) or 'visitor'}")
    return DONE


@group.command("grant")
@email
@roles
@explained
def grant(email: str, role: str) -> int:
    """Let an account do what ROLE may."""
    return change(email, lambda user: accounts.grant(user, role), f"is {role} now")


@group.command("revoke")
@email
@roles
@explained
def revoke(email: str, role: str) -> int:
    """Take ROLE away from an account."""
    return change(
        email, lambda user: accounts.revoke(user, role), f"is no {role} any more"
    )


def change(email: str, act: Callable[[User], bool], result: str) -> int:
    """Change what an account may do, and say so."""
    check()
    user = accounts.find(email)
    if user is None:
        say(f"{email} has no account.")
        return FAILED
    if act(user):
        db.session.commit()
        print(f"{user.email} {result}.")
    else:
        print(f"Nothing to do: {user.email} {result} already.")
    return DONE


@group.command("mails")
@explained
def mails() -> int:
    """Say where mails go, and which ones wait."""
    tell_about_mail()
    for path in mailer().outbox.waiting():
        mail = read(path)
        print(f"{path}\t{recipient(mail)}\t{mail['Subject']}")
    return DONE


def tell_about_mail() -> None:
    """Say where the operator finds the mails that visitors wait for."""
    server, outbox = mailer().server, mailer().outbox
    if server is None:
        say(
            f"No mail server is set (MORELLI_SMTP_HOST): mails are put into "
            f"{outbox.folder}, and nobody sends them."
        )
    else:
        say(f"Mails are handed to {server.host}:{server.port}.")
