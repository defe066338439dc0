"""The page for people, and the bus and the socket as AsyncAPI."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator
from nats.aio.msg import Msg

from gateway.documents.asyncapi import CHANNELS, asyncapi
from shared.answers.frames import CLIENT_FRAMES, SERVER_FRAMES
from shared.bus import Bus
from shared.contracts.base import OrderId
from shared.contracts.order import Announcement, CancelWish, ServiceCard
from shared.media.local import LocalMedia
from tests.contract.theatre import CLIP, FILM, Theatre
from tests.unit.shared.orders import RecordingProvider, clip_order
from tests.unit.shared.test_worker import Told, working


class Page(HTMLParser):
    """What a page holds: its elements, its ids, where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.tags.add(tag)
        self.attributes |= set(given)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src") if name in given]


async def test_the_page_needs_no_script_and_nothing_from_elsewhere(house: Theatre) -> None:
    answer = await house.client.get("/docs")
    text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    page = Page(text)
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert page.tags.isdisjoint({"script", "style", "iframe", "img", "form"})
    assert not any(name == "style" or name.startswith("on") for name in page.attributes)
    assert all(link.startswith(("#", "/")) for link in page.links)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    for link in page.links:
        if link.startswith("/"):
            assert (await house.client.get(link)).status == 200, link


async def test_every_call_every_field_and_every_error_is_on_the_page(house: Theatre) -> None:
    text = await (await house.client.get("/docs")).text()
    document = await (await house.client.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        assert f"<code>{path}</code>" in text
        for method, operation in methods.items():
            assert method == "head" or f'id="{operation["operationId"]}"' in text
    for name, schema in document["components"]["schemas"].items():
        assert f'id="model-{name}"' in text
        assert all(f"<code>{field}</code>" in text for field in schema.get("properties", {}))
    assert all(f"<code>{code}</code>" in text for code in document["components"]["examples"])


def refs_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        mine = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return mine + [ref for one in value.values() for ref in refs_in(one)]
    return [ref for one in value for ref in refs_in(one)] if isinstance(value, list) else []


def found_at(document: Any, ref: str) -> Any:
    for step in ref.removeprefix("#/").split("/"):
        document = document[step]
    return document


async def test_the_bus_and_the_socket_are_described_as_asyncapi_3_has_it(house: Theatre) -> None:
    """Checked by hand against the specification's required fields and reference rules."""
    told = await (await house.client.get("/asyncapi.json")).json()
    assert (told["asyncapi"], {"title", "version"} <= set(told["info"])) == ("3.0.0", True)
    assert all({"host", "protocol"} <= set(server) for server in told["servers"].values())
    assert all(found_at(told, ref) is not None for ref in refs_in(told))
    keys = [*told["channels"], *told["operations"], *told["components"]["messages"], *told["components"]["schemas"]]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", key) for key in keys)
    for channel in told["channels"].values():
        assert set(re.findall(r"\{(\w+)\}", channel["address"])) == set(channel.get("parameters", {}))
        assert all(ref["$ref"].startswith("#/servers/") for ref in channel["servers"])
        assert all(ref["$ref"].startswith("#/components/messages/") for ref in channel["messages"].values())
    for operation in told["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert all(ref["$ref"].startswith(f"{operation['channel']['$ref']}/messages/") for ref in operation["messages"])
    for message in told["components"]["messages"].values():
        assert {"name", "contentType", "payload"} <= set(message)


class Described:
    """The document, read for checking; every object is closed."""

    def __init__(self) -> None:
        self.document = json.loads(json.dumps(asyncapi(version="1")))
        for schema in self.document["components"]["schemas"].values():
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)

    def check(self, message: str, body: Any) -> None:
        payload = self.document["components"]["messages"][message]["payload"]
        whole = {**payload, "components": {"schemas": self.document["components"]["schemas"]}}
        Draft202012Validator(whole, validate_formats=True).validate(body)


FRAME_OF = {"hello": "Hello", "snapshot": "Snapshot", "job.progress": "JobProgress", "production.updated":
            "ProductionEvent", "reset": "Reset", "error": "Trouble", "pong": "Pong"}  # fmt: skip


SAID: dict[str, dict[str, Any]] = {
    "Ping": {"type": "ping"},
    "Subscribe": {"type": "subscribe", "data": {"project": "north"}},
    "Unsubscribe": {"type": "unsubscribe", "data": {"project": "north"}},
}


async def test_every_frame_of_the_socket_is_as_described(house: Theatre) -> None:
    told, heard = Described(), set[str]()
    film_id = await house.ordered("/productions", FILM)
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket(f"production_id={film_id}&job_id={job_id}&after=9007199254740991") as socket:
        for name, said in SAID.items():
            told.check(name, said)
            await socket.socket.send_str(json.dumps(said))
        await socket.socket.send_str("{}")
        order = (await house.start(job_id))[0]
        await house.caught_up()
        house.progress(order, 0.5)
        frames = [await socket.until("pong"), await socket.until("error")]
        frames.append(await socket.until("job.progress"))
        await house.perform(job_id)
        await house.perform_film(film_id)
        while frames[-1]["type"] != "production.updated" or frames[-1]["data"]["status"] != "succeeded":
            frames.append(await socket.next())
    async with house.socket("after=9007199254740991") as socket:
        frames += await socket.take(2)
    async with house.socket(f"production_id={film_id}") as socket:
        frames.append(await socket.until("snapshot"))
    for frame in frames:
        heard.add(FRAME_OF.get(frame["type"], "JobEvent"))
        told.check(FRAME_OF.get(frame["type"], "JobEvent"), frame)
    assert heard == {model.__name__ for model in SERVER_FRAMES}
    assert {model.__name__ for model in CLIENT_FRAMES} - set(SAID) == {"CancelJob"}
    told.check("CancelJob", {"type": "cancel", "data": {"job_id": job_id}})


async def test_every_message_of_the_bus_is_as_described(bus: Bus, tmp_path: Path) -> None:
    """Real messages of a real server: an order performed from its release to its end, and what goes beside it."""
    told, seen = Described(), dict[str, set[str]]()

    async def hear(message: Msg) -> None:
        channel = next(one for one in CHANNELS if one.address.split("{")[0] in f"{message.subject}.")
        body = json.loads(message.data)
        name = body["type"].rpartition(".")[2] if channel.enveloped else channel.messages[0].__name__
        assert name in {model.__name__ for model in channel.messages}
        assert len(message.subject.split(".")) == len(channel.address.split("."))
        told.check(name, body)
        seen.setdefault(channel.name, set()).add(name)

    troubles: list[Exception] = []

    async def held(message: Msg) -> None:
        try:
            await hear(message)
        except Exception as error:  # noqa: BLE001 -- raised below, in the test's own task
            troubles.append(error)

    for channel in CHANNELS:
        await bus.client.subscribe(channel.address.split("{")[0] + ">", cb=held)
    order, events = clip_order(), Told(await bus.events())
    await bus.wish_cancel(OrderId("another"))
    await bus.announce(Announcement(seq=1, job_id=order.job_id))
    await bus.show_card(ServiceCard(instance="video_1", service="video", kind="generate_video"))
    await bus.publish_order(order)
    async with working(bus, RecordingProvider(polls=150), LocalMedia(tmp_path / "media")):
        await events.ended(order)
    await bus.client.flush()
    assert troubles == []
    assert set(seen) == {channel.name for channel in CHANNELS}
    assert {"Started", "Ended"} <= seen["events"]
    assert CancelWish.__name__ in seen["control"]
