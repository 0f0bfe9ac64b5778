"""Identities: who an account is at the museum's identity provider."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, now, parent_key


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
