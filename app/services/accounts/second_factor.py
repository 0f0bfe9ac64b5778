"""Second factors: codes of an authenticator app, passkeys, recovery codes.

What an app computes its codes from is encrypted, and recovery codes are hashed, both
with keys that come from the instance's secret: whoever has only the database can use
neither.
"""

import hashlib
import logging
import secrets
from typing import Any, cast

from flask_security import MfRecoveryCodesUtil, Totp, UserMixin
from passlib.exc import TokenError
from sqlalchemy import delete, func, or_, select, update

from app.extensions import db
from app.models import Passkey, RecoveryCode, User
from app.services.accounts.accounts import datastore
from app.services.system.claims import count_changes
from app.services.system.keyed_hash import derived_key, keyed_hash

logger = logging.getLogger(__name__)

APP = "authenticator"
"""Flask-Security's name of the method."""
MOST_PASSKEYS = 20
"""Of one account."""
RECOVERY_CODES = 10
"""A sheet of paper."""
CODE_BYTES = 6
"""48 bits: nobody guesses that at 40 tries a day, and it can be typed."""
TOTP_PURPOSE, RECOVERY_PURPOSE = "totp secrets", "recovery codes"


def totp_secrets(secret: str) -> dict[str, str]:
    """Return the key that encrypts what apps compute codes from, under its name.

    The name comes from the key: with another secret old ones are not found, instead of
    being decrypted to nonsense.
    """
    key = derived_key(secret, TOTP_PURPOSE).hex()
    return {hashlib.sha256(key.encode()).hexdigest()[:8]: key}


class SingleUseTotp(Totp):
    """Time-based one-time passwords of which each works once (RFC 6238, 5.2)."""

    def verify_totp(
        self, token: str, totp_secret: str, user: UserMixin, window: int = 0
    ) -> bool:
        """Tell whether a code is right and new, and use it up; the caller commits."""
        account = cast(User, user)
        is_set_up = totp_secret == account.tf_totp_secret
        try:
            match = self._totp.verify(token, totp_secret, window=window)
        except TokenError:
            return False
        except KeyError:
            logger.exception(
                "the authenticator app of account %s was set up under another secret "
                "key: an administrator has to reset it",
                account.id,
            )
            return False
        # Codes of a new secret are new, whatever the old one's were.
        used = update(User).where(User.id == account.id)
        if is_set_up:
            # One statement: of two requests with the same code one comes second.
            last = User.totp_counter
            used = used.where(or_(last.is_(None), last < match.counter))
        return count_changes(db.session(), used.values(totp_counter=match.counter)) == 1

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Draw the QR code as an SVG element: pages show no picture in an address."""
        # With lxml and fonts 7 MB, for the few who set up an app.
        import qrcode
        from qrcode.image.svg import SvgPathImage

        code = qrcode.make(
            self.get_totp_uri(username, totp), image_factory=SvgPathImage, border=4
        )
        return str(code.to_string(encoding="unicode"))


class HashedRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes that are kept as hashes, shown once and good once."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._key = derived_key(app.config["SECRET_KEY"], RECOVERY_PURPOSE)

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Make new codes, which void the old ones; the caller commits."""
        account = cast(User, user)
        codes = [secrets.token_hex(CODE_BYTES) for _ in range(RECOVERY_CODES)]
        void_recovery_codes(account)
        db.session.add_all(
            RecoveryCode(user_id=account.id, code_hash=self._digest(code))
            for code in codes
        )
        return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """Return none: nobody can read them once they were shown."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Tell whether a code is right, and use it up; the caller commits."""
        digest = self._digest("".join(code.lower().replace("-", " ").split()))
        account = cast(User, user)
        used = delete(RecoveryCode).where(
            RecoveryCode.user_id == account.id, RecoveryCode.code_hash == digest
        )
        return count_changes(db.session(), used) == 1

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Do nothing: a code goes when it is checked, so no other request gets it."""
        return True

    def _digest(self, code: str) -> str:
        return keyed_hash(self._key, code).hex()


def is_set_up(user: User) -> bool:
    """Tell whether an account has a second factor."""
    return has_app(user) or bool(user.webauthn)


def has_app(user: User) -> bool:
    """Tell whether an account has an authenticator app."""
    return bool(user.tf_totp_secret and user.tf_primary_method)


def count_recovery_codes(user: User) -> int:
    """Return how many recovery codes are left."""
    left = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user.id)
    return db.session.scalar(left) or 0


def remove_app(user: User) -> bool:
    """Forget an account's authenticator app; False if it has none."""
    if not has_app(user):
        return False
    datastore.tf_reset(user)
    _tidy_up(user)
    return True


def find_passkey(user: User, passkey_id: int) -> Passkey | None:
    """Return a passkey of an account; None if it has no such one."""
    passkey = db.session.get(Passkey, passkey_id)
    return passkey if passkey is not None and passkey.user_id == user.id else None


def remove_passkey(user: User, passkey: Passkey) -> None:
    """Forget a passkey of an account."""
    user.webauthn.remove(passkey)
    _tidy_up(user)


def reset(user: User) -> bool:
    """Forget all second factors of an account; False if it has none."""
    if not is_set_up(user):
        return False
    datastore.tf_reset(user)
    user.webauthn.clear()
    _tidy_up(user)
    return True


def void_recovery_codes(user: User) -> None:
    """Void the recovery codes of an account."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _tidy_up(user: User) -> None:
    """Leave no recovery codes where there is nothing to recover."""
    if not is_set_up(user):
        void_recovery_codes(user)
