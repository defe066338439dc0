"""The door: an order is checked, looked up and planned; then job, orders, reservation and event in one commit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

from gateway import lookups
from gateway.cutlist import RECUT
from gateway.direction import OrderPart, direct, read_film
from gateway.estimate import Estimator
from gateway.films import plan_production, refuse_over_budget
from gateway.history.records import Asset, Job, NewJob, Production
from gateway.history.store import History, Transaction
from gateway.idempotency import Answered, Repeatable, answer_again, repeatable_of
from gateway.keys.crowd import refuse_crowd
from gateway.materials import Materials
from gateway.narration import tell_job, tell_production
from gateway.planning import Asker, Means, plan_job, plan_part, plan_retry
from gateway.recut import recut, wishes_of
from gateway.requests.films import ProductionRequest, RecutRequest
from gateway.requests.orders import GenerateVideoRequest, JobRequest, StitchVideosRequest
from gateway.requests.reading import read_production, read_recut, read_request
from gateway.room import Room
from gateway.uploads import picture_of, store_upload
from gateway.webhooks.rules import WebhookRules
from shared.contracts.base import AssetRef, ErrorCode, Kind, StoredAsset
from shared.errors import PermanentError
from shared.media.base import MediaStore

R = TypeVar("R", Job, Production)

RETRIED = frozenset({"failed", "canceled", "partial"})


class Acceptance:
    """Everything that creates jobs for a client. What it returns is committed; what it refuses left no trace.

    Raises InvalidRequest (400) and PermanentError with the codes of API.md section 6.
    """

    def __init__(
        self,
        *,
        history: History,
        media: MediaStore,
        means: Callable[[], Awaitable[Means]],
        order_part: OrderPart,
        webhooks: WebhookRules = WebhookRules(),  # noqa: B008 -- frozen
        room: Room | None = None,
    ) -> None:
        self._history = history
        self._media = media
        self.means = self._means = means
        self._order_part = order_part
        self._webhooks = webhooks
        self._room = room or Room()
        self.estimate = Estimator(history=history, means=means)
        """What an order would cost, without ordering it."""

    async def job(self, kind: Kind, body: Mapping[str, Any], *, asker: Asker, key: str | None = None) -> Job:
        """Accept one of the four orders. `key` is the Idempotency-Key: a known one answers its job."""
        request = read_request(kind, body)
        self._refuse_receiver(request)
        repeatable = await repeatable_of(key, kind, body)
        try:
            return await self._new_job(request, asker, repeatable)
        except Answered as before:
            return await self._job(before.known.job_id or "", asker)

    async def production(self, body: Mapping[str, Any], *, asker: Asker, key: str | None = None) -> Production:
        """Accept a whole film; its first jobs are in the same commit."""
        request = read_production(body)
        self._refuse_receiver(request)
        repeatable = await repeatable_of(key, "production", body)
        try:
            return await self._new_production(request, asker, repeatable)
        except Answered as before:
            return await self._production(before.known.production_id or "", asker)

    async def recut(self, production_id: str, body: Mapping[str, Any], *, asker: Asker, key: str | None = None) -> Job:
        """Accept another cut of a finished film, from the clips that there are."""
        request = read_recut(body)
        repeatable = await repeatable_of(key, f"recut {production_id}", body)
        try:
            return await self._new_cut(production_id, request, asker, repeatable)
        except Answered as before:
            return await self._job(before.known.job_id or "", asker)

    async def retry(self, job_id: str, *, asker: Asker, key: str | None = None) -> Job:
        """Order again what a failed, canceled or partial job did not get. `key` as in `job`."""
        repeatable = await repeatable_of(key, f"retry {job_id}", {})
        try:
            return await self._new_retry(job_id, asker, repeatable)
        except Answered as before:
            return await self._job(before.known.job_id or "", asker)

    async def _new_retry(self, job_id: str, asker: Asker, repeatable: Repeatable | None) -> Job:
        await self._refuse_repetition(repeatable, asker)
        await self._refuse_without_room(asker)
        means = await self._means()
        production_id = (await self._job(job_id, asker)).production_id
        async with self._history.write() as tx:
            await answer_again(tx, repeatable, space=asker.space)
            film = await tx.production(production_id) if production_id else None  # locks: productions before jobs
            job = _found(await tx.job(job_id, space=asker.space), f"job {job_id}")
            await _refuse_retry(tx, job, film)
            new = plan_retry(
                job, await tx.orders_of(job_id), means=means, key_id=asker.key_id, request_id=asker.request_id
            )
            if film is not None:
                refuse_over_budget(sum(await tx.spent(film.id), new.job.estimated_usd), film.budget_usd)
            await _insert(tx, new, asker)
            if repeatable:
                await tx.remember(asker.space, repeatable.key, repeatable.fingerprint, job_id=new.job.id)
        return new.job

    async def _new_job(self, request: JobRequest, asker: Asker, repeatable: Repeatable | None) -> Job:
        await self._refuse_repetition(repeatable, asker)
        await self._refuse_without_room(asker)
        means = await self._means()
        async with self._reference(request, asker) as reference:
            named = await self._clips(request, asker)
            materials = Materials(reference=reference, clips=named.clips, missing=named.missing)
            new = plan_job(request, materials, asker=asker, means=means)
            tell_job(new.job, kind=request.kind, means=means)
            async with self._history.write() as tx:
                await answer_again(tx, repeatable, space=asker.space)
                new = await lookups.made_before(tx, request, new)
                if not new.job.is_terminal:
                    await lookups.refuse_taken_folder(tx, _folder(request), space=asker.space)
                await _insert(tx, new, asker)
                await _keep(tx, reference, asker, job=new.job)
                if repeatable:
                    await tx.remember(asker.space, repeatable.key, repeatable.fingerprint, job_id=new.job.id)
        return new.job

    async def _new_cut(
        self, production_id: str, request: RecutRequest, asker: Asker, repeatable: Repeatable | None
    ) -> Job:
        await self._refuse_repetition(repeatable, asker)
        await self._refuse_without_room(asker)
        means = await self._means()
        async with self._history.write() as tx:
            await answer_again(tx, repeatable, space=asker.space)
            film = _found(await tx.production(production_id, space=asker.space), f"production {production_id}")
            wanted = recut(await read_film(tx, film), request)
            await lookups.refuse_deleted(tx, map(AssetRef.model_validate, wanted["clips"]))
            settings = {**film.settings, "cut": wishes_of(request)}  # cuts that later edits need follow it
            await tx.edit_production(film.id, settings=settings)
            cutter = replace(asker, project=film.project, production_id=film.id, part=RECUT)
            new = plan_part("stitch_videos", wanted, asker=cutter, means=means)
            await _insert(tx, new, asker)
            if repeatable:
                await tx.remember(asker.space, repeatable.key, repeatable.fingerprint, job_id=new.job.id)
        return new.job

    async def _new_production(
        self, request: ProductionRequest, asker: Asker, repeatable: Repeatable | None
    ) -> Production:
        await self._refuse_repetition(repeatable, asker)
        await self._refuse_without_room(asker)
        means = await self._means()
        async with self._reference(request, asker) as reference:
            film = plan_production(request, reference, asker=asker, means=means)
            tell_production(film, means=means)
            async with self._history.write() as tx:
                await answer_again(tx, repeatable, space=asker.space)
                await lookups.refuse_taken_folder(tx, request.output_dir, space=asker.space)
                await refuse_crowd(tx, asker)
                await tx.afford_film(film, Decimal(film.settings["estimated_usd"]))
                await tx.insert_production(film)
                await _keep(tx, reference, asker, production=film)
                tx.tell("production.updated", film)
                await direct(tx, film.id, order_part=self._order_part)
                if repeatable:
                    await tx.remember(asker.space, repeatable.key, repeatable.fingerprint, production_id=film.id)
        return await self._production(film.id, asker)

    def _refuse_receiver(self, request: JobRequest | ProductionRequest) -> None:
        """Raises InvalidRequest where `webhook_url` is one that nothing is ever sent to."""
        url = getattr(request, "webhook_url", None)
        if url is not None:
            self._webhooks.refuse(url)

    async def _refuse_without_room(self, asker: Asker) -> None:
        """Raises Refused where what would be made has no place. One that was answered before is answered again."""
        self._room.refuse_full_disk()
        if self._room.has_quota:
            async with self._history.read() as tx:
                await self._room.refuse_beyond_quota(tx, asker.space)

    async def _refuse_repetition(self, repeatable: Repeatable | None, asker: Asker) -> None:
        """Before anything is stored for it; the commit looks once more."""
        if repeatable:
            async with self._history.read() as tx:
                await answer_again(tx, repeatable, space=asker.space)

    @asynccontextmanager
    async def _reference(
        self, request: JobRequest | ProductionRequest, asker: Asker
    ) -> AsyncIterator[AssetRef | StoredAsset | None]:
        """The picture an order brings or names. One that was brought is removed again when the order isn't taken."""
        if not isinstance(request, GenerateVideoRequest | ProductionRequest):
            yield None
        elif request.reference_image_base64 is not None:
            picture = await picture_of(request.reference_image_base64)
            stored = await store_upload(picture, media=self._media, upload_id=uuid4())
            try:
                yield stored
            except BaseException:
                await asyncio.shield(self._media.delete(stored.key))
                raise
        elif request.character_reference_image_id is not None:
            async with self._history.read() as tx:
                named = await lookups.picture(tx, request.character_reference_image_id, space=asker.space)
            yield named
        else:
            yield None

    async def _clips(self, request: JobRequest, asker: Asker) -> lookups.Named:
        if not isinstance(request, StitchVideosRequest):
            return lookups.Named(())
        skips = request.on_missing == "skip"
        async with self._history.read() as tx:
            return await lookups.clips(tx, request.video_ids, space=asker.space, skip_missing=skips)

    async def _job(self, job_id: str, asker: Asker) -> Job:
        async with self._history.read() as tx:
            return _found(await tx.job(job_id, space=asker.space), f"job {job_id}")

    async def _production(self, production_id: str, asker: Asker) -> Production:
        async with self._history.read() as tx:
            return _found(await tx.production(production_id, space=asker.space), f"production {production_id}")


async def _insert(tx: Transaction, new: NewJob, asker: Asker) -> None:
    """Raises PermanentError BUDGET_EXCEEDED, or Refused QUOTA_EXCEEDED."""
    if not new.job.is_terminal:
        await refuse_crowd(tx, asker)
    await tx.afford(*new.orders)
    await tx.insert_job(new)
    await tx.reserve(*new.orders)
    tx.tell("job.succeeded" if new.job.is_terminal else "job.queued", new.job)


async def _keep(
    tx: Transaction,
    reference: AssetRef | None,
    asker: Asker,
    *,
    job: Job | None = None,
    production: Production | None = None,
) -> None:
    """Give a picture that was brought its row."""
    owner = job or production
    if owner is None or not isinstance(reference, StoredAsset):
        return
    await tx.insert_asset(
        Asset(
            id=reference.asset_id,
            space=asker.space,
            kind="upload",
            key=reference.key,
            media_type=reference.media_type,
            size_bytes=reference.size_bytes,
            sha256=reference.sha256,
            created_at=owner.created_at,
            facts=reference.facts.model_dump(mode="json"),
            job_id=job.id if job else None,
            production_id=production.id if production else None,
            project=owner.project,
        )
    )


async def _refuse_retry(tx: Transaction, job: Job, film: Production | None) -> None:
    """Raises PermanentError CONFLICT where there is nothing to order again, or nobody to order it for."""
    if job.status not in RETRIED:
        raise PermanentError.of(
            ErrorCode.CONFLICT, f"job {job.id} is {job.status}: only failed, canceled or partial jobs can be retried"
        )
    if film is not None and film.is_terminal and job.part != RECUT:
        raise PermanentError.of(
            ErrorCode.CONFLICT,
            f"production {film.id} has ended ({film.status}): POST /productions/{film.id}/retry orders what it lacks",
        )
    await lookups.refuse_taken_folder(tx, job.request.get("output_dir"), space=job.space)


def _found(record: R | None, name: str) -> R:
    if record is None:
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"there is no {name}")
    return record


def _folder(request: JobRequest) -> str | None:
    return getattr(request, "output_dir", None)
