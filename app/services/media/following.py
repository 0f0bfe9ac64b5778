"""Following of what the database points to: fetched beside the old, then used.

A server that is behind goes on with the index and the map that it has. Whoever notices
lets them be fetched in a thread, one process of a server at a time.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.services.media.published import Kind, Published

logger = logging.getLogger(__name__)

RETRY_SECONDS = 10.0
"""After a fetch that failed, or that another process of this server is at."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Kind of folder that this server follows.

    Attributes
    ----------
    published : Published
    used : callable
        Gives the name of the one that this server uses, or None.
    use : callable
        Lets this server use a fetched one.
    """

    published: Published
    used: Callable[[], str | None]
    use: Callable[[str], None]


class Follower:
    """Follower of published folders, shared by the threads of a process.

    Parameters
    ----------
    followed : sequence of Followed
        Empty where there is one server.
    """

    def __init__(self, followed: Sequence[Followed]) -> None:
        self._followed = followed
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._rests_until = 0.0

    def missing(self, session: Session) -> dict[Kind, str]:
        """Return what the database points to, and this server does not use yet."""
        found = {}
        for one in self._followed:
            name = one.published.live_name(session)
            if name is not None and name != one.used():
                found[one.published.kind] = name
        return found

    def notice(self, session: Session) -> dict[Kind, str]:
        """Return the same, and let it be fetched in the background."""
        missing = self.missing(session)
        with self._lock:
            is_busy = self._thread is not None and self._thread.is_alive()
            if missing and not is_busy and time.monotonic() >= self._rests_until:
                self._rests_until = time.monotonic() + RETRY_SECONDS
                self._thread = threading.Thread(
                    target=self._fetch, args=(missing,), name="following", daemon=True
                )
                self._thread.start()
        return missing

    def follow(self, session: Session) -> None:
        """Fetch and use now what is missing; a failure is logged, and rested after."""
        if time.monotonic() < self._rests_until:
            return
        missing = self.missing(session)
        if missing:
            self._rests_until = time.monotonic() + RETRY_SECONDS
        session.commit()  # ends the reading: fetching takes long
        self._fetch(missing)

    def _fetch(self, missing: dict[Kind, str]) -> None:
        for one in self._followed:
            name = missing.get(one.published.kind)
            if name is None:
                continue
            try:
                if one.published.fetch(name):
                    one.use(name)
            except Exception:
                # Whatever it is: the one that is used stays in use, and this is tried
                # again.
                logger.exception("%s %s cannot be used yet", one.published.kind, name)
