"""Which network addresses are the public Internet's, and which lead inside.

Python's `is_global` follows IANA's registry of the version at hand and takes addresses that only wrap another one
(NAT64, 6to4, Teredo) for public. So the rule here is its own: of IPv6 only 2000::/3 without what wraps or is reserved.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    # Protocol assignments with Teredo, documentation twice, 6to4, and direct delegation of AS112.
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def why_not(address: str, *, loopback: bool = False) -> str:
    """Why nothing may connect to an address (IPv4 or IPv6 as text); "" where it may.

    With `loopback` this machine's own addresses are allowed too.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "it is no address"
    if loopback and found.is_loopback:
        return ""
    public = _is_public_4(found) if isinstance(found, IPv4Address) else _is_public_6(found)
    return "" if public else "it is not on the public Internet"


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_4)


def _is_public_6(address: IPv6Address) -> bool:
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
