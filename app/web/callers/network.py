"""Network of an address: what counts as one caller where callers are counted.

Providers hand a whole IPv6 /64 to a single customer, who may send each request from
another of its 2^64 addresses. So a /64 is one caller, as one IPv4 address is.
"""

from ipaddress import IPv4Address, IPv6Network, ip_address

PREFIX_LENGTH = 64
"""Bits that an IPv6 address shares with the others of one customer."""
UNKNOWN = "unknown"


def network_of(address: str) -> str:
    """Return the network that a caller's address counts for.

    Parameters
    ----------
    address : str
        As the server or a trusted proxy names it.

    Returns
    -------
    network : str
        An IPv4 address as it is, also when it is written as IPv6
        (``::ffff:192.0.2.1``); of any other IPv6 address its /64. What is no address
        at all, such as the name of a Unix socket, is of one network, ``unknown``: a
        proxy that forwards nonsense lets nobody out of the count.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), PREFIX_LENGTH), strict=False))
