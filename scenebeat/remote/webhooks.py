"""`webhooks list|show|replay|secret|default`."""

import argparse

from scenebeat.client import Client
from scenebeat.exits import DONE
from scenebeat.operating import say
from scenebeat.remote.tables import ago
from scenebeat.remote.voice import Voice
from shared.answers import Delivery, DeliveryWithBody

Options = argparse.Namespace
HEAD = ("ID", "STATUS", "EVENT", "TRIES", "AGE", "ANSWER", "RECEIVER")


async def webhooks(client: Client, options: Options, voice: Voice) -> int:
    match options.call:
        case "list":
            await _list(client, options, voice)
        case "show":
            one = await client.webhook(options.id)
            voice.result(one, _told(one))
        case "replay":
            await _replay(client, options, voice)
        case "secret":
            secret = await client.webhook_secret(rotate=options.rotate)
            voice.result(secret, secret.secret)
            if secret.previous_valid_until is not None:
                say(f"the one before it signs along until {secret.previous_valid_until:%Y-%m-%d %H:%M} UTC")
        case "default":
            await _default(client, options, voice)
    return DONE


async def _list(client: Client, options: Options, voice: Voice) -> None:
    wanted = {
        "status": options.status, "job_id": options.job, "production_id": options.film, "limit": options.limit,
        "cursor": options.cursor,
    }  # fmt: skip
    page = await client.webhooks(**wanted)
    voice.list_(page, HEAD, [_row(one) for one in page.items], empty="no webhook was sent")
    if page.next_cursor is not None and not voice.as_json:
        say(f"more: --cursor {page.next_cursor}")


async def _replay(client: Client, options: Options, voice: Voice) -> None:
    if options.id is not None:
        one = await client.replay_webhook(options.id)
        voice.result(one, f"{one.delivery_id}\t{one.status}")
        return
    count = await client.replay_webhooks(since=options.since, status="delivered" if options.delivered else "failed")
    voice.result({"replayed": count}, f"{count} are sent again")


async def _default(client: Client, options: Options, voice: Voice) -> None:
    if options.nowhere or options.address is not None:
        await client.set_default_webhook(options.address)
    url = await client.default_webhook()
    voice.result({"url": url}, url or "nowhere")


def _row(one: Delivery) -> tuple[str, ...]:
    answer = str(one.last_status or one.last_error or "-")
    return one.delivery_id, one.status, one.type, str(one.attempts), ago(one.created_at), answer, one.url


def _told(one: DeliveryWithBody) -> str:
    lines = [f"{one.delivery_id}  {one.type}  {one.status}  {one.attempts} tries", one.url]
    lines += [f"last: {one.last_error or one.last_status}"] if one.last_error or one.last_status else []
    lines += [f"next: {one.next_attempt_at:%Y-%m-%d %H:%M:%S} UTC"] if one.next_attempt_at else []
    return "\n".join([*lines, one.body.model_dump_json(indent=2, exclude_unset=True) if one.body else "null"])
