"""Outgoing mail: an outbox folder, and its delivery to the mail server.

So nobody who waits for a page waits for a mail server, nothing is lost when it is down
or the program is stopped, and the time a page takes does not tell whether a mail was
sent. The worker hands them over. Without a mail server the folder is where the operator
finds them.
"""

import logging
import secrets
import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.configuration.load import Folders
from app.retrieval.files.atomic import OWNER_ONLY, write_atomically
from app.services.system.lock import AlreadyRunningError, exclusively
from app.services.system.tasks import TaskContext

logger = logging.getLogger(__name__)

SUFFIX = ".eml"
LOCK = ".lock"
KEPT_SECONDS = 7 * 86_400
"""A mail is useless after a week: its link stopped working long before."""
SERVER_TIMEOUT_SECONDS = 30
PERMANENT = 500
"""SMTP codes from here on say that trying again is pointless (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Mail server (SMTP): address, encryption, login."""

    host: str
    port: int
    encryption: str
    """``starttls``, ``tls`` or ``none``."""
    user: str
    password: str

    def connect(self) -> smtplib.SMTP:
        """Open a connection and log in; certificates are checked.

        Raises
        ------
        OSError
            If the server cannot be reached or is not trusted; ``SMTPException``,
            one of them, if it refuses us.
        """
        context = ssl.create_default_context()
        if self.encryption == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SERVER_TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SERVER_TIMEOUT_SECONDS)
        try:
            if self.encryption == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


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
            if recipient(read(path)).lower() == address.lower():
                path.unlink(missing_ok=True)

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
                if path.name != LOCK and path.stat().st_mtime < oldest:
                    path.unlink()
            except FileNotFoundError:
                continue  # another process was faster


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
        """Hand over everything that waits; what the server cannot take now, stays."""
        mails = self.outbox.waiting()
        if self.server is None or not mails:
            return
        try:
            with (
                exclusively(self.outbox.folder / LOCK),
                self.server.connect() as connection,
            ):
                for path in mails:
                    if path.exists():  # another process may have been faster
                        _hand_over(connection, path)
        except AlreadyRunningError:
            return  # another process is at it
        except OSError as error:
            logger.warning(
                "%d mails wait: %s cannot take them now: %s",
                len(mails),
                self.server.host,
                error,
            )


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


def recipient(mail: EmailMessage) -> str:
    """Return the address a mail goes to."""
    return parseaddr(str(mail["To"]))[1]


def _hand_over(connection: smtplib.SMTP, path: Path) -> None:
    """Give one mail to the server; one that it will never take is dropped."""
    mail = read(path)
    # Not every server on a mail's way takes more than ASCII (RFC 6152).
    mail.set_content(mail.get_content(), cte="quoted-printable")
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if min(codes) < PERMANENT:
            raise
        logger.warning("a mail was dropped: the server refuses its recipient")
    except smtplib.SMTPDataError as error:
        if error.smtp_code < PERMANENT:
            raise
        logger.exception("a mail was dropped: the server refuses it")
    path.unlink(missing_ok=True)
