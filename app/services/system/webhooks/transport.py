"""Transport of webhooks: which addresses may be told something, and telling them.

The same guard as for links (``links/connections``): public addresses only, by TLS.
Hosts of the museum's own network are let in by a setting, by name.
"""

import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from ipaddress import ip_address

from app.services.system.addresses import is_public
from app.services.system.links.connections import (
    USER_AGENT,
    GuardedClient,
    LinkError,
    Refusal,
    Target,
    parse_link,
)

SECONDS = 10.0
"""For one message: looking up, connecting, sending, the answer's head."""
HTTPS, HTTPS_PORT = "https", 443
ANY_PORT = range(1, 2**16)


class WebhookTransport:
    """Sender of messages to the addresses of webhooks.

    Parameters
    ----------
    own_hosts : collection of str
        Names and numbers of the museum's own hosts, which may be private, at any port,
        and without TLS.
    seconds : float
        For one message as a whole.
    """

    def __init__(
        self, own_hosts: Collection[str] = (), seconds: float = SECONDS
    ) -> None:
        self._own_hosts = frozenset(own_hosts)
        self._seconds = seconds
        self._public = GuardedClient(ports=(HTTPS_PORT,))
        self._own = GuardedClient(permits=lambda _: True, ports=ANY_PORT)

    def check(self, address: str) -> Target:
        """Take an address apart that a webhook may have.

        Raises
        ------
        LinkError
            If it may have none such; what its name stands for is seen only when it is
            told something.
        """
        target = parse_link(address)
        if target.host in self._own_hosts:
            return target
        if target.scheme != HTTPS:
            raise LinkError(Refusal.SCHEME)
        if target.port != HTTPS_PORT:
            raise LinkError(Refusal.PORT)
        with suppress(ValueError):
            ip_address(target.host)
            if not is_public(target.host):
                raise LinkError(Refusal.NOT_PUBLIC)
        return target

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send a message; return the status that it is answered with.

        Redirects are not followed, and no more than the answer's head is read.

        Raises
        ------
        LinkError
            If the address may not be told anything, or does not answer in time.
        """
        target = self.check(address)
        deadline = time.monotonic() + self._seconds
        client = self._own if target.host in self._own_hosts else self._public
        sent = {
            "User-Agent": USER_AGENT,
            "Content-Type": "application/json",
            "Connection": "close",
            **headers,
        }
        with client.asked("POST", target, sent, deadline, body) as answer:
            return answer.status
