"""Secrets and signatures of webhooks, as in Standard Webhooks (standardwebhooks.com).

A secret is derived from the instance's own and a salt, so whoever has only the database
can sign nothing.
"""

import base64
import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from app.services.system.keyed_hash import derived_key, keyed_hash

PURPOSE, ID_PURPOSE = "webhook secrets", "webhook ids"
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


def message_id(name: str, made_at: datetime, secret_key: str) -> str:
    """Return by what receivers know an event again.

    A receiver may have several instances, or one that was restored from a backup and
    counts its imports anew: no two of their events have the same.

    Parameters
    ----------
    name : str
        Of the event.
    made_at : datetime
        When it was noted.
    """
    key = derived_key(secret_key, ID_PURPOSE)
    return keyed_hash(key, f"{name} {made_at.isoformat()}").hex()


def signed_headers(
    message: str, at: datetime, body: bytes, salt: str, secret_key: str
) -> dict[str, str]:
    """Return the headers by which a receiver knows that a message is ours and fresh.

    Parameters
    ----------
    message : str
        The :func:`message_id` of the event.
    at : datetime
        When it is sent: receivers refuse what was sent long ago.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message.encode(), timestamp.encode(), body))
    digest = hmac.digest(_key(salt, secret_key), signed, sha256)
    return {
        ID: message,
        TIMESTAMP: timestamp,
        SIGNATURE: f"{VERSION},{base64.b64encode(digest).decode()}",
    }


def _key(salt: str, secret_key: str) -> bytes:
    return hmac.digest(derived_key(secret_key, PURPOSE), salt.encode(), sha256)
