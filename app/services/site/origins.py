"""Origins of other sites (RFC 6454), as a content security policy names them."""

import re
from urllib.parse import urlsplit

LONGEST_ORIGIN = 300
"""Characters: the longest name of a host, and a port."""
_HOST = re.compile(
    r"(?=.{1,253}(:|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*"
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:[0-9]{1,5})?"
)
_SCHEMES = ("https", "http")


def read_origin(text: str) -> str | None:
    """Return the origin of an address, such as ``https://www.museum.org``.

    None if it has none that a header could name: a star, a list, another scheme. A page
    behind the host is left out, and a name in another script is written in letters that
    the domain name system knows.
    """
    text = text.strip()
    if len(text) > LONGEST_ORIGIN:
        return None
    try:
        parts = urlsplit(text)
        if parts.username is not None or parts.scheme not in _SCHEMES:
            return None
        port = "" if parts.port is None else f":{parts.port}"
        host = (parts.hostname or "").encode("idna").decode() + port
    except ValueError:  # no address, no port, no name
        return None
    return f"{parts.scheme}://{host}" if _HOST.fullmatch(host) else None
