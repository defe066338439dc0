"""AsyncAPI 3 of the bus and of the socket, from the contracts that travel on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.answers.frames import CLIENT_FRAMES, SERVER_FRAMES
from shared.contracts.base import Kind
from shared.contracts.order import Announcement, CancelWish, Ended, Order, Progress, ServiceCard, Started, Throttled

REF = "#/components/schemas/{model}"
BUS_REF = "#/components/schemas/bus.{model}"
SPEC = "3.0.0"
ENVELOPE = "application/cloudevents+json"

PARAMETERS: Mapping[str, dict[str, Any]] = {
    "kind": {"description": "What is ordered.", "enum": list(get_args(Kind))},
    "provider": {"description": "Who makes it: `replicate`, `gemini`, `local`."},
    "order_id": {"description": "The order."},
    "name": {"description": "What happened.", "enum": ["started", "throttled", "ended"]},
    "subject": {"description": "The production, or the job where it belongs to none."},
}


@dataclass(frozen=True)
class Channel:
    """Subjects of the bus with what travels on them. `enveloped`: inside a CloudEvents 1.0 document."""

    name: str
    address: str
    messages: tuple[type[BaseModel], ...]
    about: str
    sent_by: str
    enveloped: bool = False

    @property
    def parameters(self) -> list[str]:
        return [step[1:-1] for step in self.address.split(".") if step.startswith("{")]


CHANNELS = (
    Channel(
        "orders", "orders.{kind}.{provider}.{order_id}", (Order,), enveloped=True, sent_by="gateway",
        about="JetStream `ORDERS`, a work queue: one durable consumer for each kind and provider.",
    ),
    Channel(
        "events", "events.{kind}.{order_id}.{name}", (Started, Throttled, Ended), enveloped=True, sent_by="service",
        about="JetStream `EVENTS`: facts from services to the history; one durable consumer for all gateways.",
    ),
    Channel(
        "progress", "progress.{order_id}", (Progress,), sent_by="service",
        about="Core NATS: the newest wins, sent again every two seconds, never stored.",
    ),
    Channel(
        "announcements", "announce.{subject}", (Announcement,), sent_by="gateway",
        about="Core NATS, after a commit: a hint to look again, never the fact itself.",
    ),
    Channel(
        "control", "$KV.CONTROL.{order_id}", (CancelWish,), sent_by="gateway",
        about="Bucket `CONTROL`: wishes to cancel, read at claim and at every heartbeat.",
    ),
    Channel(
        "services", "$KV.SERVICES.{instance}.{kind}", (ServiceCard,), sent_by="service",
        about="Bucket `SERVICES` with a time to live: who is alive and what it reaches.",
    ),
)  # fmt: skip


def asyncapi(*, version: str) -> dict[str, Any]:
    """The document: channels and operations as the gateway sees them."""
    bus = {model for channel in CHANNELS for model in channel.messages}
    told = _schemas(bus, mode="serialization", ref=BUS_REF)
    return {
        "asyncapi": SPEC,
        "info": {
            "title": "Scenebeat",
            "version": version,
            "description": "The bus between gateway and services, and the WebSocket of clients. Messages are add-only: "
            "new fields have defaults, readers ignore what they do not know.",
            "license": {"name": "Apache 2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "bus": {"host": "localhost:4222", "protocol": "nats", "description": "NATS with JetStream (`NATS_URL`)."},
            "gateway": {"host": "localhost:8000", "protocol": "ws", "description": "The gateway."},
        },
        "channels": {**{channel.name: _channel(channel) for channel in CHANNELS}, "socket": _socket()},
        "operations": {**_bus_operations(), **_socket_operations()},
        "components": {
            "messages": {message["name"]: message for message in _messages()},
            "schemas": {
                **_schemas((*SERVER_FRAMES, *CLIENT_FRAMES), mode="validation", ref=REF),
                **{f"bus.{name}": schema for name, schema in told.items()},
                **_envelopes(),
            },
        },
    }


def _channel(channel: Channel) -> dict[str, Any]:
    parameters = {name: PARAMETERS.get(name, {"description": "The process."}) for name in channel.parameters}
    return {
        "address": channel.address,
        "title": channel.name,
        "description": channel.about,
        "servers": [{"$ref": "#/servers/bus"}],
        "parameters": parameters,
        "messages": _named(channel.messages),
    }


def _socket() -> dict[str, Any]:
    return {
        "address": "/api/mv/ws",
        "title": "socket",
        "description": "Text frames, JSON. `?job_id=`, `?production_id=`, `?project=` follow, `?after=` resumes, "
        "`?media=gateway` keeps addresses of the bucket out of snapshots.",
        "servers": [{"$ref": "#/servers/gateway"}],
        "messages": _named((*SERVER_FRAMES, *CLIENT_FRAMES)),
    }


def _bus_operations() -> dict[str, Any]:
    return {
        f"{'send' if channel.sent_by == 'gateway' else 'receive'}_{channel.name}": {
            "action": "send" if channel.sent_by == "gateway" else "receive",
            "channel": {"$ref": f"#/channels/{channel.name}"},
            "summary": channel.about,
            "messages": _refs(channel.name, channel.messages),
        }
        for channel in CHANNELS
    }


def _socket_operations() -> dict[str, Any]:
    told = (("tell_client", "send", SERVER_FRAMES), ("hear_client", "receive", CLIENT_FRAMES))
    return {
        name: {"action": action, "channel": {"$ref": "#/channels/socket"}, "messages": _refs("socket", frames)}
        for name, action, frames in told
    }


def _named(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    return {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in models}


def _refs(channel: str, models: Iterable[type[BaseModel]]) -> list[dict[str, Any]]:
    return [{"$ref": f"#/channels/{channel}/messages/{model.__name__}"} for model in models]


def _messages() -> Iterable[dict[str, Any]]:
    for channel in CHANNELS:
        for model in channel.messages:
            name = f"{model.__name__}Envelope" if channel.enveloped else model.__name__
            yield _message(model, BUS_REF.format(model=name), ENVELOPE if channel.enveloped else "application/json")
    for model in (*SERVER_FRAMES, *CLIENT_FRAMES):
        yield _message(model, REF.format(model=model.__name__), "application/json")


def _message(model: type[BaseModel], schema: str, content_type: str) -> dict[str, Any]:
    return {
        "name": model.__name__,
        "summary": (model.__doc__ or model.__name__).strip().partition("\n")[0],
        "contentType": content_type,
        "payload": {"$ref": schema},
    }


def _envelopes() -> dict[str, Any]:
    """CloudEvents 1.0 around each model that travels in one, as shared/envelope.py writes it."""
    return {
        f"bus.{model.__name__}Envelope": {
            "type": "object",
            "title": f"{model.__name__}Envelope",
            "required": ["specversion", "id", "source", "type", "time", "datacontenttype", "data"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": {"type": "string", "description": "`<order>:<release>:<name>`, the Nats-Msg-Id as well."},
                "source": {"type": "string", "description": "Who sent it."},
                "type": {"type": "string", "pattern": rf"^scenebeat\.[a-z_]+\.{model.__name__}$"},
                "time": {"type": "string", "format": "date-time"},
                "datacontenttype": {"const": "application/json"},
                "data": {"$ref": BUS_REF.format(model=model.__name__)},
            },
        }
        for channel in CHANNELS
        if channel.enveloped
        for model in channel.messages
    }


def _schemas(
    models: Iterable[type[BaseModel]], *, mode: Literal["validation", "serialization"], ref: str
) -> dict[str, Any]:
    """The bus is described as we write it; frames as they are read."""
    wanted = {model.__qualname__: model for model in models}
    _, defined = models_json_schema([(wanted[name], mode) for name in sorted(wanted)], ref_template=ref)
    found: dict[str, Any] = defined["$defs"]
    return {name: found[name] for name in sorted(found)}
