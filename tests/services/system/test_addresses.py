from ipaddress import IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.system.addresses import is_public, network_of

PUBLIC = ["8.8.8.8", "93.184.216.34", "2a00:1450:4001::1", "2606:4700::6810:1"]
NOT_PUBLIC = {
    "this network": "0.0.0.0",  # noqa: S104 - never bound to, only looked at
    "loopback": "127.0.0.1",
    "any loopback": "127.255.255.254",
    "private a": "10.0.0.1",
    "private b": "172.16.0.1",
    "private c": "192.168.1.1",
    "metadata": "169.254.169.254",
    "metadata of Alibaba": "100.100.100.200",
    "metadata of Azure": "168.63.129.16",
    "metadata of Oracle": "192.0.0.192",
    "metadata of AWS": "fd00:ec2::254",
    "CGNAT": "100.64.0.1",
    "documentation": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "unspecified": "::",
    "loopback 6": "::1",
    "link-local 6": "fe80::1",
    "link-local with a zone": "fe80::1%eth0",
    "site-local 6": "fec0::1",
    "unique local": "fc00::1",
    "multicast 6": "ff02::1",
    "documentation 6": "2001:db8::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped, in hexadecimal": "::ffff:7f00:1",
    "mapped public": "::ffff:8.8.8.8",
    "compatible": "::127.0.0.1",
    "translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "local NAT64": "64:ff9b:1::7f00:1",
    "6to4": "2002:7f00:1::",
    "Teredo": "2001:0:7f00:1::",
    "no address": "example.org",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_what_everybody_can_reach_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_all_else_is_not(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:201", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("9" * 440_000, "unknown"),
    ],
)
def test_a_caller_is_an_ipv4_address_or_an_ipv6_network(address, network):
    assert network_of(address) == network


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_no_address_of_a_64_counts_on_its_own(address, host):
    neighbour = IPv6Address(int(address) >> 64 << 64 | host)
    if address.ipv4_mapped is None and neighbour.ipv4_mapped is None:
        assert network_of(str(address)) == network_of(str(neighbour))
        assert address in ip_network(network_of(str(neighbour)))


@given(st.text())
def test_nonsense_is_short(text):
    assert len(network_of(text)) <= len("ffff:ffff:ffff:ffff::/64")
