"""Accounts, their roles, their second factors, and their personal access tokens."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import (
    Column,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, children, now, parent_key

roles_users = Table(
    "roles_users",
    Base.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """Role of an account: ``curator`` or ``admin``; everybody is a visitor."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str] = mapped_column(String(255), default="")

    users: Mapped[list["User"]] = relationship(
        secondary=roles_users, back_populates="roles"
    )


class User(Base, UserMixin):
    """Account of a person. Neither name nor network address is asked or kept."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    """Normalised; lower case in the domain."""
    password: Mapped[str | None] = mapped_column(String(255))
    """Its Argon2 hash."""
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    """Random; sessions refer to it, so changing it ends them all."""
    confirmed_at: Mapped[datetime | None]
    """When the mailed link was followed; before that nobody can log in."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    language: Mapped[str | None] = mapped_column(String(8))
    """Of the mails; None: the browser's."""
    reported_month: Mapped[date | None]
    """First day of the newest month whose report needs no mail to this administrator
    any more; None: no reports are asked for."""
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    """``authenticator`` once an authenticator app is set up."""
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    """What the app computes codes from; encrypted with the instance's secret key."""
    totp_counter: Mapped[int | None]
    """Half minutes since 1970 of the last code that was used: none works twice."""
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]  # the mixin forgets accounts that have none yet
        String(64), unique=True, index=True
    )
    """Random; by it passkeys know the account, and nobody else does."""

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the mixin names its own base class, and lists are invariant
        secondary=roles_users, back_populates="users"
    )
    tokens: Mapped[list["AccessToken"]] = children(back_populates="user")
    webauthn: Mapped[list["Passkey"]] = children(  # type: ignore[assignment]  # as with the roles
        back_populates="user", order_by="Passkey.id"
    )


class TokenScope(StrEnum):
    """What a program may do with an access token."""

    READ = "read"
    """Search, and read and delete its owner's searches."""
    WRITE_WORKS = "write_works"
    """Change works and their pictures as well, while its owner may."""


class AccessToken(Base):
    """Personal access token: lets a program act in its owner's name.

    Only its hash is kept, so that nobody who reads the database can use it.
    """

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = parent_key("user.id", index=True)
    name: Mapped[str] = mapped_column(String(80))
    """What its owner calls it."""
    scope: Mapped[TokenScope] = mapped_column(default=TokenScope.READ)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 in hex: the token is random and long, so no salt is needed."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="tokens")


class Invitation(Base):
    """Invitation to an account with a role; deleted when it is accepted or revoked.

    Only the hash of its link is kept, so that nobody who reads the database can use it.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = parent_key("user.id", index=True)
    """Who invited; None: done from the shell."""
    email: Mapped[str] = mapped_column(String(255), unique=True)
    """Normalised, as an account's."""
    role: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 in hex, as of access tokens."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]

    user: Mapped[User | None] = relationship()


class FirstCode(Base):
    """Code by which the first administrator is made; the table has one row at most.

    Its hash only, as of an invitation's link.
    """

    __tablename__ = "first_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    """Codes that were tried, right or wrong, by all processes."""


class Passkey(Base, WebAuthnMixin):
    """Passkey (WebAuthn credential) of an account; its secret part is not here."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = parent_key("user.id", index=True)
    name: Mapped[str] = mapped_column(String(64))
    """What its owner calls it."""
    credential_id: Mapped[bytes] = mapped_column(
        LargeBinary(1024), unique=True, index=True
    )
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    """How often it signed, if it counts: one that goes back has been copied."""
    transports: Mapped[list[Any] | None]
    """How browsers reach it: ``usb``, ``internal`` …"""
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    usage: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    lastuse_datetime: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="webauthn")


class RecoveryCode(Base):
    """Recovery code: stands in for the second factor, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = parent_key("user.id", index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    """Keyed hash in hex, by a key of the instance: the codes are short."""


class Identity(Base):
    """Identity of an account at an issuer, by which single sign-on finds it.

    By issuer and subject, as OpenID Connect wants it: addresses are given to others.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = parent_key("user.id", index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    """Address of the identity provider, or ``proxy`` for the header of one."""
    subject: Mapped[str] = mapped_column(String(255))
    """What the issuer calls the account, for ever."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    user: Mapped[User] = relationship()
