"""Clips by Gemini's Interactions API: ordered once, watched by id, fetched with the key going nowhere else."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from structlog.testing import capture_logs

from scene_svc.config import SceneConfig
from shared.contracts.base import FREE, ErrorCode, utc_now
from shared.contracts.order import Ended, Order, Throttled
from shared.errors import PermanentError, ServiceError, SubmissionUnknown, TransientError
from shared.errors import Throttled as ThrottledError
from shared.executions import Handle
from shared.generation import Done, Generation, Output, Pending
from shared.pictures import look_into
from shared.runtime import House
from tests.unit.vendors.gemini.stage import clip_order, performed, stored_picture
from tests.wire.gemini import KEY, GeminiServer
from tests.wire.gemini_takes import GeminiTake
from video_svc.handlers import generate_video
from video_svc.providers.base import VideoProvider
from video_svc.providers.gemini import GeminiClips, file_name, open_gemini


@pytest.fixture
async def gemini(house: House, config: SceneConfig) -> AsyncIterator[VideoProvider]:
    async with open_gemini(house, config, silence_s=0.5) as clips:
        assert isinstance(clips, GeminiClips)
        clips.call_timeout_s, clips.first_poll_s = 1.0, 0.1
        yield clips


async def filmed(house: House, gemini: VideoProvider, order: Order) -> Ended | Throttled:
    look = partial(look_into, target="video_svc.look:look", scratch=house.scratch)
    run = Generation(providers={"gemini": gemini}, media=house.media, look=look, retry_s=0.01)
    return await performed(house, order, partial(generate_video, run=run))


async def ended_as(gemini: VideoProvider, handle: Handle) -> Done:
    """Poll until it is no longer pending."""
    async with asyncio.timeout(5):
        while isinstance(state := await gemini.poll(handle), Pending):
            await asyncio.sleep(0.02)
    return state


async def test_one_interaction_is_ordered_with_exactly_what_the_order_holds(
    gemini: VideoProvider, google: GeminiServer
) -> None:
    await gemini.submit(clip_order("She walks."))
    assert google.only().body == {
        "model": "gemini-omni-1.1-flash",
        "background": True,
        "store": True,
        "input": [{"type": "user_input", "content": [{"type": "text", "text": "She walks."}]}],
        "response_format": {
            "type": "video",
            "aspect_ratio": "16:9",
            "duration": "8s",
            "resolution": "720p",
            "delivery": "uri",
        },
        "generation_config": {"video_config": {"task": "text_to_video"}},
    }


async def test_the_reference_goes_beside_the_tagged_words_and_the_receipt_says_so(
    house: House, gemini: VideoProvider, google: GeminiServer
) -> None:
    picture = await stored_picture(house)
    ended = await filmed(house, gemini, clip_order("She walks.", reference=picture))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded"
    image, words = google.only().body["input"][0]["content"]
    content = b"".join([chunk async for chunk in house.media.open(picture.key)])
    assert base64.b64decode(image["data"]) == content
    assert image["mime_type"] == "image/png"
    assert words["text"] == "<IMAGE_REF_0> She walks."
    assert google.only().body["generation_config"]["video_config"] == {"task": "reference_to_video"}
    result = ended.outcome.result
    assert result.kind == "generate_video"
    assert result.reference is not None
    assert (result.reference.sent, result.reference.sha256) == (True, picture.sha256)
    assert result.seed is None  # the model takes none


async def test_a_reference_the_model_takes_nothing_of_is_not_sent_and_the_receipt_says_why(
    house: House, gemini: VideoProvider, google: GeminiServer
) -> None:
    picture = await stored_picture(house)
    ended = await filmed(house, gemini, clip_order(reference=picture).model_copy(update={"picture": None}))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded"
    assert ended.outcome.result.kind == "generate_video"
    receipt = ended.outcome.result.reference
    assert receipt is not None
    assert not receipt.sent
    assert receipt.reason is not None
    assert len(google.only().body["input"][0]["content"]) == 1


async def test_a_download_that_broke_off_is_only_downloaded_again(
    house: House, gemini: VideoProvider, google: GeminiServer
) -> None:
    ended = await filmed(house, gemini, clip_order("She walks. [wire:once-broken]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded"
    assert (google.calls["clip"], google.calls["download"]) == (1, 2)


@pytest.mark.parametrize("course", ["", "inline", "foreign", "file-slow", "elsewhere"])
async def test_a_clip_arrives_however_it_is_delivered_and_is_bought_once(
    house: House, gemini: VideoProvider, google: GeminiServer, course: str
) -> None:
    ended = await filmed(house, gemini, clip_order(f"She walks. [wire:{course or 'none'}]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "succeeded", ended.outcome
    assert ended.outcome.cost_usd == Decimal("0.80")
    assert ended.outcome.result.kind == "generate_video"
    assert ended.outcome.result.video.facts.duration_s
    assert google.calls["clip"] == 1
    assert google.leaked == []


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        ("refused", (ErrorCode.CONTENT_POLICY_VIOLATION, "prompt", "no_video", False)),
        ("moderated", (ErrorCode.CONTENT_POLICY_VIOLATION, "prompt", "SAFETY", False)),
        ("no-video", (ErrorCode.PROVIDER_BAD_OUTPUT, "output", None, False)),
        ("failed", (ErrorCode.PROVIDER_ERROR, None, "internal", False)),
        ("retired-late", (ErrorCode.MODEL_UNAVAILABLE, None, "not_found", False)),
        ("canceled", (ErrorCode.PROVIDER_ERROR, None, "cancelled", False)),
        ("incomplete", (ErrorCode.PROVIDER_BAD_OUTPUT, "output", "incomplete", False)),
        ("budget", (ErrorCode.QUOTA_EXCEEDED, None, "budget_exceeded", False)),
        ("lost", (ErrorCode.PROVIDER_BAD_OUTPUT, None, None, True)),
        ("file-failed", (ErrorCode.PROVIDER_BAD_OUTPUT, "output", None, True)),
        ("expired", (ErrorCode.PROVIDER_BAD_OUTPUT, None, None, True)),
        ("empty", (ErrorCode.PROVIDER_BAD_OUTPUT, "output", None, True)),
        ("html", (ErrorCode.PROVIDER_BAD_OUTPUT, "output", None, True)),
        ("truncated", (ErrorCode.PROVIDER_ERROR, None, None, True)),
    ],
)
async def test_a_clip_that_does_not_come_fails_with_its_reason_and_is_bought_once(
    house: House, gemini: VideoProvider, google: GeminiServer, course: str, expected: tuple[object, ...]
) -> None:
    ended = await filmed(house, gemini, clip_order(f"She walks. [wire:{course}]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "failed"
    fault = ended.outcome.fault
    assert (fault.code, fault.stage, fault.provider_code, fault.charged) == expected
    assert fault.model == "gemini-omni-1.1-flash"
    assert google.calls["clip"] == 1


@pytest.mark.parametrize(
    "course", ["drops-after", "hangs-after", "broken-after", "bad-gateway-after", "too-late-after", "not-json-after"]
)
async def test_an_order_whose_answer_is_lost_ends_uncertain_and_is_never_sent_again(
    house: House, gemini: VideoProvider, google: GeminiServer, course: str
) -> None:
    ended = await filmed(house, gemini, clip_order(f"She walks. [wire:{course}]"))
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "uncertain"
    assert google.calls["clip"] == 1


REFUSALS = [
    ("throttled", ThrottledError, ErrorCode.RATE_LIMITED),
    ("overloaded", TransientError, ErrorCode.BACKEND_UNAVAILABLE),
    ("used-up", PermanentError, ErrorCode.QUOTA_EXCEEDED),
    ("unpaid", PermanentError, ErrorCode.QUOTA_EXCEEDED),
    ("no-billing", PermanentError, ErrorCode.QUOTA_EXCEEDED),
    ("gone", PermanentError, ErrorCode.MODEL_UNAVAILABLE),
    ("bad-input", PermanentError, ErrorCode.INVALID_REQUEST),
    ("unsafe-prompt", PermanentError, ErrorCode.CONTENT_POLICY_VIOLATION),
    ("bad-key", PermanentError, ErrorCode.MISSING_API_KEY),
    ("forbidden", PermanentError, ErrorCode.MISSING_API_KEY),
    ("drops", SubmissionUnknown, ErrorCode.SUBMISSION_UNCERTAIN),
]


@pytest.mark.parametrize(("course", "kind", "code"), REFUSALS)
async def test_a_refused_order_is_told_by_its_kind_and_buys_nothing(
    gemini: VideoProvider, google: GeminiServer, course: str, kind: type[ServiceError], code: ErrorCode
) -> None:
    with pytest.raises(ServiceError) as refused:
        await gemini.submit(clip_order(f"She walks. [wire:{course}]"))
    assert type(refused.value) is kind
    assert refused.value.fault.code is code
    assert refused.value.fault.backend == "gemini"
    assert not refused.value.fault.charged
    assert not google.generations
    assert google.calls["clip"] == 1


@pytest.mark.parametrize(
    ("course", "delay_s"),
    [("throttled", 27), ("throttled-by-header", 7), ("throttled-in-words", 11.5), ("throttled-bare", 10)],
)
async def test_the_delay_is_read_wherever_google_says_it(gemini: VideoProvider, course: str, delay_s: float) -> None:
    with pytest.raises(ThrottledError) as throttled:
        await gemini.submit(clip_order(f"She walks. [wire:{course}]"))
    assert throttled.value.retry_after_s == delay_s


async def test_a_server_that_is_not_there_was_sent_nothing(house: House, config: SceneConfig) -> None:
    nowhere = config.model_copy(update={"google_gemini_base_url": "http://127.0.0.1:9"})
    async with open_gemini(house, nowhere) as gemini:
        with pytest.raises(TransientError) as unreached:
            await gemini.submit(clip_order())
    assert unreached.value.fault.code is ErrorCode.BACKEND_UNAVAILABLE


async def test_a_wish_to_cancel_stops_a_running_clip_at_gemini(
    house: House, gemini: VideoProvider, google: GeminiServer
) -> None:
    google.take = GeminiTake(seconds=60)
    order = clip_order()

    async def wish() -> None:
        await house.bus.wish_cancel(order.order_id)

    google.moments["polled"] = wish
    ended = await filmed(house, gemini, order)
    assert isinstance(ended, Ended)
    assert ended.outcome.status == "canceled"
    assert ended.outcome.cost_usd == FREE
    assert google.only().canceled


async def test_a_cancel_reaches_gemini(gemini: VideoProvider, google: GeminiServer) -> None:
    google.take = GeminiTake(seconds=60)
    handle = await gemini.submit(clip_order(cancel_usd=Decimal("0.10")))
    assert await gemini.cancel(handle) == Decimal("0.10")
    assert google.only().canceled


async def test_a_cancel_that_comes_too_late_costs_the_clip(gemini: VideoProvider, google: GeminiServer) -> None:
    handle = await gemini.submit(clip_order())
    await ended_as(gemini, handle)
    assert await gemini.cancel(handle) == Decimal("0.80")
    assert not google.only().canceled


async def test_a_cancel_of_what_gemini_no_longer_knows_is_done(gemini: VideoProvider) -> None:
    handle = await gemini.submit(clip_order("She walks. [wire:lost]"))
    assert await gemini.cancel(handle) == FREE


async def test_a_handle_outlives_the_process_that_bought_it(
    house: House, gemini: VideoProvider, config: SceneConfig, google: GeminiServer
) -> None:
    handle = await gemini.submit(clip_order("She walks. [wire:inline]"))
    async with open_gemini(house, config) as another:
        done = await ended_as(another, Handle.model_validate_json(handle.model_dump_json()))
        content = b"".join([chunk async for chunk in another.fetch(done.outputs[0])])
        await another.forget(handle)
    assert content == google._clip
    assert list((house.scratch / "gemini").iterdir()) == []
    assert google.calls["clip"] == 1


async def test_an_old_order_is_asked_for_less_often(gemini: VideoProvider, google: GeminiServer) -> None:
    google.take = GeminiTake(seconds=60)
    handle = await gemini.submit(clip_order())
    old = handle.model_copy(update={"at": utc_now() - timedelta(seconds=300)})
    young_state, old_state = await gemini.poll(handle), await gemini.poll(old)
    assert isinstance(young_state, Pending)
    assert isinstance(old_state, Pending)
    assert (young_state.again_s, old_state.again_s) == (0.1, 8.0)
    assert young_state.fraction is None


async def test_the_key_goes_to_the_api_and_to_no_log_fault_or_handle(
    house: House, gemini: VideoProvider, google: GeminiServer
) -> None:
    picture = await stored_picture(house)
    with capture_logs() as lines:
        handle = await gemini.submit(clip_order(reference=picture))
        await ended_as(gemini, handle)
        with pytest.raises(PermanentError) as refused:
            await gemini.submit(clip_order("She walks. [wire:bad-key]"))
    image = google.only().body["input"][0]["content"][0]["data"]
    for told in (str(lines), handle.model_dump_json(), refused.value.fault.model_dump_json(), repr(gemini)):
        assert KEY not in told
        assert image not in told


@pytest.mark.parametrize(
    ("location", "name"),
    [
        ("https://generativelanguage.googleapis.com/v1beta/files/vid123:download?alt=media", "files/vid123"),
        ("files/vid123", "files/vid123"),
        ("https://storage.example/clip.mp4?files/vid", None),
        ("https://example.com/profiles/vid123", None),
    ],
)
def test_only_a_file_of_geminis_is_asked_for_with_the_key(location: str, name: str | None) -> None:
    assert file_name(location) == name


async def test_a_stranger_that_is_not_https_is_never_asked(house: House, config: SceneConfig) -> None:
    real = config.model_copy(update={"google_gemini_base_url": "https://generativelanguage.googleapis.com"})
    async with open_gemini(house, real) as gemini:
        with pytest.raises(PermanentError) as refused:
            await anext(gemini.fetch(Output("http://127.0.0.1:1/clip.mp4", "video/mp4")))
    assert refused.value.fault.code is ErrorCode.PROVIDER_BAD_OUTPUT
