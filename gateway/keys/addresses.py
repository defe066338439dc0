"""Where a request comes from, for counting what failed."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

FORWARDED = "X-Forwarded-For"
HOME_BITS = 64
"""One household has so many bits of IPv6 for itself."""

Network = IPv4Network | IPv6Network


def address_of(request: web.Request, trusted: Sequence[Network] = ()) -> str:
    """The peer; behind a proxy that is trusted, whom that one names. A header of anybody else says nothing."""
    address = _read(request.remote or "")
    for hop in reversed(",".join(request.headers.getall(FORWARDED, ())).split(",")):
        if address is None or not any(address in network for network in trusted):
            break
        named = _read(hop.strip())
        if named is None:
            break
        address = named
    return "?" if address is None else _household(address)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _household(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, HOME_BITS), strict=False))
