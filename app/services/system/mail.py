"""Outgoing mail: an outbox folder, and its delivery to the mail server.

So nobody who waits for a page waits for a mail server, nothing is lost when it is down
or the program is stopped, and the time a page takes does not tell whether a mail was
sent. The worker hands them over. Without a mail server the folder is where the operator
finds them.
"""

import logging
import secrets
import smtplib
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.configuration.load import Folders
from app.retrieval.files.atomic import OWNER_ONLY, write_atomically
from app.services.system import deferrals
from app.services.system.deferrals import Deferrals, words_of
from app.services.system.lock import AlreadyRunningError, exclusively
from app.services.system.mail_server import PUT_OFF, MailServer, hand_over, recipient
from app.services.system.tasks import TaskContext

logger = logging.getLogger(__name__)

SUFFIX = ".eml"
LOCK = ".lock"
KEPT = (LOCK, deferrals.NAME)
"""Files in the outbox that are no mails."""
KEPT_SECONDS = 7 * 86_400
"""A mail is useless after a week: its link stopped working long before."""


class Outbox:
    """Folder of mails, each a whole file that only its owner may read.

    Parameters
    ----------
    folder : Path
        Created with the first mail.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, mail: EmailMessage) -> Path:
        """Write a mail under a name that sorts by time, and clear out old ones."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        path = self.folder / f"{moment}-{secrets.token_hex(4)}{SUFFIX}"
        self._write(path, mail)
        self.clear_out()
        return path

    def rehearse(self, mail: EmailMessage) -> None:
        """Do the work of writing a mail that nobody is to get."""
        path = self.folder / f".{secrets.token_hex(8)}"
        self._write(path, mail)
        path.unlink()

    def waiting(self) -> list[Path]:
        """Return the mails, oldest first."""
        return sorted(self.folder.glob(f"*{SUFFIX}"))

    def since(self) -> datetime | None:
        """Return when the oldest mail that waits was written; None if none waits."""
        for path in self.waiting():
            with suppress(FileNotFoundError):
                return datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return None

    def has_new(self, since: datetime) -> bool:
        """Tell whether a mail was written since a moment, and waits."""
        mails = self.waiting()
        try:
            return bool(mails) and mails[-1].stat().st_mtime > since.timestamp()
        except FileNotFoundError:
            return False  # it has left just now

    def forget(self, address: str) -> None:
        """Delete the mails to one address."""
        for path in self.waiting():
            # Its delivery may be faster.
            with suppress(FileNotFoundError):
                if recipient(read(path)).lower() == address.lower():
                    path.unlink()

    def _write(self, path: Path, mail: EmailMessage) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(path, mail.as_bytes(policy=policy.SMTP), mode=OWNER_ONLY)

    def clear_out(self) -> None:
        """Delete what is too old to be of use."""
        if not self.folder.exists():
            return
        oldest = time.time() - KEPT_SECONDS
        for path in self.folder.iterdir():
            try:
                if path.name in KEPT or path.stat().st_mtime >= oldest:
                    continue
                path.unlink()
            except FileNotFoundError:
                continue  # another process was faster
            if path.suffix == SUFFIX:
                logger.warning("a mail was deleted unsent: it waited for a week")


class Mailer:
    """Composer of mails, and their delivery from the outbox to the mail server.

    Parameters
    ----------
    sender : str
        With or without a name before the address.
    public_url : str
        Its host names the mails.
    server : MailServer, optional
        None: the mails stay in the outbox.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: str,
        public_url: str,
        server: MailServer | None = None,
    ) -> None:
        self.outbox = outbox
        self.server = server
        self._sender = sender
        self._host = urlsplit(public_url).hostname or "localhost"

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "Mailer":
        """Build what the settings describe."""
        server = None
        if config["MORELLI_SMTP_HOST"]:
            server = MailServer(
                config["MORELLI_SMTP_HOST"],
                config["MORELLI_SMTP_PORT"],
                config["MORELLI_SMTP_ENCRYPTION"],
                config["MORELLI_SMTP_USER"],
                config["MORELLI_SMTP_PASSWORD"],
            )
        outbox = Outbox(Folders(config["MORELLI_INSTANCE"]).mail)
        sender = config["MORELLI_MAIL_FROM"] or "Morelli <morelli@localhost>"
        return cls(outbox, sender, config["PUBLIC_URL"], server)

    def compose(
        self, to: str, subject: str, text: str, language: str | None = None
    ) -> EmailMessage:
        """Write a mail. Line breaks in a header are refused by ``EmailMessage``."""
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = to
        mail["Subject"] = subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = make_msgid(domain=self._host)
        # Keeps out-of-office replies away (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        # As it is: an operator who reads the file can copy the links in it.
        mail.set_content(text, cte="8bit")
        if language:  # after the content, which resets what is said of it
            mail["Content-Language"] = language
        return mail

    def deliver(self) -> None:
        """Hand over what waits and is due; what the server cannot take now, stays.

        A mail that the server puts off is tried again later and later, and keeps no
        other mail waiting.
        """
        self.outbox.clear_out()
        if self.server is None or not self.outbox.waiting():
            return
        try:
            with exclusively(self.outbox.folder / LOCK):
                self._deliver_in_turn(self.server)
        except AlreadyRunningError:
            return  # another process is at it

    def _deliver_in_turn(self, server: MailServer) -> None:
        known = Deferrals.read(self.outbox.folder)
        due = [path for path in self.outbox.waiting() if known.is_due(path.name)]
        try:
            if due:
                with server.connect() as connection:
                    for path in due:
                        _try(connection, path, known)
        except OSError as error:
            known.words = words_of(error)
            logger.warning(
                "%d mails wait: %s cannot take them now: %s",
                len(self.outbox.waiting()),
                server.host,
                known.words,
            )
        finally:
            known.keep({path.name for path in self.outbox.waiting()})


def deliver(context: TaskContext) -> None:
    """Hand over what waits; a job of the worker."""
    Mailer.from_config(context.config).deliver()


def is_awaited(context: TaskContext, since: datetime) -> bool:
    """Tell whether there is a mail to hand over that was not there at a moment."""
    mailer = Mailer.from_config(context.config)
    return mailer.server is not None and mailer.outbox.has_new(since)


def read(path: Path) -> EmailMessage:
    """Return a mail from its file."""
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _try(connection: smtplib.SMTP, path: Path, known: Deferrals) -> None:
    """Give one mail to the server, or put it off.

    Raises
    ------
    OSError
        If the server would take no other mail either.
    """
    try:
        mail = read(path)
    except FileNotFoundError:
        return  # its account was deleted meanwhile
    try:
        hand_over(connection, mail)
        path.unlink(missing_ok=True)
    except smtplib.SMTPSenderRefused:
        raise  # who sends is the same in every mail
    except OSError as error:
        known.defer(path.name)
        if not isinstance(error, PUT_OFF) or connection.sock is None:
            raise  # the connection is gone
        known.words = words_of(error, recipient(mail))
        logger.info("a mail is put off: %s", known.words)
