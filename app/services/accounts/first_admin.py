"""First administrator: made on a page, by a code that was printed in the shell.

The code proves that whoever fills in the page has a shell on the server, and nothing
else lets anybody in: there is no account and no password to begin with. It works once,
while there is no administrator, until the server starts again or too many wrong codes
were tried, over all processes and servers. Only its hash is kept.
"""

import hmac
import secrets

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from app.models import FirstCode, Role, User
from app.services.accounts import accounts
from app.services.accounts.last_admin import ADMIN, able_admin
from app.services.accounts.tokens import digest
from app.services.system import audit
from app.services.system.claims import count_changes

SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike."""
GROUPS, GROUP_SIGNS = 4, 4
"""80 bits, which nobody guesses in `MOST_TRIES`, or from the hash."""
MOST_TRIES = 10


class CodeVoidError(Exception):
    """Use of a code where none is valid: used, replaced, or tried too often."""


class WrongCodeError(Exception):
    """Code that is not the one in the shell.

    Attributes
    ----------
    left : int
        Tries that are left.
    """

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class AddressTakenError(Exception):
    """Address of an account that somebody has confirmed as theirs."""


def new_code(session: Session) -> str | None:
    """Return a new code, in place of an earlier one; None: there is an administrator.

    The caller commits.
    """
    session.execute(delete(FirstCode))
    if has_admin(session):
        return None
    groups = (
        "".join(secrets.choice(SIGNS) for _ in range(GROUP_SIGNS))
        for _ in range(GROUPS)
    )
    code = "-".join(groups)
    session.add(FirstCode(id=1, code_hash=digest(plain(code))))
    session.flush()
    return code


def plain(code: str) -> str:
    """Return a code as it is compared: however somebody typed it."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def has_admin(session: Session) -> bool:
    """Tell whether somebody can log in as an administrator."""
    return bool(session.scalar(select(exists().where(*able_admin()))))


def is_open(session: Session) -> bool:
    """Tell whether there is a code that may be tried."""
    tried = select(FirstCode.tries)
    tries = session.scalar(tried)
    return tries is not None and tries < MOST_TRIES and not has_admin(session)


def try_code(session: Session, code: str) -> None:
    """Count a try, for good, and refuse a wrong code.

    Raises
    ------
    CodeVoidError, WrongCodeError
        If it lets nobody in.
    """
    counted = update(FirstCode).where(FirstCode.tries < MOST_TRIES)
    if not count_changes(session, counted.values(tries=FirstCode.tries + 1)):
        session.rollback()
        raise CodeVoidError
    session.commit()
    found = session.scalars(select(FirstCode)).one_or_none()
    if found is None:
        raise CodeVoidError
    if not hmac.compare_digest(found.code_hash, digest(plain(code))):
        raise WrongCodeError(MOST_TRIES - found.tries)


def make_admin(session: Session, code: str, email: str, password_hash: str) -> User:
    """Use the code up, and make the account; the caller commits.

    To be called once :func:`try_code` has let the code pass. Of two who use it at
    once, one is too late.

    Raises
    ------
    CodeVoidError
        If it was used up meanwhile, or there is an administrator by now.
    AddressTakenError
        If somebody has confirmed an account of this address: whoever knows the code
        does not thereby have that account.
    """
    used_up = delete(FirstCode).where(FirstCode.code_hash == digest(plain(code)))
    if not count_changes(session, used_up):
        session.rollback()
        raise CodeVoidError
    # Written without a change: others who make or unmake administrators wait here.
    session.execute(update(Role).where(Role.name == ADMIN).values(name=Role.name))
    if has_admin(session):
        session.rollback()
        raise CodeVoidError
    user = accounts.create_in_place(email, password_hash)
    if user is None:
        session.rollback()
        raise AddressTakenError
    accounts.grant(user, ADMIN)
    audit.record(
        session,
        audit.FIRST_ADMIN,
        user=user,
        subject=user.email,
        after={"role": ADMIN, audit.ACCOUNT: user.id},
    )
    return user
