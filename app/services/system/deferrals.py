"""Deferral of mails that the mail server cannot take yet: when each is tried again.

Kept beside the mails, so that a restart forgets nothing. No address is kept.
"""

import json
import re
import smtplib
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from app.retrieval.files.atomic import OWNER_ONLY, write_atomically

NAME = "deferrals.json"
"""Of the file, in the outbox."""
FIRST_SECONDS, LONGEST_SECONDS = 60.0, 4 * 3_600.0
"""Until a mail is tried again: at first, doubled each time, and at most."""
LONGEST_WORDS = 300
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;]*")


@dataclass(frozen=True, slots=True)
class Deferral:
    """How often a mail was tried in vain, and when it is tried again."""

    tries: int
    due_at: float
    """Seconds since 1970."""


@dataclass(slots=True)
class Deferrals:
    """Deferrals of the mails of an outbox, by the names of their files.

    Attributes
    ----------
    words : str
        What the mail server said last when it did not take a mail; empty once it has
        taken all.
    """

    path: Path
    mails: dict[str, Deferral] = field(default_factory=dict)
    words: str = ""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return what is known; nothing where the file is missing or damaged."""
        found = cls(folder / NAME)
        try:
            kept = json.loads(found.path.read_text("utf-8"))
            found.mails = {name: Deferral(**one) for name, one in kept["mails"].items()}
            found.words = str(kept["words"])
        except FileNotFoundError:
            pass
        except (ValueError, TypeError, KeyError, AttributeError):
            found.mails = {}  # each mail is tried again at once, which mends the file
        return found

    def is_due(self, name: str) -> bool:
        """Tell whether a mail may be tried now.

        A moment further off than any deferral lasts is the mark of a clock that was
        wrong.
        """
        deferral = self.mails.get(name)
        wait = deferral.due_at - time.time() if deferral else 0.0
        return wait <= 0 or wait > LONGEST_SECONDS

    def defer(self, name: str) -> None:
        """Put a mail off, twice as long as the last time."""
        tries = self.mails[name].tries if name in self.mails else 0
        # Bounded before it is raised: a week's tries are few, a damaged file's are not.
        wait = min(FIRST_SECONDS * 2 ** min(tries, 30), LONGEST_SECONDS)
        self.mails[name] = Deferral(tries + 1, time.time() + wait)

    def keep(self, waiting: set[str]) -> None:
        """Write down what is known of the mails that still wait, if that is new."""
        self.mails = {name: one for name, one in self.mails.items() if name in waiting}
        if not waiting:
            self.words = ""
        if not self.mails and not self.words:
            self.path.unlink(missing_ok=True)
            return
        mails = {name: asdict(one) for name, one in self.mails.items()}
        text = json.dumps({"mails": mails, "words": self.words})
        write_atomically(self.path, text.encode(), mode=OWNER_ONLY)


def words_of(error: Exception, address: str = "") -> str:
    """Return what a mail server said, or why it could not be asked, without addresses.

    Servers repeat the recipient's address or its name before the ``@``, and so do the
    exceptions of ``smtplib``.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        words = f"{code} {_text(said)}"
    elif isinstance(error, smtplib.SMTPResponseException):
        words = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        words = str(error) or type(error).__name__
    words = _ADDRESS.sub("…", " ".join(words.split()))
    if name := address.rpartition("@")[0]:
        words = re.sub(re.escape(name), "…", words, flags=re.IGNORECASE)
    return words[:LONGEST_WORDS]


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
