"""The envelope around every message on the bus: CloudEvents 1.0, structured JSON."""

import json
from typing import Any

from pydantic import BaseModel

from shared.contracts.base import utc_now


def seal(body: BaseModel, *, message_id: str, source: str, kind: str) -> bytes:
    """`body` as a CloudEvents JSON document of type `scenebeat.<kind>.<class name>`."""
    head = {
        "specversion": "1.0",
        "id": message_id,
        "source": source,
        "type": f"scenebeat.{kind}.{type(body).__name__}",
        "time": utc_now().isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
    }
    return b'%s,"data":%s}' % (json.dumps(head)[:-1].encode(), body.model_dump_json().encode())


def open_envelope(raw: bytes) -> Any:
    """The `data` of an envelope. Raises ValueError when it is none."""
    document = json.loads(raw)
    if not isinstance(document, dict) or document.get("specversion") != "1.0" or "data" not in document:
        raise ValueError("not a CloudEvents 1.0 document with data")
    return document["data"]
