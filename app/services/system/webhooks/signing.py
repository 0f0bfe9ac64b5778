"""Secrets and signatures of webhooks, as in Standard Webhooks (standardwebhooks.com).

A secret is derived from the instance's own and a salt, so whoever has only the database
can sign nothing.
"""

import base64
import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from app.services.system.keyed_hash import derived_key

PURPOSE = "webhook secrets"
SALT_BYTES = 32
PREFIX, VERSION = "whsec_", "v1"
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
"""Headers."""


def new_salt() -> str:
    """Return a salt, for a secret that nobody has had."""
    return secrets.token_hex(SALT_BYTES)


def secret_of(salt: str, secret_key: str) -> str:
    """Return the secret of a webhook, in the form that receivers' libraries take."""
    return PREFIX + base64.b64encode(_key(salt, secret_key)).decode()


def signed_headers(
    name: str, at: datetime, body: bytes, salt: str, secret_key: str
) -> dict[str, str]:
    """Return the headers by which a receiver knows that a message is ours and fresh.

    Parameters
    ----------
    name : str
        Of the event.
    at : datetime
        When it is sent: receivers refuse what was sent long ago.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((name.encode(), timestamp.encode(), body))
    digest = hmac.digest(_key(salt, secret_key), signed, sha256)
    return {
        ID: name,
        TIMESTAMP: timestamp,
        SIGNATURE: f"{VERSION},{base64.b64encode(digest).decode()}",
    }


def _key(salt: str, secret_key: str) -> bytes:
    return hmac.digest(derived_key(secret_key, PURPOSE), salt.encode(), sha256)
