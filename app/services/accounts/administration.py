"""Administration of accounts: listed, granted roles, blocked, deleted.

Every change is written down. None may leave the site without somebody to look after
it: an admin does not shut out himself, and the last one cannot be shut out at all.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from app.models import AccessToken, Feedback, Query, Role, User
from app.retrieval.verification.evidence import Verdict
from app.services.accounts import accounts, second_factor
from app.services.accounts.last_admin import ADMIN, spare_last_admin
from app.services.media.store import MediaStore
from app.services.system import audit
from app.services.system.mail import Outbox
from app.services.system.paging import Page, select_page

USERS_PER_PAGE = 50


class Standing(StrEnum):
    """Filter of accounts by their state."""

    ALL = "all"
    CURATOR = "curator"
    ADMIN = "admin"
    LOCKED = "locked"
    UNCONFIRMED = "unconfirmed"


class OwnAccountError(Exception):
    """Attempt of an admin to block or delete the own account."""


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """Figures of an account: searches, feedback, tokens.

    Attributes
    ----------
    verdicts : dict of Verdict to int
        Every verdict is there.
    confirmed, refused : int
        Answers that its owner called right, and wrong.
    tokens : int
        Keys for programs.
    """

    verdicts: dict[Verdict, int]
    confirmed: int
    refused: int
    tokens: int

    @property
    def total(self) -> int:
        """How many photos it asked about."""
        return sum(self.verdicts.values())


def find_users(
    session: Session, text: str, standing: Standing, number: int = 1
) -> Page[User] | None:
    """Return a page of accounts, newest first; None if there is no such page.

    Parameters
    ----------
    text : str
        Part of the address, in capital or small letters.
    number : int
        From 1.
    """
    listed = (
        select(User)
        .where(*_conditions(text, standing))
        .options(selectinload(User.roles))
        .order_by(User.created_at.desc(), User.id.desc())
    )
    return select_page(session, listed, number, USERS_PER_PAGE)


def asked_by(session: Session, user: User) -> AccountFigures:
    """Count what an account asked, and what it said of the answers."""
    own = Query.user_id == user.id
    counted = select(Query.verdict, func.count()).where(own).group_by(Query.verdict)
    verdicts = dict.fromkeys(Verdict, 0) | dict(iter(session.execute(counted)))
    judged = (
        select(Feedback.is_right, func.count())
        .join(Feedback.query)
        .where(own)
        .group_by(Feedback.is_right)
    )
    said = dict(iter(session.execute(judged)))
    keys = select(func.count()).where(AccessToken.user_id == user.id)
    tokens = session.scalars(keys).one()
    return AccountFigures(verdicts, said.get(True, 0), said.get(False, 0), tokens)


class AccountAdmin:
    """Account administration in an admin's name; commits each change.

    Parameters
    ----------
    actor : User or None
        Who changes; None from the shell.
    """

    def __init__(self, session: Session, actor: User | None) -> None:
        self._session = session
        self._actor = actor

    def grant(self, user: User, role: str) -> bool:
        """Let an account do what a role may; False if it could."""
        if not accounts.grant(user, role):
            return False
        self._record("account_grant", user, {"role": role})
        self._session.commit()
        return True

    def revoke(self, user: User, role: str) -> bool:
        """Take a role away; False if the account had none.

        Raises
        ------
        OwnAccountError, LastAdminError
            If the admin role would be one's own, or the last one.
        """
        if role == ADMIN:
            self._spare_own(user)
        if not accounts.revoke(user, role):
            return False
        self._record("account_revoke", user, {"role": role})
        self._session.commit()
        return True

    def lock(self, user: User) -> bool:
        """Let nobody in by an account, and end its sessions; False if it was so.

        Raises
        ------
        OwnAccountError, LastAdminError
            If it is one's own, or the last admin's.
        """
        self._spare_own(user)
        if not user.active:
            return False
        spare_last_admin(self._session, user)
        user.active = False
        # Otherwise they would come to life again with the account.
        accounts.end_sessions(user)
        self._record("account_lock", user)
        self._session.commit()
        return True

    def unlock(self, user: User) -> bool:
        """Let an account in again; False if it was not locked."""
        if user.active:
            return False
        user.active = True
        self._record("account_unlock", user)
        self._session.commit()
        return True

    def end_sessions(self, user: User) -> None:
        """Log an account out everywhere, and void its programs' keys."""
        accounts.end_sessions(user)
        accounts.revoke_tokens(user)
        self._record("account_end", user)
        self._session.commit()

    def reset_second_factor(self, user: User) -> bool:
        """Let an account in by its password alone; False if it has no second factor.

        Raises
        ------
        OwnAccountError
            If it is one's own: that needs the password, on the account's own page.
        """
        self._spare_own(user)
        if not second_factor.reset(user):
            return False
        self._record("account_second_factor", user)
        self._session.commit()
        return True

    def delete(self, user: User, photos: MediaStore, outbox: Outbox) -> int:
        """Delete an account and everything in it; who it was is not written down.

        Returns
        -------
        left : int
            Photos that are still there, and go as soon as the storage answers.

        Raises
        ------
        OwnAccountError, LastAdminError
            If it is one's own, or the last admin's.
        OSError
            If a mail cannot be deleted.
        """
        self._spare_own(user)
        left = accounts.erase(user, photos, outbox)
        audit.record(self._session, "account_delete", user=self._actor)
        self._session.commit()
        return left

    def _spare_own(self, user: User) -> None:
        if self._actor is not None and user.id == self._actor.id:
            raise OwnAccountError

    def _record(
        self, action: str, user: User, facts: dict[str, str] | None = None
    ) -> None:
        audit.record(
            self._session,
            action,
            user=self._actor,
            subject=user.email,
            after={**(facts or {}), audit.ACCOUNT: user.id},
        )


def _conditions(text: str, standing: Standing) -> list[ColumnElement[bool]]:
    sorted_out: list[ColumnElement[bool]] = []
    if standing in (Standing.CURATOR, Standing.ADMIN):
        sorted_out.append(User.roles.any(Role.name == standing.value))
    elif standing is Standing.LOCKED:
        sorted_out.append(User.active.is_(False))
    elif standing is Standing.UNCONFIRMED:
        sorted_out.append(User.confirmed_at.is_(None))
    words = text.strip().lower()
    if words:
        sorted_out.append(func.lower(User.email).contains(words, autoescape=True))
    return sorted_out
