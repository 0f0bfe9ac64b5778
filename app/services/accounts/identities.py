"""Identities: which account somebody has whom an identity provider vouches for.

An account with a password is never taken over by an address alone: its owner logs in
with the password once, and connects it. The first login of an address that has no
account makes one.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Identity, User
from app.services.accounts import accounts
from app.services.accounts.last_admin import ADMIN, LastAdminError, spare_last_admin
from app.services.system import audit

logger = logging.getLogger(__name__)

PROXY = "proxy"
"""Issuer of those whom a proxy's header names."""
LONGEST = 255
"""Of issuers, subjects and addresses, as the columns have it."""


class SignOnRefusal(StrEnum):
    """Reason why single sign-on lets somebody not in."""

    NO_ADDRESS = "no_address"
    UNVERIFIED = "unverified"
    """The provider does not say that the address is theirs."""
    HAS_PASSWORD = "has_password"  # noqa: S105 - the name of a reason
    """An account of this address has a password, and is not connected."""
    TAKEN = "taken"
    """Another account is connected with this identity, or this one with another."""
    LOCKED = "locked"


class SignOnError(Exception):
    """Single sign-on that lets nobody in."""

    def __init__(self, refusal: SignOnRefusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)


@dataclass(frozen=True, slots=True)
class Claims:
    """What an identity provider, or a trusted proxy, says of somebody.

    Attributes
    ----------
    subject : str
        Their lasting name at the issuer.
    email : str
        Normalised; "" if it is not said.
    is_verified : bool
        Whether the issuer vouches for the address.
    groups : frozenset of str
        What roles are made from.
    """

    issuer: str
    subject: str
    email: str
    is_verified: bool
    groups: frozenset[str]


def sign_on(session: Session, claims: Claims) -> User:
    """Return whose account it is, made where there is none; the caller commits.

    Raises
    ------
    SignOnError
        If they cannot be let in.
    """
    known = find(session, claims.issuer, claims.subject)
    user = known.user if known is not None else _newcomer(session, claims)
    if not user.active:
        raise SignOnError(SignOnRefusal.LOCKED)
    return user


def find(session: Session, issuer: str, subject: str) -> Identity | None:
    """Return the identity of a subject, if an account has it."""
    wanted = select(Identity).filter_by(issuer=issuer, subject=subject)
    return session.scalar(wanted)


def of_account(session: Session, user: User, issuer: str) -> Identity | None:
    """Return an account's identity at an issuer."""
    return session.scalar(select(Identity).filter_by(user_id=user.id, issuer=issuer))


def is_connected(session: Session, user: User) -> bool:
    """Tell whether an account logs in at some identity provider."""
    connected = select(Identity.id).where(Identity.user_id == user.id)
    return session.scalars(connected).first() is not None


def connect(session: Session, user: User, claims: Claims) -> None:
    """Let somebody who is logged in come by single sign-on, too; the caller commits.

    Raises
    ------
    SignOnError
        If the identity is another account's, or the account has another one.
    """
    known = find(session, claims.issuer, claims.subject)
    if known is not None and known.user_id == user.id:
        return
    if known is not None or of_account(session, user, claims.issuer) is not None:
        raise SignOnError(SignOnRefusal.TAKEN)
    _add(session, user, claims)
    audit.record(
        session,
        audit.CONNECT,
        user=user,
        subject=user.email,
        after={audit.ACCOUNT: user.id},
    )


def follow_groups(
    session: Session, user: User, groups: frozenset[str], roles: Mapping[str, str]
) -> None:
    """Give an account the roles that its groups mean, and no others.

    Parameters
    ----------
    roles : mapping of str to str
        A role for each group that means one. Empty: roles are given here.
    """
    if not roles:
        return
    meant = {roles[group] for group in groups if group in roles}
    # Giving comes first: nobody waits for a role that another loses.
    for role in sorted(meant):
        if accounts.grant(user, role):
            _record_role(session, "account_grant", user, role)
    session.commit()
    for role in sorted({one.name for one in user.roles} - meant):
        try:
            if role == ADMIN:
                spare_last_admin(session, user)
        except LastAdminError:
            # Somebody has to look after the site, whatever the provider says.
            logger.warning("the last administrator stays one, against the groups")
            continue
        if accounts.revoke(user, role):
            _record_role(session, "account_revoke", user, role)
    session.commit()


def _newcomer(session: Session, claims: Claims) -> User:
    """Return the account of an address, or a new one, with the identity."""
    if not claims.email or len(claims.email) > LONGEST or len(claims.subject) > LONGEST:
        raise SignOnError(SignOnRefusal.NO_ADDRESS)
    if not claims.is_verified:
        raise SignOnError(SignOnRefusal.UNVERIFIED)
    holder = accounts.find(claims.email)
    if holder is not None and holder.confirmed_at is None:
        # Nobody has proved that the address is theirs; now its owner is here.
        accounts.drop(holder)
        holder = None
    if holder is not None and holder.password:
        raise SignOnError(SignOnRefusal.HAS_PASSWORD)
    if holder is not None and of_account(session, holder, claims.issuer) is not None:
        raise SignOnError(SignOnRefusal.TAKEN)
    user = holder or accounts.create_confirmed(claims.email, None)
    _add(session, user, claims)
    return user


def _add(session: Session, user: User, claims: Claims) -> None:
    identity = Identity(user=user, issuer=claims.issuer, subject=claims.subject)
    session.add(identity)
    session.flush()


def _record_role(session: Session, action: str, user: User, role: str) -> None:
    after = {"role": role, audit.ACCOUNT: user.id}
    audit.record(session, action, user=None, subject=user.email, after=after)
