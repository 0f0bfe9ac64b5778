"""Check that a network address belongs to the public internet.

Written out rather than left to ``ipaddress``, whose idea of *global* has changed with
the version of Python.
"""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

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
