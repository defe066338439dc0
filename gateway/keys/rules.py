"""The section `keys` of gateway.yaml."""

from ipaddress import IPv4Network, IPv6Network

from pydantic import Field

from shared.config import Section


class KeyRules(Section):
    """When keys are asked for, and what one may do unless it was told otherwise when it was made."""

    required: bool | None = None
    """None: on every address but loopback, and there too from the first key on. False is for loopback only."""
    requests_per_minute: int = Field(1200, ge=1)
    """Of one key, counted by each gateway for itself; so many may come at once."""
    jobs_in_flight: int = Field(5000, ge=1)
    """Jobs of one key that have not ended, parts of films included."""
    failures_per_minute: int = Field(20, ge=1)
    """Wrong keys from one address, counted by each gateway for itself; so many may come at once."""
    media_url_s: int = Field(1800, ge=60, le=7 * 24 * 3600)
    """A signed URL holds so long at least, and at most twice: it stays the same meanwhile, for caches."""
    ticket_s: int = Field(30, ge=5, le=600)
    """How long a ticket waits for its socket."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks whose X-Forwarded-For says who really asks. It is read for counting failures only."""
