"""What the gateway says of itself."""

from typing import Literal

from shared.answers.base import Answer, Moment


class Index(Answer):
    """Every call there is: name -> method and path."""

    name: str
    version: str
    about: str
    endpoints: dict[str, str]


class Health(Answer):
    status: Literal["alive"]


class SocketTicket(Answer):
    """Opens one socket, once: `GET /api/mv/ws?ticket=`."""

    ticket: str
    expires_at: Moment
    expires_in_seconds: int


class Disk(Answer):
    """`free_bytes`: where the media lie on this machine; null where they lie in a bucket."""

    free_bytes: int | None
    enough: bool


class Readiness(Answer):
    """`services`: kind of order -> how many live services perform it."""

    ready: bool
    bus: bool
    database: bool
    storage: bool
    disk: Disk
    services: dict[str, int]
    missing_services: tuple[str, ...]
