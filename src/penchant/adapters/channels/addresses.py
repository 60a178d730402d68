"""Addresses: where a webhook may go. Never into the network that Penchant itself stands in.

Rule 1: the name is resolved here, every address it has is checked, and the connection goes to one
of those that were checked: a name that answers differently the next time changes nothing.
Rule 2: an address inside another one (mapped, tunnelled, translated) is checked as well.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

__all__ = ["Resolve", "is_public", "resolved"]

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host."""

# A machine's way to its own cloud: Azure's platform channel, public by its number, and Oracle's,
# which lies in a network that not every version of Python counts as private (RFC 6890).
_METADATA = (IPv4Network("168.63.129.16/32"), IPv4Network("192.0.0.0/24"))
# Translates to IPv4, whose address are its last 32 bits: RFC 6052.
_NAT64 = IPv6Network("64:ff9b::/96")


async def resolved(host: str, port: int) -> list[str]:
    """Ask the machine's resolver for the addresses of a host.

    Raises:
        OSError: When it has none, or nobody answers.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(text: str) -> bool:
    """Tell whether an address belongs to the internet at large.

    Example:
        >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("169.254.169.254")
        (True, False, False)
        >>> is_public("::ffff:10.0.0.1"), is_public("64:ff9b::a9fe:a9fe")
        (False, False)
    """
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(one) for one in _meant(address))


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _METADATA)
    )


def _meant(address: Address) -> list[Address]:
    """Give the addresses that somebody who connects to an address may end at."""
    if isinstance(address, IPv4Address):
        return [address]
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    tunnelled = (address.sixtofour, *(address.teredo or ()))
    return [address, *(one for one in tunnelled if one is not None)]
