"""The Replicate adapter against its wire server: the real SDK, exact requests, every fault by name."""

import asyncio
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import web
from PIL import Image
from structlog.testing import capture_logs

from shared.contracts.base import FREE, ErrorCode, utc_now
from shared.contracts.order import PictureField
from shared.errors import PermanentError, ServiceError, SubmissionUnknown, Throttled, TransientError
from shared.executions import Handle, Intent
from shared.generation import Done, Pending
from shared.media.local import LocalMedia
from shared.vendors.replicate.provider import ReplicateProvider
from tests.natsserver import free_port
from tests.unit.shared.wire import VEO, a_clip, a_portrait, adapter, store, with_picture
from tests.wire.replicate import TOKEN, ReplicateServer
from tests.wire.takes import Take

pytestmark = pytest.mark.asyncio
LIST = PictureField(name="reference_images", shape="list", tag="[Image1]")


@pytest.fixture
def media(tmp_path: Path) -> LocalMedia:
    return LocalMedia(tmp_path / "media")


@pytest.fixture
async def server() -> AsyncIterator[ReplicateServer]:
    async with ReplicateServer().running() as running:
        yield running


@pytest.fixture
async def replicate(server: ReplicateServer, media: LocalMedia) -> AsyncIterator[ReplicateProvider]:
    async with adapter(server, media) as provider:
        yield provider


async def finished(provider: ReplicateProvider, handle: Handle) -> Done:
    """Poll to the end."""
    async with asyncio.timeout(10):
        while isinstance(state := await provider.poll(handle), Pending):
            await asyncio.sleep(0.02)  # the course of time on the server gives no event to await
    return state


async def fault_of(provider: ReplicateProvider, prompt: str) -> ServiceError:
    """How an order with this cue ends."""
    with pytest.raises(ServiceError) as caught:
        await finished(provider, await provider.submit(a_clip(prompt)))
    return caught.value


async def test_exactly_the_fields_of_the_order_are_sent(replicate: ReplicateProvider, server: ReplicateServer) -> None:
    handle = await replicate.submit(a_clip("a keeper climbs"))
    bought = server.bought[handle.id]
    assert bought.model == VEO
    assert bought.input == {"prompt": "a keeper climbs", "duration": 8, "aspect_ratio": "16:9", "seed": 7}
    assert server.calls["POST /v1/models/{owner}/{name}/predictions"] == 1


async def test_the_vendor_s_name_of_a_model_is_called(replicate: ReplicateProvider, server: ReplicateServer) -> None:
    handle = await replicate.submit(a_clip(target="google/veo-3.1-fast", model="veo-fast"))
    assert server.bought[handle.id].model == "google/veo-3.1-fast"


@pytest.mark.parametrize("output", ["single", "list", "object"])
async def test_every_shape_of_output_is_found(
    replicate: ReplicateProvider, server: ReplicateServer, output: str
) -> None:
    server.take = Take(seconds=0, output=output)  # type: ignore[arg-type]
    done = await finished(replicate, await replicate.submit(a_clip()))
    assert done.outputs[0].location.startswith(f"{server.url}/output/")
    assert done.cost_usd is None


REFUSALS = [
    ("throttled", Throttled, ErrorCode.RATE_LIMITED, "429"),
    ("gone", PermanentError, ErrorCode.MODEL_UNAVAILABLE, "404"),
    ("disabled", PermanentError, ErrorCode.MODEL_UNAVAILABLE, "422"),
    ("bad-input", PermanentError, ErrorCode.INVALID_REQUEST, "422"),
    ("unpaid", PermanentError, ErrorCode.QUOTA_EXCEEDED, "402"),
    ("bad-gateway", SubmissionUnknown, ErrorCode.SUBMISSION_UNCERTAIN, None),
    ("bad-gateway-after", SubmissionUnknown, ErrorCode.SUBMISSION_UNCERTAIN, None),
    ("drops-after", SubmissionUnknown, ErrorCode.SUBMISSION_UNCERTAIN, None),
    ("hangs-after", SubmissionUnknown, ErrorCode.SUBMISSION_UNCERTAIN, None),
]


@pytest.mark.parametrize(("cue", "kind", "code", "provider_code"), REFUSALS)
async def test_a_refused_order_is_sent_once_and_named(
    replicate: ReplicateProvider,
    server: ReplicateServer,
    *,
    cue: str,
    kind: type[ServiceError],
    code: ErrorCode,
    provider_code: str | None,
) -> None:
    error = await fault_of(replicate, f"[wire:{cue}]")
    assert type(error) is kind
    assert (error.fault.code, error.fault.provider_code, error.fault.charged) == (code, provider_code, False)
    assert error.fault.model == VEO
    assert server.calls["POST /v1/models/{owner}/{name}/predictions"] == 1


FAILURES = [
    ("moderated", ErrorCode.CONTENT_POLICY_VIOLATION, "E005", "prompt", False),
    ("moderated-late", ErrorCode.CONTENT_POLICY_VIOLATION, "E005", "output", False),
    ("broken", ErrorCode.BACKEND_UNAVAILABLE, "E1001", None, False),
    ("aborted", ErrorCode.PROVIDER_TIMEOUT, "aborted", None, False),
    ("canceled", ErrorCode.PROVIDER_ERROR, "canceled", None, True),
    ("no-output", ErrorCode.PROVIDER_BAD_OUTPUT, None, "output", True),
]


@pytest.mark.parametrize(("cue", "code", "provider_code", "stage", "charged"), FAILURES)
async def test_a_prediction_that_fails_says_why_and_whether_it_cost(
    replicate: ReplicateProvider,
    *,
    cue: str,
    code: ErrorCode,
    provider_code: str | None,
    stage: str | None,
    charged: bool,
) -> None:
    error = await fault_of(replicate, f"[wire:{cue}]")
    assert isinstance(error, PermanentError)
    fault = error.fault
    assert (fault.code, fault.provider_code, fault.stage, fault.charged) == (code, provider_code, stage, charged)


@pytest.mark.parametrize(("cue", "wait_s"), [("throttled", 5.0), ("throttled-by-header", 7.0)])
async def test_the_delay_is_read_from_body_and_header(replicate: ReplicateProvider, cue: str, wait_s: float) -> None:
    error = await fault_of(replicate, f"[wire:{cue}]")
    assert isinstance(error, Throttled)
    assert error.retry_after_s == wait_s


async def test_an_account_with_little_credit_is_told_when_to_come_again(
    replicate: ReplicateProvider, server: ReplicateServer
) -> None:
    server.per_minute = 6
    await replicate.submit(a_clip("first"))
    with pytest.raises(Throttled) as refused:
        await replicate.submit(a_clip("second"))
    assert 9 <= refused.value.retry_after_s <= 11
    assert server.orders == {"first": 1}


async def test_a_token_that_is_not_accepted_names_the_variable_and_not_the_token(
    server: ReplicateServer, media: LocalMedia
) -> None:
    async with adapter(server, media, token="r8_not_this_one_00000000") as provider:
        error = await fault_of(provider, "a keeper")
    assert error.fault.code is ErrorCode.MISSING_API_KEY
    assert "REPLICATE_API_TOKEN" in error.fault.message
    assert "r8_not" not in error.fault.message


async def test_a_provider_that_is_not_there_was_not_paid(server: ReplicateServer, media: LocalMedia) -> None:
    async with adapter(server, media, url=f"http://127.0.0.1:{free_port()}") as provider:
        with pytest.raises(TransientError):
            await provider.submit(a_clip())


async def test_a_poll_is_not_repeated_beneath_us(replicate: ReplicateProvider, server: ReplicateServer) -> None:
    handle = await replicate.submit(a_clip())

    async def busy() -> None:
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "3600"})

    server.moments["polled"] = busy
    with pytest.raises(TransientError):
        await replicate.poll(handle)
    assert server.calls["GET /v1/predictions/{id}"] == 1


async def test_a_prediction_nobody_knows_any_more_is_lost_and_charged(replicate: ReplicateProvider) -> None:
    handle = await replicate.submit(a_clip())
    with pytest.raises(PermanentError) as lost:
        await replicate.poll(handle.model_copy(update={"id": "unknown"}))
    assert lost.value.fault.charged


async def test_progress_comes_from_the_last_bar_in_the_logs(replicate: ReplicateProvider) -> None:
    state = await replicate.poll(await replicate.submit(a_clip("[wire:bar]")))
    assert isinstance(state, Pending)
    assert state.fraction == 0.4


async def test_without_a_bar_nothing_is_made_up(replicate: ReplicateProvider, server: ReplicateServer) -> None:
    server.take = Take(seconds=20, logs="Generating...")
    state = await replicate.poll(await replicate.submit(a_clip()))
    assert isinstance(state, Pending)
    assert state.fraction is None


async def test_a_long_prediction_is_asked_for_less_often(replicate: ReplicateProvider, server: ReplicateServer) -> None:
    server.take = Take(seconds=600)
    handle = await replicate.submit(a_clip())
    pauses = []
    for age_s in (0, 30, 300):
        state = await replicate.poll(handle.model_copy(update={"at": utc_now() - timedelta(seconds=age_s)}))
        assert isinstance(state, Pending)
        assert state.again_s is not None
        pauses.append(round(state.again_s, 1))
    assert pauses == [1.0, 3.0, 5.0]


@pytest.mark.parametrize(
    ("take", "cost"),
    [
        (Take(seconds=20), Decimal("1.20")),
        (Take(seconds=20, queued_s=20), FREE),
        (Take(seconds=0), Decimal("1.60")),
        (Take(seconds=0, ends="failed", error="E1001"), FREE),
    ],
    ids=["begun", "not begun", "already done", "already failed"],
)
async def test_a_cancel_reaches_the_provider_and_says_what_it_costs(
    replicate: ReplicateProvider, server: ReplicateServer, take: Take, cost: Decimal
) -> None:
    server.take = take
    handle = await replicate.submit(a_clip())
    assert await replicate.cancel(handle) == cost
    assert server.calls["POST /v1/predictions/{id}/cancel"] == 1


def an_intent() -> Intent:
    return Intent(at=utc_now(), fence=1, ends_by=utc_now() + timedelta(seconds=5))


async def test_a_lost_order_is_found_by_its_input(replicate: ReplicateProvider, server: ReplicateServer) -> None:
    intent, order = an_intent(), a_clip("the lost one")
    await replicate.submit(a_clip("another"))
    await replicate.submit(a_clip("the lost one", seed=8))
    handle = await replicate.submit(order)
    (found,) = await replicate.find(intent, order)
    assert (found.id, found.detail) == (handle.id, handle.detail)
    assert found.at == server.bought[handle.id].created_at


async def test_all_that_look_the_same_are_found(replicate: ReplicateProvider) -> None:
    intent = an_intent()
    twins = {(await replicate.submit(a_clip("twins"))).id for _ in range(2)}
    assert {found.id for found in await replicate.find(intent, a_clip("twins"))} == twins


async def test_what_was_ordered_on_the_web_or_earlier_is_not_ours(
    replicate: ReplicateProvider, server: ReplicateServer
) -> None:
    for changes in ({"source": "web"}, {"created_at": utc_now() - timedelta(minutes=5)}, {"model": "google/imagen-4"}):
        bought = server.bought[(await replicate.submit(a_clip("mine"))).id]
        for name, value in changes.items():
            setattr(bought, name, value)
    assert await replicate.find(an_intent(), a_clip("mine")) == []


async def test_the_lost_order_is_found_on_the_second_page(
    replicate: ReplicateProvider, server: ReplicateServer
) -> None:
    intent, order = an_intent(), a_clip("the lost one")
    handle = await replicate.submit(order)
    for number in range(100):
        server._accept(VEO, {"prompt": f"later {number}"}, Take())
    (found,) = await replicate.find(intent, order)
    assert found.id == handle.id
    assert server.calls["GET /v1/predictions"] == 2


async def test_a_small_reference_travels_as_a_data_uri(
    replicate: ReplicateProvider, server: ReplicateServer, media: LocalMedia
) -> None:
    order = with_picture(a_clip(), await store(media, a_picture()), LIST)
    handle = await replicate.submit(order)
    sent = server.bought[handle.id].input
    assert sent["prompt"] == "[Image1] a keeper climbs"
    assert [uri[:22] for uri in sent["reference_images"]] == ["data:image/png;base64,"]
    assert (await finished(replicate, handle)).report == {"reference_sent": True}
    assert not server.files


async def test_a_large_reference_is_fitted_below_a_megabyte(
    replicate: ReplicateProvider, server: ReplicateServer, media: LocalMedia
) -> None:
    picture = a_picture((3000, 2000), mode="RGBA")
    order = with_picture(a_clip(), await store(media, picture), PictureField(name="image"))
    uri = server.bought[(await replicate.submit(order)).id].input["image"]
    assert uri.startswith("data:image/")
    assert len(uri) < 1_000_000


async def test_a_reference_that_would_be_spoiled_is_lent_as_a_file(
    replicate: ReplicateProvider, server: ReplicateServer, media: LocalMedia
) -> None:
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(7).randbytes(1600 * 1600 * 3))
    order = with_picture(a_clip(), await store(media, encoded(noise)), PictureField(name="image"))
    url = server.bought[(await replicate.submit(order)).id].input["image"]
    with Image.open(io.BytesIO(server.files[url])) as lent:
        assert lent.size == (1600, 1600)


@pytest.mark.parametrize("shows_uris", ["left out", "emptied", "replaced", "kept"])
async def test_an_order_with_a_picture_is_found_however_its_data_uri_is_shown(
    replicate: ReplicateProvider, server: ReplicateServer, media: LocalMedia, shows_uris: Any
) -> None:
    server.shows_uris = shows_uris
    intent, order = an_intent(), with_picture(a_clip(), await store(media, a_picture()), LIST)
    await replicate.submit(with_picture(a_clip("another"), await store(media, a_picture()), LIST))
    handle = await replicate.submit(order)
    (found,) = await replicate.find(intent, order)
    assert (found.id, found.detail) == (handle.id, handle.detail)


async def test_an_order_whose_picture_was_lent_as_a_file_is_found(
    replicate: ReplicateProvider, media: LocalMedia
) -> None:
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(7).randbytes(1600 * 1600 * 3))
    intent = an_intent()
    order = with_picture(a_clip(), await store(media, encoded(noise)), PictureField(name="image"))
    handle = await replicate.submit(order)
    (found,) = await replicate.find(intent, order)
    assert found.id == handle.id


async def test_two_with_other_pictures_can_t_be_told_apart(replicate: ReplicateProvider, media: LocalMedia) -> None:
    intent = an_intent()
    for size in ((64, 64), (32, 32)):
        reference = await store(media, a_picture(size), name=f"uploads/{size[0]}.png")
        order = with_picture(a_clip("twins"), reference, LIST)
        await replicate.submit(order)
    assert len(await replicate.find(intent, order)) == 2


async def test_the_receipt_says_that_a_model_takes_no_picture(replicate: ReplicateProvider, media: LocalMedia) -> None:
    order = with_picture(a_clip(), await store(media, a_picture()), None)
    done = await finished(replicate, await replicate.submit(order))
    assert done.report["reference_sent"] is False
    assert VEO in done.report["reference_reason"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GIF89a and more", ErrorCode.UNSUPPORTED_MEDIA),
        (None, ErrorCode.NOT_FOUND),
    ],
)
async def test_a_reference_that_is_no_picture_is_refused_before_anything_is_bought(
    replicate: ReplicateProvider, server: ReplicateServer, media: LocalMedia, content: bytes | None, code: ErrorCode
) -> None:
    reference = await store(media, content or a_picture())
    if content is None:
        await media.delete(reference.key)
    with pytest.raises(PermanentError) as refused:
        await replicate.submit(with_picture(a_clip(), reference, LIST))
    assert (refused.value.fault.code, refused.value.fault.stage) == (code, "image")
    assert not server.bought


async def test_the_log_shows_calls_and_timings_and_neither_token_nor_picture(
    replicate: ReplicateProvider, media: LocalMedia
) -> None:
    order = with_picture(a_clip(), await store(media, a_picture()), LIST)
    with capture_logs() as lines:
        await replicate.poll(await replicate.submit(order))
    shown = repr(lines)
    assert [line["event"] for line in lines] == ["replicate_call", "replicate_answer", "replicate_answer"]
    assert "a keeper climbs" in shown
    assert all("ms" in line for line in lines[1:])
    assert "base64" not in shown
    assert TOKEN not in shown


async def test_the_token_goes_to_no_download(replicate: ReplicateProvider, server: ReplicateServer) -> None:
    done = await finished(replicate, await replicate.submit(a_clip()))
    received = [len(chunk) async for chunk in replicate.fetch(done.outputs[0])]
    assert sum(received) > 1000
    assert server.leaked == []


@pytest.mark.parametrize("cue", ["expired", "elsewhere"])
async def test_an_output_that_is_gone_or_elsewhere_is_not_followed(replicate: ReplicateProvider, cue: str) -> None:
    done = await finished(replicate, await replicate.submit(a_clip(f"[wire:{cue}]")))
    with pytest.raises(PermanentError) as refused:
        [chunk async for chunk in replicate.fetch(done.outputs[0])]
    assert refused.value.fault.code is ErrorCode.PROVIDER_BAD_OUTPUT


async def test_a_truncated_download_is_worth_another_try(replicate: ReplicateProvider) -> None:
    done = await finished(replicate, await replicate.submit(a_clip("[wire:truncated]")))
    with pytest.raises(TransientError):
        [chunk async for chunk in replicate.fetch(done.outputs[0])]


async def test_an_order_that_hangs_is_given_up_in_time(replicate: ReplicateProvider) -> None:
    began = monotonic()
    assert isinstance(await fault_of(replicate, "[wire:hangs]"), SubmissionUnknown)
    assert monotonic() - began < replicate.call_timeout_s


async def test_a_portrait_is_ordered_like_a_clip(server: ReplicateServer, media: LocalMedia) -> None:
    async with adapter(server, media, makes="image/*") as provider:
        done = await finished(provider, await provider.submit(a_portrait()))
    assert done.outputs[0].media_type == "image/*"


def a_picture(size: tuple[int, int] = (640, 360), *, mode: str = "RGB") -> bytes:
    return encoded(Image.linear_gradient("L").resize(size).convert(mode))


def encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
