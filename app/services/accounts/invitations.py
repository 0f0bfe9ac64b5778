"""Invitations: by a link an administrator lets somebody in, with a role.

The link is shown or mailed once, and works once. Only its hash is kept, so neither the
database nor a backup of it lets anybody in.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session, selectinload

from app.models import Invitation, User, now
from app.services.accounts import accounts
from app.services.accounts.last_admin import able_admin
from app.services.accounts.tokens import SECRET_BYTES, digest
from app.services.system import audit
from app.services.system.claims import count_changes

LIFETIME = timedelta(days=7)


class InvitationUsedError(Exception):
    """Acceptance of an invitation that was used or revoked meanwhile."""


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """Invitation that was just made, with its secret.

    Attributes
    ----------
    secret : str
        End of the link. It cannot be found out again.
    """

    invitation: Invitation
    secret: str = field(repr=False)


def invite(
    session: Session, email: str, role: str, inviter: User | None
) -> NewInvitation:
    """Make an invitation, in place of an earlier one; the caller commits.

    Parameters
    ----------
    email : str
        Normalised. Whether it has an account is not looked at, nor told.
    inviter : User or None
        None: from the shell.
    """
    session.execute(delete(Invitation).where(Invitation.email == email))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    created_at = now()
    invitation = Invitation(
        email=email,
        role=role,
        user=inviter,
        token_hash=digest(secret),
        created_at=created_at,
        expires_at=created_at + LIFETIME,
    )
    session.add(invitation)
    audit.record(
        session, audit.INVITE, user=inviter, subject=email, after={"role": role}
    )
    session.flush()
    return NewInvitation(invitation, secret)


def find(session: Session, secret: str) -> Invitation | None:
    """Return the invitation of a link; None if it lets nobody in, or not any more.

    It is worth what its inviter is: of one who is no able admin any more it is void.
    """
    by_admin = Invitation.user.has(and_(*able_admin()))
    return session.scalars(
        select(Invitation).where(
            # Hashes are compared: how long that takes tells nothing of the secret.
            Invitation.token_hash == digest(secret),
            Invitation.expires_at > now(),
            or_(Invitation.user_id.is_(None), by_admin),
        )
    ).one_or_none()


def holder_of(invitation: Invitation) -> User | None:
    """Return the account that the invited address has, if somebody confirmed it.

    Otherwise whoever registered it did not prove that it is theirs.
    """
    holder = accounts.find(invitation.email)
    return holder if holder is not None and holder.confirmed_at is not None else None


def join(session: Session, invitation: Invitation, password_hash: str) -> User:
    """Make the account of an invited address, confirmed; the caller commits.

    Raises
    ------
    InvitationUsedError
        If it was used or revoked meanwhile, or the address has an account by now.
    """
    email, role = invitation.email, invitation.role
    _use_up(session, invitation)
    user = accounts.create_in_place(email, password_hash)
    if user is None:
        session.rollback()
        raise InvitationUsedError
    _grant(session, user, role)
    return user


def take_role(session: Session, invitation: Invitation, user: User) -> None:
    """Give the role to the invited address's own account; the caller commits.

    Raises
    ------
    InvitationUsedError
        If it was used or revoked meanwhile.
    """
    role = invitation.role
    _use_up(session, invitation)
    _grant(session, user, role)


def revoke(session: Session, invitation: Invitation, actor: User) -> None:
    """Void an invitation; the caller commits."""
    audit.record(session, audit.UNINVITE, user=actor, subject=invitation.email)
    session.delete(invitation)


def list_all(session: Session) -> Sequence[Invitation]:
    """Return all invitations that nobody has used, the newest first."""
    return session.scalars(
        select(Invitation)
        .options(selectinload(Invitation.user))
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
    ).all()


def has_expired(invitation: Invitation) -> bool:
    """Tell whether an invitation's time is over."""
    return invitation.expires_at <= now()


def forget_expired(session: Session) -> None:
    """Delete what has expired, and who was meant by it; the caller commits."""
    session.execute(delete(Invitation).where(Invitation.expires_at <= now()))
    audit.forget_invited(session, now() - LIFETIME)


def _use_up(session: Session, invitation: Invitation) -> None:
    """Delete an invitation, which only one can do."""
    still_there = delete(Invitation).where(
        Invitation.id == invitation.id, Invitation.expires_at > now()
    )
    if count_changes(session, still_there) != 1:
        session.rollback()
        raise InvitationUsedError


def _grant(session: Session, user: User, role: str) -> None:
    accounts.grant(user, role)
    audit.record(
        session,
        audit.JOIN,
        user=user,
        subject=user.email,
        after={"role": role, audit.ACCOUNT: user.id},
    )
