"""Which addresses a webhook may have: the URL is looked at when it is given, the address at every connection."""

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from gateway.requests.reading import InvalidRequest

LONGEST_URL = 2000
RETRY_S = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 28800.0)
"""Eleven attempts over a day less half an hour."""

Address = IPv4Address | IPv6Address
SocketInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class NotAllowed(OSError):
    """The receiver's address is one that webhooks never reach."""


class WebhookRules(BaseModel):
    """The section `webhooks` of gateway.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow_http: bool = False
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that are not of the internet and may be reached all the same: loopback, the company's own."""
    timeout_s: float = Field(15.0, gt=0, le=120)
    """For one attempt, from the look-up of the name to the status of the answer."""
    retry_s: tuple[float, ...] = Field(RETRY_S, max_length=50)
    """The pauses between attempts, each give or take a fifth; after the last the delivery is given up."""
    at_once: int = Field(20, ge=1, le=500)
    at_once_per_host: int = Field(4, ge=1)

    def refuse(self, url: str, *, at: str = "webhook_url") -> None:
        """Raises InvalidRequest where nothing will ever be sent to `url`; names are looked up only to call them."""
        parts = _split(url, at)
        if parts.scheme == "http" and not self.allow_http:
            raise InvalidRequest.at(at, "must be an https address; config allows http with `webhooks.allow_http`")
        address = _literal(parts.hostname or "")
        if address is not None and not self.reaches(address):
            raise InvalidRequest.at(at, f"{address} is no address of the internet: {_INSTEAD}")

    def reaches(self, address: Address) -> bool:
        """May a webhook connect to `address`? What an address carries inside counts, not how it is written."""
        inner = _inner(address)
        if any(inner in network for network in self.allowed_networks if network.version == inner.version):
            return True
        return inner.is_global and not inner.is_multicast and not inner.is_unspecified

    def socket_to(self, info: SocketInfo) -> socket.socket:
        """A socket for the very address that is about to be connected to. Raises NotAllowed.

        Asked here and not at the look-up, so that a name that answers otherwise the second time gains nothing.
        """
        address = ipaddress.ip_address(str(info[4][0]).partition("%")[0])
        if not self.reaches(address):
            raise NotAllowed(f"{address} is no address of the internet: {_INSTEAD}")
        return socket.socket(family=info[0], type=info[1], proto=info[2])


_INSTEAD = "config allows others with `webhooks.allowed_networks`"


def _split(url: str, at: str) -> SplitResult:
    """The parts of an http or https address. Raises InvalidRequest."""
    if len(url) > LONGEST_URL:
        raise InvalidRequest.at(at, f"must have at most {LONGEST_URL} characters")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidRequest.at(at, "must be written in ASCII without spaces; encode the rest")
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise InvalidRequest.at(at, "must be an address such as https://example.com/hooks/scenebeat")
    if parts.username is not None or parts.password is not None:
        raise InvalidRequest.at(at, "must not hold a user or password: check the signature instead")
    if parts.fragment:
        raise InvalidRequest.at(at, "must not hold a fragment (#...)")
    return parts


def _literal(host: str) -> Address | None:
    """The address that `host` is; None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, Teredo, NAT64; else itself."""
    if isinstance(address, IPv4Address):
        return address
    carried: Sequence[Address | None] = (
        address.ipv4_mapped,
        address.sixtofour,
        address.teredo[1] if address.teredo else None,
        IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None,
    )
    return next((inner for inner in carried if inner is not None), address)


_NAT64 = IPv6Network("64:ff9b::/96")
