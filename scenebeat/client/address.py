"""Which gateway, and with which key: what was said, else the environment, else the stack that runs on this machine."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from scenebeat.client.faults import ScenebeatError

URL = "SCENEBEAT_URL"
KEY = "SCENEBEAT_API_KEY"
DATA = "SCENEBEAT_DATA"


def find_url(told: str | None, environment: Mapping[str, str] | None = None) -> str:
    """The gateway's address. Raises ScenebeatError where there is none, or it is no address."""
    known = os.environ if environment is None else environment
    url = told or known.get(URL) or _running_here(known.get(DATA))
    if url is None:
        raise ScenebeatError(f"which gateway? Start one here with `scenebeat up`, or set {URL}")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ScenebeatError(f"{url!r} is no address of a gateway, such as http://127.0.0.1:8000")
    return url.rstrip("/")


def find_key(told: str | None, environment: Mapping[str, str] | None = None) -> str | None:
    """The API key; None where none is set, which a gateway on loopback takes."""
    return told or (os.environ if environment is None else environment).get(KEY) or None


def segment(told: str) -> str:
    """`told` as one part of a path: an id that came from elsewhere leads to no other call."""
    return quote(told, safe="")


def _running_here(folder: str | None) -> str | None:
    """The one-machine stack of the data folder, where one runs."""
    try:
        from scenebeat.folder import DEFAULT_FOLDER, DataFolder  # noqa: PLC0415 -- needs a POSIX system
    except ImportError:
        return None
    record = DataFolder(Path(folder) if folder else DEFAULT_FOLDER).living()
    return record.url if record else None
