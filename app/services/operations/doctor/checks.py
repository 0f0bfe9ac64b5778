"""What a check is: its name, what it is given, and what it finds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.configuration.load import Folders
from app.services.media.opening import MediaStores, open_stores
from app.services.operations.inspection import QueueState, queue_state


class Health(StrEnum):
    """Result of a check; the worst one counts."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check, with what was found and what to do.

    Attributes
    ----------
    check : str
        Name, the same in every language.
    words : str
        One sentence.
    remedy : str
        What to do; empty where nothing need be done.
    """

    check: str
    health: Health
    words: str
    remedy: str = ""


@dataclass
class Examined:
    """Instance that is examined. Needs an application context.

    Attributes
    ----------
    session : Session
    engine : Engine
    config : mapping of str to object
        The application's configuration.
    """

    session: Session
    engine: Engine
    config: Mapping[str, Any]

    @cached_property
    def folders(self) -> Folders:
        """Folders of the instance."""
        return Folders(self.config["MORELLI_INSTANCE"])

    @cached_property
    def media(self) -> MediaStores:
        """Where its pictures are."""
        return open_stores(self.config["MORELLI_MEDIA_URL"], self.folders)

    @cached_property
    def queues(self) -> QueueState:
        """What waits, as *Health* shows it."""
        return queue_state(self.session, self.folders)


Found = Iterator[tuple[Health, str, str]]
"""What a check yields: how it is, in which words, and the remedy."""
Check = Callable[[Examined], Found]
