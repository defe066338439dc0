"""Submit once, checkpoint, poll, fetch: what every model that takes its time has in common."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from shared import tracing
from shared.claim import BUS_RETRY_S, Claim, ForeignHandle, OrderCanceled
from shared.contracts.base import FREE, AssetId, ErrorCode, Fault, MediaFacts, StoredAsset, utc_now
from shared.contracts.order import Order
from shared.errors import BusAway, PermanentError, SubmissionUnknown, TransientError
from shared.executions import Handle, Intent
from shared.logs import logger
from shared.media.base import MediaStore, StorageAway, Stored
from shared.media.sniff import recognized
from shared.stopping import stop
from shared.stopwatch import timed_call

MOST_POLL_FAILURES = 30
MOST_DOWNLOADS = 5
MOST_FINDS = 5
MOST_STOPS = 5
MOST_SUBMISSIONS = 3
CHEAP_USD = Decimal("0.01")


@dataclass(frozen=True)
class Pending:
    """Not there yet. `fraction` 0..1, or None where the provider tells nothing.

    `again_s` is when to ask again, where that depends on how long it has taken so far.
    """

    fraction: float | None = None
    message: str = ""
    again_s: float | None = None


@dataclass(frozen=True)
class Output:
    """One file a model made: where it lies (a path or URL, the provider's business) and what it is.

    `media_type` may be "image/*"; then the bytes decide. Without `facts` it is looked into once it is stored.
    """

    location: str
    media_type: str
    facts: MediaFacts | None = None


@dataclass(frozen=True)
class Done:
    """The model has ended well. `cost_usd` is None where the order's own price holds."""

    outputs: tuple[Output, ...]
    cost_usd: Decimal | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


class Provider(Protocol):
    """Makes one thing per order. Raises the errors of shared.errors; no vendor exception escapes.

    `submit` may cost money and is called at most once per order; everything else may be repeated.
    A refusal that proves that nothing was bought is Throttled, TransientError or PermanentError, or
    StorageAway before anything was sent; any doubt is SubmissionUnknown.
    """

    poll_every_s: float
    call_timeout_s: float

    async def submit(self, order: Order) -> Handle: ...
    async def poll(self, handle: Handle) -> Pending | Done: ...
    def fetch(self, output: Output) -> AsyncGenerator[bytes, None]: ...
    async def cancel(self, handle: Handle) -> Decimal:
        """Stop it; what it costs all the same, in US dollars."""
        ...

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        """The jobs that this intent may have made, those of orders just like it among them."""
        ...

    async def forget(self, handle: Handle) -> None:
        """The order is over: whatever is still kept for it may go."""
        ...


@dataclass(frozen=True)
class Made:
    """What came of it, ready to be stored."""

    done: Done
    handle: Handle
    provider: Provider
    cost_usd: Decimal
    seconds: float

    async def forget(self) -> None:
        """Everything is stored: the provider may let go."""
        await self.provider.forget(self.handle)


Look = Callable[[MediaStore, str], Awaitable[MediaFacts]]
"""Looks into what lies under a key. Raises PermanentError where it is broken."""


@dataclass(frozen=True)
class Generation:
    """Runs one claimed order on its provider, from wherever the last attempt left it.

    `look` is for outputs that came without facts; `retry_s` the first pause before something is tried again.
    """

    providers: Mapping[str, Provider]
    media: MediaStore
    cheap_usd: Decimal = CHEAP_USD
    look: Look | None = None
    retry_s: float = 2.0

    async def __call__(self, claim: Claim) -> Made:
        """Raises PermanentError, Throttled, TransientError, SubmissionUnknown, OrderCanceled."""
        provider = self._provider(claim.order)
        handle = claim.record.handle or await self._obtain(claim, provider)
        done = await self._until_done(claim, provider, handle)
        cost_usd = claim.order.price_usd if done.cost_usd is None else done.cost_usd
        seconds = (utc_now() - handle.at).total_seconds()
        return Made(done, handle, provider, cost_usd, seconds)

    async def store(
        self, claim: Claim, made: Made, *, key: str | Callable[[str], str], asset_id: AssetId, output: int = 0
    ) -> StoredAsset:
        """Fetch output number `output` into the media store under `key`, or under what `key` makes of its media type.

        A broken download is only downloaded again; an output that can't be used was charged all the same.
        """
        source = made.done.outputs[output]
        try:
            name, media_type, stored = await self._download(claim, made, source, key)
            facts = source.facts or await self._facts(claim, made, name)
        except PermanentError as error:
            charged = error.fault.model_copy(update={"charged": made.cost_usd > FREE, "model": claim.order.model})
            raise PermanentError(charged, cost_usd=made.cost_usd) from error
        return StoredAsset(
            asset_id=asset_id,
            key=name,
            sha256=stored.sha256,
            media_type=media_type,
            size_bytes=stored.size_bytes,
            facts=facts,
        )

    async def _download(
        self, claim: Claim, made: Made, source: Output, key: str | Callable[[str], str]
    ) -> tuple[str, str, Stored]:
        failures = 0
        while True:
            try:
                with timed_call("fetch", **_of(claim)):
                    async with aclosing(made.provider.fetch(source)) as chunks:
                        media_type, whole = await recognized(source.media_type, chunks)
                        name = key if isinstance(key, str) else key(media_type)
                        with tracing.span("store", backend=self.media.backend, media_type=media_type):
                            return name, media_type, await self.media.put(name, whole, media_type=media_type)
            except StorageAway as away:
                await self._until_back(claim, made, away)
            except TransientError as error:
                failures += 1
                if failures == MOST_DOWNLOADS:
                    raise PermanentError(error.fault) from error
                if await claim.hears_cancel_within(min(self.retry_s * 2 ** (failures - 1), 15.0)):
                    raise OrderCanceled(made.cost_usd) from error  # it is made and paid

    async def _facts(self, claim: Claim, made: Made, key: str) -> MediaFacts:
        while self.look:
            try:
                return await self.look(self.media, key)
            except StorageAway as away:
                await self._until_back(claim, made, away)
        return MediaFacts()

    async def _until_back(self, claim: Claim, made: Made, away: StorageAway) -> None:
        """Wait before the store is asked again, however often: what was paid for is not lost because it is away."""
        claim.tell_store_is_away()
        if await claim.hears_cancel_within(self.retry_s):
            raise OrderCanceled(made.cost_usd) from away

    def _provider(self, order: Order) -> Provider:
        provider = self.providers.get(order.provider)
        if provider is None:
            message = f"This service has no provider named {order.provider!r}; it has {', '.join(self.providers)}."
            raise PermanentError.of(ErrorCode.BACKEND_UNAVAILABLE, message, backend=order.provider)
        return provider

    async def _obtain(self, claim: Claim, provider: Provider) -> Handle:
        """A handle for an order that has none: found again, or submitted for the first time."""
        if claim.record.intent is not None:
            return await self._recover(claim, provider, claim.record.intent)
        if claim.cancel_wished.is_set():
            raise OrderCanceled
        if (
            uncertain := await claim.earlier_intent()
        ):  # a person looked and wants it again; maybe it can be found by now
            await self._wait_until(uncertain.ends_by)
            if found := await self._find(claim, provider, uncertain):
                return found  # could that not be asked, the order waits: TransientError
        return await self._submit(claim, provider)

    async def _recover(self, claim: Claim, provider: Provider, intent: Intent) -> Handle:
        """There was a call and no handle came of it. Find its job; submit again only what costs next to nothing."""
        await self._wait_until(intent.ends_by)
        await claim.held.look_again()
        if claim.record.handle is not None:  # who made the call was still alive, and has written it down
            return claim.record.handle
        if found := await self._find_if_it_can_be_asked(claim, provider, intent):
            return found
        if claim.cancel_wished.is_set():
            raise OrderCanceled(claim.order.price_usd)
        if self._may_repeat(claim):
            return await self._submit(claim, provider)
        raise _uncertain(claim.order)

    def _may_repeat(self, claim: Claim) -> bool:
        price = claim.order.price_usd
        return price == FREE or (price < self.cheap_usd and claim.record.submissions < MOST_SUBMISSIONS)

    async def _wait_until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - utc_now()).total_seconds()))

    async def _find_if_it_can_be_asked(self, claim: Claim, provider: Provider, intent: Intent) -> Handle | None:
        """A provider that can't be asked has proved nothing: that is never a reason to buy again."""
        try:
            return await self._find(claim, provider, intent)
        except (TransientError, PermanentError):
            return None

    async def _find(self, claim: Claim, provider: Provider, intent: Intent) -> Handle | None:
        handle = await claim.own_among(await self._ask_for(provider, intent, claim.order))
        if handle is None:
            return None
        try:
            await claim.keep_handle(handle)
        except ForeignHandle:
            return None
        return handle

    async def _ask_for(self, provider: Provider, intent: Intent, order: Order) -> Sequence[Handle]:
        """`find`, patiently. Raises what the provider last said."""
        for attempt in range(MOST_FINDS):
            try:
                with timed_call("find", provider=order.provider, model=order.model):
                    return await provider.find(intent, order)
            except (TransientError, PermanentError) as error:
                logger(__name__).warning("find_failed", reason=error.fault.message)
                if attempt == MOST_FINDS - 1:
                    raise
                await asyncio.sleep(min(self.retry_s * 2**attempt, 15.0))
        raise AssertionError  # the last attempt returned or raised

    async def _submit(self, claim: Claim, provider: Provider) -> Handle:
        """Intent, the one call, handle. A proven refusal withdraws the intent."""
        intent = await claim.intend(call_s=provider.call_timeout_s)
        try:
            return await _unbroken(self._call(claim, provider))
        except (SubmissionUnknown, TimeoutError) as unknown:
            logger(__name__).warning("submission_unknown", reason=str(unknown) or "no answer in time")
            return await self._recover(claim, provider, intent)

    async def _call(self, claim: Claim, provider: Provider) -> Handle:
        """The call that costs, and what came of it written down."""
        try:
            with timed_call("submit", **_of(claim)):
                async with asyncio.timeout(provider.call_timeout_s):
                    handle = await provider.submit(claim.order)
        except (PermanentError, TransientError, StorageAway):
            await claim.withdraw_intent()
            raise
        return await self._kept(claim, handle)

    async def _kept(self, claim: Claim, handle: Handle) -> Handle:
        """The handle is worth money: keep trying to write it down while the bus is away."""
        while True:
            try:
                await claim.keep_handle(handle)
            except BusAway:
                await asyncio.sleep(BUS_RETRY_S)
            except ForeignHandle as foreign:
                raise _uncertain(claim.order) from foreign
            else:
                return handle

    async def _until_done(self, claim: Claim, provider: Provider, handle: Handle) -> Done:
        began = claim.record.intent.at if claim.record.intent else handle.at
        deadline = began + timedelta(seconds=claim.order.longest_s)
        failures = 0
        while True:
            if claim.cancel_wished.is_set():
                raise OrderCanceled(await self._stop(claim, provider, handle))
            asked = utc_now()
            try:
                with timed_call("poll", **_of(claim)):
                    state = await provider.poll(handle)
                failures = 0
            except TransientError as error:
                failures += 1
                if failures > MOST_POLL_FAILURES:
                    charged = error.fault.model_copy(update={"charged": claim.order.price_usd > FREE})
                    raise PermanentError(charged) from error
                state = Pending(message=error.fault.message)
            except StorageAway:  # what it works from can't be read: that is no time of its own
                claim.tell_store_is_away()
                await claim.hears_cancel_within(self.retry_s)
                deadline += utc_now() - asked
                continue
            except PermanentError:
                await provider.forget(handle)
                raise
            if isinstance(state, Done):
                return state
            if utc_now() > deadline:
                cost_usd = await self._stop(claim, provider, handle)
                raise PermanentError(_too_long(claim.order, charged=cost_usd > FREE), cost_usd=cost_usd)
            claim.tell(state.fraction, message=state.message)
            await claim.hears_cancel_within((state.again_s or provider.poll_every_s) * min(1 + failures, 10))

    async def _stop(self, claim: Claim, provider: Provider, handle: Handle) -> Decimal:
        """Stop it at the provider; where that can't be reached, the whole price is booked."""
        try:
            for attempt in range(MOST_STOPS):
                try:
                    with timed_call("cancel", **_of(claim)):
                        return await provider.cancel(handle)
                except TransientError as error:
                    logger(__name__).warning("cancel_failed", handle=handle.id, reason=error.fault.message)
                    await asyncio.sleep(min(self.retry_s * 2**attempt, 15.0))
            return claim.order.price_usd
        finally:
            await provider.forget(handle)


def _of(claim: Claim) -> dict[str, str]:
    return {"provider": claim.order.provider, "model": claim.order.model}


async def _unbroken(call: Coroutine[Any, Any, Handle]) -> Handle:
    """`call` to its own end, though its caller is canceled meanwhile: what may be bought has to be written down."""
    task = asyncio.create_task(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():  # it has a timeout of its own
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        await stop(task)
        raise


def _uncertain(order: Order) -> SubmissionUnknown:
    return SubmissionUnknown.of(
        ErrorCode.SUBMISSION_UNCERTAIN,
        f"The order to {order.model} may have reached {order.provider} before the connection broke, and it can't "
        "be found there. It was not sent again. Look at your account there, then retry the job.",
        backend=order.provider,
        model=order.model,
        retryable=True,
    )


def _too_long(order: Order, *, charged: bool) -> Fault:
    return Fault(
        code=ErrorCode.PROVIDER_TIMEOUT,
        message=(
            f"{order.model} took longer than {order.longest_s:.0f} s and was stopped. Retry it or choose another model."
        ),
        backend=order.provider,
        model=order.model,
        retryable=True,
        charged=charged,
    )
