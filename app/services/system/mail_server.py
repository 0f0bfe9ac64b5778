"""Mail server (SMTP): the connection to it, and what it takes and refuses."""

import logging
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr

from app.services.system.deferrals import words_of

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30
PERMANENT = 500
"""SMTP codes from here on say that trying again is pointless (RFC 5321, 4.2.1)."""
PUT_OFF = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
"""What a server says of one mail alone."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Mail server: address, encryption, login."""

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
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            if self.encryption == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def hand_over(connection: smtplib.SMTP, mail: EmailMessage) -> None:
    """Give one mail to the server; what it will never take is told in the log.

    Raises
    ------
    OSError
        If it is worth trying again.
    """
    # Not every server on a mail's way takes more than ASCII (RFC 6152).
    if text := mail.get_body(("plain",)):
        text.set_content(text.get_content(), cte="quoted-printable")
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if min(codes) < PERMANENT:
            raise
        _say_dropped(error, mail)
    except smtplib.SMTPDataError as error:
        if error.smtp_code < PERMANENT:
            raise
        _say_dropped(error, mail)
    except smtplib.SMTPNotSupportedError as error:  # an address that is not ASCII
        _say_dropped(error, mail)


def recipient(mail: EmailMessage) -> str:
    """Return the address a mail goes to."""
    return parseaddr(str(mail["To"]))[1]


def _say_dropped(error: smtplib.SMTPException, mail: EmailMessage) -> None:
    words = words_of(error, recipient(mail))
    logger.warning("a mail was dropped: the server refuses it: %s", words)
