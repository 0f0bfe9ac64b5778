"""A mail server for tests, that takes mails and refuses them."""

import logging
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller

# It tells of every line that it is sent, which no server of a museum does.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Mailbox:
    """What a mail server got, and how it answers."""

    def __init__(self):
        self.mails = []
        self.answer = "250 OK"
        self.refused = {}

    @property
    def readers(self):
        return [address for mail in self.mails for address in mail.rcpt_tos]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return f"{self.refused[address]} <{address}>: {address[:4]} greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's
        if self.answer.startswith("250"):
            self.mails.append(envelope)
        return self.answer


@contextmanager
def serving(mailbox):
    """Let a mailbox be served; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
