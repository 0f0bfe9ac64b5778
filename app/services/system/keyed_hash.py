"""Keyed hashes: names of people and networks that only this instance can compare.

An address could be found by hashing all that there are. With a key that only the server
has nobody can, and still the same address always gets the same name.
"""

import hmac
from hashlib import sha256

HASH_BYTES = 16
"""128 bits: no two of the addresses that a museum meets share a name by chance."""


def derived_key(secret_key: str, purpose: str) -> bytes:
    """Return a key for one purpose only: what it makes tells nothing of the others."""
    return hmac.digest(secret_key.encode(), f"morelli/{purpose}".encode(), sha256)


def keyed_hash(key: bytes, text: str) -> bytes:
    """Return the HMAC-SHA256 of a text, shortened to ``HASH_BYTES``."""
    # Forms may hold half of a surrogate pair, which has no code of its own.
    return hmac.digest(key, text.encode(errors="replace"), sha256)[:HASH_BYTES]
