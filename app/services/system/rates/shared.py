"""Storage of the rate limits in Redis or Valkey, where all servers count together.

While it is away each machine counts in its own file (``own``), so that
guessing has an end at any moment: as many times later as there are machines.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from limits.storage import MovingWindowSupport, Storage
from limits.storage.redis import RedisStorage

from app.configuration.databases import mask_password
from app.services.system.keyed_hash import keyed_hash
from app.services.system.rates.own import SharedHits

logger = logging.getLogger(__name__)

PREFIX = "shared-"
"""In front of the address of a Redis, in that of its storage."""
KEYS = "morelli"
"""What the names of all keys begin with, where others use the same Redis."""
ANSWER_SECONDS = 0.5
"""How long it may take to answer; it takes a millisecond."""
REST_SECONDS = 10.0
"""How long a Redis that failed is left in peace before it is tried again."""

Result = TypeVar("Result")


class RemoteHits(Storage, MovingWindowSupport):
    """Moving windows in Redis, or in this machine's own file while that is away.

    Parameters
    ----------
    uri : str
        ``shared-``, the address of a Redis, ``#`` and that of this machine's
        :class:`SharedHits`.
    hash_key : bytes
        Of the hashes that are kept instead of what is counted.
    """

    STORAGE_SCHEME = [f"{PREFIX}{scheme}" for scheme in ("redis", "rediss")]  # noqa: RUF012 - as the library declares it

    def __init__(self, uri: str, *, hash_key: bytes) -> None:
        super().__init__(uri)
        # Part of what servers with many machines need, and of no use to one.
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._address, _, own = uri.removeprefix(PREFIX).partition("#")
        self._own = SharedHits(own, hash_key=hash_key)
        self._hash_key = hash_key
        self._rest_until = 0.0
        options: dict[str, object] = {
            "socket_timeout": ANSWER_SECONDS,
            "socket_connect_timeout": ANSWER_SECONDS,
            # While it is tried again and again, somebody waits.
            "retry": Retry(NoBackoff(), 0),
        }
        self._remote = RedisStorage(self._address, key_prefix=KEYS, **options)  # type: ignore[arg-type]  # whatever redis.from_url takes

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """Return what a storage may raise; this one falls back to the file."""
        return self._own.base_exceptions

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count hits, unless they would be more than the limit in its window."""
        return self._do(
            lambda: self._remote.acquire_entry(self._name(key), limit, expiry, amount),
            lambda: self._own.acquire_entry(key, limit, expiry, amount),
        )

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the window of a key began, and how many hits are in it."""
        return self._do(
            lambda: self._remote.get_moving_window(self._name(key), limit, expiry),
            lambda: self._own.get_moving_window(key, limit, expiry),
        )

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits in any case; return how many there are."""
        return self._do(
            lambda: self._remote.incr(self._name(key), expiry, amount),
            lambda: self._own.incr(key, expiry, amount),
        )

    def get(self, key: str) -> int:
        """Return how many hits of a key count."""
        return self._do(
            lambda: self._remote.get(self._name(key)), lambda: self._own.get(key)
        )

    def get_expiry(self, key: str) -> float:
        """Return when the hits of a key count no more."""
        return self._do(
            lambda: self._remote.get_expiry(self._name(key)),
            lambda: self._own.get_expiry(key),
        )

    def check(self) -> bool:
        """Tell whether Redis can be used."""
        return bool(self._remote.check())

    def reset(self) -> int | None:
        """Forget everything; return how many keys or hits that were."""
        return self._do(self._remote.reset, self._own.reset)

    def clear(self, key: str) -> None:
        """Forget the hits of a key, here and there."""
        self._own.clear(key)
        self._do(lambda: self._remote.clear(self._name(key)), lambda: None)

    def _name(self, key: str) -> str:
        return keyed_hash(self._hash_key, key).hex()

    def _do(self, remotely: Callable[[], Result], here: Callable[[], Result]) -> Result:
        """Do something in Redis, or in the file if that fails."""
        if time.monotonic() >= self._rest_until:
            try:
                return remotely()
            except (self._remote.base_exceptions, OSError) as error:  # type: ignore[misc]  # one class, whatever its type says
                self._rest(error)
        return here()

    def _rest(self, error: Exception) -> None:
        """Leave a Redis that failed in peace for a while."""
        self._rest_until = time.monotonic() + REST_SECONDS
        logger.error(
            "rate limits cannot be counted in %s (%s): each machine counts on its own "
            "for %d seconds",
            mask_password(self._address),
            error,
            REST_SECONDS,
        )
