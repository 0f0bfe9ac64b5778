"""Network addresses: whether they are of the public internet, and of which network.

What is public is written out rather than left to ``ipaddress``, whose idea of *global*
has changed with the version of Python.
"""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

# IANA's special-purpose registry, and what is multicast, reserved or broadcast.
SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared behind a carrier's address translation
            "127.0.0.0/8",
            "168.63.129.16/32",  # speaks to every machine in Microsoft's cloud
            "169.254.0.0/16",  # link-local, where clouds keep their metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
# Everything outside is reserved, local, multicast, or an IPv4 address in disguise
# (::ffff:0:0/96, 64:ff9b::/96): RFC 4291, RFC 6052.
UNICAST_V6 = IPv6Network("2000::/3")
# Inside, these carry IPv4 addresses (Teredo, 6to4) or are nobody's.
SPECIAL_V6 = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)
PREFIX_LENGTH = 64
"""Bits that an IPv6 address shares with the others of one customer, to whom providers
hand a whole /64: each request may come from another of its 2^64 addresses."""
UNKNOWN = "unknown"


def is_public(address: str) -> bool:
    """Tell whether an address is one that everybody on the internet could reach.

    Refuses private, loopback, link-local, shared, documentation, multicast and reserved
    ones, and every IPv6 address that stands for an IPv4 address: nobody publishes
    pictures there.

    Parameters
    ----------
    address : str
        As a resolver returns it.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        return parsed in UNICAST_V6 and not any(parsed in net for net in SPECIAL_V6)
    return not any(parsed in network for network in SPECIAL_V4)


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
