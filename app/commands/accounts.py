"""``flask accounts …``: the first administrator, roles, lost factors, waiting mails.

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
from app.retrieval.runtime.place import COMMAND
from app.services.accounts import accounts, first_admin, invitations
from app.services.accounts.administration import AccountAdmin
from app.services.accounts.last_admin import LastAdminError
from app.services.system.database import check, prepare
from app.services.system.mail import read
from app.services.system.mail_server import recipient
from app.web.account.invitations import link_of, send
from app.web.account.mail import mailer, tell_second_factor
from app.web.callers.events import account_hash, network_hash

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
    address = normalised(email)
    if address is None:
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


def normalised(email: str) -> str | None:
    """Return an address as accounts have it; None, and say so, if it is none."""
    try:
        return str(current_app.extensions["security"].mail_util.validate(email))
    except ValueError:
        say(f"{email} is not an e-mail address.")
        return None


def ask_password(address: str) -> str:
    """Ask twice for a password that our rules accept; return its hash."""
    security = current_app.extensions["security"]
    while True:
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        faults, password = security.password_util.validate(given, True, email=address)
        if not faults:
            return str(hash_password(password))
        say(" ".join(map(str, faults)))


@group.command("first-code")
@explained
def first_code() -> int:
    """Print a code by which the first administrator is made on a page."""
    prepare()
    if tell_first_code():
        return DONE
    say("There is an administrator, who may invite others.")
    return FAILED


def tell_first_code() -> bool:
    """Say where the first administrator is made; False where there is one."""
    code = first_admin.new_code(db.session())
    db.session.commit()
    if code is None:
        return False
    address = url_for("first_start.show", _external=True)
    say(
        f"There is no administrator yet. Open {address} and give this code, which "
        f"works once: {code}"
    )
    return True


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


@group.command("reset-second-factor")
@email
@explained
def reset_second_factor(email: str) -> int:
    """Let an account in by its password alone, as when its telephone is lost."""

    def reset(user: User) -> bool:
        if not AccountAdmin(db.session(), None).reset_second_factor(user):
            return False
        tell_second_factor(user, "reset")
        return True

    return change(email, reset, "has no second factor")


def change(email: str, act: Callable[[User], bool], result: str) -> int:
    """Change what an account may do, and say so."""
    check()
    user = accounts.find(email)
    if user is None:
        say(f"{email} has no account.")
        return FAILED
    try:
        is_changed = act(user)
    except LastAdminError:
        say(
            f"{email} is the last administrator. Make another one first: "
            f"{COMMAND} accounts create-admin EMAIL"
        )
        return FAILED
    if is_changed:
        db.session.commit()
        print(f"{user.email} {result}.")
    else:
        print(f"Nothing to do: {user.email} {result} already.")
    return DONE


@group.command("invite")
@email
@roles
@click.option("--link", is_flag=True, help="Print the link instead of mailing it.")
@explained
def invite(email: str, role: str, link: bool) -> int:
    """Invite somebody to an account with ROLE, by a link that works once."""
    check()
    address = normalised(email)
    if address is None:
        return FAILED
    new = invitations.invite(db.session(), address, role, None)
    db.session.commit()
    if link:
        print("Hand this link over; it works once, within seven days:")
        print(link_of(new))
        return DONE
    send(new)
    print(f"A mail with the invitation is on its way to {address}.")
    tell_about_mail()
    return DONE


@group.command("hash")
@click.argument("addresses", nargs=-1, required=True)
@explained
def show_hashes(addresses: tuple[str, ...]) -> int:
    """Say what e-mail or network ADDRESSES are called in lines of security events."""
    for address in addresses:
        is_email = "@" in address
        named = account_hash(address) if is_email else network_hash(address)
        print(f"{address}\t{'account' if is_email else 'network'}={named}")
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
