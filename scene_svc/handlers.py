"""Idea in, scenes out."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from functools import partial

from scene_svc.providers.base import SceneProvider, Script
from scene_svc.storyboard import storyboard_json, storyboard_markdown
from shared.claim import Claim, OrderCanceled
from shared.contracts.base import FREE, AssetId, ErrorCode, StoredAsset, utc_now
from shared.contracts.scene import CreateScenes, ScenesCreated
from shared.errors import PermanentError, SubmissionUnknown, TransientError
from shared.logs import logger
from shared.media.base import MediaStore, StorageAway
from shared.stopwatch import timed_call
from shared.worker import Performed

MOST_INLINE_BYTES = 128 * 1024
MOST_CALLS = 3
STORE_AGAIN_S = 2.0


async def create_scenes(
    claim: Claim, *, providers: Mapping[str, SceneProvider], media: MediaStore, cheap_usd: Decimal
) -> Performed:
    """Have the scenes written, and keep them as JSON and as Markdown."""
    command = claim.order.command
    assert isinstance(command, CreateScenes)
    claim.tell(None, stage="writing", message=f"{claim.order.model} is writing")
    began = utc_now()
    script = await _write(claim, providers[claim.order.provider], cheap_usd)
    as_json = storyboard_json(command, script.scenes, model=claim.order.model, generated_at=began)
    as_markdown = storyboard_markdown(command, script.scenes, model=claim.order.model, generated_at=began)
    keep = partial(_store, claim=claim, media=media, cost_usd=script.cost_usd)
    inline = len(as_json) <= MOST_INLINE_BYTES
    result = ScenesCreated(
        scene_set_id=command.scene_set_id,
        scenes=script.scenes if inline else (),
        json_file=await keep(command.json_key, as_json, asset_id=command.scene_set_id, media_type="application/json"),
        markdown_file=await keep(
            command.markdown_key, as_markdown, asset_id=command.markdown_id, media_type="text/markdown"
        ),
        prompt_tokens=script.prompt_tokens,
        output_tokens=script.output_tokens,
        processing_time_s=(utc_now() - began).total_seconds(),
    )
    return Performed(result, script.cost_usd)


async def _write(claim: Claim, provider: SceneProvider, cheap_usd: Decimal) -> Script:
    """One call under an intent. A call whose fate is unknown is made again only if it is cheap, and booked twice."""
    while claim.record.intent is None or _may_repeat(claim, cheap_usd):
        if claim.cancel_wished.is_set():
            raise OrderCanceled(FREE if claim.record.intent is None else claim.order.price_usd)
        await claim.intend(call_s=provider.call_timeout_s)
        try:
            with timed_call("write", provider=claim.order.provider, model=claim.order.model):
                async with asyncio.timeout(provider.call_timeout_s):
                    return await claim.unless_canceled(provider.write(claim.order))
        except TimeoutError as error:
            raise _too_long(claim, provider) from error
        except OrderCanceled as canceled:
            raise OrderCanceled(claim.order.price_usd) from canceled  # the call was under way
        except (PermanentError, TransientError):
            await claim.withdraw_intent()
            raise
        except SubmissionUnknown as unknown:
            logger(__name__).warning("call_unknown", reason=str(unknown), calls=claim.record.submissions)
    raise _uncertain(claim)


def _may_repeat(claim: Claim, cheap_usd: Decimal) -> bool:
    price = claim.order.price_usd
    return price == FREE or (price < cheap_usd and claim.record.submissions < MOST_CALLS)


async def _store(
    key: str, content: bytes, *, asset_id: AssetId, media_type: str, claim: Claim, media: MediaStore, cost_usd: Decimal
) -> StoredAsset:
    """However long it takes: they are nowhere else, and were paid for. A cancel wish ends it."""
    while True:
        try:
            stored = await media.put(key, _once(content), media_type=media_type)
            break
        except StorageAway as away:
            claim.tell_store_is_away()
            if await claim.hears_cancel_within(STORE_AGAIN_S):
                raise OrderCanceled(cost_usd) from away
    return StoredAsset(
        asset_id=asset_id, key=key, sha256=stored.sha256, media_type=media_type, size_bytes=stored.size_bytes
    )


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _too_long(claim: Claim, provider: SceneProvider) -> PermanentError:
    return PermanentError.of(
        ErrorCode.PROVIDER_TIMEOUT,
        f"{claim.order.model} did not answer within {provider.call_timeout_s:.0f} s. Retry the job.",
        backend=claim.order.provider,
        model=claim.order.model,
        retryable=True,
        charged=claim.order.price_usd > FREE,
    )


def _uncertain(claim: Claim) -> SubmissionUnknown:
    return SubmissionUnknown.of(
        ErrorCode.SUBMISSION_UNCERTAIN,
        f"The call to {claim.order.model} broke off and may have been charged. It was not sent again: retry the job.",
        backend=claim.order.provider,
        model=claim.order.model,
        retryable=True,
    )
