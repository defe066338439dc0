"""Webhooks: what was sent and what came of it, replay, the secret that signs, the default receiver."""

from dataclasses import replace

from aiohttp import hdrs, web

from gateway.documents.operations import call
from gateway.history import outbox
from gateway.history.addressees import Delivery
from gateway.history.outbox import Sent
from gateway.history.store import Transaction
from gateway.house import HOUSE
from gateway.idempotency import Repeatable
from gateway.problems import refused
from gateway.render.webhooks import delivery_body, secret_body
from gateway.requests.queries import DeliveriesQuery
from gateway.requests.reading import InvalidRequest, read_model
from gateway.requests.webhooks import DefaultWebhookRequest, ReplayRequest, SecretRequest
from gateway.routes.parameters import (
    idempotency_key,
    own_cursor,
    path_uuid,
    read_body,
    refuse_fields,
    sent_filter,
    space_of,
)
from gateway.sockets import event_body
from gateway.webhooks.postman import known_hook, rotated
from shared import answers
from shared.contracts.base import ErrorCode

OLD_SECRET_SIGNS_S = 24 * 3600.0
NOT_KEPT = {hdrs.CACHE_CONTROL: "no-store"}

routes = web.RouteTableDef()


@routes.get("/api/mv/webhooks")
@call("List deliveries of webhooks", query=DeliveriesQuery, answers=answers.DeliveryPage)
async def list_deliveries(request: web.Request) -> web.Response:
    house, wanted = request.app[HOUSE], sent_filter(request)
    with own_cursor():
        async with house.history.read() as tx:
            page = await outbox.list_deliveries(tx, wanted)
    items = [delivery_body(one, base=house.urls.base) for one in page.items]
    return web.json_response({"items": items, "next_cursor": page.next_cursor})


@routes.get("/api/mv/webhooks/default")
@call("Where everything is sent", answers=answers.DefaultWebhook)
async def get_default(request: web.Request) -> web.Response:
    async with request.app[HOUSE].history.read() as tx:
        hook = await outbox.hook_of(tx, space_of(request))
    return web.json_response({"url": hook.url if hook else None})


@routes.put("/api/mv/webhooks/default")
@call(
    "Say where everything is sent",
    body=DefaultWebhookRequest,
    answers=answers.DefaultWebhook,
    about="From the next event on; null: nowhere.",
)
async def put_default(request: web.Request) -> web.Response:
    """From the next event on. What is on its way already goes where it was to go."""
    house, asked = request.app[HOUSE], read_model(DefaultWebhookRequest, await read_body(request))
    if asked.url is not None:
        house.webhooks.refuse(asked.url, at="url")
    async with house.history.write() as tx:
        await outbox.update_hook(tx, replace(await known_hook(tx, space_of(request)), url=asked.url))
    return web.json_response({"url": asked.url})


@routes.post("/api/mv/webhooks/secret")
@call("The secret that signs", body=SecretRequest, answers=answers.WebhookSecret)
async def tell_secret(request: web.Request) -> web.Response:
    """A POST, so that no page of another site and no rebound name can read it."""
    house, asked = request.app[HOUSE], read_model(SecretRequest, await read_body(request))
    key, space = idempotency_key(request), space_of(request)
    async with house.history.write() as tx:
        hook = await known_hook(tx, space)
        if asked.rotate and not await _is_repeated(tx, key, space):
            hook = rotated(hook, now=tx.now(), old_signs_for_s=OLD_SECRET_SIGNS_S)
            await outbox.update_hook(tx, hook)
        return web.json_response(secret_body(hook, now=tx.now()), headers=NOT_KEPT)


@routes.post("/api/mv/webhooks/replay")
@call("Send again what was given up", body=ReplayRequest, answers={202: answers.Replayed})
async def replay_many(request: web.Request) -> web.Response:
    """Make deliveries again that have ended: those that were given up, unless others are named."""
    house, asked = request.app[HOUSE], read_model(ReplayRequest, await read_body(request))
    if asked.status == "pending":
        raise InvalidRequest.at("status", "`pending` deliveries are on their way: say `failed` or `delivered`")
    wanted = Sent(
        space=space_of(request),
        status=asked.status,
        production_id=asked.production_id,
        job_id=asked.job_id,
        created_after=asked.since.timestamp() if asked.since else None,
    )
    async with house.history.write() as tx:
        replayed = await outbox.replay(tx, wanted)
    return web.json_response({"replayed": replayed}, status=202)


@routes.get("/api/mv/webhooks/{delivery_id}")
@call("One delivery with its body", answers=answers.DeliveryWithBody)
async def get_delivery(request: web.Request) -> web.Response:
    """One delivery with the body that is sent."""
    house = request.app[HOUSE]
    async with house.history.read() as tx:
        one = await _asked_delivery(request, tx)
        event = await outbox.event_of(tx, one)
    body = None if event is None else event_body(event)
    return web.json_response({**delivery_body(one, base=house.urls.base), "body": body})


@routes.post("/api/mv/webhooks/{delivery_id}/replay")
@call("Send one delivery again", answers={202: answers.Delivery}, codes=(ErrorCode.CONFLICT,))
async def replay_one(request: web.Request) -> web.Response:
    house = request.app[HOUSE]
    await refuse_fields(request)
    async with house.history.write() as tx:
        one = await _asked_delivery(request, tx)
        if await outbox.event_of(tx, one) is None:
            raise refused(ErrorCode.CONFLICT, f"what delivery {one.id} told is not kept any more")
        await outbox.replay(tx, Sent(space=one.space), delivery_id=one.id)
        one = await _asked_delivery(request, tx)
    return web.json_response(delivery_body(one, base=house.urls.base), status=202)


async def _is_repeated(tx: Transaction, key: str | None, space: str) -> bool:
    """Was the secret made anew for this key already? A call whose answer was lost must not take back the old one."""
    if key is None:
        return False
    repeatable = Repeatable.of(key, call="rotate the secret of webhooks", body={})
    if await repeatable.answered(tx, space=space):
        return True
    await tx.remember(space, repeatable.key, repeatable.fingerprint)
    return False


async def _asked_delivery(request: web.Request, tx: Transaction) -> Delivery:
    delivery_id = path_uuid(request, "delivery_id")
    found = await outbox.delivery(tx, delivery_id, space=space_of(request))
    if found is None:
        raise refused(ErrorCode.NOT_FOUND, f"there is no webhook delivery {delivery_id}")
    return found
